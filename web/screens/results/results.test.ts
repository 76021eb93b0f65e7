// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scalePieces, scaleRows } from '../../parts/scale/scale.ts';
import {
    byUrgency,
    confidenceOf,
    isApart,
    isQuiet,
    labelOf,
    markOf,
    trendOf,
    unmetOf,
    valueOf,
    type Scale,
    type Shown,
} from './findings.ts';
import { signBody, signIsHeld, signLacks, signLeave, signOpen, signTake } from './sign.ts';

const finding: Shown = {
    guideline: 'blood-pressure',
    version: '1.1.0',
    item: 'bp-category',
    status: 'assessed',
    category: 'hypertension',
    urgency: 'routine',
    value: '147',
    value2: '91',
    unit: 'mm[Hg]',
    define: 'BP category',
    source: 'ESC 2024',
    excluded: '',
    standing: '',
    because: [],
    inputs: [{ label: 'systolic', value: '148', unit: 'mm[Hg]', date: '2026-11-30T05:06:29Z' }],
    missing: [],
    queried: [],
    queried_why: [],
    too_old: [],
    too_old_on: [],
    not_asked: [],
    words: { headline: 'Higher than it should be', meaning: '', action: '', labels: { systolic: 'upper number' } },
};

test('the most urgent first, and what nobody knows with them', () => {
    const list = ['none', 'soon', 'emergency-now', 'unheard-of', 'same-day', 'routine'].map((urgency) => ({ urgency }));
    assert.deepEqual(
        byUrgency(list).map(({ urgency }) => urgency),
        ['emergency-now', 'unheard-of', 'same-day', 'soon', 'routine', 'none'],
    );
});

test('missing, too old, queried and not asked are four things, each with its note', () => {
    const bare = {
        ...finding,
        missing: ['second-reading'],
        too_old: ['hba1c'],
        too_old_on: ['2025-01-02'],
        queried: ['pulse'],
        queried_why: ['bound'],
        not_asked: ['pregnancy'],
    };
    assert.deepEqual(unmetOf(bare), [
        { kind: 'not-asked', label: 'pregnancy', note: '' },
        { kind: 'queried', label: 'pulse', note: 'bound' },
        { kind: 'too-old', label: 'hba1c', note: '2025-01-02' },
        { kind: 'missing', label: 'second-reading', note: '' },
    ]);
    assert.deepEqual(
        [confidenceOf(finding), confidenceOf(bare), confidenceOf({ ...finding, status: 'queried' })],
        ['whole', 'part', 'not-judged'],
    );
});

test('a line is enough for what could not be judged, never for what is urgent, queried, apart or a fault', () => {
    const bare = { ...finding, status: 'not-assessed', urgency: 'none' };
    assert.equal(isQuiet(bare), true);
    assert.equal(isQuiet({ ...bare, status: 'excluded' }), true);
    for (const more of [
        { status: 'assessed' },
        { status: 'queried' },
        { status: 'not-judged' },
        { status: 'unheard-of' },
        { urgency: 'soon' },
        { queried: ['pulse'] },
        { apart: ['mood'] },
        { withheld: true },
    ])
        assert.equal(isQuiet({ ...bare, ...more }), false, JSON.stringify(more));
});

test('a mark is that of the band; what was not judged is never "usual"', () => {
    assert.equal(markOf({ ...finding, mark: 'see' }), 'see');
    assert.equal(markOf({ ...finding, mark: 'usual', status: 'excluded' }), 'neutral');
    assert.equal(markOf(finding), 'neutral');
    assert.equal(markOf({ ...finding, mark: 'fine' }), 'neutral');
});

test('words where there are some, else the key; a pair is shown as a pair', () => {
    assert.deepEqual(
        [
            labelOf(finding, 'systolic'),
            labelOf(finding, 'pulse'),
            valueOf(finding),
            valueOf({ ...finding, value2: '' }),
        ],
        ['upper number', 'pulse', '147 / 91', '147'],
    );
});

test('kept apart is what the server says so of', () => {
    assert.deepEqual(
        [isApart(finding), isApart({ ...finding, apart: [] }), isApart({ ...finding, apart: ['mood'] })],
        [false, false, true],
    );
});

test('the way from an earlier day, of the same quantity and unit alone', () => {
    const last = { word: 'bp', numbers: ['139', '85'], unit: 'mm[Hg]', at: '2025-11-20T08:00:00Z' };
    assert.deepEqual(trendOf(finding, [last]), { before: '139 / 85', at: last.at, way: 'higher' });
    assert.equal(trendOf({ ...finding, value: '139' }, [last])?.way, 'same');
    assert.equal(trendOf({ ...finding, value: '120' }, [last])?.way, 'lower');
    assert.equal(trendOf(finding, [{ ...last, unit: 'kPa' }]), null);
    assert.equal(trendOf(finding, [{ ...last, word: 'pulse' }]), null);
    assert.equal(trendOf({ ...finding, value: '' }, [last]), null);
});

const scale: Scale = {
    label: 'upper number',
    from: 70,
    to: 200,
    at: 147,
    bands: [
        { to: 90, name: 'low', here: false },
        { to: 120, name: 'usual', here: false },
        { to: 140, name: 'raised', here: false },
        { to: 0, name: 'high', here: true },
    ],
    drawn: {
        pieces: [
            { band: 1, start: 0, size: 0.4 },
            { band: 2, start: 0.4, size: 0.15 },
            { band: 3, start: 0.55, size: 0.45 },
        ],
        at: 0.6,
        beyond: null,
        ticks: [{ at: 0, number: 70 }],
    },
};

test('the bands stand where the server places them, with their names', () => {
    assert.deepEqual(scalePieces(scale), [
        { start: 0, size: 0.4, name: 'usual', here: false },
        { start: 0.4, size: 0.15, name: 'raised', here: false },
        { start: 0.55, size: 0.45, name: 'high', here: true },
    ]);
});

test('the table has the same bands, open at both ends', () => {
    assert.deepEqual(
        scaleRows(scale).map(({ from, to }) => [from, to]),
        [
            [null, 90],
            [90, 120],
            [120, 140],
            [140, null],
        ],
    );
});

test('a draft is left out only with a reason, and nothing of nothing is signed', () => {
    const two = signOpen([finding, { ...finding, item: 'bmi' }]);
    assert.equal(signLacks(two), null);
    const left = signLeave(two, 'bmi', '  ');
    assert.deepEqual(signLacks(left), { kind: 'reason', item: 'bmi' });
    const said = signLeave(left, 'bmi', ' measured with shoes ');
    assert.deepEqual(
        [signLacks(said), signBody(said, 'p')],
        [null, { person: 'p', leave: [{ item: 'bmi', reason: 'measured with shoes' }] }],
    );
    assert.deepEqual(signTake(said, 'bmi').leave, {});
    assert.equal(signLeave(two, 'nothing-of-the-kind', 'x'), two);
    assert.deepEqual(signLacks(signOpen([])), { kind: 'nothing' });
});

test('a letter is held while nobody was told of what cannot wait', () => {
    const urgent = { ...finding, urgency: 'same-day' };
    assert.deepEqual(
        [signIsHeld([finding]), signIsHeld([finding, urgent]), signIsHeld([{ ...urgent, item: 'refused-value' }])],
        [false, true, false],
    );
    assert.equal(signIsHeld([{ ...urgent, told: { by: 'lina', at: '', how: 'in-person', agreed: '' } }]), false);
});
