// SPDX-License-Identifier: Apache-2.0
// The tablet in the hands of the person who is open: one form, and no way from it to anything else. Whoever takes the
// tablet back shows who they are first. One table of steps.
import { signal } from '@preact/signals';
import type { Language } from '../../lib/words.ts';

/** handing: staff choose the language. greeting: is it the right person? asking, ending, stopping: the person's.
 * thanks: it is given back. paused: it was locked in between, and staff have it again. */
export type Step = 'handing' | 'greeting' | 'asking' | 'ending' | 'stopping' | 'thanks' | 'paused';
export type Act =
    | 'start'
    | 'yes-me'
    | 'not-me'
    | 'asked'
    | 'more'
    | 'stop'
    | 'go-on'
    | 'done'
    | 'forgot'
    | 'locked'
    | 'give-again'
    | 'take-back';

const STEPS: Readonly<Record<Step, Readonly<Partial<Record<Act, Step | 'over'>>>>> = {
    handing: { start: 'greeting', 'take-back': 'over', locked: 'over' },
    greeting: { 'yes-me': 'asking', 'not-me': 'thanks', locked: 'paused' },
    asking: { asked: 'ending', stop: 'stopping', done: 'thanks', locked: 'paused' },
    ending: { more: 'asking', stop: 'stopping', done: 'thanks', locked: 'paused' },
    stopping: { 'go-on': 'asking', done: 'thanks', forgot: 'thanks', locked: 'paused' },
    thanks: { locked: 'over' },
    paused: { 'give-again': 'greeting', 'take-back': 'over', done: 'over' },
};

/** stepAfter - what comes after an act; the same step where it is none of that step. */
export const stepAfter = (step: Step, act: Act): Step | 'over' => STEPS[step][act] ?? step;

/** isTheirs - is the tablet in the hands of the person? */
export const isTheirs = (step: Step): boolean => step !== 'handing' && step !== 'paused';

export interface Handed {
    readonly form: string;
    /** Of the member of staff; it is shown again when they have the tablet back. */
    readonly language: Language;
    readonly step: Step;
}
/** Null: staff have the tablet. */
export const handed = signal<Handed | null>(null);

export const hand = (form: string, language: Language): void =>
    void (handed.value = { form, language, step: 'handing' });

export function handedDid(act: Act): void {
    const now = handed.value;
    if (now === null) return;
    const step = stepAfter(now.step, act);
    handed.value = step === 'over' ? null : { ...now, step };
}
