/* SPDX-License-Identifier: Apache-2.0
 *
 * A new card for a person who lost theirs: its token is put beside the old one's, noted with the head of the chain,
 * and from then on the old one is good for nothing. So is the code of the person's letter, which may be lost too. */
#include "crypto/crypto.h"
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
    const struct rec_resource *all = NULL;
    size_t count = 0;
    enum salve_code code = rec_code_token(view->site, card, out->tokens[0], err);
    if (code == SALVE_OK && view->site->settings.name_index)
        code = rec_all(view, CLASS_BIT(CLASS_IDENT), &all, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        if (str_is(all[i].type, "Patient"))
            code = rec_name_token(view->site, &all[i].tape, work, out->tokens[1], &has_name, err);
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

enum salve_code rec_card_new(struct rec_view *view, struct arena *mem, struct str *card, struct salve_err *err)
{
    struct rec_code made;
    struct new_card new = {0};
    bool may = view->purpose == PURPOSE_SELF ||
               (rec_role_is_staff(view->actor.role) && (view->classes & CLASS_BIT(CLASS_IDENT)) != 0);
    enum salve_code code = rec_view_stands(view, err);
    if (code != SALVE_OK) return code;
    if (!may) return salve_fail(err, SALVE_E_ROLE, "new card");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "card");
    rec_code_make(REC_CODE_CARD, &made);
    code = make_tokens(view, &made, work, &new, err);
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
