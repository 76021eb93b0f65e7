// SPDX-License-Identifier: Apache-2.0
// Somebody who wants nothing kept: what was typed of them is in this page's memory alone, and goes with "done", with
// the next person, with the log-out and with the page. An alarm of theirs holds the page until it has its outcome.
import { signal } from '@preact/signals';
import { api, type Answer, type Finding, type Judged } from './api.ts';
import { sayNow } from './announce.ts';
import { paperAtServer, person, whenOut, whenPerson } from './session.ts';

export interface PaperForm {
    readonly given: string;
    readonly family: string;
    readonly day: string;
    readonly month: string;
    readonly year: string;
    readonly age: string;
    readonly sex: 'female' | 'male' | null;
    /** What was answered, and what was typed, by word; a pressure is "bp-1", "bp-2". */
    readonly answers: Readonly<Record<string, 'yes' | 'no'>>;
    readonly numbers: Readonly<Record<string, string>>;
}
export const EMPTY: PaperForm = {
    given: '',
    family: '',
    day: '',
    month: '',
    year: '',
    age: '',
    sex: null,
    answers: {},
    numbers: {},
};
export const paper = signal<PaperForm>(EMPTY);
/** What the server said of it last, and which numbers were confirmed. */
export const judged = signal<Judged | null>(null);
export const confirmed = signal<[number, number][]>([]);
/** Tells this person from the next one; it is kept nowhere either. */
let key: string | null = null;
export const paperKey = (): string => (key ??= crypto.randomUUID());

const alarms = signal<readonly Finding[]>([]);

/** The alarms without an outcome; of what an earlier page heard nothing is known but that there is one. */
export const paperAlarms = (): readonly Finding[] => alarms.value;
export const isPaperHeld = (): boolean => alarms.value.length > 0 || paperAtServer.value;

const MUST_BE_TOLD = ['emergency-now', 'same-day'];
/** Alarms came with an answer: those that somebody has to be told of hold the page, but for what has its outcome, as
 * the server says. */
export function paperCame(came: readonly Finding[], holds = true): void {
    if (!holds) return;
    const now = came.filter((one) => MUST_BE_TOLD.includes(one.urgency) && one.item !== 'refused-value');
    if (now.length === 0) return;
    alarms.value = now;
    sayNow(now[0]?.words.headline ?? '');
}

export async function paperOutcome(why: 'told' | 'left' | 'call-clinician'): Promise<Answer<object>> {
    const answer = await api.paperOutcome(why);
    if (answer.ok) {
        alarms.value = [];
        paperAtServer.value = false;
    }
    return answer;
}

/** Nothing of them is here any more. */
export function paperDone(): void {
    paper.value = EMPTY;
    judged.value = null;
    confirmed.value = [];
    key = null;
}

/** Ties it to the session; once, at the start. */
export function startPaper(): void {
    whenOut(() => {
        alarms.value = [];
        paperAtServer.value = false;
        paperDone();
    });
    whenPerson(() => void (person.value !== null && paperDone()));
}
