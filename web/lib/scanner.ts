// SPDX-License-Identifier: Apache-2.0
// Catches a scanner's burst wherever the focus is, except in text areas. What its characters did to the boxes on the
// way is taken back: to a native input by itself, to others by what they gave to keepForScan.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { Burst, characterOf } from './burst.ts';
import { dropKeys } from './keys.ts';
import { phase } from './session.ts';

/** The last code that came while an alarm is held: it opens nobody; the alarm's screen says so. */
export const scanned = signal<{ text: string } | null>(null);

type Keep = () => () => void;
const keeps = new Set<Keep>();

/** For a screen that reads keys itself: `keep` gives what puts its state back. Returns what ends it. */
export function keepForScan(keep: Keep): () => void {
    keeps.add(keep);
    return () => void keeps.delete(keep);
}

type Take = (text: string) => boolean;
const takes = new Set<Take>();

/** For a screen that waits for another code than a card: `take` says whether the code was its own. Returns what ends
 * it. */
export function takeScans(take: Take): () => void {
    takes.add(take);
    return () => void takes.delete(take);
}

type Box = HTMLInputElement;
const isBox = (target: EventTarget | null): target is Box => target instanceof HTMLInputElement;

function keepBox(box: Box): () => void {
    const { value } = box;
    return () => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(box, value);
        box.dispatchEvent(new Event('input', { bubbles: true }));
    };
}

/** Calls `heard` with each code, for as long as the component is there, and only while unlocked. */
export function useScanner(heard: (text: string) => void): void {
    const now = useRef(heard);
    now.current = heard;
    useLayoutEffect(() => {
        const burst = new Burst();
        let back: (() => void)[] = [];
        const key = (event: KeyboardEvent): void => {
            if (phase.value !== 'in' || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
            if (event.target instanceof HTMLTextAreaElement) return;
            const what = burst.hear(characterOf(event.key, event.code), event.timeStamp);
            if (what.is === 'first')
                back = [...(isBox(event.target) ? [keepBox(event.target)] : []), ...[...keeps].map((keep) => keep())];
            if (what.is !== 'code') return;
            event.preventDefault();
            event.stopImmediatePropagation();
            dropKeys();
            for (const put of back) put();
            back = [];
            if (![...takes].some((take) => take(what.text))) now.current(what.text);
        };
        addEventListener('keydown', key, { capture: true });
        return () => removeEventListener('keydown', key, { capture: true });
    }, []);
}
