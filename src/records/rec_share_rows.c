/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the copies that people gave away by health links. For each link its person, "share/<keyed hash of the
 * token>", and its copy, "share-copy/<the same>"; and one for each person with their links: "shares/<keyed hash of the
 * compartment>". All are sealed. No token and no passcode is kept. */
#include "crypto/crypto.h"
#include "records/login_int.h"
#include "records/revoked_int.h"
#include "records/share_int.h"
#include "store/store.h"

#define LINK_ROWS   "share/"
#define COPY_ROWS   "share-copy/"
#define PERSON_ROWS "shares/"
#define LABEL       "SLV-share-v1"
enum {
    NAME_BYTES = sizeof COPY_ROWS - 1 + REC_HASH_TEXT_BYTES + 1,
    SLOT_BYTES = 8 + SHARE_HASH_BYTES + 3 * 8 + 4 + 1 + SHARE_SALT_BYTES + SHARE_MAC_BYTES + SHARE_LABEL_BYTES_MAX + 1,
    PLAIN_BYTES = COMPARTMENT_BYTES + 8 + SHARES_MAX * SLOT_BYTES
};

/* --- names -------------------------------------------------------------------------------------------------------- */

static struct str person_name(const struct site *site, struct compartment id, char name[NAME_BYTES])
{
    return rec_row_hash(rec_gate_key(site), STR(LABEL), PERSON_ROWS, compartment_bytes(&id), name);
}

static void hash_of(const struct site *site, struct str token, uint8_t hash[SHARE_HASH_BYTES])
{
    const struct str parts[] = {STR(LABEL), STR(LINK_ROWS), token};
    crypto_key_mac(rec_gate_key(site), parts, 3, hash, SHARE_HASH_BYTES);
}

static struct str name_of_hash(const char *rows, const uint8_t hash[SHARE_HASH_BYTES], char name[NAME_BYTES])
{
    size_t len = strlen(rows);
    memcpy(name, rows, len);
    str_hex(hash, SHARE_HASH_BYTES, name + len);
    return str_make(name, len + 2 * (size_t)SHARE_HASH_BYTES);
}

void rec_share_passcode(const struct site *site, const uint8_t salt[SHARE_SALT_BYTES], struct str passcode,
                        uint8_t out[SHARE_MAC_BYTES])
{
    const struct str parts[] = {STR("SLV-share-passcode-v1"), str_bytes(salt, SHARE_SALT_BYTES), passcode};
    crypto_key_mac(rec_gate_key(site), parts, 3, out, SHARE_MAC_BYTES);
}

/* The line in `revoked` about the end of a link. */
static struct str line_of(const struct share_slot *slot, char text[NAME_BYTES])
{
    return name_of_hash("share ", slot->token, text);
}

enum salve_code rec_share_revoke(struct site *site, const struct share_slot *slot, struct salve_err *err)
{
    char text[NAME_BYTES];
    return rec_revoke_text(site, line_of(slot, text), err);
}

bool rec_share_is_good(struct site *site, const struct share_slot *slot, int64_t now_unix_ms)
{
    char text[NAME_BYTES];
    bool is_revoked = true;
    if (slot->number == 0 || slot->until_unix_ms <= now_unix_ms) return false;
    return rec_revoked_has_text(site, line_of(slot, text), &is_revoked, NULL) == SALVE_OK && !is_revoked;
}

bool rec_share_opens(struct site *site, const struct share_slot *slot, int64_t now_unix_ms)
{
    return slot->opened_count < SHARE_OPENINGS_MAX && rec_share_is_good(site, slot, now_unix_ms);
}

/* --- the row of a person ------------------------------------------------------------------------------------------ */

static void write_slot(const struct share_slot *slot, uint8_t at[SLOT_BYTES])
{
    uint8_t *to = at;
    crypto_put_u64(to, slot->number);
    memcpy(to += 8, slot->token, SHARE_HASH_BYTES);
    crypto_put_u64(to += SHARE_HASH_BYTES, (uint64_t)slot->made_unix_ms);
    crypto_put_u64(to += 8, (uint64_t)slot->until_unix_ms);
    crypto_put_u64(to += 8, (uint64_t)slot->opened_unix_ms);
    crypto_put_u32(to += 8, slot->opened_count);
    *(to += 4) = slot->wrong;
    memcpy(to += 1, slot->salt, SHARE_SALT_BYTES);
    memcpy(to += SHARE_SALT_BYTES, slot->passcode, SHARE_MAC_BYTES);
    memcpy(to += SHARE_MAC_BYTES, slot->label, SHARE_LABEL_BYTES_MAX);
    to[SHARE_LABEL_BYTES_MAX] = slot->label_bytes;
}

static void read_slot(const uint8_t at[SLOT_BYTES], struct share_slot *slot)
{
    const uint8_t *from = at;
    slot->number = crypto_get_u64(from);
    memcpy(slot->token, from += 8, SHARE_HASH_BYTES);
    slot->made_unix_ms = (int64_t)crypto_get_u64(from += SHARE_HASH_BYTES);
    slot->until_unix_ms = (int64_t)crypto_get_u64(from += 8);
    slot->opened_unix_ms = (int64_t)crypto_get_u64(from += 8);
    slot->opened_count = crypto_get_u32(from += 8);
    slot->wrong = *(from += 4);
    memcpy(slot->salt, from += 1, SHARE_SALT_BYTES);
    memcpy(slot->passcode, from += SHARE_SALT_BYTES, SHARE_MAC_BYTES);
    memcpy(slot->label, from += SHARE_MAC_BYTES, SHARE_LABEL_BYTES_MAX);
    slot->label_bytes = from[SHARE_LABEL_BYTES_MAX];
    if (slot->label_bytes > SHARE_LABEL_BYTES_MAX) slot->label_bytes = 0;
}

static enum salve_code read_row(struct rec_tx *tx, struct str name, struct share_row *out, struct salve_err *err)
{
    uint8_t plain[PLAIN_BYTES];
    TRY(rec_sealed_get(tx, rec_gate_key(tx->site), name, plain, sizeof plain, err));
    memcpy(out->id.bytes, plain, COMPARTMENT_BYTES);
    out->made = crypto_get_u64(plain + COMPARTMENT_BYTES);
    for (size_t i = 0; i < SHARES_MAX; i++) read_slot(plain + COMPARTMENT_BYTES + 8 + i * SLOT_BYTES, &out->slots[i]);
    return SALVE_OK;
}

enum salve_code rec_shares_get(struct rec_tx *tx, struct compartment id, struct share_row *out, struct salve_err *err)
{
    char name[NAME_BYTES];
    *out = (struct share_row){.id = id};
    enum salve_code code = read_row(tx, person_name(tx->site, id, name), out, err);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) return code;
    return compartment_eq(out->id, id) ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons shares");
}

enum salve_code rec_shares_put(struct rec_tx *tx, const struct share_row *row, struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    bool is_empty = true;
    for (size_t i = 0; i < SHARES_MAX; i++) is_empty = is_empty && row->slots[i].number == 0;
    if (is_empty) return store_commons_delete(tx->store, person_name(tx->site, row->id, name), err);
    memcpy(plain, row->id.bytes, COMPARTMENT_BYTES);
    crypto_put_u64(plain + COMPARTMENT_BYTES, row->made);
    for (size_t i = 0; i < SHARES_MAX; i++) write_slot(&row->slots[i], plain + COMPARTMENT_BYTES + 8 + i * SLOT_BYTES);
    return rec_sealed_put(tx, rec_gate_key(tx->site), person_name(tx->site, row->id, name),
                          str_bytes(plain, sizeof plain), err);
}

/* --- a link ------------------------------------------------------------------------------------------------------- */

enum salve_code rec_share_find(struct rec_tx *tx, struct str token, struct share_row *out, size_t *at,
                               struct salve_err *err)
{
    struct compartment id;
    char name[NAME_BYTES];
    uint8_t hash[SHARE_HASH_BYTES];
    hash_of(tx->site, token, hash);
    TRY(rec_sealed_get(tx, rec_gate_key(tx->site), name_of_hash(LINK_ROWS, hash, name), id.bytes, COMPARTMENT_BYTES,
                       err));
    TRY(rec_shares_get(tx, id, out, err));
    for (size_t i = 0; i < SHARES_MAX; i++)
        if (out->slots[i].number != 0 && crypto_equal(out->slots[i].token, hash, sizeof hash)) return *at = i, SALVE_OK;
    return salve_fail(err, SALVE_E_NOT_FOUND, "link");
}

enum salve_code rec_share_add(struct rec_tx *tx, struct share_row *row, size_t at, struct str token, struct str copy,
                              struct salve_err *err)
{
    char name[NAME_BYTES];
    struct share_slot *slot = &row->slots[at];
    const struct crypto_key *key = rec_gate_key(tx->site);
    hash_of(tx->site, token, slot->token);
    slot->number = ++row->made;
    TRY(rec_sealed_put(tx, key, name_of_hash(LINK_ROWS, slot->token, name), compartment_bytes(&row->id), err));
    TRY(rec_sealed_put(tx, key, name_of_hash(COPY_ROWS, slot->token, name), copy, err));
    return rec_shares_put(tx, row, err);
}

enum salve_code rec_share_copy(struct rec_tx *tx, const struct share_slot *slot, struct str *copy,
                               struct salve_err *err)
{
    char text[NAME_BYTES];
    struct str sealed, name = name_of_hash(COPY_ROWS, slot->token, text);
    TRY(store_commons_get(tx->store, name, tx->mem, &sealed, err));
    if (sealed.len < CRYPTO_SEAL_BYTES) return salve_fail(err, SALVE_E_INTEGRITY, "commons share-copy");
    uint8_t *plain = arena_alloc(tx->mem, sealed.len);
    if (plain == NULL) return salve_fail(err, SALVE_E_MEMORY, "share");
    *copy = str_bytes(plain, sealed.len - CRYPTO_SEAL_BYTES);
    return crypto_open(rec_gate_key(tx->site), name, sealed, plain, err);
}

enum salve_code rec_share_drop(struct rec_tx *tx, struct share_slot *slot, struct salve_err *err)
{
    char name[NAME_BYTES];
    if (slot->number == 0) return SALVE_OK;
    TRY(store_commons_delete(tx->store, name_of_hash(COPY_ROWS, slot->token, name), err));
    TRY(store_commons_delete(tx->store, name_of_hash(LINK_ROWS, slot->token, name), err));
    *slot = (struct share_slot){0};
    return SALVE_OK;
}

/* --- their end ---------------------------------------------------------------------------------------------------- */

enum salve_code rec_shares_end(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct share_row row;
    TRY(rec_shares_get(tx, id, &row, err));
    for (size_t i = 0; i < SHARES_MAX; i++) TRY(rec_share_drop(tx, &row.slots[i], err));
    return rec_shares_put(tx, &row, err);
}

/* Of one person those that open no more; *next_unix_ms of the others. */
static enum salve_code end_old(struct rec_tx *tx, struct str name, int64_t *next_unix_ms, struct salve_err *err)
{
    struct share_row row;
    bool has_ended = false;
    TRY(read_row(tx, name, &row, err));
    for (size_t i = 0; i < SHARES_MAX; i++) {
        struct share_slot *slot = &row.slots[i];
        if (slot->number == 0) continue;
        if (!rec_share_opens(tx->site, slot, tx->now_unix_ms)) {
            has_ended = true;
            TRY(rec_share_drop(tx, slot, err));
        } else if (slot->until_unix_ms < *next_unix_ms) {
            *next_unix_ms = slot->until_unix_ms;
        }
    }
    return has_ended ? rec_shares_put(tx, &row, err) : SALVE_OK;
}

enum salve_code rec_shares_due(struct site *site, struct arena *mem, int64_t *next_unix_ms, struct salve_err *err)
{
    struct rec_tx tx;
    struct str *names = NULL;
    size_t count = 0;
    if (site->layout != STORE_LAYOUT) return SALVE_OK; /* an earlier one has none */
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = store_commons_list(tx.store, STR(PERSON_ROWS), mem, &names, &count, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK || count == 0) return code;
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    if (tx.is_suspect) count = 0; /* nothing ends by a clock that is doubted */
    for (size_t i = 0; code == SALVE_OK && i < count; i++) code = end_old(&tx, names[i], next_unix_ms, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code forget(struct rec_tx *tx, const char *rows, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    TRY(store_commons_list(tx->store, str_of(rows), tx->mem, &names, &count, err));
    for (size_t i = 0; i < count; i++) TRY(store_commons_delete(tx->store, names[i], err));
    return SALVE_OK;
}

enum salve_code rec_shares_forget(struct rec_tx *tx, struct salve_err *err)
{
    TRY(forget(tx, COPY_ROWS, err));
    TRY(forget(tx, LINK_ROWS, err));
    return forget(tx, PERSON_ROWS, err);
}

/* --- verify ------------------------------------------------------------------------------------------------------- */

static enum salve_code count_lost(struct rec_tx *tx, const struct share_row *row, size_t *slots, size_t *lost,
                                  struct salve_err *err)
{
    struct store_head head = {0};
    enum salve_code code = store_head_get(tx->store, row->id, &head, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    *lost += head.seq == 0;
    for (size_t i = 0; i < SHARES_MAX; i++) {
        struct compartment to;
        struct str copy;
        char name[NAME_BYTES];
        if (row->slots[i].number == 0) continue;
        ++*slots;
        code = rec_sealed_get(tx, rec_gate_key(tx->site), name_of_hash(LINK_ROWS, row->slots[i].token, name), to.bytes,
                              COMPARTMENT_BYTES, err);
        if (code == SALVE_OK) code = rec_share_copy(tx, &row->slots[i], &copy, err);
        if (code != SALVE_OK && code != SALVE_E_NOT_FOUND && code != SALVE_E_INTEGRITY) return code;
        *lost += code != SALVE_OK || !compartment_eq(to, row->id);
    }
    return SALVE_OK;
}

enum salve_code rec_shares_lost(struct rec_tx *tx, size_t *count, struct salve_err *err)
{
    struct str *names = NULL;
    size_t people = 0, links = 0, copies = 0, slots = 0;
    *count = 0;
    TRY(store_commons_list(tx->store, STR(PERSON_ROWS), tx->mem, &names, &people, err));
    for (size_t i = 0; i < people; i++) {
        struct share_row row;
        TRY(read_row(tx, names[i], &row, err));
        TRY(count_lost(tx, &row, &slots, count, err));
    }
    TRY(store_commons_list(tx->store, STR(LINK_ROWS), tx->mem, &names, &links, err));
    TRY(store_commons_list(tx->store, STR(COPY_ROWS), tx->mem, &names, &copies, err));
    *count += (size_t)(links != slots) + (size_t)(copies != slots);
    return SALVE_OK;
}
