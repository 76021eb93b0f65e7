// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import { isThere, type Finding, type Login, type Person } from '../../lib/api.ts';
import { me, person } from '../../lib/session.ts';
import { isCardScanned, LockScreen } from './lock.tsx';

const lina: Login = {
    token: '',
    name: 'lina',
    role: 'assistant',
    lockSeconds: 120,
    idleSeconds: 300,
    site: { name: 'North Clinic', madeUp: false, zone: 'UTC', units: 'si' },
};
const amara = (urgent: Finding[]): Person => ({
    person: 'handle',
    name: 'Amara Okonkwo',
    birthDate: '1960-03-14',
    ageYears: 66,
    sex: 'female',
    by: 'card',
    endsAt: '',
    waits: false,
    pending: [],
    unkept: null,
    today: [],
    last: [],
    work: { ticket: null, tasks: [] },
    urgent,
});

test('it says who works here and asks the secret alone', async () => {
    me.value = lina;
    const words = wordsOf(await drawn(<LockScreen />));
    assert.match(words, /^Locked lina works here\. Passphrase or PIN Show Unlock Somebody else logs in$/);
});
test('nothing of the person who is open is on it', async () => {
    person.value = amara([]);
    assert(!(await drawn(<LockScreen />)).includes('Amara'));
    person.value = null;
});
test('an alarm that is open is said through the lock, without a name', async () => {
    person.value = amara([{ item: 'bp' } as Finding]);
    const html = await drawn(<LockScreen />);
    assert.match(wordsOf(html), /Somebody here has an open alarm/);
    assert(html.includes('role="alert"') && !html.includes('Amara'));
    person.value = null;
});
test('a card that is scanned into the box is no try at the secret', () => {
    assert(isCardScanned('KG36-69AW-W2BF-4P7E-B4J5'));
    const others = ['246802', 'KG36-69AW-W2BF-4P7E-B4J0', 'kg3669aww2bf4p7eb4j5', 'correct horse battery'];
    for (const text of others) assert(!isCardScanned(text), text);
});
test('while the server is away it says what to do with an alarm', async () => {
    isThere.value = false;
    assert.match(wordsOf(await drawn(<LockScreen />)), /an alarm is for the clinician at once/);
    isThere.value = true;
    assert(!wordsOf(await drawn(<LockScreen />)).includes('alarm'));
});
