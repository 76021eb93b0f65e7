/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is meant: a card code, the text of a compartment id, or (where the site has it) all names and birth date,
 * exactly. Nothing else finds anybody, and nothing here says more than found or not found. */
#include <stdlib.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "records/login_int.h"
#include "records/chain_int.h"
#include "records/revoked_int.h"
#include "records/who_int.h"
#include "store/store.h"

enum { NAME_TOKENS_MAX = 64, NAME_BYTES_MAX = 4096, FIND_WORK_BYTES = 32 << 20 };

/* The head of a chain knows which record is about the newest card: tokens of an earlier one are good for nothing. */
static enum salve_code is_newest(struct site *site, const struct keys_bound *to, bool *out, struct salve_err *err)
{
    struct store_tx *tx = NULL;
    struct store_head head;
    TRY(store_begin(site->store, true, &tx, err));
    enum salve_code code = store_head_get(tx, to->id, &head, err);
    store_abandon(&tx);
    *out = code == SALVE_OK && head.seq > 0 && head.card == to->since;
    return code;
}

/* Tokens that lead to nobody any more, or are those of an earlier card (put back from an older key store), say no more
 * than tokens that never were. */
static enum salve_code keep_those_here(struct site *site, const struct keys_bound *found, struct arena *mem,
                                       struct compartment **ids, size_t *count, struct salve_err *err)
{
    size_t kept = 0;
    enum salve_code code = SALVE_OK;
    *ids = arena_array(mem, struct compartment, *count + 1);
    if (*ids == NULL) return salve_fail(err, SALVE_E_MEMORY, "look-up");
    for (size_t i = 0; i < *count && code == SALVE_OK; i++) {
        bool is_here = false, is_erased = false, is_good = false;
        code = keys_exists(site->keys, found[i].id, &is_here, err);
        if (code == SALVE_OK) code = rec_revoked_has_erasure(site, site->revoked, found[i].id, &is_erased, err);
        if (code == SALVE_OK && is_here && !is_erased) code = is_newest(site, &found[i], &is_good, err);
        if (is_good) (*ids)[kept++] = found[i].id;
    }
    *count = kept;
    return code;
}

static enum salve_code find_token(struct site *site, const uint8_t token[KEYS_TOKEN_BYTES], struct arena *mem,
                                  struct compartment **ids, size_t *count, struct salve_err *err)
{
    struct keys_bound *found = NULL;
    TRY(keys_token_find(site->keys, token, mem, &found, count, err));
    return keep_those_here(site, found, mem, ids, count, err);
}

enum salve_code rec_code_find(struct site *site, const struct rec_code *code, struct arena *mem,
                              struct compartment *out, struct salve_err *err)
{
    uint8_t token[KEYS_TOKEN_BYTES];
    struct compartment *found = NULL;
    size_t count = 0;
    enum salve_code result = rec_code_token(site, code, token, err);
    if (result == SALVE_OK) result = find_token(site, token, mem, &found, &count, err);
    if (result == SALVE_E_NOT_FOUND || (result == SALVE_OK && count != 1)) {
        rec_guess_note(site);
        return rec_not_here(err);
    }
    if (result == SALVE_OK) *out = found[0];
    return result;
}

enum salve_code rec_who(struct site *site, struct str who, struct arena *mem, struct compartment *out, bool *is_present,
                        struct salve_err *err)
{
    struct rec_code card;
    *is_present = false;
    if (rec_code_read(REC_CODE_CARD, who, &card)) {
        enum salve_code code = rec_code_find(site, &card, mem, out, err);
        crypto_zero(&card, sizeof card);
        *is_present = code == SALVE_OK;
        return code;
    }
    bool exists = false;
    enum salve_code code = SALVE_OK;
    if (compartment_parse(who, out)) code = keys_exists(site->keys, *out, &exists, err);
    return code == SALVE_OK && !exists ? rec_not_here(err) : code;
}

/* --- exact look-up ---------------------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

/* NFKC, case folded, without marks; the words sorted; one space between. */
static enum salve_code normal_name(struct str names, struct buf *out, struct salve_err *err)
{
    utf8proc_uint8_t *folded = NULL;
    struct str words[NAME_TOKENS_MAX];
    size_t count = 0;
    utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)names.ptr, (utf8proc_ssize_t)names.len, &folded,
                                        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD |
                                            UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    if (len < 0) return salve_fail(err, SALVE_E_INVALID, "name");
    struct str rest = str_bytes(folded, (size_t)len);
    while (rest.len > 0 && count < NAME_TOKENS_MAX) {
        ptrdiff_t space = str_find(rest, STR(" "));
        struct str word = str_trim(str_cut(rest, 0, space < 0 ? rest.len : (size_t)space));
        if (word.len > 0) words[count++] = word;
        rest = str_cut(rest, word.len + (space < 0 ? rest.len : (size_t)space - word.len + 1), rest.len);
    }
    qsort(words, count, sizeof words[0], by_bytes);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_add_char(out, ' ');
        buf_add(out, words[i]);
    }
    free(folded);
    return count > 0 ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "name");
}

static enum salve_code token_of(struct site *site, struct str names, struct str birth_date, struct arena *mem,
                                uint8_t token[KEYS_TOKEN_BYTES], struct salve_err *err)
{
    struct buf text;
    struct str whole;
    int64_t unused;
    if (birth_date.len != 10 || !clock_parse(birth_date, &unused))
        return salve_fail(err, SALVE_E_INVALID, "birth date");
    buf_init(&text, mem, NAME_BYTES_MAX);
    enum salve_code code = normal_name(names, &text, err);
    if (code != SALVE_OK) return code;
    buf_add_char(&text, '|');
    buf_add(&text, birth_date);
    code = buf_done(&text, &whole, err);
    return code == SALVE_OK ? keys_token(site->keys, KEYS_TOKEN_NAME_BIRTH, whole, token, err) : code;
}

/* Family and given names of every entry of Patient.name; an entry with neither gives its text. */
static void collect_names(const struct tape *patient, struct buf *out)
{
    for (tape_at n = tape_first(patient, 0); n != TAPE_NONE; n = tape_next(patient, 0, n)) {
        if (tape_path_name(patient, n) != FHIR_N_name) continue;
        bool has_parts = false;
        for (tape_at part = tape_first(patient, n); part != TAPE_NONE; part = tape_next(patient, n, part)) {
            if (tape_path_name(patient, part) != FHIR_N_family && tape_path_name(patient, part) != FHIR_N_given)
                continue;
            buf_add(out, tape_text(patient, part));
            buf_add_char(out, ' ');
            has_parts = true;
        }
        if (!has_parts) buf_add(out, tape_child_text(patient, n, "text"));
        buf_add_char(out, ' ');
    }
}

enum salve_code rec_name_token(struct site *site, const struct tape *patient, struct arena *mem,
                               uint8_t token[KEYS_TOKEN_BYTES], bool *has_token, struct salve_err *err)
{
    struct buf names;
    struct str text;
    struct str birth_date = tape_child_text(patient, tape_root(patient), "birthDate");
    buf_init(&names, mem, NAME_BYTES_MAX);
    collect_names(patient, &names);
    *has_token = false;
    enum salve_code code = buf_done(&names, &text, err);
    if (code != SALVE_OK || str_trim(text).len == 0 || birth_date.len != 10) return code;
    code = token_of(site, text, birth_date, mem, token, err);
    *has_token = code == SALVE_OK;
    return code;
}

/* 20 an hour for an actor, 200 a day for the site: counted as documents of the commons would tell who was asked for, so
 * the marks hold numbers only: hour or day, and how many. */
static enum salve_code take_look_up(struct rec_tx *tx, struct str actor, struct salve_err *err)
{
    enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS, ACTOR_MAX = 20, SITE_MAX = 200, COUNT_BITS = 16 };
    const struct {
        struct str name;
        int64_t every_ms;
        uint64_t max;
    } rows[] = {{arena_printf(tx->mem, "look-up/%.*s", STR_ARGS(actor)), HOUR_MS, ACTOR_MAX},
                {STR("look-up"), DAY_MS, SITE_MAX}};
    for (size_t i = 0; i < 2; i++) {
        uint64_t mark = 0, period = (uint64_t)(tx->now_unix_ms / rows[i].every_ms);
        enum salve_code code = store_mark_get(tx->store, rows[i].name, &mark, err);
        if (code != SALVE_OK) return code;
        uint64_t count = mark >> COUNT_BITS == period ? mark & 0xffff : 0;
        if (count >= rows[i].max) return salve_fail(err, SALVE_E_QUOTA, "look-ups by name");
        code = store_mark_put(tx->store, rows[i].name, period << COUNT_BITS | (count + 1), err);
        if (code != SALVE_OK) return code;
    }
    return SALVE_OK;
}

/* Each match gets the look-up into its own history; a look-up that finds nobody leaves its leaf with nobody's
 * opening. */
static enum salve_code note_look_up(struct rec_tx *tx, struct actor actor, const struct compartment *ids, size_t count,
                                    struct salve_err *err)
{
    struct rec_event event = {.kind = REC_EVENT_LOOK_UP, .actor = actor};
    struct rec_leaf leaf;
    if (count == 0) return rec_leaf_add(tx, &event, &leaf, err);
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        struct rec_chain chain = {.id = ids[i]};
        code = keys_ring_sealing(tx->site->keys, ids[i], &chain.ring, err);
        if (code == SALVE_OK) code = rec_chain_load(tx, &chain, err);
        if (code == SALVE_OK) code = rec_chain_is_whole(tx, &chain, err);
        if (code == SALVE_OK) code = rec_note(tx, &chain, &event, &leaf, err);
        keys_ring_drop(&chain.ring);
    }
    return code;
}

enum salve_code near_rec_find(struct site *site, struct actor actor, struct str names, struct str birth_date,
                              struct arena *mem, struct compartment **out, size_t *count, struct salve_err *err)
{
    struct rec_tx tx;
    uint8_t token[KEYS_TOKEN_BYTES];
    enum salve_code code = rec_may(site, actor, ACT_FIND, PURPOSE_NONE, err);
    if (code != SALVE_OK) return code;
    if (!site->settings.name_index)
        return salve_refuse(err, SALVE_E_UNSUPPORTED, "this site has it switched off", "look-up by name");
    code = token_of(site, names, birth_date, mem, token, err);
    if (code == SALVE_OK) code = find_token(site, token, mem, out, count, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = take_look_up(&tx, actor.id, err);
    if (code == SALVE_OK) code = note_look_up(&tx, actor, *out, *count, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}
