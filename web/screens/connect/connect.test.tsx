// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { AppAsk } from '../../lib/apps.ts';
import { speak } from '../../lib/words.ts';
import { chosen, daysOf, isAddress, missing, NOTHING, scopeText, type Choice } from './connect_rules.ts';
import { Form } from './form.tsx';

const ASK: AppAsk = {
    name: 'Heart Diary',
    refused: 'https://heart.example/back?error=access_denied&state=1',
    wrong: false,
    offline: true,
    scopes: [
        { type: 'Patient', where: '' },
        { type: 'Observation', where: 'category=laboratory' },
        { type: 'Basic', where: '' },
    ],
    classes: ['identity', 'clinical', 'sensitive'],
};
const FULL: Choice = {
    card: '7QK4-M2ZP-9XTR-C5HW-A3NE',
    told: '1980-06-15',
    said: { identity: 'yes', clinical: 'yes', sensitive: 'no' },
    days: '30',
};

test('nothing is chosen before the person chooses, and no is as large as yes', async () => {
    for (const language of ['en', 'ar'] as const) {
        const html = await drawn(<Form ask={ASK} query="?x" />, language);
        assert.equal(html.match(/<input[^>]*type="radio"[^>]*checked/g), null);
        assert.equal(html.match(/name="class-sensitive"/g)?.length, 2);
        assert.equal(html.match(/choice-here/g), null);
        const last = html.slice(html.lastIndexOf('class="buttons"'));
        assert.equal(last.match(/<button/g)?.length, 2);
        assert(!last.includes('button-main'));
    }
});
test('what is missing is said, one thing at a time', () => {
    assert.equal(missing(ASK, FULL), null);
    assert.equal(missing(ASK, NOTHING), 'connect.need-card');
    assert.equal(missing(ASK, { ...FULL, told: ' ' }), 'connect.need-told');
    assert.equal(missing(ASK, { ...FULL, said: { identity: 'yes' } }), 'connect.need-said');
    assert.equal(
        missing(ASK, { ...FULL, said: { identity: 'no', clinical: 'no', sensitive: 'no' } }),
        'connect.need-yes',
    );
    assert.equal(missing(ASK, { ...FULL, days: null }), 'connect.need-days');
    assert.deepEqual(chosen(ASK, FULL), ['identity', 'clinical']);
});
test('an app that does not ask to go on reads once', () => {
    const once = { ...ASK, offline: false };
    assert.equal(daysOf(once, FULL), '0');
    assert.equal(missing(once, { ...FULL, days: null }), null);
});
test('scopes are told in plain words', async () => {
    await speak('en');
    const [patient, observation, other] = ASK.scopes.map(scopeText);
    assert.equal(patient, 'Who you are: name, birth date, contact');
    assert.match(wordsOf(observation as string), /and results, only those marked: category=laboratory/);
    assert.match(wordsOf(other as string), /Other data of the kind Basic/);
});
test('the browser goes to no script', () => {
    assert(isAddress('https://heart.example/back') && isAddress('org.example.heart:/back'));
    assert(!isAddress('javascript:alert(1)') && !isAddress('data:text/html,x') && !isAddress('//heart.example'));
});
