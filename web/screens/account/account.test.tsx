// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { Account, Login } from '../../lib/api.ts';
import { me } from '../../lib/session.ts';
import { inFours, whatIsThere } from './account.ts';
import { AccountScreen } from './account.tsx';

const lina: Account = {
    name: 'lina',
    role: 'assistant',
    handle: 'AAAAAAAAAAAAAAAAAAAAAA',
    passkeys: [],
    totp: false,
    phrase: false,
    pin: true,
};
const login: Login = {
    token: '',
    name: 'lina',
    role: 'assistant',
    lockSeconds: 120,
    idleSeconds: 300,
    site: { name: 'North Clinic', madeUp: false, zone: 'UTC', units: '' },
};

test('what there is stands with the strongest first, and nothing is said as such', () => {
    assert.deepEqual(whatIsThere(lina), [{ key: 'pin', count: 1 }]);
    assert.deepEqual(whatIsThere({ ...lina, pin: false }), [{ key: 'none', count: 0 }]);
    const passkey = { id: '1', label: 'blue', credential: 'AQ', added: '2026-11-30T08:00:00Z', wentBack: null };
    assert.deepEqual(
        whatIsThere({ ...lina, passkeys: [passkey, passkey], totp: true, phrase: true }).map(({ key }) => key),
        ['passkeys', 'totp', 'phrase', 'pin'],
    );
});
test('a secret to be typed stands in groups of four', () => {
    assert.equal(inFours('JBSWY3DPEHPK3PXP'), 'JBSW Y3DP EHPK 3PXP');
    assert.equal(inFours('JBSWY'), 'JBSW Y');
    assert.equal(inFours(''), '');
});
test('who must set something up first is told so', async () => {
    me.value = { ...login, mustSetUp: true };
    assert.match(wordsOf(await drawn(<AccountScreen />)), /Set up a passkey, or codes, first/);
    me.value = login;
    assert(!/first/.test(wordsOf(await drawn(<AccountScreen />))));
    me.value = null;
});
