/* SPDX-License-Identifier: Apache-2.0
 * Compares UCUM conversions with answers of another library: ucum_differ ANSWERS.tsv [THEIRS.tsv]. ANSWERS has a line a
 * conversion: from, to, amount, answer or - (ucum_differential.cjs makes it). The answers agree within a relative 1e-12,
 * or half a unit of the last decimal; a made-up unit (longer than one symbol) also has to have the same dimension.
 * THEIRS lists units the other library has wrong: "unit<tab>reason"; lines that hold one are counted as skipped. Without
 * arguments: nothing. */
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "value/value_ucum_int.h"
#include "t.h"

enum { ARENA_BYTES = 256 << 20 };

static struct str column(struct str *rest)
{
    ptrdiff_t tab = str_find(*rest, STR("\t"));
    struct str one = tab < 0 ? *rest : str_cut(*rest, 0, (size_t)tab);
    *rest = tab < 0 ? STR("") : str_cut(*rest, (size_t)tab + 1, SIZE_MAX);
    return one;
}

/* The factor between the units and, where it is exact, once more from the fraction: both have to be right. */
static bool factor_is(const struct ucum_unit *from, const struct ucum_unit *to, double theirs)
{
    long double factor = from->approximate / to->approximate;
    if (fabsl(factor / (long double)theirs - 1.0L) > 1e-12L) return false;
    if (!from->is_exact || !to->is_exact) return true;
    long double exact = (long double)from->num / from->den / ((long double)to->num / to->den) *
                        powl(10.0L, from->exp10 - to->exp10) * powl(M_PIl, from->pi - to->pi);
    return fabsl(exact / factor - 1.0L) < 1e-14L;
}

static bool same_conversion(struct str from, struct str to, struct str amount, struct str theirs)
{
    struct ucum_unit x, y;
    struct expr_decimal value, there;
    double want;
    bool known = ucum_parse(from, &x) && from.len > 0;
    bool comparable = known && ucum_parse(to, &y) && memcmp(x.dim, y.dim, sizeof x.dim) == 0;
    if (str_is(theirs, "-")) return !known || !comparable || !ucum_same_dimension(&x, &y);
    if (!comparable || !str_to_double(theirs, &want) || !expr_decimal_parse(amount, &value)) return false;
    if (x.function == UCUM_NONE && y.function == UCUM_NONE && str_is(amount, "1")) return factor_is(&x, &y, want);
    if (!expr_ucum_convert(value, from, to, &there)) return fabs(want) >= 1e20 || !isfinite(want);
    double ours = expr_decimal_to_double(there);
    return fabs(ours - want) <= 5.0000001e-9 + 1e-12 * fabs(want);
}

static bool is_theirs(struct str list, struct str line)
{
    struct str row;
    while (str_next_line(&list, &row)) {
        struct str unit = column(&row);
        if (unit.len > 0 && unit.ptr[0] != '#' && str_find(line, unit) >= 0) return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2) return t_end();
    struct arena *mem = arena_open(ARENA_BYTES);
    struct salve_err err = {0};
    struct str answers, list = STR(""), line;
    assert_ok(file_read(argv[1], 64 << 20, mem, &answers, &err));
    if (argc > 2) assert_ok(file_read(argv[2], 1 << 20, mem, &list, &err));
    while (str_next_line(&answers, &line)) {
        struct str rest = line, from = column(&rest), to = column(&rest), amount = column(&rest);
        if (same_conversion(from, to, amount, rest)) {
            t_pass();
            continue;
        }
        if (is_theirs(list, line)) {
            t_skipped(1);
            continue;
        }
        struct expr_decimal value, there;
        char text[EXPR_DECIMAL_TEXT_BYTES];
        struct str ours = STR("none");
        if (expr_decimal_parse(amount, &value) && expr_ucum_convert(value, from, to, &there))
            ours = expr_decimal_text(there, text);
        t_fail(arena_printf(mem, "%.*s %.*s in %.*s", STR_ARGS(amount), STR_ARGS(from), STR_ARGS(to)).ptr,
               "salve %.*s, the other %.*s", STR_ARGS(ours), STR_ARGS(rest));
    }
    arena_close(mem);
    return t_end();
}
