// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Burst, characterOf } from './burst.ts';

const CODE = '7K3F-9QAZ-M2XV-80TB-5HCD';
// Each character `gap` ms behind the one before, then Enter `end` ms behind the last.
function type(burst: Burst, text: string, gap: number, from: number, end = gap): ReturnType<Burst['hear']> {
    [...text].forEach((c, i) => burst.hear(c, from + i * gap));
    return burst.hear('Enter', from + (text.length - 1) * gap + end);
}

test('a scanner is heard', () => assert.deepEqual(type(new Burst(), CODE, 8, 0), { is: 'code', text: CODE }));
test('60 ms between characters is a scanner, 61 ms are fingers', () => {
    assert.equal(type(new Burst(), CODE, 60, 0).is, 'code');
    assert.equal(type(new Burst(), CODE, 61, 0).is, 'nothing');
});
test('six characters are a code, five are not', () => {
    assert.equal(type(new Burst(), 'K3F9QX', 8, 0).is, 'code');
    assert.equal(type(new Burst(), 'K3F9Q', 8, 0).is, 'nothing');
});
test('an Enter that comes late belongs to a person', () =>
    assert.equal(type(new Burst(), CODE, 8, 0, 200).is, 'nothing'));
test('digits that were typed before a scan are no part of it', () => {
    const burst = new Burst();
    for (const [c, at] of [
        ['1', 0],
        ['4', 150],
        ['8', 300],
    ] as const)
        burst.hear(c, at);
    assert.deepEqual(type(burst, CODE, 8, 500), { is: 'code', text: CODE });
});
test('twenty cards one after another are twenty codes', () => {
    const burst = new Burst();
    for (let i = 0; i < 20; i++) assert.equal(type(burst, CODE, 5, i * 1000).is, 'code');
});
test('shift is no character, an arrow ends a burst', () => {
    const burst = new Burst();
    [...'7K3F'].forEach((c, i) => burst.hear(c, i * 10));
    burst.hear('Shift', 40);
    assert.equal(burst.hear('9', 50).is, 'more');
    burst.hear('ArrowDown', 60);
    assert.equal(type(burst, 'QAZ', 10, 70).is, 'nothing');
});
test('only the first character of a burst is the first', () => {
    const burst = new Burst();
    assert.deepEqual(
        [...'7K3'].map((c, i) => burst.hear(c, i * 10).is),
        ['first', 'more', 'more'],
    );
});
test('a keyboard that is set to Arabic scans the same', () => {
    assert.equal(characterOf('ن', 'KeyK'), 'K');
    assert.equal(characterOf('٧', 'Digit7'), '7');
    assert.equal(characterOf('k', 'KeyK'), 'k');
    assert.equal(characterOf('-', 'Minus'), '-');
});
