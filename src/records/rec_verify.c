/* SPDX-License-Identifier: Apache-2.0
 *
 * verify: everything that can be checked without opening anybody's data. Nothing is decrypted for it but key wraps
 * inside the key store, so it leaves no leaf in anybody's history. Each finding names file, compartment and element. */
#include "base/file.h"
#include "base/limits.h"
#include "db/db.h"
#include "json/json.h"
#include "keys/keys.h"
#include "records/health_int.h"
#include "records/gate.h"
#include "records/log_int.h"
#include "records/login_int.h"
#include "records/revoked_int.h"
#include "records/verify_int.h"
#include "store/store.h"

enum { WORK_BYTES = 256 << 20, PROGRESS_EVERY = 256, ENTRIES = 256 };

/* A place as store, keys and db name it; one that starts with a compartment id is about that compartment. */
static void reported(void *who, const char *place, const char *what)
{
    struct verify *v = who;
    struct compartment id;
    struct str text = str_of(place), head = str_cut(text, 0, COMPARTMENT_TEXT_BYTES);
    if (compartment_parse(head, &id))
        rec_found(v, v->file, head, str_trim(str_cut(text, COMPARTMENT_TEXT_BYTES, text.len)), what);
    else
        rec_found(v, v->file, STR_NONE, text, what);
}

static void progress(struct verify *v, const char *step, uint64_t done, uint64_t of)
{
    if (v->ask->progress != NULL) v->ask->progress(v->ask->with, step, done, of);
}

/* --- the parts -------------------------------------------------------------------------------------------------- */

static enum salve_code verify_store(struct verify *v, struct salve_err *err)
{
    struct store_counts counts = {0};
    struct salve_err step_err = {0};
    uint64_t before = v->result->findings;
    v->file = "site.db";
    progress(v, "records", 0, 1);
    enum salve_code code = store_verify(v->site->store, reported, v, &counts, &step_err);
    v->result->compartments = counts.compartments;
    v->result->records = counts.records;
    return rec_verify_settle(v, "site.db", code, before, &step_err, err);
}

static enum salve_code verify_file(struct verify *v, struct salve_err *err)
{
    v->file = "site.db";
    return store_verify_file(v->site->store, reported, v, err);
}

static enum salve_code verify_rows(struct verify *v, struct salve_err *err)
{
    struct store_counts counts = {0};
    v->file = "site.db";
    enum salve_code code = store_verify_rows(v->site->store, reported, v, &counts, err);
    v->result->compartments = counts.compartments;
    v->result->records = counts.records;
    return code;
}

static enum salve_code verify_keys(struct verify *v, struct salve_err *err)
{
    struct keys_status status = {0};
    struct salve_err step_err = {0};
    uint64_t before = v->result->findings;
    v->file = "keys.db";
    progress(v, "keys", 0, 1);
    enum salve_code code = keys_verify(v->site->keys, reported, v, &step_err);
    code = rec_verify_settle(v, "keys.db", code, before, &step_err, err);
    if (code != SALVE_OK) return code;
    before = v->result->findings;
    code = keys_status(v->site->keys, &status, &step_err);
    v->result->wraps = status.wraps;
    return rec_verify_settle(v, "keys.db", code, before, &step_err, err);
}

static void log_progress(void *self, uint64_t done, uint64_t total) { progress(self, "log", done, total); }

static enum salve_code verify_log(struct verify *v, struct rec_tx *tx, const struct rec_log *log, struct salve_err *err)
{
    struct tlog_report report = {0};
    struct salve_err step_err = {0};
    uint64_t before = v->result->findings;
    enum salve_code code = rec_log_bind(tx, log, &step_err);
    if (code == SALVE_OK) code = tlog_verify(tx->log, &log->vkey, log_progress, v, &report, &step_err);
    v->result->leaves += report.entries;
    return rec_verify_settle(v, "site.db", code, before, &step_err, err);
}

/* signed-head must be a prefix of the log; checkpoint must be a note of ours about a head of the log. */
static enum salve_code verify_heads(struct verify *v, struct rec_tx *tx, struct salve_err *err)
{
    struct tlog_guard guard = rec_guard(v->site);
    struct salve_err step_err = {0};
    struct str note;
    uint64_t signed_by, before = v->result->findings;
    struct tlog_checkpoint head;
    struct tlog_hash root;
    enum salve_code code = rec_log_bind(tx, v->site->log, &step_err);
    if (code == SALVE_OK) code = tlog_check_guard(tx->log, &guard, &step_err);
    if (code != SALVE_OK) code = rec_verify_settle(v, "signed-head", SALVE_E_INTEGRITY, before, &step_err, err);
    before = v->result->findings;
    if (code == SALVE_OK) code = rec_verify_settle(v, "keys.db", rec_log_known(tx, &step_err), before, &step_err, err);
    if (code != SALVE_OK) return code;
    before = v->result->findings;
    code = rec_file_text(v->site, "checkpoint", SALVE_NOTE_BYTES_MAX, tx->mem, &note, &step_err);
    if (code == SALVE_OK) code = tlog_note_verify(note, &v->site->log->vkey, 1, &signed_by, NULL, &step_err);
    if (code == SALVE_OK) code = tlog_checkpoint_parse(note, &head, &step_err);
    if (code == SALVE_OK && head.size > tlog_size(tx->log)) code = salve_fail(&step_err, SALVE_E_INTEGRITY, "size");
    if (code == SALVE_OK) code = tlog_root_at(tx->log, head.size, &root, &step_err);
    if (code == SALVE_OK && !tlog_hash_eq(&root, &head.root)) code = salve_fail(&step_err, SALVE_E_INTEGRITY, "root");
    return rec_verify_settle(v, "checkpoint", code, before, &step_err, err);
}

/* Each of the logs, or the heads that stand beside them, or both. */
static enum salve_code verify_in_tx(struct verify *v, bool are_logs, bool are_heads, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_log *logs = NULL;
    size_t count = 0;
    enum salve_code code = rec_tx_begin(v->site, true, v->mem, &tx, err);
    if (code != SALVE_OK) return code;
    if (are_logs) code = rec_logs(&tx, v->mem, &logs, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++) code = verify_log(v, &tx, &logs[i], err);
    if (code == SALVE_OK && are_heads) code = verify_heads(v, &tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code verify_logs(struct verify *v, struct salve_err *err) { return verify_in_tx(v, true, true, err); }
static enum salve_code logs_alone(struct verify *v, struct salve_err *err) { return verify_in_tx(v, true, false, err); }
static enum salve_code heads_alone(struct verify *v, struct salve_err *err)
{
    return verify_in_tx(v, false, true, err);
}

/* --- wraps against records -------------------------------------------------------------------------------------- */

/* Every wrap rests on a CONSENT record with that hash, and on none that was taken back. */
static enum salve_code verify_grants(struct verify *v, struct rec_tx *tx, const struct rec_revoked *revoked,
                                     struct compartment id, struct salve_err *err)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    enum salve_code code = keys_granted(v->site->keys, id, granted, err);
    for (int p = PURPOSE_CARE; p <= PURPOSE_LAST && code == SALVE_OK; p++) {
        struct store_record record = {0};
        bool is_revoked = false;
        if (granted[p].classes == 0) continue;
        const struct keys_consent *rests = &granted[p].consent;
        code = store_record_get(tx->store, id, rests->seq, v->mem, &record, NULL);
        bool is_there = code == SALVE_OK && record.class == CLASS_CONSENT && !record.is_blank &&
                        memcmp(record.sha256, rests->sha256, sizeof record.sha256) == 0;
        if (!is_there && v->site->keeps_keys)
            v->result->keys_kept++; /* of a decision that was lost with an older site.db */
        else if (!is_there)
            rec_found_in(v, "keys.db", id, purpose_text((enum purpose)p), "these wraps rest on no consent record");
        code = rec_revoked_has_purpose(v->site, revoked, id, (enum purpose)p, rests->seq, &is_revoked, err);
        if (code == SALVE_OK && is_revoked)
            rec_found_left(v, "keys.db", id, purpose_text((enum purpose)p),
                           "wraps of a consent that was taken back; 'salve keys rotate' removes them");
    }
    return code;
}

static enum salve_code verify_keyed(struct verify *v, struct rec_tx *tx, const struct rec_revoked *revoked,
                                    struct compartment id, struct salve_err *err)
{
    struct store_head head;
    bool is_erased = false, is_revoked = false;
    enum salve_code code = store_tombstone_get(tx->store, id, &is_erased, err);
    if (code == SALVE_OK) code = rec_revoked_has_erasure(v->site, revoked, id, &is_revoked, err);
    if (code == SALVE_OK && (is_erased || is_revoked)) {
        rec_found_left(v, "keys.db", id, "wraps", "keys of an erased person; 'salve keys rotate' removes them");
        return SALVE_OK;
    }
    if (code == SALVE_OK) code = store_head_get(tx->store, id, &head, err);
    if (code == SALVE_OK && head.seq == 0 && v->site->keeps_keys) {
        v->result->keys_kept++; /* the person was enrolled after the older site.db that is used now */
        return SALVE_OK;
    }
    if (code == SALVE_OK && head.seq == 0) {
        rec_found_left(v, "keys.db", id, "wraps", "keys without records, as after a power cut; opening removes them");
        return SALVE_OK;
    }
    return code == SALVE_OK ? verify_grants(v, tx, revoked, id, err) : code;
}

static enum salve_code verify_wraps(struct verify *v, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_revoked revoked;
    struct compartment id, *after = NULL;
    struct compartment last;
    bool more = true;
    enum salve_code code = rec_revoked_read(v->site, 0, v->mem, &revoked, err);
    if (code == SALVE_OK) code = rec_tx_begin(v->site, true, v->mem, &tx, err);
    if (code != SALVE_OK) return code;
    if (v->site->revoked_count < v->site->revoked_done)
        rec_found(v, "revoked", STR_NONE, STR("lines"), "lines are missing; 'salve revoked' goes on");
    struct arena_mark mark = arena_mark(v->mem);
    for (uint64_t n = 0; code == SALVE_OK; n++) {
        code = keys_compartment_next(v->site->keys, after, &id, &more, err);
        if (code != SALVE_OK || !more) break;
        code = verify_keyed(v, &tx, &revoked, id, err);
        last = id;
        after = &last;
        arena_rewind(v->mem, mark);
        if (n % PROGRESS_EVERY == 0) progress(v, "wraps", n, v->result->compartments);
    }
    rec_tx_abandon(&tx);
    return code;
}

/* The head knows the newest decision, and the key store the one that it followed. */
static enum salve_code verify_decided(struct verify *v, struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    struct store_head head;
    uint64_t decided = 0;
    if (v->site->layout != STORE_LAYOUT || keys_layout(v->site->keys) != KEYS_LAYOUT) return SALVE_OK;
    enum salve_code code = store_head_get(tx->store, id, &head, err);
    if (code == SALVE_E_INTEGRITY) return SALVE_OK; /* told with the heads */
    if (code == SALVE_OK) code = keys_whole_decided(v->site->keys, id, &decided, err);
    if (code == SALVE_OK && decided != 0 && decided < head.decided)
        rec_found_in(v, "keys.db", id, "keys", "they are older than this person's newest decision");
    return code;
}

/* Records that should not be there, or that nobody can read. */
static enum salve_code verify_stored(struct verify *v, struct rec_tx *tx, const struct rec_revoked *revoked,
                                     struct compartment id, struct salve_err *err)
{
    bool exists = true, is_erased = false, is_revoked = false;
    enum salve_code code = rec_revoked_has_erasure(v->site, revoked, id, &is_revoked, err);
    if (code == SALVE_OK) code = store_tombstone_get(tx->store, id, &is_erased, err);
    if (code == SALVE_OK) code = keys_exists(v->site->keys, id, &exists, err);
    if (code != SALVE_OK) return code;
    if (is_erased || is_revoked)
        rec_found_left(v, "site.db", id, "records", "records of an erased person; 'salve keys rotate' removes them");
    else if (!exists)
        rec_found_in(v, "site.db", id, "records", "records without keys: nobody can open them");
    if (exists && !is_erased && !is_revoked) code = verify_decided(v, tx, id, err);
    if (code != SALVE_OK) return code;
    if (is_revoked && !is_erased)
        rec_found_in(v, "site.db", id, "tombstone", "the tombstone of this erasure is missing");
    return SALVE_OK;
}

static enum salve_code verify_records(struct verify *v, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_revoked revoked;
    struct compartment ids[64], last, *after = NULL;
    size_t count = 64;
    enum salve_code code = rec_revoked_read(v->site, 0, v->mem, &revoked, err);
    if (code == SALVE_OK) code = rec_tx_begin(v->site, true, v->mem, &tx, err);
    if (code != SALVE_OK) return code;
    while (code == SALVE_OK && count == 64) {
        code = store_compartment_list(tx.store, after, ids, 64, &count, err);
        for (size_t i = 0; code == SALVE_OK && i < count; i++) code = verify_stored(v, &tx, &revoked, ids[i], err);
        if (count > 0) last = ids[count - 1];
        after = &last;
    }
    rec_tx_abandon(&tx);
    return code;
}

/* --- tombstones against the log ----------------------------------------------------------------------------------- */

static bool is_turn(struct str entry, struct arena *mem, int64_t *tombstones)
{
    enum tlog_entry_type type;
    struct str payload;
    const struct json *doc = NULL;
    return tlog_entry_read(entry, &type, &payload, NULL) == SALVE_OK && type == TLOG_ENTRY_KEYS &&
           json_read(payload, NULL, mem, &doc, NULL) == SALVE_OK && json_i64(json_get(doc, "tombstones"), tombstones);
}

/* The count in the newest leaf about a turn of the keys; leaves of older logs count as well. */
static enum salve_code counted(struct verify *v, struct rec_tx *tx, int64_t *out, struct salve_err *err)
{
    uint64_t size = 0;
    size_t span = ENTRIES;
    bool is_found = false;
    enum salve_code code = store_log_size(tx->store, &size, err);
    struct arena_mark mark = arena_mark(v->mem);
    while (code == SALVE_OK && !is_found && size > 0) {
        struct str entries[ENTRIES];
        size_t count = size < span ? (size_t)size : span;
        code = store_log_list(tx->store, size - count, count, v->mem, entries, err);
        span = code == SALVE_OK ? ENTRIES : 1; /* one by one, up to what cannot be read */
        if (code != SALVE_OK && count > 1) {
            code = SALVE_OK;
            continue;
        }
        for (size_t i = count; code == SALVE_OK && !is_found && i-- > 0;) is_found = is_turn(entries[i], v->mem, out);
        size -= count;
        arena_rewind(v->mem, mark);
    }
    return code;
}

static enum salve_code verify_tombstones(struct verify *v, struct salve_err *err)
{
    struct rec_tx tx;
    uint64_t count = 0;
    int64_t least = 0;
    enum salve_code code = rec_tx_begin(v->site, true, v->mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = store_tombstone_count(tx.store, &count, err);
    if (code == SALVE_OK) code = counted(v, &tx, &least, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK && (int64_t)count < least)
        rec_found(v, "site.db", STR_NONE, STR("tombstones"), "fewer than the log counted when keys were last renewed");
    return code;
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

static enum salve_code verify_tries(struct verify *v, struct salve_err *err)
{
    struct salve_err step_err = {0};
    enum salve_code code = rec_tries_check(v->site, &step_err);
    return rec_verify_settle(v, "tries", code, v->result->findings, &step_err, err);
}

/* What reads the key store is for the thread that has it; the rest can be done beside it. */
static const struct rec_verify_part parts[] = {
    {"site.db", verify_store, {{verify_file, false}, {verify_rows, false}}},
    {"keys.db", verify_keys, {{verify_keys, true}}},
    {"site.db", verify_logs, {{logs_alone, false}, {heads_alone, true}}},
    {"keys.db", verify_wraps, {{verify_wraps, true}}},
    {"site.db", verify_records, {{verify_records, true}}},
    {"site.db", verify_tombstones, {{verify_tombstones, false}}},
    {"site.db", rec_verify_owners, {{rec_verify_owners, false}}},
    {"keys.db", rec_verify_tokens, {{rec_verify_tokens, true}}},
    {"site.db", rec_verify_work, {{NULL, false}}},
    {"site.db", rec_verify_queue, {{NULL, false}}},
    {"tries", verify_tries, {{NULL, false}}},
};
enum { PARTS = sizeof parts / sizeof parts[0] };
_Static_assert((int)PARTS <= (int)REC_VERIFY_PARTS_MAX, "there is a bit for each");

/* Many threads say that their parts are without a fault. All others, or all, are done one after the other, and tell. */
static enum salve_code verify_all(struct verify *v, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    uint32_t clean = rec_verify_beside(v, parts, PARTS);
    for (size_t i = 0; code == SALVE_OK && i < PARTS; i++)
        if ((clean & 1u << i) == 0) code = rec_verify_part(v, parts[i].file, parts[i].run, err);
    if (code == SALVE_OK) code = rec_verify_against(v, err);
    progress(v, "done", 1, 1);
    return code;
}

static enum salve_code verdict(const struct verify *v, enum salve_code code, struct salve_err *err)
{
    if (code != SALVE_OK || v->result->findings == 0) return code;
    return salve_fail(err, SALVE_E_INTEGRITY, "%llu findings", (unsigned long long)v->result->findings);
}

enum salve_code rec_verify(struct site *site, const struct site_verify_ask *ask, struct site_verify_result *out,
                           struct arena *mem, struct salve_err *err)
{
    *out = (struct site_verify_result){0};
    struct verify v = {.ask = ask, .site = site, .result = out, .mem = mem};
    return verify_all(&v, err);
}

enum salve_code rec_verify_open(struct site *site, const struct site_verify_ask *ask, struct site_verify_result *out,
                                struct salve_err *err)
{
    struct verify v = {.ask = ask, .site = site, .result = out};
    struct arena *mem = arena_open_private(WORK_BYTES);
    enum salve_code code =
        mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "verify") : rec_verify(site, ask, out, mem, err);
    arena_close(mem);
    return verdict(&v, code, err);
}

/* Nobody may verify too, and is told less. */
static enum salve_code who_asks(struct verify *v, struct actor actor, struct salve_err *err)
{
    if (actor.id.len == 0 && !rec_role_is_staff(actor.role)) return SALVE_OK;
    TRY(rec_may(v->site, actor, ACT_VERIFY, PURPOSE_NONE, err));
    TRY(rec_actor_is(v->site, actor, v->mem, err));
    v->shows_records = true;
    return SALVE_OK;
}

/* A register that cannot be read is a finding of what follows, not a reason to stop. */
static enum salve_code log_in(struct verify *v, struct salve_err *err)
{
    struct actor actor = {0};
    if (v->ask->login == NULL) return SALVE_OK;
    enum salve_code code = v->ask->login(v->ask->with, v->site, &actor, err);
    if (code == SALVE_OK) code = who_asks(v, actor, err);
    return code == SALVE_E_INTEGRITY ? SALVE_OK : code;
}

enum salve_code site_verify_begin(struct site *site, struct actor actor, bool *shows_records, struct salve_err *err)
{
    struct verify v = {.site = site, .mem = arena_open_private(WORK_BYTES)};
    if (v.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "verify");
    enum salve_code code = who_asks(&v, actor, err);
    if (code == SALVE_OK) (void)!rec_renew_rest(site, NULL); /* what cannot be renewed is found below */
    *shows_records = v.shows_records;
    arena_close(v.mem);
    return code;
}

enum salve_code site_verify_frozen(struct site *copy, const struct site_verify_ask *ask, bool shows_records,
                                   struct site_verify_result *out, struct salve_err *err)
{
    *out = (struct site_verify_result){0};
    struct verify v = {
        .ask = ask, .site = copy, .result = out, .shows_records = shows_records, .mem = arena_open_private(WORK_BYTES)};
    if (v.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "verify");
    enum salve_code code = verify_all(&v, err);
    arena_close(v.mem);
    return code;
}

enum salve_code site_verify_done(struct site *site, const struct site_verify_result *result, enum salve_code code,
                                 struct salve_err *err)
{
    struct verify v = {.site = site, .result = (struct site_verify_result *)(uintptr_t)result};
    site->must_sign = code == SALVE_OK; /* what is whole is signed at the closing */
    v.mem = code == SALVE_OK ? arena_open_private(WORK_BYTES) : NULL;
    if (v.mem != NULL)
        (void)!rec_verified_note(site, result->findings, v.mem, NULL); /* what cannot be noted was done */
    arena_close(v.mem);
    return verdict(&v, code, err);
}

enum salve_code near_site_verify(struct site *site, const struct site_verify_ask *ask, struct site_verify_result *out,
                                 struct salve_err *err)
{
    bool shows_records = false;
    *out = (struct site_verify_result){0};
    TRY(site_verify_begin(site, ask->actor, &shows_records, err));
    enum salve_code code = site_verify_frozen(site, ask, shows_records, out, err);
    return site_verify_done(site, out, code, err);
}

/* What can be said about a site that does not open: the page checksums of both databases, and why it does not. */
static enum salve_code verify_closed(struct verify *v, const struct site_options *options, enum salve_code why_code,
                                     const struct salve_err *why, struct salve_err *err)
{
    static const char *const files[] = {"site.db", "keys.db"};
    char path[DB_PATH_BYTES];
    uint64_t before = v->result->findings;
    for (size_t i = 0; i < 2; i++) {
        struct salve_err step_err = {0};
        uint64_t here = v->result->findings;
        v->file = files[i];
        enum salve_code code = db_path(options->path, files[i], path, err);
        if (code == SALVE_OK)
            code = rec_verify_settle(v, files[i], db_scan(path, reported, v, &step_err), here, &step_err, err);
        if (code != SALVE_OK) return code;
    }
    char where[SALVE_ERR_WHERE_BYTES];
    if (v->result->findings == before)
        rec_found(v, options->path, STR_NONE, str_of(salve_err_where(why, where)),
                  why->why[0] != '\0' ? why->why : salve_code_what(why_code));
    return SALVE_OK;
}

enum salve_code site_verify_path(const struct site_options *options, const struct site_verify_ask *ask,
                                 struct site_verify_result *out, struct salve_err *err)
{
    struct site *site = NULL;
    struct salve_err why = {0};
    *out = (struct site_verify_result){0};
    struct verify v = {.ask = ask, .result = out};
    enum salve_code code = rec_site_open(options, REC_OPEN_LENIENT, &site, &why);
    if (code == SALVE_OK) {
        v.site = site;
        out->is_made_up = near_site_is_made_up(site);
        v.mem = arena_open_private(WORK_BYTES);
        code = v.mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "verify") : log_in(&v, err);
        if (code == SALVE_OK) code = verify_all(&v, err);
        bool is_of_today = keys_layout(site->keys) == KEYS_LAYOUT; /* an earlier one can only be read */
        if (code == SALVE_OK && is_of_today && out->findings == 0 && !site->was_open &&
            rec_log_check(site, NULL) == SALVE_OK)
            site->must_sign = true; /* what is whole is signed */
        if (site->must_sign) (void)!rec_verified_note(site, 0, v.mem, NULL);
        arena_close(v.mem);
        if (site->must_sign) code = near_site_close(&site, err);
        rec_site_drop(&site);
    } else if (code == SALVE_E_INTEGRITY || code == SALVE_E_UNSUPPORTED || code == SALVE_E_CONFIG) {
        code = verify_closed(&v, options, code, &why, err);
    } else if (err != NULL) {
        *err = why;
    }
    return verdict(&v, code, err);
}
