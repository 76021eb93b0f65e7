// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../lib/api.ts';
import { emptyFinding } from '../../screens/urgent/urgent.ts';
import { unkeptCame, unkeptFor, type Unkept } from './held.ts';

const finding = (item: string, category = ''): Finding => ({ ...emptyFinding, item, category });
const of = (person: string, count: number, ...said: Finding[]): Unkept => ({ person, count, said, lost: false });

test('what is not kept stands until it was heard', () => {
    const first = of('p', 9, finding('phq9', 'mild'));
    assert.equal(unkeptCame(null, of('p', 0)), null);
    assert.equal(unkeptCame(null, first), first);
    assert.equal(unkeptCame(first, of('p', 0)), first);
    assert.deepEqual(unkeptCame(first, of('p', 7, finding('gad7')))?.said.map(({ item }) => item), ['gad7', 'phq9']);
    assert.deepEqual(unkeptCame(first, of('p', 9, finding('phq9', 'severe')))?.said.map(({ category }) => category), [
        'severe',
    ]);
});

test('nothing of it stands beside somebody else', () => {
    const first = of('p', 9, finding('phq9'));
    assert.equal(unkeptFor(first, 'p'), first);
    assert.equal(unkeptFor(first, null), first);
    assert.equal(unkeptFor(first, 'q'), null);
    assert.deepEqual(unkeptCame(first, of('q', 7, finding('gad7')))?.said.map(({ item }) => item), ['gad7']);
});
