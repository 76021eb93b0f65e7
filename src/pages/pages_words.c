/* SPDX-License-Identifier: Apache-2.0
 * Words and guidelines: loaded once for all workers, as they are in force at the site, and anew when another
 * acceptance is. Who works with them keeps them until the answer is written. */
#include "pages/pages_int.h"

#include <stdlib.h>

#include "base/limits.h"
#include "form/form.h"
#include "screen/screen.h"

enum { LOOK_MS = 2000 };

/* --- what is in force --------------------------------------------------------------------------------------------- */

/* A hash of all acceptances: of the rules, of the words, by whom and when. */
static enum salve_code in_force(struct site *site, struct arena *mem, uint8_t out[CRYPTO_SHA256_BYTES],
                                struct salve_err *err)
{
    struct str *ids = NULL, text;
    size_t count = 0;
    struct buf all;
    buf_init(&all, mem, SALVE_CONFIG_BYTES_MAX);
    TRY(screen_all_in_force(site, mem, &ids, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct screen_acceptance one;
        TRY(screen_in_force(site, ids[i], mem, &one, err));
        buf_addf(&all, "%.*s %.*s %.*s %.*s\n", STR_ARGS(one.guideline), STR_ARGS(one.version), STR_ARGS(one.digest),
                 STR_ARGS(one.at));
        for (size_t w = 0; w < one.word_count; w++)
            buf_addf(&all, " %.*s %.*s\n", STR_ARGS(one.words[w].language), STR_ARGS(one.words[w].at));
    }
    TRY(buf_done(&all, &text, err));
    crypto_sha256(text, out);
    return SALVE_OK;
}

/* --- content ------------------------------------------------------------------------------------------------------ */

static void content_free(struct pages_content *content)
{
    arena_close(content->mem);
    free(content);
}

static enum salve_code load(struct pages *pages, struct site *site, struct pages_content *made, struct salve_err *err)
{
    struct visit_content_ask ask = {.share = pages->config.share,
                                    .parts = VISIT_GUIDELINES | VISIT_ALARMS | VISIT_FORMS | VISIT_RECEIPTS |
                                             VISIT_FRAMES | VISIT_RANGES | VISIT_QUESTIONNAIRES,
                                    .accepted_at = site};
    TRY(in_force(site, made->mem, made->in_force, err));
    ask.parts &= ~(unsigned)VISIT_ALARMS; /* among all of them */
    return visit_content_open(&ask, made->mem, &made->content, err);
}

/* Each form once in each of its languages; workers share the texts. */
static enum salve_code write_forms(struct pages_content *made, struct salve_err *err)
{
    const struct visit_content *content = made->content;
    size_t room = 0, at;
    for (size_t i = 0; i < content->questionnaire_count; i++)
        for (at = 0;
             content->questionnaires[i].form != NULL && form_language(content->questionnaires[i].form, &at).len;)
            room++;
    made->forms = arena_array(made->mem, struct pages_form, room + 1);
    if (made->forms == NULL) return salve_fail(err, SALVE_E_MEMORY, "forms");
    for (size_t i = 0; i < content->questionnaire_count; i++) {
        const struct form *form = content->questionnaires[i].form;
        struct str language;
        for (at = 0; form != NULL && (language = form_language(form, &at)).len > 0;) {
            struct pages_form *one = &made->forms[made->form_count++];
            struct buf text;
            buf_init(&text, made->mem, PAGES_ANSWER_BYTES_MAX);
            struct json_writer w = {.out = &text};
            form_write(form, language, NULL, &w);
            *one = (struct pages_form){.form = form, .language = language};
            TRY(buf_done(&text, &one->json, err));
        }
    }
    return SALVE_OK;
}

struct str pages_form_json(const struct pages_content *content, const struct form *form, struct str language)
{
    const struct pages_form *found = NULL;
    for (size_t i = 0; i < content->form_count; i++) {
        const struct pages_form *one = &content->forms[i];
        if (one->form == form && (found == NULL || str_eq(one->language, language))) found = one;
    }
    return found == NULL ? STR_NONE : found->json;
}

enum salve_code pages_content_make(struct pages *pages, struct site *site, struct salve_err *err)
{
    struct pages_content *made = calloc(1, sizeof *made), *before = NULL;
    if (made == NULL) return salve_fail(err, SALVE_E_MEMORY, "guidelines");
    made->mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    enum salve_code code =
        made->mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "guidelines") : load(pages, site, made, err);
    if (code == SALVE_OK) code = write_forms(made, err);
    if (code != SALVE_OK) {
        content_free(made);
        return code;
    }
    (void)pthread_mutex_lock(&pages->lock);
    made->number = ++pages->contents;
    made->users = 1; /* pages itself */
    before = pages->content;
    pages->content = made;
    (void)pthread_mutex_unlock(&pages->lock);
    if (before != NULL) pages_content_give(pages, before);
    return SALVE_OK;
}

struct pages_content *pages_content_take(struct pages *pages)
{
    (void)pthread_mutex_lock(&pages->lock);
    struct pages_content *content = pages->content;
    if (content != NULL) content->users++;
    (void)pthread_mutex_unlock(&pages->lock);
    return content;
}

void pages_content_give(struct pages *pages, struct pages_content *content)
{
    if (content == NULL) return;
    (void)pthread_mutex_lock(&pages->lock);
    bool is_last = --content->users == 0;
    (void)pthread_mutex_unlock(&pages->lock);
    if (is_last) content_free(content);
}

/* --- what the site says of itself --------------------------------------------------------------------------------- */

const struct visit_clinic *pages_clinic(struct pages_call *call)
{
    if (!call->has_looked && call->at != NULL)
        call->has_clinic = visit_clinic(&call->visit, &call->clinic, NULL) == SALVE_OK;
    call->has_looked = true;
    return call->has_clinic ? &call->clinic : NULL;
}

/* --- ready to evaluate -------------------------------------------------------------------------------------------- */

/* Whose turn it is to look: one of all workers, every two seconds at most. */
static bool is_my_turn(struct pages *pages)
{
    int64_t now_ms = pages_now_ms(), last_ms = atomic_load(&pages->looked_ms);
    if (last_ms != 0 && now_ms - last_ms < LOOK_MS) return false;
    return atomic_compare_exchange_strong(&pages->looked_ms, &last_ms, now_ms);
}

/* Has somebody accepted something since? */
static enum salve_code look_again(struct pages_call *call, struct salve_err *err)
{
    uint8_t now[CRYPTO_SHA256_BYTES];
    if (!is_my_turn(call->pages)) return SALVE_OK;
    enum salve_code code = in_force(call->visit.site, call->visit.mem, now, err);
    if (code != SALVE_OK) atomic_store(&call->pages->looked_ms, 0); /* the next one looks */
    if (code != SALVE_OK) return code;
    if (crypto_equal(now, call->content->in_force, sizeof now)) return SALVE_OK;
    /* what cannot be loaded now is tried again; nobody waits for an alarm meanwhile */
    if (pages_content_make(call->pages, call->visit.site, NULL) != SALVE_OK) return SALVE_OK;
    pages_content_give(call->pages, call->content);
    call->content = pages_content_take(call->pages);
    call->visit.content = call->content->content;
    return SALVE_OK;
}

static enum salve_code screening_make(struct pages_call *call, const struct zone *zone, struct salve_err *err)
{
    struct pages_seat *at = call->at;
    struct visit visit = call->visit;
    arena_close(at->mem);
    at->made_of = 0;
    at->mem = visit.mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    if (at->mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "guidelines");
    TRY(visit_screening(&visit, &at->screening, err));
    at->made_of = call->content->number;
    at->of = call->visit.site;
    at->zone = zone;
    return SALVE_OK;
}

enum salve_code pages_screening(struct pages_call *call, const struct visit_screening **out, struct salve_err *err)
{
    const struct zone *zone = NULL;
    struct pages_seat *at = call->at;
    TRY(site_zone(call->visit.site, &zone, err));
    TRY(look_again(call, err));
    bool is_good = at->made_of == call->content->number && at->of == call->visit.site && at->zone == zone;
    if (!is_good) TRY(screening_make(call, zone, err));
    *out = &at->screening;
    return SALVE_OK;
}
