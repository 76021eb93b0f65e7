// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pagesOf } from '../../form/pages.ts';
import { formAnswer, formOpen, type FormState } from '../../form/state.ts';
import type { Form, Item } from '../../form/types.ts';
import { chosenWith, counts, dateParts, dateText, firstOpen, isBeyond, pageFaults } from './entry.ts';

const open = (items: Item[]): FormState =>
    formOpen(
        { id: 't', version: '1', language: 'en', direction: 'ltr', title: 'T', items } satisfies Form,
        '2026-11-30',
    );
const say = (state: FormState, link: string, ...texts: string[]): FormState => {
    const [place] = state.places.get(link) ?? [];
    assert(place);
    return formAnswer(state, place, texts);
};

test('an option pressed again is taken back; one that stands alone takes the others back', () => {
    const option = (value: string, alone = false) => ({ value, text: value, ...(alone ? { alone } : {}) });
    const item: Item = {
        link: 'c',
        kind: 'choice',
        repeats: true,
        options: [option('a'), option('b'), option('none', true)],
    };
    assert.deepEqual(chosenWith(item, ['a'], 'b'), ['a', 'b']);
    assert.deepEqual(chosenWith(item, ['a', 'b'], 'a'), ['b']);
    assert.deepEqual(chosenWith(item, ['a', 'b'], 'none'), ['none']);
    assert.deepEqual(chosenWith(item, ['none'], 'b'), ['b']);
    assert.deepEqual(chosenWith({ ...item, repeats: false }, ['a'], 'b'), ['b']);
});
test('a date is written from its boxes, and a part of it stays a part', () => {
    assert.equal(dateText({ day: '3', month: '2', year: '1972' }), '1972-02-03');
    assert.equal(dateText({ day: '', month: '', year: '1972' }), '1972');
    assert.equal(dateText({ day: '', month: '11', year: '1972' }), '1972-11');
    assert.equal(dateText({ day: '', month: '', year: '' }), '');
    assert.deepEqual(dateParts('1972-11-30'), { day: '30', month: '11', year: '1972' });
    assert.equal(dateText({ day: '3', month: '', year: '1972' }), '1972--03');
});
const group: Item = {
    link: 'g',
    kind: 'group',
    checks: [{ say: 'No.', program: { run: [['const', false]], reads: [] } }],
    items: Array.from({ length: 4 }, (_, i) => ({ link: `q${i}`, kind: 'integer', max: '9' })),
};
test('the check of a group speaks on the page where the group ends', () => {
    const state = open([group]),
        pages = pagesOf(state, 'one');
    assert.deepEqual(
        pages.map((page) => pageFaults(state, page).map(({ say: words }) => words)),
        [[], [], [], ['No.']],
    );
});
test('it goes on behind what was answered before', () => {
    let state = open([group]);
    const pages = pagesOf(state, 'one');
    assert.equal(firstOpen(state, pages), 0);
    state = say(state, 'q1', '5');
    assert.equal(firstOpen(state, pages), 2);
    assert.equal(firstOpen(say(state, 'q3', '5'), pages), 3);
    assert.deepEqual(counts(state, pages), { asked: 4, answered: 1 });
});
test('a number beyond its bounds that is judged elsewhere is told to the server', () => {
    const code = { system: 'http://loinc.org', code: '2345-7' },
        state = say(
            say(
                open([
                    { link: 'a', kind: 'decimal', max: '30', code },
                    { link: 'b', kind: 'decimal', max: '30' },
                ]),
                'a',
                '40',
            ),
            'b',
            '40',
        ),
        [page] = pagesOf(state, 'some');
    assert(page);
    assert.deepEqual(
        pageFaults(state, page).map((fault) => [fault.place.def.item.link, isBeyond(fault)]),
        [
            ['a', true],
            ['b', false],
        ],
    );
});
