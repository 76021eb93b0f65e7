/* SPDX-License-Identifier: Apache-2.0
 * A version of a consent form in all its languages, from its folder. A form that is not there in every language of the
 * site is not used at all. */
#include "base/file.h"
#include "base/limits.h"
#include "consent/consent_int.h"

static enum salve_code newest_version(const char *folder, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    uint64_t best = 0;
    enum salve_code code = file_list(folder, mem, &names, &count, err);
    if (code != SALVE_OK) return code;
    *out = STR_NONE;
    for (size_t i = 0; i < count; i++) {
        uint32_t major = 0, minor = 0;
        if (!consent_version_read(names[i], &major, &minor)) continue;
        uint64_t rank = (uint64_t)major << 32 | minor;
        if (rank <= best) continue;
        best = rank;
        *out = names[i];
    }
    return out->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_NOT_FOUND, "%s", folder);
}

/* The language in "form.<lang>.json"; STR_NONE if it is another file. */
static struct str lang_of(struct str name)
{
    static const struct str HEAD = {"form.", 5}, TAIL = {".json", 5};
    if (!str_starts(name, HEAD) || !str_ends(name, TAIL) || name.len <= HEAD.len + TAIL.len) return STR_NONE;
    return str_cut(name, HEAD.len, name.len - HEAD.len - TAIL.len);
}

static enum salve_code load_one(const char *folder, struct str name, struct arena *mem, struct consent_form *out,
                                struct salve_err *err)
{
    struct str path = arena_printf(mem, "%s/%.*s", folder, STR_ARGS(name)), text = STR_NONE;
    if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", folder);
    enum salve_code code = file_read(path.ptr, SALVE_FORM_BYTES_MAX, mem, &text, err);
    if (code == SALVE_OK) code = consent_form_parse(text, path.ptr, mem, out, err);
    if (code == SALVE_OK && !str_eq(out->ref.lang, lang_of(name))) {
        code = consent_refuse(err, SALVE_E_INVALID, "lang", "the language in the file's name");
        salve_err_in(err, "%s", path.ptr);
    }
    return code;
}

static bool is_same_form(const struct consent_form *a, const struct consent_form *b)
{
    if (a->purpose != b->purpose || a->ref.major != b->ref.major || a->ref.minor != b->ref.minor) return false;
    if (a->days != b->days || !str_eq(a->dpia, b->dpia) || !str_eq(a->in_force, b->in_force)) return false;
    if (a->read_back_count != b->read_back_count) return false;
    if ((a->reminder.yes.len > 0) != (b->reminder.yes.len > 0)) return false;
    for (size_t i = 0; i < a->read_back_count; i++)
        if (a->read_back[i].point_count != b->read_back[i].point_count) return false;
    return true;
}

static enum salve_code check_set(const char *folder, enum purpose purpose, struct str version,
                                 const struct consent_form_set *set, const struct str *langs, size_t lang_count,
                                 struct salve_err *err)
{
    uint32_t major = 0, minor = 0;
    for (size_t i = 0; i < lang_count; i++) {
        if (consent_form_in(set, langs[i]) != NULL) continue;
        return salve_refuse(err, SALVE_E_CONFIG, "a form is used in every language of the site, or not at all",
                            "%s/form.%.*s.json", folder, STR_ARGS(langs[i]));
    }
    if (set->count == 0) return salve_fail(err, SALVE_E_NOT_FOUND, "%s", folder);
    for (size_t i = 1; i < set->count; i++)
        if (!is_same_form(&set->forms[0], &set->forms[i]))
            return salve_refuse(err, SALVE_E_CONFIG, "the languages differ in more than words", "%s", folder);
    const struct consent_form *form = &set->forms[0];
    bool is_in_place = consent_version_read(version, &major, &minor) && major == form->ref.major &&
                       minor == form->ref.minor && purpose == form->purpose;
    if (is_in_place) return SALVE_OK;
    return consent_refuse(err, SALVE_E_CONFIG, folder, "the folder names another purpose or version");
}

enum salve_code consent_form_load(const char *forms, enum purpose purpose, struct str version, const struct str *langs,
                                  size_t lang_count, struct arena *mem, struct consent_form_set *out,
                                  struct salve_err *err)
{
    struct str *names = NULL, folder = arena_printf(mem, "%s/%s", forms, purpose_text(purpose));
    size_t count = 0;
    uint32_t major = 0, minor = 0;
    struct consent_form_set set = {.forms = NULL};
    enum salve_code code = folder.ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "forms") : SALVE_OK;
    if (code == SALVE_OK && version.ptr == NULL) code = newest_version(folder.ptr, mem, &version, err);
    if (code == SALVE_OK && !consent_version_read(version, &major, &minor))
        code = consent_refuse(err, SALVE_E_NOT_FOUND, "form version", "major.minor");
    if (code == SALVE_OK) folder = arena_printf(mem, "%.*s/%u.%u", STR_ARGS(folder), major, minor);
    if (code == SALVE_OK) code = file_list(folder.ptr, mem, &names, &count, err);
    if (code == SALVE_OK) set.forms = arena_array(mem, struct consent_form, count + 1);
    if (code == SALVE_OK && set.forms == NULL) code = salve_fail(err, SALVE_E_MEMORY, "forms");
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        if (lang_of(names[i]).ptr != NULL) code = load_one(folder.ptr, names[i], mem, &set.forms[set.count++], err);
    if (code == SALVE_OK) code = check_set(folder.ptr, purpose, version, &set, langs, lang_count, err);
    if (code == SALVE_OK) *out = set;
    return code;
}

const struct consent_form *consent_form_in(const struct consent_form_set *set, struct str lang)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_eq(set->forms[i].ref.lang, lang)) return &set->forms[i];
    return NULL;
}
