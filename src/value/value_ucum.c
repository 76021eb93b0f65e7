/* SPDX-License-Identifier: Apache-2.0
 * UCUM: a unit text becomes one exact rational factor with dimensions, and values are converted by it. Factors that do
 * not fit into 63 bits, and powers of pi, go on as long double and are rounded once at the end. */
#include "value/value_ucum_int.h"

#include <math.h>

#include "base/assert.h"
#include "value/value_decimal_int.h"

enum { UCUM_TEXT_BYTES_MAX = 256, UCUM_DEPTH_MAX = 16, UCUM_EXPONENT_MAX = 99, UCUM_EXP10_MAX = 2000 };

/* --- factors ------------------------------------------------------------------------------------------------------ */
static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void tidy(struct ucum_unit *u)
{
    salve_assert(u->num != 0 && u->den != 0);
    int64_t common = gcd(u->num, u->den);
    u->num /= common;
    u->den /= common;
    for (; u->num % 10 == 0; u->exp10++) u->num /= 10;
    for (; u->den % 10 == 0; u->exp10--) u->den /= 10;
}

static void multiply_exact(struct ucum_unit *u, int64_t num, int64_t den)
{
    int64_t a = gcd(u->num, den), b = gcd(num, u->den);
    if (__builtin_mul_overflow(u->num / a, num / b, &u->num) || __builtin_mul_overflow(u->den / b, den / a, &u->den)) {
        u->is_exact = false;
        u->num = u->den = 1;
    }
}

static void multiply_once(struct ucum_unit *u, const struct ucum_unit *by, bool is_division)
{
    int sign = is_division ? -1 : 1;
    u->approximate = is_division ? u->approximate / by->approximate : u->approximate * by->approximate;
    if (!by->is_exact) u->is_exact = false;
    if (u->is_exact) multiply_exact(u, is_division ? by->den : by->num, is_division ? by->num : by->den);
    u->exp10 += sign * by->exp10;
    u->pi += sign * by->pi;
    u->arbitrary += is_division ? -by->arbitrary : by->arbitrary;
    for (int i = 0; i < UCUM_DIMS; i++) u->dim[i] += sign * by->dim[i];
    if (u->is_exact) tidy(u);
}

static bool multiply(struct ucum_unit *u, const struct ucum_unit *by, int exponent)
{
    salve_assert(exponent >= -UCUM_EXPONENT_MAX && exponent <= UCUM_EXPONENT_MAX);
    for (int i = 0; i < (exponent < 0 ? -exponent : exponent); i++) multiply_once(u, by, exponent < 0);
    if (u->exp10 > UCUM_EXP10_MAX || u->exp10 < -UCUM_EXP10_MAX) return false;
    for (int i = 0; i < UCUM_DIMS; i++)
        if (u->dim[i] > 10000 || u->dim[i] < -10000) return false;
    return true;
}

static struct ucum_unit unit_one(void)
{
    return (struct ucum_unit){.num = 1, .den = 1, .is_exact = true, .approximate = 1.0L, .scale_num = 1};
}

/* --- atoms -------------------------------------------------------------------------------------------------------- */
static const struct ucum_atom *find_atom(struct str code)
{
    unsigned low = 0, high = ucum_atom_count;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        int order = str_cmp(code, str_of(ucum_atoms[mid].code));
        if (order == 0) return &ucum_atoms[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

static uint64_t arbitrary_id(const struct ucum_atom *atom)
{
    if (str_is(str_of(atom->code), "[iU]")) atom = find_atom(STR("[IU]")); /* the table's other spelling of one unit */
    salve_assert(atom != NULL);
    uint64_t id = (uint64_t)(atom - ucum_atoms + 1) * 0x9E3779B97F4A7C15ULL;
    return id ^ (id >> 31);
}

static void set_atom(const struct ucum_atom *atom, int64_t prefix_num, int prefix_exp10, struct ucum_unit *out)
{
    *out = unit_one();
    out->approximate =
        (long double)atom->num / (long double)atom->den * powl(10.0L, atom->exp10) * powl(M_PIl, atom->pi);
    out->function = atom->function;
    out->num = atom->num;
    out->den = atom->den;
    out->exp10 = atom->exp10;
    out->pi = atom->pi;
    for (int i = 0; i < UCUM_DIMS; i++) out->dim[i] = atom->dim[i];
    if (atom->is_arbitrary) out->arbitrary = arbitrary_id(atom);
    if (atom->function == UCUM_NONE) {
        multiply_exact(out, prefix_num, 1);
        out->exp10 += prefix_exp10;
        out->approximate *= (long double)prefix_num * powl(10.0L, prefix_exp10);
    } else {
        out->scale_num = prefix_num;
        out->scale_exp10 = prefix_exp10;
    }
    tidy(out);
}

static bool find_simple(struct str symbol, struct ucum_unit *out)
{
    const struct ucum_atom *atom = find_atom(symbol);
    if (atom != NULL) {
        set_atom(atom, 1, 0, out);
        return true;
    }
    for (unsigned i = 0; i < ucum_prefix_count; i++) {
        struct str prefix = str_of(ucum_prefixes[i].code);
        if (!str_starts(symbol, prefix) || symbol.len == prefix.len) continue;
        atom = find_atom(str_cut(symbol, prefix.len, symbol.len));
        if (atom == NULL || !atom->is_metric) continue;
        set_atom(atom, ucum_prefixes[i].num, ucum_prefixes[i].exp10, out);
        return true;
    }
    return false;
}

/* --- the grammar: term = component { ("." | "/") component }, with a leading "/" allowed at the start ------------- */
struct parser {
    const char *at, *end;
    int depth;
};

static bool parse_term(struct parser *in, struct ucum_unit *out);

static bool skip_annotation(struct parser *in)
{
    while (in->at < in->end && *in->at != '}') {
        if (*in->at < 33 || *in->at > 126 || *in->at == '{') return false; /* braces are not nested (UCUM 6) */
        in->at++;
    }
    if (in->at == in->end) return false;
    in->at++;
    return true;
}

/* A symbol ends before an operator, a parenthesis, an annotation, a digit or a sign; brackets hold anything. */
static struct str take_symbol(struct parser *in)
{
    const char *from = in->at;
    if (in->end - in->at >= 3 && memcmp(in->at, "10", 2) == 0 && (in->at[2] == '*' || in->at[2] == '^')) {
        in->at += 3;
        return str_make(from, 3);
    }
    bool is_in_brackets = false;
    for (; in->at < in->end; in->at++) {
        char c = *in->at;
        if (c == '[')
            is_in_brackets = true;
        else if (c == ']')
            is_in_brackets = false;
        else if (!is_in_brackets && (str_is_digit(c) || strchr("./(){}+-", c) != NULL))
            break;
    }
    return str_make(from, (size_t)(in->at - from));
}

static bool parse_exponent(struct parser *in, int *out)
{
    *out = 1;
    bool is_negative = in->at < in->end && *in->at == '-';
    if (in->at < in->end && (*in->at == '-' || *in->at == '+')) {
        in->at++;
        if (in->at == in->end || !str_is_digit(*in->at)) return false;
    }
    if (in->at < in->end && str_is_digit(*in->at)) {
        for (*out = 0; in->at < in->end && str_is_digit(*in->at); in->at++) {
            *out = *out * 10 + (*in->at - '0');
            if (*out > UCUM_EXPONENT_MAX) return false;
        }
    }
    if (is_negative) *out = -*out;
    return true;
}

static bool parse_factor(struct parser *in, struct ucum_unit *out)
{
    int64_t number = 0;
    for (; in->at < in->end && str_is_digit(*in->at); in->at++)
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, *in->at - '0', &number))
            return false;
    if (number == 0) return false;
    *out = unit_one();
    out->num = number;
    out->approximate = (long double)number;
    tidy(out);
    out->approximate = (long double)number;
    return true;
}

static bool parse_symbol(struct parser *in, struct ucum_unit *out)
{
    struct ucum_unit unit;
    int exponent;
    struct str symbol = take_symbol(in);
    if (symbol.len == 0 || !find_simple(symbol, &unit) || !parse_exponent(in, &exponent)) return false;
    if (exponent == 1) {
        *out = unit;
        return true;
    }
    unit.function = UCUM_NONE;
    *out = unit_one();
    return multiply(out, &unit, exponent);
}

static bool parse_component(struct parser *in, struct ucum_unit *out)
{
    if (in->at == in->end) return false;
    bool is_power_of_ten =
        in->end - in->at >= 3 && memcmp(in->at, "10", 2) == 0 && (in->at[2] == '*' || in->at[2] == '^');
    if (*in->at == '{') {
        *out = unit_one();
    } else if (*in->at == '(') {
        in->at++;
        if (++in->depth > UCUM_DEPTH_MAX || !parse_term(in, out) || in->at == in->end || *in->at != ')') return false;
        in->at++;
        in->depth--;
        return true;
    } else if (str_is_digit(*in->at) && !is_power_of_ten) {
        if (!parse_factor(in, out)) return false;
    } else if (!parse_symbol(in, out)) {
        return false;
    }
    if (in->at < in->end && *in->at == '{') {
        in->at++;
        return skip_annotation(in);
    }
    return true;
}

static bool parse_term(struct parser *in, struct ucum_unit *out)
{
    struct ucum_unit unit;
    bool is_division = in->at < in->end && *in->at == '/' && in->depth == 0, is_first = true;
    if (is_division) in->at++;
    *out = unit_one();
    for (;;) {
        if (!parse_component(in, &unit)) return false;
        bool is_last = in->at == in->end || (*in->at != '.' && *in->at != '/');
        if (is_first && is_last && !is_division) { /* keeps the function of a special unit */
            *out = unit;
            return true;
        }
        if (!multiply(out, &unit, is_division ? -1 : 1)) return false;
        if (is_last) return true;
        is_division = *in->at++ == '/';
        is_first = false;
    }
}

bool ucum_parse(struct str text, struct ucum_unit *out)
{
    struct parser in = {text.ptr, text.ptr + text.len, 0};
    if (text.len > UCUM_TEXT_BYTES_MAX) return false;
    if (text.len == 0) {
        *out = unit_one();
        return true;
    }
    return parse_term(&in, out) && in.at == in.end;
}

/* --- questions ---------------------------------------------------------------------------------------------------- */
bool ucum_same_dimension(const struct ucum_unit *a, const struct ucum_unit *b)
{
    return a->arbitrary == b->arbitrary && memcmp(a->dim, b->dim, sizeof a->dim) == 0;
}

static bool same_factor(const struct ucum_unit *a, const struct ucum_unit *b)
{
    if (a->function != b->function || a->scale_num != b->scale_num || a->scale_exp10 != b->scale_exp10) return false;
    if (a->is_exact && b->is_exact)
        return a->num == b->num && a->den == b->den && a->exp10 == b->exp10 && a->pi == b->pi;
    return fabsl(a->approximate / b->approximate - 1.0L) < 1e-17L;
}

bool expr_ucum_valid(struct str unit)
{
    struct ucum_unit parsed;
    return unit.len > 0 && ucum_parse(unit, &parsed);
}

bool expr_ucum_comparable(struct str a, struct str b)
{
    struct ucum_unit x, y;
    return ucum_parse(a, &x) && ucum_parse(b, &y) && ucum_same_dimension(&x, &y);
}

bool expr_ucum_same(struct str a, struct str b)
{
    struct ucum_unit x, y;
    if (str_eq(a, b)) return true;
    return ucum_parse(a, &x) && ucum_parse(b, &y) && ucum_same_dimension(&x, &y) && same_factor(&x, &y);
}

/* --- conversion --------------------------------------------------------------------------------------------------- */
static bool round_units(long double units, struct expr_decimal *out)
{
    if (!isfinite(units) || fabsl(units) >= 1e28L) return false;
    if (!expr_decimal_of_units((expr_i128)roundl(units), 0, out)) return false;
    *out = expr_decimal_trim(*out);
    return true;
}

/* value * num / den * 10^exp10, exactly and then rounded once. */
static bool scale_exact(expr_i128 units, expr_i128 num, expr_i128 den, int exp10, expr_i128 *out)
{
    for (; exp10 > 0 && den % 10 == 0; exp10--) den /= 10;
    for (; exp10 < 0 && num % 10 == 0; exp10++) num /= 10;
    for (; exp10 > 0; exp10--)
        if (__builtin_mul_overflow(num, (expr_i128)10, &num)) return false;
    for (; exp10 < 0; exp10++)
        if (__builtin_mul_overflow(den, (expr_i128)10, &den)) return false;
    return expr_mul_div(units, num, den, false, out);
}

static bool convert_linear(struct expr_decimal value, const struct ucum_unit *from, const struct ucum_unit *to,
                           struct expr_decimal *out)
{
    expr_i128 units, num = (expr_i128)from->num * to->den, den = (expr_i128)from->den * to->num;
    if (from->is_exact && to->is_exact && from->pi == to->pi &&
        scale_exact(expr_decimal_units(value), num, den, from->exp10 - to->exp10, &units)) {
        if (!expr_decimal_of_units(units, 0, out)) return false;
        *out = expr_decimal_trim(*out);
        return true;
    }
    return round_units((long double)expr_decimal_units(value) * (from->approximate / to->approximate), out);
}

/* Scales that are only shifted: kelvin = (value + shift) * factor. */
static bool shift_of(uint8_t function, struct expr_decimal *out)
{
    const char *text = function == UCUM_CEL     ? "273.15"
                       : function == UCUM_DEGF  ? "459.67"
                       : function == UCUM_DEGRE ? "218.52"
                                                : "0";
    return (function == UCUM_NONE || text[0] != '0') && expr_decimal_parse(str_of(text), out);
}

/* The ratio to the reference unit from a value on a special scale, and back. */
static long double ratio_of(uint8_t function, long double value)
{
    switch (function) {
    case UCUM_TAN100:
        return atanl(value / 100.0L);
    case UCUM_HPX:
    case UCUM_PH:
        return powl(10.0L, -value);
    case UCUM_HPC:
        return powl(100.0L, -value);
    case UCUM_HPM:
        return powl(1000.0L, -value);
    case UCUM_HPQ:
        return powl(50000.0L, -value);
    case UCUM_LN:
        return expl(value);
    case UCUM_LG:
        return powl(10.0L, value);
    case UCUM_LG2:
        return powl(10.0L, value / 2.0L);
    case UCUM_LD:
        return exp2l(value);
    case UCUM_SQRT:
        return value * value;
    case UCUM_CEL:
        return value + 273.15L;
    case UCUM_DEGF:
        return value + 459.67L;
    case UCUM_DEGRE:
        return value + 218.52L;
    default:
        return value;
    }
}

static long double value_of(uint8_t function, long double ratio)
{
    switch (function) {
    case UCUM_TAN100:
        return 100.0L * tanl(ratio);
    case UCUM_HPX:
    case UCUM_PH:
        return -log10l(ratio);
    case UCUM_HPC:
        return -logl(ratio) / logl(100.0L);
    case UCUM_HPM:
        return -logl(ratio) / logl(1000.0L);
    case UCUM_HPQ:
        return -logl(ratio) / logl(50000.0L);
    case UCUM_LN:
        return logl(ratio);
    case UCUM_LG:
        return log10l(ratio);
    case UCUM_LG2:
        return 2.0L * log10l(ratio);
    case UCUM_LD:
        return log2l(ratio);
    case UCUM_SQRT:
        return sqrtl(ratio);
    case UCUM_CEL:
        return ratio - 273.15L;
    case UCUM_DEGF:
        return ratio - 459.67L;
    case UCUM_DEGRE:
        return ratio - 218.52L;
    default:
        return ratio;
    }
}

static bool convert_special(struct expr_decimal value, const struct ucum_unit *from, const struct ucum_unit *to,
                            struct expr_decimal *out)
{
    struct expr_decimal shift_from, shift_to;
    bool is_unscaled = from->scale_num == 1 && from->scale_exp10 == 0 && to->scale_num == 1 && to->scale_exp10 == 0;
    if (is_unscaled && shift_of(from->function, &shift_from) && shift_of(to->function, &shift_to))
        return expr_decimal_add(value, shift_from, &value) && convert_linear(value, from, to, &value) &&
               expr_decimal_sub(value, shift_to, &value) && (*out = expr_decimal_trim(value), true);
    long double number = (long double)expr_decimal_units(value) / 1e8L;
    number *= (long double)from->scale_num * powl(10.0L, from->scale_exp10);
    number = ratio_of(from->function, number) * (from->approximate / to->approximate);
    number = value_of(to->function, number) / ((long double)to->scale_num * powl(10.0L, to->scale_exp10));
    return round_units(number * 1e8L, out);
}

bool expr_ucum_convert(struct expr_decimal value, struct str from, struct str to, struct expr_decimal *out)
{
    struct ucum_unit x, y;
    if (!ucum_parse(from, &x) || !ucum_parse(to, &y) || !ucum_same_dimension(&x, &y)) return false;
    if (x.function == UCUM_NONE && y.function == UCUM_NONE) return convert_linear(value, &x, &y, out);
    return convert_special(value, &x, &y, out);
}
