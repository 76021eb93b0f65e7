// SPDX-License-Identifier: Apache-2.0
// Letters that wait: in which order, and which of them can be made now.
import type { Waiting } from '../../lib/api.ts';

/** Can its record be opened without the card? */
export const canOpen = ({ reach }: Waiting): boolean => reach !== 'next-visit';

/** What can be made now first, then what waits for its card; each in the order of signing. */
export const byWaiting = (list: readonly Waiting[]): Waiting[] =>
    [...list].sort((a, b) => Number(canOpen(b)) - Number(canOpen(a)) || a.since.localeCompare(b.since));
