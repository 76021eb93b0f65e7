/* SPDX-License-Identifier: Apache-2.0
 *
 * The signed head of the log, once an interval: dummy leaves up to a multiple of 16 and the signature in one
 * transaction, then the guard file `signed-head` (so that an older database can never sign again), then the file
 * `checkpoint` for everybody. No signature is shown before its guard is durable. Receipts are made against the newest
 * one; what came after it has its proof after the next. */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/event_int.h"
#include "records/gate.h"
#include "records/log_int.h"
#include "records/rec.h"
#include "store/store.h"

enum { SIGN_BYTES = 64 << 20 };

static enum salve_code guard_read(void *self, struct arena *mem, struct str *text, struct salve_err *err)
{
    const struct site *site = self;
    return rec_file_text(site, "signed-head", SALVE_NOTE_BYTES_MAX, mem, text, err);
}

static enum salve_code guard_write(void *self, struct str text, struct salve_err *err)
{
    struct site *site = self;
    char path[DB_PATH_BYTES];
    enum salve_code code = db_path(site->path, "signed-head", path, err);
    return code == SALVE_OK ? file_replace(path, text, 0644, err) : code;
}

struct tlog_guard rec_guard(struct site *site)
{
    return (struct tlog_guard){.self = site, .read = guard_read, .write = guard_write};
}

static enum salve_code sign_message(void *self, struct str message, uint8_t signature[TLOG_SIGNATURE_BYTES],
                                    struct salve_err *err)
{
    struct site *site = self;
    (void)err;
    crypto_sign_make(crypto_keys_at(site->log_seed, 0), message, signature);
    return SALVE_OK;
}

/* --- when ------------------------------------------------------------------------------------------------------- */

static bool is_due(const struct site *site, int64_t interval_ms)
{
    int64_t at = site->signed_at_unix_ms, now = site->now_unix_ms;
    return at == 0 || at > now || now - at >= interval_ms;
}

/* Where the clock signs, it is no later than the first tick behind the interval. */
int64_t rec_proof_from_unix_ms(const struct site *site)
{
    int64_t from = site->signed_at_unix_ms + (site->is_ticking ? REC_TICK_INTERVAL_MS : REC_SIGN_INTERVAL_MS);
    int64_t soonest = site->now_unix_ms + (site->is_ticking ? GATE_TICK_MS : 0);
    return from > soonest ? from : soonest;
}

/* --- signing ---------------------------------------------------------------------------------------------------- */

/* A signature on its way: the guard's words wait until the leaves and the archived note are durable. */
struct signing {
    struct site *site;
    bool is_hourly; /* also where nothing is new */
    struct str head, note;
    uint64_t size;
};

static enum salve_code later_read(void *self, struct arena *mem, struct str *text, struct salve_err *err)
{
    return guard_read(((struct signing *)self)->site, mem, text, err);
}

static enum salve_code later_write(void *self, struct str text, struct salve_err *err)
{
    (void)err;
    ((struct signing *)self)->head = text;
    return SALVE_OK;
}

/* Without a sync: the archive in the store has the note too, and the next opening puts it there again. */
static enum salve_code publish_note(struct site *site, struct str note, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    enum salve_code code = db_path(site->path, "checkpoint", path, err);
    if (code == SALVE_OK) code = file_replace_unsynced(path, note, 0644, err);
    if (code != SALVE_OK) return code;
    site->published_at_unix_ms = site->hour_unix_ms = site->now_unix_ms;
    site->has_unpublished = false;
    return SALVE_OK;
}

/* A file that changes every few seconds tells how busy a site is; a gate that runs publishes once an hour. */
static bool must_publish(const struct site *site)
{
    int64_t age_ms = site->now_unix_ms - site->published_at_unix_ms;
    return !site->is_ticking || site->published_at_unix_ms == 0 || age_ms < 0 || age_ms >= REC_PUBLISH_INTERVAL_MS;
}

/* Dummy leaves and the signature over them, in one transaction with whatever else it carries. */
static enum salve_code sign_in(struct signing *s, struct rec_tx *tx, struct salve_err *err)
{
    uint32_t added = 0;
    struct tlog_signer signer = {.vkey = s->site->log->vkey, .self = s->site, .sign = sign_message};
    struct tlog_guard guard = {.self = s, .read = later_read, .write = later_write};
    if (tlog_size(tx->log) == 0) return SALVE_OK;
    enum salve_code code = tlog_pad(tx->log, TLOG_PAD_MULTIPLE, &added, err);
    if (code == SALVE_OK && s->is_hourly && tlog_size(tx->log) == s->site->signed_size)
        code = tlog_fill(tx->log, TLOG_PAD_MULTIPLE, err);
    s->size = tlog_size(tx->log);
    if (code != SALVE_OK || s->size == s->site->signed_size) return code;
    code = tlog_sign(tx->log, &signer, &guard, tx->mem, &s->note, err);
    return code == SALVE_OK ? store_mark_put(tx->store, STR("signed_at"), (uint64_t)tx->now_unix_ms, err) : code;
}

/* The leaves and the signature are durable; nobody has seen it yet. Now the guard, then the note for everybody. Cut in
 * between, the next opening does both (rec_log_check). */
static enum salve_code release(const struct signing *s, struct salve_err *err)
{
    struct site *site = s->site;
    if (s->note.len == 0) return SALVE_OK;
    enum salve_code code = s->head.len > 0 ? guard_write(site, s->head, err) : SALVE_OK;
    if (code != SALVE_OK) return code;
    site->signed_size = s->size;
    site->signed_at_unix_ms = site->now_unix_ms;
    site->has_unpublished = true;
    return must_publish(site) ? publish_note(site, s->note, err) : SALVE_OK;
}

/* The very first head of a log has no guard before it: what is durable without one was never signed. So its leaves are
 * made durable, and the guard, before the signature. */
static enum salve_code first_guard(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct str text;
    uint32_t added = 0;
    if (site->signed_size > 0) return SALVE_OK;
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    if (tlog_size(tx.log) > 0) code = tlog_pad(tx.log, TLOG_PAD_MULTIPLE, &added, err);
    struct tlog_checkpoint head = {site->log->origin, tlog_size(tx.log), tlog_root(tx.log)};
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK || head.size == 0) return code;
    code = tlog_checkpoint_text(&head, mem, &text, err);
    return code == SALVE_OK ? guard_write(site, text, err) : code;
}

/* One transaction: the notes of closed views, what is signed, and that there is nothing to complete after it. */
enum finish { FINISH_UNSIGNED, FINISH_SIGNED, FINISH_HOURLY };
static enum salve_code finish(struct site *site, enum finish how, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    bool with_signature = how != FINISH_UNSIGNED;
    struct signing signing = {.site = site, .is_hourly = how == FINISH_HOURLY};
    bool has_written = site->is_marked_open || site->closing != NULL;
    enum salve_code code = with_signature ? first_guard(site, mem, err) : SALVE_OK;
    if (code == SALVE_OK) code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    if (with_signature) code = sign_in(&signing, &tx, err);
    bool is_empty = !has_written && signing.note.len == 0; /* and then it leaves no trace */
    if (code == SALVE_OK && !site->has_leftovers) code = store_mark_put(tx.store, STR("open"), 0, err);
    if (code == SALVE_OK && !is_empty) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK || is_empty) return code;
    site->is_marked_open = site->has_leftovers;
    return release(&signing, err);
}

enum salve_code rec_sign(struct site *site, enum rec_sign_when when, struct arena *mem, struct salve_err *err)
{
    bool is_now = when == REC_SIGN_NOW || (!site->is_ticking && is_due(site, REC_SIGN_INTERVAL_MS));
    return is_now ? finish(site, FINISH_SIGNED, mem, err) : SALVE_OK;
}

/* The newest signature, for everybody, where the hour was not over. */
static enum salve_code publish_last(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct str note = STR_NONE;
    if (!site->has_unpublished) return SALVE_OK;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = tlog_newest_checkpoint(tx.log, mem, &note, err);
    rec_tx_abandon(&tx);
    return code == SALVE_OK ? publish_note(site, note, err) : code;
}

/* Once an hour everybody sees a longer log, also where nobody came: one that stands still would tell so. */
static bool is_hour_over(struct site *site)
{
    if (site->hour_unix_ms == 0) site->hour_unix_ms = site->now_unix_ms;
    return !site->is_suspect && site->now_unix_ms - site->hour_unix_ms >= REC_PUBLISH_INTERVAL_MS;
}

enum salve_code rec_sign_tick(struct site *site, uint64_t log_size, struct arena *mem, struct salve_err *err)
{
    bool has_news = log_size > site->signed_size || site->closing != NULL, is_hour = is_hour_over(site);
    if (has_news) return is_due(site, REC_TICK_INTERVAL_MS) ? finish(site, FINISH_SIGNED, mem, err) : SALVE_OK;
    if (!is_hour) return SALVE_OK;
    return site->has_unpublished ? publish_last(site, mem, err) : finish(site, FINISH_HOURLY, mem, err);
}

enum salve_code rec_sign_closing(struct site *site, struct arena *mem, struct salve_err *err)
{
    bool has_written = site->is_marked_open || site->closing != NULL;
    bool with_signature = site->must_sign || (has_written && is_due(site, REC_SIGN_INTERVAL_MS));
    enum salve_code code = has_written || with_signature
                               ? finish(site, with_signature ? FINISH_SIGNED : FINISH_UNSIGNED, mem, err)
                               : SALVE_OK;
    return code == SALVE_OK ? publish_last(site, mem, err) : code;
}

enum salve_code rec_receipt_make(struct site *site, const struct rec_leaf *leaf, enum rec_sign_when when,
                                 struct arena *mem, struct rec_receipt *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_event event;
    struct str note = STR_NONE;
    if (out == NULL) return SALVE_OK;
    salve_assert(leaf->event.ptr != NULL && leaf->log_number == site->log->number);
    enum salve_code code = rec_event_read(leaf->event, mem, &event, err);
    if (code != SALVE_OK) return code;
    *out = (struct rec_receipt){.kind = str_of(rec_event_text(event.kind)),
                                .purpose = event.purpose,
                                .leaf_index = leaf->index,
                                .at_unix_ms = leaf->at_unix_ms};
    code = rec_sign(site, when, mem, err);
    if (code == SALVE_OK && leaf->index >= site->signed_size) {
        out->proof_from_unix_ms = rec_proof_from_unix_ms(site);
        return SALVE_OK;
    }
    if (code == SALVE_OK) code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = tlog_newest_checkpoint(tx.log, mem, &note, err);
    if (code == SALVE_OK) code = tlog_receipt(tx.log, leaf->index, leaf->salt, leaf->event, note, mem, &out->text, err);
    rec_tx_abandon(&tx);
    return code;
}

/* --- at the opening of a site ----------------------------------------------------------------------------------- */

static void keep_old(const struct site *site, const char *name, uint32_t number)
{
    char from[DB_PATH_BYTES], to_name[64], to[DB_PATH_BYTES];
    snprintf(to_name, sizeof to_name, "%s.%u", name, number);
    if (db_path(site->path, name, from, NULL) == SALVE_OK && db_path(site->path, to_name, to, NULL) == SALVE_OK)
        (void)!rename(from, to);
}

void rec_keep_old_heads(const struct site *site, uint32_t number)
{
    keep_old(site, "checkpoint", number);
    keep_old(site, "signed-head", number);
}

/* After a successor log began, the head of the old one is kept under another name; a crash may have left that to do. */
static void keep_old_head(struct site *site, struct arena *mem)
{
    struct tlog_guard guard = rec_guard(site);
    struct tlog_checkpoint head;
    struct str text;
    if (site->log->number > 1 && guard.read(guard.self, mem, &text, NULL) == SALVE_OK &&
        tlog_checkpoint_parse(text, &head, NULL) == SALVE_OK && !str_eq(head.origin, site->log->origin))
        rec_keep_old_heads(site, site->log->number - 1);
}

static enum salve_code is_older(const char *file, struct salve_err *err)
{
    return salve_refuse(
        err, SALVE_E_INTEGRITY,
        "the log in site.db is older than, or other than, what was signed: bring the newest site.db back, or "
        "start a successor log ('salve log successor')",
        "%s", file);
}

/* What was signed, as the archive in the store has it, and how far the two files beside it have come. */
struct heads {
    struct str note; /* empty: nothing is archived, or it is damaged, which verify names */
    struct tlog_checkpoint archived;
    uint64_t guarded, published;
    bool is_damaged; /* the archive */
};

static enum salve_code check_head(struct rec_tx *tx, const struct tlog_checkpoint *head, const char *file,
                                  struct salve_err *err)
{
    struct tlog_hash root;
    if (head->size > tlog_size(tx->log)) return is_older(file, err);
    enum salve_code code = tlog_root_at(tx->log, head->size, &root, err);
    return code == SALVE_OK && !tlog_hash_eq(&root, &head->root) ? is_older(file, err) : code;
}

static bool is_ours(const struct site *site, struct str note, struct tlog_checkpoint *head)
{
    uint64_t signed_by;
    return tlog_note_verify(note, &site->log->vkey, 1, &signed_by, NULL, NULL) == SALVE_OK &&
           tlog_checkpoint_parse(note, head, NULL) == SALVE_OK;
}

static void read_archive(struct rec_tx *tx, struct heads *heads)
{
    enum salve_code code = tlog_newest_checkpoint(tx->log, tx->mem, &heads->note, NULL);
    bool is_good = code == SALVE_OK && is_ours(tx->site, heads->note, &heads->archived) &&
                   check_head(tx, &heads->archived, "site.db", NULL) == SALVE_OK;
    heads->is_damaged = !is_good && code != SALVE_E_NOT_FOUND;
    if (!is_good) heads->note = STR_NONE;
}

/* The file `checkpoint`, where it is a note of ours: it may have survived where signed-head did not. One that is
 * neither ours nor empty counts as the newest: verify tells about the file itself. */
static enum salve_code check_published(struct rec_tx *tx, struct heads *heads, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    struct str note;
    struct tlog_checkpoint head;
    enum salve_code code = db_path(tx->site->path, "checkpoint", path, err);
    if (code != SALVE_OK) return code;
    code = file_read_plain(path, SALVE_NOTE_BYTES_MAX, tx->mem, &note, NULL);
    if (code == SALVE_E_NOT_FOUND || (code == SALVE_OK && note.len == 0)) return SALVE_OK;
    heads->published = UINT64_MAX;
    if (code != SALVE_OK || !is_ours(tx->site, note, &head)) return SALVE_OK;
    heads->published = head.size;
    return check_head(tx, &head, "checkpoint", err);
}

/* The size of the guard's head; E_NOT_FOUND, E_INVALID: there is none that can be read. Errors of reading are those. */
static enum salve_code guarded_size(struct rec_tx *tx, const struct tlog_guard *guard, uint64_t *size,
                                    struct salve_err *err)
{
    struct str text;
    struct tlog_checkpoint head;
    TRY(guard->read(guard->self, tx->mem, &text, err));
    TRY(tlog_checkpoint_parse(text, &head, err));
    *size = head.size;
    return SALVE_OK;
}

static enum salve_code check_guard(struct rec_tx *tx, struct heads *heads, struct salve_err *err)
{
    struct salve_err why = {0};
    struct tlog_guard guard = rec_guard(tx->site);
    enum salve_code code = tlog_check_guard(tx->log, &guard, &why); /* one that is missing is no error there */
    if (code == SALVE_E_CONFLICT) return is_older("signed-head", err);
    if (code == SALVE_OK) {
        code = guarded_size(tx, &guard, &heads->guarded, &why);
        if (code == SALVE_OK) return code;
        if (code == SALVE_E_NOT_FOUND && heads->note.len == 0 && !heads->is_damaged) return SALVE_OK;
    }
    if (code == SALVE_E_NOT_FOUND || code == SALVE_E_INVALID || code == SALVE_E_INTEGRITY)
        return salve_refuse(err, SALVE_E_INTEGRITY,
                            "the file is missing or damaged, though the log was signed before: bring it back, or start "
                            "a successor log ('salve log successor')",
                            "signed-head");
    if (err != NULL) *err = why;
    return code;
}

/* What a cut left undone behind the transaction of a signature: the guard first, then the note for everybody. */
static enum salve_code catch_up(struct site *site, const struct heads *heads, struct arena *mem, struct salve_err *err)
{
    struct str text;
    enum salve_code code = SALVE_OK;
    if (heads->note.len == 0) return SALVE_OK;
    if (heads->guarded < heads->archived.size) {
        code = tlog_checkpoint_text(&heads->archived, mem, &text, err);
        if (code == SALVE_OK) code = guard_write(site, text, err);
    }
    return code == SALVE_OK && heads->published < heads->archived.size ? publish_note(site, heads->note, err) : code;
}

/* site.db, signed-head and checkpoint of one backup agree with each other; the key store of today knows better, also of
 * leaves that were not signed yet. */
enum salve_code rec_log_known(struct rec_tx *tx, struct salve_err *err)
{
    struct keys_signed known;
    struct tlog_hash root;
    uint32_t number = tx->site->log->number;
    enum salve_code code = keys_signed_get(tx->site->keys, &known, err);
    if (code != SALVE_OK || known.log < number) return code;
    if (known.log > number || known.size > tlog_size(tx->log)) return is_older("keys.db: signed head", err);
    code = known.size == 0 ? SALVE_OK : tlog_root_at(tx->log, known.size, &root, err);
    bool is_other = code == SALVE_OK && known.size > 0 && memcmp(root.bytes, known.root, sizeof known.root) != 0;
    return is_other ? is_older("keys.db: signed head", err) : code;
}

enum salve_code rec_log_remember(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct keys_signed head = {.log = site->log->number};
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    struct tlog_hash root = tlog_root(tx.log);
    head.size = tlog_size(tx.log);
    rec_tx_abandon(&tx);
    memcpy(head.root, root.bytes, sizeof head.root);
    return head.size > 0 ? keys_signed_put(site->keys, &head, err) : SALVE_OK;
}

static enum salve_code check_in(struct rec_tx *tx, struct heads *heads, struct salve_err *err)
{
    struct site *site = tx->site;
    uint64_t signed_at = 0;
    read_archive(tx, heads);
    enum salve_code code = check_guard(tx, heads, err);
    if (code == SALVE_OK) code = check_published(tx, heads, err);
    if (code == SALVE_OK) code = rec_log_known(tx, err);
    if (code == SALVE_OK) code = store_mark_get(tx->store, STR("signed_at"), &signed_at, err);
    site->signed_size = heads->is_damaged ? heads->guarded : heads->archived.size;
    site->signed_at_unix_ms = (int64_t)signed_at;
    return code;
}

enum salve_code rec_log_check(struct site *site, struct salve_err *err)
{
    struct rec_tx tx;
    struct heads heads = {0};
    struct arena *mem = arena_open_private(SIGN_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    keep_old_head(site, mem);
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code == SALVE_OK) {
        code = check_in(&tx, &heads, err);
        rec_tx_abandon(&tx);
    }
    if (code == SALVE_OK) code = catch_up(site, &heads, mem, err);
    arena_close(mem);
    return code;
}
