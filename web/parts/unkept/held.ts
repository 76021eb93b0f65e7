// SPDX-License-Identifier: Apache-2.0
// What was read in answers that the person did not agree to keep: the server says it once and has it nowhere. It
// stands on the screen of their person until somebody says that they heard it.
import { effect, signal } from '@preact/signals';
import type { Finding } from '../../lib/api.ts';
import { whenAnswer } from '../../lib/outbox.ts';
import { person } from '../../lib/session.ts';

export interface Unkept {
    readonly person: string;
    /** How many answers. */
    readonly count: number;
    readonly said: readonly Finding[];
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
export const unkeptHeard = (): void => void (unkept.value = null);

/** Ties it to the session and the outbox; once, at the start. */
export function startUnkept(): void {
    effect(() => void (unkept.value = unkeptFor(unkept.peek(), person.value?.person ?? null)));
    whenAnswer((entry, answer) => {
        if (!answer.ok || answer.value.state !== 'stored' || !('unkept' in answer.value)) return;
        const { unkept: count, said } = answer.value,
            came = unkeptCame(unkept.peek(), { person: entry.inside.ask.person, count, said });
        unkept.value = unkeptFor(came, person.peek()?.person ?? null);
    });
}
