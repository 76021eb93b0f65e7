// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urgencies, type Urgency, type WorkTask } from 'gen/lists.ts';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { Ticket } from '../../lib/api.ts';
import { UrgencyMark } from '../../parts/urgency/urgency.tsx';
import { byUrgency, grouped, groupOf, inOrder, merged, nextRoute, urgencyOf } from './inbox_rules.ts';

const ticket = (name: string, urgency: Urgency, since: string, ...tasks: WorkTask[]): Ticket => ({
    ticket: name,
    urgency,
    reach: 'card',
    tasks: tasks.map((task) => ({ task, urgency, since, due: since })),
});

test('the most urgent is first, and of the same who waits longest', () => {
    const list = [
        ticket('a', 'soon', '2026-11-30T08:00', 'sign'),
        ticket('b', 'emergency-now', '2026-11-30T09:00', 'tell'),
        ticket('c', 'emergency-now', '2026-11-30T08:30', 'tell'),
        ticket('d', 'none', '2026-11-01T08:00', 'letter'),
    ];
    assert.deepEqual(
        byUrgency(list).map((one) => one.ticket),
        ['c', 'b', 'a', 'd'],
    );
    assert.equal(list[0]?.ticket, 'a'); // what came is left as it is
});
test('who has to be told is told before anything is signed', () => {
    assert.equal(nextRoute(ticket('a', 'same-day', '', 'sign', 'tell').tasks), '/urgent');
    assert.equal(nextRoute(ticket('a', 'emergency-now', '', 'tell').tasks), '/urgent');
    assert.equal(nextRoute(ticket('a', 'soon', '', 'tell').tasks), '/results'); // told in person, and no alarm
    assert.equal(nextRoute(ticket('a', 'soon', '', 'close').tasks), '/urgent');
    assert.equal(nextRoute(ticket('a', 'soon', '', 'sign', 'letter').tasks), '/results');
    assert.equal(nextRoute(ticket('a', 'soon', '', 'screen').tasks), '/results');
    assert.equal(nextRoute(ticket('a', 'none', '', 'letter').tasks), '/letter-page');
});
test('groups go from what cannot wait to what can, and nothing is in two', () => {
    const sign = ticket('s', 'none', '2026-11-30T07:00', 'sign'),
        drafts = { ...sign, ticket: 'u', tasks: [{ ...sign.tasks[0]!, urgency: 'soon' as const }] };
    assert.equal(urgencyOf(drafts), 'soon'); // what only drafts say counts too
    assert.equal(groupOf(ticket('x', 'routine', '', 'screen')), 'incomplete');
    assert.equal(groupOf(ticket('x', 'same-day', '', 'screen')), 'today');
    assert.equal(groupOf(ticket('x', 'no-such-word' as Urgency, '', 'sign')), 'emergency');
    const list = [
        sign,
        ticket('i', 'none', '2026-11-30T06:00', 'screen'),
        drafts,
        ticket('t', 'same-day', '2026-11-30T09:00', 'tell'),
        ticket('e', 'emergency-now', '2026-11-30T09:30', 'tell'),
    ];
    assert.deepEqual(
        grouped(list).map(({ group, tickets }) => [group, ...tickets.map((one) => one.ticket)]),
        [
            ['emergency', 'e'],
            ['today', 't'],
            ['soon', 'u'],
            ['incomplete', 'i'],
            ['normal', 's'],
        ],
    );
});
test('the next one is the first that opens, and not the one that was just signed', () => {
    const list = [
        { ...ticket('a', 'emergency-now', '1', 'tell'), reach: 'next-visit' },
        ticket('b', 'soon', '1', 'sign'),
        ticket('c', 'none', '1', 'sign'),
    ];
    assert.deepEqual(
        inOrder(list, '').map((one) => one.ticket),
        ['b', 'c'],
    );
    assert.equal(inOrder(list, 'b')[0]?.ticket, 'c');
    assert.deepEqual(inOrder([list[1]!], 'b'), []);
});
test('a page more: nothing is twice, what it says newly stands, and one from the front takes the place of all', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ticket(name, 'soon', '1', 'sign')) as [Ticket, Ticket, Ticket],
        worse = ticket('a', 'emergency-now', '2', 'tell');
    const all = merged([a, b], { tickets: [worse, c], again: false });
    assert.deepEqual(
        all.map((one) => one.ticket),
        ['b', 'a', 'c'],
    );
    assert.equal(byUrgency(all)[0], worse);
    assert.deepEqual(merged([a, b], { tickets: [c], again: true }), [c]);
});
test('each urgency has words of its own, beside its shape', async () => {
    for (const language of ['en', 'ar'] as const) {
        const all = Object.keys(urgencies) as Urgency[];
        const said = await Promise.all(
            all.map(async (one) => wordsOf(await drawn(<UrgencyMark urgency={one} />, language))),
        );
        assert.equal(new Set(said).size, all.length);
        for (const words of said) assert.match(words, /^[■▲●] \p{L}/u);
    }
});
