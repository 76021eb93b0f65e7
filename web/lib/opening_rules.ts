// SPDX-License-Identifier: Apache-2.0
// What is said of a code that opens nobody here.
import type { Code } from './codes.ts';

export type WrongCode = 'empty' | 'characters' | 'short' | 'long' | 'check' | 'letter' | 'slip';

/** Null: a card or a ticket. A letter's code is the person's own way in, and a slip is changed for a card at the
 * desk. */
export function wrongCode(code: Code): WrongCode | null {
    switch (code.kind) {
        case 'card':
        case 'ticket':
            return null;
        case 'letter':
        case 'slip':
            return code.kind;
        case 'wrong':
            return code.why;
    }
}
