// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../lib/api.ts';
import { drawn, wordsOf } from '../../drawn.tsx';
import { EMPTY, isPaperHeld, paper, paperAlarms, paperCame, paperDone } from '../../lib/paper.ts';
import { emptyFinding } from '../urgent/urgent.ts';
import { PaperHeld } from './held.tsx';
import { ageOf, paperReadings, paperSent } from './paper.ts';
import { PaperScreen } from './paper.tsx';

const alarm = (item: string, urgency: Finding['urgency']): Finding => ({ ...emptyFinding, item, urgency });

test('what was typed is sent as it stands, numbers first, and what is empty is not', () => {
    const form = {
        ...EMPTY,
        sex: 'female',
        answers: { 'chest-pain': 'no' },
        numbers: { 'bp-1': '١٤٨/92', 'bp-2': '146/90', weight: ' ', height: '161' },
    } as const;
    assert.deepEqual(paperReadings(form), [
        { word: 'bp', text: '148/92' },
        { word: 'bp', text: '146/90' },
        { word: 'height', text: '161' },
        { word: 'sex', text: 'female' },
        { word: 'chest-pain', text: 'no' },
    ]);
    assert.deepEqual(paperReadings(EMPTY), []);
    assert.equal('language' in paperSent(EMPTY, [], null), false);
    // A date that is none goes along: the alarms come first, then the server says what is wrong.
    assert.equal(paperSent({ ...EMPTY, day: '31', month: '2', year: '1970' }, [], 'ar').birthDate, '1970-2-31');
    assert.equal(ageOf({ ...EMPTY, year: '1970' }, 2026), 56);
    assert.equal(ageOf(EMPTY, 2026), null);
});
test('an alarm holds until its outcome, a number that cannot be right does not', async () => {
    paperCame([alarm('refused-value', 'emergency-now'), alarm('x', 'soon')]);
    assert(!isPaperHeld());
    paperCame([alarm('bp-very-high', 'emergency-now'), alarm('x', 'routine')]);
    assert(isPaperHeld());
    assert.deepEqual(paperAlarms().map(({ item }) => item), ['bp-very-high']);
    for (const language of ['en', 'ar'] as const) {
        const html = await drawn(<PaperHeld />, language);
        assert.equal((html.match(/<button type="button">/g) ?? []).length, 3, 'three outcomes, none chosen');
    }
});
test('nothing is left of the person behind "done"', async () => {
    paper.value = { ...EMPTY, given: 'Zainab', numbers: { 'bp-1': '148/92' } };
    assert((await drawn(<PaperScreen />)).includes('Zainab'));
    paperDone();
    const html = await drawn(<PaperScreen />);
    assert(!/Zainab|148/.test(html));
    assert(!/aria-pressed="true"/.test(html), 'nothing is answered beforehand');
    assert(wordsOf(html).includes('This check keeps nothing'));
});
