// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tabletText } from '../../lib/tablet.ts';
import { mayEnrol, steps, type Seen } from './tablets.ts';

const good: Seen = {
    mode: 'site',
    rpId: 'salve.home.arpa',
    host: 'salve.home.arpa',
    isSecure: true,
    areWords: true,
    clockOffMs: 200,
    isPersisted: true,
};
const stateOf = (seen: Seen, step: string): string | undefined => steps(seen).find((one) => one.step === step)?.state;

test('a tablet on which all is well may be enrolled', () => {
    assert(mayEnrol(steps(good)));
    assert.deepEqual([...new Set(steps(good).map(({ state }) => state))], ['good']);
});
test('words that nobody compared, or that are others, hold it up', () => {
    assert.equal(stateOf({ ...good, areWords: null }, 'words'), 'ask');
    assert(!mayEnrol(steps({ ...good, areWords: null })));
    assert(!mayEnrol(steps({ ...good, areWords: false })));
});
test('only the certificate of the site itself has words to compare', () => {
    for (const mode of ['local', 'public', 'proxy'] as const)
        assert(mayEnrol(steps({ ...good, mode, areWords: null })), mode);
});
test('an address that is not the name, or no certificate, holds it up', () => {
    assert(!mayEnrol(steps({ ...good, host: '192.0.2.7' })));
    assert(!mayEnrol(steps({ ...good, isSecure: false })));
});
test('a clock that is off and storage that may be cleared are said, and hold nobody up', () => {
    const seen = { ...good, clockOffMs: -120_000, isPersisted: false };
    assert.equal(stateOf(seen, 'clock'), 'look');
    assert.equal(stateOf(seen, 'storage'), 'look');
    assert.equal(stateOf({ ...good, clockOffMs: null }, 'clock'), 'look');
    assert(mayEnrol(steps(seen)));
});
test('what a tablet signs says the challenge and the name, a line each', () => {
    assert.equal(tabletText('abc', 'lina'), 'salve tablet 1\nabc\nlina');
});
