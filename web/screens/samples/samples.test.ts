// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { AskedItem } from '../../lib/asked.ts';
import { kitOf, kitState, labelIs, sampleReading, testsOf, tubesOf } from './samples.ts';

const item = (word: string, state: AskedItem['state'], more: Partial<AskedItem> = {}): AskedItem => ({
    item: word,
    title: null,
    station: 'samples',
    kind: 'value',
    state,
    any: [word],
    tubes: ['serum'],
    labels: [''],
    ...more,
});

test('tests of this station, the missing ones first; other stations and forms are not among them', () => {
    const tests = testsOf([
        item('hdl', 'done'),
        item('bp', 'missing', { station: 'pressure' }),
        item('samples-form', 'missing', { kind: 'form' }),
        item('cholesterol', 'drawn', { labels: ['KTRMQ-XBDWF'] }),
        item('glucose', 'missing', { any: ['glucose', 'hba1c'], tubes: ['', 'edta'], labels: ['', ''] }),
    ]);
    assert.deepEqual(
        tests.map(({ word, state }) => `${word} ${state}`),
        ['glucose missing', 'hba1c missing', 'cholesterol drawn', 'hdl done'],
    );
});

test('of several tests for one thing only the one that was drawn waits', () => {
    const tests = testsOf([
        item('glucose', 'drawn', { any: ['glucose', 'hba1c'], tubes: ['', 'edta'], labels: ['', 'KTRMQ-XBDWF'] }),
    ]);
    assert.deepEqual(
        tests.map(({ word, state }) => [word, state]),
        [
            ['glucose', 'missing'],
            ['hba1c', 'drawn'],
        ],
    );
});

test('a tube once, with the tests that were chosen; a test that no laboratory does has none', () => {
    const tests = testsOf([
        item('cholesterol', 'missing'),
        item('hdl', 'missing'),
        item('haemoglobin', 'missing', { tubes: ['edta'] }),
        item('ketones', 'missing', { tubes: [''] }),
    ]);
    assert.deepEqual(tubesOf(tests, []), []);
    assert.deepEqual(tubesOf(tests, ['hdl', 'haemoglobin', 'cholesterol', 'ketones']), [
        { tube: 'serum', words: ['cholesterol', 'hdl'] },
        { tube: 'edta', words: ['haemoglobin'] },
    ]);
});

test('lot and end of a GS1 code, in every way in which a scanner types it', () => {
    const want = { lot: 'AB-12', expires: '2027-03-31' };
    for (const text of [
        '(01)09506000134352(17)270331(10)AB-12',
        '010950600013435217270331' + '10AB-12',
        ']d2010950600013435217270331' + '10AB-12\u001d21999',
        '10AB-12\u001d17270300',
        '(10)AB-12(17)270300(21)7',
    ])
        assert.deepEqual(kitOf(text, 2026), want, text);
});

test('what is no such code, or half of one, is none', () => {
    for (const text of [
        '',
        '148',
        'KG36-69AW-W2BF-4P7E-B4J0',
        '(10)AB-12',
        '(17)270331',
        '17271331' + '10A',
        '(17)270231(10)A',
        '(17)2703(10)A',
        '(10)<b>(17)270331',
    ])
        assert.equal(kitOf(text, 2026), null, text);
});

test('the year of an end is near this one', () => {
    assert.equal(kitOf('(17)990131(10)A', 2026)?.expires, '1999-01-31');
    assert.equal(kitOf('(17)750131(10)A', 2026)?.expires, '2075-01-31');
    assert.equal(kitOf('(17)000131(10)A', 2098)?.expires, '2100-01-31');
});

test('a kit is good to the end of its last day, and over on the next', () => {
    const kit = { lot: 'A1', expires: '2026-11-30' };
    assert.equal(kitState(kit, '2026-11-30'), 'good');
    assert.equal(kitState(kit, '2026-12-01'), 'over');
    assert.equal(kitState({ lot: '', expires: '' }, '2026-11-30'), 'none');
    assert.equal(kitState({ lot: 'A 1', expires: '2026-11-30' }, '2026-11-30'), 'unread');
    assert.equal(kitState({ lot: 'A1', expires: '' }, '2026-11-30'), 'unread');
});

test('a number goes with its kit, or without one', () => {
    assert.deepEqual(sampleReading('glucose', '6.1', { lot: 'A1', expires: '2027-01-31' }), {
        word: 'glucose',
        text: '6.1',
        lot: 'A1',
        expires: '2027-01-31',
    });
    assert.deepEqual(sampleReading('hdl', '1.3', { lot: '', expires: '' }), { word: 'hdl', text: '1.3' });
});

test('only the label of this tube fits, however it is typed', () => {
    assert.equal(labelIs('ktrmq xbdwf', 'KTRMQ-XBDWF'), true);
    assert.equal(labelIs('KTRMQ-XBDWG', 'KTRMQ-XBDWF'), false);
    assert.equal(labelIs('', ''), false);
});

test('every test of the packages that is sampled has a name and, but for the finger, a tube', () => {
    const packages = JSON.parse(readFileSync('packages.json', 'utf8')) as {
        packages: { asks?: { samples?: (string | { item: string; any?: string[] })[] } }[];
        tubes: { tube: string; items: string[] }[];
    };
    const words = packages.packages
        .flatMap(({ asks }) => asks?.samples ?? [])
        .flatMap((one) => (typeof one === 'string' ? [one] : [one.item, ...(one.any ?? [])]));
    const names = JSON.parse(readFileSync('web/screens/samples/words.en.json', 'utf8')) as Record<string, string>;
    for (const word of words) assert(`test-${word}` in names, word);
    for (const { tube } of packages.tubes) assert(`tube-${tube}` in names, tube);
    const sent = packages.tubes.flatMap(({ items }) => items);
    assert.equal(new Set(sent).size, sent.length);
    for (const word of words) assert(word === 'glucose' || sent.includes(word), word);
});
