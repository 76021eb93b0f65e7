// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn } from '../../drawn.tsx';
import { asksWord, asSent, birthDate, digitsIn, isFull, missing, NOBODY } from './enrol.ts';
import { EnrolScreen } from './enrol.tsx';

test('as much of a birth date as is known', () => {
    const of = (day: string, month: string, year: string): string | null => birthDate({ day, month, year });
    assert.equal(of('14', '3', '1972'), '1972-03-14');
    assert.equal(of('', '11', '1972'), '1972-11');
    assert.equal(of('', '', '1972'), '1972');
    assert.equal(of('', '', ''), '');
    for (const [day, month, year] of [
        ['31', '4', '1972'],
        ['29', '2', '1973'],
        ['0', '2', '1973'],
        ['1', '13', '1973'],
        ['1', '', '1973'],
        ['1', '1', ''],
        ['', '', '72'],
    ] as const)
        assert.equal(of(day, month, year), null, `${day}.${month}.${year}`);
    assert.equal(of('29', '2', '1972'), '1972-02-29');
});
test('digits of any keyboard, and the next box when one is full', () => {
    assert.equal(digitsIn('١٤', 2), '14');
    assert.equal(digitsIn('3x45', 2), '34');
    assert(isFull('day', '14') && isFull('day', '4') && !isFull('day', '3') && !isFull('day', ''));
    assert(isFull('month', '2') && !isFull('month', '1') && isFull('month', '12'));
    assert(isFull('year', '1972') && !isFull('year', '197'));
});
test('what is missing is said one at a time, and nothing is taken for granted', () => {
    assert.equal(missing(NOBODY), 'name');
    const named = { ...NOBODY, family: 'Okoro' };
    assert.equal(missing(named), 'sex');
    assert.equal(missing({ ...named, sex: 'female' }), null);
    assert.equal(missing({ ...named, sex: 'female', year: '72' }), 'date');
    assert.equal(missing({ ...named, sex: 'female', year: '1972', age: '54' }), 'date-or-age');
    assert.equal(missing({ ...named, sex: 'female', ownWord: 'abc' }), 'word-short');
    assert.equal(missing({ ...named, given: '', family: '  ' }), 'name');
});
test('a word of their own goes along only where no birth date does', () => {
    const told = { ...NOBODY, given: 'Nia', sex: 'female', ownWord: 'a blue boat' } as const;
    assert(asksWord(told));
    assert.equal(asSent(told, 'ar').ownWord, 'a blue boat');
    assert.equal(asSent({ ...told, year: '1972' }, 'ar').ownWord, '');
    assert.equal(asSent({ ...told, age: '54' }, 'ar').birthDate, '');
});
test('no sex is chosen before it was asked, in either language', async () => {
    for (const language of ['en', 'ar'] as const) {
        const html = await drawn(<EnrolScreen />, language);
        assert.equal((html.match(/aria-pressed="false"/g) ?? []).length, 4);
        assert(!html.includes('aria-pressed="true"'));
    }
});
