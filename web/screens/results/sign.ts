// SPDX-License-Identifier: Apache-2.0
// Signing as a machine: what is signed is shown, a draft is left out only with a reason, and what goes to the server is
// what was on the screen.
import type { Shown } from './findings.ts';

export interface Signing {
    readonly drafts: readonly Shown[];
    /** Reasons of those that are left out, by item; the empty reason still has to be written. */
    readonly leave: Readonly<Record<string, string>>;
    readonly step: 'choosing' | 'sending' | 'signed' | 'failed';
    readonly code: string | null;
}

export const signOpen = (drafts: readonly Shown[]): Signing => ({ drafts, leave: {}, step: 'choosing', code: null });

export function signLeave(signing: Signing, item: string, reason: string): Signing {
    if (!signing.drafts.some((one) => one.item === item)) return signing;
    return { ...signing, leave: { ...signing.leave, [item]: reason } };
}

export function signTake(signing: Signing, item: string): Signing {
    const { [item]: _reason, ...leave } = signing.leave;
    return { ...signing, leave };
}

/** What keeps it from being signed; null: nothing. */
export function signLacks(
    signing: Signing,
): { readonly kind: 'nothing' } | { readonly kind: 'reason'; readonly item: string } | null {
    const bare = Object.keys(signing.leave).find((item) => signing.leave[item]?.trim() === '');
    if (bare !== undefined) return { kind: 'reason', item: bare };
    return signing.drafts.length === 0 ? { kind: 'nothing' } : null;
}

export function signBody(
    signing: Signing,
    person: string,
): { person: string; leave: { item: string; reason: string }[] } {
    return { person, leave: Object.entries(signing.leave).map(([item, reason]) => ({ item, reason: reason.trim() })) };
}

/** signIsHeld - a letter that would be held: something in it cannot wait and nobody was told. */
export const signIsHeld = (findings: readonly Shown[]): boolean =>
    findings.some(
        (one) =>
            (one.urgency === 'emergency-now' || one.urgency === 'same-day') &&
            one.item !== 'refused-value' &&
            (one.told ?? null) === null,
    );
