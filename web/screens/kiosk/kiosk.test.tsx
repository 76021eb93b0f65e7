// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, wordsOf } from '../../drawn.tsx';
import { hand, handed, handedDid, isTheirs, stepAfter, type Act, type Step } from './handed.ts';
import { Kiosk } from './kiosk.tsx';

const ALL: readonly Step[] = ['handing', 'greeting', 'asking', 'ending', 'stopping', 'thanks', 'paused'];
const ACTS: readonly Act[] = [
    'start',
    'yes-me',
    'not-me',
    'asked',
    'more',
    'stop',
    'go-on',
    'done',
    'forgot',
    'locked',
    'give-again',
    'take-back',
];

test('from the hands of the person nothing leads to the app but a lock', () => {
    for (const step of ALL.filter(isTheirs))
        for (const act of ACTS) {
            const next = stepAfter(step, act);
            assert(act === 'locked' || (next !== 'over' && isTheirs(next)), `${step} ${act}`);
        }
});
test('a lock ends it only where nothing is left to do; else staff see that it is not finished', () => {
    assert.deepEqual(
        ALL.map((step) => stepAfter(step, 'locked')),
        ['over', 'paused', 'paused', 'paused', 'paused', 'over', 'paused'],
    );
});
test('every step but the thanks can be left, and an act of another step does nothing', () => {
    for (const step of ALL)
        assert(
            ACTS.some((act) => stepAfter(step, act) !== step),
            step,
        );
    assert.equal(stepAfter('handing', 'done'), 'handing');
    assert.equal(stepAfter('thanks', 'more'), 'thanks');
});
test('given back again, it is asked once more who has it', () => {
    assert.equal(stepAfter('paused', 'give-again'), 'greeting');
    assert.equal(stepAfter('greeting', 'not-me'), 'thanks');
});
test('sent or taken back, the same thanks come', () => {
    assert.deepEqual(
        [stepAfter('ending', 'done'), stepAfter('stopping', 'done'), stepAfter('stopping', 'forgot')],
        ['thanks', 'thanks', 'thanks'],
    );
});
test('it is handed and taken back', async () => {
    hand('mood', 'en');
    assert.deepEqual(handed.value, { form: 'mood', language: 'en', step: 'handing' });
    assert.match(wordsOf(await drawn(<Kiosk now={handed.value!} />)), /The questions come in a moment/);
    handedDid('take-back');
    assert.equal(handed.value, null);
    handedDid('start');
    assert.equal(handed.value, null);
});
