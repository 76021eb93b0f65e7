// SPDX-License-Identifier: Apache-2.0
// The questions in front of the measuring as a machine. Not asked, yes and no are three states; nothing is chosen for
// anybody. A yes to a danger question goes to the server at once, the rest with "save".
import {
    factQuestions,
    isFact,
    mayBePregnant,
    openQuestions,
    pregnancyFacts,
    pregnantQuestions,
    type Question,
} from '../../parts/questions/questions.ts';

export type Asked = 'not-asked' | 'yes' | 'no';

export interface Danger {
    readonly asksPregnancy: boolean;
    readonly answers: Readonly<Partial<Record<Question, Asked>>>;
    /** Those that the server has. */
    readonly stored: Readonly<Partial<Record<Question, Asked>>>;
}

export interface Answered {
    readonly word: string;
    readonly text: string;
}

const NONE = 'no-danger-signs';

export function dangerOpen(sex: string | null, age_years: number | null): Danger {
    return { asksPregnancy: mayBePregnant(sex, age_years), answers: {}, stored: {} };
}

export const dangerState = (danger: Danger, question: Question): Asked => danger.answers[question] ?? 'not-asked';

/** dangerList - the questions of this person, in the order in which they are asked. */
export function dangerList(danger: Danger): Question[] {
    const isPregnant = dangerState(danger, 'pregnant') === 'yes';
    return [
        ...(danger.asksPregnancy ? pregnancyFacts : []),
        ...factQuestions,
        ...openQuestions,
        ...(isPregnant ? pregnantQuestions : []),
    ];
}

const signs = (danger: Danger): Question[] => dangerList(danger).filter((question) => !isFact(question));

/** dangerAnswer - an answer; the same one again takes it back to "not asked" while the server does not have it.
 * What the server has is changed by a yes alone: of two answers of a visit the yes stands. */
export function dangerAnswer(danger: Danger, question: Question, answer: 'yes' | 'no'): Danger {
    const stored = danger.stored[question];
    if (stored !== undefined && !(stored === 'no' && answer === 'yes')) return danger;
    const next: Asked = dangerState(danger, question) === answer ? (stored ?? 'not-asked') : answer;
    return { ...danger, answers: { ...danger.answers, [question]: next } };
}

/** dangerIsUrgent - does this answer go to the server by itself, before anything else is asked? */
export const dangerIsUrgent = (question: Question, answer: 'yes' | 'no'): boolean =>
    answer === 'yes' && !isFact(question);

/** dangerNone - "none of these": every sign without an answer is a no. A fact is no sign: it is asked by itself. */
export function dangerNone(danger: Danger): Danger {
    const open = signs(danger).filter((question) => dangerState(danger, question) === 'not-asked');
    return {
        ...danger,
        answers: { ...danger.answers, ...Object.fromEntries(open.map((question) => [question, 'no'])) },
    };
}

/** dangerLeft - how many questions nobody has asked yet. */
export const dangerLeft = (danger: Danger): number =>
    dangerList(danger).filter((question) => dangerState(danger, question) === 'not-asked').length;

/** dangerReadings - the answers that the server does not have yet, as words of a measurement. Where every sign is a no,
 * one word says it of all of them. */
export function dangerReadings(danger: Danger): Answered[] {
    const isNew = (q: Question): boolean =>
        dangerState(danger, q) !== 'not-asked' && danger.stored[q] !== dangerState(danger, q);
    const fresh = dangerList(danger).filter(isNew),
        all = signs(danger);
    const isNone = all.every((q) => dangerState(danger, q) === 'no') && all.every(isNew);
    const said = (isNone ? fresh.filter(isFact) : fresh).map((q) => ({
        word: q as string,
        text: dangerState(danger, q) as string,
    }));
    return isNone ? [...said, { word: NONE, text: 'yes' }] : said;
}

/** dangerStored - the server has them now. */
export function dangerStored(danger: Danger, sent: readonly Answered[]): Danger {
    const known = sent.flatMap(({ word, text }): [string, string][] =>
        word === NONE ? (text === 'yes' ? signs(danger).map((q): [string, string] => [q, 'no']) : []) : [[word, text]],
    );
    const has = Object.fromEntries(known.filter(([, text]) => text === 'yes' || text === 'no')) as Partial<
        Record<Question, Asked>
    >;
    return { ...danger, answers: { ...danger.answers, ...has }, stored: { ...danger.stored, ...has } };
}

/** dangerFrom - with what was answered at this visit before, as the record has it; of two answers a yes stands. */
export function dangerFrom(
    danger: Danger,
    today: readonly { readonly word: string; readonly answer: string | null }[],
): Danger {
    const said = today.flatMap(({ word, answer }) => (answer === null ? [] : [{ word, text: answer }]));
    const order = ({ word, text }: Answered): number =>
        word === 'pregnant' ? 0 : word === NONE ? 1 : text === 'no' ? 2 : 3;
    return [...said].sort((a, b) => order(a) - order(b)).reduce((before, one) => dangerStored(before, [one]), danger);
}

export type Sex = 'female' | 'male';

/** sexOf - as it was recorded at this visit, for ranges and equations; null: it was not asked. */
export function sexOf(today: readonly { readonly word: string; readonly answer: string | null }[]): Sex | null {
    const said = today.find(({ word }) => word === 'sex')?.answer;
    return said === 'female' || said === 'male' ? said : null;
}

/** dangerWith - what was typed here beside what the record has: the record stands, but for a yes over its no. */
export function dangerWith(danger: Danger, typed: Readonly<Partial<Record<Question, Asked>>>): Danger {
    const fresh = Object.entries(typed).filter(([question, said]) => {
        const stored = danger.stored[question as Question];
        return stored === undefined || (stored === 'no' && said === 'yes');
    });
    return { ...danger, answers: { ...danger.answers, ...Object.fromEntries(fresh) } };
}
