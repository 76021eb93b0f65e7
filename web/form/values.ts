// SPDX-License-Identifier: Apache-2.0
// Answers as values: what a text of an answer is for its kind of item, and what is wrong with one.
import { decimalCompare, decimalParse, type Decimal } from './decimal.ts';
import type { Item, Option } from './types.ts';

export interface NumberValue {
    readonly is: 'number';
    readonly number: Decimal;
}
export interface DateValue {
    readonly is: 'date';
    readonly text: string;
}
export interface ChoiceValue {
    readonly is: 'choice';
    readonly option: Option;
}
export interface QuantityValue {
    readonly is: 'quantity';
    readonly number: Decimal;
    readonly code: string;
    /** It is in the usual unit of its item. */
    readonly isUsual: boolean;
}
/** A text is a string, true and false are booleans. */
export type AnswerValue = boolean | string | NumberValue | DateValue | ChoiceValue | QuantityValue;

export const numberValue = (number: Decimal): NumberValue => ({ is: 'number', number });

/** dateIsReal - 2026, 2026-11 or 2026-11-30, and there is such a day. */
export function dateIsReal(text: string): boolean {
    const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
    if (year === undefined || Number(year) < 1) return false;
    if (month === undefined) return true;
    if (Number(month) < 1 || Number(month) > 12) return false;
    // Of years below 100 the machine's calendar thinks otherwise; their leap years are those of 400 years later.
    const last = new Date(Date.UTC(Number(year) + (Number(year) < 100 ? 400 : 0), Number(month), 0)).getUTCDate();
    return day === undefined || (Number(day) >= 1 && Number(day) <= last);
}

const NUMBER_CHARS = 32,
    DIGITS_MOST = 8;

// The digits that are written count, also zeros.
function numberOf(item: Item, text: string): NumberValue | null {
    const number = text.length > NUMBER_CHARS ? null : decimalParse(text),
        digits = text.split('.')[1]?.length ?? 0;
    return number === null || digits > (item.kind === 'integer' ? 0 : DIGITS_MOST) ? null : numberValue(number);
}

// Control characters are no text; lines are, where it has lines.
const isText = (item: Item, text: string): boolean =>
    text !== '' && ![...text].some((c) => c === '\u007f' || (c < ' ' && !(item.lines === true && c === '\n')));

function quantityOf(item: Item, text: string): QuantityValue | null {
    const [, written = '', unit] = /^(\S+)(?: (\S+))?$/.exec(text) ?? [],
        number = numberOf(item, written)?.number ?? null,
        code = unit ?? item.units?.[0]?.code ?? '';
    if (number === null || (unit !== undefined && !item.units?.some((one) => one.code === unit))) return null;
    return { is: 'quantity', number, code, isUsual: code === (item.units?.[0]?.code ?? '') };
}

/** valueOf - an answer as it is written, as a value; null: it is not written as its kind is. */
export function valueOf(item: Item, text: string): AnswerValue | null {
    switch (item.kind) {
        case 'boolean':
            return text === 'true' || text === 'false' ? text === 'true' : null;
        case 'integer':
        case 'decimal':
            return numberOf(item, text);
        case 'quantity':
            return quantityOf(item, text);
        case 'date':
            return dateIsReal(text) ? { is: 'date', text } : null;
        case 'choice': {
            const option = item.options?.find(({ value }) => value === text);
            return option === undefined ? null : { is: 'choice', option };
        }
        case 'text':
            return isText(item, text) ? text : null;
        default:
            return null;
    }
}

/** dateCompare - less than, equal to, more than zero; null: the parts that both have do not decide. */
export function dateCompare(a: string, b: string): number | null {
    const most = Math.min(a.length, b.length),
        [x, y] = [a.slice(0, most), b.slice(0, most)];
    if (x !== y) return x < y ? -1 : 1;
    return a.length === b.length ? 0 : null;
}

const TEXT_BYTES = 2000;

/** boundsOf - of an answer, in its own unit. */
export function boundsOf(item: Item, value: AnswerValue): { readonly min?: string; readonly max?: string } {
    const isOther = typeof value === 'object' && value.is === 'quantity' && !value.isUsual;
    return isOther ? (item.units?.find(({ code }) => code === value.code) ?? {}) : item;
}

/** Less than, equal to, more than zero; null: nothing decides. */
function orderOf(item: Item, value: AnswerValue, bound: string): number | null {
    if (typeof value !== 'object') return null;
    if (value.is === 'date') return dateCompare(value.text, bound);
    const limit = decimalParse(bound),
        isNumber = value.is !== 'choice' && item.kind !== 'date';
    return limit === null || !isNumber ? null : decimalCompare(value.number, limit);
}

/** What can be wrong with one answer: how it is written, its digits, its size. */
export type ValueFault = 'form' | 'decimals' | 'low' | 'high' | 'length';

/** valueFault - what is wrong with an answer as it is written; null: nothing. */
export function valueFault(item: Item, text: string): ValueFault | null {
    const value = valueOf(item, text);
    if (value === null) return 'form';
    if (item.kind === 'text') {
        const isLong =
            [...text].length > (item.length ?? Infinity) || new TextEncoder().encode(text).length > TEXT_BYTES;
        return isLong ? 'length' : null;
    }
    if (typeof value === 'object' && (value.is === 'number' || value.is === 'quantity')) {
        if (item.decimals !== undefined && value.number.digits > item.decimals) return 'decimals';
    }
    const { min, max } = boundsOf(item, value);
    if (min !== undefined && (orderOf(item, value, min) ?? 0) < 0) return 'low';
    return max !== undefined && (orderOf(item, value, max) ?? 0) > 0 ? 'high' : null;
}

/** boundText - the bound that an answer is beyond, as it is said: in its unit, and never closer than it is. */
export function boundText(item: Item, text: string, why: 'low' | 'high'): string {
    const value = valueOf(item, text),
        bounds = value === null ? item : boundsOf(item, value),
        bound = (why === 'low' ? bounds.min : bounds.max) ?? '',
        digits = item.decimals ?? 1,
        step = 10 ** digits;
    if (bounds === item || (bound.split('.')[1]?.length ?? 0) <= digits) return bound;
    return ((why === 'low' ? Math.ceil : Math.floor)(Number(bound) * step) / step).toFixed(digits);
}
