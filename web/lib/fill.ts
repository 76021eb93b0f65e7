// SPDX-License-Identifier: Apache-2.0
// A text of the words with its braces filled. What is put in gets a direction of its own (Unicode FSI and PDI), so
// that a name or a code in another script moves nothing around it. Numbers are written with the digits 0 to 9 in
// every language: devices, cards and letters of a site show these, and a number is compared by eye.
import type { Forms } from 'gen/words.ts';

export type Filling = Readonly<Record<string, string | number>>;

const ISOLATE = '\u2068',
    ISOLATE_END = '\u2069';

/** A number as it is written here. */
export const digits = (language: string, value: number): string =>
    new Intl.NumberFormat(`${language}-u-nu-latn`, { maximumFractionDigits: 6 }).format(value);

/** The form of `forms` for filling.count, with its braces filled; a brace without a value stays, to be seen. */
export function fill(language: string, forms: Forms, filling: Filling = {}): string {
    const form =
        typeof forms === 'string' ? forms : forms[new Intl.PluralRules(language).select(Number(filling['count']))];
    return (form ?? '').replace(/\{(\w+)\}/g, (hole, name: string) => {
        const value = filling[name];
        if (value === undefined) return hole;
        return typeof value === 'number' ? digits(language, value) : ISOLATE + value + ISOLATE_END;
    });
}

/** Digits of any script as 0 to 9, and its decimal sign as a point: what a keyboard in Arabic or Persian types. */
export const plainDigits = (text: string): string =>
    text
        .replace(/[\u0660-\u0669]/g, (c) => String(c.charCodeAt(0) - 0x660))
        .replace(/[\u06f0-\u06f9]/g, (c) => String(c.charCodeAt(0) - 0x6f0))
        .replace(/[\u066b,]/g, '.');
