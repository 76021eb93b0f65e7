/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of refresh tokens, of one length each, sealed with their names: "app/<keyed hash of the family>" for each grant
 * that goes on, and "apps/<keyed hash of the compartment>" for each person who has any, with the families of their
 * apps. A family is what the tokens of one grant have in common; no token is kept. */
#include "records/apps_int.h"
#include "records/login_int.h"
#include "store/store.h"

#define FAMILY_ROWS "app/"
#define PERSON_ROWS "apps/"
#define LABEL       "SLV-app-v1"
enum { ENDS_SHIFT = 48 }; /* a compartment has fewer records than that */
enum {
    NAME_BYTES = sizeof PERSON_ROWS - 1 + REC_HASH_TEXT_BYTES + 1,
    AT_SEQ = COMPARTMENT_BYTES,
    AT_LOG = AT_SEQ + 8,
    AT_END = AT_LOG + 4,
    AT_SECRET = AT_END + 8,
    AT_FAMILY = AT_SECRET + REC_APP_HASH_BYTES,
    AT_CLIENT = AT_FAMILY + REC_APP_FAMILY_BYTES,
    AT_SCOPE = AT_CLIENT + SMART_ID_BYTES_MAX,
    FAMILY_BYTES = AT_SCOPE + SMART_SCOPE_BYTES_MAX,
    CLIENT_HASH_BYTES = 16,
    SLOT_BYTES = CLIENT_HASH_BYTES + REC_APP_FAMILY_BYTES,
    PERSON_BYTES = COMPARTMENT_BYTES + APPS_OF_PERSON_MAX * SLOT_BYTES,
};

struct app_slot {
    uint8_t client[CLIENT_HASH_BYTES]; /* zeros: free */
    uint8_t family[REC_APP_FAMILY_BYTES];
};
struct persons_apps {
    struct compartment id;
    struct app_slot slots[APPS_OF_PERSON_MAX];
};

/* --- names and bytes ---------------------------------------------------------------------------------------------- */

static struct str family_name(const struct site *site, const uint8_t *family, char name[NAME_BYTES])
{
    return rec_row_hash(rec_gate_key(site), STR(LABEL), FAMILY_ROWS, str_bytes(family, REC_APP_FAMILY_BYTES), name);
}

static struct str person_name(const struct site *site, struct compartment id, char name[NAME_BYTES])
{
    return rec_row_hash(rec_gate_key(site), STR(LABEL), PERSON_ROWS, compartment_bytes(&id), name);
}

static void client_hash(struct str client, uint8_t hash[CLIENT_HASH_BYTES])
{
    crypto_blake2b(client, hash, CLIENT_HASH_BYTES);
}

static bool is_free(const struct app_slot *slot)
{
    static const uint8_t zeros[CLIENT_HASH_BYTES];
    return memcmp(slot->client, zeros, sizeof zeros) == 0;
}

static void write_family(const struct rec_app_row *row, uint8_t plain[FAMILY_BYTES])
{
    memset(plain, 0, FAMILY_BYTES);
    memcpy(plain, row->of.id.bytes, COMPARTMENT_BYTES);
    crypto_put_u64(plain + AT_SEQ, row->of.seq | (uint64_t)row->of.ends << ENDS_SHIFT);
    crypto_put_u32(plain + AT_LOG, row->of.log_number);
    crypto_put_u64(plain + AT_END, (uint64_t)row->of.not_after_unix_s);
    memcpy(plain + AT_SECRET, row->secret, REC_APP_HASH_BYTES);
    memcpy(plain + AT_FAMILY, row->family, REC_APP_FAMILY_BYTES);
    memcpy(plain + AT_CLIENT, row->of.client, strlen(row->of.client));
    memcpy(plain + AT_SCOPE, row->of.scope, strlen(row->of.scope));
}

static void read_family(const uint8_t plain[FAMILY_BYTES], struct rec_app_row *out)
{
    uint64_t seq = crypto_get_u64(plain + AT_SEQ);
    *out = (struct rec_app_row){.of.seq = seq & (((uint64_t)1 << ENDS_SHIFT) - 1),
                                .of.ends = (uint32_t)(seq >> ENDS_SHIFT)};
    memcpy(out->of.id.bytes, plain, COMPARTMENT_BYTES);
    out->of.log_number = crypto_get_u32(plain + AT_LOG);
    out->of.not_after_unix_s = (int64_t)crypto_get_u64(plain + AT_END);
    memcpy(out->secret, plain + AT_SECRET, REC_APP_HASH_BYTES);
    memcpy(out->family, plain + AT_FAMILY, REC_APP_FAMILY_BYTES);
    memcpy(out->of.client, plain + AT_CLIENT, SMART_ID_BYTES_MAX);
    memcpy(out->of.scope, plain + AT_SCOPE, SMART_SCOPE_BYTES_MAX);
}

static void read_person(const uint8_t plain[PERSON_BYTES], struct persons_apps *out)
{
    memcpy(out->id.bytes, plain, COMPARTMENT_BYTES);
    for (size_t i = 0; i < APPS_OF_PERSON_MAX; i++) {
        const uint8_t *at = plain + COMPARTMENT_BYTES + i * SLOT_BYTES;
        memcpy(out->slots[i].client, at, CLIENT_HASH_BYTES);
        memcpy(out->slots[i].family, at + CLIENT_HASH_BYTES, REC_APP_FAMILY_BYTES);
    }
}

/* Nothing but the id where the person has none. */
static enum salve_code get(struct rec_tx *tx, struct compartment id, struct persons_apps *out, struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PERSON_BYTES];
    struct salve_err why = {0};
    *out = (struct persons_apps){.id = id};
    enum salve_code code =
        rec_sealed_get(tx, rec_gate_key(tx->site), person_name(tx->site, id, name), plain, sizeof plain, &why);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) return salve_fail(err, code, "commons apps");
    read_person(plain, out);
    return compartment_eq(out->id, id) ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons apps");
}

static enum salve_code put(struct rec_tx *tx, const struct persons_apps *all, struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PERSON_BYTES] = {0};
    bool is_empty = true;
    memcpy(plain, all->id.bytes, COMPARTMENT_BYTES);
    for (size_t i = 0; i < APPS_OF_PERSON_MAX; i++) {
        uint8_t *at = plain + COMPARTMENT_BYTES + i * SLOT_BYTES;
        is_empty = is_empty && is_free(&all->slots[i]);
        memcpy(at, all->slots[i].client, CLIENT_HASH_BYTES);
        memcpy(at + CLIENT_HASH_BYTES, all->slots[i].family, REC_APP_FAMILY_BYTES);
    }
    struct str key = person_name(tx->site, all->id, name);
    if (is_empty) return store_commons_delete(tx->store, key, err);
    return rec_sealed_put(tx, rec_gate_key(tx->site), key, str_bytes(plain, sizeof plain), err);
}

static enum salve_code free_slot(struct rec_tx *tx, struct app_slot *slot, struct salve_err *err)
{
    char name[NAME_BYTES];
    if (is_free(slot)) return SALVE_OK;
    TRY(store_commons_delete(tx->store, family_name(tx->site, slot->family, name), err));
    *slot = (struct app_slot){0};
    return SALVE_OK;
}

/* --- what stands -------------------------------------------------------------------------------------------------- */

enum salve_code rec_app_of_stands(struct rec_tx *tx, const struct rec_app_of *of, bool *stands, struct salve_err *err)
{
    struct store_head head = {0};
    bool is_revoked = true;
    TRY(store_head_get(tx->store, of->id, &head, err)); /* zeros of who was erased */
    TRY(rec_app_is_revoked(tx->site, of, &is_revoked, err));
    *stands = !is_revoked && head.seq >= of->seq && head.card < of->seq && of->log_number == tx->site->log->number &&
              of->not_after_unix_s > tx->now_unix_ms / 1000;
    return SALVE_OK;
}

/* The slots whose grants are over are free for others. */
static enum salve_code free_over(struct rec_tx *tx, struct persons_apps *all, struct salve_err *err)
{
    for (size_t i = 0; i < APPS_OF_PERSON_MAX; i++) {
        struct rec_app_row row;
        bool stands = false;
        if (is_free(&all->slots[i])) continue;
        enum salve_code code = rec_app_row_get(tx, all->slots[i].family, &row, err);
        if (code == SALVE_OK) code = rec_app_of_stands(tx, &row.of, &stands, err);
        if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
        if (!stands) TRY(free_slot(tx, &all->slots[i], err));
    }
    return SALVE_OK;
}

/* --- the doors ---------------------------------------------------------------------------------------------------- */

/* The slot of that app, else a free one; NULL: there is neither. */
static struct app_slot *slot_for(struct persons_apps *all, const uint8_t client[CLIENT_HASH_BYTES], bool may_be_new)
{
    struct app_slot *free = NULL;
    for (size_t i = 0; i < APPS_OF_PERSON_MAX; i++) {
        struct app_slot *slot = &all->slots[i];
        if (memcmp(slot->client, client, CLIENT_HASH_BYTES) == 0) return slot;
        if (free == NULL && is_free(slot)) free = slot;
    }
    return may_be_new ? free : NULL;
}

enum salve_code rec_app_row_put(struct rec_tx *tx, const struct rec_app_row *row, struct salve_err *err)
{
    struct persons_apps all;
    char name[NAME_BYTES];
    uint8_t plain[FAMILY_BYTES], client[CLIENT_HASH_BYTES];
    client_hash(str_of(row->of.client), client);
    TRY(get(tx, row->of.id, &all, err));
    struct app_slot *slot = slot_for(&all, client, true);
    if (slot == NULL) {
        TRY(free_over(tx, &all, err));
        slot = slot_for(&all, client, true);
    }
    if (slot == NULL)
        return salve_refuse(err, SALVE_E_QUOTA, "eight apps go on reading already: end one of them first", "apps");
    if (memcmp(slot->family, row->family, sizeof slot->family) != 0) TRY(free_slot(tx, slot, err));
    memcpy(slot->client, client, sizeof client);
    memcpy(slot->family, row->family, sizeof slot->family);
    write_family(row, plain);
    TRY(rec_sealed_put(tx, rec_gate_key(tx->site), family_name(tx->site, row->family, name),
                       str_bytes(plain, sizeof plain), err));
    return put(tx, &all, err);
}

enum salve_code rec_app_row_get(struct rec_tx *tx, const uint8_t family[REC_APP_FAMILY_BYTES], struct rec_app_row *out,
                                struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[FAMILY_BYTES];
    TRY(rec_sealed_get(tx, rec_gate_key(tx->site), family_name(tx->site, family, name), plain, sizeof plain, err));
    read_family(plain, out);
    return SALVE_OK;
}

enum salve_code rec_app_row_drop(struct rec_tx *tx, struct compartment id, struct str client, struct salve_err *err)
{
    struct persons_apps all;
    uint8_t hash[CLIENT_HASH_BYTES];
    client_hash(client, hash);
    TRY(get(tx, id, &all, err));
    struct app_slot *slot = slot_for(&all, hash, false);
    if (slot == NULL) return SALVE_OK;
    TRY(free_slot(tx, slot, err));
    return put(tx, &all, err);
}

enum salve_code rec_app_rows_end(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct persons_apps all;
    bool has_any = false;
    TRY(get(tx, id, &all, err));
    for (size_t i = 0; i < APPS_OF_PERSON_MAX; i++) {
        has_any = has_any || !is_free(&all.slots[i]);
        TRY(free_slot(tx, &all.slots[i], err));
    }
    return has_any ? put(tx, &all, err) : SALVE_OK;
}

/* Of one person; *name is their row. */
static enum salve_code drop_of(struct rec_tx *tx, struct str name, const uint8_t client[CLIENT_HASH_BYTES],
                               struct salve_err *err)
{
    struct persons_apps all;
    uint8_t plain[PERSON_BYTES];
    TRY(rec_sealed_get(tx, rec_gate_key(tx->site), name, plain, sizeof plain, err));
    read_person(plain, &all);
    struct app_slot *slot = slot_for(&all, client, false);
    if (slot == NULL) return SALVE_OK;
    TRY(free_slot(tx, slot, err));
    return put(tx, &all, err);
}

enum salve_code rec_app_rows_of(struct rec_tx *tx, struct str client, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    uint8_t hash[CLIENT_HASH_BYTES];
    client_hash(client, hash);
    TRY(store_commons_list(tx->store, STR(PERSON_ROWS), tx->mem, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(tx->mem);
        TRY(drop_of(tx, names[i], hash, err));
        arena_rewind(tx->mem, mark);
    }
    return SALVE_OK;
}

/* --- verify ------------------------------------------------------------------------------------------------------- */

static enum salve_code count_lost(struct rec_tx *tx, const struct persons_apps *all, size_t *families, size_t *lost,
                                  struct salve_err *err)
{
    struct store_head head = {0};
    enum salve_code code = store_head_get(tx->store, all->id, &head, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    *lost += head.seq == 0;
    for (size_t i = 0; i < APPS_OF_PERSON_MAX; i++) {
        struct rec_app_row row;
        if (is_free(&all->slots[i])) continue;
        ++*families;
        code = rec_app_row_get(tx, all->slots[i].family, &row, err);
        if (code != SALVE_OK && code != SALVE_E_NOT_FOUND && code != SALVE_E_INTEGRITY) return code;
        *lost += code != SALVE_OK || !compartment_eq(row.of.id, all->id);
    }
    return SALVE_OK;
}

enum salve_code rec_app_rows_lost(struct rec_tx *tx, size_t *count, struct salve_err *err)
{
    struct str *names = NULL;
    size_t people = 0, rows = 0, families = 0;
    *count = 0;
    TRY(store_commons_list(tx->store, STR(PERSON_ROWS), tx->mem, &names, &people, err));
    for (size_t i = 0; i < people; i++) {
        struct persons_apps all;
        uint8_t plain[PERSON_BYTES];
        TRY(rec_sealed_get(tx, rec_gate_key(tx->site), names[i], plain, sizeof plain, err));
        read_person(plain, &all);
        TRY(count_lost(tx, &all, &families, count, err));
    }
    TRY(store_commons_list(tx->store, STR(FAMILY_ROWS), tx->mem, &names, &rows, err));
    *count += rows != families;
    return SALVE_OK;
}
