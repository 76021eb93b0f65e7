// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byRelease } from './tests_rules.ts';

test('every test stands in one group, from at once to in person', () => {
    assert.deepEqual(
        byRelease([
            { name: 'blood test A', release: 'in-person' },
            { name: 'height', release: 'at-once' },
            { name: 'weight', release: 'at-once' },
        ]),
        [
            { release: 'at-once', names: ['height', 'weight'] },
            { release: 'in-person', names: ['blood test A'] },
        ],
    );
    assert.deepEqual(byRelease([]), []);
});
