// SPDX-License-Identifier: Apache-2.0
// What a member has to log in with, and how a secret of a generator is written to be typed.
import type { Account } from '../../lib/api.ts';

export type Way = 'passkeys' | 'totp' | 'phrase' | 'pin' | 'none';

/** What there is, the strongest first. */
export function whatIsThere({ passkeys, totp, phrase, pin }: Account): { key: Way; count: number }[] {
    const ways: [Way, number][] = [
        ['passkeys', passkeys.length],
        ['totp', Number(totp)],
        ['phrase', Number(phrase)],
        ['pin', Number(pin)],
    ];
    const there = ways.filter(([, count]) => count > 0).map(([key, count]) => ({ key, count }));
    return there.length > 0 ? there : [{ key: 'none', count: 0 }];
}

/** A long text in groups of four, to be read and typed. */
export const inFours = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');
