// SPDX-License-Identifier: Apache-2.0
// Opening the next person by a card or ticket that was scanned or typed, on whatever screen. Cards that come while
// one is being opened wait, and only the last of them is opened. Numbers that are typed and not saved are asked about
// first.
import { signal } from '@preact/signals';
import type { Failure, Person } from './api.ts';
import { readCode } from './codes.ts';
import { unsaved } from './draft.ts';
import { wrongCode, type WrongCode } from './opening_rules.ts';
import { openPerson } from './session.ts';
import { timeFrom, timeOff, timeTo } from './timing.ts';
import { atStation, stepBack } from './today.ts';

export type Opening =
    | { is: 'idle' }
    | { is: 'busy' }
    /** `code`: of a slip, which is changed for a card. */
    | { is: 'wrong'; what: WrongCode; code?: string }
    /** `card`: that nothing is agreed to for; choices can be asked about. */
    | { is: 'failure'; failure: Failure; card?: string }
    /** Something is not saved: answerUnsaved says whether it is given up. */
    | { is: 'unsaved'; text: string };

export const opening = signal<Opening>({ is: 'idle' });

type Opened = (person: Person) => void;
let onOpened: Opened = () => undefined;
/** What is done when a person was opened: the frame shows a screen. */
export const whenOpened = (listener: Opened): void => void (onOpened = listener);

let next: string | null = null;

async function openNext(text: string): Promise<void> {
    const code = readCode(text),
        wrong = wrongCode(code);
    if (wrong !== null || code.kind === 'wrong') {
        opening.value = {
            is: 'wrong',
            what: wrong ?? 'check',
            ...(code.kind === 'slip' && { code: code.text }),
        };
        return;
    }
    timeFrom('open');
    const at = await stepBack();
    const answer = await openPerson(code.text);
    if (!answer.ok && at !== null) await atStation(at, 'begin');
    const isClosed = !answer.ok && answer.failure.kind === 'refused' && answer.failure.code === 'E_CONSENT';
    opening.value = answer.ok
        ? { is: 'idle' }
        : { is: 'failure', failure: answer.failure, ...(isClosed && code.kind === 'card' && { card: code.text }) };
    if (!answer.ok) return timeOff('open');
    onOpened(answer.value);
    timeTo('open');
}

/** Opens whom this code opens; returns when the last code that came meanwhile was opened. */
export async function openCode(text: string, givesUpUnsaved = false): Promise<void> {
    if (opening.value.is === 'busy') {
        next = text;
        return;
    }
    if (unsaved.value && !givesUpUnsaved && readCode(text).kind !== 'wrong') {
        opening.value = { is: 'unsaved', text };
        return;
    }
    opening.value = { is: 'busy' };
    next = null;
    await openNext(text);
    if (next !== null) await openCode(next, givesUpUnsaved);
}

/** The answer to "not saved yet": the numbers are given up and the card is opened, or all stays as it is. */
export async function answerUnsaved(givesUp: boolean): Promise<void> {
    const asked = opening.value;
    opening.value = { is: 'idle' };
    if (givesUp && asked.is === 'unsaved') await openCode(asked.text, true);
}
