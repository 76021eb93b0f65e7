// SPDX-License-Identifier: Apache-2.0
// Entries of the stations on their way to the server. An entry is in IndexedDB, sealed, before the screen says "On
// this tablet"; it is sent with a key of its own until the server says what became of it, so that a tab that is
// killed, or an answer that is lost, neither loses it nor stores it twice. What the server asks or refuses needs
// somebody.
import { effect, signal } from '@preact/signals';
import {
    api,
    type Answer,
    type Entered,
    type Failure,
    type FormSave,
    type FormSaved,
    type Measure,
    type Measured,
} from './api.ts';
import { whenBack } from './connection.ts';
import { NOBODY, fate, matches, markOf, type Mark, type Need } from './outbox_rules.ts';
import { destroyKey, seal, unseal } from './seal.ts';
import { me, person, phase, whenIn, whenOut } from './session.ts';
import { store, type Sealed, type StoredEntry } from './store.ts';

/** On this tablet, sent, stored; or it needs somebody. */
export type State = 'tablet' | 'sent' | 'stored' | 'needs';

/** What is sealed of an entry. `by`: it is sent in that member's session alone. `of`: whose it is, without a name. */
interface Inside {
    by: string;
    of: Mark;
    ask: Measure | FormSave;
}
/** What the server says of readings, or of a form. */
export type Saved = Measured | FormSaved;

export interface Entry {
    key: string;
    at: number;
    station: string;
    state: State;
    need: Need | null;
    /** What the server said last, while the entry is here. */
    answer: Answer<Saved> | null;
    tries: number;
    /** It is in IndexedDB. */
    isKept: boolean;
    inside: Inside;
}

/** What this browser has that the server has not confirmed, oldest first. */
export const entries = signal<readonly Entry[]>([]);
/** Entries that nobody can read here any more: their key is gone. */
export const lost = signal(0);

type Told = (entry: Entry) => void;
const listeners = new Map<string, Told>();

type Heard = (entry: Entry, answer: Answer<Saved>) => void;
const heard: Heard[] = [];
/** Called with every answer of the server about an entry, also of one that an earlier page left: it may carry
 * alarms. */
export const whenAnswer = (hear: Heard): void => void heard.push(hear);

const change = (key: string, next: Partial<Entry>): void => {
    entries.value = entries.value.map((entry) => (entry.key === key ? { ...entry, ...next } : entry));
    const entry = entries.value.find((one) => one.key === key);
    if (entry) listeners.get(key)?.(entry);
};

// It is gone from the page before anything else can happen: beside the same reading from the server it would count
// twice.
async function remove(key: string): Promise<void> {
    entries.value = entries.value.filter((entry) => entry.key !== key);
    listeners.delete(key);
    // What cannot be deleted is sent again some day: the server keeps nothing twice.
    await store()
        .then((db) => db.delete('entries', key))
        .catch(() => undefined);
}

// A random UUID (version 4), also where crypto.randomUUID is not.
function uuid(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

// Sealed and on the disk, or not: a browser that cannot is told of, and stops no number on its way to the server.
async function write({ key, at, station }: Omit<StoredEntry, keyof Sealed>, inside: Inside): Promise<boolean> {
    try {
        const sealed = await seal(key, inside),
            tx = (await store()).transaction('entries', 'readwrite', { durability: 'strict' });
        await tx.store.put({ key, at, station, ...sealed });
        await tx.done;
        return true;
    } catch {
        return false;
    }
}

/** readingsOf - what was measured; of a form nothing. */
export const readingsOf = ({ inside: { ask } }: Entry): readonly Entered[] => ('readings' in ask ? ask.readings : []);

type Asking = Pick<Measure, 'readings' | 'confirmed'> | Pick<FormSave, 'form' | 'answers' | 'confirmed'>;

async function keepAsked(station: string, asking: Asking, told: Told): Promise<Entry | undefined> {
    const open = person.value,
        by = me.value?.name;
    if (!open || by === undefined) return undefined;
    const key = uuid(),
        at = Date.now(),
        of = await markOf(open).catch(() => NOBODY);
    const inside: Inside = { by, of, ask: { person: open.person, key, ...asking } };
    const isKept = await write({ key, at, station }, inside);
    const entry: Entry = {
        key,
        at,
        station,
        state: isKept ? 'tablet' : 'sent',
        need: null,
        answer: null,
        tries: 0,
        isKept,
        inside,
    };
    listeners.set(key, told);
    entries.value = [...entries.value, entry];
    told(entry);
    void send();
    return entry;
}

/** Keeps readings of the open person and sends them. When this returns they are durable on this tablet, or, where the
 * browser cannot keep anything, on their way (isKept false, never "On this tablet"). `told` is called with each change
 * until the server stored them. Undefined: nobody is open. */
export const keep = (
    station: string,
    readings: Entered[],
    confirmed: [number, number][],
    told: Told,
): Promise<Entry | undefined> => keepAsked(station, { readings, confirmed }, told);

/** The same with the answers of a form. */
export const keepForm = (
    station: string,
    asked: Pick<FormSave, 'form' | 'answers' | 'confirmed'>,
    told: Told,
): Promise<Entry | undefined> => keepAsked(station, asked, told);

/** Takes an entry out that needs somebody: they entered it anew, or decided that it is not to be kept. */
export const discard = (key: string): Promise<void> => remove(key);

/** Gives an entry that waits for its card to the person who is open now. False: it is somebody else's. */
export async function deliver(key: string): Promise<boolean> {
    const entry = entries.value.find((one) => one.key === key),
        open = person.value;
    if (!entry || !open || !(await matches(entry.inside.of, open))) return false;
    const inside = { ...entry.inside, ask: { ...entry.inside.ask, person: open.person } };
    const isKept = await write(entry, inside);
    change(key, { inside, isKept, state: isKept ? 'tablet' : 'sent', need: null });
    void send();
    return true;
}

/** Keys of the entries that wait for the card of the person who is open. */
export const theirs = signal<readonly string[]>([]);

async function findTheirs(): Promise<void> {
    const open = person.value,
        keys: string[] = [];
    for (const entry of open ? entries.value : [])
        if (open && entry.need === 'card' && mine(entry) && (await matches(entry.inside.of, open)))
            keys.push(entry.key);
    if (person.value === open) theirs.value = keys;
}

async function sendOne(entry: Entry): Promise<Failure | null> {
    change(entry.key, { state: 'sent', tries: entry.tries + 1 });
    const { ask } = entry.inside,
        answer: Answer<Saved> = 'form' in ask ? await api.formSave(ask) : await api.measure(ask),
        next = fate(answer, entry.isKept);
    change(entry.key, { state: next.state, need: next.need, answer });
    for (const hear of heard) hear(entry, answer);
    if (next.state === 'stored') await remove(entry.key);
    return answer.ok ? null : answer.failure;
}

let isSending = false,
    isAsked = false,
    timer: ReturnType<typeof setTimeout> | undefined;
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

const mine = (entry: Entry): boolean => entry.inside.by === me.value?.name;

const waits = (entry: Entry): boolean =>
    mine(entry) && (entry.state === 'tablet' || (!entry.isKept && entry.state !== 'stored'));

// One after the other. A server that does not answer ends the round; one that cannot store this entry may store the
// next.
async function sendAll(): Promise<void> {
    const round = entries.value.filter(waits);
    for (const entry of round) {
        if (phase.value !== 'in') return;
        const failure = await sendOne(entry);
        if (failure?.kind === 'no-answer') break;
    }
    const left = entries.value.filter(waits);
    if (left.length === 0) return;
    clearTimeout(timer);
    const tries = Math.min(...left.map((one) => one.tries));
    timer = setTimeout(() => void send(), AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
}

/** Sends what waits, oldest first, one after another; one tab of this browser at a time. */
export async function send(): Promise<void> {
    isAsked = true;
    if (isSending) return;
    isSending = true;
    try {
        while (isAsked) {
            isAsked = false;
            if (navigator.locks) await navigator.locks.request('salve-outbox', sendAll);
            else await sendAll();
        }
    } finally {
        isSending = false;
    }
}

// What an earlier page left. An answer may have been lost with it: the same key asks again.
async function load(): Promise<void> {
    const rows = await (await store()).getAll('entries'),
        known = new Set(entries.value.map((entry) => entry.key));
    let gone = 0;
    const found: Entry[] = [];
    for (const { key, at, station, ...sealed } of rows) {
        if (known.has(key)) continue;
        const inside = (await unseal(key, sealed)) as Inside | undefined;
        if (inside)
            found.push({ key, at, station, state: 'tablet', need: null, answer: null, tries: 0, isKept: true, inside });
        else gone++;
    }
    lost.value = gone;
    entries.value = [...entries.value, ...found].sort((a, b) => a.at - b.at);
}

// A browser that keeps nothing has nothing to load; the session begins all the same.
async function comeIn(): Promise<void> {
    await load().catch(() => undefined);
    void navigator.storage?.persist().catch(() => undefined);
    void send();
}

// Nothing waits: the key is destroyed with the session. Else it stays, for what waits.
async function clear(): Promise<void> {
    const db = await store();
    await db.clear('drafts');
    if ((await db.count('entries')) === 0) await destroyKey();
}

async function goOut(): Promise<void> {
    clearTimeout(timer);
    listeners.clear();
    entries.value = [];
    lost.value = 0;
    await clear().catch(() => undefined);
}

/** Deletes what cannot be read any more: somebody has seen that it is lost. */
export async function forgetLost(): Promise<void> {
    const db = await store();
    for (const { key, ...sealed } of await db.getAll('entries'))
        if ((await unseal(key, sealed)) === undefined) await db.delete('entries', key);
    lost.value = 0;
}

/** Ties the outbox to the session; once, at the start. */
export function startOutbox(): void {
    whenIn(comeIn);
    whenOut(goOut);
    whenBack(() => void send());
    effect(() => void findTheirs());
}
