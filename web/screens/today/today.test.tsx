// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stations, type Station } from 'gen/lists.ts';
import { drawn, wordsOf } from '../../drawn.tsx';
import { byWaiting, minutes, screenOf, stationOf, type Row } from './today_rules.ts';
import { TodayScreen } from './today.tsx';

const row = (number: number, at: Station | null, atSince: string, hold = false): Row => ({
    ticket: `T${number}`,
    number,
    since: atSince,
    at,
    atSince,
    done: [],
    left: [],
    hold,
    urgency: 'none',
    next: 'body',
});

test('who is held comes first, then who waits longest, then who is at a station', () => {
    const rows = [
        row(1, 'body', '2026-11-30T08:00:00Z'),
        row(2, null, '2026-11-30T08:20:00Z'),
        row(3, null, '2026-11-30T08:10:00Z'),
        row(4, 'vision', '2026-11-30T08:30:00Z', true),
        row(5, null, '2026-11-30T08:10:00Z'),
    ];
    assert.deepEqual(
        byWaiting(rows).map(({ number }) => number),
        [4, 3, 5, 2, 1],
    );
    assert.equal(rows[0]?.number, 1); // what came is left as it is
});
test('whole minutes, never below none', () => {
    assert.equal(minutes('2026-11-30T08:00:00Z', '2026-11-30T08:12:59Z'), 12);
    assert.equal(minutes('2026-11-30T08:00:00Z', '2026-11-30T07:59:00Z'), 0);
    assert.equal(minutes('', '2026-11-30T07:59:00Z'), 0);
});
test('a ticket leads to the screen of its station, and a screen speaks for it', () => {
    for (const station of Object.keys(stations) as Station[]) {
        const path = screenOf(station);
        if (path !== '/scan') assert.equal(stationOf(path), station);
    }
    assert.equal(screenOf('body'), '/body');
    assert.equal(stationOf('/inbox'), undefined);
});
test('before the server has answered nothing is said of anybody', async () => {
    for (const language of ['en', 'ar'] as const) assert.equal(wordsOf(await drawn(<TodayScreen />, language)), '');
});
