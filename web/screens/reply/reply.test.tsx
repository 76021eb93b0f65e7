// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import { codeOf, isSlipCode, slipCode } from './reply_rules.ts';
import { ReplyScreen } from './reply.tsx';

const CODE = 'K7M2QX4P-0123ABCD-9XTRC5';

test('a code is taken however it was typed', () => {
    for (const typed of [CODE, CODE.toLowerCase(), ' k7m2 qx4p 0123 abcd 9xtr c5 ', CODE.replaceAll('-', '')]) {
        assert.equal(slipCode(typed), CODE);
        assert(isSlipCode(typed));
    }
    assert.equal(codeOf(`#${CODE}`), CODE);
    assert.equal(codeOf(''), '');
});
test('a card, or half a code, is none', () => {
    assert(!isSlipCode('7QK4-M2ZP-9XTR-C5HW-A3NE') && !isSlipCode(CODE.slice(0, -1)) && !isSlipCode(''));
});
test('the page says no name, and nothing can be tapped without a code', async () => {
    for (const language of ['en', 'ar'] as const) {
        const empty = await drawn(<ReplyScreen />, language, '/reply'),
            full = await drawn(<ReplyScreen />, language, `/reply#${CODE}`);
        assert.equal(empty.match(/<button[^>]*disabled/g)?.length, 3);
        assert.equal(full.match(/<button[^>]*disabled/g), null);
        assert.equal(full.match(/<button/g)?.length, 3);
        assert(full.includes(CODE));
    }
    assert.match(wordsOf(await drawn(<ReplyScreen />)), /knows no name and shows nothing about the person/);
});
