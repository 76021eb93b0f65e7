/* SPDX-License-Identifier: Apache-2.0
 * Grants, withdrawal and erasure: wraps come and go, each change in one durable transaction. What was deleted is
 * scrubbed from the files at once; that it cannot come back from a copy is the work of the epochs (keys_rotate.c). */
#include <stdlib.h>

#include "base/assert.h"
#include "keys/keys_int.h"

static bool is_grant_good(const struct keys_grant *grant)
{
    class_mask may = purpose_classes(grant->purpose);
    bool has_tick = grant->purpose == PURPOSE_CARE || grant->purpose == PURPOSE_TRANSFER; /* as consent has it */
    if (has_tick) may |= CLASS_BIT(CLASS_SENS);
    bool fits_presence = grant->purpose == PURPOSE_LETTER ? grant->presence != NULL && grant->not_after_unix_s > 0
                                                          : grant->presence == NULL || grant->purpose == PURPOSE_CARE;
    bool fits_longer =
        grant->identity_until_unix_s == 0 || (grant->purpose == PURPOSE_FOLLOW_UP && grant->identity_until_unix_s > 0);
    return grant->classes != 0 && (grant->classes & ~may) == 0 && grant->consent.seq > 0 &&
           grant->not_after_unix_s >= 0 && fits_presence && fits_longer;
}

static enum salve_code check_grants(const struct keys_ring *ring, const struct keys_grant *grants, size_t count,
                                    struct salve_err *err)
{
    bool has_self = !ring->is_new;
    for (size_t i = 0; i < count; i++) {
        if (grants[i].purpose < 1 || grants[i].purpose > PURPOSE_LAST || !is_grant_good(&grants[i]))
            return salve_fail(err, SALVE_E_INVALID, "grant");
        bool is_all = grants[i].classes == purpose_classes(PURPOSE_SELF) && grants[i].not_after_unix_s == 0;
        if (grants[i].purpose != PURPOSE_SELF) continue;
        if (!is_all) return salve_fail(err, SALVE_E_INVALID, "grant of own access");
        has_self = true;
    }
    return has_self ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "grant of own access");
}

enum salve_code keys_drop_purpose(struct keys *keys, struct compartment id, enum purpose purpose, struct salve_err *err)
{
    db_bind_blob(keys->wrap_drop_purpose, 1, compartment_bytes(&id));
    db_bind_i64(keys->wrap_drop_purpose, 2, purpose);
    return db_run(keys->wrap_drop_purpose, err);
}

static enum salve_code put_entry(struct keys *keys, const struct keys_ring *ring, size_t index,
                                 const struct keys_grant *grant, struct salve_err *err)
{
    salve_assert(index < ring->count);
    struct crypto_key *key = keys_slot(keys, SLOT_A);
    bool is_longer = ring->entries[index].class == CLASS_IDENT && grant->identity_until_unix_s > 0;
    struct crypto_wrap wrap = {.purpose = grant->purpose,
                               .class = ring->entries[index].class,
                               .compartment = ring->id,
                               .key_version = ring->entries[index].version,
                               .epoch = keys->epoch,
                               .not_after_unix_s = is_longer ? grant->identity_until_unix_s : grant->not_after_unix_s,
                               .consent_seq = grant->consent.seq};
    memcpy(wrap.consent_sha256, grant->consent.sha256, sizeof wrap.consent_sha256);
    crypto_key_copy(key, crypto_keys_at(ring->keys, index));
    if (grant->presence != NULL) keys_presence_mask(key, grant->presence, &wrap, keys_slot(keys, SLOT_B));
    enum salve_code code = keys_wrap_store(keys, &wrap, grant->presence != NULL, key, err);
    crypto_key_zero(key);
    return code;
}

static enum salve_code put_grant(struct keys *keys, const struct keys_ring *ring, const struct keys_grant *grant,
                                 struct salve_err *err)
{
    enum salve_code code = keys_drop_purpose(keys, ring->id, grant->purpose, err);
    for (size_t i = 0; code == SALVE_OK && i < ring->count; i++)
        if (grant->classes & CLASS_BIT(ring->entries[i].class)) code = put_entry(keys, ring, i, grant, err);
    return code;
}

/* A new ring must not meet wraps; an old one must have all versions that there are. */
static enum salve_code check_ring(struct keys *keys, const struct keys_ring *ring, struct salve_err *err)
{
    struct keys_wrap_row *rows = NULL;
    size_t count = 0, own = 0;
    enum salve_code code = keys_wrap_rows(keys, ring->id, &rows, &count, err);
    for (size_t i = 0; i < count; i++) own += rows[i].purpose == PURPOSE_SELF;
    free(rows);
    if (code == SALVE_OK && own != (ring->is_new ? 0 : ring->count))
        code = salve_fail(err, SALVE_E_CONFLICT, "keys of a compartment");
    return code;
}

enum salve_code keys_grant(struct keys *keys, struct keys_ring *ring, const struct keys_grant *grants, size_t count,
                           struct salve_err *err)
{
    enum salve_code code = check_grants(ring, grants, count, err);
    if (code == SALVE_OK) code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    code = check_ring(keys, ring, err);
    uint64_t decided = 0;
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        if (grants[i].consent.seq > decided) decided = grants[i].consent.seq;
        code = put_grant(keys, ring, &grants[i], err);
    }
    if (code == SALVE_OK) code = keys_whole_settle(keys, ring->id, decided, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    if (code == SALVE_OK) ring->is_new = false;
    return code;
}

/* The newest keys of the turned classes for SELF and for every purpose that keeps them. A presence wrap cannot be made
 * without the card and is renewed at the next grant. */
static enum salve_code wrap_turned(struct keys *keys, const struct keys_ring *ring, const struct keys_wrap_row *rows,
                                   size_t count, enum purpose withdrawn, class_mask classes, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        const struct keys_wrap_row *row = &rows[i];
        size_t newest = keys_ring_newest(ring, row->class);
        if (row->purpose == withdrawn || row->has_presence || (classes & CLASS_BIT(row->class)) == 0) continue;
        if (row->version + 1 != ring->entries[newest].version) continue; /* one wrap for the class is enough */
        struct crypto_wrap old;
        code = crypto_wrap_peek(str_bytes(row->bytes, sizeof row->bytes), &old, err);
        struct keys_grant grant = {
            .purpose = row->purpose, .not_after_unix_s = old.not_after_unix_s, .consent = {.seq = old.consent_seq}};
        memcpy(grant.consent.sha256, old.consent_sha256, sizeof grant.consent.sha256);
        if (code == SALVE_OK) code = put_entry(keys, ring, newest, &grant, err);
    }
    return code;
}

/* Nothing of it is here, and the decision is followed all the same. */
static enum salve_code note_decided(struct keys *keys, struct compartment id, uint64_t decided, struct salve_err *err)
{
    enum salve_code code = db_begin(keys->db, false, err);
    if (code == SALVE_OK) code = keys_whole_settle(keys, id, decided, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code;
}

enum salve_code keys_withdraw(struct keys *keys, struct keys_ring *ring, enum purpose purpose, uint64_t consent_seq,
                              struct salve_err *err)
{
    struct keys_wrap_row *rows = NULL;
    size_t count = 0;
    class_mask classes = 0;
    if (purpose == PURPOSE_SELF)
        return salve_refuse(err, SALVE_E_CONSENT, "own access ends with erasure only", "purpose %s",
                            purpose_text(purpose));
    enum salve_code code = check_ring(keys, ring, err);
    if (code == SALVE_OK) code = keys_wrap_rows(keys, ring->id, &rows, &count, err);
    for (size_t i = 0; i < count; i++)
        if (rows[i].purpose == purpose) classes |= CLASS_BIT(rows[i].class);
    if (code != SALVE_OK || classes == 0) {
        free(rows);
        return code == SALVE_OK && consent_seq > 0 ? note_decided(keys, ring->id, consent_seq, err) : code;
    }
    size_t before = ring->count;
    code = keys_ring_turn(ring, classes, err);
    if (code == SALVE_OK) code = db_begin(keys->db, false, err);
    if (code == SALVE_OK) code = keys_drop_purpose(keys, ring->id, purpose, err);
    if (code == SALVE_OK) code = wrap_turned(keys, ring, rows, count, purpose, classes, err);
    if (code == SALVE_OK) code = keys_whole_settle(keys, ring->id, consent_seq, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    if (code != SALVE_OK) ring->count = before; /* the new versions are not kept */
    free(rows);
    return code == SALVE_OK ? db_scrub(keys->db, err) : code;
}

enum salve_code keys_erase(struct keys *keys, struct compartment id, struct salve_err *err)
{
    enum salve_code code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    code = keys_letter_forget(keys, id, err);
    db_bind_blob(keys->wrap_drop, 1, compartment_bytes(&id));
    if (code == SALVE_OK) code = db_run(keys->wrap_drop, err);
    db_bind_blob(keys->token_drop, 1, compartment_bytes(&id));
    if (code == SALVE_OK) code = db_run(keys->token_drop, err);
    if (code == SALVE_OK) code = keys_whole_settle(keys, id, 0, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    db_reset(keys->token_drop);
    return code == SALVE_OK ? db_scrub(keys->db, err) : code;
}

enum salve_code keys_granted(struct keys *keys, struct compartment id, struct keys_granted out[PURPOSE_LAST + 1],
                             struct salve_err *err)
{
    struct keys_wrap_row *rows = NULL;
    size_t count = 0;
    memset(out, 0, (PURPOSE_LAST + 1) * sizeof out[0]);
    enum salve_code code = keys_wrap_rows(keys, id, &rows, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        struct crypto_wrap wrap;
        code = crypto_wrap_peek(str_bytes(rows[i].bytes, sizeof rows[i].bytes), &wrap, err);
        if (code != SALVE_OK) break;
        struct keys_granted *granted = &out[wrap.purpose];
        granted->purpose = wrap.purpose;
        granted->classes |= CLASS_BIT(wrap.class);
        if (granted->not_after_unix_s == 0 || wrap.not_after_unix_s < granted->not_after_unix_s)
            granted->not_after_unix_s = wrap.not_after_unix_s;
        granted->consent.seq = wrap.consent_seq;
        memcpy(granted->consent.sha256, wrap.consent_sha256, sizeof granted->consent.sha256);
        granted->has_presence = granted->has_presence || rows[i].has_presence;
    }
    free(rows);
    return code;
}

enum salve_code keys_compartment_next(struct keys *keys, const struct compartment *after, struct compartment *out,
                                      bool *found, struct salve_err *err)
{
    db_bind_blob(keys->next_id, 1, after == NULL ? STR("") : compartment_bytes(after));
    enum salve_code code = db_step(keys->next_id, found, err);
    struct str id = code == SALVE_OK && *found ? db_column_blob(keys->next_id, 0) : STR_NONE;
    if (code == SALVE_OK && *found && id.len != COMPARTMENT_BYTES)
        code = salve_fail(err, SALVE_E_INTEGRITY, "%s, key wrap", keys->path);
    if (code == SALVE_OK && *found) memcpy(out->bytes, id.ptr, id.len);
    db_reset(keys->next_id);
    return code;
}

enum salve_code keys_exists(struct keys *keys, struct compartment id, bool *out, struct salve_err *err)
{
    bool row = false;
    db_bind_blob(keys->wrap_list, 1, compartment_bytes(&id));
    enum salve_code code = db_step(keys->wrap_list, &row, err);
    db_reset(keys->wrap_list);
    *out = code == SALVE_OK && row;
    return code;
}
