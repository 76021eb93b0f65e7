/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the work lists. Two for a person with open work: "work/<keyed hash of the compartment>" with what is open,
 * "ticket/<keyed hash of the ticket>" with the compartment, both sealed, both of one length. They come and go together,
 * in the transaction of their reason. */
#include "base/zone.h"
#include "guideline/finding.h"
#include "keys/keys.h"
#include "records/login_int.h"
#include "records/queue_int.h"
#include "records/who_int.h"
#include "records/work_list_int.h"
#include "store/store.h"

#define WORK_ROWS   "work/"
#define TICKET_ROWS "ticket/"
#define LABEL       "SLV-work-v1"
enum {
    NAME_BYTES = sizeof TICKET_ROWS - 1 + REC_HASH_TEXT_BYTES + 1,
    SLOT_BYTES = 18,
    TICKET_CHARS = 6,
    TICKET_TRIES = 100, /* 2^25 tickets: a site with a million open ones finds a free one at once */
    HEAD_BYTES = COMPARTMENT_BYTES + TICKET_CHARS + 8,
    PLAIN_BYTES = HEAD_BYTES + WORK_ENTRIES_MAX * SLOT_BYTES,
    SEALED_BYTES = PLAIN_BYTES + CRYPTO_SEAL_BYTES,
    MINUTE_MS = 60 * 1000
};
#define DAY_MS ((int64_t)24 * 60 * MINUTE_MS)

static struct str work_name(const struct site *site, struct compartment id, char name[NAME_BYTES])
{
    return rec_row_hash(rec_gate_key(site), STR(LABEL), WORK_ROWS, compartment_bytes(&id), name);
}

static struct str ticket_name(const struct site *site, const uint8_t ticket[TICKET_CHARS], char name[NAME_BYTES])
{
    return rec_row_hash(rec_gate_key(site), STR(LABEL), TICKET_ROWS, str_bytes(ticket, TICKET_CHARS), name);
}

static enum salve_code put_sealed(struct rec_tx *tx, struct str name, const uint8_t *plain, size_t bytes,
                                  struct salve_err *err)
{
    return rec_sealed_put(tx, rec_gate_key(tx->site), name, str_bytes(plain, bytes), err);
}

static enum salve_code open_sealed(struct rec_tx *tx, struct str name, struct str sealed, uint8_t *plain,
                                   struct salve_err *err)
{
    if (crypto_open(rec_gate_key(tx->site), name, sealed, plain, NULL) == SALVE_OK) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "commons %.*s", STR_ARGS(name));
}

/* A row from before the last tasks is shorter by their entries: nothing of those is open. */
static bool is_row(struct str sealed)
{
    size_t least = HEAD_BYTES + CRYPTO_SEAL_BYTES;
    if (sealed.len < least || sealed.len > SEALED_BYTES) return false;
    return (sealed.len - least) % ((size_t)WORK_PARTS * SLOT_BYTES) == 0;
}

static enum salve_code get_row(struct rec_tx *tx, struct str name, uint8_t plain[PLAIN_BYTES], struct salve_err *err)
{
    struct str sealed;
    memset(plain, 0, PLAIN_BYTES);
    TRY(store_commons_get(tx->store, name, tx->mem, &sealed, err));
    if (is_row(sealed)) return open_sealed(tx, name, sealed, plain, err);
    return salve_fail(err, SALVE_E_INTEGRITY, "commons %.*s", STR_ARGS(name));
}

static enum salve_code get_ticket(struct rec_tx *tx, struct str name, struct compartment *out, struct salve_err *err)
{
    return rec_sealed_get(tx, rec_gate_key(tx->site), name, out->bytes, COMPARTMENT_BYTES, err);
}

/* --- a row -------------------------------------------------------------------------------------------------------- */

static void row_write(const struct rec_work *work, uint8_t plain[PLAIN_BYTES])
{
    memset(plain, 0, PLAIN_BYTES);
    memcpy(plain, work->id.bytes, COMPARTMENT_BYTES);
    memcpy(plain + COMPARTMENT_BYTES, work->ticket, TICKET_CHARS);
    crypto_put_u64(plain + COMPARTMENT_BYTES + TICKET_CHARS, (uint64_t)work->shown_unix_ms);
    for (size_t i = 0; i < WORK_ENTRIES_MAX; i++) {
        const struct rec_work_slot *slot = &work->slots[i / WORK_PARTS][i % WORK_PARTS];
        uint8_t *at = plain + HEAD_BYTES + i * SLOT_BYTES;
        if (!slot->is_open) continue;
        at[0] = 1;
        at[1] = (uint8_t)slot->urgency;
        crypto_put_u64(at + 2, (uint64_t)slot->since_unix_ms);
        crypto_put_u64(at + 10, (uint64_t)slot->due_unix_ms);
    }
}

static void row_read(const uint8_t plain[PLAIN_BYTES], struct rec_work *out)
{
    *out = (struct rec_work){0};
    memcpy(out->id.bytes, plain, COMPARTMENT_BYTES);
    memcpy(out->ticket, plain + COMPARTMENT_BYTES, TICKET_CHARS);
    out->shown_unix_ms = (int64_t)crypto_get_u64(plain + COMPARTMENT_BYTES + TICKET_CHARS);
    for (size_t i = 0; i < WORK_ENTRIES_MAX; i++) {
        const uint8_t *at = plain + HEAD_BYTES + i * SLOT_BYTES;
        out->slots[i / WORK_PARTS][i % WORK_PARTS] =
            (struct rec_work_slot){.is_open = at[0] == 1,
                                   .urgency = at[1],
                                   .since_unix_ms = (int64_t)crypto_get_u64(at + 2),
                                   .due_unix_ms = (int64_t)crypto_get_u64(at + 10)};
    }
}

enum salve_code rec_work_get(struct rec_tx *tx, struct compartment id, struct rec_work *out, bool *found,
                             struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    enum salve_code code = get_row(tx, work_name(tx->site, id, name), plain, err);
    *found = code == SALVE_OK;
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) return code;
    row_read(plain, out);
    return compartment_eq(out->id, id) ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons work");
}

static enum salve_code put(struct rec_tx *tx, const struct rec_work *work, struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    row_write(work, plain);
    TRY(put_sealed(tx, work_name(tx->site, work->id, name), plain, sizeof plain, err));
    rec_work_list_put(tx, work);
    return SALVE_OK;
}

static enum salve_code drop(struct rec_tx *tx, const struct rec_work *work, struct salve_err *err)
{
    char name[NAME_BYTES];
    TRY(store_commons_delete(tx->store, ticket_name(tx->site, work->ticket, name), err));
    TRY(store_commons_delete(tx->store, work_name(tx->site, work->id, name), err));
    rec_work_list_take(tx, work->id);
    return SALVE_OK;
}

static bool is_empty(const struct rec_work *work)
{
    for (size_t i = 0; i < WORK_ENTRIES_MAX; i++)
        if (work->slots[i / WORK_PARTS][i % WORK_PARTS].is_open) return false;
    return true;
}

enum salve_code rec_ticket_make(struct rec_tx *tx, uint8_t out[DAY_TICKET_CHARS], struct salve_err *err)
{
    char text[NAME_BYTES];
    struct str unused;
    struct compartment of;
    int64_t shown_unix_ms = 0;
    for (int i = 0; i < TICKET_TRIES; i++) {
        struct rec_code made;
        rec_code_make(REC_CODE_TICKET, &made);
        enum salve_code code =
            store_commons_get(tx->store, ticket_name(tx->site, made.values, text), tx->mem, &unused, NULL);
        if (code == SALVE_E_NOT_FOUND) code = rec_day_who(tx, made.values, &of, &shown_unix_ms, NULL);
        if (code == SALVE_OK) continue;
        if (code != SALVE_E_NOT_FOUND) return salve_fail(err, code, "commons ticket");
        memcpy(out, made.values, TICKET_CHARS);
        return SALVE_OK;
    }
    return salve_fail(err, SALVE_E_FULL, "tickets");
}

/* Who is in the queue of the day has theirs from there. */
static enum salve_code give_ticket(struct rec_tx *tx, struct rec_work *work, struct salve_err *err)
{
    char text[NAME_BYTES];
    struct day_entry entry;
    bool is_here = false;
    TRY(rec_day_get(tx, work->id, &entry, &is_here, err));
    if (is_here)
        memcpy(work->ticket, entry.ticket, TICKET_CHARS);
    else
        TRY(rec_ticket_make(tx, work->ticket, err));
    return put_sealed(tx, ticket_name(tx->site, work->ticket, text), work->id.bytes, COMPARTMENT_BYTES, err);
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

/* Of a referral: they come from the record and from answers. */
static bool is_of_referral(size_t task) { return task == WORK_REFER || task == WORK_FOLLOW || task == WORK_REPLY; }

/* No caller sets or ends them. */
static bool is_gates_own(size_t task) { return is_of_referral(task) || task == WORK_REMIND; }

/* What was open with the same urgency has been open since then; a letter that is signed anew (due later) since now. */
static void change_part(struct rec_work *work, const struct rec_work_change *change, size_t part, int64_t now_unix_ms)
{
    for (size_t task = 0; task < WORK_TASKS; task++) {
        if (is_gates_own(task)) continue;
        struct rec_work_slot *old = &work->slots[task][part], fresh = change->slots[task][part];
        bool is_same = old->is_open && fresh.is_open && old->urgency == fresh.urgency;
        if (task == WORK_LETTER && fresh.due_unix_ms > old->due_unix_ms) is_same = false;
        fresh.since_unix_ms = now_unix_ms;
        if (!is_same) *old = fresh;
    }
}

/* Open at least as urgently as `floor`; what was open like that before has been open since then. */
static void keep_open(struct rec_work_slot *slot, struct rec_work_slot floor, const struct rec_work_slot *old,
                      int64_t now_unix_ms)
{
    if (!floor.is_open || (slot->is_open && slot->urgency <= floor.urgency)) return;
    floor.since_unix_ms = now_unix_ms;
    *slot = old->is_open && old->urgency == floor.urgency ? *old : floor;
}

static void hold(struct rec_work *work, const struct rec_work *old, const struct rec_work_change *change,
                 int64_t now_unix_ms)
{
    for (size_t at = 0; at < WORK_ENTRIES_MAX; at++) {
        size_t task = at / WORK_PARTS, part = at % WORK_PARTS;
        if (is_gates_own(task) || part == WORK_NOT_KEPT || (task == WORK_LETTER && !change->is_seen[part])) continue;
        struct rec_work_slot floor = change->is_seen[part] ? change->least[task][part] : old->slots[task][part];
        keep_open(&work->slots[task][part], floor, &old->slots[task][part], now_unix_ms);
    }
}

/* Since when it is open, and by when it is due: of the same task that is as the record shows it. `waits`: another
 * answer is not noted yet. */
static void follow_referrals(struct rec_work *work, const struct rec_work_change *change, bool waits,
                             int64_t now_unix_ms)
{
    static const enum work_task tasks[] = {WORK_REFER, WORK_FOLLOW};
    if (!change->is_loaded || !change->is_seen[WORK_KEPT]) return;
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        struct rec_work_slot *old = &work->slots[tasks[i]][WORK_KEPT], fresh = change->least[tasks[i]][WORK_KEPT];
        fresh.since_unix_ms = old->is_open ? old->since_unix_ms : now_unix_ms;
        *old = fresh;
    }
    if (change->noted_count > 0 && !waits) work->slots[WORK_REPLY][WORK_KEPT].is_open = false;
}

static bool is_as_urgent(const struct rec_work *work, enum work_task task, uint32_t urgency)
{
    const struct rec_work_slot *slot = &work->slots[task][WORK_NOT_KEPT];
    return slot->is_open && slot->urgency <= urgency;
}

/* Nothing in the record speaks for what is not kept, so the list alone holds it: told, and then closed. */
static enum salve_code check_lost(const struct rec_work *work, const struct rec_work *old, bool may_close,
                                  struct salve_err *err)
{
    const struct rec_work_slot *tell = &old->slots[WORK_TELL][WORK_NOT_KEPT];
    const struct rec_work_slot *close = &old->slots[WORK_CLOSE][WORK_NOT_KEPT];
    if (tell->is_open && !is_as_urgent(work, WORK_TELL, tell->urgency) &&
        !is_as_urgent(work, WORK_CLOSE, tell->urgency))
        return salve_refuse(err, SALVE_E_CONFLICT, "nobody has noted that the person was told of it", "closing");
    if (close->is_open && !may_close && !is_as_urgent(work, WORK_CLOSE, close->urgency) &&
        !is_as_urgent(work, WORK_TELL, close->urgency))
        return salve_refuse(err, SALVE_E_ROLE, "a named clinician does that", "closing");
    return SALVE_OK;
}

enum salve_code rec_work_apply(struct rec_tx *tx, struct compartment id, const struct rec_work_change *change,
                               bool is_shown, struct salve_err *err)
{
    struct rec_work work = {.id = id};
    bool found = false, waits = false;
    TRY(rec_work_get(tx, id, &work, &found, err));
    if (!found) work = (struct rec_work){.id = id};
    const struct rec_work old = work;
    for (size_t part = 0; part < WORK_PARTS; part++)
        if (change->is_meant[part]) change_part(&work, change, part, tx->now_unix_ms);
    hold(&work, &old, change, tx->now_unix_ms);
    TRY(rec_replies_noted(tx, id, change, &waits, err));
    follow_referrals(&work, change, waits, tx->now_unix_ms);
    TRY(check_lost(&work, &old, change->may_close, err));
    if (is_empty(&work)) return found ? drop(tx, &work, err) : SALVE_OK;
    if (is_shown) work.shown_unix_ms = tx->now_unix_ms;
    if (!found) TRY(give_ticket(tx, &work, err));
    return put(tx, &work, err);
}

enum salve_code rec_work_answered(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct rec_work work;
    bool found = false;
    TRY(rec_work_get(tx, id, &work, &found, err));
    bool is_listed = found && (work.slots[WORK_REFER][WORK_KEPT].is_open || work.slots[WORK_FOLLOW][WORK_KEPT].is_open);
    if (!is_listed) return SALVE_OK; /* nor is what was answered, whatever else is open: it is seen when they come */
    struct rec_work_slot *slot = &work.slots[WORK_REPLY][WORK_KEPT];
    if (!slot->is_open) slot->since_unix_ms = tx->now_unix_ms;
    *slot = (struct rec_work_slot){
        .is_open = true, .urgency = URGENCY_NONE, .since_unix_ms = slot->since_unix_ms, .due_unix_ms = tx->now_unix_ms};
    return put(tx, &work, err);
}

enum salve_code rec_work_remind(struct rec_tx *tx, struct compartment id, int64_t due_unix_ms, struct salve_err *err)
{
    struct rec_work work = {.id = id};
    bool found = false, is_open = due_unix_ms != 0;
    TRY(rec_work_get(tx, id, &work, &found, err));
    if (!found) work = (struct rec_work){.id = id};
    if (!found && !is_open) return SALVE_OK;
    work.slots[WORK_REMIND][WORK_KEPT] = (struct rec_work_slot){
        .is_open = is_open, .urgency = URGENCY_NONE, .since_unix_ms = tx->now_unix_ms, .due_unix_ms = due_unix_ms};
    if (is_empty(&work)) return drop(tx, &work, err);
    if (!found) TRY(give_ticket(tx, &work, err));
    return put(tx, &work, err);
}

enum salve_code rec_work_shown(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct rec_work work;
    bool found = false;
    TRY(rec_work_get(tx, id, &work, &found, err));
    if (!found) return SALVE_OK;
    work.shown_unix_ms = tx->now_unix_ms;
    return put(tx, &work, err);
}

/* Something urgent that nobody told. */
static bool is_untold(const struct rec_work *work, size_t at)
{
    const struct rec_work_slot *slot = &work->slots[at / WORK_PARTS][at % WORK_PARTS];
    bool is_telling = at / WORK_PARTS == WORK_TELL || at / WORK_PARTS == WORK_SCREEN;
    return slot->is_open && is_telling && slot->urgency <= WORK_URGENT_MAX;
}

enum salve_code rec_work_holds(struct rec_tx *tx, struct compartment id, bool *is_held, uint32_t *urgency,
                               struct salve_err *err)
{
    struct rec_work work;
    bool found = false;
    *is_held = false;
    *urgency = URGENCY_NONE;
    TRY(rec_work_get(tx, id, &work, &found, err));
    for (size_t i = 0; found && i < WORK_ENTRIES_MAX; i++) {
        size_t task = i / WORK_PARTS;
        const struct rec_work_slot *slot = &work.slots[task][i % WORK_PARTS];
        *is_held = *is_held || is_untold(&work, i);
        if (slot->is_open && task != WORK_SIGN && task != WORK_LETTER && slot->urgency < *urgency)
            *urgency = slot->urgency;
    }
    return SALVE_OK;
}

enum salve_code rec_work_end(struct rec_tx *tx, struct compartment id, uint32_t keep, bool *ends_untold,
                             struct salve_err *err)
{
    struct rec_work work;
    bool found = false;
    if (keep == 0) TRY(rec_replies_end(tx, id, err));
    TRY(rec_work_get(tx, id, &work, &found, err));
    if (!found) return SALVE_OK;
    for (size_t i = 0; i < WORK_ENTRIES_MAX; i++) {
        if ((keep & (1u << i % WORK_PARTS)) != 0 || i / WORK_PARTS == WORK_REMIND) continue;
        *ends_untold = *ends_untold || is_untold(&work, i);
        work.slots[i / WORK_PARTS][i % WORK_PARTS].is_open = false;
    }
    return is_empty(&work) ? drop(tx, &work, err) : put(tx, &work, err);
}

/* Nobody asks any more what became of a referral. */
static enum salve_code end_referrals(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct rec_work work;
    bool found = false;
    TRY(rec_replies_end(tx, id, err));
    TRY(rec_work_get(tx, id, &work, &found, err));
    if (!found) return SALVE_OK;
    for (size_t at = 0; at < WORK_ENTRIES_MAX; at++)
        if (is_of_referral(at / WORK_PARTS)) work.slots[at / WORK_PARTS][at % WORK_PARTS].is_open = false;
    return is_empty(&work) ? drop(tx, &work, err) : put(tx, &work, err);
}

/* Follow-up reads what is plain, and care the rest; without either nobody of the staff opens the record. Where it
 * delivers who the person is and no results, it stands for the reminder alone, which goes on without care. */
enum salve_code rec_work_withdrawn(struct rec_tx *tx, struct compartment id, enum purpose purpose, bool *ends_untold,
                                   struct salve_err *err)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    if (purpose != PURPOSE_CARE && purpose != PURPOSE_FOLLOW_UP) return SALVE_OK;
    enum purpose other = purpose == PURPOSE_CARE ? PURPOSE_FOLLOW_UP : PURPOSE_CARE;
    if (purpose == PURPOSE_FOLLOW_UP) TRY(end_referrals(tx, id, err));
    if (purpose == PURPOSE_FOLLOW_UP) TRY(rec_reminder_end(tx, id, err));
    TRY(keys_granted(tx->site->keys, id, granted, err));
    if ((granted[other].classes & CLASS_BIT(CLASS_CLIN)) == 0) return rec_work_end(tx, id, 0, ends_untold, err);
    return purpose == PURPOSE_CARE ? rec_work_end(tx, id, 1u << WORK_KEPT, ends_untold, err) : SALVE_OK;
}

void rec_work_without_stale(struct rec_work *work, int64_t now_unix_ms)
{
    for (size_t at = 0; at < WORK_ENTRIES_MAX; at++) {
        struct rec_work_slot *slot = &work->slots[at / WORK_PARTS][at % WORK_PARTS];
        if (now_unix_ms > rec_work_ends_unix_ms(at / WORK_PARTS, slot)) slot->is_open = false;
    }
}

enum salve_code rec_work_stale_end(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct rec_work work;
    bool found = false;
    TRY(rec_work_get(tx, id, &work, &found, err));
    if (!found || tx->is_suspect) return SALVE_OK;
    rec_work_without_stale(&work, tx->now_unix_ms);
    return is_empty(&work) ? drop(tx, &work, err) : put(tx, &work, err);
}

/* --- by ticket ---------------------------------------------------------------------------------------------------- */

static bool lasts(const struct site *site, int64_t shown_unix_ms)
{
    int64_t now_unix_ms = near_site_now_unix_ms(site);
    if (shown_unix_ms == 0 || near_site_clock_suspect(site) || site->zone == NULL) return false;
    return shown_unix_ms >= zone_day(site->zone, now_unix_ms).start_unix_ms &&
           now_unix_ms - shown_unix_ms < (int64_t)WORK_SHOWN_MINUTES_MAX * MINUTE_MS;
}

bool rec_work_lasts(const struct site *site, const struct rec_work *work) { return lasts(site, work->shown_unix_ms); }

/* A ticket of the day opens while the showing of the card lasts, and then waits for it. */
static enum salve_code who_today(struct rec_tx *tx, const uint8_t ticket[TICKET_CHARS], struct compartment *out,
                                 bool *is_shown, struct salve_err *err)
{
    int64_t shown_unix_ms = 0;
    TRY(rec_day_who(tx, ticket, out, &shown_unix_ms, err));
    *is_shown = lasts(tx->site, shown_unix_ms);
    if (*is_shown) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT, "the card was shown more than half an hour ago; show it again", "ticket");
}

/* A ticket that is of a reminder and of nothing else opens for that alone. */
static bool is_more_than_reminder(const struct rec_work *work)
{
    struct rec_work other = *work;
    other.slots[WORK_REMIND][WORK_KEPT].is_open = false;
    return !is_empty(&other);
}

enum salve_code rec_work_to_remind(struct site *site, struct str ticket, struct arena *mem, struct compartment *out,
                                   struct salve_err *err)
{
    struct rec_code code;
    struct rec_tx tx;
    char name[NAME_BYTES];
    bool stands = false;
    if (!rec_code_read(REC_CODE_TICKET, ticket, &code)) return rec_not_here(err);
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code result = get_ticket(&tx, ticket_name(site, code.values, name), out, err);
    if (result == SALVE_OK) result = rec_reminder_stands(&tx, *out, &stands, err);
    rec_tx_abandon(&tx);
    if (result == SALVE_OK && stands) return SALVE_OK;
    if (result != SALVE_OK && result != SALVE_E_NOT_FOUND) return result;
    rec_guess_note(site);
    return rec_not_here(err);
}

enum salve_code rec_work_who(struct site *site, struct str ticket, struct arena *mem, struct compartment *out,
                             bool *is_shown, struct salve_err *err)
{
    struct rec_code code;
    struct rec_tx tx;
    struct rec_work work;
    char name[NAME_BYTES];
    bool found = false;
    if (!rec_code_read(REC_CODE_TICKET, ticket, &code)) return rec_not_here(err);
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code result = get_ticket(&tx, ticket_name(site, code.values, name), out, err);
    if (result == SALVE_OK) result = rec_work_get(&tx, *out, &work, &found, err);
    if (found && !tx.is_suspect) rec_work_without_stale(&work, tx.now_unix_ms);
    if (found) found = is_more_than_reminder(&work);
    if (result == SALVE_OK && found) *is_shown = rec_work_lasts(site, &work);
    if (result == SALVE_E_NOT_FOUND || (result == SALVE_OK && !found)) {
        result = who_today(&tx, code.values, out, is_shown, err);
        found = result == SALVE_OK;
    }
    rec_tx_abandon(&tx);
    if (result == SALVE_E_NOT_FOUND || (result == SALVE_OK && !found)) {
        rec_guess_note(site);
        return rec_not_here(err);
    }
    return result;
}

struct str rec_work_row_name(const struct site *site, struct compartment id, char name[REC_WORK_NAME_BYTES])
{
    _Static_assert((int)NAME_BYTES < (int)REC_WORK_NAME_BYTES, "with a character more");
    return work_name(site, id, name);
}

enum salve_code rec_work_row(struct rec_tx *tx, struct str name, struct rec_work *out, struct salve_err *err)
{
    uint8_t plain[PLAIN_BYTES];
    TRY(get_row(tx, name, plain, err));
    row_read(plain, out);
    return SALVE_OK;
}

/* Names are of one length: the next is behind this one with anything behind it. */
enum salve_code rec_work_names(struct rec_tx *tx, struct str after, size_t max, struct str **names, size_t *count,
                               struct salve_err *err)
{
    struct str from = STR("");
    if (after.len > 0) from = arena_printf(tx->mem, "%.*s0", STR_ARGS(after));
    if (from.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    return store_commons_page(tx->store, STR(WORK_ROWS), from, max, tx->mem, names, count, err);
}

enum salve_code rec_work_all(struct rec_tx *tx, struct rec_work **out, size_t *count, struct salve_err *err)
{
    struct str *names = NULL;
    TRY(store_commons_list(tx->store, STR(WORK_ROWS), tx->mem, &names, count, err));
    *out = arena_array(tx->mem, struct rec_work, *count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    for (size_t i = 0; i < *count; i++) TRY(rec_work_row(tx, names[i], &(*out)[i], err));
    return SALVE_OK;
}

enum salve_code rec_work_ticket(struct rec_tx *tx, const struct rec_work *work, struct compartment *out,
                                struct salve_err *err)
{
    char name[NAME_BYTES];
    return get_ticket(tx, ticket_name(tx->site, work->ticket, name), out, err);
}

enum salve_code rec_work_tickets(struct rec_tx *tx, size_t *count, struct salve_err *err)
{
    struct str *names = NULL;
    return store_commons_list(tx->store, STR(TICKET_ROWS), tx->mem, &names, count, err);
}
