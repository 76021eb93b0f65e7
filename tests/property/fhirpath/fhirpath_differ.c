/* SPDX-License-Identifier: Apache-2.0
 * Compares Salve with answers of another FHIRPath engine: fhirpath_differ ANSWERS.tsv INPUT.json [THEIRS.txt]. ANSWERS
 * has a line an expression: text, tab, JSON array or ERROR (fhirpath_differential.cjs makes it). THEIRS lists where the
 * other engine leaves the specification: "mark<tab>reason", a mark is a text that the expression holds; those are
 * counted as skipped. Numbers are the same within 1e-6, dates by moment, quantities by number and unit. Without
 * arguments: nothing. */
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "fhirpath/fhirpath.h"
#include "fhir/fhir.h"
#include "t.h"

enum { ARENA_BYTES = 256 << 20 };

/* The next item of a JSON array of scalars and objects, as its text (strings without quotes, escapes kept). */
static bool next_item(struct str *rest, struct str *item)
{
    size_t at = 0, depth = 0;
    while (at < rest->len && (rest->ptr[at] == ',' || rest->ptr[at] == '[')) at++;
    if (at >= rest->len || rest->ptr[at] == ']') return false;
    size_t start = at;
    bool quoted = false;
    for (; at < rest->len; at++) {
        char c = rest->ptr[at];
        if (quoted && c == '\\')
            at++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && depth > 0 && (c == '}' || c == ']'))
            depth--;
        else if (!quoted && depth == 0 && (c == ',' || c == ']'))
            break;
    }
    *item = str_cut(*rest, start, at - start);
    *rest = str_cut(*rest, at, SIZE_MAX);
    if (item->len >= 2 && item->ptr[0] == '"') *item = str_cut(*item, 1, item->len - 2);
    return true;
}

static bool same_number(struct str a, struct str b)
{
    double x, y;
    return str_to_double(a, &x) && str_to_double(b, &y) && fabs(x - y) <= 1e-6 * fmax(1, fmax(fabs(x), fabs(y)));
}

static struct str unit_of(struct str quantity)
{
    ptrdiff_t space = str_find(quantity, STR(" "));
    return space < 0 ? STR("") : str_cut(quantity, (size_t)space + 1, SIZE_MAX);
}

static struct str number_of(struct str quantity)
{
    ptrdiff_t space = str_find(quantity, STR(" "));
    return space < 0 ? quantity : str_cut(quantity, 0, (size_t)space);
}

static bool same_item(struct expr_value item, struct str theirs, struct arena *mem)
{
    struct expr_value value;
    struct salve_err err = {0};
    struct expr_temporal a, b;
    struct buf buf;
    if (expr_system(item, mem, &value, &err) != SALVE_OK) return false;
    buf_init(&buf, mem, 1 << 20);
    expr_json_value(&value, &buf);
    struct str ours = buf_str(&buf);
    if (ours.len >= 2 && ours.ptr[0] == '"') ours = str_cut(ours, 1, ours.len - 2);
    bool is_object = theirs.len > 0 && theirs.ptr[0] == '{';
    if (item.kind == VALUE_NODE && is_object) return true; /* which one is not compared */
    if (str_eq(ours, theirs) || same_number(ours, theirs)) return true;
    if (value.kind == VALUE_QUANTITY) {
        struct str text = expr_quantity_text(value.as.quantity, mem);
        return same_number(number_of(text), number_of(theirs)) && str_eq(unit_of(text), unit_of(theirs));
    }
    bool dated = value.kind == VALUE_DATE || value.kind == VALUE_DATETIME || value.kind == VALUE_TIME;
    return dated && expr_temporal_parse(ours, &a) && expr_temporal_parse(theirs, &b) &&
           expr_temporal_cmp(&a, &b, EXPR_MILLISECOND, 0) == EXPR_SAME;
}

static bool same_answer(enum salve_code code, const struct expr_value *result, struct str theirs, struct arena *mem)
{
    if (str_is(theirs, "ERROR")) return code != SALVE_OK;
    if (code != SALVE_OK) return false;
    struct expr_items view = expr_items(result);
    struct str item;
    for (uint32_t i = 0; i < view.count; i++)
        if (!next_item(&theirs, &item) || !same_item(view.items[i], item, mem)) return false;
    return !next_item(&theirs, &item);
}

static bool is_theirs(struct str list, struct str text)
{
    struct str line;
    while (str_next_line(&list, &line)) {
        ptrdiff_t tab = str_find(line, STR("\t"));
        if (tab > 0 && line.ptr[0] != '#' && str_find(text, str_cut(line, 0, (size_t)tab)) >= 0) return true;
    }
    return false;
}

static void compare(struct str line, const struct tape *tape, struct str list, struct arena *mem)
{
    struct salve_err err = {0};
    struct fhirpath *path;
    struct expr_value result = EXPR_NONE;
    ptrdiff_t tab = str_find(line, STR("\t"));
    if (tab < 0) return;
    struct str text = str_cut(line, 0, (size_t)tab), theirs = str_cut(line, (size_t)tab + 1, SIZE_MAX);
    enum salve_code code = fhirpath_compile(text, 0, mem, &path, &err);
    if (code == SALVE_OK) code = fhirpath_run(path, NULL, expr_node(tape, 0), mem, &result, &err);
    if (same_answer(code, &result, theirs, mem)) {
        t_pass();
        return;
    }
    if (is_theirs(list, text)) {
        t_skipped(1);
        return;
    }
    struct buf buf;
    buf_init(&buf, mem, 1 << 20);
    if (code == SALVE_OK)
        expr_json(&result, &buf);
    else
        buf_addf(&buf, "%s %s %s", salve_code_name(code), t_where(&err), err.why);
    t_fail(arena_printf(mem, "%.*s", STR_ARGS(text)).ptr, "salve %.*s, the other %.*s", STR_ARGS(buf_str(&buf)),
           STR_ARGS(theirs));
}

int main(int argc, char **argv)
{
    if (argc < 3) return t_end();
    struct arena *mem = arena_open(ARENA_BYTES);
    struct salve_err err = {0};
    struct str answers, json, list = STR(""), line;
    struct tape tape;
    assert_ok(file_read(argv[1], 256 << 20, mem, &answers, &err));
    assert_ok(file_read(argv[2], 1 << 20, mem, &json, &err));
    if (argc > 3) assert_ok(file_read(argv[3], 1 << 20, mem, &list, &err));
    assert_ok(fhir_read(json, NULL, mem, &tape, NULL, &err));
    while (str_next_line(&answers, &line)) {
        struct arena_mark mark = arena_mark(mem);
        compare(line, &tape, list, mem);
        arena_rewind(mem, mark);
    }
    arena_close(mem);
    return t_end();
}
