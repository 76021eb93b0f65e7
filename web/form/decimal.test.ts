// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    decimalAdd,
    decimalCeiling,
    decimalDiv,
    decimalDivide,
    decimalFloor,
    decimalMod,
    decimalMultiply,
    decimalOfNumber,
    decimalParse,
    decimalRound,
    decimalSubtract,
    decimalText,
    type Decimal,
} from './decimal.ts';

const d = (text: string): Decimal => decimalParse(text) ?? assert.fail(text);
const told = (number: Decimal | null): string | null => (number === null ? null : decimalText(number));

test('a number is told as it was written, and no digit of it is hidden', () => {
    for (const text of ['0', '1.50', '-0.010', '12345678901234567890.12345678', '0.00000001'])
        assert.equal(told(d(text)), text);
    assert.equal(told(d('0.123456785')), '0.12345679');
    assert.equal(told(d('-0.123456785')), '-0.12345679');
});
test('what is no number, or too long for one, is none', () => {
    for (const text of ['', '.5', '5.', '1e3', '+1', '1,5', '--1', ' 1', '123456789012345678901'])
        assert.equal(decimalParse(text), null, text);
});
test('sums, products and quotients are exact, or rounded half away from zero at the eighth digit', () => {
    assert.equal(told(decimalAdd(d('0.1'), d('0.2'))), '0.3');
    assert.equal(told(decimalSubtract(d('1.0'), d('0.9'))), '0.1');
    assert.equal(told(decimalMultiply(d('1.10'), d('1.1'))), '1.210');
    assert.equal(told(decimalMultiply(d('0.00000001'), d('0.5'))), '0.00000001');
    assert.equal(told(decimalDivide(d('2'), d('3'))), '0.66666667');
    assert.equal(told(decimalDivide(d('-2'), d('3'))), '-0.66666667');
    assert.equal(told(decimalDivide(d('10'), d('4'))), '2.5');
    assert.equal(decimalDivide(d('1'), d('0')), null);
    assert.equal(decimalMultiply(d('99999999999999999999'), d('2')), null);
});
test('whole parts, what is left, and rounding', () => {
    assert.deepEqual(
        [decimalDiv(d('-7'), d('2')), decimalMod(d('-7'), d('2')), decimalMod(d('7.5'), d('2'))].map(told),
        ['-3', '-1', '1.5'],
    );
    assert.deepEqual(
        [
            decimalRound(d('2.5'), 0),
            decimalRound(d('-2.5'), 0),
            decimalRound(d('1.25'), 1),
            decimalRound(d('15'), -1),
        ].map(told),
        ['3', '-3', '1.3', '20'],
    );
    assert.deepEqual([decimalFloor(d('-1.1')), decimalCeiling(d('-1.1')), decimalCeiling(d('1.1'))].map(told), [
        '-2',
        '-1',
        '2',
    ]);
});
test('numbers of JSON are taken by their digits', () => {
    assert.deepEqual(
        [0.1, 5.6, 1e-7, 300, -2].map((one) => told(decimalOfNumber(one))),
        ['0.1', '5.6', '0.00000010', '300', '-2'],
    );
});
