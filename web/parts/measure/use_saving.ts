// SPDX-License-Identifier: Apache-2.0
// The saving machine tied to the outbox: an entry is on this tablet before the screen says so, and what the server
// asks or refuses comes back to the boxes it is about.
import { useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { discard, keep, readingsOf, type Entry, type Saved } from '../../lib/outbox.ts';
import type { Answer, Finding, FormSaved, Measured } from '../../lib/api.ts';
import {
    TYPING,
    savingAgain,
    savingRight,
    savingSend,
    savingTold,
    type Again,
    type Entered,
    type Outcome,
    type Saving,
    type Sent,
} from './measure.ts';
import type { FormAnswer } from '../../form/types.ts';

export interface SavingUse {
    readonly saving: Saving;
    /** Where the entry is, for its mark: on this tablet, sent, stored, needs you. */
    readonly state: Entry['state'] | null;
    /** What is urgent in the readings, as the server told with its question or its no; nothing of it is kept yet. */
    readonly alarms: readonly Finding[];
    /** What the server said last. */
    readonly answer: Answer<Saved> | null;
    readonly save: (readings: readonly Entered[]) => void;
    readonly right: () => void;
    readonly again: () => void;
}

interface Ends {
    /** It is on its way for sure, on this tablet or stored: once, the boxes are free. */
    readonly onDone?: (readings: readonly Entered[]) => void;
    /** The person is read again by whoever hears of alarms (screens/urgent/held.ts), once for every save. */
    readonly onStored?: (readings: readonly Entered[]) => void;
    /** Which number is typed again, and all that was sent with it. */
    readonly onAgain: (again: Again, readings: readonly Entered[]) => void;
}

/** How long the screen waits for the server before the next number can be typed. */
const ANSWER_MS = 1_500;

function ofReadings(value: Measured): Outcome {
    if (value.state === 'asks') return { state: 'asks', doubts: value.doubts };
    return value.state === 'refused' ? { state: 'refused', refusal: value } : { state: 'waits' };
}

// A number of a form: its reading is the answer that it stands in, its word the link of the item.
function ofForm(value: FormSaved, answers: readonly FormAnswer[]): Outcome {
    if (value.state === 'asks') {
        const numberOf = (answer: number): string => answers[answer]?.values[0]?.split(' ')[0] ?? '';
        const doubts = value.doubts.map(({ answer, link, ...rest }) => ({
            ...rest,
            reading: answer,
            which: 0 as const,
            word: link,
            number: numberOf(answer),
        }));
        return { state: 'asks', doubts };
    }
    if (value.state !== 'refused') return { state: 'waits' };
    const [first] = value.faults;
    return {
        state: 'refused',
        refusal: { word: first?.link ?? '', why: first?.why ?? '', reading: first?.answer ?? 0 },
    };
}

/** What an entry's state is for the machine. */
function outcomeOf(entry: Entry): Outcome {
    const { answer, state } = entry;
    if (state === 'tablet' && answer !== null) return { state: 'kept' };
    if (state === 'tablet' || state === 'sent' || answer === null) return { state: 'waits' };
    if (!answer.ok) return { state: 'failed', code: answer.failure.kind === 'refused' ? answer.failure.code : 'E_IO' };
    const { ask } = entry.inside,
        { value } = answer;
    if (value.state === 'stored') return { state: 'stored', kept: value.kept };
    return 'form' in ask ? ofForm(value as FormSaved, ask.answers) : ofReadings(value as Measured);
}

function alarmsOf({ answer }: Entry): readonly Finding[] {
    if (answer === null) return [];
    if (!answer.ok) return answer.failure.kind === 'refused' ? answer.failure.alarms : [];
    return answer.value.state === 'stored' ? [] : answer.value.alarms;
}

/** Keeps what is sent on this tablet, and tells what becomes of it. */
type Keeps = (sent: Sent, told: (entry: Entry) => void) => Promise<Entry | undefined>;

const keepsReadings =
    (station: string): Keeps =>
    ({ readings, confirmed }, told) =>
        keep(
            station,
            readings.map((one) => ({ ...one })),
            confirmed.map(([a, b]) => [a, b]),
            told,
        );

export const useSaving = (station: string, ends: Ends): SavingUse => useSavingOf(keepsReadings(station), ends);

export function useSavingOf(keeps: Keeps, ends: Ends): SavingUse {
    const saving = useSignal<Saving>(TYPING),
        entry = useSignal<Entry | null>(null),
        now = useRef(ends);
    now.current = ends;
    const become = (next: Saving): void => {
        const before = saving.peek();
        saving.value = next;
        if (before.step === 'sending' && (next.step === 'kept' || next.step === 'stored'))
            now.current.onDone?.(before.readings);
    };
    const told = (about: Entry): void => {
        // an earlier one: it is told of under "Waiting"
        if (entry.peek() !== null && entry.peek()?.key !== about.key) return;
        entry.value = about;
        become(savingTold(saving.peek(), outcomeOf(about)));
        if (saving.peek().step === 'stored') now.current.onStored?.(readingsOf(about));
    };
    const hurry = (key: string): void => {
        const isOpen = saving.peek().step === 'sending' && entry.peek()?.key === key;
        if (isOpen) become(savingTold(saving.peek(), { state: 'kept' }));
    };
    const send = async (next: Saving): Promise<void> => {
        const before = saving.peek().step === 'asking' ? entry.peek() : null;
        saving.value = next;
        if (next.step !== 'sending') return;
        entry.value = null;
        try {
            const kept = await keeps(next, told);
            if (kept === undefined) saving.value = { step: 'failed', code: 'E_NOT_FOUND' };
            else setTimeout(() => hurry(kept.key), ANSWER_MS);
            if (kept !== undefined && before !== null) await discard(before.key);
        } catch {
            saving.value = { step: 'failed', code: 'E_FULL' };
        }
    };
    const again = (): void => {
        const where = savingAgain(saving.peek()),
            before = entry.peek();
        saving.value = TYPING;
        entry.value = null;
        if (where === null) return; // what was not stored waits on
        if (before !== null) void discard(before.key);
        now.current.onAgain(where, before === null ? [] : readingsOf(before));
    };
    return {
        saving: saving.value,
        state: entry.value?.state ?? null,
        answer: entry.value?.answer ?? null,
        alarms: entry.value === null ? [] : alarmsOf(entry.value),
        save: (readings) => {
            const next = savingSend(saving.peek(), readings);
            if (next !== saving.peek()) void send(next);
        },
        right: () => void send(savingRight(saving.peek())),
        again,
    };
}
