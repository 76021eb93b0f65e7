// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
    allQuestions,
    laterFacts,
    factQuestions,
    mayBePregnant,
    openQuestions,
    pregnancyFacts,
    pregnantQuestions,
    questionOf,
} from './questions.ts';

interface Row {
    readonly name: string;
    readonly private?: boolean;
    readonly composite?: boolean;
    readonly 'pregnant-only'?: boolean;
}
const lines = JSON.parse(readFileSync('guidelines/alarms/lines.json', 'utf8')) as {
    questions: Row[];
    facts: Record<string, string>;
};
const names = (rows: readonly Row[]): string[] => rows.map((row) => row.name).sort();

test('the open block is that of the alarms: nothing that is private or several at once', () => {
    const open = lines.questions.filter((row) => row.private !== true && row.composite !== true);
    assert.deepEqual([...openQuestions].sort(), names(open.filter((row) => row['pregnant-only'] !== true)));
    assert.deepEqual([...pregnantQuestions].sort(), names(open.filter((row) => row['pregnant-only'] === true)));
    for (const row of lines.questions.filter((one) => one.private === true))
        assert.equal(questionOf(row.name), null, row.name);
});

test('every fact of the alarms but the age can be asked', () => {
    const facts = Object.values(lines.facts)
        .filter((label) => label !== 'age')
        .map(questionOf);
    assert(!facts.includes(null));
    assert.deepEqual([...facts].sort(), [...factQuestions, ...pregnancyFacts, ...laterFacts].sort());
});

test('the words of both languages say each of them', () => {
    for (const language of ['en', 'ar']) {
        const words = JSON.parse(readFileSync(`web/parts/questions/words.${language}.json`, 'utf8')) as Record<
            string,
            string
        >;
        for (const question of allQuestions) assert(words[`ask.${question}`], `${language} ${question}`);
    }
});

test('pregnancy is asked of sex not male from 10 to 55, and where either is not known', () => {
    assert.deepEqual(
        [
            [null, null],
            ['female', 10],
            ['female', 55],
            [null, 30],
        ].map(([sex, age]) => mayBePregnant(sex as string | null, age as number | null)),
        [true, true, true, true],
    );
    assert.deepEqual(
        [
            ['male', 30],
            ['male', null],
            ['female', 9],
            ['female', 56],
        ].map(([sex, age]) => mayBePregnant(sex as string | null, age as number | null)),
        [false, false, false, false],
    );
});

test('labels of a finding lead to the question; a number does not', () => {
    assert.deepEqual(
        ['pregnancy', 'chest-pain', 'systolic', 'age', 'sex', 'self-harm-plan', 'danger-symptoms'].map(questionOf),
        ['pregnant', 'chest-pain', null, null, null, null, null],
    );
});
