// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AskedItem } from '../../lib/asked.ts';
import { drawn, wordsOf } from '../../drawn.tsx';
import { isLeft, listed } from './forms.ts';
import { FormsScreen } from './forms.tsx';

const asked = (item: string, more: Partial<AskedItem> = {}): AskedItem => ({
    item,
    title: item,
    station: 'questions',
    kind: 'form',
    state: 'missing',
    any: [item],
    tubes: [''],
    labels: [''],
    ...more,
});

test('asked here are the forms of this station, but for the danger questions', () => {
    const asks = [
        asked('danger'),
        asked('tobacco'),
        asked('bp', { kind: 'value', station: 'pressure' }),
        asked('vision', { station: 'vision' }),
    ];
    assert.deepEqual(
        asks.filter(isLeft).map(({ item }) => item),
        ['tobacco'],
    );
});
test('what is missing stands first; a form that this site has not is not offered', () => {
    const asks = [
        asked('tobacco', { state: 'done', title: 'Smoking' }),
        asked('bones', { title: null }),
        asked('phq-9', { state: 'unseen', title: 'Mood' }),
    ];
    assert.deepEqual(listed(asks), [
        { id: 'phq-9', title: 'Mood', state: 'unseen' },
        { id: 'tobacco', title: 'Smoking', state: 'done' },
    ]);
});
test('before the plan is there nothing is said to be missing', async () => {
    const words = wordsOf(await drawn(<FormsScreen />));
    assert(!words.includes('No form'), words);
});
