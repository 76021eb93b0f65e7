/* SPDX-License-Identifier: Apache-2.0
 * The CQL test suite: cql_suite [DIR] (default: the public data). A Node helper translates all tests to ELM once and
 * keeps them under build/cache, named by the hash of what went in; here each is run and "got" is compared with "want".
 * Tests that the translator refuses are counted apart (as skipped), unless the suite says that they must fail. */
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>
#include <dirent.h>

#include "base/file.h"
#include "elm/elm.h"
#include "json/json.h"
#include "t.h"

static const char *gaps = "tests/conformance/elm/known-gaps-cql.txt";
static unsigned refused_count, refused_rightly_count;

struct outcome {
    bool is_right;
    enum salve_code code;
    char got[600], want[600], at[SALVE_ERR_TEXT_BYTES], why[SALVE_ERR_TEXT_BYTES];
};

static void value_text(struct expr_value value, char *text, size_t room, struct arena *mem)
{
    struct buf out;
    buf_init(&out, mem, 1 << 20);
    elm_json(&value, &out);
    (void)snprintf(text, room, "%.*s", (int)out.len, out.ptr);
}

/* Equal text, or the same value by equivalence where only the writing differs (1.0 and 1). */
static enum salve_code run_elm(struct str elm, struct outcome *out, struct arena *mem, struct salve_err *err)
{
    static const struct expr_env env = {0};
    struct elm_set *set = elm_set_make(mem);
    struct elm_program *program;
    struct elm_run *run;
    struct expr_value got, want;
    enum salve_code code = elm_load(set, elm, "test", err);
    if (code == SALVE_OK) code = elm_link(set, STR("Test"), STR_NONE, mem, &program, err);
    if (code == SALVE_OK) code = elm_run_open(program, NULL, &env, NULL, 0, mem, &run, err);
    if (code == SALVE_OK) code = elm_run_define(run, STR("got"), &got, err);
    if (code == SALVE_OK) value_text(got, out->got, sizeof out->got, mem);
    if (code == SALVE_OK) code = elm_run_define(run, STR("want"), &want, err);
    if (code != SALVE_OK) return code;
    value_text(want, out->want, sizeof out->want, mem);
    out->is_right = strcmp(out->got, out->want) == 0 || elm_same(run, got, want);
    return SALVE_OK;
}

static void judge(const char *name, bool is_right, const char *cql, const struct outcome *o)
{
    if (t_known_gap(gaps, name)) {
        if (is_right)
            t_gap_passed(name);
        else
            t_skipped(1);
    } else if (is_right) {
        t_pass();
    } else if (o->code != SALVE_OK) {
        t_fail(name, "%s: %s (%s: %s)", cql, salve_code_name(o->code), o->at, o->why);
    } else {
        t_fail(name, "%s: got %s, want %s", cql, o->got, o->want);
    }
}

static void run_line(struct str line)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0};
    struct outcome o = {0};
    const struct json *doc;
    struct json_opts opts = {.bytes_max = 16 << 20, .depth_max = 400};
    char name[256], cql[256];
    if (json_read(line, &opts, mem, &doc, &err) != SALVE_OK) {
        t_fail("suite", "a line is not JSON: %s", t_where(&err));
        arena_close(mem);
        return;
    }
    bool is_invalid = json_is_true(json_get(doc, "invalid"));
    const struct json *elm = json_get(doc, "elm");
    (void)snprintf(name, sizeof name, "%.*s", STR_ARGS(json_get_text(doc, "name")));
    (void)snprintf(cql, sizeof cql, "%.*s", STR_ARGS(json_get_text(doc, "cql")));
    if (elm == NULL) {
        if (is_invalid)
            refused_rightly_count++;
        else
            refused_count++;
        if (getenv("REFUSED") != NULL && !is_invalid)
            printf("refused %s: %s: %.*s\n", name, cql, STR_ARGS(json_get_text(doc, "error")));
    } else {
        struct buf text;
        buf_init(&text, mem, 16 << 20);
        json_write(elm, false, &text);
        o.code = run_elm(buf_str(&text), &o, mem, &err);
        memcpy(o.at, t_where(&err), sizeof o.at);
        memcpy(o.why, err.why, sizeof o.why);
        judge(name, is_invalid ? o.code != SALVE_OK : o.is_right, cql, &o);
    }
    arena_close(mem);
}

static uint64_t hash_folder(const char *dir)
{
    uint64_t hash = 14695981039346656037ULL;
    char path[4096];
    DIR *folder = opendir(dir);
    struct arena *mem = arena_open(64 << 20);
    if (folder == NULL) return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct str text;
        struct salve_err err = {0};
        uint64_t one = 14695981039346656037ULL;
        (void)snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (!str_ends(str_of(path), STR(".xml")) || file_read(path, 4 << 20, mem, &text, &err) != SALVE_OK) continue;
        for (size_t i = 0; i < text.len; i++) one = (one ^ (uint8_t)text.ptr[i]) * 1099511628211ULL;
        hash += one; /* the order of the folder does not count */
    }
    (void)closedir(folder);
    arena_close(mem);
    return hash;
}

int main(int argc, char **argv)
{
    const char *dir = t_suite(argc, argv, "cql-tests");
    char cache[512], command[5000];
    struct stat info;
    if (dir == NULL || access("node_modules/@cqframework", R_OK) != 0) {
        t_skipped(1);
        return t_end();
    }
    (void)mkdir("build", 0777);
    (void)mkdir("build/cache", 0777);
    (void)snprintf(cache, sizeof cache, "build/cache/cql-suite-%016llx.jsonl", (unsigned long long)hash_folder(dir));
    (void)snprintf(command, sizeof command, "tools/node tests/conformance/elm/cql_suite.mjs '%s' '%s'", dir, cache);
    if (stat(cache, &info) != 0 && system(command) != 0) {
        t_fail("suite", "the translation did not run");
        return t_end();
    }
    struct arena *mem = arena_open(256 << 20);
    struct str text, line;
    struct salve_err err = {0};
    if (file_read(cache, 128 << 20, mem, &text, &err) != SALVE_OK)
        t_fail("suite", "the translation cannot be read");
    else
        while (str_next_line(&text, &line))
            if (line.len > 0) run_line(line);
    arena_close(mem);
    printf("refused by the translator: %u rightly, %u others (not counted below)\n", refused_rightly_count,
           refused_count);
    return t_end();
}
