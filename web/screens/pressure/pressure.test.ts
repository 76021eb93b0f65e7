// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { padKey, padOpen, padPress } from '../../parts/keypad/keypad.ts';
import { countKeys, countLine } from '../../parts/measure/keystrokes.ts';
import {
    BETWEEN_SECONDS,
    inOrder,
    REST_SECONDS,
    isPressureFull,
    pressureBoxes,
    pressureNext,
    pressureReadings,
    restSeconds,
} from './pressure.ts';
import { timerLeft, timerPart, timerStart, timerText } from './timer.ts';

test('3 digits if the first is 1 or 2, else 2', () => {
    for (const text of ['148', '210', '100', '300', '320']) assert.equal(isPressureFull(text), true, text);
    for (const text of ['92', '33', '40', '88']) assert.equal(isPressureFull(text), true, text);
    for (const text of ['1', '14', '2', '3', '30', '32', '9', '']) assert.equal(isPressureFull(text), false, text);
});

// Types the keys and gives the texts that are saved; fails where nothing was saved.
function save(keys: readonly string[]): readonly string[] {
    let pad = padOpen(pressureBoxes);
    for (const name of keys) {
        const key = padKey(name);
        assert(key, name);
        const { pad: next, then } = padPress(pad, key);
        pad = next;
        if (then === 'save') return pad.texts;
    }
    assert.fail(`${keys.join(' ')}: nothing was saved`);
}

test('148 jumps, 92 Enter saves; the pulse is asked of nobody', () => {
    assert.deepEqual(save(['1', '4', '8', '9', '2', 'Enter']), ['148', '92', '']);
    assert.deepEqual(save(['9', '8', '6', '1', 'Enter']), ['98', '61', '']);
    assert.deepEqual(save(['2', '1', '0', '1', '1', '8', 'Enter']), ['210', '118', '']);
});

test('readings are the words that the station types on the command line', () => {
    assert.deepEqual(pressureReadings(['148', '92', '']), [{ word: 'bp', text: '148/92' }]);
    assert.deepEqual(pressureReadings(['148', '92', '71']), [
        { word: 'bp', text: '148/92' },
        { word: 'pulse', text: '71' },
    ]);
});

test('what follows a reading agrees with every vector of the mean', () => {
    const rows = readFileSync('tests/vectors/bp_average.csv', 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(','));
    assert(rows.length > 20);
    for (const row of rows) {
        const readings = [1, 3, 5, 7]
            .filter((at) => row[at] !== '')
            .map((at) => ({ systolic: Number(row[at]), diastolic: Number(row[at + 1]) }));
        const want = { 'no-reading': 'first', 'single-reading': 'second', 'take-another': 'another', ok: 'enough' }[
            row[12] ?? ''
        ];
        assert.equal(pressureNext(readings), want, row[0]);
    }
});

test('readings stand as they were taken, also two of one second', () => {
    const list = [
        { at: '2026-11-30T08:02:00Z', n: 3 },
        { at: '2026-11-30T08:01:00Z', n: 2 },
        { at: '2026-11-30T08:01:00Z', n: 1 },
    ];
    assert.deepEqual(
        inOrder(list).map(({ n }) => n),
        [1, 2, 3],
    );
});

test('rest: five minutes before the first reading, one between two, none behind the last', () => {
    assert.deepEqual((['first', 'second', 'another', 'enough'] as const).map(restSeconds), [
        REST_SECONDS,
        BETWEEN_SECONDS,
        BETWEEN_SECONDS,
        0,
    ]);
});

test('the timer goes by the clock, and a clock put back adds no time', () => {
    const timer = timerStart(1_000_000, 300);
    assert.deepEqual(
        [0, 1, 1000, 299_500, 300_000, 9_000_000, -50_000].map((ms) => timerLeft(timer, 1_000_000 + ms)),
        [300, 300, 299, 1, 0, 0, 300],
    );
    assert.deepEqual([300, 65, 9, 0].map(timerText), ['5:00', '1:05', '0:09', '0:00']);
    assert.equal(timerPart(timer, 1_150_000), 0.5);
    assert.equal(timerPart(timerStart(0, 0), 0), 1);
});

// The steps of a station, from the person before it to "Stored" twice; the screen itself has them too (browser tests).
test('two pressures cost at most 9 keys beside their digits', (t) => {
    const reading = (numbers: string): string[] => [...numbers.replace('/', ''), 'Enter'];
    for (const numbers of ['148/92', '98/61', '210/118']) {
        const [systolic = '', diastolic = ''] = numbers.split('/');
        assert.deepEqual(save(reading(numbers)), [systolic, diastolic, ''], numbers);
    }
    const two = countKeys('two pressures', [
        'scan: card',
        'tap: Blood pressure',
        ...reading('148/92'),
        ...reading('146/90'),
    ]);
    const asked = countKeys('two pressures, the first one asked about', [
        'scan: card',
        'tap: Blood pressure',
        ...reading('212/98'),
        'tap: Yes, it is right',
        ...reading('206/96'),
    ]);
    const again = countKeys('two pressures, one digit typed wrongly', [
        'scan: card',
        'tap: Blood pressure',
        ...['1', '4', '9', 'Backspace', '8', '9', '2', 'Enter'],
        ...reading('146/90'),
    ]);
    const pulse = countKeys('two pressures with the pulse', [
        'scan: card',
        'tap: Blood pressure',
        ...['1', '4', '8', '9', '2', 'Tab', '7', '1', 'Enter'],
        ...reading('146/90'),
    ]);
    for (const counted of [two, asked, again, pulse]) {
        t.diagnostic(countLine(counted));
        assert(counted.keys + counted.taps <= 9, countLine(counted));
    }
    assert.equal(two.keys + two.taps, 3);
});
