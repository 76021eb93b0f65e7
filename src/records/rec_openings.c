/* SPDX-License-Identifier: Apache-2.0
 *
 * How many people are opened in an hour. With the card in the hand as many as come: more than 120 of one session are
 * told in a document of the site, with its public leaf. Without it 60 of the site, and so of an account, in a mark that
 * a restart does not forget; letters by their codes, slips and apps have marks of their own, so that nobody at home
 * closes the inbox. What is urgent is opened by its ticket all the same, and told. */
#include <string.h>

#include "crypto/crypto.h"
#include "records/openings_int.h"
#include "records/session_int.h"
#include "records/work_int.h"
#include "store/store.h"

enum { HOUR_MS = 3600 * 1000, SALT_BYTES = 16 };

static void forget_old(struct rec_openings *openings, int64_t now_unix_ms)
{
    size_t old = 0;
    while (old < openings->count && openings->list[old].at_unix_ms + HOUR_MS <= now_unix_ms) old++;
    openings->count -= old;
    memmove(openings->list, openings->list + old, openings->count * sizeof openings->list[0]);
}

bool rec_openings_add(struct rec_openings *openings, struct compartment id, int64_t now_unix_ms)
{
    forget_old(openings, now_unix_ms);
    for (size_t i = 0; i < openings->count; i++)
        if (memcmp(openings->list[i].id, id.bytes, sizeof openings->list[i].id) == 0) return false;
    if (openings->count < REC_OPENINGS_TOLD) {
        memcpy(openings->list[openings->count].id, id.bytes, sizeof openings->list[0].id);
        openings->list[openings->count++].at_unix_ms = now_unix_ms;
        return false;
    }
    bool is_told = openings->told_unix_ms != 0 && openings->told_unix_ms + HOUR_MS > now_unix_ms;
    if (!is_told) openings->told_unix_ms = now_unix_ms;
    return !is_told;
}

/* A document of the month: who opened many, when. The salt keeps its public hash from being guessed. */
static enum salve_code tell(struct rec_tx *tx, struct actor actor, const char *how, struct salve_err *err)
{
    uint8_t salt[SALT_BYTES];
    char hex[2 * SALT_BYTES + 1], at[CLOCK_TEXT_BYTES];
    crypto_random(salt, sizeof salt);
    str_hex(salt, sizeof salt, hex);
    struct str when = clock_text(tx->now_unix_ms, at);
    struct str id = arena_printf(tx->mem, "%s-%.7s", how, when.ptr);
    struct str json = arena_printf(tx->mem, "{\"at\":\"%.*s\",\"by\":\"%.*s\",\"salt\":\"%s\"}", STR_ARGS(when),
                                   STR_ARGS(actor.id), hex);
    if (id.ptr == NULL || json.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "openings");
    return rec_doc_put(tx, STR("alert"), id, json, err);
}

static enum salve_code count_card(struct rec_tx *tx, const struct rec_gate_ask *ask, struct salve_err *err)
{
    uint64_t session = ask->session != 0 ? ask->session : rec_session_number(tx->site, ask->actor.pass);
    struct rec_openings *openings = rec_session_openings(tx->site, session);
    if (openings == NULL) return salve_fail(err, SALVE_E_MEMORY, "openings");
    return rec_openings_add(openings, ask->id, tx->now_unix_ms) ? tell(tx, ask->actor, "many-cards", err) : SALVE_OK;
}

static enum salve_code is_urgent(struct rec_tx *tx, const struct rec_gate_ask *ask, bool *out, struct salve_err *err)
{
    struct rec_work work;
    bool found = false;
    *out = false;
    if (!ask->is_by_ticket) return SALVE_OK;
    TRY(rec_work_get(tx, ask->id, &work, &found, err));
    for (size_t i = 0; found && i < WORK_ENTRIES_MAX; i++) {
        const struct rec_work_slot *slot = &work.slots[i / WORK_PARTS][i % WORK_PARTS];
        *out = *out || (slot->is_open && slot->urgency <= WORK_URGENT_MAX);
    }
    return SALVE_OK;
}

static enum salve_code count_away(struct rec_tx *tx, const struct rec_gate_ask *ask, struct salve_err *err)
{
    bool may_pass = false;
    struct salve_err refused = {0};
    enum salve_code code = store_quota_take(tx->store, ask->id, tx->now_unix_ms, REC_QUOTA_COMPARTMENTS, &refused);
    if (code == SALVE_E_QUOTA) TRY(is_urgent(tx, ask, &may_pass, err));
    if (code == SALVE_E_QUOTA && may_pass) return tell(tx, ask->actor, "urgent-tickets", err);
    if (code != SALVE_OK && err != NULL) *err = refused;
    return code;
}

enum salve_code rec_openings_count(struct rec_tx *tx, const struct rec_gate_ask *ask, struct salve_err *err)
{
    if (compartment_eq(ask->id, tx->site->enrolled)) return SALVE_OK; /* who was enrolled just now is there */
    if (ask->counted == REC_COUNTED_CARD) return count_card(tx, ask, err);
    if (ask->counted == REC_COUNTED_AWAY) return count_away(tx, ask, err);
    if (ask->counted == REC_COUNTED_NOT) return SALVE_OK;
    struct str name = ask->counted == REC_COUNTED_LETTER ? STR("quota/letter")
                      : ask->counted == REC_COUNTED_APP  ? STR("quota/app")
                                                         : STR("quota/slip");
    return store_quota_take_of(tx->store, name, ask->id, tx->now_unix_ms, REC_QUOTA_COMPARTMENTS, err);
}
