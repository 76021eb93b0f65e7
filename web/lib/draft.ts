// SPDX-License-Identifier: Apache-2.0
// What is typed and not saved yet: kept, sealed, for the open person and one station, so that a reload, Back, a
// turned tablet or an empty battery loses nothing. It goes with the person: closed, saved or logged out, it is
// deleted.
import { useLayoutEffect } from 'preact/hooks';
import { computed, signal, useSignal, type Signal } from '@preact/signals';
import { isBlank } from './blank.ts';
import { seal, unseal } from './seal.ts';
import { person, phase, whenPerson } from './session.ts';
import { store } from './store.ts';

const nameOf = (station: string): string | null => (person.value ? `${person.value.person} ${station}` : null);

const filled = signal<ReadonlySet<string>>(new Set());
const fill = (name: string, isFilled: boolean): void => {
    if (filled.value.has(name) === isFilled) return;
    const next = new Set(filled.value);
    if (isFilled) next.add(name);
    else next.delete(name);
    filled.value = next;
};
/** Something is typed for the open person and not saved. */
export const unsaved = computed(() => filled.value.size > 0);

/** A signal that starts as what was typed before, or as `empty`, and is kept with each change. It loads in a moment:
 * until then, and where nobody is open, it holds `empty`. `T` is JSON. */
export function useDraft<T>(station: string, empty: T): Signal<T> {
    const draft = useSignal<T>(empty),
        name = nameOf(station);
    useLayoutEffect(() => {
        if (name === null) return;
        const nothing = JSON.stringify(empty);
        let isOver = false,
            last = nothing,
            writing = Promise.resolve();
        const write = (value: T): void => {
            const text = JSON.stringify(value);
            fill(name, text !== nothing && !isBlank(value));
            if (text === last) return;
            last = text;
            // One write after the other: the last that was typed is the last that is kept.
            writing = writing
                .then(async () => (await store()).put('drafts', await seal(name, value), name))
                .then(
                    () => undefined,
                    () => undefined,
                );
        };
        draft.value = empty;
        void (async () => {
            const kept = await (await store()).get('drafts', name),
                value = kept && ((await unseal(name, kept)) as T | undefined);
            if (isOver || phase.value === 'nobody' || value === undefined || JSON.stringify(draft.value) !== last)
                return;
            last = JSON.stringify(value);
            draft.value = value;
        })();
        const end = draft.subscribe(write);
        return () => {
            isOver = true;
            end();
        };
    }, [name]);
    return draft;
}

/** Deletes the draft of a station: its entry is on its way. */
export async function dropDraft(station: string): Promise<void> {
    const name = nameOf(station);
    if (name === null) return;
    fill(name, false);
    await (await store()).delete('drafts', name);
}

// All drafts but those of the open person go.
async function sweep(): Promise<void> {
    filled.value = new Set(
        [...filled.value].filter((name) => person.value && name.startsWith(`${person.value.person} `)),
    );
    const db = await store(),
        open = person.value?.person;
    for (const name of await db.getAllKeys('drafts'))
        if (!open || !name.startsWith(`${open} `)) await db.delete('drafts', name);
}

/** Ties the drafts to the open person; once, at the start. */
export const startDrafts = (): void => whenPerson(sweep);
