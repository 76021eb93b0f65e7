/* SPDX-License-Identifier: Apache-2.0
 *
 * Health links of a person (share.h): made and ended in their own view, opened by whoever has address and passcode.
 * Every step has its leaf in the transaction that does it. */
#include "base/clock.h"
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/login_int.h"
#include "records/revoked_int.h"
#include "records/share_int.h"
#include "records/view_int.h"

enum { WORK_BYTES = 64 << 20, TOKEN_BYTES = 32, TOKEN_CHARS = 43, TICKET_MAC_BYTES = 16, TICKET_CHARS = 48 };
#define DAY_MS ((int64_t)24 * 3600 * 1000)

static bool is_line(struct str text, size_t bytes_min, size_t bytes_max)
{
    bool is = text.len >= bytes_min && text.len <= bytes_max && str_is_utf8(text);
    for (size_t i = 0; is && i < text.len; i++) is = (unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f;
    return is;
}

/* --- the person's own --------------------------------------------------------------------------------------------- */

static enum salve_code may_share(struct rec_view *view, struct salve_err *err)
{
    TRY(rec_view_stands(view, err));
    if (rec_view_may(view, ACT_SHARE)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_ROLE, "health links are for the person, in their own record", "health link");
}

static enum salve_code ask_check(const struct share_ask *ask, struct salve_err *err)
{
    if (!is_line(ask->passcode, SHARE_PASSCODE_BYTES_MIN, SHARE_PASSCODE_BYTES_MAX))
        return salve_refuse(err, SALVE_E_RANGE, "6 to 64 characters of one line", "passcode");
    if (!is_line(ask->label, 0, SHARE_LABEL_BYTES_MAX))
        return salve_refuse(err, SALVE_E_RANGE, "80 bytes of one line at most", "label");
    return ask->copy.len > 0 && ask->copy.len <= SHARE_COPY_BYTES_MAX ? SALVE_OK
                                                                      : salve_fail(err, SALVE_E_TOO_BIG, "copy");
}

static enum salve_code until_of(const struct rec_tx *tx, const struct share_ask *ask, int64_t *until_unix_ms,
                                struct salve_err *err)
{
    int64_t most = tx->now_unix_ms + SHARE_DAYS_MAX * DAY_MS;
    if (tx->is_suspect) return rec_clock_doubted(tx->site, "health link", err);
    *until_unix_ms = ask->until_unix_s == 0 || ask->until_unix_s > most / 1000 ? most : ask->until_unix_s * 1000;
    if (*until_unix_ms > tx->now_unix_ms) return SALVE_OK;
    return salve_refuse(err, SALVE_E_RANGE, "it would have ended already", "end of the link");
}

static enum salve_code note_in(struct rec_view *view, struct rec_tx *tx, enum rec_event_kind kind,
                               struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_event event = {.kind = kind, .actor = view->actor, .purpose = view->purpose};
    TRY(rec_chain_load(tx, &view->gate.chain, err));
    return rec_note(tx, &view->gate.chain, &event, &leaf, err);
}

static enum salve_code make_in(struct rec_view *view, struct rec_tx *tx, const struct share_ask *ask, struct str token,
                               struct share_slot *made, struct salve_err *err)
{
    struct share_row row;
    size_t at = 0;
    TRY(rec_actor_check(tx, view->actor, err));
    TRY(rec_shares_get(tx, view->gate.chain.id, &row, err));
    while (at < SHARES_MAX && rec_share_opens(tx->site, &row.slots[at], tx->now_unix_ms)) at++;
    if (at == SHARES_MAX)
        return salve_refuse(err, SALVE_E_FULL, "eight links are good still: end one of them first", "health link");
    struct share_slot *slot = &row.slots[at];
    TRY(rec_share_drop(tx, slot, err));
    *slot = (struct share_slot){.made_unix_ms = tx->now_unix_ms, .label_bytes = (uint8_t)ask->label.len};
    TRY(until_of(tx, ask, &slot->until_unix_ms, err));
    if (ask->label.len > 0) memcpy(slot->label, ask->label.ptr, ask->label.len);
    crypto_random(slot->salt, sizeof slot->salt);
    rec_share_passcode(tx->site, slot->salt, ask->passcode, slot->passcode);
    TRY(rec_share_add(tx, &row, at, token, ask->copy, err));
    *made = *slot;
    return note_in(view, tx, REC_EVENT_SHARED, err);
}

enum salve_code near_share_make(struct rec_view *view, const struct share_ask *ask, struct arena *mem,
                                struct share_made *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct share_slot made = {0};
    uint8_t token[TOKEN_BYTES];
    char text[TOKEN_CHARS + 2];
    TRY(may_share(view, err));
    TRY(ask_check(ask, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "health link");
    crypto_random(token, sizeof token);
    crypto_base64url(token, sizeof token, text);
    enum salve_code code = rec_tx_begin(view->site, false, work, &tx, err);
    if (code == SALVE_OK) {
        code = make_in(view, &tx, ask, str_make(text, TOKEN_CHARS), &made, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    if (code == SALVE_OK && made.until_unix_ms < view->site->due_unix_ms) view->site->due_unix_ms = made.until_unix_ms;
    if (code == SALVE_OK) code = arena_str(mem, str_make(text, TOKEN_CHARS), &out->token, err);
    out->number = made.number;
    out->until_unix_s = made.until_unix_ms / 1000;
    crypto_zero(token, sizeof token);
    crypto_zero(text, sizeof text);
    arena_close(work);
    return code;
}

static enum salve_code add_share(const struct share_slot *slot, struct arena *mem, struct share *out,
                                 struct salve_err *err)
{
    *out = (struct share){.number = slot->number,
                          .made_unix_ms = slot->made_unix_ms,
                          .until_unix_ms = slot->until_unix_ms,
                          .opened_unix_ms = slot->opened_unix_ms,
                          .opened_count = slot->opened_count,
                          .tries_left = SHARE_TRIES_MAX - slot->wrong};
    return arena_str(mem, str_make(slot->label, slot->label_bytes), &out->label, err);
}

enum salve_code near_share_list(struct rec_view *view, struct arena *mem, struct share **out, size_t *count,
                                struct salve_err *err)
{
    struct rec_tx tx;
    struct share_row row;
    *count = 0;
    TRY(may_share(view, err));
    *out = arena_array(mem, struct share, SHARES_MAX);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "health link");
    TRY(rec_tx_begin(view->site, true, mem, &tx, err));
    enum salve_code code = rec_shares_get(&tx, view->gate.chain.id, &row, err);
    int64_t now_unix_ms = tx.now_unix_ms;
    rec_tx_abandon(&tx);
    for (uint64_t number = 1; code == SALVE_OK && number <= row.made; number++)
        for (size_t i = 0; code == SALVE_OK && i < SHARES_MAX; i++)
            if (row.slots[i].number == number && rec_share_opens(view->site, &row.slots[i], now_unix_ms))
                code = add_share(&row.slots[i], mem, &(*out)[(*count)++], err);
    return code;
}

static enum salve_code end_in(struct rec_view *view, struct rec_tx *tx, uint64_t number, struct salve_err *err)
{
    struct share_row row;
    TRY(rec_shares_get(tx, view->gate.chain.id, &row, err));
    for (size_t i = 0; i < SHARES_MAX; i++) {
        if (row.slots[i].number != number || !rec_share_opens(tx->site, &row.slots[i], tx->now_unix_ms)) continue;
        TRY(rec_share_revoke(tx->site, &row.slots[i], err));
        TRY(rec_share_drop(tx, &row.slots[i], err));
        TRY(rec_shares_put(tx, &row, err));
        return note_in(view, tx, REC_EVENT_SHARE_ENDED, err);
    }
    return salve_refuse(err, SALVE_E_NOT_FOUND, "no link of that number is good still", "health link");
}

enum salve_code near_share_end(struct rec_view *view, uint64_t number, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(may_share(view, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "health link");
    enum salve_code code = rec_tx_begin(view->site, false, work, &tx, err);
    if (code == SALVE_OK) {
        code = end_in(view, &tx, number, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
        if (code == SALVE_OK) rec_revoke_text_done(view->site);
    }
    arena_close(work);
    return code;
}

/* --- whoever has a link ------------------------------------------------------------------------------------------- */

static enum salve_code no_link(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND,
                        "no health link has this address: it may be over, or was ended by the person", "health link");
}

/* The link of a token that is good still, of somebody who is here. */
static enum salve_code find(struct rec_tx *tx, struct str token, struct share_row *row, size_t *at,
                            struct salve_err *err)
{
    bool is_erased = false;
    if (token.len != TOKEN_CHARS) return no_link(err);
    TRY(rec_share_find(tx, token, row, at, err));
    if (tx->is_suspect) return rec_clock_doubted(tx->site, "health link", err);
    if (!rec_share_is_good(tx->site, &row->slots[*at], tx->now_unix_ms)) return no_link(err);
    TRY(rec_revoked_has_erasure(tx->site, tx->site->revoked, row->id, &is_erased, err));
    return is_erased ? no_link(err) : SALVE_OK;
}

/* In the person's record, which nobody opened: the ring seals and reads nothing. */
static enum salve_code note_by(struct rec_tx *tx, struct compartment id, enum rec_event_kind kind, struct str by,
                               struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_chain chain = {.id = id};
    struct rec_event event = {.kind = kind, .actor.role = ROLE_PARTICIPANT, .by = by};
    enum salve_code code = keys_ring_sealing(tx->site->keys, id, &chain.ring, err);
    if (code == SALVE_OK) code = rec_chain_load(tx, &chain, err);
    if (code == SALVE_OK) code = rec_chain_is_whole(tx, &chain, err);
    if (code == SALVE_OK) code = rec_note(tx, &chain, &event, &leaf, err);
    keys_ring_drop(&chain.ring);
    return code;
}

static void ticket_mac(const struct site *site, const struct share_slot *slot, int64_t until_unix_s,
                       uint8_t mac[TICKET_MAC_BYTES])
{
    uint8_t until[8];
    crypto_put_u64(until, (uint64_t)until_unix_s);
    const struct str parts[] = {STR("SLV-share-file-v1"), str_bytes(slot->token, sizeof slot->token),
                                str_bytes(until, sizeof until)};
    crypto_key_mac(rec_gate_key(site), parts, 3, mac, TICKET_MAC_BYTES);
}

static enum salve_code ticket_of(const struct rec_tx *tx, const struct share_slot *slot, struct arena *mem,
                                 struct str *out, struct salve_err *err)
{
    uint8_t bytes[8 + TICKET_MAC_BYTES];
    char text[TICKET_CHARS + 1];
    int64_t until_unix_s = tx->now_unix_ms / 1000 + SHARE_FILE_SECONDS;
    crypto_put_u64(bytes, (uint64_t)until_unix_s);
    ticket_mac(tx->site, slot, until_unix_s, bytes + 8);
    str_hex(bytes, sizeof bytes, text);
    return arena_str(mem, str_make(text, TICKET_CHARS), out, err);
}

/* A wrong passcode is counted, told to the person, and with the last one the link is over. */
static enum salve_code wrong_in(struct rec_tx *tx, struct share_row *row, size_t at, struct str by,
                                struct share_opened *out, struct salve_err *err)
{
    struct share_slot *slot = &row->slots[at];
    slot->wrong++;
    out->is_wrong = true;
    out->tries_left = slot->wrong >= SHARE_TRIES_MAX ? 0 : (uint32_t)(SHARE_TRIES_MAX - slot->wrong);
    if (out->tries_left == 0) TRY(rec_share_revoke(tx->site, slot, err));
    if (out->tries_left == 0) TRY(rec_share_drop(tx, slot, err));
    TRY(rec_shares_put(tx, row, err));
    return note_by(tx, row->id, REC_EVENT_DENIED, by, err);
}

static enum salve_code open_in(struct rec_tx *tx, struct str token, const struct share_by *by, struct arena *mem,
                               struct share_opened *out, struct salve_err *err)
{
    struct share_row row;
    size_t at = 0;
    struct str copy;
    uint8_t told[SHARE_MAC_BYTES];
    TRY(find(tx, token, &row, &at, err));
    struct share_slot *slot = &row.slots[at];
    out->tries_left = (uint32_t)(SHARE_TRIES_MAX - slot->wrong);
    out->is_wrong = by->passcode.len == 0; /* who says none has not guessed */
    if (out->is_wrong) return SALVE_OK;
    rec_share_passcode(tx->site, slot->salt, by->passcode, told);
    if (!crypto_equal(told, slot->passcode, sizeof told)) return wrong_in(tx, &row, at, by->recipient, out, err);
    if (slot->opened_count >= SHARE_OPENINGS_MAX)
        return salve_refuse(err, SALVE_E_QUOTA, "this link was opened too often", "health link");
    slot->opened_count++;
    slot->opened_unix_ms = tx->now_unix_ms;
    out->made_unix_ms = slot->made_unix_ms;
    TRY(rec_share_copy(tx, slot, &copy, err));
    TRY(arena_str(mem, copy, &out->copy, err));
    TRY(ticket_of(tx, slot, mem, &out->ticket, err));
    TRY(rec_shares_put(tx, &row, err));
    return note_by(tx, row.id, REC_EVENT_BY_LINK, by->recipient, err);
}

enum salve_code near_share_open(struct site *site, struct str token, const struct share_by *by, struct arena *mem,
                                struct share_opened *out, struct salve_err *err)
{
    struct rec_tx tx;
    *out = (struct share_opened){0};
    if (!is_line(by->recipient, 1, SHARE_BY_BYTES_MAX))
        return salve_refuse(err, SALVE_E_INVALID, "who asks, in 200 bytes of one line at most", "recipient");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "health link");
    enum salve_code code = rec_tx_begin(site, false, work, &tx, err);
    if (code == SALVE_OK) {
        code = open_in(&tx, token, by, mem, out, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
        if (code == SALVE_OK && out->is_wrong && out->tries_left == 0) rec_revoke_text_done(site);
    }
    arena_close(work);
    if (code != SALVE_E_NOT_FOUND) return code;
    rec_guess_note(site);
    return no_link(err);
}

static bool ticket_fits(const struct rec_tx *tx, const struct share_slot *slot, struct str ticket)
{
    uint8_t bytes[8 + TICKET_MAC_BYTES], mac[TICKET_MAC_BYTES];
    if (ticket.len != TICKET_CHARS || !str_hex_parse(ticket, bytes, sizeof bytes)) return false;
    int64_t until_unix_s = (int64_t)crypto_get_u64(bytes);
    ticket_mac(tx->site, slot, until_unix_s, mac);
    return crypto_equal(mac, bytes + 8, sizeof mac) && tx->now_unix_ms / 1000 < until_unix_s;
}

enum salve_code near_share_fetch(struct site *site, struct str token, struct str ticket, struct arena *mem,
                                 struct str *copy, struct salve_err *err)
{
    struct rec_tx tx;
    struct share_row row;
    size_t at = 0;
    *copy = STR("");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "health link");
    enum salve_code code = rec_tx_begin(site, true, work, &tx, err);
    if (code == SALVE_OK) {
        code = find(&tx, token, &row, &at, err);
        if (code == SALVE_OK && !ticket_fits(&tx, &row.slots[at], ticket)) code = no_link(err);
        if (code == SALVE_OK) code = rec_share_copy(&tx, &row.slots[at], copy, err);
        if (code == SALVE_OK) code = arena_str(mem, *copy, copy, err);
        rec_tx_abandon(&tx);
    }
    arena_close(work);
    return code == SALVE_E_NOT_FOUND ? no_link(err) : code;
}
