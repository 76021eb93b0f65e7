// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from './api.ts';
import { toBytes } from './bytes.ts';
import { canPasskey, isNameFor, makePasskey, showPasskey } from './passkey.ts';

const account: Account = {
    name: 'lina',
    role: 'assistant',
    handle: 'AAAAAAAAAAAAAAAAAAAAAA',
    passkeys: [{ id: '1', label: 'blue', added: '2026-11-30T08:00:00Z', credential: 'AQID', wentBack: null }],
    totp: false,
    phrase: true,
    pin: false,
};
const place = { rpId: 'salve.home.arpa', name: 'North Clinic' };
const bytes = (...list: number[]): ArrayBuffer => new Uint8Array(list).buffer;
function browser(credentials: object): void {
    Object.defineProperty(globalThis, 'navigator', { value: { credentials }, configurable: true });
}
const refuses = (name: string) => () => Promise.reject(new DOMException('', name));

test('a passkey is for the name of the site, and for no address in numbers', () => {
    assert(isNameFor('salve.home.arpa', 'salve.home.arpa'));
    assert(isNameFor('salve.home.arpa', 'my.salve.home.arpa'));
    assert(!isNameFor('salve.home.arpa', 'evilsalve.home.arpa'));
    assert(!isNameFor('localhost', '127.0.0.1'));
    assert(!isNameFor('', 'localhost'));
    assert(!canPasskey('localhost')); // nothing here has them
});
test('showing one asks for the user to be verified, and names nobody', async () => {
    let asked: PublicKeyCredentialRequestOptions | undefined;
    browser({
        get: (options: CredentialRequestOptions) => {
            asked = options.publicKey;
            const response = {
                authenticatorData: bytes(1),
                clientDataJSON: bytes(2),
                signature: bytes(3),
                userHandle: bytes(9),
            };
            return Promise.resolve({ rawId: bytes(4), response });
        },
    });
    const shown = await showPasskey('_-8', place.rpId);
    assert.equal(asked?.userVerification, 'required');
    assert.equal(asked?.rpId, place.rpId);
    assert.equal(asked?.allowCredentials, undefined);
    assert.deepEqual(asked?.challenge, toBytes('_-8'));
    assert.deepEqual(shown, {
        ok: true,
        value: { challenge: '_-8', credential: 'BA', authenticatorData: 'AQ', clientData: 'Ag', signature: 'Aw' },
    });
});
test('one is made for any authenticator that can verify its user, without attestation', async () => {
    let asked: PublicKeyCredentialCreationOptions | undefined;
    browser({
        create: (options: CredentialCreationOptions) => {
            asked = options.publicKey;
            return Promise.resolve({
                response: { getAuthenticatorData: () => bytes(7), clientDataJSON: bytes(8) },
            });
        },
    });
    const made = await makePasskey('AQ', account, place);
    assert.deepEqual(made, { ok: true, value: { authenticatorData: 'Bw', clientData: 'CA' } });
    assert.equal(asked?.attestation, 'none');
    assert.equal(asked?.authenticatorSelection?.residentKey, 'required');
    assert.equal(asked?.authenticatorSelection?.authenticatorAttachment, undefined);
    assert.deepEqual(
        asked?.pubKeyCredParams.map(({ alg }) => alg),
        [-7, -8, -257],
    );
    assert.deepEqual(
        asked?.excludeCredentials?.map(({ id }) => id),
        [toBytes('AQID')],
    );
});
test('what a browser refuses has one of three reasons', async () => {
    browser({ create: refuses('InvalidStateError'), get: refuses('NotAllowedError') });
    assert.deepEqual(await makePasskey('AQ', account, place), { ok: false, why: 'already' });
    assert.deepEqual(await showPasskey('AQ', place.rpId), { ok: false, why: 'stopped' });
    browser({ get: refuses('SecurityError') });
    assert.deepEqual(await showPasskey('AQ', place.rpId), { ok: false, why: 'unable' });
});
