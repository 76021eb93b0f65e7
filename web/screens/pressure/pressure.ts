// SPDX-License-Identifier: Apache-2.0
// Blood pressure at a station: when a number is whole, how many readings a visit needs, and how long to wait. Source:
// programme convention 2.1 (ESC 2024): the mean of the last two readings counts; where their upper numbers differ by
// more than 10 mmHg one more is taken, four at the most. One reading alone is never classified.
import type { Box } from '../../parts/keypad/keypad.ts';

export const READINGS_LEAST = 2,
    READINGS_MOST = 4,
    APART_MMHG = 10;
/** Seated rest before the first reading, and from one reading to the next (1 to 2 minutes). */
const HIGHEST_MMHG = 320;
export const REST_SECONDS = 300,
    BETWEEN_SECONDS = 60;

/** isPressureFull - 3 digits, or 2 that no third one can follow: a pressure ends at 320 mmHg (ranges.json). */
export function isPressureFull(text: string): boolean {
    return text.length === 3 || (text.length === 2 && Number(`${text}0`) > HIGHEST_MMHG);
}

export const pressureBoxes: readonly Box[] = [
    { id: 'systolic', whole: 3, decimals: 0, isFull: isPressureFull },
    { id: 'diastolic', whole: 3, decimals: 0 },
    { id: 'pulse', whole: 3, decimals: 0, isBeside: true },
];

export interface Pressure {
    readonly systolic: number;
    readonly diastolic: number;
}

/** What the readings of this visit, in the order of time, ask for next. */
export type PressureNext = 'first' | 'second' | 'another' | 'enough';

export function pressureNext(readings: readonly Pressure[]): PressureNext {
    const last = readings.at(-1),
        before = readings.at(-2);
    if (last === undefined) return 'first';
    if (before === undefined) return 'second';
    const isApart = Math.abs(last.systolic - before.systolic) > APART_MMHG;
    return isApart && readings.length < READINGS_MOST ? 'another' : 'enough';
}

/** restSeconds - how long the person sits before the next reading. */
export function restSeconds(next: PressureNext): number {
    return next === 'first' ? REST_SECONDS : next === 'enough' ? 0 : BETWEEN_SECONDS;
}

/** pressureWords - the texts of the boxes as words of a measurement: bp 148/92, pulse 72. */
export function pressureReadings(texts: readonly string[]): { word: string; text: string }[] {
    const [systolic = '', diastolic = '', pulse = ''] = texts;
    const out = [{ word: 'bp', text: `${systolic}/${diastolic}` }];
    return pulse === '' ? out : [...out, { word: 'pulse', text: pulse }];
}

/** pressureTexts - the boxes as they were when these readings were sent. */
export function pressureTexts(readings: readonly { readonly word: string; readonly text: string }[]): string[] {
    const of = (word: string): string => readings.find((one) => one.word === word)?.text ?? '';
    const [systolic = '', diastolic = ''] = of('bp').split('/');
    return [systolic, diastolic, of('pulse')];
}

/** inOrder - readings as they were taken; the server tells the newest first, and two may share a second. */
export const inOrder = <R extends { readonly at: string }>(newest_first: readonly R[]): R[] =>
    [...newest_first].reverse().sort((a, b) => a.at.localeCompare(b.at));

/** pressureOf - a reading as numbers; null: it is no pair of them. */
export function pressureOf({ numbers }: { readonly numbers: readonly string[] | null }): Pressure | null {
    const [systolic, diastolic] = (numbers ?? []).map(Number);
    return systolic === undefined || diastolic === undefined || !Number.isFinite(systolic + diastolic)
        ? null
        : { systolic, diastolic };
}
