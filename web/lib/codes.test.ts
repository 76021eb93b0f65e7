// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCode } from './codes.ts';

const CARD = '7K3F-9QAZ-M2XV-80TB-5HC'; // and a check character, found by trying
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const card = [...ALPHABET].map((c) => CARD + c).filter((text) => readCode(text).kind === 'card');

test('one check character of 32 makes a card', () => assert.equal(card.length, 1));

test('any one wrong character is found', () => {
    const bare = (card[0] ?? '').replaceAll('-', '');
    for (let i = 0; i < bare.length; i++)
        for (const c of ALPHABET)
            if (c !== bare[i])
                assert.deepEqual(readCode(bare.slice(0, i) + c + bare.slice(i + 1)), { kind: 'wrong', why: 'check' });
});

test('any two that changed places are found', () => {
    const bare = [...(card[0] ?? '').replaceAll('-', '')];
    for (let i = 0; i < bare.length; i++)
        for (let j = i + 1; j < bare.length; j++) {
            if (bare[i] === bare[j]) continue;
            const other = [...bare];
            [other[i], other[j]] = [bare[j] ?? '', bare[i] ?? ''];
            assert.equal(readCode(other.join('')).kind, 'wrong');
        }
});

test('case, blanks, and letters that look like digits do not matter', () => {
    const text = card[0] ?? '';
    const loose = text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    assert.deepEqual(readCode(loose), { kind: 'card', text });
});

test('what no code is says why', () => {
    assert.deepEqual(readCode(' - '), { kind: 'wrong', why: 'empty' });
    assert.deepEqual(readCode('7K3F-9QAU'), { kind: 'wrong', why: 'characters' });
    assert.deepEqual(readCode('7K3F-9QA'), { kind: 'wrong', why: 'short' });
    assert.deepEqual(readCode(`${CARD}${CARD}`), { kind: 'wrong', why: 'long' });
});

test('a ticket is told by its count', () => {
    const tickets = [...ALPHABET].map((c) => readCode(`K3F9Q${c}`)).filter((code) => code.kind === 'ticket');
    assert.equal(tickets.length, 1);
    assert.match(tickets[0]?.kind === 'ticket' ? tickets[0].text : '', /^K3F-9Q.$/);
});
