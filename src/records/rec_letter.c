/* SPDX-License-Identifier: Apache-2.0
 *
 * The code of a letter: made while the letter is, and opening that letter's results with the birth date. It is a
 * purpose of its own, so whatever asks for SELF or CARE refuses it, and it reads no further than the records that were
 * there when the letter was made. */
#include "base/clock.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "records/revoked_int.h"
#include "records/view_int.h"
#include "records/who_int.h"

enum { WORK_BYTES = 32 << 20, TRIES_MAX = 10, DATE_BYTES = 10 };

static enum salve_code not_open(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND,
                        "no letter opens with this code and birth date: it may be typed otherwise, older than 90 days, "
                        "followed by another letter or card, or closed after ten wrong dates",
                        "code of a letter");
}

/* A whole date: years and months are guessed in ten tries. */
static bool is_whole_date(struct str text)
{
    int64_t unused;
    return text.len == DATE_BYTES && clock_parse(text, &unused);
}

/* --- making ------------------------------------------------------------------------------------------------------- */

static enum salve_code make(struct rec_view *view, const struct rec_code *code, struct str birth_date,
                            struct arena *work, int64_t *until_unix_s, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_event event = {.kind = REC_EVENT_LETTER, .actor = view->actor, .purpose = view->purpose};
    struct keys_letter letter = {.tries = 0};
    uint8_t presence[KEYS_PRESENCE_BYTES];
    char text[REC_CODE_TEXT_BYTES + 1];
    TRY(rec_note_alone(view->site, &view->gate.chain, &event, work, &leaf, err));
    struct keys_grant grant = {.purpose = PURPOSE_LETTER,
                               .classes = purpose_classes(PURPOSE_LETTER),
                               .consent = view->gate.newest[PURPOSE_SELF],
                               .presence = presence};
    *until_unix_s = grant.not_after_unix_s = consent_end(PURPOSE_LETTER, leaf.at_unix_ms / 1000, 0, 0);
    letter.through_seq = view->gate.chain.head.seq;
    enum salve_code result = rec_code_token(view->site, code, letter.token, err);
    keys_letter_presence(view->site->keys, rec_code_text(code, text), birth_date, presence);
    if (result == SALVE_OK)
        result =
            keys_letter_put(view->site->keys, view->gate.chain.ring, &grant, &letter, view->gate.chain.head.card, err);
    if (result == SALVE_OK) rec_decided_purpose(view->site, view->gate.chain.id, PURPOSE_LETTER);
    crypto_zero(text, sizeof text);
    crypto_zero(presence, sizeof presence);
    return result;
}

enum salve_code near_rec_letter_code(struct rec_view *view, struct arena *mem, struct str *code, int64_t *until_unix_s,
                                     struct salve_err *err)
{
    struct rec_code made;
    struct str birth_date;
    *code = STR("");
    *until_unix_s = 0;
    TRY(rec_view_stands(view, err));
    if (view->purpose == PURPOSE_FOLLOW_UP) return SALVE_OK; /* without the card nobody makes what opens by itself */
    if (!rec_view_may(view, ACT_LETTER)) return salve_fail(err, SALVE_E_ROLE, "code of a letter");
    TRY(rec_birth_date(&view->gate, &view->shelf, &birth_date, err));
    if (!is_whole_date(birth_date) || view->gate.is_suspect) return SALVE_OK;
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    rec_code_make(REC_CODE_LETTER, &made);
    enum salve_code result = make(view, &made, birth_date, work, until_unix_s, err);
    if (result == SALVE_OK) result = rec_code_out(&made, mem, code, err);
    crypto_zero(&made, sizeof made);
    arena_close(work);
    return result;
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

/* What an opening has beside its view. */
struct letter_opening {
    struct rec_code code;
    struct str birth_date;
    struct compartment id;
    struct keys_letter letter;
};

/* A code whose row is another letter's was replaced; one whose tries are used up is closed. */
static enum salve_code find_letter(struct site *site, struct letter_opening *o, struct arena *mem,
                                   struct salve_err *err)
{
    uint8_t token[KEYS_TOKEN_BYTES];
    bool found = false;
    TRY(rec_code_find(site, &o->code, mem, &o->id, err));
    TRY(rec_code_token(site, &o->code, token, err));
    TRY(keys_letter_get(site->keys, o->id, &o->letter, &found, err));
    bool stands = found && crypto_equal(token, o->letter.token, sizeof token) && o->letter.tries < TRIES_MAX;
    return stands ? SALVE_OK : not_open(err);
}

/* The try is on the disk before its date is looked at, so that no kill gives it back; a right one gives it back. */
static enum salve_code try_date(struct rec_view *view, struct letter_opening *o, struct salve_err *err)
{
    struct site *site = view->site;
    struct rec_gate *gate = &view->gate;
    uint8_t presence[KEYS_PRESENCE_BYTES];
    char text[REC_CODE_TEXT_BYTES + 1];
    uint32_t before = o->letter.tries;
    TRY(keys_letter_tried(site->keys, o->id, before + 1, err));
    keys_letter_presence(site->keys, rec_code_text(&o->code, text), o->birth_date, presence);
    enum salve_code code = keys_deliver(site->keys, gate->chain.ring, PURPOSE_LETTER, view->classes,
                                        &gate->newest[PURPOSE_SELF], gate->now_unix_ms / 1000, presence, err);
    crypto_zero(presence, sizeof presence);
    crypto_zero(text, sizeof text);
    if (code == SALVE_OK) return keys_letter_tried(site->keys, o->id, before, err);
    if (code != SALVE_E_CONSENT) return code;
    TRY(rec_note_denied(gate, view->actor, PURPOSE_LETTER, view->classes, err));
    if (before + 1 >= TRIES_MAX) TRY(keys_letter_drop(site->keys, o->id, err));
    return not_open(err);
}

static enum salve_code open_view(struct rec_view *view, struct letter_opening *o, struct salve_err *err)
{
    struct site *site = view->site;
    TRY(rec_renew(site, err));
    TRY(find_letter(site, o, view->mem, err));
    view->purpose = PURPOSE_LETTER;
    view->classes = purpose_classes(PURPOSE_LETTER);
    view->actor.role = ROLE_PARTICIPANT;
    TRY(arena_str(view->mem, site->settings.name, &view->actor.site, err));
    TRY(rec_stand_begin(site, o->id, false, &view->stand, err));
    const struct rec_gate_ask ask = {.actor = view->actor,
                                     .purpose = view->purpose,
                                     .classes = view->classes,
                                     .id = o->id,
                                     .counted = REC_COUNTED_LETTER};
    TRY(rec_gate_open(site, &ask, view->mem, &view->gate, err));
    view->gate.through_seq = o->letter.through_seq;
    return try_date(view, o, err);
}

enum salve_code near_rec_letter_open(struct site *site, struct str code, struct str birth_date, struct rec_view **out,
                                     struct salve_err *err)
{
    struct letter_opening o = {.birth_date = birth_date};
    if (!is_whole_date(birth_date) || !rec_code_read(REC_CODE_LETTER, code, &o.code)) return not_open(err);
    struct rec_view *view = rec_view_new(site);
    if (view == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    enum salve_code result = open_view(view, &o, err);
    crypto_zero(&o.code, sizeof o.code);
    if (result == SALVE_OK) *out = view;
    if (result != SALVE_OK) (void)!near_rec_close(&view, NULL); /* nothing was read, so nothing is noted */
    return result == SALVE_E_NOT_FOUND ? not_open(err) : result;
}
