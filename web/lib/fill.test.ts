// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digits, fill, plainDigits } from './fill.ts';

test('what is put in has a direction of its own', () =>
    assert.equal(fill('ar', 'فُتح ملف {name}.', { name: 'Li' }), 'فُتح ملف \u2068Li\u2069.'));
test('a brace without a value stays, to be seen', () => assert.equal(fill('en', 'a {b} c', {}), 'a {b} c'));
test('what is put in is not filled again', () =>
    assert.equal(fill('en', '{a}', { a: '{b}', b: 'x' }), '\u2068{b}\u2069'));
test('Arabic chooses among six forms', () => {
    const forms = { zero: '0', one: '1', two: '2', few: 'f', many: 'm', other: 'o' };
    const chosen = [0, 1, 2, 3, 10, 11, 99, 100, 103].map((count) => fill('ar', forms, { count }));
    assert.deepEqual(chosen, ['0', '1', '2', 'f', 'f', 'm', 'm', 'o', 'f']);
});
test('English chooses between two', () => {
    const forms = { one: '{count} entry', other: '{count} entries' };
    assert.deepEqual(
        [0, 1, 2].map((count) => fill('en', forms, { count })),
        ['0 entries', '1 entry', '2 entries'],
    );
});
test('numbers have the digits 0 to 9 in every language', () => {
    assert.equal(digits('ar', 148), '148');
    assert.equal(fill('ar', { zero: '', one: '', two: '', few: '', many: '{count}', other: '' }, { count: 12 }), '12');
});
test('digits of Arabic and Persian keyboards are digits', () => {
    assert.equal(plainDigits('١٤٨/٩٢'), '148/92');
    assert.equal(plainDigits('۱۴۸'), '148');
    assert.equal(plainDigits('٥٫٥'), '5.5');
    assert.equal(plainDigits('5,5'), '5.5');
});
