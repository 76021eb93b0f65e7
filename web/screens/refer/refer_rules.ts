// SPDX-License-Identifier: Apache-2.0
// A referral on the screen: which states may follow, what each asks for, and what the slip's code leads to.
import { referralStates, type ReferralState } from 'gen/lists.ts';
import type { Referral } from '../../lib/referrals.ts';
import { routes } from '../../routes.ts';

/** The states that may follow, without its own; in the order of the table. */
export const nextStates = (state: ReferralState): ReferralState[] =>
    (Object.keys(referralStates) as ReferralState[]).filter(
        (one) => one !== state && (referralStates[state].next as readonly string[]).includes(one),
    );

/** Does it go on: is somebody to see to it? */
export const goesOn = (state: ReferralState): boolean => state === 'sent' || state === 'made' || state === 'seen';

/** An appointment has a day; whatever else has none of its own. */
export const asksDay = (state: ReferralState): boolean => state === 'made' || state === 'sent';

/** Those that somebody sees to, then those that have ended. */
export const inOrder = (list: readonly Referral[]): Referral[] => [
    ...list.filter(({ state }) => goesOn(state)),
    ...list.filter(({ state }) => !goesOn(state)),
];

/** What an answer of the place most likely comes to; staff choose. */
export const suggested = ({ reply, state }: Referral): ReferralState | null =>
    reply?.said === 'seen' && nextStates(state).includes('seen') ? 'seen' : null;

/** Where a telephone that reads the slip's code is led: nothing of the person is in it, and what stands behind # is
 * sent to no server. */
export const replyAddress = (origin: string, code: string): string => `${origin}${routes.reply}#${code}`;

/** A day of the calendar, as a date box gives it. */
export const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** The day that is offered: the one that there is, or today where it is gone. */
export const offeredDay = (day: string, today: string): string => (isDay(day) && day >= today ? day : today);
