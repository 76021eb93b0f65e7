// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../lib/api.ts';
import { letterMake, letterTold, type LetterStep } from './letter_rules.ts';

const start: LetterStep = { step: 'choosing' };
const made: Answer<{ html: string; pdf: string }> = {
    ok: true,
    value: { html: '/letter/aB-_9', pdf: '/letter/aB-_9.pdf' },
};
const refused = (code: 'E_CONFLICT' | 'E_STALE'): Answer<never> => ({
    ok: false,
    failure: { kind: 'refused', status: 409, code, element: '', why: '', alarms: [] },
});

test('a letter is made in the language that was chosen, one at a time', () => {
    const making = letterMake(start, 'ar');
    assert.deepEqual(making, { step: 'making', language: 'ar' });
    assert.equal(letterMake(making, 'en'), making);
    assert.deepEqual(letterTold(making, made), {
        step: 'ready',
        language: 'ar',
        html: '/letter/aB-_9',
        pdf: '/letter/aB-_9.pdf',
    });
    assert.equal(letterTold(start, made), start);
});

test('held is a state of its own; anything else is a failure', () => {
    const making = letterMake(start, 'en');
    assert.equal(letterTold(making, refused('E_CONFLICT')).step, 'held');
    assert.equal(letterTold(making, refused('E_STALE')).step, 'failed');
    assert.equal(letterTold(making, { ok: false, failure: { kind: 'no-answer' } }).step, 'failed');
});

test('a link leads to a letter of this place and nowhere else', () => {
    const making = letterMake(start, 'en');
    for (const html of [
        '//elsewhere/letter/x',
        'https://elsewhere/letter/x',
        '/letter/../x',
        'javascript:x',
        '/letter/',
    ])
        assert.equal(letterTold(making, { ok: true, value: { html, pdf: '/letter/x.pdf' } }).step, 'failed', html);
});

test('after it was held it can be made again', () => {
    assert.equal(letterMake({ step: 'held', language: 'en' }, 'en').step, 'making');
});
