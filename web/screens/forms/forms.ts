// SPDX-License-Identifier: Apache-2.0
// Which forms of the plan are asked here.
import type { AskedState } from 'gen/lists.ts';
import type { AskedItem } from '../../lib/asked.ts';

export interface Listed {
    readonly id: string;
    readonly title: string;
    readonly state: AskedState;
}

// Danger questions have a screen of their own, and what belongs to another station is asked there.
const OWN_SCREEN = 'danger';
export const isLeft = ({ kind, station, item }: AskedItem): boolean =>
    kind === 'form' && station === 'questions' && item !== OWN_SCREEN;

/** listed - the forms that this site has, in the order of the plan, those that are missing first. */
export function listed(asks: readonly AskedItem[]): Listed[] {
    const all = asks
        .filter(isLeft)
        .flatMap(({ item, title, state }) => (title === null ? [] : [{ id: item, title, state }]));
    return [...all.filter(({ state }) => state !== 'done'), ...all.filter(({ state }) => state === 'done')];
}
