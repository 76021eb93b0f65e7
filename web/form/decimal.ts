// SPDX-License-Identifier: Apache-2.0
// Exact decimals as the server reckons them (src/value/scalar.h): counts of 1e-8, at most 28 digits, and the digits
// after the point as they were written. Where there is no result (a division by zero, too many digits) it is null.

export interface Decimal {
    /** Counts of 1e-8. */
    readonly units: bigint;
    /** Digits after the point, 0 to 8. */
    readonly digits: number;
}

const DIGITS = 8,
    ONE = 100_000_000n,
    LIMIT = 10n ** 28n,
    WHOLE_LIMIT = 10n ** 20n;

const size = (value: bigint): bigint => (value < 0n ? -value : value);

const made = (units: bigint, digits: number): Decimal | null =>
    size(units) < LIMIT ? { units, digits: Math.min(digits, DIGITS) } : null;

// Half away from zero.
function rounded(value: bigint, divisor: bigint): bigint {
    const quotient = size(value) / size(divisor),
        rest = size(value) % size(divisor),
        up = rest * 2n >= size(divisor) ? quotient + 1n : quotient;
    return value < 0n !== divisor < 0n ? -up : up;
}

/** decimalParse - [-]digits[.digits]; null: it is no number, or more than 20 digits stand before the point. Digits past
 * the 8th after the point are rounded. */
export function decimalParse(text: string): Decimal | null {
    const [, sign = '', whole = '', part = ''] = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/.exec(text) ?? [];
    if (whole === '') return null;
    const units = rounded(BigInt(whole + part.padEnd(DIGITS, '0')), 10n ** BigInt(Math.max(0, part.length - DIGITS)));
    return made(sign === '-' ? -units : units, part.length);
}

export const decimalOf = (whole: number): Decimal => ({ units: BigInt(whole) * ONE, digits: 0 });

/** decimalOfNumber - a number of JSON, by its digits; null: it is beyond what is reckoned with. */
export const decimalOfNumber = (number: number): Decimal | null =>
    decimalParse(/e/.test(String(number)) ? number.toFixed(DIGITS) : String(number));

/** decimalText - with its written digits; a digit that is not zero is never hidden. */
export function decimalText({ units, digits }: Decimal): string {
    const text = size(units)
        .toString()
        .padStart(DIGITS + 1, '0');
    const part = text.slice(-DIGITS),
        shown = Math.max(digits, part.replace(/0+$/, '').length);
    return `${units < 0n ? '-' : ''}${text.slice(0, -DIGITS)}${shown > 0 ? `.${part.slice(0, shown)}` : ''}`;
}

/** decimalTrim - the same number, no zeros at its end after the point. */
export const decimalTrim = ({ units }: Decimal): Decimal => ({
    units,
    digits: size(units % ONE)
        .toString()
        .padStart(DIGITS, '0')
        .replace(/0+$/, '').length,
});

export const decimalIsWhole = ({ units }: Decimal): boolean => units % ONE === 0n;
/** decimalCompare - less than, equal to, more than zero. */
export const decimalCompare = (a: Decimal, b: Decimal): number => (a.units < b.units ? -1 : a.units > b.units ? 1 : 0);

const digitsOf = (a: Decimal, b: Decimal): number => Math.max(a.digits, b.digits);
export const decimalAdd = (a: Decimal, b: Decimal): Decimal | null => made(a.units + b.units, digitsOf(a, b));
export const decimalSubtract = (a: Decimal, b: Decimal): Decimal | null => made(a.units - b.units, digitsOf(a, b));
export const decimalMultiply = (a: Decimal, b: Decimal): Decimal | null =>
    made(rounded(a.units * b.units, ONE), a.digits + b.digits);

export function decimalDivide(a: Decimal, b: Decimal): Decimal | null {
    if (b.units === 0n) return null;
    const quotient = made(rounded(a.units * ONE, b.units), 0);
    return quotient === null ? null : decimalTrim(quotient);
}

/** decimalDiv - the quotient without what is behind its point. */
export function decimalDiv(a: Decimal, b: Decimal): Decimal | null {
    if (b.units === 0n) return null;
    const quotient = a.units / b.units;
    return size(quotient) < WHOLE_LIMIT ? made(quotient * ONE, 0) : null;
}

/** decimalMod - what `decimalDiv` leaves, with the sign of a. */
export const decimalMod = (a: Decimal, b: Decimal): Decimal | null =>
    b.units === 0n ? null : made(a.units % b.units, digitsOf(a, b));

/** decimalRound - to that many digits after the point, half away from zero. */
export function decimalRound(a: Decimal, digits: number): Decimal | null {
    const step = 10n ** BigInt(DIGITS - Math.min(DIGITS, Math.max(-19, digits)));
    return digits < -19 ? decimalOf(0) : made(rounded(a.units, step) * step, Math.max(0, digits));
}

export const decimalNegate = ({ units, digits }: Decimal): Decimal => ({ units: -units, digits });
export const decimalAbsolute = ({ units, digits }: Decimal): Decimal => ({ units: size(units), digits });
export const decimalTruncate = ({ units }: Decimal): Decimal => ({ units: units - (units % ONE), digits: 0 });
export function decimalFloor(a: Decimal): Decimal {
    const { units } = decimalTruncate(a);
    return { units: a.units < units ? units - ONE : units, digits: 0 };
}
export const decimalCeiling = (a: Decimal): Decimal => decimalNegate(decimalFloor(decimalNegate(a)));
