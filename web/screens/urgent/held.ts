// SPDX-License-Identifier: Apache-2.0
// The alarm of the open person, for the whole app: it comes with every answer about them, and again after a reload.
import { effect, signal } from '@preact/signals';
import { api, type Answer, type Finding } from '../../lib/api.ts';
import { sayNow } from '../../lib/announce.ts';
import { whenAnswer, type Saved } from '../../lib/outbox.ts';
import { me, person, refreshPerson, whenConflict, whenIn } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import { formsShown } from '../../parts/form/judging.ts';
import {
    CALM,
    emptyFinding,
    urgentCame,
    urgentDid,
    urgentEnd,
    urgentFailed,
    urgentHeld,
    urgentNow,
    urgentSend,
    urgentSent,
    type Outcome,
    type Urgent,
} from './urgent.ts';

export const urgent = signal<Urgent<Finding>>(CALM);
/** Nothing else can be done before an outcome. */
export const isHeld = (): boolean => urgentHeld(urgent.value);

function become(next: Urgent<Finding>): void {
    const isNew = urgentHeld(next) && next.alarms.length > urgent.peek().alarms.length;
    urgent.value = next;
    if (isNew) sayNow(next.alarms[0]?.words.headline || t('urgent.title-now'));
}

/** Alarms of numbers that were asked about or refused, and are not kept: entering them again settles it; leaving does
 * not. */
let pending: { person: string; alarms: readonly Finding[] } | null = null;

/** What an earlier page heard of and this one did not: it has no words here, and needs its outcome all the same. */
const UNKNOWN: Finding = {
    ...emptyFinding,
    item: 'not-kept',
    urgency: 'same-day',
};

function wait(handle: string, alarms: readonly Finding[]): void {
    if (alarms.length === 0) return;
    pending = { person: handle, alarms: [...alarms, ...(pending?.person === handle ? pending.alarms : [])] };
}

const alarmsOf = (answer: Answer<Saved>): readonly Finding[] =>
    answer.ok ? answer.value.alarms : answer.failure.kind === 'refused' ? answer.failure.alarms : [];

/** The server does not let the person go: what is open about them is shown. */
async function refuseToLeave(): Promise<void> {
    const open = person.value;
    if (!open) return;
    const waits = open.pending.length > 0 || pending?.person !== open.person ? open.pending : pending.alarms;
    const next = urgentCame({ ...urgent.peek(), over: [] }, open.person, [...waits, ...open.urgent]);
    become(urgentHeld(next) ? next : urgentCame(next, open.person, [UNKNOWN]));
}

/** Ties it to the session and the outbox; once, at the start. */
export function startUrgent(): void {
    effect(() => {
        const open = person.value;
        if (open) become(urgentCame(urgent.peek(), open.person, open.urgent));
        else urgent.value = CALM;
        if (open?.person !== pending?.person) pending = null;
        // What no screen shows any more where it was entered holds by itself: a form that was left, a page loaded anew.
        const isShown = formsShown.value > 0 || pending !== null;
        if (open?.waits && !isShown)
            become(urgentCame(urgent.peek(), open.person, open.pending.length > 0 ? open.pending : [UNKNOWN]));
    });
    // Whoever unlocks reads it in their own language.
    whenIn(refreshPerson);
    whenConflict(refuseToLeave);
    whenAnswer((entry, answer) => {
        const open = person.peek();
        if (open?.person !== entry.inside.ask.person) return;
        if (!answer.ok || answer.value.state !== 'stored') return wait(open.person, alarmsOf(answer));
        pending = null;
        become(urgentCame(urgent.peek(), open.person, [...answer.value.alarms, ...answer.value.findings]));
        void refreshPerson();
    });
}

/** What is open now, asked of the server: after a question was answered or a value taken back. */
export async function lookAgain(): Promise<void> {
    const open = person.value;
    if (!open) return;
    const answer = await api.person(open.person);
    if (answer.ok && person.value?.person === open.person) {
        become(urgentNow(urgent.peek(), open.person, answer.value.urgent));
        person.value = answer.value;
    }
}

/** An alarm that had an outcome and was not told: it can be told here after all. */
export function takeUp(): void {
    const open = person.value;
    if (open) become(urgentCame({ ...urgent.peek(), over: [] }, open.person, open.urgent));
}

export const did = (what: 'called' | 'said'): void => void (urgent.value = urgentDid(urgent.value, what, Date.now()));

function ask(handle: string, outcome: Outcome): Promise<Answer<object>> {
    if (outcome.kind !== 'told') return api.notTold(handle, outcome.kind);
    const { how, isGuardian, agreed } = outcome;
    // every alarm that nobody was told of: those that are shown
    return api.told({ person: handle, how, isGuardian, agreed });
}

/** Gives the outcome to the server; the screen is held until it has it. */
export async function conclude(outcome: Outcome): Promise<void> {
    const before = urgent.value,
        next = urgentSend(before, outcome);
    if (next === before || next.person === null) return;
    urgent.value = next;
    const answer = await ask(next.person, outcome);
    if (answer.ok) {
        pending = null;
        become(urgentSent(urgent.value, me.value?.role === 'clinician'));
        await refreshPerson();
    } else {
        urgent.value = urgentFailed(
            urgent.value,
            answer.failure.kind === 'refused' ? answer.failure.code : 'no-answer',
        );
    }
}

/** The clinician closes the alarm. */
export async function closeAlarm(): Promise<Answer<object>> {
    const open = person.value;
    if (!open) return { ok: true, value: {} };
    const answer = await api.endAlarm(open.person);
    if (answer.ok) {
        urgent.value = urgentEnd(urgent.value);
        await refreshPerson();
    }
    return answer;
}
export const leaveOpen = (): void => void (urgent.value = urgentEnd(urgent.value));
