// SPDX-License-Identifier: Apache-2.0
// The register as it is shown: who confirms what, what somebody has to log in with, a first secret.
import { roles, type Role } from 'gen/lists.ts';
import type { Member, Shown, With } from '../../lib/api.ts';

const PERSONS_SIDE: readonly Role[] = ['participant', 'helper', 'guardian'];
/** Roles of staff, in the order of the list. */
export const STAFF_ROLES = (Object.keys(roles) as Role[]).filter((role) => !PERSONS_SIDE.includes(role));

/** Is a second member of staff asked for at once? The server says whether one is needed. */
export const wantsSecond = (...roles: readonly Role[]): boolean =>
    roles.some((role) => role === 'manager' || role === 'clinician');

/** Who works here first, then who left; each by name. */
export const inOrder = (staff: readonly Member[]): Member[] =>
    [...staff].sort((a, b) => Number(a.retired) - Number(b.retired) || a.name.localeCompare(b.name));

export type Way = 'left' | 'passkeys' | 'totp' | 'phrase' | 'pin' | 'none';
export function waysOf({ retired, passkeys, totp, phrase, pin }: Member): { key: Way; count: number }[] {
    if (retired) return [{ key: 'left', count: 0 }];
    const ways: { key: Way; count: number }[] = [
        { key: 'passkeys', count: passkeys },
        { key: 'totp', count: Number(totp) },
        { key: 'phrase', count: Number(phrase) },
        { key: 'pin', count: Number(pin) },
    ];
    const there = ways.filter(({ count }) => count > 0);
    return there.length > 0 ? there : [{ key: 'none', count: 0 }];
}

/** What the second one shows, as members of the call. */
export function asWith(name: string, shown: Shown): With {
    if (!('secret' in shown)) return shown;
    const { secret, ...rest } = shown;
    return { with: name, withSecret: secret, ...rest };
}

// No letter or digit that looks like another.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz';
/** A first passphrase of four groups, drawn by lot: 5 letters of 23 each, 90 bits. */
export function firstSecret(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
    const out: string[] = [];
    while (out.length < 20) {
        for (const byte of random(new Uint8Array(32)))
            if (byte < 253 && out.length < 20) out.push(LETTERS[byte % LETTERS.length] ?? '');
    }
    return out.join('').replace(/(.{5})(?=.)/g, '$1-');
}
