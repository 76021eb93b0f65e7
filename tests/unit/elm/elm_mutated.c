/* SPDX-License-Identifier: Apache-2.0
 * Every member of every object of every expression of elm.cases, one at a time: left out, and a number, a text, an
 * object, a list and null in its place. Each must link and run, or be an error that names the define; and elm.cases has
 * every node kind there is. */
#include <limits.h>

#include "base/file.h"
#include "elm/elm.h"
#include "json/json.h"
#include "elm_case.h"
#include "t.h"

static const char *const kinds[] = {
#define STRICT(type, fields, least, most, function, flags) #type,
#define NODE(type, function, flags)                        #type,
#include "elm/elm_nodes.def"
#undef STRICT
#undef NODE
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

enum change { LEFT_OUT, NUMBER, TEXT, OBJECT, LIST, NOTHING, CHANGES };
static const char *const instead[CHANGES] = {"", "7", "\"x\"", "{\"type\":\"Null\"}", "[{\"type\":\"Null\"}]", "null"};

struct writing {
    struct buf out;
    unsigned seen, target; /* members so far; the one that is changed */
    enum change change;
};

static void write_node(struct writing *w, const struct json *node)
{
    bool is_object = json_is(node, JSON_OBJECT), is_first = true;
    if (!is_object && !json_is(node, JSON_ARRAY)) {
        json_write(node, false, &w->out);
        return;
    }
    buf_add_char(&w->out, is_object ? '{' : '[');
    for (const struct json *item = json_first(node); item != NULL; item = item->next) {
        bool is_changed = is_object && w->seen++ == w->target;
        if (is_changed && w->change == LEFT_OUT) continue;
        if (!is_first) buf_add_char(&w->out, ',');
        is_first = false;
        if (is_object) {
            json_add_string(&w->out, item->name);
            buf_add_char(&w->out, ':');
        }
        if (is_changed)
            buf_add(&w->out, str_of(instead[w->change]));
        else
            write_node(w, item);
    }
    buf_add_char(&w->out, is_object ? '}' : ']');
}

static void mark_kinds(const struct json *node, bool *seen)
{
    struct str type = json_get_text(node, "type");
    for (int i = 0; i < KIND_COUNT; i++)
        if (str_is(type, kinds[i])) seen[i] = true;
    for (const struct json *item = json_first(node); item != NULL; item = item->next)
        if (json_is(item, JSON_OBJECT) || json_is(item, JSON_ARRAY)) mark_kinds(item, seen);
}

static enum salve_code run(struct str expression, struct arena *mem, struct salve_err *err)
{
    const struct expr_env env = {.steps_max = 20000};
    struct elm_set *set = elm_set_make(mem);
    struct elm_program *program;
    struct elm_run *run;
    struct expr_value value;
    struct buf out;
    struct str text = arena_printf(mem,
                                   "{\"library\":{\"identifier\":{\"id\":\"T\"},\"schemaIdentifier\":{\"id\":\"x\"},"
                                   "\"parameters\":{\"def\":[{\"name\":\"P\"}]},\"codeSystems\":{\"def\":[{\"name\":"
                                   "\"S\",\"id\":\"s\"}]},\"valueSets\":{\"def\":[{\"name\":\"V\",\"id\":\"v\"}]},"
                                   "\"codes\":{\"def\":[{\"name\":\"C\",\"id\":\"c\",\"codeSystem\":{\"name\":\"S\"}}"
                                   "]},\"concepts\":{\"def\":[{\"name\":\"K\",\"code\":[{\"name\":\"C\"}]}]},"
                                   "\"statements\":{\"def\":[{\"name\":\"E\",\"expression\":{\"type\":\"Null\"}},"
                                   "{\"name\":\"F\",\"type\":\"FunctionDef\",\"operand\":[{\"name\":\"x\"}],"
                                   "\"expression\":{\"type\":\"OperandRef\",\"name\":\"x\"}},"
                                   "{\"name\":\"A\",\"expression\":%.*s}]}}}",
                                   STR_ARGS(expression));
    enum salve_code code = set == NULL || text.ptr == NULL ? SALVE_E_MEMORY : elm_load(set, text, NULL, err);
    if (code == SALVE_OK) code = elm_link(set, STR("T"), STR_NONE, mem, &program, err);
    if (code == SALVE_OK) code = elm_run_open(program, NULL, &env, NULL, 0, mem, &run, err);
    if (code == SALVE_OK) code = elm_run_define(run, STR("A"), &value, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, mem, 8 << 20);
    elm_json(&value, &out);
    return SALVE_OK;
}

static unsigned mutate(const struct json *root, struct arena *mem)
{
    unsigned count = 0;
    struct writing w = {.target = UINT_MAX};
    buf_init(&w.out, mem, 1 << 20);
    write_node(&w, root);
    unsigned members = w.seen;
    for (w.target = 0; w.target < members; w.target++) {
        for (w.change = 0; w.change < CHANGES; w.change++) {
            struct arena_mark mark = arena_mark(mem);
            struct salve_err err = {0};
            w.seen = 0;
            buf_init(&w.out, mem, 1 << 20);
            write_node(&w, root);
            enum salve_code code = run(buf_str(&w.out), mem, &err);
            if (code != SALVE_OK && code != SALVE_E_MEMORY && strncmp(t_where(&err), "T", 1) != 0)
                fail_msg("%.*s: %s at '%s'", STR_ARGS(buf_str(&w.out)), salve_code_name(code), t_where(&err));
            count++;
            arena_rewind(mem, mark);
        }
    }
    return count;
}

static void whatever_a_member_holds_is_an_answer_or_an_error_with_its_place(void **state)
{
    struct arena *keep = arena_open(64 << 20), *mem = arena_open(64 << 20);
    struct salve_err err = {0};
    struct str text, line;
    bool seen[KIND_COUNT] = {false};
    unsigned count = 0;
    (void)state;
    assert_ok(file_read("tests/unit/elm/elm.cases", 1 << 20, keep, &text, &err));
    while (str_next_line(&text, &line)) {
        ptrdiff_t at = str_find(line, STR(" => "));
        const struct json *root;
        if (at < 0 || line.ptr[0] == '#') continue;
        struct json_opts opts = {.bytes_max = 1 << 20, .depth_max = 200};
        if (json_read(spell_out(str_cut(line, 0, (size_t)at), keep), &opts, keep, &root, &err) != SALVE_OK) continue;
        mark_kinds(root, seen);
        count += mutate(root, mem);
    }
    printf("%u changed expressions\n", count);
    assert_true(count > 5000);
    for (int i = 0; i < KIND_COUNT; i++)
        if (!seen[i]) printf("no case has %s\n", kinds[i]);
    for (int i = 0; i < KIND_COUNT; i++) assert_true(seen[i]);
    arena_close(mem);
    arena_close(keep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_a_member_holds_is_an_answer_or_an_error_with_its_place),
    };
    return t_run(tests);
}
