// SPDX-License-Identifier: Apache-2.0
// What the calls about referrals ask and give (docs/formats/calls.md).
import type { ReferralReply, ReferralState } from 'gen/lists.ts';
import type { Finding, Task, Work } from './api.ts';

/** What a signed finding asks for. */
export interface Request {
    id: string;
    until: string;
    place: string;
    referred: boolean;
    finding: Finding | null;
}
/** A referral as it stands; `until` is a day. */
export interface Referral {
    id: string;
    state: ReferralState;
    place: string;
    until: string;
    referredAt: string;
    by: string;
    at: string;
    words: string;
    reply: { said: ReferralReply; at: string } | null;
    finding: Finding | null;
}
export interface Referrals {
    requests: Request[];
    referrals: Referral[];
    telephones: string;
    work: Work;
}
export interface Slip {
    site: string;
    siteTelephone: string;
    siteAddress: string;
    name: string;
    bornYear: string;
    sex: 'female' | 'male' | null;
    by: string;
    placeAddress: string;
    placeTelephone: string;
    placeHours: string;
    code: string;
    referral: Referral;
}
export interface Due {
    ticket: string;
    reach: string;
    answered: boolean;
    tasks: Task[];
}
export interface Follow {
    person: string;
    id: string;
    state: ReferralState;
    until?: string;
    words?: string;
}
