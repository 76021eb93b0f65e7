// SPDX-License-Identifier: Apache-2.0
// What a new person tells: the birth date out of three boxes, as much of it as is known; and what is missing yet.
import type { NewPerson } from '../../lib/api.ts';
import { plainDigits } from '../../lib/fill.ts';

export type Sex = NewPerson['sex'];
export interface Told {
    readonly family: string;
    readonly given: string;
    readonly day: string;
    readonly month: string;
    readonly year: string;
    readonly age: string;
    readonly sex: Sex | null;
    readonly telephone: string;
    readonly ownWord: string;
}
export const NOBODY: Told = {
    family: '',
    given: '',
    day: '',
    month: '',
    year: '',
    age: '',
    sex: null,
    telephone: '',
    ownWord: '',
};

/** What of a key press stays in a box for digits. */
export const digitsIn = (text: string, most: number): string => plainDigits(text).replace(/\D/g, '').slice(0, most);

/** Is the box full, so that the next one is meant? A day or month above 3 or 1 has one digit. */
export function isFull(box: 'day' | 'month' | 'year', text: string): boolean {
    if (box === 'year') return text.length === 4;
    return text.length === 2 || (text.length === 1 && Number(text) > (box === 'day' ? 3 : 1));
}

const two = (text: string): string => text.padStart(2, '0');
const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** "1972-03-14", "1972-03", "1972"; empty: nothing is known. null: it is no date. */
export function birthDate({ day, month, year }: Pick<Told, 'day' | 'month' | 'year'>): string | null {
    if (day === '' && month === '' && year === '') return '';
    if (year.length !== 4 || (day !== '' && month === '')) return null;
    if (month === '') return year;
    if (Number(month) < 1 || Number(month) > 12) return null;
    if (day === '') return `${year}-${two(month)}`;
    if (Number(day) < 1 || Number(day) > daysOf(Number(year), Number(month))) return null;
    return `${year}-${two(month)}-${two(day)}`;
}

export type Missing = 'name' | 'date' | 'date-or-age' | 'sex' | 'word-short';
/** The first thing that keeps it from being saved; null: nothing does. */
export function missing(told: Told): Missing | null {
    const born = birthDate(told);
    if (told.family.trim() === '' && told.given.trim() === '') return 'name';
    if (born === null) return 'date';
    if (born !== '' && told.age !== '') return 'date-or-age';
    if (told.sex === null) return 'sex';
    if (asksWord(told) && told.ownWord !== '' && told.ownWord.length < 6) return 'word-short';
    return null;
}

/** Where no birth date is told, a word of their own may show later that it is them. */
export const asksWord = (told: Told): boolean => birthDate(told) === '' && told.age === '';

/** As it is sent; told without anything missing. */
export const asSent = (told: Told, language: string): NewPerson => ({
    family: told.family.trim(),
    givenNames: told.given.trim(),
    birthDate: birthDate(told) ?? '',
    age: told.age,
    sex: told.sex ?? 'unknown',
    telephone: told.telephone.trim(),
    language,
    ownWord: asksWord(told) ? told.ownWord : '',
});
