// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { Finding, Login } from '../../lib/api.ts';
import { entries, lost, type Entry, type State } from '../../lib/outbox.ts';
import type { Need } from '../../lib/outbox_rules.ts';
import { me } from '../../lib/session.ts';
import { Waiting } from './waiting.tsx';

const lina: Login = {
    token: '',
    name: 'lina',
    role: 'assistant',
    lockSeconds: 120,
    idleSeconds: 300,
    site: { name: '', madeUp: false, zone: 'UTC', units: 'si' },
};
const entry = (by: string, state: State, need: Need | null): Entry => ({
    key: by,
    at: Date.parse('2026-11-30T10:42:00Z'),
    station: 'pressure',
    state,
    need,
    answer: null,
    tries: 1,
    isKept: true,
    inside: {
        by,
        of: { salt: '', hash: '' },
        ask: { person: '', key: by, readings: [{ word: 'bp', text: '148/92' }], confirmed: [] },
    },
});

test('nothing waits', async () => {
    me.value = lina;
    entries.value = [];
    assert.match(wordsOf(await drawn(<Waiting />)), /^Nothing waits/);
});
test('an entry says when, where it is and what was entered', async () => {
    entries.value = [entry('lina', 'tablet', null)];
    assert.match(wordsOf(await drawn(<Waiting />)), /30 November 2026, 10:42 ◔ On this tablet Blood pressure: 148\/92/);
});
test("another member's numbers are not shown, but that they wait is", async () => {
    entries.value = [entry('kofi', 'tablet', null)];
    const words = wordsOf(await drawn(<Waiting />));
    assert.match(words, /Entered by kofi/);
    assert(!words.includes('148/92'));
});
test('what needs somebody says what to do, and deleting asks first', async () => {
    for (const need of ['doubts', 'refused', 'card', 'rejected', 'paper'] as const) {
        entries.value = [entry('lina', 'needs', need)];
        const words = wordsOf(await drawn(<Waiting />));
        assert.match(words, /▲ Needs you/);
        assert(words.includes('Do not keep this') && !words.includes('Delete it from this tablet'), need);
    }
});
test('what is urgent in an entry that is not stored is said with it', async () => {
    const words = { headline: 'Very high', meaning: 'It can harm', action: 'See a clinician today' };
    const alarm = { id: '', item: 'bp', urgency: 'same-day', words, place: null, told: null } as unknown as Finding;
    entries.value = [
        {
            ...entry('lina', 'needs', 'doubts'),
            answer: { ok: true, value: { state: 'asks', doubts: [], alarms: [alarm] } },
        },
    ];
    const said = wordsOf(await drawn(<Waiting />));
    assert.match(said, /urgent all the same/);
    assert.match(said, /Very high/);
});
test('what cannot be read any more is not passed over', async () => {
    entries.value = [];
    lost.value = 2;
    assert.match(wordsOf(await drawn(<Waiting />)), /^2 entries on this tablet cannot be read any more/);
    lost.value = 0;
});
