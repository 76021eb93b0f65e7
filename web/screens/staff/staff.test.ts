// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member } from '../../lib/api.ts';
import { STAFF_ROLES, asWith, firstSecret, inOrder, wantsSecond, waysOf } from './staff.ts';

const member = (name: string, more: Partial<Member> = {}): Member => ({
    name,
    printed: name,
    role: 'assistant',
    retired: false,
    pin: false,
    phrase: false,
    passkeys: 0,
    totp: false,
    ...more,
});

test('who works here stands first, who left behind them', () => {
    const names = inOrder([member('mia'), member('ben', { retired: true }), member('ada')]).map(({ name }) => name);
    assert.deepEqual(names, ['ada', 'mia', 'ben']);
});
test('a role is one of staff, never one of the side of the person', () => {
    assert(STAFF_ROLES.includes('auditor'));
    for (const role of ['participant', 'helper', 'guardian'] as const) assert(!STAFF_ROLES.includes(role));
});
test('managers and clinicians are confirmed by a second one', () => {
    assert(wantsSecond('assistant', 'manager'));
    assert(wantsSecond('clinician'));
    assert(!wantsSecond('assistant', 'auditor'));
});
test('what somebody logs in with is told, or that there is nothing', () => {
    assert.deepEqual(waysOf(member('ada')), [{ key: 'none', count: 0 }]);
    assert.deepEqual(waysOf(member('ada', { pin: true, passkeys: 2 })), [
        { key: 'passkeys', count: 2 },
        { key: 'pin', count: 1 },
    ]);
    assert.deepEqual(waysOf(member('ada', { retired: true, pin: true })), [{ key: 'left', count: 0 }]);
});
test('what the second one shows stands beside the change, and the secret under a name of its own', () => {
    const second = asWith('omar', { secret: 's', code: '123456' });
    assert.deepEqual(second, { with: 'omar', withSecret: 's', code: '123456' });
    const passkey = { challenge: 'c', credential: 'i', authenticatorData: 'a', clientData: 'd', signature: 's' };
    assert.deepEqual(asWith('', passkey), passkey);
});
test('a first secret is drawn evenly, of letters that cannot be taken for others', () => {
    let next = 0;
    const seen = firstSecret((bytes) => bytes.map(() => next++ % 256));
    assert.match(seen, /^[a-z]{5}(-[a-z]{5}){3}$/);
    assert(!/[ilo]/.test(seen));
    // Bytes that would come up more often than others are passed over.
    let asked = 0;
    const late = firstSecret((bytes) => bytes.fill(asked++ === 0 ? 255 : 1));
    assert.equal(asked, 2);
    assert.match(late, /^b{5}(-b{5}){3}$/);
});
