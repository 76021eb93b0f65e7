// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ExitItem } from '../../lib/api.ts';
import { itemKey, missing, tally } from './items.ts';

const item = (name: string, state: ExitItem['state']): ExitItem => ({ item: name, station: 'body', state });

test('what is missing stands in the order of the plan, and what is settled is not missing', () => {
    const items = [item('bp', 'done'), item('waist', 'missing'), item('height', 'settled'), item('weight', 'missing')];
    assert.deepEqual(
        missing(items).map((one) => one.item),
        ['waist', 'weight'],
    );
    assert.deepEqual(tally(items), { done: 1, of: 4 });
});
test('everything that the packages ask has a name', () => {
    const { packages } = JSON.parse(readFileSync('packages.json', 'utf8')) as {
        packages: { asks?: Record<string, (string | { item: string })[]> }[];
    };
    const asked = packages.flatMap(({ asks }) => Object.values(asks ?? {}).flat());
    assert.ok(asked.length > 20);
    for (const one of asked) assert.ok(itemKey(typeof one === 'string' ? one : one.item), JSON.stringify(one));
});
