// SPDX-License-Identifier: Apache-2.0
// The keypad machine tied to a screen: keys of the keyboard, a scanner that typed over the boxes, and what is saved.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';
import type { Timed } from 'gen/lists.ts';
import { plainDigits } from '../../lib/fill.ts';
import { keepForScan } from '../../lib/scanner.ts';
import { phase } from '../../lib/session.ts';
import { timeFrom, timeOff } from '../../lib/timing.ts';
import { padKey, padOpen, padPress, type Box, type Pad, type PadKey } from './keypad.ts';

export interface PadUse {
    readonly pad: Pad;
    readonly set: (pad: Pad) => void;
    readonly press: (key: PadKey) => void;
    /** A box was written to by something that presses no keys: paste, dictation, a screen reader. */
    readonly write: (at: number, text: string) => void;
}

interface Ends {
    readonly onSave: (texts: readonly string[]) => void;
    readonly onLeave: () => void;
    /** Something else has the keys: a question about a number, an outcome that is open. */
    readonly isOff: boolean;
    /** What the first digit begins, whose time is taken. */
    readonly timed?: Timed;
}

const takesKeys = (target: EventTarget | null): boolean =>
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.dataset['pad'] === undefined);

/** Which key this is for the pad; a button or link that has the focus keeps its own Enter. */
function meant(event: KeyboardEvent): PadKey | null {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || takesKeys(event.target)) return null;
    const key = padKey(event.key),
        isControl = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
    return key === 'enter' && isControl ? null : key;
}

/** usePad - the boxes, with what was typed into them before: `draft` keeps their texts over a reload. */
export function usePad(boxes: readonly Box[], draft: Signal<readonly string[]>, ends: Ends): PadUse {
    const state = useSignal<Pad>(padOpen(boxes, draft.value)),
        now = useRef(ends);
    now.current = ends;
    // The draft is read in a moment; what was typed meanwhile stands.
    const isSame = boxes.every((_, i) => (draft.value[i] ?? '') === (state.value.texts[i] ?? ''));
    const pad = isSame || state.value.texts.some((text) => text !== '') ? state.value : padOpen(boxes, draft.value);
    const set = (next: Pad): void => {
        const { timed } = now.current;
        state.value = next;
        draft.value = next.texts;
        if (timed !== undefined && next.texts.some((text) => text !== '')) timeFrom(timed);
        else if (timed !== undefined) timeOff(timed);
    };
    const press = (key: PadKey): void => {
        if (now.current.isOff) return;
        const done = padPress(pad, key);
        set(done.pad);
        if (done.then === 'save') now.current.onSave(done.pad.texts);
        if (done.then === 'leave') now.current.onLeave();
    };
    const pressed = useRef(press),
        shown = useRef(pad);
    shown.current = pad;
    pressed.current = press;
    const write = (at: number, text: string): void => {
        const empty = {
            ...pad,
            texts: pad.texts.map((old, i) => (i === at ? '' : old)),
            at,
            isFresh: false,
            wants: -1,
        };
        const keys = [...plainDigits(text)].map(padKey).filter((key) => key !== null && /^[0-9.]$/.test(key));
        // What follows a jump belongs to no box that was written to.
        set(keys.reduce<Pad>((so, key) => (key !== null && so.at === at ? padPress(so, key).pad : so), empty));
    };
    useLayoutEffect(() => {
        const key = (event: KeyboardEvent): void => {
            const name = phase.value === 'in' && !event.defaultPrevented && !now.current.isOff ? meant(event) : null;
            if (name === null) return;
            event.preventDefault();
            pressed.current(name);
        };
        addEventListener('keydown', key);
        const free = keepForScan(() => {
            const before = shown.current; // also what the draft gave, which is not in `state` yet
            return () => set(before);
        });
        return () => {
            removeEventListener('keydown', key);
            free();
        };
    }, []);
    return { pad, set, press, write };
}
