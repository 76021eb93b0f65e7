// SPDX-License-Identifier: Apache-2.0
// One saving of readings as a machine: on its way, asked about, refused, stored. What was typed stays until the
// server said "stored"; only then is it called so. What is on its way is not changed: its outcome has to be known
// first.

export interface Entered {
    readonly word: string;
    readonly text: string;
    /** Of the test kit, as its box says; a date. */
    readonly lot?: string;
    readonly expires?: string;
}

/** A number that a person has to confirm: which reading, and which number of it. */
export interface Doubt {
    readonly reading: number;
    readonly which: 0 | 1;
    readonly word: string;
    readonly number: string;
    readonly unit: string;
    readonly soft: readonly [string, string];
    readonly otherUnit: string | null;
    readonly isAgeNotKnown: boolean;
}

/** A number that cannot be right; nothing of what came with it was kept. */
export interface Refusal {
    readonly word: string;
    readonly why: string;
    readonly reading?: number;
    readonly which?: 0 | 1;
    readonly unit?: string;
    readonly hard?: readonly [string, string] | null;
    readonly otherUnit?: string | null;
}

export interface Sent {
    readonly readings: readonly Entered[];
    readonly confirmed: readonly (readonly [number, number])[];
}

export type Saving =
    | { readonly step: 'typing' }
    | ({ readonly step: 'sending' } & Sent)
    | ({ readonly step: 'asking'; readonly doubts: readonly Doubt[]; readonly at: number } & Sent)
    | { readonly step: 'refused'; readonly refusal: Refusal }
    /** On this tablet; the server has not answered. Nobody has judged it; what comes next is typed meanwhile. */
    | ({ readonly step: 'kept' } & Sent)
    | { readonly step: 'stored'; readonly kept: number }
    /** It was not kept for a reason that is no number: the card has to be scanned again, a role, a full disk. */
    | { readonly step: 'failed'; readonly code: string };

/** What became of it, as the outbox tells. */
export type Outcome =
    | { readonly state: 'waits' }
    | { readonly state: 'kept' }
    | { readonly state: 'stored'; readonly kept: number }
    | { readonly state: 'asks'; readonly doubts: readonly Doubt[] }
    | { readonly state: 'refused'; readonly refusal: Refusal }
    | { readonly state: 'failed'; readonly code: string };

export const TYPING: Saving = { step: 'typing' };

/** savingHolds - is its outcome open? Nothing else is sent then, and the screen asks before it is left. */
export const savingHolds = (saving: Saving): boolean => saving.step === 'sending' || saving.step === 'asking';

/** savingSend - what was typed goes on its way. */
export function savingSend(saving: Saving, readings: readonly Entered[]): Saving {
    if (savingHolds(saving) || readings.length === 0) return saving;
    return { step: 'sending', readings, confirmed: [] };
}

/** savingTold - the outbox tells what became of it. */
export function savingTold(saving: Saving, outcome: Outcome): Saving {
    if ((saving.step !== 'sending' && saving.step !== 'kept') || outcome.state === 'waits') return saving;
    const { readings, confirmed } = saving;
    if (outcome.state === 'kept') return { step: 'kept', readings, confirmed };
    if (outcome.state === 'stored') return { step: 'stored', kept: outcome.kept };
    if (outcome.state === 'refused') return { step: 'refused', refusal: outcome.refusal };
    if (outcome.state === 'failed') return { step: 'failed', code: outcome.code };
    // A question without a number is no "stored".
    if (outcome.doubts.length === 0) return { step: 'failed', code: 'E_RANGE' };
    return { step: 'asking', readings, confirmed, doubts: outcome.doubts, at: 0 };
}

/** savingDoubt - the number that is asked about now; null: none. */
export const savingDoubt = (saving: Saving): Doubt | null =>
    saving.step === 'asking' ? (saving.doubts[saving.at] ?? null) : null;

/** savingRight - "yes, it is right": the next number, or all goes again with what was confirmed. */
export function savingRight(saving: Saving): Saving {
    if (saving.step !== 'asking') return saving;
    if (saving.at + 1 < saving.doubts.length) return { ...saving, at: saving.at + 1 };
    const confirmed = saving.doubts.map(({ reading, which }) => [reading, which] as const);
    return { step: 'sending', readings: saving.readings, confirmed: [...saving.confirmed, ...confirmed] };
}

/** What is typed again: the reading, and which of its numbers. */
export interface Again {
    readonly reading: number;
    readonly which: 0 | 1;
}

/** savingAgain - "enter again": back to typing, and where. Whatever else was typed stays. Null: nothing is to be. */
export function savingAgain(saving: Saving): Again | null {
    const doubt = savingDoubt(saving);
    if (doubt !== null) return { reading: doubt.reading, which: doubt.which };
    return saving.step === 'refused'
        ? { reading: saving.refusal.reading ?? 0, which: saving.refusal.which ?? 0 }
        : null;
}
