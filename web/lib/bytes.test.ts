// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBytes, toText } from './bytes.ts';

test('bytes go and come as base64url without padding', () => {
    assert.equal(toText(new Uint8Array([251, 239, 255])), '--__');
    assert.equal(toText(new Uint8Array([1])), 'AQ');
    for (let length = 0; length < 70; length++) {
        const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
        assert.deepEqual(toBytes(toText(bytes)), bytes);
        assert.match(toText(bytes), /^[\w-]*$/);
    }
});
