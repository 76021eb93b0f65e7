// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import words from 'gen/words/en.ts';
import type { SiteEntry } from '../../lib/api.ts';
import { atOf, byOf, saidOf } from './sitelog.ts';

const entry = (kind: string, id: string, facts: SiteEntry['facts'] = {}): SiteEntry => ({
    number: 1,
    what: 'document',
    kind,
    id,
    version: 1,
    facts,
});

test('each entry has a sentence of its own', () => {
    const all = [
        entry('staff', 'lina', { role: 'assistant', retired: false }),
        entry('staff', 'lina', { role: 'assistant', retired: true }),
        entry('guideline', 'bp', { version: '1.0' }),
        entry('guideline', 'bp', { takenBack: true }),
        entry('work', 'read-2026-11', { tickets: 3 }),
        entry('site', 'settings'),
        entry('site', 'backup'),
        entry('site', 'clock'),
        entry('site', 'recovery'),
        entry('site', 'lost-keys'),
        entry('clinic', 'about'),
        entry('form', 'care-1.0-en'),
        entry('tablet', 't1', { locked: false }),
        entry('tablet', 't1', { locked: true }),
        entry('tablet', 't1', { removed: true, locked: true }),
        entry('passkey', 'c973'),
        entry('tls', 'authority'),
        entry('alert', 'many-cards-2026-11'),
        entry('alert', 'urgent-tickets-2026-11'),
        entry('build', 'program'),
        entry('notes', 'one'),
        { ...entry('', ''), what: 'keys' as const, kind: null, id: null },
        { ...entry('', ''), what: 'successor' as const, kind: null, id: null },
        { ...entry('', ''), what: 'statistics' as const, kind: null, id: null },
    ];
    const said = all.map(saidOf);
    assert.equal(new Set(said).size, all.length);
    for (const key of said) assert(Object.hasOwn(words, `sitelog.said-${key}`), key);
});
test('who and when are told where the entry says so, and not guessed', () => {
    assert.equal(byOf(entry('staff', 'lina', { by: 'mia' })), 'mia');
    assert.equal(byOf(entry('guideline', 'bp', { acceptedBy: 'dr-amina' })), 'dr-amina');
    assert.equal(byOf(entry('site', 'backup', {})), '');
    assert.equal(atOf(entry('site', 'backup', { at: 1795426200000 }))?.toISOString(), '2026-11-23T09:30:00.000Z');
    assert.equal(atOf(entry('work', 'w', { at: '2026-11-23T09:30:00Z' }))?.getTime(), 1795426200000);
    assert.equal(atOf(entry('work', 'w', { at: 'yesterday' })), null);
    assert.equal(atOf(entry('staff', 'lina', {})), null);
});
