// SPDX-License-Identifier: Apache-2.0
// What is missing before something is shown or made, as plain functions. Nothing is chosen before the person chooses.
import type { LetIn, Own } from '../../lib/apps.ts';
import type { PlainKey } from '../../lib/words.ts';

/** How many days a link is good. */
export const LINK_DAYS = ['1', '7', '30'] as const;
export type LinkDays = (typeof LINK_DAYS)[number];

export interface LinkChoice {
    label: string;
    days: LinkDays | null;
    /** Also what is kept apart. */
    apart: 'yes' | 'no' | null;
}
export const NO_LINK: LinkChoice = { label: '', days: null, apart: null };

/** As many links as the gate keeps for one person at a time. */
export const LINKS_MAX = 8;
/** Nobody touched the page so long: what it shows is forgotten. */
export const IDLE_MS = 3 * 60_000;

export function showMissing(card: string, told: string): PlainKey | null {
    if (card.trim() === '') return 'connect.need-card';
    return told.trim() === '' ? 'connect.need-told' : null;
}

export function linkMissing({ days, apart }: LinkChoice): PlainKey | null {
    if (apart === null) return 'own.need-apart';
    return days === null ? 'own.need-days' : null;
}

export const mayMake = ({ mayLink, links }: Own): 'yes' | 'no-address' | 'full' =>
    !mayLink ? 'no-address' : links.length >= LINKS_MAX ? 'full' : 'yes';

/** Those that read still; those that are over, the newest first. */
export const lettingIn = (apps: readonly LetIn[]): LetIn[] => apps.filter(({ on }) => on);
export const over = (apps: readonly LetIn[]): LetIn[] => apps.filter(({ on }) => !on).reverse();
