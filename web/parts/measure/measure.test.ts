// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    TYPING,
    savingAgain,
    savingDoubt,
    savingHolds,
    savingRight,
    savingSend,
    savingTold,
    type Doubt,
    type Outcome,
    type Saving,
} from './measure.ts';

const bp = [
    { word: 'bp', text: '212/98' },
    { word: 'pulse', text: '130' },
];
const doubt = (reading: number, which: 0 | 1): Doubt => ({
    reading,
    which,
    word: 'bp',
    number: '212',
    unit: 'mm[Hg]',
    soft: ['85', '200'],
    otherUnit: null,
    isAgeNotKnown: false,
});
const sent = savingSend(TYPING, bp),
    asks: Outcome = { state: 'asks', doubts: [doubt(0, 0), doubt(1, 0)] };
const asking = savingTold(sent, asks),
    stored: Outcome = { state: 'stored', kept: 2 };

test('"stored" is what the server said, and nothing else', () => {
    assert.equal(sent.step, 'sending');
    assert.equal(savingTold(sent, { state: 'waits' }).step, 'sending');
    assert.equal(savingTold(sent, stored).step, 'stored');
    assert.equal(savingTold(TYPING, stored).step, 'typing');
    assert.equal(savingTold(asking, stored).step, 'asking');
});

test('every number is asked about by itself, and only what was confirmed goes along', () => {
    assert.equal(savingDoubt(asking)?.reading, 0);
    const next = savingRight(asking);
    assert.equal(savingDoubt(next)?.reading, 1);
    assert.deepEqual(savingRight(next), {
        step: 'sending',
        readings: bp,
        confirmed: [
            [0, 0],
            [1, 0],
        ],
    });
});

test('a further question about the same keeps what was confirmed', () => {
    const once = savingRight(savingTold(sent, { state: 'asks', doubts: [doubt(0, 0)] }));
    const twice = savingRight(savingTold(once, { state: 'asks', doubts: [doubt(0, 1)] }));
    assert.deepEqual(twice, {
        step: 'sending',
        readings: bp,
        confirmed: [
            [0, 0],
            [0, 1],
        ],
    });
});

test('"enter again" says which number it is', () => {
    assert.deepEqual(savingAgain(savingRight(asking)), { reading: 1, which: 0 });
    assert.deepEqual(
        savingAgain(
            savingTold(sent, { state: 'refused', refusal: { word: 'bp', why: 'range', reading: 0, which: 1 } }),
        ),
        { reading: 0, which: 1 },
    );
    assert.deepEqual(savingAgain(savingTold(sent, { state: 'refused', refusal: { word: 'bp', why: 'range' } })), {
        reading: 0,
        which: 0,
    });
    assert.equal(savingAgain(TYPING), null);
});

test('while its outcome is open nothing else is sent', () => {
    for (const held of [sent, asking]) {
        assert.equal(savingHolds(held), true);
        assert.equal(savingSend(held, [{ word: 'bp', text: '120/80' }]), held);
    }
    const free: Saving[] = [TYPING, savingTold(sent, stored), savingTold(sent, { state: 'failed', code: 'E_ROLE' })];
    for (const one of free) {
        assert.equal(savingHolds(one), false);
        assert.equal(savingSend(one, bp).step, 'sending');
    }
});

test('what the server has not answered is kept, and the next number can be typed; its answer still counts', () => {
    const kept = savingTold(sent, { state: 'kept' });
    assert.deepEqual([kept.step, savingHolds(kept)], ['kept', false]);
    assert.equal(savingTold(kept, stored).step, 'stored');
    assert.equal(savingDoubt(savingTold(kept, asks))?.reading, 0);
    assert.equal(savingSend(kept, bp).step, 'sending');
});

test('nothing is sent where nothing was typed; a question without a number keeps nothing', () => {
    assert.equal(savingSend(TYPING, []), TYPING);
    assert.equal(savingTold(sent, { state: 'asks', doubts: [] }).step, 'failed');
});
