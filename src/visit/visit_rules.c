/* SPDX-License-Identifier: Apache-2.0
 * Guidelines as a clinician decides about them: beside what is in force, with what changes and whether its cases
 * pass. */
#include "visit/rules.h"

#include "base/limits.h"
#include "screen/screen.h"
#include "visit/health.h"
#include "visit/visit_int.h"

enum { FAILURES_MAX = 100, CHANGES_MAX = 1000 };

const char *visit_rule_state_text(enum visit_rule_state state)
{
    static const char *const texts[RULE_STATES] = {
#define RULE_STATE(name, text, what) text,
#include "visit/rules.def"
#undef RULE_STATE
    };
    return texts[state];
}

static enum salve_code may_see(const struct visit *visit, struct salve_err *err)
{
    if (visit_may(visit, ACT_GUIDELINE, NULL) == SALVE_OK) return SALVE_OK;
    return visit_may(visit, ACT_HEALTH, err);
}

/* What lies in the share folder: nothing of it is in force because it lies there. */
static enum salve_code open_folder(const struct visit *visit, struct str id, struct arena *mem,
                                   struct visit_content **out, struct salve_err *err)
{
    struct visit_content_ask ask = {.parts = VISIT_GUIDELINES, .guideline = id};
    struct str share = arena_printf(mem, "%.*s", STR_ARGS(visit->content->share));
    if (share.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "guidelines");
    ask.share = share.ptr;
    return visit_content_open(&ask, mem, out, err);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

static void set_in_force(struct visit_rule *rule, const struct screen_acceptance *a)
{
    rule->in_force = a->version;
    rule->accepted_by = a->accepted_by;
    rule->accepted_at = a->at;
    if (rule->title.len == 0) rule->title = a->title;
}

static void set_words(struct visit_rule *rule, const struct guideline *here, const struct screen_acceptance *a,
                      struct arena *mem)
{
    const struct guideline_info *info = guideline_info(here);
    size_t room = sizeof rule->waiting / sizeof rule->waiting[0];
    for (size_t i = 0; i < info->language_count && rule->waiting_count < room; i++)
        if (screen_words_stand(a, here, info->languages[i]) != SCREEN_WORDS_ACCEPTED)
            (void)!arena_str(mem, info->languages[i], &rule->waiting[rule->waiting_count++], NULL);
    if (rule->waiting_count > 0) rule->state = RULE_WORDS;
}

/* `here` is read into a memory of its own, which goes; what is kept of it is copied. */
static enum salve_code add_here(const struct visit *visit, const struct guideline *here, struct visit_rule *out,
                                struct salve_err *err)
{
    const struct guideline_info *info = guideline_info(here);
    struct screen_acceptance a = {0};
    *out = (struct visit_rule){.state = RULE_NEW};
    TRY(arena_str(visit->mem, info->id, &out->id, err));
    TRY(arena_str(visit->mem, info->title, &out->title, err));
    TRY(arena_str(visit->mem, info->version, &out->version, err));
    enum salve_code code = screen_accepted(visit->site, here, visit->mem, &a, err);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK && code != SALVE_E_CONFLICT) return code;
    out->state = code == SALVE_OK ? RULE_IN_FORCE : RULE_OTHER;
    set_in_force(out, &a);
    if (code == SALVE_OK) set_words(out, here, &a, visit->mem);
    return SALVE_OK;
}

static enum salve_code add_broken(const struct visit *visit, const struct visit_broken *broken, struct visit_rule *out,
                                  struct salve_err *err)
{
    char where[SALVE_ERR_WHERE_BYTES];
    struct screen_acceptance a;
    const char *why = broken->err.why[0] != '\0' ? broken->err.why : salve_code_what(broken->err.code);
    (void)salve_err_where(&broken->err, where);
    *out = (struct visit_rule){.state = RULE_BROKEN};
    TRY(arena_str(visit->mem, broken->id, &out->id, err));
    out->broken = arena_printf(visit->mem, "%s: %s", where, why);
    if (screen_in_force(visit->site, out->id, visit->mem, &a, NULL) == SALVE_OK) set_in_force(out, &a);
    return SALVE_OK;
}

static bool has(const struct visit_rule *list, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].id, id)) return true;
    return false;
}

static void sort(struct visit_rule *list, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && str_cmp(list[k - 1].id, list[k].id) > 0; k--) {
            struct visit_rule one = list[k];
            list[k] = list[k - 1];
            list[k - 1] = one;
        }
}

static enum salve_code add_all(const struct visit *visit, const struct visit_content *here, struct visit_rule **out,
                               size_t *count, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t id_count = 0, n = 0;
    struct screen_acceptance a;
    TRY(screen_all_in_force(visit->site, visit->mem, &ids, &id_count, err));
    struct visit_rule *list =
        arena_array(visit->mem, struct visit_rule, here->guideline_count + here->broken_count + id_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "guidelines");
    for (size_t i = 0; i < here->guideline_count; i++) TRY(add_here(visit, here->guidelines[i], &list[n++], err));
    for (size_t i = 0; i < here->broken_count; i++) TRY(add_broken(visit, &here->broken[i], &list[n++], err));
    for (size_t i = 0; i < id_count; i++) {
        if (has(list, n, ids[i])) continue;
        TRY(screen_in_force(visit->site, ids[i], visit->mem, &a, err));
        list[n] = (struct visit_rule){.id = ids[i], .state = RULE_GONE};
        set_in_force(&list[n++], &a);
    }
    sort(list, n);
    *out = list;
    *count = n;
    return SALVE_OK;
}

enum salve_code visit_rules(const struct visit *visit, struct visit_rule **out, size_t *count, struct salve_err *err)
{
    struct visit_content *here = NULL;
    *out = NULL;
    *count = 0;
    TRY(may_see(visit, err));
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "guidelines");
    enum salve_code code = open_folder(visit, STR(""), mem, &here, err);
    if (code == SALVE_OK) code = add_all(visit, here, out, count, err);
    arena_close(mem);
    return code;
}

/* --- one of them -------------------------------------------------------------------------------------------------- */

struct showing {
    struct visit_rule_shown *out;
    struct arena *mem;
};

static void hear_change(void *with, struct str line)
{
    struct showing *in = with;
    struct visit_rule_shown *out = in->out;
    if (out->change_count < CHANGES_MAX && arena_str(in->mem, line, &out->changes[out->change_count], NULL) == SALVE_OK)
        out->change_count++;
}

static void hear_report(void *with, struct str name, bool passed, struct str why)
{
    struct showing *in = with;
    struct visit_rule_shown *out = in->out;
    if (passed || out->failure_count == FAILURES_MAX) return;
    struct str line = arena_printf(in->mem, "%.*s: %.*s", STR_ARGS(name), STR_ARGS(why));
    if (line.ptr != NULL) out->failures[out->failure_count++] = line;
}

static enum salve_code show_choices(const struct visit *visit, struct visit_rule_shown *out, struct salve_err *err)
{
    const struct guideline_info *info = guideline_info(out->offer.here);
    out->choices = arena_array(visit->mem, struct visit_rule_choice, info->switch_count + 1);
    if (out->choices == NULL) return salve_fail(err, SALVE_E_MEMORY, "choices");
    for (size_t i = 0; i < info->switch_count; i++)
        out->choices[out->choice_count++] = (struct visit_rule_choice){
            &info->switches[i], visit_switch_value(&out->offer, &info->switches[i], NULL, 0)};
    return SALVE_OK;
}

/* ELM is made of the CQL beside it, and says nothing more to people. */
static bool is_written(struct str name)
{
    bool is_elm = str_is(name, "logic.json") || str_is(name, "vectors.json") ||
                  (str_starts(name, STR("lib/")) && str_ends(name, STR(".json")));
    return !is_elm && (str_ends(name, STR(".cql")) || str_ends(name, STR(".json")));
}

static struct str file_of(const struct guideline *guideline, struct str name)
{
    size_t count = 0;
    const struct guideline_file *files = guideline == NULL ? NULL : guideline_files(guideline, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(files[i].name, name)) return files[i].bytes;
    return STR_NONE;
}

/* Those that are not the same in both, and those that one has alone. */
static void show_files(struct visit_rule_shown *out, const struct guideline *of, bool is_now)
{
    const struct guideline *before = out->offer.in_force, *now = out->offer.here;
    size_t count = 0;
    const struct guideline_file *files = of == NULL ? NULL : guideline_files(of, &count);
    for (size_t i = 0; i < count; i++) {
        struct visit_rule_file file = {files[i].name, file_of(before, files[i].name), file_of(now, files[i].name)};
        bool is_here_first = is_now || file.now.ptr == NULL;
        bool is_same = file.before.ptr != NULL && file.now.ptr != NULL && str_eq(file.before, file.now);
        if (is_written(file.name) && is_here_first && !is_same) out->files[out->file_count++] = file;
    }
}

static enum salve_code show_changes(const struct visit *visit, struct showing *in, struct salve_err *err)
{
    struct visit_rule_shown *out = in->out;
    size_t here = 0, before = 0;
    (void)guideline_files(out->offer.here, &here);
    if (out->offer.in_force != NULL) (void)guideline_files(out->offer.in_force, &before);
    out->files = arena_array(visit->mem, struct visit_rule_file, here + before + 1);
    out->changes = arena_array(visit->mem, struct str, CHANGES_MAX);
    if (out->files == NULL || out->changes == NULL) return salve_fail(err, SALVE_E_MEMORY, "changes");
    show_files(out, out->offer.here, true);
    show_files(out, out->offer.in_force, false);
    if (out->offer.in_force == NULL) return SALVE_OK;
    return guideline_changes(out->offer.in_force, out->offer.here, hear_change, in, visit->mem, err);
}

static enum salve_code run_cases(const struct visit *visit, struct showing *in, struct salve_err *err)
{
    struct visit_rule_shown *out = in->out;
    struct guideline_tally checks = {0};
    struct str share = arena_printf(visit->mem, "%.*s", STR_ARGS(visit->content->share));
    out->failures = arena_array(visit->mem, struct str, FAILURES_MAX);
    if (out->failures == NULL || share.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "cases");
    TRY(guideline_check(share.ptr, out->offer.here, hear_report, in, &checks, err));
    TRY(guideline_test_cases(share.ptr, out->offer.here, hear_report, in, &out->cases, err));
    out->cases.passed += checks.passed;
    out->cases.failed += checks.failed;
    return SALVE_OK;
}

/* The guideline of the folder beside what is in force; `visit->content` of the answer is the folder's. */
static enum salve_code show(const struct visit *visit, struct str id, struct showing *in, struct salve_err *err)
{
    struct visit folder = *visit;
    struct visit_content *here = NULL;
    uint8_t digest[CONSENT_SHA256_BYTES];
    *in->out = (struct visit_rule_shown){.digest = ""};
    TRY(may_see(visit, err));
    /* what was asked for may be anything, and is not said again */
    enum salve_code code = open_folder(visit, id, visit->mem, &here, err);
    if (code == SALVE_E_NOT_FOUND) return salve_refuse(err, code, "there is no such guideline", "guideline");
    if (code != SALVE_OK) return code;
    folder.content = here;
    TRY(visit_offer(&folder, id, &in->out->offer, err));
    TRY(visit_content_digest(here, visit->mem, digest, err));
    str_hex(digest, sizeof digest, in->out->digest);
    return run_cases(visit, in, err);
}

enum salve_code visit_rule_show(const struct visit *visit, struct str id, struct visit_rule_shown *out,
                                struct salve_err *err)
{
    struct showing in = {out, visit->mem};
    TRY(show(visit, id, &in, err));
    TRY(show_choices(visit, out, err));
    return show_changes(visit, &in, err);
}

enum salve_code visit_rule_accept(const struct visit *visit, struct str id, struct str digest,
                                  const struct guideline_choice *choices, size_t count, struct salve_err *err)
{
    struct visit_rule_shown shown;
    struct showing in = {&shown, visit->mem};
    TRY(visit_may(visit, ACT_GUIDELINE, err));
    TRY(show(visit, id, &in, err));
    if (!str_is(digest, shown.digest))
        return salve_refuse(err, SALVE_E_CONFLICT, "the folder has something else now than what was shown", "digest");
    if (shown.cases.failed > 0) return salve_refuse(err, SALVE_E_INVALID, "a check or a case of it fails", "cases");
    return screen_accept(visit->site, visit->actor, shown.offer.here, choices, count, visit->mem, err);
}
