// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIME_MS_MAX, timeBegun, timeDropped, timeTaken, type Running } from './timing_rules.ts';

const none: Running = new Map();

test('a time runs from the first beginning', () => {
    const running = timeBegun(timeBegun(none, 'body', 100), 'body', 900);
    assert.deepEqual(timeTaken(running, 'body', 1600.4), { task: 'body', ms: 1500 });
});
test('tasks have times of their own, and what was given up has none', () => {
    const running = timeBegun(timeBegun(none, 'open', 0), 'body', 50);
    assert.equal(timeTaken(timeDropped(running, 'body'), 'body', 60), null);
    assert.deepEqual(timeTaken(timeDropped(running, 'body'), 'open', 60), { task: 'open', ms: 60 });
    assert.equal(timeTaken(none, 'sign', 5), null);
});
test('what took too long to be one task is not told', () => {
    const running = timeBegun(none, 'exit', 0);
    assert.notEqual(timeTaken(running, 'exit', TIME_MS_MAX), null);
    assert.equal(timeTaken(running, 'exit', TIME_MS_MAX + 1), null);
});
