// SPDX-License-Identifier: Apache-2.0
// Sealing of what waits in this browser: AES-GCM under a key that scripts can use and cannot read (WebCrypto, not
// extractable). The key is made when somebody comes in, and destroyed when they leave and nothing waits. What that
// protects, and what not: docs/internals/web.md.
import { store, type Sealed } from './store.ts';

const NAME = 'waiting';
const algorithm = { name: 'AES-GCM', length: 256 } as const;

const keptKey = async (): Promise<CryptoKey | undefined> => (await store()).get('keys', NAME);

/** The key of this device; made where there is none. */
async function key(): Promise<CryptoKey> {
    const kept = await keptKey();
    if (kept) return kept;
    const db = await store();
    const made = await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt']);
    // Two tabs that make one at the same time end with the same: the first that was written.
    const tx = db.transaction('keys', 'readwrite'),
        first = await tx.store.get(NAME);
    if (!first) await tx.store.put(made, NAME);
    await tx.done;
    return first ?? made;
}

const bound = (about: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`salve ${about}`);

/** Seals a value; `about` is bound to it, so that one place's bytes open nowhere else. */
export async function seal(about: string, value: unknown): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12)),
        plain = new TextEncoder().encode(JSON.stringify(value));
    const bytes = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: bound(about) },
        await key(),
        plain,
    );
    return { iv, bytes };
}

/** What was sealed, or undefined: the key is gone, or the bytes are not what was written. */
export async function unseal(about: string, sealed: Sealed): Promise<unknown> {
    try {
        const given = { name: 'AES-GCM', iv: new Uint8Array(sealed.iv), additionalData: bound(about) };
        const kept = await keptKey();
        return kept && JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(given, kept, sealed.bytes)));
    } catch {
        return undefined;
    }
}

/** Destroys the key: nothing that is still sealed opens any more. */
export const destroyKey = async (): Promise<void> => (await store()).delete('keys', NAME);
