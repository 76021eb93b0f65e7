/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows about reminders, one for each person who wants to be called before their next check: "remind/<keyed hash of the
 * compartment>" with the date and from when on they are listed, sealed, of one length. It comes and goes in the
 * transaction of the decision. What is due becomes an entry of the list of open work once a day; its row stays until
 * the reminder is over. */
#include "base/clock.h"
#include "consent/consent.h"
#include "crypto/crypto.h"
#include "records/daily_int.h"
#include "records/login_int.h"
#include "records/work_int.h"
#include "store/store.h"

#define ROWS   "remind/"
#define LABEL  "SLV-remind-v1"
#define DAY_MS ((int64_t)24 * 3600 * 1000)
enum {
    NAME_BYTES = sizeof ROWS - 1 + REC_HASH_TEXT_BYTES + 1,
    PLAIN_BYTES = COMPARTMENT_BYTES + 8 + 8 + 2,
    TRIES_MAX = 3, /* project choices */
    AGAIN_DAYS = 3
};

struct reminder {
    struct compartment id;
    int64_t due_unix_ms;  /* the first moment of that day, by UTC */
    int64_t from_unix_ms; /* listed from then on */
    uint8_t tries;
    bool is_listed;
};

/* --- a row -------------------------------------------------------------------------------------------------------- */

static struct str row_name(const struct site *site, struct compartment id, char name[NAME_BYTES])
{
    return rec_row_hash(rec_gate_key(site), STR(LABEL), ROWS, compartment_bytes(&id), name);
}

static void read_row(const uint8_t plain[PLAIN_BYTES], struct reminder *out)
{
    *out = (struct reminder){.tries = plain[COMPARTMENT_BYTES + 16], .is_listed = plain[COMPARTMENT_BYTES + 17] == 1};
    memcpy(out->id.bytes, plain, COMPARTMENT_BYTES);
    out->due_unix_ms = (int64_t)crypto_get_u64(plain + COMPARTMENT_BYTES);
    out->from_unix_ms = (int64_t)crypto_get_u64(plain + COMPARTMENT_BYTES + 8);
}

static enum salve_code get_named(struct rec_tx *tx, struct str name, struct reminder *out, bool *found,
                                 struct salve_err *err)
{
    uint8_t plain[PLAIN_BYTES];
    enum salve_code code = rec_sealed_get(tx, rec_gate_key(tx->site), name, plain, sizeof plain, err);
    *found = code == SALVE_OK;
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code == SALVE_OK) read_row(plain, out);
    return code;
}

static enum salve_code get(struct rec_tx *tx, struct compartment id, struct reminder *out, bool *found,
                           struct salve_err *err)
{
    char name[NAME_BYTES];
    TRY(get_named(tx, row_name(tx->site, id, name), out, found, err));
    if (!*found || compartment_eq(out->id, id)) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "commons remind");
}

static enum salve_code put(struct rec_tx *tx, const struct reminder *one, struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    memcpy(plain, one->id.bytes, COMPARTMENT_BYTES);
    crypto_put_u64(plain + COMPARTMENT_BYTES, (uint64_t)one->due_unix_ms);
    crypto_put_u64(plain + COMPARTMENT_BYTES + 8, (uint64_t)one->from_unix_ms);
    plain[COMPARTMENT_BYTES + 16] = one->tries;
    plain[COMPARTMENT_BYTES + 17] = one->is_listed;
    return rec_sealed_put(tx, rec_gate_key(tx->site), row_name(tx->site, one->id, name), str_bytes(plain, sizeof plain),
                          err);
}

static int64_t ends_unix_ms(const struct reminder *one)
{
    return one->due_unix_ms + CONSENT_REMIND_AFTER_DAYS * DAY_MS;
}

/* Row and entry. */
static enum salve_code end(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    char name[NAME_BYTES];
    TRY(rec_work_remind(tx, id, 0, err));
    return store_commons_delete(tx->store, row_name(tx->site, id, name), err);
}

/* --- with decisions ----------------------------------------------------------------------------------------------- */

/* What does not open goes as well. */
enum salve_code rec_reminder_end(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct reminder unused;
    bool found = false;
    enum salve_code code = get(tx, id, &unused, &found, NULL);
    if (code == SALVE_OK && !found) return SALVE_OK;
    return code == SALVE_OK || code == SALVE_E_INTEGRITY ? end(tx, id, err) : salve_fail(err, code, "commons remind");
}

/* As of now. */
static enum salve_code list_it(struct rec_tx *tx, struct reminder *one, struct salve_err *err)
{
    one->is_listed = true;
    return rec_work_remind(tx, one->id, one->due_unix_ms, err);
}

enum salve_code rec_reminder_decided(struct rec_tx *tx, struct compartment id, const struct consent_grant *grant,
                                     struct salve_err *err)
{
    struct reminder fresh = {.id = id};
    if (grant->purpose != PURPOSE_FOLLOW_UP) return SALVE_OK;
    TRY(rec_reminder_end(tx, id, err));
    if (consent_remind_end(grant) == 0 || !clock_parse(grant->remind_on, &fresh.due_unix_ms)) return SALVE_OK;
    fresh.from_unix_ms = fresh.due_unix_ms - CONSENT_REMIND_BEFORE_DAYS * DAY_MS;
    if (tx->now_unix_ms >= fresh.from_unix_ms) TRY(list_it(tx, &fresh, err));
    return put(tx, &fresh, err);
}

/* Who comes needs no call. */
enum salve_code rec_reminder_came(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct reminder one;
    bool found = false;
    enum salve_code code = get(tx, id, &one, &found, err);
    if (code == SALVE_E_INTEGRITY) return SALVE_OK; /* care goes on; verify tells it */
    if (code != SALVE_OK || !found || tx->is_suspect) return code;
    bool is_about = tx->now_unix_ms >= one.due_unix_ms - CONSENT_REMIND_BEFORE_DAYS * DAY_MS;
    return is_about ? end(tx, id, err) : SALVE_OK;
}

/* --- by the clock ------------------------------------------------------------------------------------------------- */

/* One that is due is listed, and one whose time is over goes. What does not open is left for verify to tell: it keeps
 * nobody from the others. */
static enum salve_code look_at(struct rec_tx *tx, struct str name, struct rec_daily *daily, struct salve_err *err)
{
    struct reminder one;
    bool found = false;
    enum salve_code code = get_named(tx, name, &one, &found, err);
    if (code == SALVE_E_INTEGRITY || (code == SALVE_OK && !found)) return SALVE_OK;
    if (code != SALVE_OK) return code;
    bool is_over = tx->now_unix_ms >= ends_unix_ms(&one), is_due = tx->now_unix_ms >= one.from_unix_ms;
    if (!is_over && (one.is_listed || !is_due)) return SALVE_OK;
    daily->changes = true;
    if (daily->looks_only) return SALVE_OK;
    if (is_over) return end(tx, one.id, err);
    TRY(list_it(tx, &one, err));
    return put(tx, &one, err);
}

static uint64_t day_of(int64_t unix_ms) { return (uint64_t)(unix_ms / DAY_MS); }

static const struct rec_daily reminding = {.mark = REC_REMINDED, .rows = ROWS, .look = look_at};

enum salve_code rec_reminders_list(struct rec_tx *tx, struct salve_err *err)
{
    struct rec_daily daily = reminding;
    return rec_daily_do(tx, &daily, err);
}

bool rec_reminders_wait(const struct site *site) { return rec_daily_waits(site, &site->reminded); }

enum salve_code rec_reminders_piece(struct site *site, struct arena *mem, bool *has_more, struct salve_err *err)
{
    return rec_daily_piece(site, &reminding, &site->reminded, mem, has_more, err);
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

/* Whether the ticket of that person is one of a reminder now. */
enum salve_code rec_reminder_stands(struct rec_tx *tx, struct compartment id, bool *stands, struct salve_err *err)
{
    struct reminder one;
    bool found = false;
    TRY(get(tx, id, &one, &found, err));
    *stands = found && one.is_listed && !tx->is_suspect && tx->now_unix_ms < ends_unix_ms(&one);
    return SALVE_OK;
}

/* Another day it is tried again; the third time was the last. */
enum salve_code rec_reminder_called(struct rec_tx *tx, struct compartment id, bool is_done, bool *is_over,
                                    struct salve_err *err)
{
    struct reminder one;
    bool found = false;
    TRY(get(tx, id, &one, &found, err));
    if (!found) return salve_refuse(err, SALVE_E_NOT_FOUND, "nobody is to be called any more by it", "reminder");
    *is_over = is_done || one.tries + 1 >= TRIES_MAX;
    if (*is_over) return end(tx, id, err);
    one.tries++;
    one.is_listed = false;
    one.from_unix_ms = (int64_t)day_of(tx->now_unix_ms) * DAY_MS + AGAIN_DAYS * DAY_MS;
    TRY(rec_work_remind(tx, id, 0, err));
    return put(tx, &one, err);
}

enum salve_code rec_reminder_sooner(struct rec_tx *tx, struct compartment id, int64_t due_unix_ms, bool *changes,
                                    struct salve_err *err)
{
    struct reminder one;
    bool found = false;
    TRY(get(tx, id, &one, &found, err));
    *changes = found && due_unix_ms < one.due_unix_ms && due_unix_ms > tx->now_unix_ms && !one.is_listed;
    if (!*changes) return SALVE_OK;
    one.due_unix_ms = due_unix_ms;
    one.from_unix_ms = due_unix_ms - CONSENT_REMIND_BEFORE_DAYS * DAY_MS;
    if (tx->now_unix_ms >= one.from_unix_ms) TRY(list_it(tx, &one, err));
    return put(tx, &one, err);
}

/* --- verify ------------------------------------------------------------------------------------------------------- */

static enum salve_code is_lost(struct rec_tx *tx, struct str name, bool *lost, struct salve_err *err)
{
    struct reminder one;
    struct rec_work work;
    struct store_head head = {0};
    bool found = false, has_work = false;
    enum salve_code code = get_named(tx, name, &one, &found, err);
    *lost = code == SALVE_E_INTEGRITY;
    if (*lost) return SALVE_OK;
    if (code == SALVE_OK) code = store_head_get(tx->store, one.id, &head, err);
    if (code == SALVE_E_NOT_FOUND) code = SALVE_OK;
    if (code == SALVE_OK) code = rec_work_get(tx, one.id, &work, &has_work, err);
    if (code != SALVE_OK) return code;
    bool is_open = has_work && work.slots[WORK_REMIND][WORK_KEPT].is_open;
    *lost = head.seq == 0 || is_open != one.is_listed;
    return SALVE_OK;
}

enum salve_code rec_reminders_lost(struct rec_tx *tx, size_t *count, struct salve_err *err)
{
    struct str *names = NULL;
    size_t all = 0;
    bool lost = false;
    TRY(store_commons_list(tx->store, STR(ROWS), tx->mem, &names, &all, err));
    for (size_t i = 0; i < all; i++) {
        TRY(is_lost(tx, names[i], &lost, err));
        *count += lost;
    }
    return SALVE_OK;
}
