// SPDX-License-Identifier: Apache-2.0
// The code of a slip, as an address has it or as somebody typed it.
import { codes } from 'gen/lists.ts';

const { chars, group } = codes.reply;
const plain = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase();

/** As it stands on the slip: groups with a hyphen between. What is no code stays as it is. */
export function slipCode(text: string): string {
    const all = plain(text);
    if (all.length !== chars) return text.trim();
    return (all.match(new RegExp(`.{1,${group}}`, 'g')) ?? []).join('-');
}

/** Can it be one? The server looks at the rest. */
export const isSlipCode = (text: string): boolean => new RegExp(`^[0-9A-Z]{${chars}}$`).test(plain(text));

/** What stands behind # in an address. */
export const codeOf = (hash: string): string => slipCode(hash.replace(/^#/, ''));
