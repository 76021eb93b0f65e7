// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, ErrorName, Measured } from './api.ts';
import { NOBODY, fate, markOf, matches } from './outbox_rules.ts';

const work = { ticket: null, tasks: [] };
const refused = (code: ErrorName, status: number): Answer<Measured> => ({
    ok: false,
    failure: { kind: 'refused', status, code, element: '', why: '', alarms: [] },
});
const who = { name: 'Amara Okonkwo', birthDate: '1960-03-14', sex: 'female' } as const;

test('stored is stored', () => {
    const value: Measured = { state: 'stored', kept: 1, findings: [], alarms: [], work };
    assert.deepEqual(fate({ ok: true, value }, true), { state: 'stored', need: null });
});
test('a doubt and a number that cannot be right need somebody', () => {
    assert.equal(fate({ ok: true, value: { state: 'asks', doubts: [], alarms: [] } }, true).need, 'doubts');
    assert.equal(
        fate({ ok: true, value: { state: 'refused', word: 'bp', why: '', alarms: [] } }, true).need,
        'refused',
    );
});
test('an answer that did not come leaves it on this tablet', () =>
    assert.deepEqual(fate({ ok: false, failure: { kind: 'no-answer' } }, true), { state: 'tablet', need: null }));
test('a server that cannot store now is asked again', () => {
    for (const code of ['E_BUSY', 'E_FULL', 'E_IO', 'E_CLOCK', 'E_QUOTA', 'E_MEMORY', 'E_SESSION', 'E_LOCKED'] as const)
        assert.equal(fate(refused(code, 503), true).state, 'tablet', code);
});
test('what this browser could not keep never seems to be on it', () => {
    assert.deepEqual(fate({ ok: false, failure: { kind: 'no-answer' } }, false), { state: 'needs', need: 'paper' });
    assert.deepEqual(fate(refused('E_BUSY', 503), false), { state: 'needs', need: 'paper' });
    assert.equal(fate(refused('E_CONSENT', 403), false).need, 'card');
});
test('a person who is not open any more needs the card', () => {
    assert.equal(fate(refused('E_CONSENT', 403), true).need, 'card');
    assert.equal(fate(refused('E_NOT_FOUND', 404), true).need, 'card');
});
test('any other refusal needs somebody, and is never asked for ever', () => {
    for (const code of ['E_INVALID', 'E_NOT_ADMITTED', 'E_RANGE', 'E_ROLE', 'E_INTEGRITY'] as const)
        assert.deepEqual(fate(refused(code, 422), true), { state: 'needs', need: 'rejected' }, code);
});
test('the mark knows the same person, nobody else, and says no name', async () => {
    const mark = await markOf(who);
    assert(await matches(mark, { ...who }));
    assert(!(await matches(mark, { ...who, birthDate: '1960-03-15' })));
    assert(!(await matches(mark, { ...who, name: 'Amara Okonkw' })));
    assert(!(await matches(mark, { ...who, sex: null })));
    assert(!JSON.stringify(mark).includes('Amara'));
    assert((await markOf(who)).hash !== mark.hash);
    assert(!(await matches(NOBODY, who)));
});
