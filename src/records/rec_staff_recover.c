/* SPDX-License-Identifier: Apache-2.0
 *
 * A manager for a site that has none who could log in: the document site/recovery says who, from when, and with which
 * PIN. It is public from the first moment and needs a day, so that whoever is a manager all the same can stop it. */
#include "json/json.h"
#include "records/login_int.h"

enum { WORK_BYTES = 16 << 20, DAY_MS = 24 * 3600 * 1000 };

struct recovery {
    struct rec_staff staff;
    int64_t due_unix_ms;
    bool is_asked; /* neither done nor stopped */
};

static enum salve_code recovery_read(struct rec_tx *tx, struct recovery *out, struct salve_err *err)
{
    struct str json;
    const struct json *doc = NULL;
    int64_t cost = 0;
    *out = (struct recovery){0};
    enum salve_code code = rec_doc_get(tx, STR("site"), STR("recovery"), tx->mem, &json, NULL);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) return salve_fail(err, code, "commons recovery");
    TRY(json_read(json, NULL, tx->mem, &doc, err));
    out->is_asked = str_is(json_get_text(doc, "state"), "asked");
    bool is_phrase = json_is_true(json_get(doc, "phrase"));
    struct rec_secret *secret = is_phrase ? &out->staff.phrase : &out->staff.pin;
    out->staff.is = (struct staff){
        .id = json_get_text(doc, "id"), .role = ROLE_MANAGER, .has_pin = !is_phrase, .has_phrase = is_phrase};
    bool is_good = json_i64(json_get(doc, "cost"), &cost) && json_i64(json_get(doc, "due_ms"), &out->due_unix_ms) &&
                   rec_doc_is_name(out->staff.is.id) &&
                   str_hex_parse(json_get_text(doc, "salt"), secret->salt, sizeof secret->salt);
    secret->cost = (enum crypto_cost)cost;
    return is_good ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons recovery");
}

static enum salve_code recovery_write(struct rec_tx *tx, const struct recovery *recovery, const char *state,
                                      struct salve_err *err)
{
    char salt[2 * CRYPTO_SALT_BYTES + 1];
    bool is_phrase = recovery->staff.is.has_phrase;
    const struct rec_secret *secret = is_phrase ? &recovery->staff.phrase : &recovery->staff.pin;
    str_hex(secret->salt, sizeof secret->salt, salt);
    struct str json =
        arena_printf(tx->mem, "{\"cost\":%d,\"due_ms\":%lld,\"id\":\"%.*s\"%s,\"salt\":\"%s\",\"state\":\"%s\"}",
                     (int)secret->cost, (long long)recovery->due_unix_ms, STR_ARGS(recovery->staff.is.id),
                     is_phrase ? ",\"phrase\":true" : "", salt, state);
    return json.ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "recovery")
                            : rec_doc_put(tx, STR("site"), STR("recovery"), json, err);
}

/* A new name, or a manager who is in office and cannot log in. */
static enum salve_code name_is_free(struct rec_tx *tx, struct str id, struct salve_err *err)
{
    struct rec_staff staff;
    if (!rec_doc_is_name(id))
        return salve_refuse(err, SALVE_E_INVALID, "1 to 64 of a-z, 0-9, '.', '_', '-'", "name of staff");
    enum salve_code code = rec_staff_read(tx, id, tx->mem, &staff, err);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK || (staff.is.role == ROLE_MANAGER && !staff.is.retired)) return code;
    return salve_refuse(err, SALVE_E_CONFLICT, "the name is, or was, somebody else's", "staff %.*s", STR_ARGS(id));
}

static enum salve_code recover_in(struct rec_tx *tx, struct recovery *fresh, struct str secret, struct salve_err *err)
{
    struct recovery before;
    if (tx->is_suspect) return rec_clock_doubted(tx->site, "recovery", err);
    TRY(name_is_free(tx, fresh->staff.is.id, err));
    TRY(recovery_read(tx, &before, err));
    if (before.is_asked)
        return salve_refuse(err, SALVE_E_CONFLICT, "a recovery is asked for already", "staff %.*s",
                            STR_ARGS(before.staff.is.id));
    struct rec_pin made;
    enum salve_code code = rec_pin_make(tx->site, secret, &made, err); /* nobody else is served now */
    if (code == SALVE_OK) code = rec_pin_put(tx->site, &made, &fresh->staff, err);
    crypto_keys_drop(&made.slots);
    if (code != SALVE_OK) return code;
    fresh->due_unix_ms = tx->now_unix_ms + DAY_MS;
    return recovery_write(tx, fresh, "asked", err);
}

/* Runs in one transaction of its own. */
typedef enum salve_code in_tx(struct rec_tx *tx, void *with, struct salve_err *err);

static enum salve_code run(struct site *site, in_tx *work, void *with, struct salve_err *err)
{
    struct rec_tx tx;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "recovery");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = work(&tx, with, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

struct asked {
    struct recovery recovery;
    struct str secret;
};

static enum salve_code ask(struct rec_tx *tx, void *with, struct salve_err *err)
{
    struct asked *asked = with;
    return recover_in(tx, &asked->recovery, asked->secret, err);
}

enum salve_code near_staff_recover(struct site *site, struct str id, struct str secret, int64_t *due_unix_ms,
                                   struct salve_err *err)
{
    if (site->generation != NULL)
        return salve_refuse(err, SALVE_E_ROLE, "whoever opens the site does it while nobody else uses it", "recovery");
    struct asked asked = {.recovery = {.staff.is = {.id = id, .role = ROLE_MANAGER}}, .secret = secret};
    TRY(run(site, ask, &asked, err));
    *due_unix_ms = asked.recovery.due_unix_ms;
    if (*due_unix_ms < site->due_unix_ms) site->due_unix_ms = *due_unix_ms;
    return SALVE_OK;
}

static enum salve_code stop(struct rec_tx *tx, void *with, struct salve_err *err)
{
    const struct actor *actor = with;
    struct recovery recovery;
    TRY(rec_may(tx->site, *actor, ACT_RECOVER_STOP, PURPOSE_NONE, err));
    TRY(rec_actor_check(tx, *actor, err));
    TRY(recovery_read(tx, &recovery, err));
    if (!recovery.is_asked) return salve_refuse(err, SALVE_E_NOT_FOUND, "none is asked for", "recovery");
    return recovery_write(tx, &recovery, "stopped", err);
}

enum salve_code near_staff_recover_stop(struct site *site, struct actor actor, struct salve_err *err)
{
    return run(site, stop, &actor, err);
}

enum salve_code near_staff_recovery(struct site *site, struct arena *mem, struct str *id, int64_t *due_unix_ms,
                                    struct salve_err *err)
{
    struct rec_tx tx;
    struct recovery recovery;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = recovery_read(&tx, &recovery, err);
    rec_tx_abandon(&tx);
    *id = code == SALVE_OK && recovery.is_asked ? recovery.staff.is.id : STR("");
    *due_unix_ms = recovery.due_unix_ms;
    return code;
}

/* The name may have become somebody's in between: then nothing comes of it. */
static enum salve_code finish(struct rec_tx *tx, void *with, struct salve_err *err)
{
    struct recovery *recovery = with;
    bool is_free = name_is_free(tx, recovery->staff.is.id, NULL) == SALVE_OK;
    if (is_free) TRY(rec_staff_write(tx, &recovery->staff, (struct actor){.id = STR("recovery")}, err));
    return recovery_write(tx, recovery, is_free ? "done" : "stopped", err);
}

enum salve_code rec_staff_due(struct site *site, struct arena *mem, int64_t *next_unix_ms, struct salve_err *err)
{
    struct rec_tx tx;
    struct recovery recovery;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = recovery_read(&tx, &recovery, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK || !recovery.is_asked) return code;
    if (recovery.due_unix_ms <= site->now_unix_ms) {
        TRY(run(site, finish, &recovery, err));
        rec_staff_changed(site, recovery.staff.is.id);
        return SALVE_OK;
    }
    if (recovery.due_unix_ms < *next_unix_ms) *next_unix_ms = recovery.due_unix_ms;
    return SALVE_OK;
}
