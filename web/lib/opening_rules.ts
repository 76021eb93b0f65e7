// SPDX-License-Identifier: Apache-2.0
// What is said of a code that opens nobody here.
import type { Code } from './codes.ts';

export type WrongCode = 'empty' | 'characters' | 'short' | 'long' | 'check' | 'letter' | 'slip' | 'reply';

/** Null: a card or a ticket. A letter's code is the person's own way in, and a slip is changed for a card at the
 * desk; the slip of a referral is for the place that it leads to. */
export function wrongCode(code: Code): WrongCode | null {
    switch (code.kind) {
        case 'card':
        case 'ticket':
            return null;
        case 'letter':
        case 'slip':
        case 'reply':
            return code.kind;
        case 'wrong':
            return code.why;
    }
}
