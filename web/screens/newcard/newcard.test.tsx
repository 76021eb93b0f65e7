// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn } from '../../drawn.tsx';
import { wayOf } from './newcard.ts';
import { NewCardScreen } from './newcard.tsx';

test('a slip, a card and the number of a record lead to another card, nothing else does', () => {
    assert.deepEqual(wayOf('0000-0000-0000-0000-0000'), { by: 'card', code: '0000-0000-0000-0000-0000' });
    assert.deepEqual(wayOf(' 000000-000000-000000 '), { by: 'slip', code: '000000-000000-000000' });
    assert.deepEqual(wayOf('abcdefghijklmnopqrstuvwxy2'), { by: 'record', code: 'abcdefghijklmnopqrstuvwxy2' });
    for (const text of ['', 'Amina Haddad', '0000-0000-0000-0000-0001', '000-000', '0000000-0000000-0000000'])
        assert.deepEqual(wayOf(text), { by: 'nothing' }, text);
});
test('a name is asked for only where the site has the look-up', async () => {
    for (const language of ['en', 'ar'] as const)
        assert.equal((await drawn(<NewCardScreen />, language)).split('<form').length, 2);
});
