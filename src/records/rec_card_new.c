/* SPDX-License-Identifier: Apache-2.0
 *
 * A new card for a person who lost theirs: noted; the code of their letter ends, since it may be lost too; then the new
 * token takes the place of the old one's. */
#include "crypto/crypto.h"
#include "records/rights.h"
#include "records/view_int.h"
#include "records/who_int.h"

enum { WORK_BYTES = 32 << 20 };

static enum salve_code note_card(struct rec_view *view, struct arena *work, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_event event = {.kind = REC_EVENT_CARD, .actor = view->actor, .purpose = view->purpose};
    return rec_note_alone(view->site, &view->gate.chain, &event, work, &leaf, err);
}

static enum salve_code replace_tokens(struct rec_view *view, const struct rec_code *card, struct arena *work,
                                      struct salve_err *err)
{
    uint8_t tokens[2][KEYS_TOKEN_BYTES];
    bool has_name = false;
    const struct rec_resource *all = NULL;
    size_t count = 0;
    enum salve_code code = rec_code_token(view->site, card, tokens[0], err);
    if (code == SALVE_OK && view->site->settings.name_index)
        code = rec_all(view, CLASS_BIT(CLASS_IDENT), &all, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        if (str_is(all[i].type, "Patient"))
            code = rec_name_token(view->site, &all[i].tape, work, tokens[1], &has_name, err);
    if (code == SALVE_OK)
        code = keys_token_replace(view->site->keys, view->gate.chain.id, (const uint8_t(*)[KEYS_TOKEN_BYTES])tokens,
                                  has_name ? 2 : 1, err);
    return code;
}

enum salve_code rec_card_new(struct rec_view *view, struct arena *mem, struct str *card, struct salve_err *err)
{
    struct rec_code made;
    bool may = view->purpose == PURPOSE_SELF ||
               (rec_role_is_staff(view->actor.role) && (view->classes & CLASS_BIT(CLASS_IDENT)) != 0);
    enum salve_code code = rec_view_stands(view, err);
    if (code != SALVE_OK) return code;
    if (!may) return salve_fail(err, SALVE_E_ROLE, "new card");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "card");
    rec_code_make(REC_CODE_CARD, &made);
    code = note_card(view, work, err);
    if (code == SALVE_OK) code = keys_letter_drop(view->site->keys, view->gate.chain.id, err);
    if (code == SALVE_OK) code = replace_tokens(view, &made, work, err);
    if (code == SALVE_OK) rec_decided_purpose(view->site, view->gate.chain.id, PURPOSE_LETTER);
    if (code == SALVE_OK) rec_decided_card(view->site, view->gate.chain.id, &view->stand);
    if (code == SALVE_OK) code = rec_code_out(&made, mem, card, err);
    crypto_zero(&made, sizeof made);
    arena_close(work);
    return code;
}
