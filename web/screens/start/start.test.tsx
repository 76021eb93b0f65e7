// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { Site } from '../../lib/api.ts';
import { site } from '../../lib/session.ts';
import { TopBar } from '../../parts/top/top.tsx';
import { Start } from './start.tsx';

const real: Site = { name: 'North Clinic', madeUp: false, languages: ['en', 'ar'], version: '1' };
const demo: Site = { ...real, madeUp: true, demo: [{ name: 'lina', role: 'assistant', secret: 'secret-of-lina' }] };

test('a site of real people asks for a name, and shows nobody', async () => {
    site.value = real;
    const html = await drawn(<Start />);
    assert.match(wordsOf(html), /^Log in Name Passphrase or PIN Show Log in$/);
    assert(!html.includes('class="tile"'));
});
test('a site to be tried out asks who you are, and draws no secret', async () => {
    site.value = demo;
    const html = await drawn(<Start />);
    assert.match(wordsOf(html), /^Who are you today\?/);
    assert.match(wordsOf(html), /Station Measures and asks lina/);
    assert(!html.includes('secret-of-lina'));
});
test('the secret is a password to the browser, and it keeps none', async () => {
    site.value = real;
    const html = await drawn(<Start />);
    assert.match(html, /<input[^>]*type="password"[^>]*autocomplete="off"/);
});
test('made-up people are said on every page of their site, in its language', async () => {
    site.value = demo;
    assert.match(wordsOf(await drawn(<TopBar />)), /^Made-up people\./);
    assert.match(wordsOf(await drawn(<TopBar />, 'ar')), /^أشخاص غير حقيقيين\./);
    site.value = real;
    assert.match(wordsOf(await drawn(<TopBar />)), /^North Clinic/);
});
