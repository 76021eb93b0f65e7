// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { unitKeys } from './units.ts';

interface Ranges {
    readonly quantities: readonly {
        readonly name: string;
        readonly units: readonly { readonly unit: string; readonly usual?: readonly (readonly string[])[] }[];
    }[];
}

test('every unit of what the stations type, and every unit it may be mistaken for, has words', () => {
    const { quantities } = JSON.parse(readFileSync('ranges.json', 'utf8')) as Ranges;
    const typed = quantities.filter(({ name }) =>
        ['height', 'weight', 'waist', 'systolic', 'diastolic', 'pulse'].includes(name),
    );
    assert.equal(typed.length, 6);
    const units = typed.flatMap((one) =>
        one.units.flatMap(({ unit, usual = [] }) => [unit, ...usual.map((row) => row[0] ?? '')]),
    );
    for (const unit of [...units, '[lb_av]']) assert(unitKeys[unit] !== undefined, unit);
});
