// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hearingFrom, hearingReadings, hearingSaid, tones } from './hearing.ts';

test('nothing is said before somebody answers, and nothing is sent', () => {
    assert.deepEqual(hearingReadings({}, []), []);
});

test('answers and tones go together; what is empty is not sent', () => {
    const said = hearingSaid({}, 'hearing-screening-passed', 'no'),
        texts = tones.map((_, i) => (i === 0 ? '25' : i === 7 ? '0' : ''));
    assert.deepEqual(hearingReadings(said, texts), [
        { word: 'hearing-screening-passed', text: 'no' },
        { word: 'hearing-right-500', text: '25' },
        { word: 'hearing-left-4000', text: '0' },
    ]);
    assert.deepEqual(hearingFrom(hearingReadings(said, texts)), { said, texts });
});

test('an answer is taken back, and another takes its place', () => {
    const no = hearingSaid({}, 'ear-signs', 'no');
    assert.deepEqual(hearingSaid(no, 'ear-signs', 'yes'), { 'ear-signs': 'yes' });
    assert.deepEqual(hearingSaid(no, 'ear-signs', null), {});
});

test('each tone is a word that a station types, and an input of the guideline', () => {
    const rows = readFileSync('src/visit/measure.def', 'utf8'),
        guideline = readFileSync('guidelines/hearing/guideline.json', 'utf8');
    for (const { word } of tones) {
        const code = new RegExp(`MEASURE\\("${word}", *"dB", *"([0-9-]+)"\\)`).exec(rows)?.[1];
        assert(code !== undefined && guideline.includes(`"${code}"`), word);
    }
    assert.equal(new Set(tones.map(({ word }) => word)).size, 8);
});
