/* SPDX-License-Identifier: Apache-2.0
 * Compares decimals with results computed elsewhere: decimal_differ RESULTS.tsv. A line a computation: operation, a, b,
 * result or none (decimal_differential.mjs makes it). All digits have to be the same. Without arguments: nothing. */
#include "base/file.h"
#include "value/scalar.h"
#include "t.h"

enum { ARENA_BYTES = 256 << 20 };

typedef bool of_one(struct expr_decimal a, struct expr_decimal *out);
typedef bool of_two(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out);

static bool round_to(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    int64_t digits;
    return expr_decimal_to_i64(b, &digits) && expr_decimal_round(a, (int)digits, out);
}

static const struct operation {
    const char *name;
    of_one *one;
    of_two *two;
} operations[] = {
    {"add", NULL, expr_decimal_add},
    {"sub", NULL, expr_decimal_sub},
    {"mul", NULL, expr_decimal_mul},
    {"div", NULL, expr_decimal_div},
    {"int_div", NULL, expr_decimal_int_div},
    {"mod", NULL, expr_decimal_mod},
    {"round", NULL, round_to},
    {"log", NULL, expr_decimal_log},
    {"power", NULL, expr_decimal_power},
    {"sqrt", expr_decimal_sqrt, NULL},
    {"exp", expr_decimal_exp, NULL},
    {"ln", expr_decimal_ln, NULL},
    {"ceiling", expr_decimal_ceiling, NULL},
    {"floor", expr_decimal_floor, NULL},
    {"truncate", expr_decimal_truncate, NULL},
};

static struct str column(struct str *rest)
{
    ptrdiff_t tab = str_find(*rest, STR("\t"));
    struct str one = tab < 0 ? *rest : str_cut(*rest, 0, (size_t)tab);
    *rest = tab < 0 ? STR("") : str_cut(*rest, (size_t)tab + 1, SIZE_MAX);
    return one;
}

static bool compute(struct str name, struct expr_decimal a, struct expr_decimal b, bool *has, struct expr_decimal *out)
{
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (!str_is(name, operations[i].name)) continue;
        *has = operations[i].one != NULL ? operations[i].one(a, out) : operations[i].two(a, b, out);
        return true;
    }
    return false;
}

static void judge(struct str line, struct arena *mem)
{
    struct str rest = line, name = column(&rest), at = column(&rest), bt = column(&rest);
    struct expr_decimal a, b, result, want;
    bool has = false;
    if (!expr_decimal_parse(at, &a) || !expr_decimal_parse(bt, &b) || !compute(name, a, b, &has, &result)) {
        t_fail(arena_printf(mem, "%.*s", STR_ARGS(line)).ptr, "this line cannot be read");
        return;
    }
    if (str_is(rest, "none") ? !has : has && expr_decimal_parse(rest, &want) && expr_decimal_cmp(result, want) == 0) {
        t_pass();
        return;
    }
    char text[EXPR_DECIMAL_TEXT_BYTES];
    struct str ours = has ? expr_decimal_text(result, text) : STR("none");
    t_fail(arena_printf(mem, "%.*s %.*s %.*s", STR_ARGS(name), STR_ARGS(at), STR_ARGS(bt)).ptr,
           "salve %.*s, exactly %.*s", STR_ARGS(ours), STR_ARGS(rest));
}

int main(int argc, char **argv)
{
    if (argc < 2) return t_end();
    struct arena *mem = arena_open(ARENA_BYTES);
    struct salve_err err = {0};
    struct str results, line;
    assert_ok(file_read(argv[1], 64 << 20, mem, &results, &err));
    while (str_next_line(&results, &line)) judge(line, mem);
    arena_close(mem);
    return t_end();
}
