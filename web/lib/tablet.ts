// SPDX-License-Identifier: Apache-2.0
// The key of an enrolled tablet: P-256, made here and not readable by scripts. With it a PIN is enough at this tablet;
// it says which device this is and nothing of who uses it.
import { signal } from '@preact/signals';
import { toText } from './bytes.ts';
import { deviceGet, store } from './store.ts';

const NAME = 'tablet';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** The id under which this tablet is enrolled; null: it is not. */
export const tabletId = signal<string | null>(null);

export async function startTablet(): Promise<void> {
    tabletId.value = (await deviceGet(NAME).catch(() => undefined)) ?? null;
}

/** A new key: its public half, and what keeps it once the server has enrolled it. */
export async function makeTablet(): Promise<{ publicKey: string; keep: (id: string) => Promise<void> }> {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
    const keep = async (id: string): Promise<void> => {
        const tx = (await store()).transaction(['keys', 'device'], 'readwrite', { durability: 'strict' });
        await tx.objectStore('keys').put(privateKey, NAME);
        await tx.objectStore('device').put(id, NAME);
        await tx.done;
        tabletId.value = id;
    };
    return { publicKey: toText(await crypto.subtle.exportKey('raw', publicKey)), keep };
}

/** What an enrolled tablet signs: which challenge, for which name. */
export const tabletText = (challenge: string, name: string): string => `salve tablet 1\n${challenge}\n${name}`;

/** The signature of this tablet, r and s; null: it has no key. */
export async function signTablet(challenge: string, name: string): Promise<string | null> {
    const key = await (await store()).get('keys', NAME);
    if (!key) return null;
    const text = new TextEncoder().encode(tabletText(challenge, name));
    return toText(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, text));
}

/** The tablet was removed: its key is of no use any more. */
export async function forgetTablet(): Promise<void> {
    const tx = (await store()).transaction(['keys', 'device'], 'readwrite');
    await tx.objectStore('keys').delete(NAME);
    await tx.objectStore('device').delete(NAME);
    await tx.done;
    tabletId.value = null;
}
