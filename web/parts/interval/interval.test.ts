// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intervalEnd, intervalPlaces, intervalState, type Interval } from './interval.ts';

const body: Interval = { half: 8, low: 6, high: 11, most: 25, halfAim: 10, mostAim: 20 };

test('everything lies on the bar, in its order', () => {
    const places = intervalPlaces(body);
    assert.equal(places.end, 30);
    assert.deepEqual(
        [places.low, places.half, places.halfAim, places.high, places.mostAim, places.most].map((at) => at * 30),
        [6, 8, 10, 11, 20, 25],
    );
    assert.equal(intervalPlaces({ ...body, most: 5000 }).most, 5000 / 5400);
});
test('an end reads well and has room for the aim', () => {
    assert.deepEqual([0.3, 1, 1.2, 7, 31, 601].map(intervalEnd), [1, 1, 2, 10, 60, 900]);
});
test('slower is said only where the whole interval says it, or nine of ten', () => {
    assert.equal(intervalState({ ...body, most: 19 }), 'good');
    assert.equal(intervalState({ ...body, most: 19, low: 10.1 }), 'look');
    assert.equal(intervalState(body), 'look');
});
