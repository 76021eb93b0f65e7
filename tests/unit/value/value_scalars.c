/* SPDX-License-Identifier: Apache-2.0
 * Scalars by cases of text: tests/unit/value/scalar.cases, one a line: "operation ; argument ; ... ; expected". */
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "value/scalar.h"
#include "t.h"

enum { ARGS_MAX = 6 };

struct test_case {
    struct str op, args[ARGS_MAX];
    int count;
    struct arena *mem;
};

static struct str text_of_decimal(struct test_case *c, bool is_known, struct expr_decimal d)
{
    char text[EXPR_DECIMAL_TEXT_BYTES];
    if (!is_known) return STR("null");
    return arena_printf(c->mem, "%.*s", STR_ARGS(expr_decimal_text(d, text)));
}

static struct str text_of_temporal(struct test_case *c, bool is_known, struct expr_temporal t)
{
    char text[EXPR_TEMPORAL_TEXT_BYTES];
    if (!is_known) return STR("null");
    return arena_printf(c->mem, "%.*s", STR_ARGS(expr_temporal_text(&t, true, text)));
}

static struct str text_of_quantity(struct test_case *c, bool is_known, struct expr_quantity q)
{
    return is_known ? expr_quantity_text(&q, c->mem) : STR("null");
}

static struct str text_of_order(enum expr_order order)
{
    return order == EXPR_LESS ? STR("<") : order == EXPR_MORE ? STR(">") : order == EXPR_SAME ? STR("=") : STR("null");
}

static struct str text_of_bool(bool is_true) { return is_true ? STR("true") : STR("false"); }

static int number_of(struct str text) { return atoi(text.ptr); }

static struct expr_decimal decimal_arg(struct test_case *c, int i)
{
    struct expr_decimal d = {0};
    if (!expr_decimal_parse(c->args[i], &d)) t_fail("decimal", "not a number: %.*s", STR_ARGS(c->args[i]));
    return d;
}

static struct expr_temporal temporal_arg(struct test_case *c, int i)
{
    struct expr_temporal t = {0};
    if (!expr_temporal_parse(c->args[i], &t)) t_fail("temporal", "not a date: %.*s", STR_ARGS(c->args[i]));
    return t;
}

static struct expr_quantity quantity_arg(struct test_case *c, int i)
{
    struct expr_quantity q = {0};
    if (!expr_quantity_parse(c->args[i], false, &q)) t_fail("quantity", "not a quantity: %.*s", STR_ARGS(c->args[i]));
    return q;
}

static enum expr_precision precision_arg(struct test_case *c, int i)
{
    enum expr_precision p = EXPR_PRECISION_NONE;
    if (!expr_precision_find(c->args[i], &p)) t_fail("precision", "unknown: %.*s", STR_ARGS(c->args[i]));
    return p;
}

/* --- operations --------------------------------------------------------------------------------------------------- */
#define DECIMAL_1(name)                                                                                                \
    static struct str decimal_##name(struct test_case *c)                                                              \
    {                                                                                                                  \
        struct expr_decimal out = {0};                                                                                 \
        bool is_known = expr_decimal_##name(decimal_arg(c, 0), &out);                                                  \
        return text_of_decimal(c, is_known, out);                                                                      \
    }
#define DECIMAL_2(name)                                                                                                \
    static struct str decimal_##name(struct test_case *c)                                                              \
    {                                                                                                                  \
        struct expr_decimal out = {0};                                                                                 \
        bool is_known = expr_decimal_##name(decimal_arg(c, 0), decimal_arg(c, 1), &out);                               \
        return text_of_decimal(c, is_known, out);                                                                      \
    }
DECIMAL_2(add)
DECIMAL_2(sub)
DECIMAL_2(mul)
DECIMAL_2(div)
DECIMAL_2(int_div)
DECIMAL_2(mod)
DECIMAL_2(power)
DECIMAL_2(log)
DECIMAL_1(exp)
DECIMAL_1(ln)
DECIMAL_1(sqrt)
DECIMAL_1(truncate)
DECIMAL_1(ceiling)
DECIMAL_1(floor)
DECIMAL_1(abs)
DECIMAL_1(negate)

static struct str decimal_parse(struct test_case *c)
{
    struct expr_decimal out = {0};
    bool is_known = expr_decimal_parse(c->args[0], &out);
    return text_of_decimal(c, is_known, out);
}
static struct str decimal_round(struct test_case *c)
{
    struct expr_decimal out = {0};
    bool is_known = expr_decimal_round(decimal_arg(c, 0), number_of(c->args[1]), &out);
    return text_of_decimal(c, is_known, out);
}
static struct str decimal_low(struct test_case *c)
{
    struct expr_decimal out = {0};
    bool is_known = expr_decimal_boundary(decimal_arg(c, 0), number_of(c->args[1]), false, &out);
    return text_of_decimal(c, is_known, out);
}
static struct str decimal_high(struct test_case *c)
{
    struct expr_decimal out = {0};
    bool is_known = expr_decimal_boundary(decimal_arg(c, 0), number_of(c->args[1]), true, &out);
    return text_of_decimal(c, is_known, out);
}
static struct str decimal_of_double(struct test_case *c)
{
    struct expr_decimal out = {0};
    bool is_known = expr_decimal_of_double(strtod(c->args[0].ptr, NULL), &out);
    return text_of_decimal(c, is_known, out);
}

static struct str temporal_parse(struct test_case *c)
{
    struct expr_temporal out = {0};
    bool is_known = expr_temporal_parse(c->args[0], &out);
    return text_of_temporal(c, is_known, out);
}
static struct str temporal_add(struct test_case *c)
{
    struct expr_temporal out = {0};
    bool is_known = expr_temporal_add(temporal_arg(c, 0), number_of(c->args[1]), precision_arg(c, 2), &out);
    return text_of_temporal(c, is_known, out);
}
static struct str temporal_cmp(struct test_case *c)
{
    struct expr_temporal a = temporal_arg(c, 0), b = temporal_arg(c, 1);
    return text_of_order(expr_temporal_cmp(&a, &b, precision_arg(c, 2), EXPR_NO_OFFSET));
}
static struct str temporal_cmp_at(struct test_case *c)
{
    struct expr_temporal a = temporal_arg(c, 0), b = temporal_arg(c, 1);
    return text_of_order(expr_temporal_cmp(&a, &b, precision_arg(c, 2), number_of(c->args[3])));
}
static struct str range_text(struct test_case *c, bool is_known, int64_t low, int64_t high)
{
    if (!is_known) return STR("null");
    if (low == high) return arena_printf(c->mem, "%lld", (long long)low);
    return arena_printf(c->mem, "%lld..%lld", (long long)low, (long long)high);
}
static struct str temporal_duration(struct test_case *c)
{
    struct expr_temporal a = temporal_arg(c, 0), b = temporal_arg(c, 1);
    int64_t low = 0, high = 0;
    bool is_known = expr_temporal_duration(&a, &b, precision_arg(c, 2), EXPR_NO_OFFSET, &low, &high);
    return range_text(c, is_known, low, high);
}
static struct str temporal_difference(struct test_case *c)
{
    struct expr_temporal a = temporal_arg(c, 0), b = temporal_arg(c, 1);
    int64_t low = 0, high = 0;
    bool is_known = expr_temporal_difference(&a, &b, precision_arg(c, 2), EXPR_NO_OFFSET, &low, &high);
    return range_text(c, is_known, low, high);
}
static struct str temporal_low(struct test_case *c)
{
    struct expr_temporal out = {0};
    bool is_known = expr_temporal_boundary(temporal_arg(c, 0), number_of(c->args[1]), false, &out);
    return text_of_temporal(c, is_known, out);
}
static struct str temporal_high(struct test_case *c)
{
    struct expr_temporal out = {0};
    bool is_known = expr_temporal_boundary(temporal_arg(c, 0), number_of(c->args[1]), true, &out);
    return text_of_temporal(c, is_known, out);
}
static struct str temporal_successor(struct test_case *c)
{
    struct expr_temporal out = {0};
    bool is_known = expr_temporal_successor(temporal_arg(c, 0), &out);
    return text_of_temporal(c, is_known, out);
}

static struct str ucum_valid(struct test_case *c) { return text_of_bool(expr_ucum_valid(c->args[0])); }
static struct str ucum_same(struct test_case *c) { return text_of_bool(expr_ucum_same(c->args[0], c->args[1])); }
static struct str ucum_convert(struct test_case *c)
{
    struct expr_decimal out = {0};
    bool is_known = expr_ucum_convert(decimal_arg(c, 0), c->args[1], c->args[2], &out);
    return text_of_decimal(c, is_known, out);
}
static struct str quantity_parse(struct test_case *c)
{
    struct expr_quantity out = {0};
    bool is_known = expr_quantity_parse(c->args[0], false, &out);
    return text_of_quantity(c, is_known, out);
}
static struct str quantity_cmp(struct test_case *c)
{
    struct expr_quantity a = quantity_arg(c, 0), b = quantity_arg(c, 1);
    return text_of_order(expr_quantity_cmp(&a, &b));
}
static struct str quantity_equivalent(struct test_case *c)
{
    struct expr_quantity a = quantity_arg(c, 0), b = quantity_arg(c, 1);
    return text_of_bool(expr_quantity_equivalent(&a, &b));
}
static struct str quantity_add(struct test_case *c)
{
    struct expr_quantity a = quantity_arg(c, 0), b = quantity_arg(c, 1), out = {0};
    bool is_known = expr_quantity_add(&a, &b, &out);
    return text_of_quantity(c, is_known, out);
}
static struct str quantity_mul(struct test_case *c)
{
    struct expr_quantity a = quantity_arg(c, 0), b = quantity_arg(c, 1), out = {0};
    bool is_known = expr_quantity_mul(&a, &b, c->mem, &out);
    return text_of_quantity(c, is_known, out);
}
static struct str quantity_div(struct test_case *c)
{
    struct expr_quantity a = quantity_arg(c, 0), b = quantity_arg(c, 1), out = {0};
    bool is_known = expr_quantity_div(&a, &b, c->mem, &out);
    return text_of_quantity(c, is_known, out);
}

#define OPS(X)                                                                                                         \
    X(decimal_parse)                                                                                                   \
    X(decimal_add)                                                                                                     \
    X(decimal_sub)                                                                                                     \
    X(decimal_mul)                                                                                                     \
    X(decimal_div)                                                                                                     \
    X(decimal_int_div)                                                                                                 \
    X(decimal_mod)                                                                                                     \
    X(decimal_power)                                                                                                   \
    X(decimal_log)                                                                                                     \
    X(decimal_exp)                                                                                                     \
    X(decimal_ln)                                                                                                      \
    X(decimal_sqrt)                                                                                                    \
    X(decimal_truncate)                                                                                                \
    X(decimal_ceiling)                                                                                                 \
    X(decimal_floor)                                                                                                   \
    X(decimal_abs)                                                                                                     \
    X(decimal_negate)                                                                                                  \
    X(decimal_round)                                                                                                   \
    X(decimal_low)                                                                                                     \
    X(decimal_high)                                                                                                    \
    X(decimal_of_double)                                                                                               \
    X(temporal_parse)                                                                                                  \
    X(temporal_add)                                                                                                    \
    X(temporal_cmp)                                                                                                    \
    X(temporal_cmp_at)                                                                                                 \
    X(temporal_duration)                                                                                               \
    X(temporal_difference)                                                                                             \
    X(temporal_low)                                                                                                    \
    X(temporal_high)                                                                                                   \
    X(temporal_successor)                                                                                              \
    X(ucum_valid)                                                                                                      \
    X(ucum_same)                                                                                                       \
    X(ucum_convert)                                                                                                    \
    X(quantity_parse) X(quantity_cmp) X(quantity_equivalent) X(quantity_add) X(quantity_mul) X(quantity_div)

static const struct {
    const char *name;
    struct str (*run)(struct test_case *c);
} ops[] = {
#define X(name) {#name, name},
    OPS(X)
#undef X
};

static struct str cut_field(struct str *rest)
{
    ptrdiff_t at = str_find(*rest, STR(" ; "));
    struct str field = at < 0 ? *rest : str_cut(*rest, 0, (size_t)at);
    *rest = at < 0 ? STR_NONE : str_cut(*rest, (size_t)at + 3, rest->len);
    return str_trim(field);
}

static void run_line(struct str line, struct arena *mem)
{
    struct test_case c = {.mem = mem};
    char name[256];
    (void)snprintf(name, sizeof name, "%.*s", STR_ARGS(line));
    c.op = cut_field(&line);
    while (line.ptr != NULL && c.count < ARGS_MAX) c.args[c.count++] = cut_field(&line);
    struct str want = c.args[--c.count];
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (!str_is(c.op, ops[i].name)) continue;
        struct str got = ops[i].run(&c);
        if (str_eq(got, want))
            t_pass();
        else
            t_fail(name, "got %.*s", STR_ARGS(got));
        return;
    }
    t_fail(name, "no such operation");
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open(16 << 20);
    struct salve_err err = {0};
    struct str text, line;
    const char *path = argc > 1 ? argv[1] : "tests/unit/value/scalar.cases";
    if (file_read(path, 1 << 20, mem, &text, &err) != SALVE_OK) {
        t_fail(path, "cannot be read");
        return t_end();
    }
    while (str_next_line(&text, &line)) {
        line = str_trim(line);
        if (line.len > 0 && line.ptr[0] != '#') run_line(line, mem);
    }
    arena_close(mem);
    return t_end();
}
