// SPDX-License-Identifier: Apache-2.0
// Whose card lies on the desk while their record is not open: enrolled just now, or shown and nothing is agreed to. In
// memory alone; it goes with the next person, with the log-out, and when the desk is done with them.
import { signal } from '@preact/signals';
import type { AtDesk } from './api.ts';
import { person, whenOut, whenPerson } from './session.ts';

export const deskCard = signal<string | null>(null);
/** A slip that was scanned, on its way to the screen that changes it for a card. */
export const slipAtDesk = signal<string | null>(null);

/** Who is asked about their choices now: the card on the desk, or who is open by their card; null: nobody. */
export function atDesk(): AtDesk | null {
    if (deskCard.value !== null) return { card: deskCard.value };
    return person.value?.by === 'card' ? { person: person.value.person } : null;
}

/** Ties it to the session; once, at the start. */
export function startDesk(): void {
    const clear = (): void => void (deskCard.value = slipAtDesk.value = null);
    whenOut(clear);
    whenPerson(() => void (person.value !== null && clear()));
}
