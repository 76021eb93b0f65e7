// SPDX-License-Identifier: Apache-2.0
// What stands around every screen: the bar, the open person, the stations, what is said aloud; and which screen is
// shown. While locked, what was on the screen stays as it is, hidden and without focus.
import { useEffect, useRef } from 'preact/hooks';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router';
import { politely, say, urgently } from './lib/announce.ts';
import { useConnection } from './lib/connection.ts';
import { later, useBringing } from './lib/later.tsx';
import { openCode, whenOpened } from './lib/opening.ts';
import { scanned, useScanner } from './lib/scanner.ts';
import { me, person, phase } from './lib/session.ts';
import { useAutoLock, usePersonEnd } from './lib/lock.ts';
import { t } from './lib/words.ts';
import { KeysHelp } from './parts/keys/keys.tsx';
import { OpeningNote } from './parts/opening/opening.tsx';
import { PersonBar } from './parts/person/person.tsx';
import { HandOver } from './parts/queue/queue.tsx';
import { StepUp } from './parts/stepup/stepup.tsx';
import { GoOn, Seldom, Stations } from './parts/top/stations.tsx';
import { MadeUp, TopBar } from './parts/top/top.tsx';
import { UnkeptNote } from './parts/unkept/unkept.tsx';
import { routes } from './routes.ts';
import { Away, NoScreen } from './screens/error/error.tsx';
import { AccountScreen } from './screens/account/account.tsx';
import { handed } from './screens/kiosk/handed.ts';
import { LockScreen } from './screens/lock/lock.tsx';
import { ReplyScreen } from './screens/reply/reply.tsx';
import { Scan } from './screens/scan/scan.tsx';
import { Start } from './screens/start/start.tsx';
import { stationOf } from './screens/today/today_rules.ts';
import { isHeld } from './screens/urgent/held.ts';
import { UrgentHeld } from './screens/urgent/urgent.tsx';
import { isPaperHeld } from './lib/paper.ts';
import { PaperHeld } from './screens/paper/held.tsx';
import { isWithPeople, screens, type Screen } from './screens.tsx';

// Links to these are ours; a letter's is the browser's.
const OWN = new RegExp(`^(?:${Object.values(routes).join('|')})$`);

// A screen begins anew with each person: nothing that was typed for one is ever there for the next.
// A screen with its heading, which takes the focus when the screen comes, so that Tab goes on from there.
function Shown({ screen }: { screen: Screen }) {
    const heading = useRef<HTMLHeadingElement>(null);
    const needsCard = screen.needsPerson && person.value === null,
        station = stationOf(screen.path);
    const title = t(needsCard ? 'scan.title' : screen.title),
        View = needsCard ? Scan : screen.view;
    useEffect(() => {
        document.title = `${title} · Salve`;
        if (!document.activeElement || document.activeElement === document.body) heading.current?.focus();
        say(title);
    }, [title]);
    return (
        <>
            <h1 ref={heading} tabIndex={-1}>
                {title}
            </h1>
            {View === Scan && <GoOn />}
            {View === AccountScreen && <Seldom />}
            <View key={(screen.hasOwnLook !== true && person.value?.person) || 'nobody'} />
            {station && station !== 'exit' && !needsCard && <HandOver key={person.value?.person} station={station} />}
        </>
    );
}

const ConnectScreen = later(async () => (await import('./screens/connect/connect.tsx')).ConnectScreen);
const OwnScreen = later(async () => (await import('./screens/own/own.tsx')).OwnScreen);
const KioskNow = later(async () => (await import('./screens/kiosk/kiosk.tsx')).KioskNow);

const accountScreen = screens.find(({ view }) => view === AccountScreen) as Screen;

// One component a screen, made once: a new one with each drawing would begin the screen anew.
const views = new Map(screens.map((screen) => [screen.path, () => <Shown screen={screen} />]));

// The first screen of who came in: reading what waits for a clinician, a card for who works with people, how the system
// is for who runs it.
function Home() {
    const { route } = useLocation(),
        role = me.value?.role;
    const first = role === 'clinician' ? routes.inbox : isWithPeople(role) ? routes.scan : routes.health;
    useEffect(() => route(first, true), [role]);
    return null;
}

// Who was opened: an alarm without an outcome comes first; a station of one person stays, anything else leads to the
// stations.
function useOpened(): void {
    const { path, route } = useLocation();
    whenOpened((opened) => {
        say(t('opening.opened', { name: opened.name }));
        const now = screens.find((screen) => screen.path === path);
        if (opened.urgent.length > 0) route(routes.urgent);
        else if (!now?.needsPerson || path === routes.urgent) route(routes.scan);
    });
}

function Inside() {
    const role = me.value?.role;
    useBringing(
        [
            ...screens.filter((screen) => role !== undefined && screen.roles.includes(role)).map(({ view }) => view),
            KioskNow,
        ],
        role ?? '',
    );
    useAutoLock();
    usePersonEnd();
    useScanner((text) => {
        if (isHeld() || isPaperHeld()) scanned.value = { text };
        else void openCode(text);
    });
    useOpened();
    // An alarm without an outcome stands in place of everything else, whatever the address says.
    const main = phase.value === 'locked' ? undefined : 'main';
    if (isHeld()) {
        return (
            <main id={main}>
                <UrgentHeld />
            </main>
        );
    }
    if (isPaperHeld()) {
        return (
            <main id={main}>
                <PaperHeld />
            </main>
        );
    }
    // Whoever has to set up a passkey or codes first is shown where, and nothing else opens.
    if (me.value?.mustSetUp) {
        return (
            <main id={main}>
                <StepUp />
                <Shown screen={accountScreen} />
            </main>
        );
    }
    const mine = screens.filter((screen) => role !== undefined && screen.roles.includes(role));
    return (
        <>
            <PersonBar />
            <Stations />
            <KeysHelp />
            <StepUp />
            <main id={main}>
                <OpeningNote />
                <UnkeptNote />
                <Router>
                    {mine.map((screen) => (
                        <Route key={screen.path} path={screen.path} component={views.get(screen.path) ?? NoScreen} />
                    ))}
                    <Route path={routes.start} component={Home} />
                    <Route path={routes.reply} component={ReplyScreen} />
                    <Route path={routes.connect} component={ConnectScreen} />
                    <Route path={routes.own} component={OwnScreen} />
                    <Route default component={NoScreen} />
                </Router>
            </main>
        </>
    );
}

function Body() {
    const { path } = useLocation();
    // The place of a referral answers without an account. Where somebody is logged in it is a page like any other, so
    // that it leads past no alarm and no lock.
    if (path === routes.reply && phase.value !== 'in' && phase.value !== 'locked')
        return (
            <main id="main">
                <ReplyScreen />
            </main>
        );
    // So does a person to whom an app has sent them.
    if (path === routes.connect && phase.value !== 'in' && phase.value !== 'locked')
        return (
            <main id="main">
                <ConnectScreen />
            </main>
        );
    // And one who looks what others get of their record.
    if (path === routes.own && phase.value !== 'in' && phase.value !== 'locked')
        return (
            <main id="main">
                <OwnScreen />
            </main>
        );
    if (phase.value === 'starting') return null;
    if (phase.value === 'away')
        return (
            <main id="main">
                <Away />
            </main>
        );
    if (phase.value === 'nobody')
        return (
            <main id="main">
                <Start />
            </main>
        );
    const isLocked = phase.value === 'locked';
    return (
        <>
            {isLocked && (
                <main id="main">
                    <LockScreen />
                </main>
            )}
            {me.value && (
                <div hidden={isLocked} inert={isLocked}>
                    {handed.value === null ? (
                        <Inside />
                    ) : (
                        <main id={isLocked ? undefined : 'main'}>
                            <KioskNow />
                        </main>
                    )}
                </div>
            )}
        </>
    );
}

// In the hands of the person nothing of the staff stands on the tablet, and nothing is said aloud of what they sent.
const isHandedOut = (): boolean => handed.value !== null && phase.value === 'in';

export function Frame() {
    useConnection();
    return (
        <LocationProvider scope={OWN}>
            <a class="skip" href="#main">
                {t('app.skip')}
            </a>
            {isHandedOut() ? (
                <header>
                    <MadeUp />
                </header>
            ) : (
                <TopBar />
            )}
            <Body />
            <div class="aloud" aria-live="polite">
                {politely.value}
            </div>
            <div class="aloud" aria-live="assertive">
                {isHandedOut() ? '' : urgently.value}
            </div>
        </LocationProvider>
    );
}
