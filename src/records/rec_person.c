/* SPDX-License-Identifier: Apache-2.0
 *
 * The person's own ask: card and birth date, or card and word, or a member of staff who is there. Wrong ones are
 * counted for each card in a mark of site.db; a try that is under way is counted before it is looked at (rec_tries.c),
 * so that the end of the process gives none back. */
#include <stdio.h>

#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/login_int.h"
#include "records/person_int.h"
#include "records/rights.h"
#include "records/who_int.h"
#include "store/store.h"

enum { WRONG_MAX = 5, WORD_BYTES_MIN = 6, WORD_BYTES_MAX = 200, NAME_BYTES = 64, WORK_BYTES = 16 << 20 };

bool rec_person_asks(const struct rec_gate_ask *ask)
{
    return ask->purpose == PURPOSE_SELF && !ask->is_gates_own && ask->app.len == 0 &&
           (ask->actor.role == ROLE_PARTICIPANT || ask->actor.role == ROLE_GUARDIAN);
}

enum salve_code rec_person_ready(const struct rec_gate_ask *ask, struct salve_err *err)
{
    if (!rec_person_asks(ask) || ask->actor.id.len > 0 || ask->actor.told.len > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_PIN,
                        "beside the card the birth date is needed (or the word, where none is recorded), or a member "
                        "of staff who is there",
                        "card");
}

/* --- wrong ones --------------------------------------------------------------------------------------------------- */

/* A name that says nothing about whom it is of. */
static struct str mark_name(const struct site *site, struct compartment id, char name[NAME_BYTES])
{
    uint8_t mac[16];
    char hex[2 * sizeof mac + 1];
    const struct str parts[] = {STR("SLV-told-v1"), compartment_bytes(&id)};
    crypto_key_mac(rec_gate_key(site), parts, 2, mac, sizeof mac);
    str_hex(mac, sizeof mac, hex);
    int len = snprintf(name, NAME_BYTES, "told/%s", hex);
    return str_make(name, (size_t)len);
}

enum salve_code rec_person_wrong(struct rec_tx *tx, struct compartment id, uint32_t *out, struct salve_err *err)
{
    char name[NAME_BYTES];
    uint64_t count = 0;
    TRY(store_mark_get(tx->store, mark_name(tx->site, id, name), &count, err));
    *out = count > WRONG_MAX ? WRONG_MAX : (uint32_t)count;
    return SALVE_OK;
}

/* The count from now on; `event` may be NULL. */
static enum salve_code put_wrong(struct rec_gate *gate, uint32_t count, struct rec_event *event, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_leaf leaf;
    char name[NAME_BYTES];
    TRY(rec_tx_begin(gate->site, false, gate->mem, &tx, err));
    enum salve_code code = store_mark_put(tx.store, mark_name(gate->site, gate->chain.id, name), count, err);
    if (code == SALVE_OK && event != NULL) code = rec_chain_load(&tx, &gate->chain, err);
    if (code == SALVE_OK && event != NULL) code = rec_note(&tx, &gate->chain, event, &leaf, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

/* Not them: counted, and seen by the person. */
static enum salve_code refuse(struct rec_gate *gate, const struct rec_gate_ask *ask, const char *why,
                              struct salve_err *err)
{
    struct rec_event event = {
        .kind = REC_EVENT_DENIED, .actor = ask->actor, .purpose = ask->purpose, .classes = ask->classes};
    uint32_t count = gate->wrong_told < WRONG_MAX ? gate->wrong_told + 1 : WRONG_MAX;
    TRY(put_wrong(gate, count, &event, err));
    return salve_refuse(err, SALVE_E_PIN, why, "card and birth date");
}

/* --- the word ----------------------------------------------------------------------------------------------------- */

static struct str word_row(struct compartment id, char name[NAME_BYTES])
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(id, text);
    int len = snprintf(name, NAME_BYTES, "word/%s", text);
    return str_make(name, (size_t)len);
}

/* Salted by the id, which is random. Letters of ASCII count in either case. */
static enum salve_code word_hash(struct site *site, struct compartment id, struct str word, struct crypto_key *out,
                                 struct salve_err *err)
{
    char plain[WORD_BYTES_MAX];
    struct str text = str_trim(word);
    if (text.len > sizeof plain) return salve_fail(err, SALVE_E_RANGE, "word");
    for (size_t i = 0; i < text.len; i++) plain[i] = str_lower(text.ptr[i]);
    enum salve_code code = rec_slow_key(site, str_make(plain, text.len), id.bytes, site->pin_cost, out, err);
    crypto_zero(plain, sizeof plain);
    return code;
}

static enum salve_code word_fits(struct site *site, struct compartment id, struct str told, bool *has_word, bool *fits,
                                 struct salve_err *err)
{
    struct crypto_keys *slots = NULL;
    char name[NAME_BYTES];
    *fits = *has_word = false;
    TRY(crypto_keys_new(2, &slots, err));
    struct crypto_key *given = crypto_keys_at(slots, 0), *kept = crypto_keys_at(slots, 1);
    enum salve_code code = keys_sealed_get(site->keys, word_row(id, name), kept, err);
    *has_word = code == SALVE_OK;
    if (code == SALVE_E_NOT_FOUND) code = SALVE_OK;
    if (*has_word && str_trim(told).len <= WORD_BYTES_MAX) {
        code = word_hash(site, id, told, given, err);
        *fits = code == SALVE_OK && crypto_key_equal(given, kept);
    }
    crypto_keys_drop(&slots);
    return code;
}

enum salve_code rec_word_forget(struct site *site, struct compartment id, struct salve_err *err)
{
    bool has_word = false, ignored = false;
    char name[NAME_BYTES];
    enum salve_code code = word_fits(site, id, STR(""), &has_word, &ignored, err);
    if (code != SALVE_OK && code != SALVE_E_INTEGRITY) return code; /* what does not open goes, too */
    return has_word || code != SALVE_OK ? keys_sealed_drop(site->keys, word_row(id, name), err) : SALVE_OK;
}

/* --- the check ---------------------------------------------------------------------------------------------------- */

static enum salve_code recorded_date(struct rec_gate *gate, struct str *out, struct salve_err *err)
{
    struct rec_shelf shelf = {0};
    TRY(rec_gate_deliver(gate, PURPOSE_SELF, CLASS_BIT(CLASS_IDENT), err));
    return rec_birth_date(gate, &shelf, out, err);
}

/* Of a date that is known in part only its part can be compared. */
static bool date_fits(struct str recorded, struct str told)
{
    struct str given = str_trim(told);
    return str_eq(given, recorded) || (given.len == 10 && str_starts(given, recorded));
}

static enum salve_code told_fits(struct rec_gate *gate, struct str told, bool *has_any, bool *fits,
                                 struct salve_err *err)
{
    struct str recorded;
    TRY(recorded_date(gate, &recorded, err));
    *has_any = recorded.len > 0;
    *fits = *has_any && date_fits(recorded, told);
    return *has_any ? SALVE_OK : word_fits(gate->site, gate->chain.id, told, has_any, fits, err);
}

static enum salve_code try_told(struct rec_gate *gate, const struct rec_gate_ask *ask, struct salve_err *err)
{
    struct rec_try try;
    bool has_any = false, fits = false;
    char name[NAME_BYTES];
    TRY(rec_try_begin(gate->site, mark_name(gate->site, gate->chain.id, name), REC_TRY_WAITS, &try, err));
    enum salve_code code = told_fits(gate, ask->actor.told, &has_any, &fits, err);
    if (code == SALVE_OK && !has_any)
        code = refuse(gate, ask, "neither a birth date nor a word is recorded: a member of staff has to be there", err);
    else if (code == SALVE_OK && !fits)
        code = refuse(gate, ask, "it is not what is recorded", err);
    enum salve_code counted =
        rec_try_done(gate->site, &try, fits ? REC_TRY_RIGHT : REC_TRY_NONE, code == SALVE_OK ? err : NULL);
    return code == SALVE_OK ? counted : code;
}

enum salve_code rec_person_check(struct rec_gate *gate, const struct rec_gate_ask *ask, struct salve_err *err)
{
    if (!rec_person_asks(ask)) return SALVE_OK;
    if (ask->actor.id.len == 0) {
        if (gate->wrong_told >= WRONG_MAX)
            return refuse(gate, ask, "five were wrong: a member of staff has to be there", err);
        TRY(try_told(gate, ask, err));
    }
    return gate->wrong_told == 0 ? SALVE_OK : put_wrong(gate, 0, NULL, err);
}

/* --- choosing a word ---------------------------------------------------------------------------------------------- */

static enum salve_code set_word(struct site *site, struct actor actor, struct str who, struct str word,
                                struct arena *mem, struct salve_err *err)
{
    struct rec_gate gate = {0};
    struct str recorded = STR("");
    struct crypto_keys *slots = NULL;
    char name[NAME_BYTES];
    bool is_present = false, has_word = false, ignored;
    struct rec_gate_ask ask = {.actor = actor,
                               .purpose = PURPOSE_SELF,
                               .classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CONSENT),
                               .counted = REC_COUNTED_CARD};
    TRY(rec_who(site, who, mem, &ask.id, &is_present, err));
    if (!is_present) return salve_refuse(err, SALVE_E_NOT_FOUND, "a word needs the person's card", "card");
    TRY(rec_gate_open(site, &ask, mem, &gate, err));
    enum salve_code code = recorded_date(&gate, &recorded, err);
    if (code == SALVE_OK) code = word_fits(site, ask.id, STR(""), &has_word, &ignored, err);
    if (code == SALVE_OK && (recorded.len > 0 || has_word))
        code = salve_refuse(err, SALVE_E_CONFLICT, "there is a birth date, or a word already", "word");
    if (code == SALVE_OK) code = crypto_keys_new(1, &slots, err);
    if (code == SALVE_OK) code = word_hash(site, ask.id, word, crypto_keys_at(slots, 0), err);
    if (code == SALVE_OK) code = keys_sealed_put(site->keys, word_row(ask.id, name), crypto_keys_at(slots, 0), err);
    crypto_keys_drop(&slots);
    rec_gate_close(&gate);
    return code;
}

enum salve_code near_rec_word_set(struct site *site, struct actor actor, struct str who, struct str word,
                                  struct salve_err *err)
{
    size_t bytes = str_trim(word).len;
    TRY(rec_may(site, actor, ACT_WORD, PURPOSE_NONE, err));
    if (bytes < WORD_BYTES_MIN || bytes > WORD_BYTES_MAX)
        return salve_refuse(err, SALVE_E_RANGE, "6 to 200 bytes", "word");
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "word");
    enum salve_code code = set_word(site, actor, who, word, mem, err);
    arena_close(mem);
    return code;
}
