/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of the day as it is kept: rows "queue/<keyed hash>" of the commons with an entry each, "queue-ticket/<keyed
 * hash>" with the compartment of a ticket, "queue-head" with the day and the newest number, all sealed under the key of
 * the day, the row "queue" of `secret`. That key goes first when a day is over: what a crash leaves of the rows says
 * nothing to anybody, and goes with the next look. */
#include <stdlib.h>

#include "base/zone.h"
#include "keys/keys.h"
#include "records/queue_int.h"
#include "records/work_int.h"
#include "store/store.h"

#define ALL_ROWS    "queue"
#define ENTRY_ROWS  "queue/"
#define TICKET_ROWS "queue-ticket/"
#define HEAD_ROW    "queue-head"
#define LABEL       "SLV-queue-v1"
enum { NAME_BYTES = sizeof TICKET_ROWS - 1 + REC_HASH_TEXT_BYTES + 1, HEAD_BYTES = 12, ROWS_AT_ONCE = 256 };

struct head {
    int64_t day; /* its number (zone.h) */
    uint32_t last;
};

/* --- the key ------------------------------------------------------------------------------------------------------ */

static struct str secret_name(void) { return STR("queue"); }

static enum salve_code look(struct site *site, struct salve_err *err)
{
    if (site->day != NULL) return SALVE_OK;
    struct rec_day *day = calloc(1, sizeof *day);
    enum salve_code code =
        day == NULL ? salve_fail(err, SALVE_E_MEMORY, "queue") : crypto_keys_new(1, &day->slots, err);
    if (code == SALVE_OK) {
        code = keys_sealed_get(site->keys, secret_name(), crypto_keys_at(day->slots, 0), err);
        day->is_there = code == SALVE_OK;
        if (code == SALVE_E_NOT_FOUND) code = SALVE_OK;
    }
    if (code == SALVE_OK) {
        site->day = day;
        return SALVE_OK;
    }
    if (day != NULL) crypto_keys_drop(&day->slots);
    free(day);
    return code;
}

void rec_day_drop(struct site *site)
{
    if (site->day == NULL) return;
    crypto_keys_drop(&site->day->slots);
    free(site->day);
    site->day = NULL;
}

/* NULL: there is no day. */
static const struct crypto_key *key_of(const struct site *site)
{
    return site->day != NULL && site->day->is_there ? crypto_keys_at(site->day->slots, 0) : NULL;
}

static struct zone_day day_of(const struct site *site, int64_t unix_ms)
{
    return zone_day(site->zone != NULL ? site->zone : zone_utc(), unix_ms);
}

/* --- the head ----------------------------------------------------------------------------------------------------- */

static enum salve_code head_get(struct rec_tx *tx, const struct crypto_key *key, struct head *out, bool *found,
                                struct salve_err *err)
{
    uint8_t plain[HEAD_BYTES];
    enum salve_code code = rec_sealed_get(tx, key, STR(HEAD_ROW), plain, sizeof plain, err);
    *found = code == SALVE_OK;
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code == SALVE_OK) *out = (struct head){(int64_t)crypto_get_u64(plain), crypto_get_u32(plain + 8)};
    return code;
}

static enum salve_code head_put(struct rec_tx *tx, const struct crypto_key *key, const struct head *head,
                                struct salve_err *err)
{
    uint8_t plain[HEAD_BYTES];
    crypto_put_u64(plain, (uint64_t)head->day);
    crypto_put_u32(plain + 8, head->last);
    return rec_sealed_put(tx, key, STR(HEAD_ROW), str_bytes(plain, sizeof plain), err);
}

static bool is_over(const struct rec_tx *tx, const struct head *head)
{
    return !tx->is_suspect && head->day < day_of(tx->site, tx->now_unix_ms).number;
}

/* The key of a day that is not over; NULL: there is none. */
static enum salve_code key_now(struct rec_tx *tx, const struct crypto_key **out, struct head *head,
                               struct salve_err *err)
{
    bool found = false;
    TRY(look(tx->site, err));
    *out = key_of(tx->site);
    if (*out == NULL) return SALVE_OK;
    enum salve_code code = head_get(tx, *out, head, &found, err);
    if (code == SALVE_OK && !found) *head = (struct head){.day = day_of(tx->site, tx->now_unix_ms).number};
    if (code == SALVE_E_INTEGRITY || (code == SALVE_OK && is_over(tx, head))) *out = NULL;
    return code == SALVE_E_INTEGRITY ? SALVE_OK : code; /* of another day's key, as in a copy that was brought back */
}

/* --- a day begins and ends ---------------------------------------------------------------------------------------- */

static enum salve_code rows_end(struct site *site, size_t room, struct arena *mem, bool *has_more,
                                struct salve_err *err)
{
    struct rec_tx tx;
    struct str *names = NULL;
    size_t count = 0;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = store_commons_list(tx.store, STR(ALL_ROWS), mem, &names, &count, err);
    rec_tx_abandon(&tx);
    *has_more = count > room;
    if (code != SALVE_OK || count == 0) return code;
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    for (size_t i = 0; i < count && i < room && code == SALVE_OK; i++)
        code = store_commons_delete(tx.store, names[i], err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code key_end(struct site *site, struct salve_err *err)
{
    TRY(keys_sealed_drop(site->keys, secret_name(), err));
    crypto_key_zero(crypto_keys_at(site->day->slots, 0));
    site->day->is_there = false;
    return SALVE_OK;
}

/* *until_unix_ms: when the day that stands is over. */
static enum salve_code end_if_over(struct site *site, struct arena *mem, int64_t *until_unix_ms, struct salve_err *err)
{
    struct rec_tx tx;
    struct head head = {0};
    bool found = false;
    if (key_of(site) == NULL) return SALVE_OK;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = head_get(&tx, key_of(site), &head, &found, err);
    bool ends = code == SALVE_E_INTEGRITY || (code == SALVE_OK && found && is_over(&tx, &head));
    *until_unix_ms = day_of(site, tx.now_unix_ms).end_unix_ms + 1;
    rec_tx_abandon(&tx);
    return ends ? key_end(site, err) : code;
}

enum salve_code rec_day_due(struct site *site, size_t room, struct arena *mem, int64_t *next_unix_ms,
                            struct salve_err *err)
{
    bool has_more = true;
    int64_t until_unix_ms = INT64_MAX;
    TRY(look(site, err));
    TRY(end_if_over(site, mem, &until_unix_ms, err));
    if (key_of(site) != NULL) {
        if (until_unix_ms < *next_unix_ms) *next_unix_ms = until_unix_ms;
        return SALVE_OK;
    }
    while (has_more) {
        TRY(rows_end(site, ROWS_AT_ONCE, mem, &has_more, err));
        if (has_more && room == 1) return *next_unix_ms = 0, SALVE_OK; /* the rest with the next tick */
    }
    return SALVE_OK;
}

/* What is left of an earlier day goes before another begins: its numbers would stand beside the new ones. */
enum salve_code rec_day_ready(struct site *site, bool begins, struct arena *mem, struct salve_err *err)
{
    int64_t next_unix_ms = INT64_MAX;
    TRY(rec_day_due(site, SIZE_MAX, mem, &next_unix_ms, err));
    if (key_of(site) != NULL || !begins) return SALVE_OK;
    struct crypto_key *key = crypto_keys_at(site->day->slots, 0);
    crypto_key_random(key);
    TRY(keys_sealed_put(site->keys, secret_name(), key, err));
    site->day->is_there = true;
    site->due_unix_ms = 0; /* its end is looked up */
    return SALVE_OK;
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

static struct str entry_name(const struct crypto_key *key, struct compartment id, char name[NAME_BYTES])
{
    return rec_row_hash(key, STR(LABEL), ENTRY_ROWS, compartment_bytes(&id), name);
}

static struct str ticket_name(const struct crypto_key *key, const uint8_t ticket[DAY_TICKET_CHARS],
                              char name[NAME_BYTES])
{
    return rec_row_hash(key, STR(LABEL), TICKET_ROWS, str_bytes(ticket, DAY_TICKET_CHARS), name);
}

static enum salve_code read_entry(struct rec_tx *tx, const struct crypto_key *key, struct str name,
                                  struct day_entry *out, struct salve_err *err)
{
    uint8_t plain[DAY_ENTRY_BYTES];
    TRY(rec_sealed_get(tx, key, name, plain, sizeof plain, err));
    return day_read(plain, out) ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons queue");
}

enum salve_code rec_day_get(struct rec_tx *tx, struct compartment id, struct day_entry *out, bool *found,
                            struct salve_err *err)
{
    const struct crypto_key *key = NULL;
    struct head head;
    char name[NAME_BYTES];
    *found = false;
    *out = (struct day_entry){.at = STATION_NONE};
    TRY(key_now(tx, &key, &head, err));
    if (key == NULL) return SALVE_OK;
    enum salve_code code = read_entry(tx, key, entry_name(key, id, name), out, err);
    *found = code == SALVE_OK && compartment_eq(out->id, id);
    if (!*found) *out = (struct day_entry){.at = STATION_NONE};
    return code == SALVE_E_NOT_FOUND || code == SALVE_E_INTEGRITY ? SALVE_OK : code;
}

static enum salve_code write_entry(struct rec_tx *tx, const struct crypto_key *key, const struct day_entry *entry,
                                   struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[DAY_ENTRY_BYTES];
    day_write(entry, plain);
    return rec_sealed_put(tx, key, entry_name(key, entry->id, name), str_bytes(plain, sizeof plain), err);
}

enum salve_code rec_day_put(struct rec_tx *tx, struct day_entry *entry, struct salve_err *err)
{
    const struct crypto_key *key = NULL;
    struct head head;
    char name[NAME_BYTES];
    TRY(key_now(tx, &key, &head, err));
    if (key == NULL) return salve_refuse(err, SALVE_E_CONFLICT, "the day is over; do it once more", "queue");
    if (entry->number > 0) return write_entry(tx, key, entry, err);
    entry->number = ++head.last;
    TRY(head_put(tx, key, &head, err));
    TRY(rec_sealed_put(tx, key, ticket_name(key, entry->ticket, name), compartment_bytes(&entry->id), err));
    return write_entry(tx, key, entry, err);
}

enum salve_code rec_day_end(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct day_entry entry;
    bool found = false;
    char name[NAME_BYTES];
    TRY(rec_day_get(tx, id, &entry, &found, err));
    if (!found) return SALVE_OK;
    const struct crypto_key *key = key_of(tx->site);
    TRY(store_commons_delete(tx->store, ticket_name(key, entry.ticket, name), err));
    return store_commons_delete(tx->store, entry_name(key, id, name), err);
}

enum salve_code rec_day_shown(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct day_entry entry;
    bool found = false;
    TRY(rec_day_get(tx, id, &entry, &found, err));
    if (!found) return SALVE_OK;
    entry.shown_unix_ms = tx->now_unix_ms;
    return write_entry(tx, key_of(tx->site), &entry, err);
}

enum salve_code rec_day_all(struct rec_tx *tx, struct day_entry **out, size_t *count, size_t *damaged,
                            struct salve_err *err)
{
    const struct crypto_key *key = NULL;
    struct head head;
    struct str *names = NULL;
    size_t all = 0;
    *count = *damaged = 0;
    TRY(key_now(tx, &key, &head, err));
    if (key != NULL) TRY(store_commons_list(tx->store, STR(ENTRY_ROWS), tx->mem, &names, &all, err));
    *out = arena_array(tx->mem, struct day_entry, all + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "queue");
    for (size_t i = 0; i < all; i++) {
        enum salve_code code = read_entry(tx, key, names[i], &(*out)[*count], err);
        if (code != SALVE_OK && code != SALVE_E_INTEGRITY) return code;
        *count += code == SALVE_OK;
        *damaged += code != SALVE_OK;
    }
    return SALVE_OK;
}

/* --- by ticket ---------------------------------------------------------------------------------------------------- */

enum salve_code rec_day_who(struct rec_tx *tx, const uint8_t ticket[DAY_TICKET_CHARS], struct compartment *out,
                            int64_t *shown_unix_ms, struct salve_err *err)
{
    const struct crypto_key *key = NULL;
    struct head head;
    struct day_entry entry;
    bool found = false;
    char name[NAME_BYTES];
    TRY(key_now(tx, &key, &head, err));
    if (key == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "ticket");
    TRY(rec_sealed_get(tx, key, ticket_name(key, ticket, name), out->bytes, COMPARTMENT_BYTES, err));
    TRY(rec_day_get(tx, *out, &entry, &found, err));
    *shown_unix_ms = entry.shown_unix_ms;
    return found ? SALVE_OK : salve_fail(err, SALVE_E_NOT_FOUND, "ticket");
}

enum salve_code rec_day_ticket(struct rec_tx *tx, const struct day_entry *entry, struct compartment *out,
                               struct salve_err *err)
{
    char name[NAME_BYTES];
    const struct crypto_key *key = key_of(tx->site);
    return rec_sealed_get(tx, key, ticket_name(key, entry->ticket, name), out->bytes, COMPARTMENT_BYTES, err);
}

enum salve_code rec_day_tickets(struct rec_tx *tx, size_t *count, struct salve_err *err)
{
    const struct crypto_key *key = NULL;
    struct head head;
    struct str *names = NULL;
    *count = 0;
    TRY(key_now(tx, &key, &head, err));
    if (key == NULL) return SALVE_OK; /* what is there of an earlier day goes by itself */
    return store_commons_list(tx->store, STR(TICKET_ROWS), tx->mem, &names, count, err);
}
