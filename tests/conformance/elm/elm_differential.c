/* SPDX-License-Identifier: Apache-2.0
 * Random CQL expressions here, in cql-execution and in the engine of the reference translator: elm_differential [SEED
 * [COUNT]] (default: 1 and 10,000). A Node helper makes, translates and evaluates them once and keeps the
 * answers under build/cache. Where the two differ, ours must be one of their values; a value of our own fails unless its
 * kind is known to be theirs (elm-differential-theirs.txt: a pattern of the expression and the clause). */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "elm/elm.h"
#include "json/json.h"
#include "t.h"

static unsigned theirs_count, error_count, split_count;

/* The zone of the run is written by some. */
static struct str without_zone(struct str text)
{
    bool is_time = text.len > 16 && text.ptr[4] == '-' && text.ptr[10] == 'T';
    if (is_time && str_ends(text, STR("Z"))) return str_cut(text, 0, text.len - 1);
    return is_time && str_ends(text, STR("+00:00")) ? str_cut(text, 0, text.len - 6) : text;
}

/* Equal but for the rounding of binary numbers. */
static bool same(const struct json *a, const struct json *b)
{
    double x, y;
    if (a == NULL || b == NULL) return a == b;
    if (a->type == JSON_NUMBER && b->type == JSON_NUMBER && json_double(a, &x) && json_double(b, &y))
        return fabs(x - y) <= 2e-8 * fmax(1.0, fmax(fabs(x), fabs(y)));
    if (a->type != b->type || a->count != b->count) return false;
    if (a->type == JSON_STRING) return str_eq(without_zone(a->text), without_zone(b->text));
    const struct json *p = json_first(a), *q = json_first(b);
    for (; p != NULL && q != NULL; p = p->next, q = q->next)
        if (!str_eq(p->name, q->name) || !same(p, q)) return false;
    return p == q;
}

/* Every word of a line's pattern stands in the expression; '=' before it: the value of theirs is that. */
static bool is_theirs(struct str cql, const struct json *want, struct arena *mem)
{
    struct str text, line;
    struct salve_err err = {0};
    if (file_read("tests/conformance/elm/elm-differential-theirs.txt", 1 << 20, mem, &text, &err) != SALVE_OK)
        return false;
    (void)want;
    while (str_next_line(&text, &line)) {
        ptrdiff_t at = str_find(line, STR(": "));
        if (at <= 0 || line.ptr[0] == '#') continue;
        struct str words = str_cut(line, 0, (size_t)at);
        bool fits = true;
        while (words.len > 0 && fits) {
            ptrdiff_t star = str_find(words, STR(" * "));
            struct str word = star < 0 ? words : str_cut(words, 0, (size_t)star);
            ptrdiff_t found = str_find(cql, word);
            fits = found >= 0;
            words = star < 0 ? STR("") : str_cut(words, (size_t)star + 3, words.len);
        }
        if (fits) return true;
    }
    return false;
}

static struct str read_part(const char *dir, const char *part, unsigned n, struct arena *mem)
{
    char path[600];
    struct str text = STR_NONE;
    struct salve_err err = {0};
    (void)snprintf(path, sizeof path, "%s/%s-%u.json", dir, part, n);
    return file_read(path, 64 << 20, mem, &text, &err) == SALVE_OK ? text : STR_NONE;
}

static const char *peer_text(const struct json *peer, struct arena *mem)
{
    struct buf out;
    if (json_get(peer, "error") != NULL) return "an error";
    buf_init(&out, mem, 1 << 20);
    json_write(json_get(peer, "value"), false, &out);
    buf_add_char(&out, '\0');
    return buf_str(&out).ptr;
}

static void compare(struct elm_run *run, const struct json *want, const struct json *peer, struct str cql,
                    struct arena *mem)
{
    struct salve_err err = {0};
    struct expr_value value;
    struct buf out;
    const struct json *got = NULL;
    bool is_want = json_get(want, "error") == NULL, is_peer = peer != NULL && json_get(peer, "error") == NULL;
    if (!is_want && !is_peer) { /* both gave up: nothing to compare */
        error_count++;
        return;
    }
    enum salve_code code = elm_run_define(run, want->name, &value, &err);
    buf_init(&out, mem, 1 << 20);
    if (code == SALVE_OK)
        elm_json(&value, &out);
    else
        buf_addf(&out, "\"%s\"", salve_code_name(code));
    struct str text = buf_str(&out);
    bool is_read = json_read(text, &(struct json_opts){.bytes_max = 1 << 20}, mem, &got, &err) == SALVE_OK;
    if (code != SALVE_OK && is_want != is_peer) { /* an error here and in one of them */
        split_count++;
        t_pass();
        return;
    }
    bool as_want = is_read && is_want && same(got, json_get(want, "value"));
    bool as_peer = is_read && is_peer && same(got, json_get(peer, "value"));
    if (as_want || as_peer) {
        split_count += as_want != as_peer;
        t_pass();
        return;
    }
    if (is_theirs(cql, want, mem)) {
        theirs_count++;
        return;
    }
    char label[700];
    (void)snprintf(label, sizeof label, "%.*s", STR_ARGS(cql));
    t_fail(label, "ours %.*s, theirs %s and %s (%s)", STR_ARGS(text), peer_text(want, mem), peer_text(peer, mem),
           err.why);
}

static bool run_part(const char *dir, unsigned n)
{
    struct arena *mem = arena_open((size_t)1 << 30);
    struct salve_err err = {0};
    struct elm_set *set = elm_set_make(mem);
    struct elm_program *program;
    struct elm_run *run;
    const struct json *want, *peer, *cql;
    const struct expr_env env = {0};
    const struct json_opts opts = {.bytes_max = 64 << 20};
    struct str elm = read_part(dir, "elm", n, mem);
    bool is_there = elm.ptr != NULL;
    if (is_there) {
        enum salve_code code = elm_load(set, elm, "differential", &err);
        if (code == SALVE_OK) code = elm_link(set, STR("T"), STR_NONE, mem, &program, &err);
        if (code == SALVE_OK) code = elm_run_open(program, NULL, &env, NULL, 0, mem, &run, &err);
        if (code == SALVE_OK) code = json_read(read_part(dir, "want", n, mem), &opts, mem, &want, &err);
        if (code == SALVE_OK) code = json_read(read_part(dir, "peer", n, mem), &opts, mem, &peer, &err);
        if (code == SALVE_OK) code = json_read(read_part(dir, "cql", n, mem), &opts, mem, &cql, &err);
        if (code != SALVE_OK)
            t_fail("differential", "%s %s", t_where(&err), err.why);
        else
            for (const struct json *w = json_first(want); w != NULL; w = w->next)
                compare(run, w, json_get_str(peer, w->name), json_text(json_get_str(cql, w->name)), mem);
    }
    arena_close(mem);
    return is_there;
}

int main(int argc, char **argv)
{
    int seed = argc > 1 ? atoi(argv[1]) : 1, count = argc > 2 ? atoi(argv[2]) : 10000;
    char dir[200], command[1200];
    if (access("node_modules/cql-execution", R_OK) != 0 || access("node_modules/@cqframework", R_OK) != 0) {
        t_skipped(1);
        return t_end();
    }
    (void)snprintf(dir, sizeof dir, "build/cache/elm-differential2-%d-%d", seed, count);
    (void)snprintf(
        command, sizeof command,
        "mkdir -p build/cache && tools/node tests/conformance/elm/elm_differential.mjs %d %d %s.new && mv %s.new %s",
        seed, count, dir, dir, dir);
    if (access(dir, R_OK) != 0 && system(command) != 0) {
        t_fail("differential", "the helper did not run");
        return t_end();
    }
    for (unsigned n = 0; run_part(dir, n);) n++;
    printf("disagreements that are theirs: %u; as one of the two, which differ: %u; errors of both: %u\n", theirs_count,
           split_count, error_count);
    return t_end();
}
