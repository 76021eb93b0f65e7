// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { voiceFor } from './speak.ts';

test('a voice of the device is taken, of the language alone, and none that sends the words away', () => {
    const voices = [
        { lang: 'en-GB', localService: false },
        { lang: 'ar_EG', localService: true },
        { lang: 'en-US', localService: true },
    ];
    assert.equal(voiceFor(voices, 'en'), voices[2]);
    assert.equal(voiceFor(voices, 'ar'), voices[1]);
    assert.equal(voiceFor(voices, 'e'), undefined);
    assert.equal(voiceFor([voices[0]!], 'en'), undefined);
    assert.equal(voiceFor([], 'en'), undefined);
});
