// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LINES, NO_SIGHT, PRINTS, visionFrom, visionReadings, visionWith } from './vision.ts';

test('nothing is chosen before somebody chooses, and nothing is sent', () => {
    assert.deepEqual(visionReadings(NO_SIGHT), []);
});

test('each eye for itself; what is taken back is not sent', () => {
    const one = visionWith(NO_SIGHT, 'distance-vision-left', '6/18');
    assert.deepEqual(visionReadings(one), [{ word: 'distance-vision-left', text: '6/18' }]);
    assert.deepEqual(visionReadings(visionWith(one, 'distance-vision-left', null)), []);
});

test('what is entered again is as it was', () => {
    let sight = NO_SIGHT;
    sight = visionWith(sight, 'distance-vision-right', '0/60');
    sight = visionWith(sight, 'near-vision', '8');
    assert.deepEqual(visionFrom(visionReadings(sight)), sight);
});

test('the buttons go from sharp to no line, and are the answers of the form', () => {
    const sharpness = LINES.map((line) => {
        const [top = 0, bottom = 1] = line.split('/').map(Number);
        return top / bottom;
    });
    assert.deepEqual(sharpness, [...sharpness].sort((a, b) => b - a));
    assert.deepEqual(
        PRINTS.map(Number),
        PRINTS.map(Number).sort((a, b) => a - b),
    );
    const form = JSON.parse(readFileSync('forms/questionnaires/vision.json', 'utf8')) as {
        item: { linkId: string; answerOption?: { valueString: string }[] }[];
    };
    for (const eye of ['distance-vision-right', 'distance-vision-left'])
        assert.deepEqual(
            form.item.find(({ linkId }) => linkId === eye)?.answerOption?.map(({ valueString }) => valueString),
            [...LINES],
        );
});

// Grades end at 6/12, 6/18, 6/60 and 3/60: each has a button on both of its sides.
test('every limit of a grade lies between two buttons', () => {
    for (const limit of [6 / 12, 6 / 18, 6 / 60, 3 / 60]) {
        const values = LINES.map((line) => Number(line.split('/')[0]) / Number(line.split('/')[1]));
        assert(values.some((value) => Math.abs(value - limit) < 1e-9) && values.some((value) => value < limit));
    }
});
