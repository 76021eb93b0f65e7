// SPDX-License-Identifier: Apache-2.0
// Which way leads to another card: what was scanned or typed, or a name where the site has the look-up.
import { readCode } from '../../lib/codes.ts';

export type Way = { by: 'slip' | 'card' | 'record'; code: string } | { by: 'nothing' };

/** A slip is changed for a card; an old card, or the id of a record, which stands before the dot of every id that the
 * person took along. */
export function wayOf(typed: string): Way {
    const text = typed.trim(),
        code = readCode(text);
    if (code.kind === 'slip' || code.kind === 'card') return { by: code.kind, code: code.text };
    if (/^[a-z2-7]{26}$/.test(text)) return { by: 'record', code: text };
    return { by: 'nothing' };
}
