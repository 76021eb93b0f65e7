// SPDX-License-Identifier: Apache-2.0
// The screens: one row each. A screen is a folder of screens/ with its view, its words and its test.
import type { FunctionComponent } from 'preact';
import type { Role } from 'gen/lists.ts';
import { later } from './lib/later.tsx';
import type { PlainKey } from './lib/words.ts';
import { routes, type Route } from './routes.ts';
import { AccountScreen } from './screens/account/account.tsx';
import { BodyScreen } from './screens/body/body.tsx';
import { DangerScreen } from './screens/danger/danger.tsx';
import { HealthScreen } from './screens/health/health.tsx';
import { Inbox } from './screens/inbox/inbox.tsx';
import { PressureScreen } from './screens/pressure/pressure.tsx';
import { Scan } from './screens/scan/scan.tsx';
import { TodayScreen } from './screens/today/today.tsx';
import { UrgentScreen } from './screens/urgent/urgent.tsx';
import { Waiting } from './screens/waiting/waiting.tsx';

// Behind the first screen (lib/later.tsx); what measures and what holds an alarm is there from the beginning.
const ConsentScreen = later(async () => (await import('./screens/consent/consent.tsx')).ConsentScreen);
const FormsScreen = later(async () => (await import('./screens/forms/forms.tsx')).FormsScreen);
const EnrolScreen = later(async () => (await import('./screens/enrol/enrol.tsx')).EnrolScreen);
const ExitScreen = later(async () => (await import('./screens/exit/exit.tsx')).ExitScreen);
const HearingScreen = later(async () => (await import('./screens/hearing/hearing.tsx')).HearingScreen);
const ImportScreen = later(async () => (await import('./screens/import/import.tsx')).ImportScreen);
const NewCardScreen = later(async () => (await import('./screens/newcard/newcard.tsx')).NewCardScreen);
const RulesScreen = later(async () => (await import('./screens/rules/rules.tsx')).RulesScreen);
const SamplesScreen = later(async () => (await import('./screens/samples/samples.tsx')).SamplesScreen);
const SettingsScreen = later(async () => (await import('./screens/settings/settings.tsx')).SettingsScreen);
const SiteLogScreen = later(async () => (await import('./screens/sitelog/sitelog.tsx')).SiteLogScreen);
const StaffScreen = later(async () => (await import('./screens/staff/staff.tsx')).StaffScreen);
const TabletsScreen = later(async () => (await import('./screens/tablets/tablets.tsx')).TabletsScreen);
const PaperScreen = later(async () => (await import('./screens/paper/paper.tsx')).PaperScreen);
const Printing = later(async () => (await import('./screens/printing/printing.tsx')).Printing);
const AppsScreen = later(async () => (await import('./screens/apps/apps.tsx')).AppsScreen);
const TestsScreen = later(async () => (await import('./screens/tests/tests.tsx')).TestsScreen);
const VisionScreen = later(async () => (await import('./screens/vision/vision.tsx')).VisionScreen);
const LetterScreen = later(async () => (await import('./screens/letter/letter.tsx')).LetterScreen);
const ResultsScreen = later(async () => (await import('./screens/results/results.tsx')).ResultsScreen);
const FollowScreen = later(async () => (await import('./screens/follow/follow.tsx')).FollowScreen);
const RemindScreen = later(async () => (await import('./screens/remind/remind.tsx')).RemindScreen);
const ReferScreen = later(async () => (await import('./screens/refer/refer.tsx')).ReferScreen);

export interface Screen {
    path: Route;
    /** Its heading, and its name in the list of stations. */
    title: PlainKey;
    view: FunctionComponent;
    roles: readonly Role[];
    /** Shown only while somebody is open; else the card is asked for first. */
    needsPerson: boolean;
    /** It opens and ends a look of its own: it does not begin anew when somebody else is opened or closed. */
    hasOwnLook?: boolean;
    /** Stands in the row of stations, Alt and its place there being its key. */
    isStation: boolean;
}

const MEASURE = ['assistant', 'clinician'] as const;
const STAFF = ['registrar', 'assistant', 'clinician'] as const;
const WATCH = ['manager', 'technician', 'auditor'] as const;

export const screens: readonly Screen[] = [
    { path: routes.scan, title: 'scan.title', view: Scan, roles: STAFF, needsPerson: false, isStation: true },
    { path: routes.today, title: 'today.title', view: TodayScreen, roles: STAFF, needsPerson: false, isStation: true },
    { path: routes.inbox, title: 'inbox.title', view: Inbox, roles: STAFF, needsPerson: false, isStation: true },
    { path: routes.enrol, title: 'enrol.title', view: EnrolScreen, roles: STAFF, needsPerson: false, isStation: false },
    {
        path: routes.newCard,
        title: 'newcard.title',
        view: NewCardScreen,
        roles: STAFF,
        needsPerson: false,
        isStation: false,
    },
    { path: routes.paper, title: 'paper.title', view: PaperScreen, roles: STAFF, needsPerson: false, isStation: false },
    {
        path: routes.consent,
        title: 'consent.title',
        view: ConsentScreen,
        roles: STAFF,
        needsPerson: false,
        isStation: true,
    },
    {
        path: routes.questions,
        title: 'danger.title',
        view: DangerScreen,
        roles: MEASURE,
        needsPerson: true,
        isStation: true,
    },
    { path: routes.forms, title: 'forms.title', view: FormsScreen, roles: MEASURE, needsPerson: true, isStation: true },
    {
        path: routes.pressure,
        title: 'pressure.title',
        view: PressureScreen,
        roles: MEASURE,
        needsPerson: true,
        isStation: true,
    },
    { path: routes.body, title: 'body.title', view: BodyScreen, roles: MEASURE, needsPerson: true, isStation: true },
    {
        path: routes.vision,
        title: 'vision.title',
        view: VisionScreen,
        roles: MEASURE,
        needsPerson: true,
        isStation: true,
    },
    {
        path: routes.hearing,
        title: 'hearing.title',
        view: HearingScreen,
        roles: MEASURE,
        needsPerson: true,
        isStation: true,
    },
    {
        path: routes.samples,
        title: 'samples.title',
        view: SamplesScreen,
        roles: MEASURE,
        needsPerson: true,
        isStation: true,
    },
    {
        path: routes.results,
        title: 'results.title',
        view: ResultsScreen,
        roles: MEASURE,
        needsPerson: true,
        isStation: true,
    },
    {
        path: routes.refer,
        title: 'refer.title',
        view: ReferScreen,
        roles: MEASURE,
        needsPerson: true,
        isStation: false,
    },
    {
        path: routes.letter,
        title: 'letter.title',
        view: LetterScreen,
        roles: STAFF,
        needsPerson: true,
        isStation: true,
    },
    {
        path: routes.urgent,
        title: 'urgent.title',
        view: UrgentScreen,
        roles: STAFF,
        needsPerson: true,
        isStation: false,
    },
    { path: routes.exit, title: 'exit.title', view: ExitScreen, roles: MEASURE, needsPerson: true, isStation: true },
    {
        path: routes.follow,
        title: 'follow.title',
        view: FollowScreen,
        roles: ['clinician'],
        needsPerson: false,
        isStation: true,
    },
    {
        path: routes.remind,
        title: 'remind.title',
        view: RemindScreen,
        roles: ['registrar'],
        needsPerson: false,
        hasOwnLook: true,
        isStation: true,
    },
    {
        path: routes.printing,
        title: 'printing.title',
        view: Printing,
        roles: STAFF,
        needsPerson: false,
        isStation: false,
    },
    { path: routes.tests, title: 'tests.title', view: TestsScreen, roles: STAFF, needsPerson: false, isStation: false },
    { path: routes.waiting, title: 'waiting.title', view: Waiting, roles: STAFF, needsPerson: false, isStation: false },
    {
        path: routes.health,
        title: 'health.title',
        view: HealthScreen,
        roles: WATCH,
        needsPerson: false,
        isStation: true,
    },
    { path: routes.staff, title: 'staff.title', view: StaffScreen, roles: WATCH, needsPerson: false, isStation: true },
    {
        path: routes.tablets,
        title: 'tablets.title',
        view: TabletsScreen,
        roles: ['manager', 'technician'],
        needsPerson: false,
        isStation: true,
    },
    {
        path: routes.apps,
        title: 'apps.title',
        view: AppsScreen,
        roles: ['manager'],
        needsPerson: false,
        isStation: true,
    },
    {
        path: routes.import,
        title: 'import.title',
        view: ImportScreen,
        roles: MEASURE,
        needsPerson: false,
        isStation: true,
    },
    {
        path: routes.rules,
        title: 'rules.title',
        view: RulesScreen,
        roles: ['clinician', ...WATCH],
        needsPerson: false,
        isStation: true,
    },
    {
        path: routes.siteLog,
        title: 'sitelog.title',
        view: SiteLogScreen,
        roles: WATCH,
        needsPerson: false,
        isStation: true,
    },
    {
        path: routes.settings,
        title: 'settings.title',
        view: SettingsScreen,
        roles: WATCH,
        needsPerson: false,
        isStation: true,
    },
    {
        path: routes.account,
        title: 'account.title',
        view: AccountScreen,
        roles: [...STAFF, ...WATCH],
        needsPerson: false,
        isStation: false,
    },
];

// What a clinician does all day stands first, where a digit reaches it.
const FIRST: Readonly<Partial<Record<Role, readonly Route[]>>> = {
    clinician: [routes.inbox, routes.results, routes.letter, routes.today, routes.scan],
};

// What who works with people needs once in a while: it stands with their account, and not in the row of stations.
const SELDOM: readonly Route[] = [routes.import, routes.rules];

/** The screens beside the row of stations that a role has. */
export const seldomOf = (role: Role | undefined): Screen[] =>
    screens.filter(({ path, roles }) => SELDOM.includes(path) && isWithPeople(role) && role && roles.includes(role));

/** The stations of a role, in the order of the row. */
export function stationsOf(role: Role | undefined): Screen[] {
    const seldom = seldomOf(role),
        mine = screens.filter((one) => one.isStation && role && one.roles.includes(role) && !seldom.includes(one)),
        first = (role && FIRST[role]) ?? [];
    const place = ({ path }: Screen): number => (first.includes(path) ? first.indexOf(path) : first.length);
    return [...mine].sort((a, b) => place(a) - place(b)); // the others stay as they are
}

/** Does the role work with people? */
export const isWithPeople = (role: Role | undefined): boolean => STAFF.some((one) => one === role);
