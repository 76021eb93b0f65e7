// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    padAgain,
    padFocus,
    padIsReady,
    padKey,
    padOpen,
    padPress,
    type Box,
    type Pad,
    type Pressed,
} from './keypad.ts';

const boxes: Box[] = [
    { id: 'first', whole: 3, decimals: 0, isFull: (text) => text.length === 3 },
    { id: 'second', whole: 3, decimals: 1 },
    { id: 'third', whole: 3, decimals: 0, isBeside: true },
];

function type(pad: Pad, keys: string): Pressed {
    let out: Pressed = { pad, then: 'stay' };
    for (const name of keys.split(' ')) {
        const key = padKey(name);
        assert.notEqual(key, null, `${name} is a key`);
        if (key !== null) out = padPress(out.pad, key);
    }
    return out;
}

test('digits go to the box in use, and a full box jumps', () => {
    const { pad, then } = type(padOpen(boxes), '1 4 8 9 2');
    assert.deepEqual(pad.texts, ['148', '92', '']);
    assert.deepEqual([pad.at, then], [1, 'stay']);
});

test('Enter moves on, and saves from the last box that has to be filled', () => {
    assert.equal(type(padOpen(boxes), '1 4 8 9 2 Enter').then, 'save');
    const early = type(padOpen(boxes), '1 4 Enter');
    assert.deepEqual([early.pad.at, early.then], [1, 'stay']);
});

test('Enter in an empty or unfinished box stays and says so', () => {
    const empty = type(padOpen(boxes), 'Enter');
    assert.deepEqual([empty.then, empty.pad.wants], ['stay', 0]);
    const half = type(padOpen(boxes), '1 4 8 9 . Enter');
    assert.deepEqual([half.then, half.pad.wants, half.pad.texts[1]], ['stay', 1, '9.']);
    assert.equal(type(half.pad, '5 Enter').then, 'save');
});

test('an optional box is saved with the others when it holds something, and never asked for', () => {
    const pad = padFocus(type(padOpen(boxes), '1 4 8 9 2').pad, 2);
    const { then, pad: after } = type(pad, '7 2 Enter');
    assert.deepEqual([then, after.texts], ['save', ['148', '92', '72']]);
    assert.equal(padPress(padFocus(pad, 2), 'enter').then, 'save');
});

test('Enter in the last box goes back to one that was left empty', () => {
    const pad = padFocus(padOpen(boxes), 1);
    const { pad: after, then } = type(pad, '9 2 Enter');
    assert.deepEqual([then, after.at, after.wants], ['stay', 0, 0]);
});

test('Backspace takes back a digit, and over the jump the last digit before it', () => {
    const { pad } = type(padOpen(boxes), '1 4 8 Backspace 9');
    assert.deepEqual(pad.texts, ['149', '', '']);
    assert.equal(pad.at, 1);
    assert.deepEqual(type(padOpen(boxes), 'Backspace').pad.texts, ['', '', '']);
});

test('Backspace in an empty box that was tapped takes nothing from another', () => {
    const jumped = type(padOpen(boxes), '1 4 8').pad;
    assert.deepEqual(type(padFocus(jumped, 1), 'Backspace').pad.texts, ['148', '', '']);
    assert.deepEqual(type(jumped, '9 Backspace Backspace').pad.texts, ['148', '', '']);
});

test('Esc leaves, and what was typed stays', () => {
    const { pad, then } = type(padOpen(boxes), '1 4 8 9 Escape');
    assert.deepEqual([then, pad.texts], ['leave', ['148', '9', '']]);
});

test('a box that is entered again is replaced by the next digit, not added to', () => {
    const filled = type(padOpen(boxes), '1 4 8 9 2').pad;
    assert.deepEqual(type(padFocus(filled, 0), '1').pad.texts, ['1', '92', '']);
    assert.deepEqual(type(padAgain(filled, 1), '8 8').pad.texts, ['148', '88', '']);
    assert.deepEqual(type(padFocus(filled, 0), 'Backspace').pad.texts, ['', '92', '']);
});

test('a number has as many digits as its box, one point, and nothing else', () => {
    assert.deepEqual(type(padFocus(padOpen(boxes), 1), '1 2 3 4 . 5 6').pad.texts, ['', '123.5', '']);
    assert.deepEqual(type(padFocus(padOpen(boxes), 1), '. . 1').pad.texts, ['', '1', '']);
    assert.deepEqual(type(padFocus(padOpen(boxes), 1), '1 . . 2').pad.texts, ['', '1.2', '']);
    assert.deepEqual(type(padOpen(boxes), '0 0 7').pad.texts, ['7', '', '']);
});

test('a key of another keyboard is the same digit, any other key is none', () => {
    assert.deepEqual(['٤', '۷', ',', '٫'].map(padKey), ['4', '7', '.', '.']);
    for (const name of ['a', '-', '+', 'Tab', 'F5', '½', 'é', 'Dead', '']) assert.equal(padKey(name), null);
});

test('ready means: something is there, nothing is half, and no box that has to be filled is empty', () => {
    assert.equal(padIsReady(padOpen(boxes)), false);
    assert.equal(padIsReady(padOpen(boxes, ['148', '92', ''])), true);
    assert.equal(padIsReady(padOpen(boxes, ['148', '', '72'])), false);
    assert.equal(padIsReady(padOpen([{ id: 'only', whole: 3, decimals: 1, isOptional: true }])), false);
});

test('whatever is pressed, no text is longer than its box and the place is one of the boxes', () => {
    const keys = '0 1 2 3 4 5 6 7 8 9 . Backspace Enter Escape'.split(' ');
    let pad = padOpen(boxes),
        seed = 20261130;
    for (let i = 0; i < 20000; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        const key = padKey(keys[Math.floor(seed / 65536) % keys.length] ?? '');
        if (key !== null) pad = padPress(pad, key).pad;
        if (i % 97 === 0) pad = padFocus(pad, i % 3);
        assert(pad.at >= 0 && pad.at < boxes.length);
        pad.texts.forEach((text, at) => assert.match(text, /^([0-9]{1,3}(\.[0-9]?)?)?$/, `${at}`));
    }
});
