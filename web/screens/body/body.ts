// SPDX-License-Identifier: Apache-2.0
// Height, weight and waist at a station, and the body mass index, which is only shown: what counts is reckoned by the
// guideline from what was kept.
import type { Box } from '../../parts/keypad/keypad.ts';

export const bodyWords = ['height', 'weight', 'waist'] as const;
export type BodyWord = (typeof bodyWords)[number];

/** Any of the three may be left out: not everybody can stand on a scale. Something has to be there to save. */
export const bodyBoxes: readonly Box[] = bodyWords.map((id) => ({ id, whole: 3, decimals: 1, isOptional: true }));

export function bodyReadings(texts: readonly string[]): { word: string; text: string }[] {
    return bodyWords.flatMap((word, i) => (texts[i] ? [{ word, text: texts[i] }] : []));
}

/** bodyTexts - the boxes as they were when these readings were sent. */
export function bodyTexts(readings: readonly { readonly word: string; readonly text: string }[]): string[] {
    return bodyWords.map((word) => readings.find((one) => one.word === word)?.text ?? '');
}

const tenths = (text: string): bigint | null => {
    const found = /^([0-9]{1,3})(?:\.([0-9]))?$/.exec(text);
    return found === null ? null : BigInt(found[1] + (found[2] ?? '0'));
};

// Lower ends of the categories, hundredths of kg/m2 (WHO 1995/2000/2004).
const CUTS = [1600n, 1700n, 1850n, 2500n, 3000n, 3500n, 4000n];
const category = (hundredths: bigint): number => CUTS.filter((cut) => hundredths >= cut).length;
const fixed = (number: bigint, digits: number): string => {
    const text = String(number).padStart(digits + 1, '0');
    return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
};

/** bodyMass - weight [kg] / height² [m²] from the texts; null where one is missing or the height is 0. Half up to 0.01;
 * shown with one digit, with two where one digit would show another category. Programme convention 1.1. */
export function bodyMass(height_cm: string, weight_kg: string): string | null {
    const height = tenths(height_cm),
        weight = tenths(weight_kg);
    if (height === null || weight === null || height === 0n) return null;
    // tenths of kg over squared tenths of cm, in hundredths of kg/m2
    const top = weight * 10000n * 1000n,
        below = height * height;
    const hundredths = (2n * top + below) / (2n * below);
    const short = (hundredths + 5n) / 10n;
    return category(short * 10n) === category(hundredths) ? fixed(short, 1) : fixed(hundredths, 2);
}

/** The unit of each at every site: measure.def has one. */
export const BODY_UNITS: Readonly<Record<BodyWord, string>> = { height: 'cm', weight: 'kg', waist: 'cm' };
