/* SPDX-License-Identifier: Apache-2.0
 *
 * A new card for a person who lost theirs: its token is put beside the old one's, noted with the head of the chain,
 * and from then on the old one is good for nothing. So is the code of the person's letter, which may be lost too.
 * The first card of somebody who was enrolled while away is made in the same way, for their slip. */
#include "base/limits.h"
#include "crypto/crypto.h"
#include "records/revoked_int.h"
#include "records/rights.h"
#include "records/view_int.h"
#include "records/who_int.h"

enum { WORK_BYTES = 32 << 20 };

struct new_card {
    struct keys_bound to;
    uint8_t tokens[2][KEYS_TOKEN_BYTES];
    size_t token_count;
};

static enum salve_code make_tokens(struct rec_view *view, const struct rec_code *card, struct arena *work,
                                   struct new_card *out, struct salve_err *err)
{
    bool has_name = false;
    const struct rec_shelf *shelf = &view->shelf;
    enum salve_code code = rec_code_token(view->site, card, out->tokens[0], err);
    if (code == SALVE_OK && view->site->settings.name_index)
        code = rec_gate_read(&view->gate, CLASS_BIT(CLASS_IDENT), &view->shelf, err);
    for (size_t i = 0; i < shelf->count && code == SALVE_OK; i++)
        if (shelf->all[i].is_first && str_is(shelf->all[i].is.type, "Patient"))
            code = rec_name_token(view->site, &shelf->all[shelf->all[i].newest].is.tape, work, out->tokens[1],
                                  &has_name, err);
    out->token_count = has_name ? 2 : 1;
    return code;
}

/* The new tokens are durable before the head says that they are the good ones: a crash in between leaves the old card
 * as it is, and the new one, which nobody has seen, is good for nothing. */
static enum salve_code note_card(struct rec_view *view, struct arena *work, struct new_card *new, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_leaf leaf;
    struct rec_chain *chain = &view->gate.chain;
    struct rec_event event = {.kind = REC_EVENT_CARD, .actor = view->actor, .purpose = view->purpose};
    TRY(rec_tx_begin(view->site, false, work, &tx, err));
    enum salve_code code = rec_chain_load(&tx, chain, err);
    if (code == SALVE_OK) code = rec_note(&tx, chain, &event, &leaf, err);
    if (code == SALVE_OK) code = store_head_card(tx.store, chain->id, err);
    new->to = (struct keys_bound){.id = chain->id, .since = chain->head.seq};
    if (code == SALVE_OK)
        code = keys_token_put(view->site->keys, &new->to, (const uint8_t(*)[KEYS_TOKEN_BYTES]) new->tokens,
                              new->token_count, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) view->site->has_leftovers = true; /* the next opening drops them */
    return code;
}

static enum salve_code replace_tokens(struct rec_view *view, const struct new_card *new, struct salve_err *err)
{
    enum salve_code code = keys_token_replace(view->site->keys, &new->to,
                                              (const uint8_t(*)[KEYS_TOKEN_BYTES]) new->tokens, new->token_count, err);
    if (code != SALVE_OK) view->site->has_leftovers = true;
    return code;
}

static enum salve_code make_card(struct rec_view *view, struct arena *mem, struct str *card, struct salve_err *err)
{
    struct rec_code made;
    struct new_card new = {0};
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "card");
    rec_code_make(REC_CODE_CARD, &made);
    enum salve_code code = make_tokens(view, &made, work, &new, err);
    if (code == SALVE_OK) code = note_card(view, work, &new, err);
    if (code == SALVE_OK) code = replace_tokens(view, &new, err);
    if (code == SALVE_OK) code = keys_letter_drop(view->site->keys, view->gate.chain.id, err);
    if (code == SALVE_OK) rec_decided_purpose(view->site, view->gate.chain.id, PURPOSE_LETTER);
    if (code == SALVE_OK) rec_decided_card(view->site, view->gate.chain.id, &view->stand);
    if (code == SALVE_OK) code = rec_code_out(&made, mem, card, err);
    crypto_zero(&made, sizeof made);
    arena_close(work);
    return code;
}

enum salve_code near_rec_card_new(struct rec_view *view, struct arena *mem, struct str *card, struct salve_err *err)
{
    enum salve_code code = rec_view_stands(view, err);
    if (code == SALVE_OK && view->is_by_ticket)
        code = salve_refuse(err, SALVE_E_ROLE, "a ticket of the staff's list makes no card", "new card");
    if (code == SALVE_OK && !rec_view_may(view, ACT_CARD)) code = salve_fail(err, SALVE_E_ROLE, "new card");
    return code != SALVE_OK ? code : make_card(view, mem, card, err);
}

/* --- a slip ------------------------------------------------------------------------------------------------------- */

static enum salve_code not_good(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND, "this slip is not good, or was changed for a card already", "slip");
}

/* The slip leads to the person who is at the desk: staff open nothing of theirs with it, but where the site has names
 * in its index their token is made anew. */
static enum salve_code claim(struct rec_view *view, struct actor actor, const struct rec_code *slip, struct arena *mem,
                             struct str *card, struct salve_err *err)
{
    struct site *site = view->site;
    const class_mask name = site->settings.name_index ? CLASS_BIT(CLASS_IDENT) : 0;
    struct rec_gate_ask ask = {
        .purpose = PURPOSE_SELF, .counted = REC_COUNTED_SLIP, .classes = name | CLASS_BIT(CLASS_CONSENT)};
    enum salve_code code = rec_renew(site, err);
    if (code == SALVE_OK) code = rec_code_find(site, slip, view->mem, &ask.id, err);
    view->actor = actor;
    if (code == SALVE_OK) code = arena_str(view->mem, actor.id, &view->actor.id, err);
    if (code == SALVE_OK) code = rec_stand_begin(site, ask.id, false, &view->stand, err);
    if (code != SALVE_OK) return code;
    view->purpose = PURPOSE_SELF;
    view->actor.site = site->settings.name;
    ask.actor = view->actor;
    code = rec_gate_open(site, &ask, view->mem, &view->gate, err);
    if (code == SALVE_OK && name != 0) code = rec_gate_deliver(&view->gate, PURPOSE_SELF, name, err);
    return code == SALVE_OK ? make_card(view, mem, card, err) : code;
}

enum salve_code near_rec_slip_claim(struct site *site, struct actor actor, struct str slip, struct arena *mem,
                                    struct str *card, struct salve_err *err)
{
    struct rec_code read;
    TRY(rec_may(site, actor, ACT_SLIP, PURPOSE_NONE, err));
    if (!rec_code_read(REC_CODE_SLIP, slip, &read)) return not_good(err);
    struct rec_view *view = rec_view_new(site);
    if (view == NULL) return salve_fail(err, SALVE_E_MEMORY, "slip");
    enum salve_code code = claim(view, actor, &read, mem, card, err);
    crypto_zero(&read, sizeof read);
    (void)!near_rec_close(&view, NULL); /* nothing was read, so nothing is noted */
    return code == SALVE_E_NOT_FOUND ? not_good(err) : code;
}

enum salve_code near_rec_slip_done(struct site *site, const struct rec_enrolled *enrolled, struct salve_err *err)
{
    struct rec_code card;
    uint8_t token[KEYS_TOKEN_BYTES];
    if (!rec_code_read(REC_CODE_CARD, enrolled->card, &card)) return salve_fail(err, SALVE_E_INVALID, "card");
    enum salve_code code = rec_code_token(site, &card, token, err);
    crypto_zero(&card, sizeof card);
    return code == SALVE_OK ? keys_token_end(site->keys, enrolled->compartment, token, err) : code;
}
