/* SPDX-License-Identifier: Apache-2.0
 * A person's own record in their hands: choices, who looked, everything to take away, taking back, erasure. */
#include "visit/rights.h"

#include "base/buf.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "visit/content.h"
#include "visit/visit_int.h"

/* --- seeing and taking -------------------------------------------------------------------------------------------- */

enum salve_code visit_consents(const struct visit *visit, struct str card, struct visit_consents *out,
                               struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = rec_consents(view, visit->mem, &out->list, &out->count, err);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_looked(const struct visit *visit, struct str card, struct visit_looks *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    *out = (struct visit_looks){0};
    if (code == SALVE_OK) code = rec_looked(view, visit->mem, &out->list, &out->count, &out->missing, err);
    for (size_t i = 0; code == SALVE_OK && i < out->count; i++) {
        out->unsigned_count += out->list[i].is_unsigned;
        out->ended_count += out->list[i].is_ended;
    }
    if (code == SALVE_OK) out->proofs_from_unix_ms = rec_proofs_from_unix_ms(view);
    return visit_view_close(visit, &view, code, err);
}

/* What a receipt is given for. */
static bool has_receipt(const struct rec_look *look)
{
    static const char *const kinds[] = {"enrolment", "consent",       "withdrawal",     "used",
                                        "card",      "erasure-asked", "erasure-stopped"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_is(look->kind, kinds[i])) return true;
    return false;
}

enum salve_code visit_proofs(const struct visit *visit, struct str card, bool all, struct visit_looks *out,
                             struct salve_err *err)
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    int64_t from_unix_ms = 0;
    size_t kept = 0;
    TRY(visit_looked(visit, card, out, err));
    out->missing = out->unsigned_count = out->ended_count = 0;
    for (size_t i = 0; !all && i < out->count; i++)
        if (has_receipt(&out->list[i])) from_unix_ms = out->list[i].at_unix_ms - DAY_MS;
    for (size_t i = 0; i < out->count; i++) {
        const struct rec_look *look = &out->list[i];
        if (!has_receipt(look) || look->at_unix_ms < from_unix_ms) continue;
        out->unsigned_count += look->is_unsigned;
        out->ended_count += look->is_ended;
        out->missing += !look->is_unsigned && !look->is_ended && !look->proved;
        out->list[kept++] = *look;
    }
    out->count = kept;
    return SALVE_OK;
}

static enum salve_code version_of(const struct rec_resource *resource, struct arena *mem, struct visit_version *out,
                                  struct salve_err *err)
{
    struct buf text;
    buf_init(&text, mem, SALVE_RESOURCE_BYTES_MAX);
    fhir_write(&resource->tape, tape_root(&resource->tape), FHIR_COMPACT, &text);
    out->version = resource->version;
    out->saved_at_unix_ms = resource->saved_at_unix_ms;
    TRY(screen_told_of(resource, mem, &out->told, err));
    return buf_done(&text, &out->json, err);
}

enum salve_code visit_history(const struct visit *visit, struct str card, struct str id, struct visit_versions *out,
                              struct salve_err *err)
{
    struct rec_view *view = NULL;
    const struct rec_resource **versions = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = rec_history(view, id, visit->mem, &versions, &out->count, err);
    if (code == SALVE_OK) out->list = arena_array(visit->mem, struct visit_version, out->count + 1);
    if (code == SALVE_OK && out->list == NULL) code = salve_fail(err, SALVE_E_MEMORY, "history");
    for (size_t i = 0; code == SALVE_OK && i < out->count; i++)
        code = version_of(versions[i], visit->mem, &out->list[i], err);
    return visit_view_close(visit, &view, code, err);
}

static enum salve_code bundle_of(const struct rec_resource *resources, size_t count, struct arena *mem,
                                 struct str *bundle, struct salve_err *err)
{
    struct buf out;
    buf_init(&out, mem, SALVE_REQUEST_BYTES_MAX / 4);
    buf_add(&out, STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["));
    for (size_t i = 0; i < count; i++) {
        /* A name that resolves nowhere: relative references find their entry by it (FHIR R4, bundle.html 2.36.4.1). */
        buf_addf(&out, "%s\n{\"fullUrl\":\"https://record.invalid/%.*s/%.*s\",\"resource\":", i == 0 ? "" : ",",
                 STR_ARGS(resources[i].type), STR_ARGS(resources[i].id));
        fhir_write(&resources[i].tape, tape_root(&resources[i].tape), FHIR_COMPACT, &out);
        buf_add_char(&out, '}');
    }
    buf_add(&out, STR("\n]}\n"));
    return buf_done(&out, bundle, err);
}

static enum salve_code tellings_of(const struct rec_resource *resources, size_t count, struct arena *mem,
                                   struct visit_taken *out, struct salve_err *err)
{
    out->told_count = 0;
    out->told = arena_array(mem, struct screen_told, count + 1);
    if (out->told == NULL) return salve_fail(err, SALVE_E_MEMORY, "take");
    for (size_t i = 0; i < count; i++) {
        TRY(screen_told_of(&resources[i], mem, &out->told[out->told_count], err));
        out->told_count += out->told[out->told_count].is_told;
    }
    return SALVE_OK;
}

enum salve_code visit_take(const struct visit *visit, struct str card, struct visit_taken *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    const struct rec_resource *resources = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = rec_take(view, visit->mem, &resources, &out->resource_count, err);
    if (code == SALVE_OK) code = bundle_of(resources, out->resource_count, visit->mem, &out->bundle, err);
    if (code == SALVE_OK) code = tellings_of(resources, out->resource_count, visit->mem, out, err);
    return visit_view_close(visit, &view, code, err);
}

/* --- taking back, and erasing ------------------------------------------------------------------------------------- */

/* What a receipt says: its item is the kind of the event. The fields are only known afterwards. */
struct words {
    const struct consent_texts *texts;
    struct consent_field fields[3];
    size_t count;
};

/* The words for what the proof opens. */
static enum salve_code fill(const struct words *words, struct arena *mem, struct visit_receipt *out,
                            struct salve_err *err)
{
    return consent_texts_fill(words->texts, out->proof.kind, words->fields, words->count, mem, &out->title, &out->body,
                              err);
}

/* Where the log is not signed that far yet. */
static enum salve_code fill_later(const struct words *words, struct arena *mem, struct visit_receipt *out,
                                  struct salve_err *err)
{
    struct str title;
    char from[CLOCK_TEXT_BYTES];
    const struct consent_field fields[] = {
        {STR("from"), clock_text(out->proof.proof_from_unix_ms, from)},
        {STR("leaf"), arena_printf(mem, "%llu", (unsigned long long)out->proof.leaf_index)}};
    return consent_texts_fill(words->texts, STR("proof"), fields, 2, mem, &title, &out->later, err);
}

/* Reads the words and fills them once for nothing, so that the receipt cannot fail after the deed. */
static enum salve_code words_ready(const struct visit *visit, struct str language, struct str kind, struct words *words,
                                   struct salve_err *err)
{
    struct visit_receipt ignored = {.proof.kind = kind};
    TRY(visit_receipts(visit->content, language, &words->texts, err));
    TRY(fill_later(words, visit->mem, &ignored, err));
    return fill(words, visit->mem, &ignored, err);
}

enum salve_code visit_withdraw(const struct visit *visit, struct str card, enum purpose purpose, struct str language,
                               struct visit_receipt *out, struct salve_err *err)
{
    struct words words = {NULL, {{STR("at"), STR("")}, {STR("purpose"), STR("")}}, 2};
    struct str body, item = arena_printf(visit->mem, "purpose.%s", purpose_text(purpose));
    char when[CLOCK_TEXT_BYTES];
    *out = (struct visit_receipt){0};
    if (item.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "receipt");
    TRY(words_ready(visit, language, STR("withdrawal"), &words, err));
    TRY(consent_texts_fill(words.texts, item, NULL, 0, visit->mem, &words.fields[1].value, &body, err));
    TRY(rec_consent_withdraw(visit->site, visit->actor, card, purpose, visit->mem, &out->proof, err));
    if (out->proof.kind.len == 0)
        return salve_refuse(err, SALVE_E_NOT_FOUND,
                            "it is not switched on: nothing was taken back, and there is no receipt", "agreement to %s",
                            purpose_text(purpose));
    words.fields[0].value = clock_text(out->proof.at_unix_ms, when);
    if (out->proof.text.len == 0) TRY(fill_later(&words, visit->mem, out, err));
    return fill(&words, visit->mem, out, err);
}

/* Asked for: when it will be done. Done: since when. */
static enum salve_code erasure_words(const struct visit *visit, const struct rec_erasure *erasure, struct words *words,
                                     struct visit_receipt *out, struct salve_err *err)
{
    char when[CLOCK_TEXT_BYTES], due[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES];
    out->proof = erasure->receipt;
    words->fields[0].value = clock_text(erasure->at_unix_ms, when);
    TRY(arena_str(visit->mem, clock_date_text(erasure->horizon_unix_ms, until), &out->until, err));
    words->fields[1].value = out->until;
    if (erasure->due_unix_ms != erasure->at_unix_ms) {
        TRY(arena_str(visit->mem, clock_text(erasure->due_unix_ms, due), &out->due, err));
        words->fields[2].value = out->due;
    }
    return fill(words, visit->mem, out, err);
}

enum salve_code visit_erase(const struct visit *visit, struct str card, struct str language, bool is_at_once,
                            struct visit_receipt *out, struct salve_err *err)
{
    struct words words = {
        NULL, {{STR("at"), STR("")}, {STR("horizon"), STR("")}, {STR("due"), STR("")}}, is_at_once ? 2 : 3};
    struct rec_erasure erasure = {0};
    *out = (struct visit_receipt){0};
    TRY(words_ready(visit, language, is_at_once ? STR("erasure") : STR("erasure-asked"), &words, err));
    TRY(is_at_once ? rec_erase(visit->site, visit->actor, card, visit->mem, &erasure, err)
                   : rec_erase_ask(visit->site, visit->actor, card, visit->mem, &erasure, err));
    return erasure_words(visit, &erasure, &words, out, err);
}

enum salve_code visit_erase_stop(const struct visit *visit, struct str card, struct str language,
                                 struct visit_receipt *out, struct salve_err *err)
{
    struct words words = {NULL, {{STR("at"), STR("")}}, 1};
    char when[CLOCK_TEXT_BYTES];
    *out = (struct visit_receipt){0};
    TRY(words_ready(visit, language, STR("erasure-stopped"), &words, err));
    TRY(rec_erase_stop(visit->site, visit->actor, card, visit->mem, &out->proof, err));
    words.fields[0].value = clock_text(out->proof.at_unix_ms, when);
    if (out->proof.text.len == 0) TRY(fill_later(&words, visit->mem, out, err));
    return fill(&words, visit->mem, out, err);
}
