// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { purposes, ruleStates } from 'gen/lists.ts';
import words from 'gen/words/en.ts';
import type { Rule } from '../../lib/office.ts';
import { chosen, isLines, lacks } from './rules.ts';

const rule: Rule = {
    id: 'blood-pressure',
    version: '1.3.0',
    title: 'Blood pressure',
    digest: '00',
    inForce: null,
    by: null,
    at: null,
    apart: false,
    sources: [],
    choices: [
        { name: 'bp-scheme', about: null, value: 'ESC2024', values: ['ESC2024', 'HEARTS'] },
        { name: 'bp-home', about: 'Which cuff?', value: null, values: ['yes', 'no'] },
    ],
    changes: [],
    files: [],
    passed: 40,
    failed: 0,
    failures: [],
};

test('what has no value yet has to be chosen', () => {
    assert.equal(lacks(rule, {}), 'choice');
    assert.equal(lacks(rule, { 'bp-home': 'no' }), null);
    assert.deepEqual(chosen(rule, { 'bp-home': 'no', 'bp-scheme': 'HEARTS' }), [
        { name: 'bp-scheme', value: 'HEARTS' },
        { name: 'bp-home', value: 'no' },
    ]);
});
test('a case that fails stands in the way, and so does having none', () => {
    assert.equal(lacks({ ...rule, failed: 1, choices: [] }, {}), 'cases');
    assert.equal(lacks({ ...rule, passed: 0, choices: [] }, {}), 'cases');
});
test('each state and each form has words', () => {
    for (const state of Object.keys(ruleStates)) assert(Object.hasOwn(words, `rules.state-${state}`), state);
    for (const purpose of Object.keys(purposes)) assert(Object.hasOwn(words, `rules.purpose-${purpose}`), purpose);
});
test('a program is read by its lines, words by their places', () => {
    assert.deepEqual(['logic.cql', 'letter.en.json', 'lib/SalveCommon.cql'].map(isLines), [true, false, true]);
});
