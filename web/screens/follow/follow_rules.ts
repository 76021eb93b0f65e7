// SPDX-License-Identifier: Apache-2.0
// The list of what is followed up: what was answered, what is overdue, what is due later.
import type { Due } from '../../lib/referrals.ts';

export const GROUPS = ['answered', 'overdue', 'later'] as const;
export type Group = (typeof GROUPS)[number];

/** When the first of it is due; of an answer alone the moment that it came. */
export const dueOf = ({ tasks }: Due): number => {
    const asked = tasks.filter(({ task }) => task !== 'reply');
    return Math.min(...(asked.length > 0 ? asked : tasks).map(({ due }) => Date.parse(due)));
};

export const groupOf = (one: Due, now: number): Group =>
    one.answered ? 'answered' : dueOf(one) < now ? 'overdue' : 'later';

/** Each group, what is due first before the rest. */
export function grouped(list: readonly Due[], now: number): Record<Group, Due[]> {
    const out: Record<Group, Due[]> = { answered: [], overdue: [], later: [] };
    for (const one of [...list].sort((a, b) => dueOf(a) - dueOf(b))) out[groupOf(one, now)].push(one);
    return out;
}
