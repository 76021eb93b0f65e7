// SPDX-License-Identifier: Apache-2.0
// What this browser keeps, in IndexedDB: how the device shows things (language, theme), and, sealed, entries and
// drafts of the stations (outbox.ts, draft.ts). Nothing else is kept, and nothing in local storage.
// docs/internals/web.md.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

/** Sealed under the device's key: AES-GCM, 96 random bits of iv. */
export interface Sealed {
    iv: Uint8Array;
    bytes: ArrayBuffer;
}
/** An entry that the server has not confirmed. What it says of a person is sealed. */
export interface StoredEntry extends Sealed {
    key: string;
    at: number;
    station: string;
}

interface Schema extends DBSchema {
    device: { key: string; value: string };
    keys: { key: string; value: CryptoKey };
    entries: { key: string; value: StoredEntry };
    drafts: { key: string; value: Sealed };
}
export type Store = IDBPDatabase<Schema>;

let opened: Promise<Store> | undefined;

/** The database, opened once. */
export function store(): Promise<Store> {
    opened ??= openDB<Schema>('salve', 1, {
        upgrade(db) {
            db.createObjectStore('device');
            db.createObjectStore('keys');
            db.createObjectStore('entries', { keyPath: 'key' });
            db.createObjectStore('drafts');
        },
        // Another tab has a newer program: this one lets go, so that it can open.
        blocking: (_now, _next, event) => (event.target as IDBDatabase).close(),
    });
    return opened;
}

export const deviceGet = async (name: string): Promise<string | undefined> => (await store()).get('device', name);
export const deviceSet = async (name: string, value: string): Promise<void> =>
    void (await (await store()).put('device', value, name));
