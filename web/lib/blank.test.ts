// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBlank } from './blank.ts';

test('empty boxes are nothing, however many there are', () => {
    for (const value of [[], ['', '', ''], {}, { pulse: '', told: null, is: false, boxes: [''] }, '', null])
        assert(isBlank(value), JSON.stringify(value));
});
test('one character in one box is something, and so is a zero', () => {
    for (const value of [['', '1'], { pulse: { text: '7' } }, 0, [0], true, ' '])
        assert(!isBlank(value), JSON.stringify(value));
});
