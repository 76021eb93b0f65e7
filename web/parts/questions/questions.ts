// SPDX-License-Identifier: Apache-2.0
// What people are asked at a station with yes or no: facts that decide how a number is judged, and danger questions.
// Which there are stands in guidelines/alarms/lines.json (the test compares), what they mean in the words of this
// folder. Questions that are asked in private are not among them, nor those that are several at once.

/** Facts: asked of everybody, or where a pregnancy is possible. */
export const factQuestions = ['acute-illness'] as const;
export const pregnancyFacts = ['pregnant', 'birth-within-6-weeks'] as const;
/** Facts that are asked only where a finding needs them. */
export const laterFacts = ['known-diabetes', 'immune-weak'] as const;
/** Danger questions: asked at every visit, about now or the last 24 hours where the words say nothing else. */
export const openQuestions = [
    'chest-pain',
    'breathless-at-rest',
    'stroke-signs',
    'new-confusion-or-drowsiness',
    'seizure',
    'face-neck-swelling',
    'eye-danger-signs',
    'severe-headache',
    'visual-disturbance',
    'abdominal-pain',
    'persistent-vomiting',
    'sudden-swelling',
    'heavy-bleeding',
    'fainting',
    'coughing-blood',
    'jaundice',
    'passing-no-urine',
    'hearing-sudden-loss',
    'tb-danger-signs',
    'liver-danger-signs',
    'diabetes-classic-symptoms',
] as const;
/** Danger questions for pregnant people alone. */
export const pregnantQuestions = ['bleeding-in-pregnancy', 'waters-broken', 'less-fetal-movement'] as const;

export const allQuestions = [
    ...factQuestions,
    ...pregnancyFacts,
    ...laterFacts,
    ...openQuestions,
    ...pregnantQuestions,
] as const;
export type Question = (typeof allQuestions)[number];
export type Fact = (typeof factQuestions)[number] | (typeof pregnancyFacts)[number] | (typeof laterFacts)[number];

const FACTS: readonly string[] = [...factQuestions, ...pregnancyFacts, ...laterFacts];
export const isFact = (question: Question): question is Fact => FACTS.includes(question);
export const isQuestion = (word: string): word is Question => (allQuestions as readonly string[]).includes(word);

/** questionOf - the question that an input of a finding asks for by its label; null: it is no question of yes or no, or
 * it is asked in private. */
export function questionOf(label: string): Question | null {
    const word = label === 'pregnancy' ? 'pregnant' : label;
    return isQuestion(word) ? word : null;
}

const PREGNANT_FROM_YEARS = 10,
    PREGNANT_TO_YEARS = 55;

/** mayBePregnant - sex not male, and 10 to 55 completed years or not known. Programme convention 13, 1.2. */
export function mayBePregnant(sex: string | null, age_years: number | null): boolean {
    return (
        sex !== 'male' && (age_years === null || (age_years >= PREGNANT_FROM_YEARS && age_years <= PREGNANT_TO_YEARS))
    );
}
