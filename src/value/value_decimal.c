/* SPDX-License-Identifier: Apache-2.0
 * Exact decimals of the scalar library: parse, print, order and round. Numbers are counts of 1e-8, so every operation
 * is integer arithmetic on 128 bits; value_decimal_math.c has the arithmetic. */
#include "value/value_decimal_int.h"

#include <math.h>

const expr_i128 expr_pow10[EXPR_POW10_COUNT] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
    (expr_i128)1000000000000000000 * 10,
    (expr_i128)1000000000000000000 * 100,
    (expr_i128)1000000000000000000 * 1000,
    (expr_i128)1000000000000000000 * 10000,
    (expr_i128)1000000000000000000 * 100000,
    (expr_i128)1000000000000000000 * 1000000,
    (expr_i128)1000000000000000000 * 10000000,
    (expr_i128)1000000000000000000 * 100000000,
    (expr_i128)1000000000000000000 * 1000000000,
    (expr_i128)1000000000000000000 * 10000000000,
};

/* 1e28 - 1 = 0x204FCE5E 3E25026110000000 - 1 */
const struct expr_decimal EXPR_DECIMAL_MAX = {0x3E2502610FFFFFFFULL, 0x204FCE5E, 8};
const struct expr_decimal EXPR_DECIMAL_MIN = {~0x3E2502610FFFFFFFULL + 1, ~0x204FCE5E, 8};
const struct expr_decimal EXPR_DECIMAL_STEP = {1, 0, 8};

bool expr_decimal_of_units(expr_i128 units, unsigned digits, struct expr_decimal *out)
{
    if (units <= -expr_pow10[28] || units >= expr_pow10[28]) return false;
    *out = (struct expr_decimal){(uint64_t)units, (int32_t)(units >> 64),
                                 (uint8_t)(digits > EXPR_DECIMAL_DIGITS ? EXPR_DECIMAL_DIGITS : digits)};
    return true;
}

struct expr_decimal expr_decimal_of_int(int64_t number)
{
    struct expr_decimal out = {0, 0, 0};
    (void)expr_decimal_of_units((expr_i128)number * EXPR_UNITS_PER_ONE, 0, &out);
    return out;
}

bool expr_decimal_of_double(double number, struct expr_decimal *out)
{
    char text[400];
    if (!isfinite(number) || number >= 1e20 || number <= -1e20) return false;
    /* through text: printf rounds the exact binary value correctly */
    int len = snprintf(text, sizeof text, "%.9f", number);
    if (!expr_decimal_parse(str_make(text, (size_t)len), out)) return false;
    *out = expr_decimal_trim(*out);
    return true;
}

double expr_decimal_to_double(struct expr_decimal d)
{
    expr_i128 units = expr_decimal_units(d);
    expr_i128 whole = units / EXPR_UNITS_PER_ONE, part = units % EXPR_UNITS_PER_ONE;
    if (whole < (1LL << 53) && whole > -(1LL << 53) && units > -(expr_i128)(1LL << 53) && units < (1LL << 53))
        return (double)(int64_t)units / 1e8; /* one correctly rounded division */
    return (double)whole + (double)part / 1e8;
}

bool expr_decimal_to_i64(struct expr_decimal d, int64_t *out)
{
    expr_i128 units = expr_decimal_units(d);
    if (units % EXPR_UNITS_PER_ONE != 0) return false;
    units /= EXPR_UNITS_PER_ONE;
    if (units > INT64_MAX || units < INT64_MIN) return false;
    *out = (int64_t)units;
    return true;
}

bool expr_decimal_is_whole(struct expr_decimal d) { return expr_decimal_units(d) % EXPR_UNITS_PER_ONE == 0; }

/* Decimal digits of a number text, sign and exponent read apart. */
struct number_text {
    struct str whole, part;
    int exponent;
    bool is_negative;
};

static struct str take_digits(struct str text, size_t *at)
{
    size_t from = *at;
    while (*at < text.len && str_is_digit(text.ptr[*at])) (*at)++;
    return str_make(text.ptr + from, *at - from);
}

static bool split_number(struct str text, struct number_text *out)
{
    size_t at = 0;
    *out = (struct number_text){0};
    if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+')) out->is_negative = text.ptr[at++] == '-';
    out->whole = take_digits(text, &at);
    if (out->whole.len == 0) return false;
    if (at < text.len && text.ptr[at] == '.') {
        at++;
        out->part = take_digits(text, &at);
        if (out->part.len == 0) return false;
    }
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        at++;
        bool is_negative = at < text.len && text.ptr[at] == '-';
        if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+')) at++;
        struct str digits = take_digits(text, &at);
        if (digits.len == 0) return false;
        for (size_t i = 0; i < digits.len && out->exponent < 1000; i++)
            out->exponent = out->exponent * 10 + (digits.ptr[i] - '0');
        if (is_negative) out->exponent = -out->exponent;
    }
    return at == text.len;
}

/* The usual case in one pass: [+-], 1 to 10 digits, up to 8 behind a point. False: let the long way decide. */
static bool parse_short(struct str text, struct expr_decimal *out)
{
    static const int64_t pow10[] = {100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'), start = at;
    int64_t units = 0;
    for (; at < text.len && (unsigned)(text.ptr[at] - '0') < 10; at++) {
        if (at - start >= 10) return false;
        units = units * 10 + (text.ptr[at] - '0');
    }
    if (at == start) return false;
    unsigned digits = 0;
    if (at < text.len && text.ptr[at] == '.') {
        for (at++; at < text.len && (unsigned)(text.ptr[at] - '0') < 10; at++) {
            if (++digits > EXPR_DECIMAL_DIGITS) return false;
            units = units * 10 + (text.ptr[at] - '0');
        }
        if (digits == 0) return false;
    }
    if (at != text.len) return false;
    units *= pow10[digits];
    if (text.ptr[0] == '-') units = -units;
    *out = (struct expr_decimal){.low = (uint64_t)units, .high = units < 0 ? -1 : 0, .digits = (uint8_t)digits};
    return true;
}

bool expr_decimal_parse(struct str text, struct expr_decimal *out)
{
    struct number_text number;
    if (parse_short(text, out)) return true;
    if (!split_number(text, &number)) return false;
    if (number.whole.len > 1000 || number.part.len > 4000) return false;
    expr_i128 units = 0;
    long point = (long)number.whole.len + number.exponent; /* digits before the point, all digits joined */
    long count = (long)(number.whole.len + number.part.len);
    bool is_up = false;
    for (long i = 0; i < count && i < point + EXPR_DECIMAL_DIGITS + 1; i++) {
        int digit =
            (i < (long)number.whole.len ? number.whole.ptr[i] : number.part.ptr[i - (long)number.whole.len]) - '0';
        if (i < point + EXPR_DECIMAL_DIGITS)
            units = units * 10 + digit;
        else
            is_up = digit >= 5;
        if (units >= expr_pow10[28]) return false;
    }
    for (long i = count; i < point + EXPR_DECIMAL_DIGITS; i++) {
        if (units == 0) break;
        units *= 10;
        if (units >= expr_pow10[28]) return false;
    }
    if (is_up) units++;
    long digits = (long)number.part.len - number.exponent;
    return expr_decimal_of_units(number.is_negative ? -units : units, digits < 0 ? 0 : (unsigned)digits, out);
}

struct str expr_decimal_text(struct expr_decimal d, char text[EXPR_DECIMAL_TEXT_BYTES])
{
    expr_i128 units = expr_decimal_units(d);
    unsigned __int128 rest = units < 0 ? -(unsigned __int128)units : (unsigned __int128)units;
    char *end = text + EXPR_DECIMAL_TEXT_BYTES - 1, *at = end;
    unsigned digits = d.digits;
    *end = '\0';
    /* never hide a digit that is not zero */
    for (unsigned i = digits; i < EXPR_DECIMAL_DIGITS; i++)
        if (rest % (unsigned __int128)expr_pow10[EXPR_DECIMAL_DIGITS - i] != 0) digits = i + 1;
    rest /= (unsigned __int128)expr_pow10[EXPR_DECIMAL_DIGITS - digits];
    for (unsigned i = 0; i < digits; i++, rest /= 10) *--at = (char)('0' + (int)(rest % 10));
    if (digits > 0) *--at = '.';
    do *--at = (char)('0' + (int)(rest % 10));
    while ((rest /= 10) != 0);
    if (units < 0) *--at = '-';
    return str_make(at, (size_t)(end - at));
}

struct expr_decimal expr_decimal_trim(struct expr_decimal d)
{
    expr_i128 units = expr_decimal_units(d);
    unsigned digits = 0;
    while (digits < EXPR_DECIMAL_DIGITS && units % expr_pow10[EXPR_DECIMAL_DIGITS - digits] != 0) digits++;
    d.digits = (uint8_t)digits;
    return d;
}

int expr_decimal_cmp(struct expr_decimal a, struct expr_decimal b)
{
    expr_i128 x = expr_decimal_units(a), y = expr_decimal_units(b);
    return x < y ? -1 : x > y;
}

bool expr_decimal_equivalent(struct expr_decimal a, struct expr_decimal b)
{
    int digits = expr_decimal_trim(a).digits, other = expr_decimal_trim(b).digits;
    if (other < digits) digits = other;
    struct expr_decimal x, y;
    return expr_decimal_round(a, digits, &x) && expr_decimal_round(b, digits, &y) && expr_decimal_cmp(x, y) == 0;
}

/* Quotient towards -infinity. */
static expr_i128 floor_div(expr_i128 a, expr_i128 b)
{
    expr_i128 quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

/* The unit of the last of `digits` digits after the point, counted in 1e-8; digits may be negative. */
static bool digit_step(int digits, expr_i128 *step)
{
    if (digits > EXPR_DECIMAL_DIGITS) digits = EXPR_DECIMAL_DIGITS;
    if (digits < -19) return false;
    *step = expr_pow10[EXPR_DECIMAL_DIGITS - digits];
    return true;
}

bool expr_decimal_round(struct expr_decimal a, int digits, struct expr_decimal *out)
{
    expr_i128 step;
    if (!digit_step(digits, &step)) return expr_decimal_of_units(0, 0, out);
    expr_i128 units = expr_decimal_units(a);
    if (step > 1) units = (units < 0 ? units - step / 2 : units + step / 2) / step * step;
    return expr_decimal_of_units(units, digits < 0 ? 0 : (unsigned)digits, out);
}

bool expr_decimal_truncate(struct expr_decimal a, struct expr_decimal *out)
{
    expr_i128 units = expr_decimal_units(a);
    return expr_decimal_of_units(units - units % EXPR_UNITS_PER_ONE, 0, out);
}

bool expr_decimal_floor(struct expr_decimal a, struct expr_decimal *out)
{
    return expr_decimal_of_units(floor_div(expr_decimal_units(a), EXPR_UNITS_PER_ONE) * EXPR_UNITS_PER_ONE, 0, out);
}

bool expr_decimal_ceiling(struct expr_decimal a, struct expr_decimal *out)
{
    return expr_decimal_of_units(-floor_div(-expr_decimal_units(a), EXPR_UNITS_PER_ONE) * EXPR_UNITS_PER_ONE, 0, out);
}

bool expr_decimal_boundary(struct expr_decimal a, int digits, bool is_high, struct expr_decimal *out)
{
    expr_i128 step;
    if (digits < 0) return false;
    if (digits > EXPR_DECIMAL_DIGITS) digits = EXPR_DECIMAL_DIGITS;
    expr_i128 units = expr_decimal_units(a), half = expr_pow10[EXPR_DECIMAL_DIGITS - a.digits] / 2;
    (void)digit_step(digits, &step);
    units = is_high ? -floor_div(-(units + half), step) * step : floor_div(units - half, step) * step;
    return expr_decimal_of_units(units, (unsigned)digits, out);
}

bool expr_decimal_fill(struct expr_decimal a, int digits, bool is_high, struct expr_decimal *out)
{
    if (digits < 0 || digits > EXPR_DECIMAL_DIGITS) return false;
    expr_i128 units = expr_decimal_units(a);
    expr_i128 written = expr_pow10[EXPR_DECIMAL_DIGITS - a.digits], step = expr_pow10[EXPR_DECIMAL_DIGITS - digits];
    bool is_outward = units == 0 ? is_high : is_high == (units > 0); /* digits to come lead away from zero */
    if (step < written && is_outward) units += is_high ? written - step : step - written;
    if (step > written) units = units / step * step;
    return expr_decimal_of_units(units, (unsigned)digits, out);
}
