// SPDX-License-Identifier: Apache-2.0
// Hearing at a station: the short test and signs of the ears as questions; where there is a device, the softest tone of
// each pitch in dB. Source: programme convention 11.2 (WHO, World report on hearing 2021).
import type { Box } from '../../parts/keypad/keypad.ts';
import type { Entered } from '../../parts/measure/measure.ts';

export const hearingQuestions = ['hearing-screening-passed', 'ear-signs'] as const;
export type HearingQuestion = (typeof hearingQuestions)[number];
export type Said = Readonly<Partial<Record<HearingQuestion, 'yes' | 'no'>>>;

export const PITCHES_HZ = [500, 1000, 2000, 4000] as const;
const EARS = ['right', 'left'] as const;
export interface Tone {
    readonly ear: (typeof EARS)[number];
    readonly pitch_hz: number;
    readonly word: string;
}
/** All tones of one ear, then of the other, as they are tested. */
export const tones: readonly Tone[] = EARS.flatMap((ear) =>
    PITCHES_HZ.map((pitch_hz) => ({ ear, pitch_hz, word: `hearing-${ear}-${pitch_hz}` })),
);

/** Any tone may be left out: a grade that needs it says so. */
export const toneBoxes: readonly Box[] = tones.map(({ word }) => ({
    id: word,
    whole: 3,
    decimals: 0,
    isOptional: true,
}));

/** hearingSaid - an answer, or the same answer once more to take it back. */
export function hearingSaid(said: Said, question: HearingQuestion, answer: 'yes' | 'no' | null): Said {
    const rest = Object.fromEntries(Object.entries(said).filter(([one]) => one !== question)) as Said;
    return answer === null ? rest : { ...rest, [question]: answer };
}

export function hearingReadings(said: Said, texts: readonly string[]): Entered[] {
    const answers = hearingQuestions.flatMap((word) => {
        const text = said[word];
        return text === undefined ? [] : [{ word, text }];
    });
    return [...answers, ...tones.flatMap(({ word }, i) => (texts[i] ? [{ word, text: texts[i] }] : []))];
}

/** hearingFrom - answers and boxes as they were when these readings were sent. */
export function hearingFrom(readings: readonly Entered[]): { said: Said; texts: string[] } {
    const text = (word: string): string => readings.find((one) => one.word === word)?.text ?? '';
    const said = Object.fromEntries(
        hearingQuestions.map((word) => [word, text(word)]).filter(([, answer]) => answer !== ''),
    ) as Said;
    return { said, texts: tones.map(({ word }) => text(word)) };
}
