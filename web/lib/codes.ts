// SPDX-License-Identifier: Apache-2.0
// Codes on paper (docs/formats/card.md): Crockford's base32 and one check character, a parity over GF(32). Which kind
// it is shows in the count. So one wrong character, or two that changed places, are found before anybody is asked
// for.
import { codes, type CodeKind } from 'gen/lists.ts';
import { plainDigits } from './fill.ts';

export type Code =
    | { kind: CodeKind; text: string }
    /** empty; letters that no code has; a count that no code has; a slip of the hand or the scanner. */
    | { kind: 'wrong'; why: 'empty' | 'characters' | 'short' | 'long' | 'check' };

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const KINDS = Object.keys(codes) as CodeKind[];
const LONGEST = Math.max(...KINDS.map((kind) => codes[kind].chars));

const timesX = (a: number): number => ((a << 1) ^ (a & 16 ? 0x25 : 0)) & 31;
const parity = (values: readonly number[]): number => values.reduce((sum, value) => timesX(sum) ^ value, 0);

const grouped = (text: string, group: number): string => (text.match(new RegExp(`.{1,${group}}`, 'g')) ?? []).join('-');

/** What was scanned or typed, as the code that is printed: hyphens and blanks as you like, O for 0, I and L for 1. */
export function readCode(typed: string): Code {
    const bare = plainDigits(typed).toUpperCase().replace(/[-\s]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
    if (bare === '') return { kind: 'wrong', why: 'empty' };
    const values = [...bare].map((c) => ALPHABET.indexOf(c));
    if (values.includes(-1)) return { kind: 'wrong', why: 'characters' };
    const kind = KINDS.find((name) => codes[name].chars === values.length);
    if (!kind) return { kind: 'wrong', why: values.length > LONGEST ? 'long' : 'short' };
    if (parity(values) !== 0) return { kind: 'wrong', why: 'check' };
    return { kind, text: grouped(bare, codes[kind].group) };
}
