// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byWaiting, canOpen } from './printing_rules.ts';

const waiting = (ticket: string, reach: string, since: string) => ({ ticket, reach, since });

test('what can be made now stands first, in the order of signing', () => {
    const list = [
        waiting('card', 'next-visit', '2026-11-30T07:00'),
        waiting('later', 'ticket', '2026-11-30T09:00'),
        waiting('first', 'card-shown', '2026-11-30T08:00'),
    ];
    assert.deepEqual(
        byWaiting(list).map((one) => one.ticket),
        ['first', 'later', 'card'],
    );
    assert.equal(list[0]?.ticket, 'card'); // what came is left as it is
    assert.deepEqual(list.map(canOpen), [false, true, true]);
});
