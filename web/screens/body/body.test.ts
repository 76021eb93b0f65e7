// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { padKey, padOpen, padPress } from '../../parts/keypad/keypad.ts';
import { countKeys, countLine } from '../../parts/measure/keystrokes.ts';
import { bodyBoxes, bodyMass, bodyReadings } from './body.ts';

test('the body mass index is that of the vectors, at their precision', () => {
    const rows = readFileSync('tests/vectors/bmi.csv', 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(','));
    const fits = rows.filter(
        (row) => /^\d+(\.\d)?$/.test(row[1] ?? '') && /^\d+(\.\d)?$/.test(row[2] ?? '') && row[3] !== '',
    );
    assert(fits.length > 20, `${fits.length}`);
    for (const row of fits) {
        const shown = bodyMass(row[1] ?? '', row[2] ?? ''),
            want = Number(row[3]),
            slack = Number(row[7]) || 0;
        const isShort = shown !== null && /\.\d$/.test(shown);
        assert(
            Math.abs(Number(shown) - want) <= (isShort ? 0.0500001 : 0) + slack,
            `${row[0]}: ${shown}, want ${want}`,
        );
    }
});

test('one digit, and two where one would show another category', () => {
    assert.equal(bodyMass('161', '80'), '30.9');
    assert.equal(bodyMass('200', '99.9'), '24.98');
    assert.equal(bodyMass('200', '100'), '25.0');
    assert.equal(bodyMass('200', '63.9'), '15.98');
});

test('there is none without both, with a height of 0, or of half a number', () => {
    for (const [height, weight] of [
        ['', '80'],
        ['161', ''],
        ['0', '80'],
        ['161.', '80'],
        ['161', '8o'],
    ])
        assert.equal(bodyMass(height ?? '', weight ?? ''), null);
});

test('what is empty is not sent', () => {
    assert.deepEqual(bodyReadings(['161', '', '99.5']), [
        { word: 'height', text: '161' },
        { word: 'waist', text: '99.5' },
    ]);
    assert.deepEqual(bodyReadings(['', '', '']), []);
});

test('Enter moves from one to the next, over what could not be measured, and saves at the end', (t) => {
    let pad = padOpen(bodyBoxes),
        last = 'stay';
    const keys = ['1', '6', '1', 'Enter', 'Enter', '9', '9', '.', '5', 'Enter'];
    for (const name of keys) {
        const key = padKey(name);
        assert(key);
        ({ pad, then: last } = padPress(pad, key) as { pad: typeof pad; then: string });
    }
    assert.deepEqual([pad.texts, last], [['161', '', '99.5'], 'save']);
    t.diagnostic(
        countLine(
            countKeys('height, weight, waist', [
                'scan: card',
                'tap: Height, weight, waist',
                ...'161'.split(''),
                'Enter',
                ...'80.5'.split(''),
                'Enter',
                ...'99'.split(''),
                'Enter',
            ]),
        ),
    );
});
