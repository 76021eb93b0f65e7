// SPDX-License-Identifier: Apache-2.0
// What comes and goes at the desk: new people, choices, and a check that keeps nothing.
import type { Entered, Finding, Measured } from './api.ts';

export type AskedPurpose = 'care' | 'follow-up' | 'statistics' | 'research-contact';
/** A purpose with the words of its form; what it is now, where a card was shown. */
export interface Asked {
    purpose: AskedPurpose;
    version: string;
    title: string;
    sections: { id: string; heading: string; text: string }[];
    yes: string;
    readBack: { ask: string; points: string[] }[];
    days: number;
    mayKeepApart: boolean;
    /** The question of its own about a call before the next check; null: it is not asked. */
    reminder: { heading: string; text: string; yes: string; nextDate: string } | null;
    on?: boolean;
    keepsApart?: boolean;
    /** The day of the next check that they want to be reminded of. */
    remindOn?: string | null;
    until?: string | null;
}
export type Decider = 'self' | 'guardian' | 'either';
export interface Consents {
    language: string;
    languages: string[];
    purposes: Asked[];
    who?: Decider;
    asksChild?: boolean;
}
/** Who stands at the desk: a card that was shown, or the person who is open. */
export type AtDesk = { card: string } | { person: string };
export interface Agreed {
    purpose: AskedPurpose;
    version: string;
    language: string;
    rounds: '1' | '2';
    method: 'card' | 'signed' | 'spoken';
    witness?: 'independent';
    isGuardian?: boolean;
    assent?: 'given' | 'not-able';
    keepApart?: boolean;
    remind?: boolean;
    ofAge?: boolean;
}
export interface Receipt {
    purpose: AskedPurpose;
    at: string;
    title: string | null;
    body: string | null;
    leaf: number;
    proof: string | null;
    proofFrom: string | null;
    /** Something urgent that nobody was told of ended with it. */
    endsUntold: boolean;
}
/** What a new person tells; `sex` is for reference ranges. */
export interface NewPerson {
    family: string;
    givenNames: string;
    birthDate: string;
    age: string;
    sex: 'female' | 'male' | 'other' | 'unknown';
    telephone: string;
    language: string;
    ownWord: string;
}
/** What somebody tells who wants nothing kept; all of it may be empty. */
export interface OnPaper {
    family: string;
    givenNames: string;
    birthDate: string;
    age: string;
    readings: Entered[];
    confirmed: [number, number][];
    /** Of this person alone: what was told of them holds no more. */
    key: string;
    /** Of the letter, which a clinician makes; absent: none. */
    language?: string;
}
export type Judged = (
    | { state: 'judged'; findings: Finding[]; alarms: Finding[]; html?: string; pdf?: string }
    | Exclude<Measured, { state: 'stored' }>
) & {
    /** An alarm waits for its outcome. */
    holds: boolean;
};
