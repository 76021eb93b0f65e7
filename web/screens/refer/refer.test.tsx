// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { referralStates, type ReferralState } from 'gen/lists.ts';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { Referral, Slip } from '../../lib/referrals.ts';
import { CallScript } from './script.tsx';
import { SlipSheet } from './slip.tsx';
import { asksDay, goesOn, inOrder, isDay, nextStates, offeredDay, replyAddress, suggested } from './refer_rules.ts';

const ALL = Object.keys(referralStates) as ReferralState[];
const referral = (state: ReferralState, said: 'seen' | 'not-come' | null = null): Referral => ({
    id: `id-${state}`,
    state,
    place: 'North Hospital',
    until: '2026-12-14',
    referredAt: '2026-11-30T10:00:00Z',
    by: 'Dr. Haddad',
    at: '2026-11-30T10:00:00Z',
    words: '',
    reply: said === null ? null : { said, at: '2026-12-01T09:00:00Z' },
    finding: null,
});
const slip: Slip = {
    site: 'North Clinic',
    siteTelephone: '0200 555',
    siteAddress: '',
    name: 'Tala Silva',
    bornYear: '1980',
    sex: 'female',
    by: 'Dr. Haddad',
    placeAddress: 'Lake Street 4',
    placeTelephone: '',
    placeHours: '',
    code: 'K7M2QX4P-0123ABCD-9XTRC5',
    referral: referral('sent'),
};

test('what may follow is what the table says, and never the state itself', () => {
    for (const state of ALL) {
        const allowed = referralStates[state].next as readonly ReferralState[];
        assert.deepEqual(
            [...nextStates(state)].sort(),
            allowed.filter((one) => one !== state).sort(),
            state,
        );
    }
    assert.deepEqual(nextStates('called-off'), []);
    assert.deepEqual(
        ALL.filter(goesOn),
        ALL.filter((state) => !['known', 'lost', 'called-off'].includes(state)),
    );
});
test('an answer suggests, and only what may follow', () => {
    assert.equal(suggested(referral('sent', 'seen')), 'seen');
    assert.equal(suggested(referral('seen', 'seen')), null);
    assert.equal(suggested(referral('sent', 'not-come')), null);
    assert.equal(suggested(referral('sent')), null);
});
test('those that go on stand first', () => {
    const list = [referral('known'), referral('made'), referral('lost'), referral('sent')];
    assert.deepEqual(
        inOrder(list).map(({ state }) => state),
        ['made', 'sent', 'known', 'lost'],
    );
});
test('a day is a day of the calendar', () => {
    assert(isDay('2026-12-14') && !isDay('2026-13-01') && !isDay('') && !isDay('14.12.2026'));
    assert(asksDay('made') && !asksDay('known'));
});
test('a day that is gone is not offered', () => {
    assert.equal(offeredDay('2026-12-14', '2026-11-30'), '2026-12-14');
    assert.equal(offeredDay('2026-11-30', '2026-11-30'), '2026-11-30');
    assert.equal(offeredDay('2026-10-01', '2026-11-30'), '2026-11-30');
    assert.equal(offeredDay('', '2026-11-30'), '2026-11-30');
});
test('the code stands behind #, so that no server sees it when the page is fetched', () => {
    assert.equal(replyAddress('https://salve.example', 'AB-CD'), 'https://salve.example/reply#AB-CD');
    assert.equal(new URL(replyAddress('https://salve.example', 'AB-CD')).pathname, '/reply');
});
test('the slip has the year of birth and no more of it, and its code', async () => {
    for (const language of ['en', 'ar'] as const) {
        const words = wordsOf(await drawn(<SlipSheet slip={slip} origin="http://localhost" />, language));
        for (const part of ['Tala Silva', '1980', 'North Hospital', 'Lake Street 4', 'K7M2QX4P-0123ABCD-9XTRC5'])
            assert(words.includes(part), `${language}: ${part}`);
        assert(!/1980-/.test(words));
    }
});
test('the script says what is not said, and the telephone or that there is none', async () => {
    const words = wordsOf(await drawn(<CallScript telephones="0200 111" />));
    assert(words.includes('0200 111'));
    assert.match(words, /No result, no reason and no place to anybody else/);
    assert.match(wordsOf(await drawn(<CallScript telephones="" />)), /No telephone is on record/);
});
