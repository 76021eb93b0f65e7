// SPDX-License-Identifier: Apache-2.0
// The site's own log in sentences: which words an entry has, who did it and when.
import type { SiteEntry } from '../../lib/api.ts';

export type Said =
    | 'staff-left'
    | 'staff-is'
    | 'guideline'
    | 'guideline-back'
    | 'work'
    | 'settings'
    | 'backup'
    | 'clock'
    | 'recovery'
    | 'clinic'
    | 'form'
    | 'tablet'
    | 'tablet-locked'
    | 'tablet-removed'
    | 'build'
    | 'passkey'
    | 'authority'
    | 'alert-cards'
    | 'alert-tickets'
    | 'site'
    | 'document'
    | 'keys'
    | 'successor'
    | 'statistics';

const SITE: Readonly<Record<string, Said>> = {
    settings: 'settings',
    backup: 'backup',
    clock: 'clock',
    recovery: 'recovery',
    build: 'build',
};
const KINDS: Readonly<Record<string, Said>> = {
    work: 'work',
    clinic: 'clinic',
    form: 'form',
    build: 'build',
    passkey: 'passkey',
    tls: 'authority',
};

/** What an entry says. */
export function saidOf({ what, kind, id, facts }: SiteEntry): Said {
    if (what !== 'document') return what;
    if (kind === 'staff') return facts['retired'] === true ? 'staff-left' : 'staff-is';
    if (kind === 'guideline') return facts['takenBack'] === true ? 'guideline-back' : 'guideline';
    if (kind === 'tablet')
        return facts['removed'] === true ? 'tablet-removed' : facts['locked'] === true ? 'tablet-locked' : 'tablet';
    if (kind === 'alert') return (id ?? '').startsWith('many-cards') ? 'alert-cards' : 'alert-tickets';
    if (kind === 'site') return SITE[id ?? ''] ?? 'site';
    return KINDS[kind ?? ''] ?? 'document';
}

/** Who did it, where the entry says so. */
export function byOf({ facts }: SiteEntry): string {
    const by = facts['by'] ?? facts['acceptedBy'] ?? facts['enrolledBy'];
    return typeof by === 'string' ? by : '';
}

/** When, where it says so: a time of day in writing, or milliseconds. */
export function atOf({ facts }: SiteEntry): Date | null {
    const at = facts['at'];
    const time = typeof at === 'number' ? new Date(at) : typeof at === 'string' ? new Date(at) : null;
    return time === null || Number.isNaN(time.getTime()) ? null : time;
}

export const textOf = (entry: SiteEntry, fact: string): string => String(entry.facts[fact] ?? '');
