// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import { opening } from '../../lib/opening.ts';
import { wrongCode } from '../../lib/opening_rules.ts';
import { OpeningNote } from '../../parts/opening/opening.tsx';
import { Scan } from './scan.tsx';

test('a card and a ticket open somebody, nothing else does', () => {
    assert.equal(wrongCode({ kind: 'card', text: '' }), null);
    assert.equal(wrongCode({ kind: 'ticket', text: '' }), null);
    assert.equal(wrongCode({ kind: 'letter', text: '' }), 'letter');
    assert.equal(wrongCode({ kind: 'slip', text: '' }), 'slip');
    assert.equal(wrongCode({ kind: 'wrong', why: 'check' }), 'check');
});
test('the box has a name and says how', async () => {
    const html = await drawn(<Scan />);
    const id = /<label for="([^"]+)">Card or ticket/.exec(html)?.[1];
    assert(id !== undefined);
    assert(html.includes(`<input id="${id}"`) && html.includes(`aria-describedby="${id}-how"`));
});
test('what is wrong with a card is said in both languages, each its own way', async () => {
    const whys = ['empty', 'characters', 'short', 'long', 'check', 'letter', 'slip', 'reply'] as const;
    for (const language of ['en', 'ar'] as const) {
        const said = new Set<string>();
        for (const what of whys) {
            opening.value = { is: 'wrong', what };
            const html = await drawn(<OpeningNote />, language);
            assert(html.includes('role="alert"'));
            said.add(wordsOf(html));
        }
        assert.equal(said.size, whys.length);
    }
    opening.value = { is: 'idle' };
});
test('numbers that are not saved are asked about before they are given up', async () => {
    opening.value = { is: 'unsaved', text: '' };
    const buttons = [...(await drawn(<OpeningNote />)).matchAll(/<button[^>]*>([^<]*)</g)].map((hit) => hit[1]);
    assert.deepEqual(buttons, ['Stay and save', 'Give them up, open the next']);
    opening.value = { is: 'idle' };
});
