// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf } from './keys.ts';
import { lockInMs } from './lock.ts';

test('it locks when the seconds are over, not before', () => {
    assert.equal(lockInMs(1_000_000, 1_000_000, 120), 120_000);
    assert.equal(lockInMs(1_119_999, 1_000_000, 120), 1);
    assert.equal(lockInMs(1_120_000, 1_000_000, 120), 0);
});
test('a device that slept for hours locks at once', () => assert.equal(lockInMs(9_000_000, 1_000_000, 120), 0));
test('a clock that was set back locks at once', () => assert.equal(lockInMs(999_999, 1_000_000, 120), 0));

const key = (name: string, code: string, more: object = {}) =>
    nameOf({ key: name, code, altKey: false, ctrlKey: false, metaKey: false, ...more });
test('keys have the names of the tables', () => {
    assert.equal(key('N', 'KeyN'), 'n');
    assert.equal(key('Escape', 'Escape'), 'Escape');
    assert.equal(key('/', 'Slash'), '/');
    assert.equal(key('3', 'Digit3', { altKey: true }), 'Alt+3');
});
test('a key of an Arabic keyboard is the key that it is', () => assert.equal(key('ى', 'KeyN'), 'n'));
test('keys of the browser are left to it', () => {
    assert.equal(key('p', 'KeyP', { ctrlKey: true }), '');
    assert.equal(key('n', 'KeyN', { metaKey: true }), '');
    assert.equal(key('d', 'KeyD', { altKey: true }), '');
});
