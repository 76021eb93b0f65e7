// SPDX-License-Identifier: Apache-2.0
// Sight at a station: the smallest line of the chart that each eye reads with its own glasses, and the smallest print
// that both read at 40 cm. Source: programme convention 11.1 (ICD-11 9D90).
import type { Entered } from '../../parts/measure/measure.ts';

/** Lines of a chart for 6 m, best first; with 0/60 no line is read, also from near by. */
export const LINES = ['6/5', '6/6', '6/9', '6/12', '6/18', '6/24', '6/36', '6/60', '3/60', '1/60', '0/60'] as const;
export const NO_LINE = '0/60';
/** Sizes of print in points (N). */
export const PRINTS = ['5', '6', '8', '10', '12', '18', '24', '36', '48'] as const;

export const visionWords = ['distance-vision-right', 'distance-vision-left', 'near-vision'] as const;
export type VisionWord = (typeof visionWords)[number];
export type Sight = Readonly<Record<VisionWord, string | null>>;
export const NO_SIGHT: Sight = { 'distance-vision-right': null, 'distance-vision-left': null, 'near-vision': null };

export const visionOptions = (word: VisionWord): readonly string[] => (word === 'near-vision' ? PRINTS : LINES);

/** visionWith - one of the three is chosen, or taken back. */
export const visionWith = (sight: Sight, word: VisionWord, value: string | null): Sight => ({
    ...sight,
    [word]: value,
});

/** visionReadings - what was chosen, in the words of a measurement; print is in points, whatever the site's unit. */
export function visionReadings(sight: Sight): Entered[] {
    return visionWords.flatMap((word) => {
        const text = sight[word];
        return text === null ? [] : [{ word, text: word === 'near-vision' ? `${text}{N}` : text }];
    });
}

/** visionFrom - what was chosen when these readings were sent. */
export function visionFrom(readings: readonly Entered[]): Sight {
    const text = (word: VisionWord): string | null =>
        readings.find((one) => one.word === word)?.text.replace('{N}', '') ?? null;
    return {
        'distance-vision-right': text('distance-vision-right'),
        'distance-vision-left': text('distance-vision-left'),
        'near-vision': text('near-vision'),
    };
}
