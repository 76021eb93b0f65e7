/* SPDX-License-Identifier: Apache-2.0
 * What a letter speaks of: <share>/packages.json (docs/formats/packages.md). A package says which guidelines belong to
 * a check, for which age and sex, and which inputs are expected. */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"
#include "letter/letter_int.h"

enum { NAME_BYTES_SHOWN = 64 };

struct letter_packages {
    const struct json *root;
    struct str bytes;
};

/* --- the file ----------------------------------------------------------------------------------------------------- */

static enum salve_code broken(const char *element, const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "packages.json: %s", element);
}

static bool is_list_of_texts(const struct json *list)
{
    if (!json_is(list, JSON_ARRAY)) return false;
    for (const struct json *it = json_first(list); it != NULL; it = it->next)
        if (json_text(it).len == 0) return false;
    return true;
}

static bool is_age_range(const struct json *ages)
{
    int64_t from, to;
    if (ages == NULL) return true;
    return json_is(ages, JSON_ARRAY) && ages->count == 2 && json_i64(json_item(ages, 0), &from) &&
           json_i64(json_item(ages, 1), &to) && from >= 0 && from <= to;
}

/* One thing that is asked: a text, or {item, any, all}. */
static bool is_asked(const struct json *asked)
{
    if (json_is(asked, JSON_STRING)) return json_text(asked).len > 0;
    if (!json_is(asked, JSON_OBJECT) || json_get_text(asked, "item").len == 0) return false;
    const struct json *any = json_get(asked, "any"), *all = json_get(asked, "all");
    return (any == NULL || is_list_of_texts(any)) && (all == NULL || (is_list_of_texts(all) && all->count > 0));
}

static bool is_asks(const struct json *asks)
{
    if (asks == NULL) return true;
    if (!json_is(asks, JSON_OBJECT)) return false;
    for (const struct json *station = json_first(asks); station != NULL; station = station->next) {
        if (!json_is(station, JSON_ARRAY)) return false;
        for (const struct json *it = json_first(station); it != NULL; it = it->next)
            if (!is_asked(it)) return false;
    }
    return true;
}

static enum salve_code check_package(const struct json *package, struct salve_err *err)
{
    struct str sex = json_get_text(package, "sex");
    if (json_get_text(package, "name").len == 0) return broken("packages", "every package needs a name", err);
    if (!is_list_of_texts(json_get(package, "guidelines")) || !is_list_of_texts(json_get(package, "expects")))
        return broken("packages", "guidelines and expects must be lists of texts", err);
    if (json_get(package, "sex") != NULL && !str_is(sex, "female") && !str_is(sex, "male"))
        return broken("packages", "sex is female or male, or not there", err);
    if (!is_age_range(json_get(package, "ages"))) return broken("packages", "ages are two numbers of years", err);
    if (!is_asks(json_get(package, "asks")))
        return broken("packages", "asks are lists of what is asked, one a station", err);
    return SALVE_OK;
}

static bool is_tubes(const struct json *tubes)
{
    if (tubes != NULL && !json_is(tubes, JSON_ARRAY)) return false;
    for (const struct json *it = json_first(tubes); it != NULL; it = it->next)
        if (json_get_text(it, "tube").len == 0 || !is_list_of_texts(json_get(it, "items"))) return false;
    return true;
}

static enum salve_code check(const struct json *root, struct salve_err *err)
{
    static const char *const lists[] = {"default", "facts"};
    if (!str_is(json_get_text(root, "format"), "salve-packages"))
        return broken("format", "must be salve-packages", err);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!is_list_of_texts(json_get(root, lists[i]))) return broken(lists[i], "must be a list of texts", err);
    if (!json_is(json_get(root, "packages"), JSON_ARRAY)) return broken("packages", "must be a list", err);
    for (const struct json *it = json_first(json_get(root, "packages")); it != NULL; it = it->next)
        TRY(check_package(it, err));
    if (!is_tubes(json_get(root, "tubes"))) return broken("tubes", "every tube has a name and items", err);
    if (!json_is(json_get(root, "once"), JSON_ARRAY)) return broken("once", "must be a list of pairs", err);
    for (const struct json *it = json_first(json_get(root, "once")); it != NULL; it = it->next)
        if (!is_list_of_texts(it) || it->count != 2) return broken("once", "must be a list of pairs", err);
    return json_is(json_get(root, "same"), JSON_OBJECT) ? SALVE_OK : broken("same", "must be an object", err);
}

enum salve_code letter_packages_load(const char *share, struct arena *mem, struct letter_packages **out,
                                     struct salve_err *err)
{
    char path[4096];
    struct letter_packages *packages = arena_new(mem, struct letter_packages);
    if (packages == NULL) return salve_fail(err, SALVE_E_MEMORY, "packages");
    (void)snprintf(path, sizeof path, "%s/packages.json", share);
    TRY(file_read(path, SALVE_CONFIG_BYTES_MAX, mem, &packages->bytes, err));
    enum salve_code code = json_read(packages->bytes, NULL, mem, &packages->root, err);
    if (code != SALVE_OK) salve_err_in(err, "packages.json");
    if (code == SALVE_OK) code = check(packages->root, err);
    *out = packages;
    return code;
}

struct str letter_packages_bytes(const struct letter_packages *packages) { return packages->bytes; }

static enum salve_code no_package(const struct json *packages, struct str word, struct arena *mem,
                                  struct salve_err *err)
{
    struct str names = STR("");
    for (const struct json *it = json_first(packages); it != NULL; it = it->next) {
        struct str name = json_get_text(it, "name");
        names = names.len == 0 ? name : arena_printf(mem, "%.*s %.*s", STR_ARGS(names), STR_ARGS(name));
    }
    enum salve_code code = salve_fail(err, SALVE_E_USAGE, "package %.*s", STR_ARGS(str_cut(word, 0, NAME_BYTES_SHOWN)));
    return salve_why(err, code, "there is no such package; there are: %.*s", STR_ARGS(names));
}

static bool is_package(const struct json *packages, struct str word)
{
    for (const struct json *it = json_first(packages); it != NULL; it = it->next)
        if (str_eq(json_get_text(it, "name"), word)) return true;
    return false;
}

enum salve_code letter_packages_know(const struct letter_packages *packages, struct str words, struct arena *mem,
                                     struct salve_err *err)
{
    const struct json *list = json_get(packages->root, "packages");
    while (words.len > 0) {
        struct str all = words, one = words;
        if (!str_split(all, ' ', &one, &words)) one = all, words = STR("");
        if (one.len > 0 && !is_package(list, one)) return no_package(list, one, mem, err);
    }
    return SALVE_OK;
}

/* --- the packages of this person ---------------------------------------------------------------------------------- */

static const struct json *of(const struct composer *c, const char *name)
{
    return c->ask->packages == NULL ? NULL : json_get(c->ask->packages->root, name);
}

static bool has_word(struct str words, struct str word)
{
    while (words.len > 0) {
        struct str all = words, one = words;
        if (!str_split(all, ' ', &one, &words)) one = all, words = STR("");
        if (str_eq(one, word)) return true;
    }
    return false;
}

static bool has_text(const struct json *list, struct str text)
{
    for (const struct json *it = json_first(list); it != NULL; it = it->next)
        if (str_eq(json_text(it), text)) return true;
    return false;
}

bool letter_packages_have(const struct letter_packages *packages, struct str words, struct str guideline)
{
    for (const struct json *it = json_first(json_get(packages->root, "packages")); it != NULL; it = it->next)
        if (has_word(words, json_get_text(it, "name")) && has_text(json_get(it, "guidelines"), guideline)) return true;
    return false;
}

/* Completed years on the day of the check; from a year alone the lower number. -1: not known. */
static int64_t age_years(const struct letter_ask *ask)
{
    int64_t born, today;
    struct str birth = ask->birth_date, date = ask->date;
    if (!str_to_i64(str_cut(birth, 0, 4), &born) || !str_to_i64(str_cut(date, 0, 4), &today)) return -1;
    size_t len = birth.len < 10 ? birth.len : 10;
    bool is_before_birthday = len < 10 || str_cmp(str_cut(date, 4, 6), str_cut(birth, 4, 6)) < 0;
    return today - born - is_before_birthday;
}

/* What is not known of the person keeps no package from them. */
static bool is_for(const struct letter_person *person, const struct json *package)
{
    const struct json *ages = json_get(package, "ages");
    struct str sex = json_get_text(package, "sex");
    int64_t age = person->age_years, from = 0, to = 0;
    if (sex.len > 0 && person->sex.len > 0 && !str_eq(sex, person->sex)) return false;
    if (ages == NULL || age < 0) return true;
    return json_i64(json_item(ages, 0), &from) && json_i64(json_item(ages, 1), &to) && age >= from && age <= to;
}

const struct json *letter_packages_each(const struct letter_packages *packages, const struct json *after)
{
    return after == NULL ? json_first(json_get(packages->root, "packages")) : after->next;
}

const struct json *letter_package_next(const struct letter_packages *packages, const struct letter_person *person,
                                       const struct json *after)
{
    for (const struct json *it = after; (it = letter_packages_each(packages, it)) != NULL;) {
        struct str name = json_get_text(it, "name"), chosen = person->packages;
        bool is_chosen = chosen.len > 0 ? has_word(chosen, name) : has_text(json_get(packages->root, "default"), name);
        if (is_chosen && is_for(person, it)) return it;
    }
    return NULL;
}

struct str letter_packages_tube(const struct letter_packages *packages, struct str word)
{
    for (const struct json *it = json_first(json_get(packages->root, "tubes")); it != NULL; it = it->next)
        if (has_text(json_get(it, "items"), word)) return json_get_text(it, "tube");
    return STR_NONE;
}

/* Does a package of this visit name it in that list? */
static bool is_named(const struct composer *c, const char *list, struct str name)
{
    const struct letter_ask *ask = c->ask;
    const struct letter_person person = {ask->clinic.packages, ask->sex, age_years(ask)};
    for (const struct json *it = NULL; (it = letter_package_next(ask->packages, &person, it)) != NULL;)
        if (has_text(json_get(it, list), name)) return true;
    return false;
}

/* The alarm layer belongs to every package. What asks for something is never left out, nor what the person asked to
 * have in the letter; else a guideline of no package
 * of this visit speaks only of something that was measured or answered in it. */
bool letter_speaks(const struct composer *c, const struct letter_item *item)
{
    const struct finding *finding = item->finding;
    if (c->ask->packages == NULL || item->is_alarm || finding->urgency <= URGENCY_ROUTINE || finding->apart != 0)
        return true;
    return is_named(c, "guidelines", finding->guideline) || letter_is_of_visit(c, finding) ||
           (finding->status != FINDING_ASSESSED && letter_leaves_value(c, item->guideline));
}

bool letter_is_expected(const struct composer *c, struct str guideline, struct str label)
{
    struct str name = arena_printf(c->mem, "%.*s/%.*s", STR_ARGS(guideline), STR_ARGS(label));
    return c->ask->packages == NULL || is_named(c, "expects", name);
}

/* --- what is the same --------------------------------------------------------------------------------------------- */

static bool is_item(struct str name, const struct finding *finding)
{
    struct str guideline, item;
    return str_split(name, '/', &guideline, &item) && str_eq(guideline, finding->guideline) &&
           str_eq(item, finding->item);
}

bool letter_says_once(const struct composer *c, const struct finding *said, const struct finding *other)
{
    for (const struct json *it = json_first(of(c, "once")); it != NULL; it = it->next)
        if (is_item(json_text(json_item(it, 0)), said) && is_item(json_text(json_item(it, 1)), other)) return true;
    return false;
}

struct str letter_same_action(const struct composer *c, const struct finding *finding, struct str action)
{
    struct str name = arena_printf(c->mem, "%.*s/%.*s", STR_ARGS(finding->guideline), STR_ARGS(action));
    return json_text(json_get_str(of(c, "same"), name));
}

bool letter_packages_is_fact(const struct letter_packages *packages, struct str code)
{
    return has_text(json_get(packages->root, "facts"), code);
}

bool letter_is_fact(const struct composer *c, struct str code) { return has_text(of(c, "facts"), code); }
