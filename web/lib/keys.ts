// SPDX-License-Identifier: Apache-2.0
// Keys that do something on a screen. A single letter waits for 90 ms, and does nothing if another key follows: it
// may be the beginning of a scanner's burst. None acts in a box where text is typed.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { phase } from './session.ts';

const SCANNER_MS = 90;
const isTyping = (target: EventTarget | null): boolean =>
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** As it is written in the table of a screen: 'Escape', '/', 'n', 'Alt+3'. A letter is that of the key in any script.
 * */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey'>): string {
    if (event.ctrlKey || event.metaKey) return '';
    const digit = /^Digit(\d)$/.exec(event.code)?.[1],
        letter = /^Key([A-Z])$/.exec(event.code)?.[1];
    if (event.altKey) return digit ? `Alt+${digit}` : '';
    if (event.key.length !== 1) return event.key;
    return (event.key > '~' && letter ? letter : event.key).toLowerCase();
}

const drops = new Set<() => void>();

/** What waits for a key does nothing: the key was the last character of a scanner's burst, whose Enter nobody else
 * hears. */
export const dropKeys = (): void => drops.forEach((drop) => drop());

/** Runs what the table has for a key, for as long as the component is there. */
export function useKeys(table: Readonly<Record<string, () => void>>): void {
    const now = useRef(table);
    now.current = table;
    useLayoutEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const drop = (): void => clearTimeout(timer);
        drops.add(drop);
        const key = (event: KeyboardEvent): void => {
            drop();
            if (phase.value !== 'in' || event.defaultPrevented || event.isComposing) return;
            const name = nameOf(event),
                isLetter = name.length === 1;
            if (!now.current[name] || (isLetter && isTyping(event.target))) return;
            event.preventDefault();
            timer = setTimeout(() => now.current[name]?.(), isLetter ? SCANNER_MS : 0);
        };
        addEventListener('keydown', key);
        return () => {
            drop();
            drops.delete(drop);
            removeEventListener('keydown', key);
        };
    }, []);
}
