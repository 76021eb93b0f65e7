// SPDX-License-Identifier: Apache-2.0
// Passkeys: made and shown by the browser, which asks for the PIN of the key or whatever the key itself asks for; what
// that is never comes here. No name is sent: a passkey says by itself whose it is.
import type { Account, Passkey } from './api.ts';
import { toBytes, toText } from './bytes.ts';

/** What became of asking the browser. */
export type Asked<T> = { ok: true; value: T } | { ok: false; why: 'stopped' | 'already' | 'unable' };

/** May a page at `host` use passkeys of the name that the site has? A browser takes no address in numbers. */
export const isNameFor = (rpId: string, host: string): boolean =>
    rpId !== '' && (host === rpId || host.endsWith(`.${rpId}`));

export const canPasskey = (rpId: string | undefined): boolean =>
    globalThis.isSecureContext && 'PublicKeyCredential' in globalThis && isNameFor(rpId ?? '', location.hostname);

// The browser says no more than a name of what went wrong, on purpose.
const whyOf = (error: unknown): 'stopped' | 'already' | 'unable' => {
    const name = error instanceof DOMException ? error.name : '';
    if (name === 'InvalidStateError') return 'already';
    return name === 'NotAllowedError' || name === 'AbortError' ? 'stopped' : 'unable';
};

// ES256, EdDSA, RS256 by their numbers of COSE, in the order in which they are preferred.
const ALGORITHMS = [-7, -8, -257] as const;
const WAIT_MS = 55_000;

export async function showPasskey(challenge: string, rpId: string): Promise<Asked<Passkey>> {
    try {
        const publicKey: PublicKeyCredentialRequestOptions = {
            challenge: toBytes(challenge),
            rpId,
            userVerification: 'required',
            timeout: WAIT_MS,
        };
        const made = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
        if (!made) return { ok: false, why: 'unable' };
        const { authenticatorData, clientDataJSON, signature } = made.response as AuthenticatorAssertionResponse;
        return {
            ok: true,
            value: {
                challenge,
                credential: toText(made.rawId),
                authenticatorData: toText(authenticatorData),
                clientData: toText(clientDataJSON),
                signature: toText(signature),
            },
        };
    } catch (error) {
        return { ok: false, why: whyOf(error) };
    }
}

/** Makes one for the account; an authenticator that has one of it already makes no second. */
export async function makePasskey(
    challenge: string,
    account: Account,
    place: { rpId: string; name: string },
): Promise<Asked<{ authenticatorData: string; clientData: string }>> {
    try {
        const publicKey: PublicKeyCredentialCreationOptions = {
            challenge: toBytes(challenge),
            rp: { id: place.rpId, name: place.name },
            user: { id: toBytes(account.handle), name: account.name, displayName: account.name },
            pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
            excludeCredentials: account.passkeys.map(({ credential }) => ({
                type: 'public-key',
                id: toBytes(credential),
            })),
            authenticatorSelection: {
                residentKey: 'required',
                requireResidentKey: true,
                userVerification: 'required',
            },
            attestation: 'none',
            timeout: WAIT_MS,
        };
        const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
        if (!made) return { ok: false, why: 'unable' };
        const response = made.response as AuthenticatorAttestationResponse;
        return {
            ok: true,
            value: {
                authenticatorData: toText(response.getAuthenticatorData()),
                clientData: toText(response.clientDataJSON),
            },
        };
    } catch (error) {
        return { ok: false, why: whyOf(error) };
    }
}
