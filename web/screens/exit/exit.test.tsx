// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import { ExitScreen } from './exit.tsx';

test('the check can be ended before anything is known of what is missing', async () => {
    for (const language of ['en', 'ar'] as const) {
        const html = await drawn(<ExitScreen />, language);
        assert.equal((html.match(/<button/g) ?? []).length, 1); // nobody is in the queue: home, and no leaving of it
        assert.doesNotMatch(html, /disabled/);
        assert.ok(wordsOf(html).length > 3);
    }
});
