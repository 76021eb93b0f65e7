/* SPDX-License-Identifier: Apache-2.0
 * verify against what somebody outside of the folder has: a checkpoint, a receipt, a proof, a letter. A folder that was
 * put back as a whole agrees with itself; it does not go on from a head that was signed after the time it is of. */
#include "records/log_int.h"
#include "records/verify_int.h"

/* --- one head ----------------------------------------------------------------------------------------------------- */

static const struct rec_log *log_of(const struct rec_log *logs, size_t count, struct str origin)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(logs[i].origin, origin)) return &logs[i];
    return NULL;
}

/* salve.<name>/<number> of the same name as our logs, with a number that we do not have. */
static bool is_later(const struct rec_log *logs, size_t count, struct str origin)
{
    struct str newest = logs[count - 1].origin;
    size_t stem = newest.len;
    int64_t number = 0;
    while (stem > 0 && newest.ptr[stem - 1] != '/') stem--;
    return str_starts(origin, str_cut(newest, 0, stem)) && str_to_i64(str_cut(origin, stem, origin.len), &number) &&
           number > (int64_t)logs[count - 1].number;
}

static void told(struct verify *v, const struct tlog_checkpoint *head, const char *what)
{
    struct str element =
        arena_printf(v->mem, "%.*s, %llu entries", STR_ARGS(head->origin), (unsigned long long)head->size);
    rec_found(v, "--against", STR_NONE, element, what);
}

static enum salve_code check_head(struct verify *v, struct rec_tx *tx, const struct rec_log *logs, size_t count,
                                  struct str note, struct salve_err *err)
{
    struct tlog_checkpoint head;
    struct tlog_hash root;
    uint64_t signed_by;
    TRY(tlog_checkpoint_parse(note, &head, err));
    const struct rec_log *log = log_of(logs, count, head.origin);
    if (log == NULL && is_later(logs, count, head.origin)) {
        told(v, &head, "this folder is older: it knows nothing of this log, which began after it");
        return SALVE_OK;
    }
    if (log == NULL || tlog_note_verify(note, &log->vkey, 1, &signed_by, NULL, NULL) != SALVE_OK)
        return salve_refuse(err, SALVE_E_INVALID, "it was not signed by a log of this site", "%.*s",
                            STR_ARGS(head.origin));
    TRY(rec_log_bind(tx, log, err));
    if (head.size > tlog_size(tx->log)) {
        told(v, &head, "this folder is older: entries that were signed are not in it");
        return SALVE_OK;
    }
    TRY(tlog_root_at(tx->log, head.size, &root, err));
    if (!tlog_hash_eq(&root, &head.root)) told(v, &head, "this folder has another history than what was signed");
    return SALVE_OK;
}

/* --- what a letter prints ----------------------------------------------------------------------------------------- */

/* A letter does not say which log it is of: one of ours must have been in that state. */
static enum salve_code check_state(struct verify *v, struct rec_tx *tx, const struct rec_log *logs, size_t count,
                                   uint64_t size, const struct tlog_hash *want, struct salve_err *err)
{
    bool is_reached = false;
    struct tlog_checkpoint head = {.origin = STR("the state on a letter"), .size = size};
    for (size_t i = 0; i < count; i++) {
        struct tlog_hash root;
        TRY(rec_log_bind(tx, &logs[i], err));
        if (size > tlog_size(tx->log)) continue;
        is_reached = true;
        TRY(tlog_root_at(tx->log, size, &root, err));
        if (tlog_hash_eq(&root, want)) return SALVE_OK;
    }
    told(v, &head,
         is_reached ? "this folder has another history than what was printed"
                    : "this folder is older: entries that were in the log are not in it");
    return SALVE_OK;
}

static enum salve_code check_all(struct verify *v, struct rec_tx *tx, struct str text, size_t *heads,
                                 struct salve_err *err)
{
    struct rec_log *logs = NULL;
    struct str note, letter = text;
    struct tlog_hash root;
    size_t count = 0;
    uint64_t size;
    TRY(rec_logs(tx, v->mem, &logs, &count, err));
    if (count == 0) return salve_fail(err, SALVE_E_INTEGRITY, "log");
    for (*heads = 0; tlog_find_note(&text, &note); ++*heads) TRY(check_head(v, tx, logs, count, note, err));
    for (; tlog_find_state(&letter, &size, &root); ++*heads) TRY(check_state(v, tx, logs, count, size, &root, err));
    return SALVE_OK;
}

enum salve_code rec_verify_against(struct verify *v, struct salve_err *err)
{
    struct rec_tx tx;
    struct str plain;
    size_t heads = 0;
    if (v->ask->against.len == 0) return SALVE_OK;
    TRY(tlog_find_lines(v->ask->against, v->mem, &plain, err));
    TRY(rec_tx_begin(v->site, true, v->mem, &tx, err));
    enum salve_code code = check_all(v, &tx, v->ask->against, &heads, err);
    if (code == SALVE_OK && heads == 0) code = check_all(v, &tx, plain, &heads, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK && heads == 0)
        return salve_refuse(err, SALVE_E_INVALID, "there is no signed head of a log in it", "--against");
    return code;
}
