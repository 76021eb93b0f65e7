/* SPDX-License-Identifier: Apache-2.0
 * Content from the share folder, loaded once and pinned. Each kind is a loop over the names of a folder: what loads is
 * kept and its bytes hashed, what does not is kept with its reason. */
#include <stdlib.h>
#include <string.h>

#include "admit/admit.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "form/form.h"
#include "guideline/shared.h"
#include "screen/screen.h"
#include "visit/content.h"
#include "visit/plan_int.h"

struct opening {
    const struct visit_content_ask *ask;
    struct arena *mem;
    struct visit_content *out;
    struct screen_shelf shelf;
};

/* Room for one more item of a list that grows by doubling. */
static void *one_more(struct arena *mem, void *list, size_t count, size_t item_bytes)
{
    if (count != 0 && (count & (count - 1)) != 0) return list;
    return arena_grow(mem, list, count * item_bytes, (count == 0 ? 1 : 2 * count) * item_bytes);
}

#define ONE_MORE(in, list, count)                                                                                      \
    (((list) = one_more((in)->mem, (list), (count), sizeof *(list))) != NULL                                           \
         ? (memset(&(list)[count], 0, sizeof *(list)), &(list)[(count)++])                                             \
         : NULL)

static enum salve_code no_memory(struct salve_err *err) { return salve_fail(err, SALVE_E_MEMORY, "content"); }

static enum salve_code pin(struct opening *in, struct str name, struct str bytes, struct salve_err *err)
{
    struct visit_file *file = ONE_MORE(in, in->out->files, in->out->file_count);
    if (file == NULL || name.ptr == NULL) return no_memory(err);
    *file = (struct visit_file){name, bytes};
    return SALVE_OK;
}

static enum salve_code list_folder(const struct opening *in, const char *folder, struct str **names, size_t *count,
                                   struct salve_err *err)
{
    struct str path = arena_printf(in->mem, "%s/%s", in->ask->share, folder);
    return path.ptr == NULL ? no_memory(err) : file_list(path.ptr, in->mem, names, count, err);
}

/* The middle of "<head>middle<tail>"; STR_NONE for another name. */
static struct str middle_of(struct str name, struct str head, struct str tail)
{
    if (!str_starts(name, head) || !str_ends(name, tail) || name.len <= head.len + tail.len) return STR_NONE;
    return str_cut(name, head.len, name.len - head.len - tail.len);
}

/* --- guidelines --------------------------------------------------------------------------------------------------- */

static enum salve_code pin_guideline(struct opening *in, struct str id, const struct guideline *guideline,
                                     struct salve_err *err)
{
    size_t count = 0;
    const struct guideline_file *files = guideline_files(guideline, &count);
    for (size_t i = 0; i < count; i++)
        TRY(pin(in, arena_printf(in->mem, "guidelines/%.*s/%.*s", STR_ARGS(id), STR_ARGS(files[i].name)),
                files[i].bytes, err));
    return SALVE_OK;
}

static enum salve_code add_guideline(struct opening *in, struct str id, struct guideline *guideline,
                                     struct salve_err *err)
{
    struct guideline **place = ONE_MORE(in, in->out->guidelines, in->out->guideline_count);
    if (place == NULL) return no_memory(err);
    *place = guideline;
    return pin_guideline(in, id, guideline, err);
}

static enum salve_code add_broken(struct opening *in, struct str id, const struct salve_err *reason,
                                  struct salve_err *err)
{
    struct visit_broken *broken = ONE_MORE(in, in->out->broken, in->out->broken_count);
    if (broken == NULL) return no_memory(err);
    *broken = (struct visit_broken){id, *reason};
    return SALVE_OK;
}

static enum salve_code load_folder(struct opening *in, struct str id, struct salve_err *err)
{
    struct salve_err reason = {0};
    struct guideline *guideline = NULL;
    if (guideline_load_among(in->shelf.libraries, in->ask->share, id, in->mem, &guideline, &reason) != SALVE_OK)
        return add_broken(in, id, &reason, err);
    return add_guideline(in, id, guideline, err);
}

/* What is in force at the site, out of its commons: the share folder may have another version, or none. Of the alarms
 * the folder's stand in for what nobody accepted, or cannot be read: they are always on. */
static enum salve_code load_in_force(struct opening *in, struct str id, struct salve_err *err)
{
    struct salve_err reason = {0};
    struct screen_acceptance acceptance;
    struct guideline *guideline = NULL;
    struct site *site = in->ask->accepted_at;
    enum salve_code code = screen_in_force(site, id, in->mem, &acceptance, &reason);
    if (code == SALVE_OK && acceptance.file_count > 0)
        code = screen_load(site, &acceptance, &in->shelf, in->mem, &guideline, &reason);
    if (code == SALVE_OK && guideline != NULL) return add_guideline(in, id, guideline, err);
    if (code == SALVE_OK || screen_is_alarms(id)) return load_folder(in, id, err);
    in->out->left_out += code == SALVE_E_NOT_FOUND;
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : add_broken(in, id, &reason, err);
}

/* The folders of the share folder, and what is in force without one; sorted. */
static enum salve_code all_ids(const struct opening *in, struct str **out, size_t *count, struct salve_err *err)
{
    struct str *here = NULL, *kept = NULL;
    size_t here_count = 0, kept_count = 0, i = 0, k = 0, n = 0;
    TRY(guideline_ids(in->ask->share, in->mem, &here, &here_count, err));
    if (in->ask->accepted_at != NULL) TRY(screen_all_in_force(in->ask->accepted_at, in->mem, &kept, &kept_count, err));
    struct str *list = arena_array(in->mem, struct str, here_count + kept_count + 1);
    if (list == NULL) return no_memory(err);
    while (i < here_count || k < kept_count) {
        int order = i == here_count ? 1 : k == kept_count ? -1 : str_cmp(here[i], kept[k]);
        list[n++] = order <= 0 ? here[i] : kept[k];
        i += order <= 0;
        k += order >= 0;
    }
    *out = list;
    *count = n;
    return SALVE_OK;
}

static enum salve_code load_guidelines(struct opening *in, struct salve_err *err)
{
    const struct visit_content_ask *ask = in->ask;
    struct str *ids = NULL;
    size_t count = 0;
    bool is_found = ask->guideline.len == 0;
    TRY(all_ids(in, &ids, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool is_named = ask->guideline.len == 0 || str_eq(ids[i], ask->guideline);
        bool is_wanted = ((ask->parts & VISIT_GUIDELINES) != 0 && is_named) ||
                         ((ask->parts & VISIT_ALARMS) != 0 && screen_is_alarms(ids[i]));
        is_found = is_found || is_wanted;
        if (!is_wanted) continue;
        TRY(ask->accepted_at == NULL ? load_folder(in, ids[i], err) : load_in_force(in, ids[i], err));
    }
    if (is_found) return SALVE_OK;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such guideline", "guideline %.*s",
                        STR_ARGS(ask->guideline));
}

enum salve_code visit_guideline(const struct visit_content *content, struct str id, const struct guideline **out,
                                struct salve_err *err)
{
    for (size_t i = 0; i < content->guideline_count; i++)
        if (str_eq(guideline_info(content->guidelines[i])->id, id)) return *out = content->guidelines[i], SALVE_OK;
    for (size_t i = 0; i < content->broken_count; i++) {
        if (!str_eq(content->broken[i].id, id)) continue;
        if (err != NULL) *err = content->broken[i].err;
        return content->broken[i].err.code;
    }
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such guideline", "guideline %.*s", STR_ARGS(id));
}

enum salve_code visit_guideline_of(const struct visit_content *content, struct str family, const struct guideline **out,
                                   struct salve_err *err)
{
    char where[SALVE_ERR_WHERE_BYTES];
    for (size_t i = 0; i < content->guideline_count; i++) {
        const struct guideline_info *info = guideline_info(content->guidelines[i]);
        for (size_t f = 0; f < info->family_count; f++)
            if (str_eq(info->families[f], family)) return *out = content->guidelines[i], SALVE_OK;
    }
    (void)salve_refuse(err, SALVE_E_NOT_FOUND, "no guideline declares this vector family", "family %.*s",
                       STR_ARGS(family));
    if (content->broken_count == 0) return SALVE_E_NOT_FOUND;
    return salve_why(err, SALVE_E_NOT_FOUND, "no guideline that loads declares it; broken is %s",
                     salve_err_where(&content->broken[0].err, where));
}

/* --- forms -------------------------------------------------------------------------------------------------------- */

static struct str frame_language(struct str name) { return middle_of(name, STR("frame."), STR(".json")); }

/* A form is used in every language that letters are written in, or not at all: nobody agrees in one language and is
 * answered in another. */
static enum salve_code form_languages(const struct opening *in, struct str **out, size_t *count, struct salve_err *err)
{
    struct str *names = NULL;
    size_t name_count = 0;
    *count = 0;
    enum salve_code code = list_folder(in, "letters", &names, &name_count, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    *out = arena_array(in->mem, struct str, name_count + 1);
    if (*out == NULL) return no_memory(err);
    for (size_t i = 0; i < name_count; i++)
        if (frame_language(names[i]).ptr != NULL) (*out)[(*count)++] = frame_language(names[i]);
    return SALVE_OK;
}

static enum salve_code load_form(struct opening *in, enum purpose purpose, struct str version, struct salve_err *err)
{
    struct str *languages = NULL;
    size_t language_count = 0;
    uint32_t major = 0, minor = 0;
    struct str folder = arena_printf(in->mem, "%s/forms", in->ask->share);
    if (!consent_version_read(version, &major, &minor)) return SALVE_OK;
    struct visit_form *form = ONE_MORE(in, in->out->forms, in->out->form_count);
    if (form == NULL || folder.ptr == NULL) return no_memory(err);
    form->purpose = purpose;
    form->major = major;
    form->minor = minor;
    TRY(form_languages(in, &languages, &language_count, err));
    if (consent_form_load(folder.ptr, purpose, version, languages, language_count, in->mem, &form->set, &form->err) !=
        SALVE_OK)
        return SALVE_OK;
    for (size_t i = 0; i < form->set.count; i++) {
        struct consent_form *one = &form->set.forms[i];
        crypto_sha256(one->bytes, one->ref.sha256);
        one->ref.text = one->bytes;
        TRY(pin(in,
                arena_printf(in->mem, "forms/%s/%u.%u/form.%.*s.json", purpose_text(purpose), major, minor,
                             STR_ARGS(one->ref.lang)),
                one->bytes, err));
    }
    return SALVE_OK;
}

static enum salve_code load_forms(struct opening *in, struct salve_err *err)
{
    for (int purpose = 1; purpose <= PURPOSE_LAST; purpose++) {
        struct str *versions = NULL;
        size_t count = 0;
        char folder[64] = "forms/";
        (void)strncat(folder, purpose_text((enum purpose)purpose), sizeof folder - 8);
        enum salve_code code = list_folder(in, folder, &versions, &count, err);
        if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
        for (size_t i = 0; code == SALVE_OK && i < count; i++)
            TRY(load_form(in, (enum purpose)purpose, versions[i], err));
    }
    return SALVE_OK;
}

/* The version asked for, or else the newest by number. */
static const struct visit_form *form_of(const struct visit_content *content, enum purpose purpose, uint32_t major,
                                        uint32_t minor)
{
    const struct visit_form *best = NULL;
    for (size_t i = 0; i < content->form_count; i++) {
        const struct visit_form *form = &content->forms[i];
        if (form->purpose != purpose) continue;
        if (form->major == major && form->minor == minor) return form;
        bool is_newer =
            best == NULL || form->major > best->major || (form->major == best->major && form->minor > best->minor);
        if (major == 0 && is_newer) best = form;
    }
    return best;
}

enum salve_code visit_form(const struct visit_content *content, enum purpose purpose, struct str version,
                           struct str language, const struct consent_form **out, struct salve_err *err)
{
    uint32_t major = 0, minor = 0;
    if (version.ptr != NULL && !consent_version_read(version, &major, &minor))
        return salve_refuse(err, SALVE_E_NOT_FOUND, "major.minor", "form version");
    const struct visit_form *form = form_of(content, purpose, major, minor);
    if (form == NULL)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such form", "form %s %.*s", purpose_text(purpose),
                            STR_ARGS(version));
    if (form->err.code != SALVE_OK) {
        if (err != NULL) *err = form->err;
        return form->err.code;
    }
    *out = consent_form_in(&form->set, language);
    if (*out != NULL) return SALVE_OK;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "the form does not exist in that language", "language %.*s",
                        STR_ARGS(language));
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static enum salve_code load_receipts(struct opening *in, struct salve_err *err)
{
    struct str *names = NULL, folder = arena_printf(in->mem, "%s/forms", in->ask->share);
    size_t count = 0;
    if (folder.ptr == NULL) return no_memory(err);
    TRY(list_folder(in, "forms/receipts", &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct str language = middle_of(names[i], STR(""), STR(".json"));
        if (language.ptr == NULL) continue;
        struct visit_receipts *words = ONE_MORE(in, in->out->receipts, in->out->receipts_count);
        if (words == NULL) return no_memory(err);
        words->language = language;
        if (consent_texts_load(folder.ptr, language, in->mem, &words->texts, &words->err) == SALVE_OK)
            TRY(pin(in, arena_printf(in->mem, "forms/receipts/%.*s", STR_ARGS(names[i])), words->texts.bytes, err));
    }
    return SALVE_OK;
}

enum salve_code visit_receipts(const struct visit_content *content, struct str language,
                               const struct consent_texts **out, struct salve_err *err)
{
    for (size_t i = 0; i < content->receipts_count; i++) {
        const struct visit_receipts *words = &content->receipts[i];
        if (!str_eq(words->language, language)) continue;
        *out = &words->texts;
        if (words->err.code != SALVE_OK && err != NULL) *err = words->err;
        return words->err.code;
    }
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there are no receipts in that language; nothing was changed",
                        "language %.*s", STR_ARGS(language));
}

static enum salve_code load_frames(struct opening *in, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    TRY(list_folder(in, "letters", &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct str language = frame_language(names[i]);
        if (language.ptr == NULL) continue;
        struct visit_frame *frame = ONE_MORE(in, in->out->frames, in->out->frame_count);
        if (frame == NULL) return no_memory(err);
        frame->language = language;
        if (letter_frame_load(in->ask->share, language, in->mem, &frame->frame, &frame->err) == SALVE_OK)
            TRY(pin(in, arena_printf(in->mem, "letters/%.*s", STR_ARGS(names[i])), letter_frame_bytes(frame->frame),
                    err));
    }
    return SALVE_OK;
}

/* Without the file a letter speaks of all that was found. */
static enum salve_code load_packages(struct opening *in, struct salve_err *err)
{
    struct letter_packages *packages = NULL;
    struct salve_err reason = {0};
    enum salve_code code = letter_packages_load(in->ask->share, in->mem, &packages, &reason);
    if (code == SALVE_OK) code = visit_plan_check(packages, &reason);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) in->out->packages_err = reason;
    if (code != SALVE_OK) return SALVE_OK;
    in->out->packages = packages;
    return pin(in, STR("packages.json"), letter_packages_bytes(packages), err);
}

static bool is_language_code(struct str text)
{
    bool is_code = text.len >= 2 && text.len <= 8;
    for (size_t i = 0; i < text.len; i++)
        is_code = is_code && ((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || text.ptr[i] == '-');
    return is_code;
}

enum salve_code visit_frame(const struct visit_content *content, struct str language, const struct letter_frame **out,
                            struct salve_err *err)
{
    for (size_t i = 0; i < content->frame_count; i++) {
        const struct visit_frame *frame = &content->frames[i];
        if (!str_eq(frame->language, language)) continue;
        *out = frame->frame;
        if (frame->err.code != SALVE_OK && err != NULL) *err = frame->err;
        return frame->err.code;
    }
    if (!is_language_code(language))
        return salve_refuse(err, SALVE_E_USAGE, "a language is a short code such as en or ar", "language");
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no letter in that language", "language %.*s",
                        STR_ARGS(language));
}

static enum salve_code load_ranges(struct opening *in, struct salve_err *err)
{
    struct str bytes, path = arena_printf(in->mem, "%s/ranges.json", in->ask->share);
    struct salve_err *reason = &in->out->ranges_err;
    if (path.ptr == NULL) return no_memory(err);
    enum salve_code code = file_read(path.ptr, SALVE_CONFIG_BYTES_MAX, in->mem, &bytes, reason);
    if (code == SALVE_OK) code = ranges_read(bytes, in->mem, &in->out->ranges, reason);
    if (code == SALVE_OK) return pin(in, STR("ranges.json"), bytes, err);
    salve_err_in(reason, "ranges.json");
    return SALVE_OK;
}

enum salve_code visit_ranges(const struct visit_content *content, const struct ranges **out, struct salve_err *err)
{
    *out = content->ranges;
    if (*out != NULL) return SALVE_OK;
    if (content->ranges_err.code == SALVE_OK) return salve_fail(err, SALVE_E_NOT_FOUND, "ranges.json");
    if (err != NULL) *err = content->ranges_err;
    return content->ranges_err.code;
}

/* --- questionnaires ----------------------------------------------------------------------------------------------- */

static enum salve_code load_questionnaire(struct opening *in, const struct admit_rules *rules, struct str id,
                                          struct salve_err *err)
{
    struct str bytes, name = arena_printf(in->mem, "forms/questionnaires/%.*s.json", STR_ARGS(id));
    struct str path = arena_printf(in->mem, "%s/%.*s", in->ask->share, STR_ARGS(name));
    struct visit_questionnaire *to = ONE_MORE(in, in->out->questionnaires, in->out->questionnaire_count);
    if (to == NULL || name.ptr == NULL || path.ptr == NULL) return no_memory(err);
    to->id = id;
    enum salve_code code = file_read(path.ptr, SALVE_FORM_BYTES_MAX, in->mem, &bytes, &to->err);
    if (code == SALVE_OK) code = form_read(bytes, rules, in->mem, &to->form, &to->err);
    if (code == SALVE_OK && !str_eq(form_id(to->form), id))
        code = salve_refuse(&to->err, SALVE_E_INVALID, "it is not the name of the file", "Questionnaire: id");
    if (code == SALVE_OK) return pin(in, name, bytes, err);
    salve_err_in(&to->err, "%.*s", STR_ARGS(name));
    return SALVE_OK;
}

static enum salve_code load_questionnaires(struct opening *in, struct salve_err *err)
{
    struct str *names = NULL;
    struct admit_rules *rules = NULL;
    size_t count = 0;
    TRY(admit_rules_make(NULL, in->mem, &rules, err));
    enum salve_code code = list_folder(in, "forms/questionnaires", &names, &count, err);
    if (code != SALVE_OK) return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
    for (size_t i = 0; i < count; i++) {
        struct str id = middle_of(names[i], STR(""), STR(".json"));
        if (id.ptr != NULL) TRY(load_questionnaire(in, rules, id, err));
    }
    return SALVE_OK;
}

enum salve_code visit_questionnaire(const struct visit_content *content, struct str id, const struct form **out,
                                    struct salve_err *err)
{
    for (size_t i = 0; i < content->questionnaire_count; i++) {
        const struct visit_questionnaire *one = &content->questionnaires[i];
        if (!str_eq(one->id, id)) continue;
        *out = one->form;
        if (one->err.code != SALVE_OK && err != NULL) *err = one->err;
        return one->err.code;
    }
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such form", "form");
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

enum salve_code visit_content_open(const struct visit_content_ask *ask, struct arena *mem, struct visit_content **out,
                                   struct salve_err *err)
{
    struct opening in = {.ask = ask, .mem = mem, .out = arena_new(mem, struct visit_content)};
    if (in.out == NULL) return no_memory(err);
    TRY(arena_str(mem, str_of(ask->share), &in.out->share, err));
    if ((ask->parts & (VISIT_GUIDELINES | VISIT_ALARMS)) != 0) {
        TRY(guideline_libraries_open(mem, &in.shelf.libraries, err));
        guideline_libraries_share(in.shelf.libraries, in.out->share.ptr);
        enum salve_code code = load_guidelines(&in, err);
        guideline_libraries_close(&in.shelf.libraries);
        TRY(code);
    }
    if ((ask->parts & VISIT_FORMS) != 0) TRY(load_forms(&in, err));
    if ((ask->parts & VISIT_RECEIPTS) != 0) TRY(load_receipts(&in, err));
    if ((ask->parts & VISIT_FRAMES) != 0) TRY(load_frames(&in, err));
    if ((ask->parts & VISIT_FRAMES) != 0) TRY(load_packages(&in, err));
    if ((ask->parts & VISIT_RANGES) != 0) TRY(load_ranges(&in, err));
    if ((ask->parts & VISIT_QUESTIONNAIRES) != 0) TRY(load_questionnaires(&in, err));
    *out = in.out;
    return SALVE_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct visit_file *x = a, *y = b;
    return str_cmp(x->name, y->name);
}

enum salve_code visit_content_digest(const struct visit_content *content, struct arena *mem,
                                     uint8_t out[CONSENT_SHA256_BYTES], struct salve_err *err)
{
    struct buf text;
    struct str lines;
    char hex[2 * CONSENT_SHA256_BYTES + 1];
    struct visit_file *files = arena_array(mem, struct visit_file, content->file_count + 1);
    if (files == NULL) return no_memory(err);
    for (size_t i = 0; i < content->file_count; i++) files[i] = content->files[i];
    qsort(files, content->file_count, sizeof *files, by_name);
    buf_init(&text, mem, 1 << 20);
    for (size_t i = 0; i < content->file_count; i++) {
        crypto_sha256(files[i].bytes, out);
        str_hex(out, CONSENT_SHA256_BYTES, hex);
        buf_addf(&text, "%s  %.*s\n", hex, STR_ARGS(files[i].name));
    }
    TRY(buf_done(&text, &lines, err));
    crypto_sha256(lines, out);
    return SALVE_OK;
}
