/* SPDX-License-Identifier: Apache-2.0
 *
 * Is a guideline folder whole? Words for every category, action and reason in every language, the same keys in all of
 * them, words under every band, no forbidden word, vectors and cases. An author runs it as `salve guideline check`. */
#include <stdio.h>

#include "base/assert.h"
#include "base/file.h"
#include "base/limits.h"
#include "guideline/guideline_int.h"

/* Words that frighten or mislead in a letter: good news is "negative" only to staff. */
static const char *const forbidden_words[] = {"negative", "unremarkable", "non-compliant", "noncompliant"};

struct check {
    const struct guideline *guideline;
    guideline_report *report;
    void *ctx;
    struct guideline_tally *tally;
    struct arena *mem;
};

static void say(const struct check *to, bool is_ok, struct str where, const char *why)
{
    to->tally->passed += is_ok;
    to->tally->failed += !is_ok;
    if (!is_ok && to->report != NULL) to->report(to->ctx, where, false, str_of(why));
}

/* "heart-rate/letter.ar.json:12: items.heart-rate.name"; the line of what is there, or of what should hold it. */
static struct str in_letter(const struct check *to, struct str language, const struct json *node, struct str path)
{
    struct str file = arena_printf(to->mem, "letter.%.*s.json", STR_ARGS(language));
    if (file.ptr == NULL) return path;
    struct str place = guideline_line_of(to->guideline, file.ptr, node, to->mem);
    return arena_printf(to->mem, "%.*s: %.*s", STR_ARGS(place), STR_ARGS(path));
}

/* The text `name` of `parent`, which stands at `path`; `above` is where to look for it when the parent is not there. */
struct wanted {
    struct str language;
    const struct json *parent, *above;
    struct str path; /* of the parent */
};

static void want_text(const struct check *to, const struct wanted *at, struct str name)
{
    const struct json *text = json_get_str(at->parent, name);
    bool is_ok =
        json_is(text, JSON_STRING) && (json_text(text).len > 0 || (str_is(at->path, "units") && str_is(name, "1")));
    const struct json *near = text != NULL ? text : at->parent != NULL ? at->parent : at->above;
    struct str path =
        arena_printf(to->mem, "%.*s%s%.*s", STR_ARGS(at->path), at->path.len > 0 ? "." : "", STR_ARGS(name));
    say(to, is_ok, is_ok ? path : in_letter(to, at->language, near, path), "this text is missing");
}

static void want_group(const struct check *to, const struct wanted *item, const char *group, const struct str *keys,
                       size_t count, const char *const *parts)
{
    const struct json *list = json_get(item->parent, group);
    struct str path = arena_printf(to->mem, "%.*s.%s", STR_ARGS(item->path), group);
    struct wanted plain = {item->language, list, item->parent != NULL ? item->parent : item->above, path};
    for (size_t i = 0; i < count; i++) {
        struct wanted entry = {item->language, json_get_str(list, keys[i]), list != NULL ? list : plain.above,
                               arena_printf(to->mem, "%.*s.%.*s", STR_ARGS(path), STR_ARGS(keys[i]))};
        if (parts == NULL) want_text(to, &plain, keys[i]);
        for (const char *const *part = parts; part != NULL && *part != NULL; part++)
            want_text(to, &entry, str_of(*part));
    }
}

static void check_item(const struct check *to, struct str language, const struct json *texts,
                       const struct guideline_item *item)
{
    static const char *const plain[] = {"name", "about", "missing", "queried"};
    static const char *const category[] = {"headline", "meaning", NULL}, *const action[] = {"next", "when", NULL};
    const struct json *items = json_get(texts, "items");
    struct wanted at = {language, json_get_str(items, item->name), items != NULL ? items : texts,
                        arena_printf(to->mem, "items.%.*s", STR_ARGS(item->name))};
    for (size_t i = 0; i < 4; i++) want_text(to, &at, str_of(plain[i]));
    want_group(to, &at, "categories", item->categories, item->category_count, category);
    want_group(to, &at, "actions", item->actions, item->action_count, action);
    want_group(to, &at, "excluded", item->exclusions, item->exclusion_count, NULL);
}

static void want_word(const struct check *to, struct str language, const struct json *texts, const char *group,
                      struct str key)
{
    struct wanted at = {language, json_get(texts, group), texts, str_of(group)};
    if (key.len > 0) want_text(to, &at, key);
}

static void check_words(const struct check *to, struct str language, const struct json *texts)
{
    const struct guideline_info *info = &to->guideline->info;
    struct wanted root = {language, texts, texts, STR("")};
    want_text(to, &root, STR("title"));
    for (size_t i = 0; i < info->item_count; i++) check_item(to, language, texts, &info->items[i]);
    for (size_t i = 0; i < info->input_count; i++) {
        want_word(to, language, texts, "inputs", info->inputs[i].label);
        want_word(to, language, texts, "units", info->inputs[i].unit);
    }
    for (size_t i = 0; i < info->line_count; i++) {
        want_word(to, language, texts, "units", info->lines[i].unit);
        for (size_t s = 0; s < info->lines[i].scale_count; s++) {
            const struct guideline_scale *scale = &info->lines[i].scales[s];
            want_word(to, language, texts, "inputs", scale->label);
            for (size_t b = 0; b < scale->band_count; b++)
                want_word(to, language, texts, "bands", scale->bands[b].name);
        }
    }
}

/* same_keys - everything that `texts` has, `other` has too; texts that nobody asks for are found by it as well. The
 * line is that of the object which lacks the key. */
static void same_keys(const struct check *to, struct str language, const struct json *texts, const struct json *other,
                      struct str path)
{
    for (const struct json *it = json_first(texts); it != NULL; it = it->next) {
        const struct json *twin = json_get_str(other, it->name);
        struct str below =
            arena_printf(to->mem, "%.*s%s%.*s", STR_ARGS(path), path.len > 0 ? "." : "", STR_ARGS(it->name));
        bool is_ok = twin != NULL && twin->type == it->type;
        say(to, is_ok, is_ok ? below : in_letter(to, language, other, below),
            "another language has this key and this one has not");
        if (twin != NULL && it->type == JSON_OBJECT) same_keys(to, language, it, twin, below);
    }
}

static bool holds_word(struct str text, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= text.len; i++) {
        size_t n = 0;
        while (n < len && str_lower(text.ptr[i + n]) == word[n]) n++;
        if (n == len) return true;
    }
    return false;
}

static void check_forbidden(const struct check *to, struct str language, const struct json *texts, struct str path)
{
    for (const struct json *it = json_first(texts); it != NULL; it = it->next) {
        struct str below =
            arena_printf(to->mem, "%.*s%s%.*s", STR_ARGS(path), path.len > 0 ? "." : "", STR_ARGS(it->name));
        if (it->type == JSON_OBJECT) check_forbidden(to, language, it, below);
        for (size_t i = 0; i < sizeof forbidden_words / sizeof forbidden_words[0]; i++)
            if (it->type == JSON_STRING && holds_word(it->text, forbidden_words[i]))
                say(to, false, in_letter(to, language, it, below), "this text holds a word that letters must not use");
    }
}

static void check_languages(const struct check *to)
{
    const struct guideline *guideline = to->guideline;
    size_t count = guideline->info.language_count;
    say(to, count > 0, arena_printf(to->mem, "%.*s/letter.en.json", STR_ARGS(guideline->info.id)),
        "there are no words in any language");
    for (size_t i = 0; i < count; i++) {
        const struct guideline_language *one = &guideline->languages[i], *next = &guideline->languages[(i + 1) % count];
        check_words(to, one->name, one->texts);
        check_forbidden(to, one->name, one->texts, STR(""));
        if (count > 1) same_keys(to, next->name, one->texts, next->texts, STR(""));
    }
}

static void check_about(const struct check *to)
{
    const struct guideline_info *info = &to->guideline->info;
    for (size_t i = 0; i < info->item_count; i++)
        say(to, info->items[i].has_marks,
            arena_printf(to->mem, "%.*s/guideline.json: items.%.*s.marks", STR_ARGS(info->id),
                         STR_ARGS(info->items[i].name)),
            "every category needs its mark: usual, watch, see or neutral");
    for (size_t i = 0; i < info->item_count; i++)
        for (size_t j = 0; j < i; j++)
            say(to, !str_eq(info->items[i].name, info->items[j].name),
                arena_printf(to->mem, "%.*s/guideline.json: items.%.*s", STR_ARGS(info->id),
                             STR_ARGS(info->items[i].name)),
                "an item of this name stands there twice");
    say(to, info->family_count == 0 || to->guideline->vectors.len > 0,
        arena_printf(to->mem, "%.*s/guideline.json: vectors", STR_ARGS(info->id)),
        "families are declared, but there is no vectors.cql");
}

static enum salve_code check_cases(const struct check *to, const char *share, struct salve_err *err)
{
    char path[4096];
    struct str *names = NULL;
    size_t count = 0;
    (void)snprintf(path, sizeof path, "%s/guidelines/%.*s/cases", share, STR_ARGS(to->guideline->info.id));
    enum salve_code code = file_list(path, to->mem, &names, &count, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    if (code == SALVE_E_NOT_FOUND && err != NULL) *err = (struct salve_err){0};
    say(to, code == SALVE_OK && count > 0, arena_printf(to->mem, "%.*s/cases", STR_ARGS(to->guideline->info.id)),
        "there is no case");
    return SALVE_OK;
}

/* A value set that the logic names is in valuesets/ or in the definitions of R4; else it would be missed in a person's
 * evaluation only. */
static void check_value_sets(const struct check *to)
{
    const struct guideline *guideline = to->guideline;
    const struct json_opts opts = {.bytes_max = SALVE_ELM_BYTES_MAX, .depth_max = SALVE_ELM_DEPTH_MAX};
    const struct json *root = NULL;
    struct salve_err err = {0};
    if (json_read(guideline->files[guideline->logic].bytes, &opts, to->mem, &root, &err) != SALVE_OK) return;
    const struct json *def = json_first(json_path(root, "library.valueSets.def"));
    for (; def != NULL; def = def->next) {
        const struct expr_code any = {.code = STR("")};
        struct str locator = json_get_text(def, "locator"), url = json_get_text(def, "id");
        ptrdiff_t dash = str_find(locator, STR("-"));
        bool is_at_hand;
        (void)terms_member(guideline->terms, &any, url, json_get_text(def, "version"), &is_at_hand);
        struct str place = arena_printf(to->mem, "%.*s/logic.cql:%.*s: %.*s", STR_ARGS(guideline->info.id),
                                        dash < 0 ? (int)locator.len : (int)dash, locator.ptr == NULL ? "" : locator.ptr,
                                        STR_ARGS(json_get_text(def, "name")));
        say(to, is_at_hand, place,
            "there is no such value set in the folder's valuesets, nor in the definitions of R4");
    }
}

enum salve_code guideline_check(const char *share, const struct guideline *guideline, guideline_report *report,
                                void *ctx, struct guideline_tally *tally, struct salve_err *err)
{
    struct check to = {guideline, report, ctx, tally, arena_open(GUIDELINE_EVALUATION_BYTES_MAX)};
    salve_assert(share != NULL && tally != NULL);
    if (to.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "check");
    check_about(&to);
    check_languages(&to);
    check_value_sets(&to);
    enum salve_code code = check_cases(&to, share, err);
    arena_close(to.mem);
    return code;
}
