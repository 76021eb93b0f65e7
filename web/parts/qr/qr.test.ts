// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allQr, makeQr } from './qr.ts';

// What libqrencode 4.1 makes of the same text at level M, row by row, four modules a digit.
const MADE: readonly (readonly [string, number, string])[] = [
    [
        'salve',
        21,
        'fe43fc13106e92bb7465dba6aec16d07faafe0030096a507c112d49b1acb608fe4a88068dff815d053b0ba53cdd58aee9a23' +
            '040d0fef9d0',
    ],
    [
        'otpauth://totp/North%20Clinic:lina?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=North%20Clinic',
        41,
        'fe191a58bfc103157f506eaa0426ebb757f4cfd5dba800c0daec169b30e507faaaaaaafe010b0b3300be58425f3e64c45685' +
            'af4dec80ad93c7b710f32dbfbb30655874a2755779d6cc9fd06a34b8fd39212993b15e2693e6812f3c5cfef75304bf9b2fbc' +
            'f661b67ec9c7094fc76b527bfdd83813d3d141e15b40ea72fd483c9950c1f8a4ae4a97890e021d2bd6e5088ea9009a5066a7' +
            '8c305bca480836581912230a308292b84129ff00655ccdc4ff846895aa105f5337318baa6a79cfddd5a862543eeb1b3be1e9' +
            '04c5af055afef129f56a0',
    ],
];
const digits = (grid: boolean[][]): string => {
    const bits = grid.flat().map(Number).join('');
    return bits
        .padEnd(Math.ceil(bits.length / 4) * 4, '0')
        .replace(/.{4}/g, (four) => parseInt(four, 2).toString(16));
};

test('a code is bit by bit the one that another program makes', () => {
    for (const [text, size, made] of MADE) {
        const all = allQr(text);
        assert.equal(all?.length, 8);
        assert.equal(all?.[0]?.length, size);
        assert(all?.some((grid) => digits(grid) === made), text);
    }
});
test('it takes what an address of a generator can be, and no more', () => {
    for (const length of [1, 14, 100, 213, 500, 662]) assert.notEqual(makeQr('x'.repeat(length)), null);
    assert.equal(makeQr('x'.repeat(700)), null);
    assert.notEqual(makeQr('otpauth://totp/عيادة'), null);
});
