// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allFaults, faultsOf } from './faults.ts';
import { run } from './machine.ts';
import { headsOf, pageAt, pagesOf, questionsOf, rowEnding } from './pages.ts';
import {
    enteredOf,
    formAddRow,
    formAnswer,
    formAnswers,
    formDropRow,
    formEntered,
    formIn,
    formOpen,
    isAsked,
    textOf,
    type FormState,
    type Place,
} from './state.ts';
import type { Form, Instruction, Item, Program } from './types.ts';
import { boundText, valueFault } from './values.ts';

export const program = (reads: string[], ...instructions: Instruction[]): Program => ({ run: instructions, reads });
export const answersOf = (link: string): Instruction[] => [
    ['root'],
    ['all-items'],
    ['where', [['this'], ['link'], ['const', link], ['=']]],
    ['answers'],
];
const isYes = (link: string): Program => program([link], ['nearest', link], ['const', true], ['answered', '=']);
const formOf = (items: Item[], order: string[] = [], more: Partial<Form> = {}): Form => ({
    id: 'test',
    version: '1.0',
    language: 'en',
    direction: 'ltr',
    title: 'Test',
    items,
    order,
    ...more,
});
const open = (form: Form): FormState => formOpen(form, '2026-11-30');
const at = (state: FormState, link: string, row = 0): Place => {
    const place = state.places.get(link)?.[row];
    assert(place, link);
    return place;
};
const answer = (state: FormState, link: string, ...texts: string[]): FormState =>
    formAnswer(state, at(state, link), texts);
const values = (state: FormState, link: string, row = 0): string[] =>
    (state.values.get(at(state, link, row).key) ?? []).map(textOf);

const smoking = formOf(
    [
        { link: 'smokes', kind: 'boolean', text: 'Do you smoke?' },
        {
            link: 'more',
            kind: 'group',
            text: 'About smoking',
            when: isYes('smokes'),
            items: [
                { link: 'a-day', kind: 'integer', text: 'How many a day?', min: '1', max: '200' },
                { link: 'years', kind: 'decimal', text: 'For how many years?', decimals: 1 },
            ],
        },
        {
            link: 'pack-years',
            kind: 'decimal',
            text: 'Pack-years',
            calculated: program(
                ['a-day', 'years'],
                ...answersOf('a-day'),
                ...answersOf('years'),
                ['*'],
                ['const', 20],
                ['/'],
            ),
        },
        {
            link: 'heavy',
            kind: 'display',
            text: 'Ask for help to stop.',
            when: program(['pack-years'], ['nearest', 'pack-years'], ['const', 10], ['>']),
        },
    ],
    ['more', 'pack-years', 'heavy'],
);

test('what is not asked gives no answer, and what was said stays for when it is asked again', () => {
    const none = open(smoking);
    assert.equal(isAsked(none, at(none, 'a-day')), false);
    let state = answer(none, 'smokes', 'true');
    assert.equal(isAsked(state, at(state, 'a-day')), true);
    state = answer(answer(state, 'a-day', '15'), 'years', '22.5');
    assert.deepEqual(values(state, 'pack-years'), ['16.875']);
    assert.equal(isAsked(state, at(state, 'heavy')), true);
    const not = answer(state, 'smokes', 'false');
    assert.deepEqual(values(not, 'pack-years'), []);
    assert.equal(isAsked(not, at(not, 'heavy')), false);
    assert.deepEqual(values(answer(not, 'smokes', 'true'), 'pack-years'), ['16.875']);
});

test('all that was said is sent, also what is not asked any more; what is reckoned is not', () => {
    const state = answer(answer(answer(open(smoking), 'smokes', 'true'), 'a-day', '15'), 'smokes', 'false');
    assert.deepEqual(formAnswers(state), [
        { link: 'smokes', values: ['false'] },
        { link: 'a-day', values: ['15'] },
    ]);
});

test('half a number is no answer, and is still there', () => {
    const state = answer(answer(open(smoking), 'smokes', 'true'), 'years', '22.');
    assert.deepEqual(values(state, 'years'), []);
    assert.deepEqual(
        faultsOf(state, at(state, 'years')).map(({ why }) => why),
        ['form'],
    );
    assert.deepEqual(formEntered(state).texts, { 'smokes@': ['true'], 'years@': ['22.'] });
});

test('what is wrong with each kind of answer', () => {
    const items: Item[] = [
        { link: 'i', kind: 'integer', min: '1', max: '10' },
        { link: 'd', kind: 'decimal', decimals: 1, max: '5' },
        {
            link: 'q',
            kind: 'quantity',
            min: '2',
            units: [
                { code: 'kg', text: 'kg' },
                { code: '[lb_av]', text: 'lb' },
            ],
        },
        { link: 't', kind: 'text', length: 3 },
        { link: 'when', kind: 'date', min: '2020-01-01', max: '2026-11-30' },
        { link: 'c', kind: 'choice', options: [{ value: 'a', text: 'A' }], required: true },
        { link: 'b', kind: 'boolean' },
    ];
    const cases: [string, string, string | undefined][] = [
        ['i', '5', undefined],
        ['i', '5.0', 'form'],
        ['i', 'five', 'form'],
        ['i', '0', 'low'],
        ['i', '11', 'high'],
        ['d', '5', undefined],
        ['d', '5.0', undefined],
        ['d', '5.00', 'decimals'],
        ['d', '4.25', 'decimals'],
        ['d', '5.1', 'high'],
        ['q', '2', undefined],
        ['q', '1.9', 'low'],
        ['q', '1 [lb_av]', undefined],
        ['q', '1 stone', 'form'],
        ['t', 'abc', undefined],
        ['t', 'abcd', 'length'],
        ['t', '🔥🔥🔥', undefined],
        ['when', '2026-11-30', undefined],
        ['when', '2026-12', 'high'],
        ['when', '2026', undefined],
        ['when', '2019-12-31', 'low'],
        ['when', '2026-02-29', 'form'],
        ['when', '2024-02-29', undefined],
        ['when', '1-1-2020', 'form'],
        ['c', 'a', undefined],
        ['c', 'b', 'form'],
        ['c', '', 'required'],
        ['b', 'true', undefined],
        ['b', 'yes', 'form'],
    ];
    for (const [link, text, why] of cases) {
        const state = answer(open(formOf(items)), link, text);
        assert.deepEqual([link, text, faultsOf(state, at(state, link))[0]?.why], [link, text, why]);
    }
});

test('checks speak in the words of the form; one that warns is not in the way', () => {
    const check = (say: string, warns: boolean) => ({
        say,
        ...(warns ? { warns } : {}),
        program: program(['low'], ['nearest', 'high'], ['nearest', 'low'], ['>']),
    });
    const form = formOf([
        {
            link: 'both',
            kind: 'group',
            checks: [check('The first is the higher one.', false), check('Look again.', true)],
            items: [
                { link: 'high', kind: 'integer' },
                { link: 'low', kind: 'integer' },
            ],
        },
    ]);
    const one = answer(open(form), 'high', '80');
    assert.deepEqual(allFaults(one), []);
    assert.deepEqual(
        allFaults(answer(one, 'low', '120')).map(({ why, say }) => [why, say]),
        [
            ['check', 'The first is the higher one.'],
            ['warns', 'Look again.'],
        ],
    );
    assert.deepEqual(allFaults(answer(one, 'low', '60')), []);
});

const medicines = formOf(
    [
        {
            link: 'medicine',
            kind: 'group',
            text: 'Medicine',
            repeats: true,
            most: 3,
            items: [
                { link: 'name', kind: 'text', text: 'Name' },
                { link: 'dose', kind: 'decimal', text: 'Dose' },
                {
                    link: 'often',
                    kind: 'integer',
                    text: 'How often a day?',
                    when: program(['dose'], ['nearest', 'dose'], ['exists']),
                },
            ],
        },
        {
            link: 'all',
            kind: 'decimal',
            calculated: program(['dose'], ...answersOf('dose'), ['sum']),
        },
        {
            link: 'count',
            kind: 'integer',
            calculated: program(
                ['medicine'],
                ['root'],
                ['items'],
                ['where', [['this'], ['link'], ['const', 'medicine'], ['=']]],
                ['count'],
            ),
        },
    ],
    ['often', 'all', 'count'],
);

test('rows of a group: each is asked for itself, one goes with what stands in it', () => {
    const group = at(open(medicines), 'medicine').def;
    let state = open(medicines);
    state = formAddRow(formAddRow(formAddRow(state, group, []), group, []), group, []);
    assert.equal(state.places.get('medicine')?.length, 3, 'no more than fit');
    for (const [row, dose] of ['5', '10', '2.5'].entries()) state = formAnswer(state, at(state, 'dose', row), [dose]);
    state = formAnswer(state, at(state, 'name', 2), ['Aspirin']);
    assert.deepEqual(values(state, 'all'), ['17.5']);
    assert.deepEqual(values(state, 'count'), ['3']);
    state = formAnswer(state, at(state, 'dose', 1), []);
    assert.deepEqual(
        [0, 1, 2].map((row) => isAsked(state, at(state, 'often', row))),
        [true, false, true],
    );
    state = formDropRow(state, at(state, 'medicine', 1));
    assert.deepEqual(formAnswers(state), [
        { link: 'dose', in: [0], values: ['5'] },
        { link: 'name', in: [1], values: ['Aspirin'] },
        { link: 'dose', in: [1], values: ['2.5'] },
    ]);
    state = formDropRow(formDropRow(state, at(state, 'medicine', 0)), at(state, 'medicine', 0));
    assert.deepEqual([formAnswers(state), state.places.get('medicine')?.length], [[], 1]);
});

test('a row in which nothing is answered is no item', () => {
    const group = at(open(medicines), 'medicine').def;
    let state = formAddRow(formAddRow(open(medicines), group, []), group, []);
    assert.deepEqual(values(state, 'count'), ['0']);
    state = formAnswer(state, at(state, 'name', 1), ['B']);
    assert.deepEqual(values(state, 'count'), ['1']);
});

test('what the server gave first, a draft and another language have the same answers', () => {
    const first = formOpen(medicines, '2026-11-30', enteredOf(medicines, [{ link: 'dose', in: [2], values: ['1'] }]));
    assert.equal(first.places.get('medicine')?.length, 3);
    const kept = JSON.parse(JSON.stringify(formEntered(first))) as ReturnType<typeof formEntered>;
    assert.deepEqual(formAnswers(formOpen(medicines, '2026-11-30', kept)), formAnswers(first));
    assert.deepEqual(formAnswers(formIn(first, { ...medicines, language: 'ar' })), formAnswers(first));
});

test('for the person a question or a small group is a page; at a station some stand together', () => {
    const many: Item[] = Array.from({ length: 12 }, (_, i) => ({ link: `q${i}`, kind: 'boolean' }));
    const form = formOf(
        [
            { link: 'words', kind: 'display', text: 'About you' },
            ...smoking.items,
            { link: 'many', kind: 'group', text: 'The last two weeks', items: many },
        ],
        smoking.order as string[],
    );
    const state = answer(open(form), 'smokes', 'true'),
        pages = pagesOf(state, 'one');
    assert.deepEqual(
        pages.slice(0, 4).map(({ places }) => places.map(({ def }) => def.item.link)),
        [['words', 'smokes'], ['a-day', 'years', 'pack-years'], ['q0'], ['q1']],
    );
    assert.deepEqual(
        headsOf(pages[2]!.places[0]!).map(({ def }) => def.item.text),
        ['The last two weeks'],
    );
    assert.deepEqual(
        pagesOf(state, 'some').map((page) => questionsOf(page).length),
        [10, 5],
    );
    const without = pagesOf(answer(state, 'smokes', 'false'), 'one');
    assert.equal(pageAt(without, 'a-day@', 1), 1);
    assert.equal(
        pageAt(without, 'q3@', 0),
        without.findIndex(({ key }) => key === 'q3@'),
    );
});

test('another row is added behind the last one', () => {
    const state = formAddRow(open(medicines), at(open(medicines), 'medicine').def, []),
        ends = pagesOf(state, 'one').map(({ places }) => rowEnding(state, questionsOf({ key: '', places }).at(-1)!));
    assert.deepEqual(
        ends.map((end) => [end?.row.rows, end?.isLast]),
        [
            [[0], false],
            [[1], true],
        ],
    );
});

test('a program that does not fit gives nothing', () => {
    const state = answer(answer(open(smoking), 'smokes', 'true'), 'a-day', '5'),
        here = at(state, 'a-day');
    const cases: Program[] = [
        program([], ['const', 'a'], ['const', 1], ['+']),
        program([], ['const', 1], ['const', 0], ['/']),
        program([], ['root'], ['items'], ['const', 1], ['>']),
        program([], ['const', 1], ['const', 2]),
        program([], ['+']),
        program([], ['var', 'nothing']),
    ];
    for (const one of cases) assert.deepEqual(run(one, state, here), [], JSON.stringify(one.run));
});

test('a number in another unit has its bounds in that unit, and they are said as it is written', () => {
    const weight: Item = {
        link: 'w',
        kind: 'quantity',
        min: '30',
        max: '200',
        decimals: 1,
        units: [
            { code: 'kg', text: 'kg' },
            { code: '[lb_av]', text: 'lb', min: '66.13867866', max: '440.92452437' },
            { code: '{u}', text: 'u' },
        ],
    };
    const fault = (text: string): unknown => valueFault(weight, text);
    assert.deepEqual(['29.9', '30', '200', '200.1'].map(fault), ['low', null, null, 'high']);
    const pounds = ['66.1', '66.2', '440.9', '441'].map((one) => fault(`${one} [lb_av]`));
    assert.deepEqual(pounds, ['low', null, null, 'high']);
    assert.equal(fault('5 {u}'), null); // nothing says how it is reckoned: the server looks
    assert.equal(boundText(weight, '12 [lb_av]', 'low'), '66.2');
    assert.equal(boundText(weight, '999 [lb_av]', 'high'), '440.9');
    assert.equal(boundText(weight, '12', 'low'), '30');
});
