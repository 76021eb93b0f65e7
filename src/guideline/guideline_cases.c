/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases: a made-up person as a Bundle and the findings expected of them. A case names only the elements that it is
 * about; an item that it lists must be there once, an item under "absent" must not be there
 * (docs/guide/writing-a-guideline.md). */
#include <stdio.h>

#include "base/assert.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "guideline/guideline_int.h"

struct one_case {
    const struct guideline *guideline;
    const struct json *root;
    struct arena *mem;
    struct str text;         /* of the file */
    const struct json *what; /* the part of the case that `why` is about */
    struct str why;          /* first disagreement; absent: none */
    unsigned line, column;   /* of an error in the case's JSON; 0: there is none */
};

/* An error in the case's own file has its line there; one in the logic is told with its own place. */
static void tell_trouble(struct one_case *at, const struct salve_err *trouble)
{
    char where[SALVE_ERR_WHERE_BYTES];
    const char *rule = trouble->why[0] != '\0' ? trouble->why : salve_code_what(trouble->code);
    bool is_own = trouble->in[0] == '\0' && trouble->line > 0;
    if (is_own) {
        at->line = trouble->line;
        at->column = trouble->column;
    }
    const char *told = is_own ? trouble->element : salve_err_where(trouble, where);
    at->why = arena_printf(at->mem, "%s%s%s", told, told[0] == '\0' ? "" : ": ", rule);
}

/* "heart-rate/cases/fast.json:12" */
static struct str place_of(struct one_case *at, struct str name)
{
    unsigned line = 1, column = 1;
    struct str id = at->guideline->info.id;
    if (at->line > 0)
        return arena_printf(at->mem, "%.*s/cases/%.*s:%u:%u", STR_ARGS(id), STR_ARGS(name), at->line, at->column);
    if (at->what == NULL) return arena_printf(at->mem, "%.*s/cases/%.*s", STR_ARGS(id), STR_ARGS(name));
    json_where(at->text, at->what->offset, &line, &column);
    return arena_printf(at->mem, "%.*s/cases/%.*s:%u", STR_ARGS(id), STR_ARGS(name), line);
}

static enum salve_code bad_case(const char *element, const char *rule, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, rule, "%s", element);
}

static enum salve_code choices_of(const struct one_case *at, struct guideline_ask *ask, struct salve_err *err)
{
    const struct json *object = json_get(at->root, "choices");
    struct guideline_choice *choices =
        arena_array(at->mem, struct guideline_choice, object == NULL ? (size_t)1 : object->count + (size_t)1);
    if (choices == NULL) return salve_fail(err, SALVE_E_MEMORY, "case");
    for (const struct json *it = json_first(object); it != NULL; it = it->next)
        choices[ask->choice_count++] = (struct guideline_choice){it->name, json_text(it)};
    ask->choices = choices;
    return SALVE_OK;
}

static enum salve_code findings_of(const struct one_case *at, struct finding **out, size_t *count,
                                   struct salve_err *err)
{
    struct guideline_ask ask = {.is_made_up = true};
    struct buf text;
    struct str bundle;
    struct tape *tape = arena_new(at->mem, struct tape);
    if (tape == NULL) return salve_fail(err, SALVE_E_MEMORY, "case");
    if (!clock_parse(json_get_text(at->root, "now"), &ask.now_unix_ms))
        return bad_case("now", "must be a date and time with zone", err);
    buf_init(&text, at->mem, SALVE_RESOURCE_BYTES_MAX);
    json_write(json_get(at->root, "subject"), false, &text);
    TRY(buf_done(&text, &bundle, err));
    TRY(fhir_read(bundle, NULL, at->mem, tape, NULL, err));
    TRY(choices_of(at, &ask, err));
    ask.tapes = tape;
    ask.tape_count = 1;
    ask.with_reasons = true;
    return guideline_evaluate(at->guideline, &ask, at->mem, out, count, err);
}

static const struct finding *found(const struct finding *findings, size_t count, struct str item, size_t *times)
{
    const struct finding *first = NULL;
    *times = 0;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(findings[i].item, item)) continue;
        if (first == NULL) first = &findings[i];
        *times += 1;
    }
    return first;
}

static bool same_labels(const struct json *want, const struct str *got, size_t count)
{
    size_t i = 0;
    for (const struct json *it = json_first(want); it != NULL; it = it->next, i++)
        if (i >= count || !str_eq(json_text(it), got[i])) return false;
    return i == count;
}

/* Each text of `because` stands in one of the lines, in this order. */
static bool same_reasons(const struct json *want, const struct str *got, size_t count)
{
    size_t i = 0;
    for (const struct json *it = json_first(want); it != NULL; it = it->next, i++) {
        while (i < count && str_find(got[i], json_text(it)) < 0) i++;
        if (i >= count) return false;
    }
    return true;
}

/* "heart-rate: missing is [heart-rate, age]"; absent: there is no difference. */
static struct str list_differs(const struct json *want, struct str item, const char *name, const struct str *got,
                               size_t count, enum finding_from from, struct arena *mem)
{
    struct str list = STR("");
    const struct json *texts = json_get(want, name);
    bool is_same = texts == NULL || (from == FINDING_FROM_REASONS ? same_reasons : same_labels)(texts, got, count);
    if (is_same) return STR_NONE;
    for (size_t i = 0; i < count; i++)
        list = arena_printf(mem, "%.*s%s%.*s", STR_ARGS(list), i == 0 ? "" : ", ", STR_ARGS(got[i]));
    return arena_printf(mem, "%.*s: %s is [%.*s]", STR_ARGS(item), name, STR_ARGS(list));
}

static struct str text_differs(const struct json *want, struct str item, const char *name, struct str got,
                               struct arena *mem)
{
    const struct json *text = json_get(want, name);
    if (text == NULL || str_eq(json_text(text), got)) return STR_NONE;
    return arena_printf(mem, "%.*s: %s is \"%.*s\", expected \"%.*s\"", STR_ARGS(item), name, STR_ARGS(got),
                        STR_ARGS(json_text(text)));
}

/* differs - the first element of `want` that the finding does not have so; absent: none. */
static struct str differs(const struct json *want, const struct finding *got, struct arena *mem)
{
    struct str why = STR_NONE;
#define FINDING_TEXT(name, ...)                                                                                        \
    if (why.ptr == NULL) why = text_differs(want, got->item, #name, got->name, mem);
#define FINDING_NUMBER FINDING_TEXT
#define FINDING_WORD(name, type, ...)                                                                                  \
    if (why.ptr == NULL) why = text_differs(want, got->item, #name, str_of(type##_text(got->name)), mem);
#define FINDING_LIST(name, part, from, ...)                                                                            \
    if (why.ptr == NULL)                                                                                               \
        why = list_differs(want, got->item, #name, got->name, got->name##_count, FINDING_FROM_##from, mem);
#include "guideline/finding.def"
    return why;
}

static void compare_findings(struct one_case *at, const struct finding *findings, size_t count)
{
    size_t times = 0;
    for (const struct json *want = json_first(json_get(at->root, "findings")); want != NULL; want = want->next) {
        struct str item = json_get_text(want, "item");
        const struct finding *got = found(findings, count, item, &times);
        at->what = want;
        if (times != 1)
            at->why = arena_printf(at->mem, "%.*s: there are %zu findings of it", STR_ARGS(item), times);
        else
            at->why = differs(want, got, at->mem);
        if (at->why.ptr != NULL) return;
    }
    for (const struct json *item = json_first(json_get(at->root, "absent")); item != NULL; item = item->next) {
        if (found(findings, count, json_text(item), &times) == NULL) continue;
        at->what = item;
        at->why = arena_printf(at->mem, "%.*s: should not be there", STR_ARGS(json_text(item)));
        return;
    }
}

/* What a case may expect: what the folder says of itself is no result, and inputs are the case's own. */
static bool is_expectable(struct str key)
{
#define FINDING_TEXT(name, part, from, ...)                                                                            \
    if (FINDING_FROM_##from != FINDING_FROM_FOLDER && str_is(key, #name)) return true;
#define FINDING_NUMBER                                       FINDING_TEXT
#define FINDING_LIST                                         FINDING_TEXT
#define FINDING_WORD(name, type, otherwise, part, from, ...) FINDING_TEXT(name, part, from)
#include "guideline/finding.def"
    return false;
}

/* A name that nobody else uses would make a case that cannot fail. */
static enum salve_code check_names(struct one_case *at, struct salve_err *err)
{
    const struct json *findings = json_get(at->root, "findings"), *absent = json_get(at->root, "absent");
    if (json_first(findings) == NULL && json_first(absent) == NULL)
        return bad_case("findings", "a case expects at least one finding, or that one is absent", err);
    for (const struct json *want = json_first(findings); want != NULL; want = want->next)
        for (const struct json *it = json_first(want); it != NULL; it = it->next) {
            bool is_known = is_expectable(it->name);
            at->what = is_known ? NULL : it;
            if (!is_known) return bad_case("findings", "an element that findings do not have is expected", err);
        }
    for (const struct json *item = json_first(absent); item != NULL; item = item->next) {
        if (guideline_item(at->guideline, json_text(item)) != NULL) continue;
        at->what = item;
        return bad_case("absent", "guideline.json declares no item of this name", err);
    }
    return SALVE_OK;
}

static enum salve_code test_file(struct one_case *at, const char *path, struct salve_err *err)
{
    struct finding *findings = NULL;
    size_t count = 0;
    TRY(file_read(path, SALVE_CONFIG_BYTES_MAX, at->mem, &at->text, err));
    TRY(json_read(at->text, NULL, at->mem, &at->root, err));
    TRY(check_names(at, err));
    TRY(findings_of(at, &findings, &count, err));
    compare_findings(at, findings, count);
    return SALVE_OK;
}

enum salve_code guideline_test_cases(const char *share, const struct guideline *guideline, guideline_report *report,
                                     void *ctx, struct guideline_tally *tally, struct salve_err *err)
{
    char path[4096];
    struct str *names = NULL;
    size_t count = 0;
    struct str id = guideline->info.id;
    salve_assert(share != NULL && tally != NULL);
    struct arena *mem = arena_open(GUIDELINE_EVALUATION_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "cases");
    (void)snprintf(path, sizeof path, "%s/guidelines/%.*s/cases", share, STR_ARGS(id));
    struct salve_err none = {0};
    enum salve_code code = file_list(path, mem, &names, &count, &none);
    if (code == SALVE_E_NOT_FOUND) code = SALVE_OK; /* guideline_check says that there are no cases */
    if (code != SALVE_OK && err != NULL) *err = none;
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        if (!str_ends(names[i], STR(".json"))) continue;
        struct arena_mark mark = arena_mark(mem);
        struct salve_err trouble = {0};
        struct one_case at = {.guideline = guideline, .mem = mem, .why = STR_NONE};
        (void)snprintf(path, sizeof path, "%s/guidelines/%.*s/cases/%.*s", share, STR_ARGS(id), STR_ARGS(names[i]));
        if (test_file(&at, path, &trouble) != SALVE_OK) tell_trouble(&at, &trouble);
        bool is_ok = at.why.ptr == NULL;
        tally->passed += is_ok;
        tally->failed += !is_ok;
        struct str where = is_ok ? names[i] : place_of(&at, names[i]);
        if (report != NULL) report(ctx, where, is_ok, is_ok ? STR("") : at.why);
        arena_rewind(mem, mark);
    }
    arena_close(mem);
    return code;
}
