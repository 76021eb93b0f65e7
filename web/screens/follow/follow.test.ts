// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkTask } from 'gen/lists.ts';
import type { Due } from '../../lib/referrals.ts';
import { dueOf, groupOf, grouped } from './follow_rules.ts';

const NOW = Date.parse('2026-12-10T12:00:00Z');
const due = (ticket: string, answered: boolean, ...tasks: [WorkTask, string][]): Due => ({
    ticket,
    reach: 'ticket',
    answered,
    tasks: tasks.map(([task, day]) => ({ task, urgency: 'soon', since: day, due: `${day}T23:59:59Z` })),
});

test('an answer comes first, then what is overdue', () => {
    const list = [
        due('a', false, ['refer', '2026-12-20']),
        due('b', false, ['follow', '2026-12-01']),
        due('c', true, ['refer', '2026-12-30'], ['reply', '2026-12-09']),
        due('d', false, ['refer', '2026-11-20']),
    ];
    const groups = grouped(list, NOW);
    assert.deepEqual(
        Object.values(groups).map((rows) => rows.map(({ ticket }) => ticket)),
        [['c'], ['d', 'b'], ['a']],
    );
    assert.equal(list[0]?.ticket, 'a'); // what came is left as it is
});
test('an answer has no day of its own beside what it is about', () => {
    const both = due('a', true, ['refer', '2026-12-30'], ['reply', '2026-12-09']);
    assert.equal(dueOf(both), Date.parse('2026-12-30T23:59:59Z'));
    assert.equal(dueOf(due('a', true, ['reply', '2026-12-09'])), Date.parse('2026-12-09T23:59:59Z'));
});
test('of the day itself nothing is overdue', () => {
    assert.equal(groupOf(due('a', false, ['refer', '2026-12-10']), NOW), 'later');
    assert.equal(groupOf(due('a', false, ['refer', '2026-12-09']), NOW), 'overdue');
});
