// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthChecks, timed, type HealthCheck } from 'gen/lists.ts';
import words from 'gen/words/en.ts';
import type { Health } from '../../lib/api.ts';
import { daysUntil, gigabytes, megabytes, timeOf } from './health.ts';

const health: Health = {
    version: '1',
    build: null,
    landlock: true,
    worst: 'good',
    now: '2026-11-30T08:00:00Z',
    checks: [],
    backup: { at: 'backup', place: null },
    keys: { epoch: 3, renewedAt: 'renewed', copiedAt: 'copied', place: null, renewalsSince: 0 },
    verify: { at: 'verified', findings: 0 },
    disk: { freeBytes: 0, bytes: 0, siteBytes: 0 },
    log: { origin: 'salve.north/1', size: 32, signedAt: 'signed', publishedAt: null },
    guessedCodes: 0,
    times: [],
};

test('each row has its own time, and those without one have none', () => {
    const times = (Object.keys(healthChecks) as HealthCheck[]).map((check) => timeOf(health, check));
    assert.deepEqual(
        times.filter((time) => time !== null).sort(),
        ['backup', 'copied', 'renewed', 'signed', 'verified'],
    );
});
test('each row has words for what it is and for what to do', () => {
    for (const check of Object.keys(healthChecks)) {
        assert(Object.hasOwn(words, `health.name-${check}`), check);
        assert(Object.hasOwn(words, `health.next-${check}`), check);
    }
});
test('each task has words', () => {
    for (const task of Object.keys(timed)) assert(Object.hasOwn(words, `health.task-${task}`), task);
});
test('sizes and days are what a person needs to act', () => {
    assert.equal(gigabytes(256 * 2 ** 20), 0.3);
    assert.equal(gigabytes(20 * 2 ** 30), 20);
    assert.deepEqual([megabytes(3.4 * 2 ** 20), megabytes(1000)], [3, 1]);
    assert.equal(daysUntil('2026-12-07T08:00:00Z', health.now), 7);
    assert.equal(daysUntil('2026-12-07T07:59:00Z', health.now), 6);
    assert(daysUntil('2026-11-30T07:00:00Z', health.now) < 0);
});
