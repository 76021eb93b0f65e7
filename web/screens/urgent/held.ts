// SPDX-License-Identifier: Apache-2.0
// The alarm of the open person, for the whole app: it comes with every answer about them, and again after a reload.
import { effect, signal } from '@preact/signals';
import { api, type Answer, type Finding } from '../../lib/api.ts';
import { sayNow } from '../../lib/announce.ts';
import { whenAnswer } from '../../lib/outbox.ts';
import { me, person, refreshPerson } from '../../lib/session.ts';
import { t } from '../../lib/words.ts';
import {
    CALM,
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

/** Ties it to the session and the outbox; once, at the start. */
export function startUrgent(): void {
    effect(() => {
        const open = person.value;
        if (open) become(urgentCame(urgent.peek(), open.person, open.urgent));
        else urgent.value = CALM;
    });
    whenAnswer((entry, answer) => {
        const open = person.peek();
        if (!answer.ok || answer.value.state !== 'stored' || open?.person !== entry.inside.ask.person) return;
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
