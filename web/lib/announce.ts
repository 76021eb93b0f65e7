// SPDX-License-Identifier: Apache-2.0
// What is said aloud by a screen reader: one polite and one urgent live region, drawn once by the frame. What was
// said may name a person: it goes with the person, and with the lock.
import { batch, signal } from '@preact/signals';

export const politely = signal('');
export const urgently = signal('');

/** Says a sentence when the reader is free. The same one again is said again. */
export function say(text: string): void {
    politely.value = politely.value === text ? `${text}\u00a0` : text;
}

/** Says a sentence at once: an alarm, an entry that needs somebody. */
export function sayNow(text: string): void {
    urgently.value = urgently.value === text ? `${text}\u00a0` : text;
}

/** Takes back what was said. */
export function hush(): void {
    batch(() => {
        politely.value = '';
        urgently.value = '';
    });
}
