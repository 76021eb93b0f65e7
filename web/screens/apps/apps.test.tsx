// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBytes } from '../../lib/bytes.ts';
import type { Registered } from '../../lib/apps.ts';
import { backOf, documentOf, isSigning, keysOf, NOTHING, typedOf } from './apps_rules.ts';

const KEYS = { keys: [{ kty: 'EC', crv: 'P-384', x: 'x', y: 'y' }] };
const registered = (more: object): Registered => ({
    id: 'heart',
    name: 'Heart Diary',
    document: JSON.stringify({
        at: '',
        by: '',
        ends: 1,
        id: 'heart',
        idToken: 'ES256',
        name: 'Heart Diary',
        origins: [],
        redirects: ['https://heart.example/back', 'org.example.heart:/back'],
        ...more,
    }),
});
const sent = (document: string | null): unknown =>
    document === null ? null : JSON.parse(new TextDecoder().decode(toBytes(document)));

test('what is typed is sent as a registration, addresses a line each', () => {
    const typed = {
        ...NOTHING,
        id: ' heart ',
        name: 'Heart Diary · قلب',
        redirects: 'https://heart.example/back\n\n  org.example.heart:/back ',
        origins: '\n',
    };
    assert.deepEqual(sent(documentOf(typed)), {
        id: 'heart',
        name: 'Heart Diary · قلب',
        redirects: ['https://heart.example/back', 'org.example.heart:/back'],
        origins: [],
        idToken: 'RS256',
    });
});
test('who changes one loses nothing of it, and what is the gate’s is not sent', () => {
    for (const more of [{}, { jwks: KEYS }, { origins: ['https://heart.example'] }]) {
        const app = registered(more);
        const { at, by, ends, ...rest } = JSON.parse(app.document) as Record<string, unknown>;
        assert.deepEqual([at, by, ends], ['', '', 1]);
        assert.deepEqual(sent(documentOf(typedOf(app))), rest);
    }
    assert.deepEqual(backOf(registered({})).length, 2);
    assert(isSigning(registered({ jwks: KEYS })) && !isSigning(registered({})));
});
test('keys that cannot be read are not left out in silence', () => {
    assert.equal(keysOf('  '), null);
    assert.deepEqual(keysOf('{"keys":[]}'), { keys: [] });
    for (const wrong of ['{', '[]', '"x"', 'null', '1']) assert.equal(keysOf(wrong), undefined, wrong);
    assert.equal(documentOf({ ...NOTHING, jwks: '{' }), null);
});
