// SPDX-License-Identifier: Apache-2.0
// Enter does the one thing of a screen where nothing has the focus that an Enter is for. A key that is held down does
// it once, and a scanner's Enter never comes here.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { phase } from './session.ts';

/** The name of the key, as it stands beside what it does. */
export const ENTER = 'Enter';

const OWN = 'button, a, input, select, textarea, summary, dialog, [contenteditable]';
const isFree = (target: EventTarget | null): boolean => !(target instanceof Element) || target.closest(OWN) === null;

/** useEnter - `act` is the one thing; null: there is none now. */
export function useEnter(act: (() => void) | null): void {
    const now = useRef(act);
    now.current = act;
    useLayoutEffect(() => {
        const key = (event: KeyboardEvent): void => {
            if (event.key !== ENTER || event.repeat || event.defaultPrevented || event.isComposing) return;
            if (phase.value !== 'in' || !now.current || !isFree(event.target)) return;
            if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            now.current();
        };
        addEventListener('keydown', key);
        return () => removeEventListener('keydown', key);
    }, []);
}
