// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonChanges, lineChanges, shortened, type Change } from './diff.ts';

const shown = (changes: readonly (Change | null)[]): string =>
    changes.map((one) => (one === null ? '..' : { same: ' ', gone: '-', new: '+' }[one.kind] + one.text)).join('|');

test('a changed line is gone and new, between those that stay', () => {
    assert.equal(shown(lineChanges('a\nb\nc\n', 'a\nB\nc\n')), ' a|-b|+B| c');
    assert.equal(shown(lineChanges('', 'a\nb\n')), '+a|+b');
    assert.equal(shown(lineChanges('a\n', 'a\n')), ' a');
});
test('both texts can be read off, and no shorter way is missed', () => {
    let seed = 7;
    const next = (n: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
    for (let round = 0; round < 300; round++) {
        const text = (): string[] => Array.from({ length: next(12) }, () => 'abc'[next(3)] ?? 'a');
        const a = text(),
            b = text(),
            changes = lineChanges(a.join('\n'), b.join('\n'));
        assert.deepEqual(changes.filter(({ kind }) => kind !== 'new').map((one) => one.text), a);
        assert.deepEqual(changes.filter(({ kind }) => kind !== 'gone').map((one) => one.text), b);
        // The longest common part, by the plain table.
        const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
        for (let i = a.length - 1; i >= 0; i--)
            for (let k = b.length - 1; k >= 0; k--)
                (table[i] as number[])[k] =
                    a[i] === b[k]
                        ? 1 + (table[i + 1]?.[k + 1] ?? 0)
                        : Math.max(table[i + 1]?.[k] ?? 0, table[i]?.[k + 1] ?? 0);
        assert.equal(changes.filter(({ kind }) => kind === 'same').length, table[0]?.[0]);
    }
});
test('what stays is left out but for what stands near', () => {
    const before = 'abcdefghij'.split(''),
        now = before.map((one) => (one === 'e' ? 'E' : one));
    assert.equal(shown(shortened(lineChanges(before.join('\n'), now.join('\n')))), ' c| d|-e|+E| f| g');
    const far = ['X', ...before, 'Y'];
    assert.equal(shown(shortened(lineChanges(before.join('\n'), far.join('\n')))), '+X| a| b|..| i| j|+Y');
});
test('two texts that share nothing are told whole', () => {
    const a = Array.from({ length: 900 }, (_, i) => `a${i}`).join('\n'),
        b = Array.from({ length: 900 }, (_, i) => `b${i}`).join('\n');
    assert.equal(lineChanges(a, b).length, 1800);
});
test('texts of JSON are told by their place', () => {
    const before = '{"items":{"bp":{"headline":"Good","n":1}},"gone":"x"}',
        now = '{"items":{"bp":{"headline":"Very good","n":1}},"came":[true]}';
    assert.deepEqual(jsonChanges(before, now), [
        { place: 'items / bp / headline', before: 'Good', now: 'Very good' },
        { place: 'gone', before: 'x', now: null },
        { place: 'came / 0', before: null, now: 'true' },
    ]);
    assert.equal(jsonChanges('{', now), null);
    assert.deepEqual(jsonChanges(null, '{"a":1}'), [{ place: 'a', before: null, now: '1' }]);
});
