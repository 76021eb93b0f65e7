// SPDX-License-Identifier: Apache-2.0
// What was typed for somebody who wants nothing kept, as readings.
import type { Entered, OnPaper } from '../../lib/api.ts';
import { plainDigits } from '../../lib/fill.ts';
import { paperKey, type PaperForm } from '../../lib/paper.ts';
import { birthDate } from '../enrol/enrol.ts';

/** Boxes for numbers, in their order; a pressure has two. */
export const NUMBERS = ['bp-1', 'bp-2', 'pulse', 'height', 'weight', 'waist'] as const;
export type NumberBox = (typeof NUMBERS)[number];
export const wordOf = (box: NumberBox): string => box.replace(/-\d$/, '');

/** What was typed and answered, as readings. */
export function paperReadings(form: PaperForm): Entered[] {
    const readings: Entered[] = [];
    const add = (word: string, text: string): void => void readings.push({ word, text });
    // Numbers first: what was confirmed of them stays true when another question is answered.
    for (const box of NUMBERS) {
        const text = plainDigits(form.numbers[box] ?? '').trim();
        if (text !== '') add(wordOf(box), text);
    }
    if (form.sex !== null) add('sex', form.sex);
    for (const [word, said] of Object.entries(form.answers)) add(word, said);
    return readings;
}

/** As it is sent; a birth date that is none is told as it stands, and the server says so behind the alarms. */
export function paperSent(form: PaperForm, confirmed: [number, number][], language: string | null): OnPaper {
    return {
        family: form.family.trim(),
        givenNames: form.given.trim(),
        birthDate: birthDate(form) ?? `${form.year}-${form.month}-${form.day}`,
        age: form.age,
        readings: paperReadings(form),
        confirmed,
        key: paperKey(),
        ...(language !== null && { language }),
    };
}

/** How old they are at most, for which questions are asked; null: nobody said. */
export const ageOf = (form: PaperForm, thisYear: number): number | null =>
    form.age !== '' ? Number(form.age) : form.year.length === 4 ? thisYear - Number(form.year) : null;
