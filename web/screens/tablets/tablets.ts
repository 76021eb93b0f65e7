// SPDX-License-Identifier: Apache-2.0
// What is looked at before a tablet is enrolled, as far as the tablet itself can tell.
import type { SiteMode } from '../../lib/api.ts';
import { isNameFor } from '../../lib/passkey.ts';

export type Step = 'name' | 'certificate' | 'words' | 'clock' | 'storage';
export type StepState = 'good' | 'look' | 'fault' | 'ask';

export interface Seen {
    mode: SiteMode;
    rpId: string;
    host: string;
    isSecure: boolean;
    /** Somebody compared the words: true, false; null: not yet. */
    areWords: boolean | null;
    /** Of the server's clock to that of this tablet; null: not known yet. */
    clockOffMs: number | null;
    isPersisted: boolean | null;
}

const CLOCK_OFF_MS = 60_000;

/** Each step, in the order in which they are looked at. The words of a certificate are the site's own alone. */
export function steps(seen: Seen): { step: Step; state: StepState }[] {
    const list: { step: Step; state: StepState }[] = [
        { step: 'name', state: isNameFor(seen.rpId, seen.host) ? 'good' : 'fault' },
        { step: 'certificate', state: seen.isSecure ? 'good' : 'fault' },
    ];
    if (seen.mode === 'site')
        list.push({ step: 'words', state: seen.areWords === null ? 'ask' : seen.areWords ? 'good' : 'fault' });
    const isClockOff = seen.clockOffMs !== null && Math.abs(seen.clockOffMs) > CLOCK_OFF_MS;
    list.push({ step: 'clock', state: seen.clockOffMs === null || isClockOff ? 'look' : 'good' });
    list.push({ step: 'storage', state: seen.isPersisted ? 'good' : 'look' });
    return list;
}

/** May it be enrolled? What is only to be looked at holds nobody up. */
export const mayEnrol = (list: readonly { state: StepState }[]): boolean =>
    list.every(({ state }) => state === 'good' || state === 'look');
