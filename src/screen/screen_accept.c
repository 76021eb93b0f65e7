/* SPDX-License-Identifier: Apache-2.0
 *
 * Acceptance: a clinician's document in the commons that binds one version of a guideline, byte by byte, and the
 * programme's choices. Without it a guideline is not used at this site. */
#include "base/limits.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "records/commons.h"
#include "records/site.h"
#include "screen/screen_int.h"

#define KIND "guideline"

enum salve_code screen_digest(const struct guideline *guideline, struct arena *mem, struct str *hex,
                              struct salve_err *err)
{
    size_t count = 0;
    const struct guideline_file *files = guideline_files(guideline, &count);
    const struct guideline_info *info = guideline_info(guideline);
    struct buf all;
    struct str text;
    uint8_t digest[CRYPTO_SHA256_BYTES];
    char *out = arena_alloc(mem, 2 * sizeof digest + 1);
    if (out == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline digest");
    buf_init(&all, mem, SALVE_ELM_BYTES_MAX);
    buf_addf(&all, "%.*s|%.*s\n", STR_ARGS(info->id), STR_ARGS(info->version));
    for (size_t i = 0; i < count; i++) { /* one line a file: digest and name, sorted as they were loaded */
        crypto_sha256(files[i].bytes, digest);
        str_hex(digest, sizeof digest, out);
        buf_addf(&all, "%s %.*s\n", out, STR_ARGS(files[i].name));
    }
    TRY(buf_done(&all, &text, err));
    crypto_sha256(text, digest);
    str_hex(digest, sizeof digest, out);
    *hex = str_of(out);
    return SALVE_OK;
}

static enum salve_code choices_allowed(const struct guideline_info *info, const struct guideline_choice *choices,
                                       size_t count, struct salve_err *err)
{
    for (size_t c = 0; c < count; c++) {
        bool is_known = false;
        for (size_t i = 0; i < info->switch_count; i++) {
            const struct guideline_switch *sw = &info->switches[i];
            for (size_t v = 0; str_eq(sw->name, choices[c].name) && v < sw->value_count; v++)
                is_known = is_known || str_eq(sw->values[v], choices[c].value);
        }
        if (is_known) continue;
        return salve_refuse(err, SALVE_E_INVALID, "the guideline has no such switch, or the switch no such value",
                            "%.*s: switch %.*s", STR_ARGS(info->id), STR_ARGS(str_cut(choices[c].name, 0, 40)));
    }
    return SALVE_OK;
}

enum salve_code screen_accept(struct site *site, struct actor actor, const struct guideline *guideline,
                              const struct guideline_choice *choices, size_t choice_count, struct arena *mem,
                              struct salve_err *err)
{
    const struct guideline_info *info = guideline_info(guideline);
    char now[CLOCK_TEXT_BYTES];
    struct str digest, text;
    struct buf out;
    if (actor.role != ROLE_CLINICIAN || actor.id.len == 0)
        return salve_refuse(err, SALVE_E_ROLE, "a named clinician accepts a guideline", "guideline %.*s",
                            STR_ARGS(info->id));
    TRY(choices_allowed(info, choices, choice_count, err));
    TRY(screen_digest(guideline, mem, &digest, err));
    buf_init(&out, mem, SALVE_CONFIG_BYTES_MAX);
    struct json_writer w = {.out = &out, .pretty = true};
    json_open(&w, NULL, '{');
    json_put_text(&w, "guideline", info->id);
    json_put_text(&w, "version", info->version);
    json_put_text(&w, "digest", digest);
    json_put_text(&w, "acceptedBy", actor.id);
    json_put_text(&w, "at", clock_text(site_now_unix_ms(site), now));
    json_open(&w, "choices", '{');
    for (size_t i = 0; i < choice_count; i++) {
        json_put_name(&w, choices[i].name);
        json_put_text(&w, NULL, choices[i].value);
    }
    json_close(&w);
    json_close(&w);
    TRY(buf_done(&out, &text, err));
    return commons_put(site, actor, STR(KIND), info->id, text, err);
}

static enum salve_code acceptance_of(struct str bytes, struct arena *mem, struct screen_acceptance *out,
                                     struct salve_err *err)
{
    const struct json *doc = NULL;
    TRY(json_read(bytes, NULL, mem, &doc, err));
    const struct json *choices = json_get(doc, "choices");
    struct guideline_choice *list =
        arena_array(mem, struct guideline_choice, choices == NULL ? (size_t)1 : choices->count + (size_t)1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "acceptance");
    out->choice_count = 0;
    for (const struct json *it = json_first(choices); it != NULL; it = it->next)
        list[out->choice_count++] = (struct guideline_choice){it->name, json_text(it)};
    out->choices = list;
    TRY(json_want_text(doc, "guideline", "acceptance", &out->guideline, err));
    TRY(json_want_text(doc, "version", "acceptance", &out->version, err));
    TRY(json_want_text(doc, "digest", "acceptance", &out->digest, err));
    TRY(json_want_text(doc, "acceptedBy", "acceptance", &out->accepted_by, err));
    return json_want_text(doc, "at", "acceptance", &out->at, err);
}

enum salve_code screen_accepted(struct site *site, const struct guideline *guideline, struct arena *mem,
                                struct screen_acceptance *out, struct salve_err *err)
{
    const struct guideline_info *info = guideline_info(guideline);
    struct str bytes, digest;
    TRY(commons_get(site, STR(KIND), info->id, mem, &bytes, err));
    TRY(acceptance_of(bytes, mem, out, err));
    TRY(screen_digest(guideline, mem, &digest, err));
    if (str_eq(out->version, info->version) && str_eq(out->digest, digest)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "another version or another content was accepted here", "guideline %.*s",
                        STR_ARGS(info->id));
}

enum salve_code screen_has_acceptance(struct site *site, struct str id, struct arena *mem, bool *out,
                                      struct salve_err *err)
{
    struct str bytes;
    struct salve_err trouble = {0};
    enum salve_code code = commons_get(site, STR(KIND), id, mem, &bytes, &trouble);
    *out = code == SALVE_OK;
    if (code == SALVE_OK || code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (err != NULL) *err = trouble;
    return code;
}

enum salve_code screen_open(struct site *site, struct guideline *const *guidelines, size_t count, struct arena *mem,
                            struct screen **out, size_t *refused_count, struct salve_err *err)
{
    size_t refused = 0;
    struct screen *made = arena_new(mem, struct screen);
    if (made != NULL) made->members = arena_array(mem, struct screen_member, count + 1);
    if (made == NULL || made->members == NULL) return salve_fail(err, SALVE_E_MEMORY, "screen");
    TRY(site_zone(site, &made->zone, err));
    screen_layers_open(site, guidelines, count, mem, made);
    for (size_t i = 0; i < count; i++) {
        struct salve_err trouble = {0};
        if (screen_is_alarms(guideline_info(guidelines[i])->id)) continue;
        enum salve_code code =
            screen_accepted(site, guidelines[i], mem, &made->members[made->count].acceptance, &trouble);
        refused += code != SALVE_OK;
        if (code == SALVE_OK)
            made->members[made->count++].guideline = guidelines[i];
        else if (code != SALVE_E_NOT_FOUND && code != SALVE_E_CONFLICT) {
            if (err != NULL) *err = trouble;
            return code;
        }
    }
    if (refused_count != NULL) *refused_count = refused;
    *out = made;
    return SALVE_OK;
}
