/* SPDX-License-Identifier: Apache-2.0
 * Value sets and code systems by cases of text, tests/unit/terms/tables.cases (its head says how they are written), and
 * what a case cannot say: definitions that are refused. */
#include "base/file.h"
#include "base/limits.h"
#include "terms/terms.h"
#include "fhir/fhir.h"
#include "t.h"

static struct str word(struct str *line)
{
    *line = str_trim(*line);
    ptrdiff_t space = str_find(*line, STR(" "));
    size_t end = space < 0 ? line->len : (size_t)space;
    struct str out = str_cut(*line, 0, end);
    *line = str_cut(*line, end, line->len);
    return out;
}

static struct expr_code code_of(struct str text)
{
    ptrdiff_t hash = str_find(text, STR("#"));
    struct expr_code code = {.code = str_cut(text, (size_t)hash + 1, text.len),
                             .system = str_cut(text, 0, (size_t)hash)};
    if (str_is(code.system, "-")) code.system = STR_NONE;
    return code;
}

static const char *truth(enum expr_truth t) { return t == EXPR_TRUE ? "true" : t == EXPR_FALSE ? "false" : "unknown"; }

static struct str codes_text(const struct terms *v, struct str url, struct arena *mem)
{
    const struct terms_set *set = terms_find(v, url, STR_NONE);
    const struct expr_code *codes;
    uint32_t count;
    struct buf out;
    buf_init(&out, mem, 1 << 16);
    if (set == NULL) return STR("absent");
    if (!terms_set_codes(set, &codes, &count)) return STR("partly");
    for (uint32_t i = 0; i < count; i++)
        buf_addf(&out, "%s%.*s#%.*s", i > 0 ? " " : "", STR_ARGS(codes[i].system), STR_ARGS(codes[i].code));
    return buf_str(&out);
}

static struct str answer(const struct terms *v, struct str question, struct arena *mem)
{
    struct str kind = word(&question), first = word(&question), second = word(&question);
    if (str_is(kind, "codes")) return codes_text(v, first, mem);
    struct expr_code code = code_of(second);
    if (str_is(kind, "system")) return str_of(truth(terms_in_system(v, &code, first, STR_NONE)));
    if (str_is(kind, "subsumes")) {
        struct expr_code high = code_of(first);
        return str_of(truth(terms_subsumes(v, &high, &code, mem)));
    }
    bool is_at_hand;
    enum expr_truth in = terms_member(v, &code, first, STR_NONE, &is_at_hand);
    return is_at_hand ? str_of(truth(in)) : STR("absent");
}

static void run_cases(const struct terms *v, struct str text, struct arena *mem)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        char label[300];
        line = str_trim(line);
        ptrdiff_t arrow = str_find(line, STR(" => "));
        if (line.len == 0 || line.ptr[0] == '#') continue;
        (void)snprintf(label, sizeof label, "%.*s", STR_ARGS(line));
        if (arrow < 0) {
            t_fail(label, "no =>");
            continue;
        }
        struct str want = str_cut(line, (size_t)arrow + 4, line.len);
        struct str got = answer(v, str_cut(line, 0, (size_t)arrow), mem);
        if (str_eq(got, want))
            t_pass();
        else
            t_fail(label, "got %.*s", STR_ARGS(got));
    }
}

static enum salve_code build(const char *json, struct arena *mem, struct terms **v, struct salve_err *err)
{
    struct tape *tape = arena_new(mem, struct tape);
    *v = terms_make(mem);
    enum salve_code code = fhir_read(str_of(json), NULL, mem, tape, NULL, err);
    if (code == SALVE_OK || code == SALVE_E_INVALID) code = terms_add(*v, tape, err);
    return code == SALVE_OK ? terms_done(*v, err) : code;
}

#define SET(url, rest)                                                                                                 \
    "{\"resource\":{\"resourceType\":\"ValueSet\",\"url\":\"" url "\",\"status\":\"active\"" rest "}}"
#define BUNDLE(entries) "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" entries "]}"
#define SYSTEM(rest)                                                                                                       \
    "{\"resource\":{\"resourceType\":\"CodeSystem\",\"url\":\"urn:s\",\"status\":\"active\",\"content\":\"complete\"" rest \
    "}}"

static const struct {
    const char *name, *json, *at;
    enum salve_code code;
} refusals[] = {
    {"a value set that includes itself",
     BUNDLE(SET("urn:a", ",\"compose\":{\"include\":[{\"valueSet\":[\"urn:a\"]}]}")), "urn:a", SALVE_E_INVALID},
    {"two that include each other",
     BUNDLE(SET("urn:a", ",\"compose\":{\"include\":[{\"valueSet\":[\"urn:b\"]}]}") "," SET(
         "urn:b", ",\"compose\":{\"include\":[{\"valueSet\":[\"urn:a\"]}]}")),
     NULL, SALVE_E_INVALID},
    {"a value set without url", "{\"resourceType\":\"ValueSet\",\"status\":\"active\"}", "ValueSet.url",
     SALVE_E_INVALID},
    {"a code system without url", "{\"resourceType\":\"CodeSystem\",\"status\":\"active\",\"content\":\"complete\"}",
     "CodeSystem.url", SALVE_E_INVALID},
    {"two of one url and version", BUNDLE(SET("urn:a", "") "," SET("urn:a", "")), "ValueSet.url", SALVE_E_INVALID},
    {"two code systems of one url and version", BUNDLE(SYSTEM("") "," SYSTEM("")), "CodeSystem.url", SALVE_E_INVALID},
    {"a pattern that is none",
     BUNDLE(SYSTEM(",\"concept\":[{\"code\":\"x\"}]") "," SET(
         "urn:a",
         ",\"compose\":{\"include\":[{\"system\":\"urn:s\",\"filter\":[{\"property\":\"code\",\"op\":\"regex\","
         "\"value\":\"(\"}]}]}")),
     "ValueSet.compose.include.filter", SALVE_E_SYNTAX},
};

static void run_refusals(void)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct arena *mem = arena_open(64 << 20);
        struct salve_err err = {0};
        struct terms *v;
        enum salve_code code = build(refusals[i].json, mem, &v, &err);
        bool is_it = code == refusals[i].code && (refusals[i].at == NULL || strcmp(t_where(&err), refusals[i].at) == 0);
        if (is_it && err.why[0] != '\0')
            t_pass();
        else
            t_fail(refusals[i].name, "%s at %s: %s", salve_code_name(code), t_where(&err), err.why);
        arena_close(mem);
    }
}

/* Codes that hash alike are looked through one by one: many of them end as an error, not as hours. */
static void refuses_too_many_codes_that_are_alike(void)
{
    struct arena *mem = arena_open(256 << 20);
    struct buf out;
    struct str json;
    struct salve_err err = {0};
    struct terms *v;
    buf_init(&out, mem, 64 << 20);
    buf_add(&out,
            STR("{\"resourceType\":\"ValueSet\",\"url\":\"urn:a\",\"status\":\"active\",\"compose\":{\"include\":["));
    for (int i = 0; i < SALVE_VOCABULARY_ALIKE_MAX + 10; i++)
        buf_addf(&out, "%s{\"system\":\"urn:%d\",\"concept\":[{\"code\":\"same\"}]}", i > 0 ? "," : "", i);
    buf_add(&out, STR("]}}"));
    if (buf_done(&out, &json, &err) == SALVE_OK && build(json.ptr, mem, &v, &err) == SALVE_E_TOO_BIG)
        t_pass();
    else
        t_fail("codes that are alike", "%s %s", t_where(&err), err.why);
    arena_close(mem);
}

int main(void)
{
    struct arena *mem = arena_open(256 << 20);
    struct str cases, json;
    struct salve_err err = {0};
    struct terms *v = NULL;
    enum salve_code code = file_read("tests/unit/terms/tables.cases", 1 << 20, mem, &cases, &err);
    if (code == SALVE_OK) code = file_read("tests/unit/terms/tables/animals.json", 1 << 20, mem, &json, &err);
    if (code == SALVE_OK) code = build(json.ptr, mem, &v, &err);
    if (code == SALVE_OK)
        run_cases(v, cases, mem);
    else
        t_fail("animals.json", "%s: %s", t_where(&err), err.why);
    run_refusals();
    refuses_too_many_codes_that_are_alike();
    arena_close(mem);
    return t_end();
}
