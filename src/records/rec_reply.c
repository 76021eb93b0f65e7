/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the codes on slips of referrals, and of what was answered with them. A row for each code, with the
 * compartment: "reply/<keyed hash of the code>"; and one for each person, with their referrals that have a code:
 * "replies/<keyed hash of the compartment>". Both are sealed, and of one length each. No code is kept. */
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/daily_int.h"
#include "records/login_int.h"
#include "records/referral.h"
#include "records/who_int.h"
#include "records/work_int.h"
#include "store/store.h"

#define CODE_ROWS   "reply/"
#define PERSON_ROWS "replies/"
#define LABEL       "SLV-reply-v1"
#define DAY_MS      ((int64_t)24 * 3600 * 1000)
enum {
    CODE_CHARS = 22,  /* codes.def */
    TAPS_MAX = 20,    /* of one code */
    APART_BIT = 0x80, /* of the byte of what was said */
    HASH_BYTES = REC_HASH_TEXT_BYTES / 2,
    NAME_BYTES = sizeof PERSON_ROWS - 1 + REC_HASH_TEXT_BYTES + 1,
    SLOT_BYTES = 8 + HASH_BYTES + 8 + 1 + 8 + 1,
    PLAIN_BYTES = COMPARTMENT_BYTES + REC_REFERRALS_MAX * SLOT_BYTES
};

struct reply_slot {
    uint64_t number; /* of the referral's id; 0: the slot is free */
    uint8_t code[HASH_BYTES];
    int64_t made_unix_ms;
    enum referral_said said;
    int64_t at_unix_ms;
    uint8_t taps;
    bool is_apart; /* the referral is kept apart: no list says that it was answered */
};
struct replies {
    struct compartment id;
    struct reply_slot slots[REC_REFERRALS_MAX];
};

/* --- rows --------------------------------------------------------------------------------------------------------- */

static struct str code_name(const struct site *site, const struct rec_code *code, char name[NAME_BYTES])
{
    return rec_row_hash(rec_gate_key(site), STR(LABEL), CODE_ROWS, str_bytes(code->values, CODE_CHARS), name);
}

static struct str person_name(const struct site *site, struct compartment id, char name[NAME_BYTES])
{
    return rec_row_hash(rec_gate_key(site), STR(LABEL), PERSON_ROWS, compartment_bytes(&id), name);
}

/* The hash of a code, out of the name of its row and back. */
static void hash_of(struct str name, uint8_t hash[HASH_BYTES])
{
    struct str hex = str_cut(name, sizeof CODE_ROWS - 1, name.len);
    for (size_t i = 0; i < HASH_BYTES; i++) {
        const char *digits = "0123456789abcdef";
        hash[i] =
            (uint8_t)((strchr(digits, hex.ptr[2 * i]) - digits) << 4 | (strchr(digits, hex.ptr[2 * i + 1]) - digits));
    }
}

static struct str name_of_hash(const uint8_t hash[HASH_BYTES], char name[NAME_BYTES])
{
    size_t len = sizeof CODE_ROWS - 1;
    memcpy(name, CODE_ROWS, len);
    str_hex(hash, HASH_BYTES, name + len);
    return str_make(name, len + 2 * (size_t)HASH_BYTES);
}

static void write_row(const struct replies *all, uint8_t plain[PLAIN_BYTES])
{
    memset(plain, 0, PLAIN_BYTES);
    memcpy(plain, all->id.bytes, COMPARTMENT_BYTES);
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) {
        const struct reply_slot *slot = &all->slots[i];
        uint8_t *at = plain + COMPARTMENT_BYTES + i * SLOT_BYTES;
        crypto_put_u64(at, slot->number);
        memcpy(at + 8, slot->code, HASH_BYTES);
        crypto_put_u64(at + 24, (uint64_t)slot->made_unix_ms);
        at[32] = (uint8_t)((unsigned)slot->said | (slot->is_apart ? APART_BIT : 0u));
        crypto_put_u64(at + 33, (uint64_t)slot->at_unix_ms);
        at[41] = slot->taps;
    }
}

static void read_row(const uint8_t plain[PLAIN_BYTES], struct replies *out)
{
    *out = (struct replies){0};
    memcpy(out->id.bytes, plain, COMPARTMENT_BYTES);
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) {
        const uint8_t *at = plain + COMPARTMENT_BYTES + i * SLOT_BYTES;
        struct reply_slot *slot = &out->slots[i];
        slot->number = crypto_get_u64(at);
        memcpy(slot->code, at + 8, HASH_BYTES);
        slot->made_unix_ms = (int64_t)crypto_get_u64(at + 24);
        uint8_t said = at[32] & (uint8_t)~APART_BIT;
        slot->is_apart = (at[32] & APART_BIT) != 0;
        slot->said = said < REFERRAL_SAIDS ? (enum referral_said)said : REFERRAL_SAID_NOTHING;
        slot->at_unix_ms = (int64_t)crypto_get_u64(at + 33);
        slot->taps = at[41];
    }
}

/* *found false: the person has none; all zeros but for the id. */
static enum salve_code get(struct rec_tx *tx, struct compartment id, struct replies *out, bool *found,
                           struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    enum salve_code code =
        rec_sealed_get(tx, rec_gate_key(tx->site), person_name(tx->site, id, name), plain, sizeof plain, err);
    *out = (struct replies){.id = id};
    *found = code == SALVE_OK;
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) return code;
    read_row(plain, out);
    return compartment_eq(out->id, id) ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons replies");
}

static enum salve_code put(struct rec_tx *tx, const struct replies *all, struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    bool is_empty = true;
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) is_empty = is_empty && all->slots[i].number == 0;
    if (is_empty) return store_commons_delete(tx->store, person_name(tx->site, all->id, name), err);
    write_row(all, plain);
    return rec_sealed_put(tx, rec_gate_key(tx->site), person_name(tx->site, all->id, name),
                          str_bytes(plain, sizeof plain), err);
}

/* The slot is free, and its code opens nothing any more. */
static enum salve_code free_slot(struct rec_tx *tx, struct reply_slot *slot, struct salve_err *err)
{
    char name[NAME_BYTES];
    if (slot->number == 0) return SALVE_OK;
    TRY(store_commons_delete(tx->store, name_of_hash(slot->code, name), err));
    *slot = (struct reply_slot){0};
    return SALVE_OK;
}

/* --- what ends them ----------------------------------------------------------------------------------------------- */

static enum salve_code note_one(struct rec_tx *tx, struct replies *all, struct rec_referral_noted noted,
                                struct salve_err *err)
{
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) {
        struct reply_slot *slot = &all->slots[i];
        if (slot->number != noted.number) continue;
        if (!noted.goes_on) return free_slot(tx, slot, err);
        slot->said = REFERRAL_SAID_NOTHING;
        slot->at_unix_ms = 0;
    }
    return SALVE_OK;
}

static bool is_answered(const struct replies *all)
{
    bool is = false;
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++)
        is = is || (!all->slots[i].is_apart && all->slots[i].said != REFERRAL_SAID_NOTHING);
    return is;
}

enum salve_code rec_replies_noted(struct rec_tx *tx, struct compartment id, const struct rec_work_change *change,
                                  bool *waits, struct salve_err *err)
{
    struct replies all;
    bool found = false;
    *waits = false;
    if (change->noted_count == 0) return SALVE_OK;
    TRY(get(tx, id, &all, &found, err));
    if (!found) return SALVE_OK;
    for (size_t i = 0; i < change->noted_count; i++) TRY(note_one(tx, &all, change->noted[i], err));
    *waits = is_answered(&all);
    return put(tx, &all, err);
}

enum salve_code rec_replies_end(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct replies all;
    bool found = false;
    TRY(get(tx, id, &all, &found, err));
    if (!found) return SALVE_OK;
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) TRY(free_slot(tx, &all.slots[i], err));
    return put(tx, &all, err);
}

/* What does not open is left for verify to tell: it keeps nobody from the others. */
static enum salve_code look_at(struct rec_tx *tx, struct str name, struct rec_daily *daily, struct salve_err *err)
{
    struct replies all;
    uint8_t plain[PLAIN_BYTES];
    bool ends = false;
    enum salve_code code = rec_sealed_get(tx, rec_gate_key(tx->site), name, plain, sizeof plain, NULL);
    if (code == SALVE_E_INTEGRITY) return SALVE_OK;
    if (code != SALVE_OK) return salve_fail(err, code, "commons replies");
    read_row(plain, &all);
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) {
        struct reply_slot *slot = &all.slots[i];
        bool is_old = tx->now_unix_ms - slot->made_unix_ms > WORK_REFERRAL_DAYS_MAX * DAY_MS;
        if (slot->number == 0 || !is_old) continue;
        ends = true;
        if (!daily->looks_only) TRY(free_slot(tx, slot, err));
    }
    daily->changes = daily->changes || ends;
    return ends && !daily->looks_only ? put(tx, &all, err) : SALVE_OK;
}

static const struct rec_daily ending = {.mark = REC_REPLIED, .rows = PERSON_ROWS, .look = look_at};

enum salve_code rec_replies_stale_end(struct rec_tx *tx, struct salve_err *err)
{
    struct rec_daily daily = ending;
    return rec_daily_do(tx, &daily, err);
}

bool rec_replies_wait(const struct site *site) { return rec_daily_waits(site, &site->replied); }

enum salve_code rec_replies_piece(struct site *site, struct arena *mem, bool *has_more, struct salve_err *err)
{
    return rec_daily_piece(site, &ending, &site->replied, mem, has_more, err);
}

static enum salve_code count_lost(struct rec_tx *tx, const struct replies *all, size_t *slots, size_t *lost,
                                  struct salve_err *err)
{
    struct store_head head = {0};
    enum salve_code code = store_head_get(tx->store, all->id, &head, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    *lost += head.seq == 0;
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) {
        struct compartment to;
        char name[NAME_BYTES];
        if (all->slots[i].number == 0) continue;
        ++*slots;
        code = rec_sealed_get(tx, rec_gate_key(tx->site), name_of_hash(all->slots[i].code, name), to.bytes,
                              COMPARTMENT_BYTES, err);
        if (code != SALVE_OK && code != SALVE_E_NOT_FOUND && code != SALVE_E_INTEGRITY) return code;
        *lost += code != SALVE_OK || !compartment_eq(to, all->id);
    }
    return SALVE_OK;
}

enum salve_code rec_replies_lost(struct rec_tx *tx, size_t *count, struct salve_err *err)
{
    struct str *names = NULL;
    size_t people = 0, codes = 0, slots = 0;
    *count = 0;
    TRY(store_commons_list(tx->store, STR(PERSON_ROWS), tx->mem, &names, &people, err));
    for (size_t i = 0; i < people; i++) {
        struct replies all;
        uint8_t plain[PLAIN_BYTES];
        TRY(rec_sealed_get(tx, rec_gate_key(tx->site), names[i], plain, sizeof plain, err));
        read_row(plain, &all);
        TRY(count_lost(tx, &all, &slots, count, err));
    }
    TRY(store_commons_list(tx->store, STR(CODE_ROWS), tx->mem, &names, &codes, err));
    *count += codes != slots;
    return SALVE_OK;
}

/* --- a code, an answer ------------------------------------------------------------------------------------------- */

/* The slot of that referral, a free one, or the oldest. */
static struct reply_slot *slot_for(struct replies *all, uint64_t number)
{
    struct reply_slot *oldest = &all->slots[0];
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++)
        if (all->slots[i].number == number) return &all->slots[i];
    for (size_t i = 1; i < REC_REFERRALS_MAX; i++)
        if (all->slots[i].made_unix_ms < oldest->made_unix_ms) oldest = &all->slots[i];
    return oldest;
}

enum salve_code rec_reply_make(struct rec_tx *tx, struct compartment id, struct rec_referral_at of,
                               const struct rec_code *code, struct salve_err *err)
{
    struct replies all;
    bool found = false;
    char text[NAME_BYTES];
    TRY(get(tx, id, &all, &found, err));
    struct reply_slot *slot = slot_for(&all, of.number);
    TRY(free_slot(tx, slot, err));
    struct str name = code_name(tx->site, code, text);
    *slot = (struct reply_slot){.number = of.number, .made_unix_ms = tx->now_unix_ms, .is_apart = of.is_apart};
    hash_of(name, slot->code);
    TRY(rec_sealed_put(tx, rec_gate_key(tx->site), name, compartment_bytes(&id), err));
    return put(tx, &all, err);
}

enum salve_code rec_reply_take(struct rec_tx *tx, const struct rec_code *code, uint8_t said, struct compartment *id,
                               bool *is_apart, struct salve_err *err)
{
    struct replies all;
    bool found = false;
    char text[NAME_BYTES];
    uint8_t hash[HASH_BYTES];
    struct str name = code_name(tx->site, code, text);
    TRY(rec_sealed_get(tx, rec_gate_key(tx->site), name, id->bytes, COMPARTMENT_BYTES, err));
    TRY(get(tx, *id, &all, &found, err));
    hash_of(name, hash);
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) {
        struct reply_slot *slot = &all.slots[i];
        if (slot->number == 0 || !crypto_equal(slot->code, hash, sizeof hash)) continue;
        if (tx->now_unix_ms - slot->made_unix_ms > WORK_REFERRAL_DAYS_MAX * DAY_MS) break;
        if (slot->taps >= TAPS_MAX) return salve_refuse(err, SALVE_E_QUOTA, "this slip was answered too often", "code");
        slot->said = (enum referral_said)said;
        slot->at_unix_ms = tx->now_unix_ms;
        slot->taps++;
        *is_apart = slot->is_apart;
        return put(tx, &all, err);
    }
    return salve_fail(err, SALVE_E_NOT_FOUND, "code");
}

enum salve_code rec_reply_list(struct rec_tx *tx, struct compartment id, bool sees_apart, struct referral_answer *out,
                               size_t *count, struct salve_err *err)
{
    struct replies all;
    bool found = false;
    *count = 0;
    TRY(get(tx, id, &all, &found, err));
    for (size_t i = 0; i < REC_REFERRALS_MAX; i++) {
        const struct reply_slot *slot = &all.slots[i];
        if (slot->is_apart && !sees_apart) continue;
        if (slot->number != 0 && slot->said != REFERRAL_SAID_NOTHING)
            out[(*count)++] = (struct referral_answer){slot->number, slot->said, slot->at_unix_ms};
    }
    return SALVE_OK;
}
