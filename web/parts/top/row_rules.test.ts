// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from 'gen/lists.ts';
import type { QueuedPlace } from '../../lib/api.ts';
import { routes, stationRoutes, type Route } from '../../routes.ts';
import { isFolded } from './row_rules.ts';

const place: QueuedPlace = {
    ticket: 'T',
    number: 1,
    since: '',
    at: 'body',
    atSince: '',
    done: ['pressure'],
    left: ['questions', 'exit'],
    hold: false,
    urgency: 'routine',
};
const folded = (role: Role, where: QueuedPlace | null): Route[] =>
    Object.values(routes).filter((path) => isFolded(path, role, where));

test('who measures has every station until it is known what is asked', () => {
    assert.deepEqual(folded('assistant', null), []);
});
test('of somebody in the queue, what is not asked is folded: not what is left, done, or where they are', () => {
    assert.deepEqual(folded('assistant', place), [routes.vision, routes.hearing, routes.samples]);
});
test('the forms are a part of the questions', () => {
    assert.ok(!isFolded(routes.forms, 'assistant', place));
    assert.ok(isFolded(routes.forms, 'assistant', { ...place, left: [] }));
});
test('a clinician sees a station that somebody has to go to, or stands at', () => {
    const stations = Object.values(stationRoutes).filter((path) => path !== routes.exit);
    for (const path of [routes.forms, ...stations]) assert.ok(isFolded(path, 'clinician', null), path);
    assert.deepEqual(folded('clinician', place), [routes.pressure, routes.vision, routes.hearing, routes.samples]);
});
test('nothing else is folded, and never the exit check', () => {
    for (const role of ['registrar', 'assistant', 'clinician'] as const)
        for (const where of [null, { ...place, left: [], at: null, done: [] }])
            for (const path of [routes.scan, routes.today, routes.inbox, routes.results, routes.letter, routes.exit])
                assert.ok(!isFolded(path, role, where), `${role} ${path}`);
});
