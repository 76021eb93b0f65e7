// SPDX-License-Identifier: Apache-2.0
// What becomes of an entry by what the server answered, and whose an entry is when its person has to be opened again.
import type { Answer, ErrorName, FormSaved, Measured, Person } from './api.ts';

/** What somebody has to do: answer a doubt, correct it, scan the card again, read what was refused; or write it on
 * paper, because this browser keeps nothing and the server does not answer. */
export type Need = 'doubts' | 'refused' | 'card' | 'rejected' | 'paper';
export interface Fate {
    state: 'tablet' | 'stored' | 'needs';
    need: Need | null;
}

// The same may be stored a moment later; nothing is wrong with the entry.
const LATER: readonly ErrorName[] = [
    'E_BUSY',
    'E_MEMORY',
    'E_CLOCK',
    'E_QUOTA',
    'E_IO',
    'E_FULL',
    'E_SESSION',
    'E_LOCKED',
];
// The person is not open any more: half an hour went by, another session, a withdrawal.
const CARD: readonly ErrorName[] = ['E_CONSENT', 'E_NOT_FOUND'];

/** `isKept`: it is on the disk of this tablet. What is not must never seem to be. */
export function fate(answer: Answer<Measured | FormSaved>, isKept: boolean): Fate {
    if (answer.ok) {
        if (answer.value.state === 'stored') return { state: 'stored', need: null };
        return { state: 'needs', need: answer.value.state === 'asks' ? 'doubts' : 'refused' };
    }
    const { failure } = answer;
    const isLater = failure.kind === 'no-answer' || LATER.includes(failure.code);
    if (isLater) return isKept ? { state: 'tablet', need: null } : { state: 'needs', need: 'paper' };
    return { state: 'needs', need: CARD.includes(failure.code) ? 'card' : 'rejected' };
}

/** A person without a name: a keyed hash of what the server says of them. It shows that the card scanned now is
 * theirs. */
export interface Mark {
    salt: string;
    hash: string;
}
type Known = Pick<Person, 'name' | 'birthDate' | 'sex'>;

const hex = (bytes: ArrayBuffer | Uint8Array): string =>
    [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('');

async function hashOf(salt: string, who: Known): Promise<string> {
    const text = JSON.stringify([salt, who.name, who.birthDate, who.sex]);
    return hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

export async function markOf(who: Known): Promise<Mark> {
    const salt = hex(crypto.getRandomValues(new Uint8Array(16)));
    return { salt, hash: await hashOf(salt, who) };
}

export const matches = async (mark: Mark, who: Known): Promise<boolean> => (await hashOf(mark.salt, who)) === mark.hash;

/** One who is nobody: it fits nobody's card. */
export const NOBODY: Mark = { salt: '', hash: '' };
