// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn } from '../drawn.tsx';
import { chooseLanguage, clock, day, language, list, t } from './words.ts';

test('the first language of the browser that the app has is taken', () => {
    assert.equal(chooseLanguage(['fr-FR', 'ar-EG', 'en']), 'ar');
    assert.equal(chooseLanguage(['en-GB', 'ar']), 'en');
    assert.equal(chooseLanguage(['de']), 'en');
    assert.equal(chooseLanguage([]), 'en');
});
test('another language turns the page round', async () => {
    for (const [next, direction, stored] of [
        ['ar', 'rtl', 'محفوظ'],
        ['en', 'ltr', 'Stored'],
    ] as const) {
        await drawn(<p />, next);
        const { lang, dir } = document.documentElement;
        assert.deepEqual([language(), lang, dir, t('state.stored')], [next, next, direction, stored]);
    }
});
test('times are those of the site, with the digits 0 to 9', async () => {
    const at = Date.parse('2026-11-30T22:05:00Z');
    await drawn(<p />, 'ar');
    assert.equal(clock(at, 'Africa/Nairobi'), '01:05');
    assert.equal(day(at, 'Africa/Nairobi'), '1 ديسمبر 2026');
    await drawn(<p />, 'en');
    assert.equal(day(at, 'Africa/Nairobi'), '1 December 2026');
    assert.equal(day(at, 'UTC'), '30 November 2026');
    assert.equal(list(['a', 'b']), 'a, b');
});
