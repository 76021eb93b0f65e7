// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from 'gen/lists.ts';
import { drawn, wordsOf } from '../../drawn.tsx';
import type { Failure } from '../../lib/api.ts';
import { FailureNote } from '../../parts/failure/failure.tsx';
import { Away, NoScreen } from './error.tsx';

test('every error of the server has words in both languages', async () => {
    for (const { name } of Object.values(errors)) {
        const failure: Failure = { kind: 'refused', status: 400, code: name, element: '', why: '', alarms: [] };
        assert.match(wordsOf(await drawn(<FailureNote failure={failure} />, 'en')), /^[A-Z].*\.$/, name);
        assert.match(wordsOf(await drawn(<FailureNote failure={failure} />, 'ar')), /^\p{Script=Arabic}.*\.$/u, name);
    }
});
test('no answer is said, and that nothing is lost', async () =>
    assert.match(wordsOf(await drawn(<FailureNote failure={{ kind: 'no-answer' }} />)), /still here/));
test('a server that is away, and a screen that is not there, say what to do', async () => {
    assert.match(wordsOf(await drawn(<Away />)), /paper sheets/);
    assert(/<a [^>]*href="\/"/.test(await drawn(<NoScreen />)));
});
