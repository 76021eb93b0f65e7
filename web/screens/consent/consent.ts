// SPDX-License-Identifier: Apache-2.0
// The talk about choices, a state in, the next state out: one purpose at a time, one question a page, nothing chosen
// before it was said. A no goes on to the next question and is kept nowhere, here or elsewhere.
import type { Agreed, Asked, Consents, Decider, AskedPurpose } from '../../lib/api.ts';

export type By = 'self' | 'guardian' | 'of-age';
export type Step =
    /** Do you agree? */
    | 'ask'
    /** And what is kept apart? */
    | 'apart'
    /** And a call before the next check? */
    | 'remind'
    /** What does the child say? */
    | 'child'
    /** Said back in own words? */
    | 'back'
    /** Explained once more, after something was missing. */
    | 'again'
    /** "You said yes": how it is noted. */
    | 'say';
export interface Asking {
    readonly purpose: AskedPurpose;
    readonly step: Step;
    readonly keepApart: boolean;
    readonly remind: boolean;
    readonly assent: 'given' | 'not-able' | null;
    readonly round: 1 | 2;
    /** Of each question of the read-back, what was heard. */
    readonly heard: readonly (boolean | null)[];
}
export interface Talk {
    /** What is asked after this. */
    readonly rest: readonly AskedPurpose[];
    /** Who decides; null: nobody said yet. */
    readonly by: By | null;
    readonly now: Asking | null;
}

const ask = (purpose: AskedPurpose): Asking => ({
    purpose,
    step: 'ask',
    keepApart: false,
    remind: false,
    assent: null,
    round: 1,
    heard: [],
});

/** Begins with these purposes, in their order. */
export const talkBegin = (purposes: readonly AskedPurpose[], who: Decider): Talk => {
    const [first, ...rest] = purposes;
    return { rest, by: who === 'self' ? 'self' : null, now: first ? ask(first) : null };
};
/** The purposes that are off, in the order of asking. */
export const talkOff = (consents: Consents): AskedPurpose[] =>
    consents.purposes.filter(({ on }) => on !== true).map(({ purpose }) => purpose);

/** Somebody is there who decides. */
export const talkBy = (talk: Talk, by: By): Talk => ({ ...talk, by });

/** To the next purpose, or to the end. */
export const talkNext = (talk: Talk): Talk => {
    const [next, ...rest] = talk.rest;
    return { ...talk, rest, now: next ? ask(next) : null };
};
/** Nothing more is asked. */
export const talkEnd = (talk: Talk): Talk => ({ ...talk, rest: [], now: null });

const begun = (asked: Asked): readonly null[] => asked.readBack.map(() => null);
const to = (talk: Talk, part: Partial<Asking>): Talk => (talk.now ? { ...talk, now: { ...talk.now, ...part } } : talk);

// A guardian does not decide about what is kept apart; a child that is old enough is asked first.
const afterApart = (talk: Talk, asked: Asked, asksChild: boolean): Talk => {
    if (talk.by !== 'guardian') return to(talk, { step: 'back', heard: begun(asked) });
    if (asksChild) return to(talk, { step: 'child' });
    return to(talk, { step: 'back', assent: 'not-able', heard: begun(asked) });
};
/** The answer to "do you agree?". */
export function talkAnswer(talk: Talk, isYes: boolean, asked: Asked, asksChild: boolean): Talk {
    if (!isYes) return talkNext(talk);
    const asksApart = asked.mayKeepApart && talk.by !== 'guardian';
    if (asked.reminder) return to(talk, { step: 'remind' });
    return asksApart ? to(talk, { step: 'apart' }) : afterApart(talk, asked, asksChild);
}
/** The answer about what is kept apart. */
export const talkApart = (talk: Talk, isYes: boolean, asked: Asked, asksChild: boolean): Talk =>
    afterApart(to(talk, { keepApart: isYes }), asked, asksChild);
/** The answer about a call before the next check. */
export const talkRemind = (talk: Talk, isYes: boolean, asked: Asked, asksChild: boolean): Talk =>
    afterApart(to(talk, { remind: isYes }), asked, asksChild);
/** What the child says; a no decides. */
export const talkChild = (talk: Talk, says: 'given' | 'not-able' | 'dissent', asked: Asked): Talk =>
    says === 'dissent' ? talkNext(talk) : to(talk, { step: 'back', assent: says, heard: begun(asked) });

/** One question of the read-back: it was said, or not yet. When the last one is answered it goes on: all said, it can
 * be noted; something missing, it is explained once more; missing a second time, it stays off. */
export function talkHeard(talk: Talk, at: number, isSaid: boolean): Talk {
    const now = talk.now;
    if (!now) return talk;
    const heard = now.heard.map((one, i) => (i === at ? isSaid : one));
    if (heard.includes(null)) return to(talk, { heard });
    if (!heard.includes(false)) return to(talk, { heard, step: 'say' });
    return now.round === 1 ? to(talk, { heard, step: 'again' }) : talkNext(talk);
}
/** It was explained once more: the questions again, all of them. */
export const talkAgain = (talk: Talk, asked: Asked): Talk => to(talk, { step: 'back', round: 2, heard: begun(asked) });

/** A child of an age to be asked that cannot say: somebody from outside confirms it. */
export const talkNeedsWitness = (talk: Talk, asksChild: boolean): boolean =>
    talk.by === 'guardian' && asksChild && talk.now?.assent === 'not-able';

/** What is sent: of one purpose, as it was said. */
export function talkSent(
    talk: Talk,
    asked: Asked,
    language: string,
    method: Agreed['method'],
    asksChild: boolean,
): Agreed | null {
    const now = talk.now;
    if (!now || now.step !== 'say' || now.purpose !== asked.purpose || talk.by === null) return null;
    const hasWitness = method === 'spoken' || talkNeedsWitness(talk, asksChild);
    return {
        purpose: asked.purpose,
        version: asked.version,
        language,
        rounds: now.round === 1 ? '1' : '2',
        method,
        ...(hasWitness && { witness: 'independent' }),
        ...(talk.by === 'guardian' && { isGuardian: true, assent: now.assent ?? 'not-able' }),
        ...(talk.by === 'of-age' && { ofAge: true }),
        ...(now.keepApart && { keepApart: true }),
        ...(now.remind && { remind: true }),
    };
}

/** The choices as they are after one was noted or taken back. */
export const withChoice = (consents: Consents, purpose: AskedPurpose, on: boolean, given?: Agreed): Consents => ({
    ...consents,
    purposes: consents.purposes.map((one) => {
        if (one.purpose !== purpose) return one;
        const remindOn = given?.remind === true ? (one.reminder?.nextDate ?? null) : null;
        return { ...one, on, keepsApart: given?.keepApart === true, remindOn, until: null };
    }),
});

/** The lines of a receipt, its instants as they are written here, each with a direction of its own. */
export const receiptLines = (body: string, when: (instant: string) => string): string[] =>
    body.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => `\u2068${when(instant)}\u2069`).split('\n');

/** All that is read aloud of a form. */
export const spoken = (asked: Asked): string =>
    [asked.title, ...asked.sections.flatMap(({ heading, text }) => [heading, text]), asked.yes].join('\n');
