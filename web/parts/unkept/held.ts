// SPDX-License-Identifier: Apache-2.0
// What was read in answers that the person did not agree to keep: it is in no record. The server has it beside the open
// person, and it stands on their screen, until somebody says that they heard it.
import { effect, signal } from '@preact/signals';
import { api, type Finding } from '../../lib/api.ts';
import { whenAnswer } from '../../lib/outbox.ts';
import { person } from '../../lib/session.ts';

export interface Unkept {
    readonly person: string;
    /** How many answers. */
    readonly count: number;
    readonly said: readonly Finding[];
    /** The server does not know any more what it was. */
    readonly lost: boolean;
}

/** unkeptCame - of one person: what came before stands until it was heard, and the same finding once. */
export function unkeptCame(before: Unkept | null, now: Unkept): Unkept | null {
    if (now.count === 0) return before;
    if (before?.person !== now.person) return now;
    const name = ({ guideline, item }: Finding): string => `${guideline} ${item}`,
        names = new Set(now.said.map(name));
    return { ...now, said: [...now.said, ...before.said.filter((one) => !names.has(name(one)))] };
}

/** unkeptFor - nothing of it stands where somebody else is open. While nobody is, it waits. */
export const unkeptFor = (unkept: Unkept | null, open: string | null): Unkept | null =>
    open === null || unkept?.person === open ? unkept : null;

export const unkept = signal<Unkept | null>(null);
/** unkeptHeard - the server wipes it; where it does not answer, it stands. */
export async function unkeptHeard(): Promise<void> {
    const open = person.peek();
    if (open !== null && unkept.peek()?.person === open.person) {
        const answer = await api.heard(open.person);
        if (!answer.ok && answer.failure.kind === 'no-answer') return;
        if (person.peek()?.person === open.person) person.value = { ...open, unkept: null };
    }
    unkept.value = null;
}

/** Ties it to the session and the outbox; once, at the start. */
export function startUnkept(): void {
    effect(() => {
        const open = person.value,
            held = open?.unkept ?? null;
        unkept.value =
            open === null || held === null
                ? unkeptFor(unkept.peek(), open?.person ?? null)
                : { person: open.person, count: held.answers, said: held.said, lost: held.lost };
    });
    whenAnswer((entry, answer) => {
        if (!answer.ok || answer.value.state !== 'stored' || !('unkept' in answer.value)) return;
        const { unkept: count, said } = answer.value,
            came = unkeptCame(unkept.peek(), { person: entry.inside.ask.person, count, said, lost: false });
        unkept.value = unkeptFor(came, person.peek()?.person ?? null);
    });
}
