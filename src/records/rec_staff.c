/* SPDX-License-Identifier: Apache-2.0
 *
 * The staff register: one document of the commons for each member, and who may change it. */
#include "records/session_int.h"

enum { WORK_BYTES = 64 << 20 };

/* Open views look again (stand_int.h), and their sessions are over. */
void rec_staff_changed(struct site *site, struct str id)
{
    site->retirements++;
    rec_sessions_end_of(site, id);
    rec_changed(site);
}

/* --- documents ---------------------------------------------------------------------------------------------------- */

/* As members of an object, behind `head`. */
static struct str secret_text(struct rec_tx *tx, bool has, const char *head, const struct rec_secret *secret,
                              const char *tail)
{
    char salt[2 * CRYPTO_SALT_BYTES + 1];
    str_hex(secret->salt, sizeof secret->salt, salt);
    return has ? arena_printf(tx->mem, "%s\"cost\":%d,\"salt\":\"%s\"%s", head, (int)secret->cost, salt, tail)
               : STR("");
}

enum salve_code rec_staff_write(struct rec_tx *tx, const struct rec_staff *staff, struct actor by,
                                struct salve_err *err)
{
    char salt[2 * CRYPTO_SALT_BYTES + 1];
    const struct staff *is = &staff->is;
    str_hex(staff->totp.salt, sizeof staff->totp.salt, salt);
    struct str pin = secret_text(tx, is->has_pin, ",", &staff->pin, "");
    struct str phrase = secret_text(tx, is->has_phrase, ",\"phrase\":{", &staff->phrase, "}");
    struct str totp = is->has_totp ? arena_printf(tx->mem, ",\"totp\":\"%s\"", salt) : STR("");
    struct str json = arena_printf(tx->mem, "{\"by\":\"%.*s\"%.*s%.*s,\"retired\":%s,\"role\":\"%s\"%.*s}",
                                   STR_ARGS(by.id), STR_ARGS(pin), STR_ARGS(phrase), is->retired ? "true" : "false",
                                   role_text(is->role), STR_ARGS(totp));
    if (pin.ptr == NULL || phrase.ptr == NULL || totp.ptr == NULL || json.ptr == NULL)
        return salve_fail(err, SALVE_E_MEMORY, "staff");
    return rec_doc_put(tx, STR("staff"), is->id, json, err);
}

static enum salve_code read_all(struct rec_tx *tx, struct arena *mem, struct rec_staff **out, size_t *count,
                                struct salve_err *err)
{
    struct str *ids = NULL;
    size_t n = 0;
    TRY(rec_doc_ids(tx, STR("staff"), mem, &ids, &n, err));
    struct rec_staff *list = arena_array(mem, struct rec_staff, n + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    for (size_t i = 0; i < n; i++) TRY(rec_staff_read(tx, ids[i], mem, &list[i], err));
    *out = list;
    *count = n;
    return SALVE_OK;
}

/* --- who confirms ------------------------------------------------------------------------------------------------- */

/* A change in the register: by whom, confirmed by whom, about whom. */
struct change {
    struct actor actor;
    const struct actor *second;
    struct str id;
    enum act confirm;        /* what a second one does; ACT_COUNT: it needs nobody */
    struct hashing *hashing; /* of a change with a secret (put_secret) */
};

/* A role that the member has, had or gets. */
static void confirm_for(struct change *change, enum role role)
{
    if (role == ROLE_MANAGER)
        change->confirm = ACT_CONFIRM_MANAGER;
    else if (role == ROLE_CLINICIAN && change->confirm == ACT_COUNT)
        change->confirm = ACT_CONFIRM_CLINICIAN;
}

static bool is_in_office(const struct rec_staff *staff) { return !staff->is.retired && staff->is.role == ROLE_MANAGER; }

/* Somebody else than the manager and the member, as far as there is anybody. */
static enum salve_code check_second(struct rec_tx *tx, const struct change *change, struct salve_err *err)
{
    static const char why[] = "somebody else has to confirm it: another manager, or for a clinician another clinician";
    struct rec_staff *all = NULL;
    size_t count = 0, others = 0;
    TRY(read_all(tx, tx->mem, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        others += !all[i].is.retired && rec_role_may(all[i].is.role, change->confirm) &&
                  !str_eq(all[i].is.id, change->actor.id) && !str_eq(all[i].is.id, change->id);
    if (others == 0 || tx->site->is_making) return SALVE_OK;
    const struct actor *second = change->second;
    if (second == NULL || str_eq(second->id, change->actor.id) || str_eq(second->id, change->id))
        return salve_refuse(err, SALVE_E_ROLE, why, "staff %.*s", STR_ARGS(change->id));
    TRY(rec_may(tx->site, *second, change->confirm, PURPOSE_NONE, err));
    return rec_actor_check(tx, *second, err);
}

static enum salve_code may_change(struct rec_tx *tx, const struct change *change, struct salve_err *err)
{
    TRY(rec_may(tx->site, change->actor, ACT_STAFF, PURPOSE_NONE, err));
    TRY(rec_actor_check(tx, change->actor, err));
    return check_second(tx, change, err);
}

/* Without a manager nobody could be added. */
static enum salve_code is_not_last(struct rec_tx *tx, struct str id, struct salve_err *err)
{
    struct rec_staff *all = NULL;
    size_t count = 0, others = 0;
    bool is_manager = false;
    TRY(read_all(tx, tx->mem, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool is_it = str_eq(all[i].is.id, id);
        is_manager = is_manager || (is_it && is_in_office(&all[i]));
        others += !is_it && is_in_office(&all[i]);
    }
    if (!is_manager || others > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "the last manager stays until there is another", "staff %.*s",
                        STR_ARGS(id));
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

/* What is put down. *old: the rows of secrets that it says it has count no more, and go afterwards. */
typedef enum salve_code change_in(struct rec_tx *tx, const struct change *change, const void *with,
                                  struct rec_staff *old, struct salve_err *err);

/* A secret that is to be hashed before the transaction that keeps it, by who has shown that they may. */
struct hashing {
    struct str secret; /* absent: nothing waits for it */
    struct rec_pin made;
};

static enum salve_code put_secret(struct rec_tx *tx, const struct change *change, struct str secret,
                                  struct rec_staff *staff, struct salve_err *err)
{
    if (change->hashing->made.slots != NULL) return rec_pin_put(tx->site, &change->hashing->made, staff, err);
    change->hashing->secret = secret;
    return SALVE_E_BUSY; /* nobody is told: it is hashed, and all of this is done again */
}

static enum salve_code change_once(struct site *site, const struct change *change, change_in *run, const void *with,
                                   struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_staff old = {0};
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    enum salve_code code = run(&tx, change, with, &old, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    if (code == SALVE_OK) rec_staff_changed(site, change->id);
    rec_tx_abandon(&tx);
    return code == SALVE_OK ? rec_pin_drop(site, &old, err) : code;
}

static enum salve_code change_register(struct site *site, const struct change *asked, change_in *run, const void *with,
                                       struct salve_err *err)
{
    struct hashing hashing = {.secret = STR_NONE};
    struct change change = *asked;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    change.hashing = &hashing;
    enum salve_code code = change_once(site, &change, run, with, mem, err);
    if (hashing.secret.ptr != NULL) {
        code = rec_pin_make(site, hashing.secret, &hashing.made, err);
        if (code == SALVE_OK) code = change_once(site, &change, run, with, mem, err);
        crypto_keys_drop(&hashing.made.slots);
    }
    arena_close(mem);
    return code;
}

static enum salve_code register_in(struct rec_tx *tx, const struct change *change, const void *with,
                                   struct rec_staff *old, struct salve_err *err)
{
    const struct staff_new *fresh = with;
    struct rec_staff staff = {.is = {.id = fresh->id, .role = fresh->role}};
    struct str *ids = NULL;
    size_t count = 0;
    (void)old;
    if (!rec_doc_is_name(fresh->id))
        return salve_refuse(err, SALVE_E_INVALID, "1 to 64 of a-z, 0-9, '.', '_', '-'", "name of staff");
    TRY(rec_doc_ids(tx, STR("staff"), tx->mem, &ids, &count, err));
    if (count > 0) TRY(may_change(tx, change, err));
    if (count == 0 && fresh->role != ROLE_MANAGER)
        return salve_refuse(err, SALVE_E_ROLE, "the first one is a manager", "%s", role_text(fresh->role));
    for (size_t i = 0; i < count; i++)
        if (str_eq(ids[i], fresh->id)) return salve_fail(err, SALVE_E_CONFLICT, "staff name");
    TRY(put_secret(tx, change, fresh->secret, &staff, err));
    return rec_staff_write(tx, &staff, change->actor, err);
}

enum salve_code near_staff_register(struct site *site, struct actor actor, const struct staff_new *fresh,
                                    struct salve_err *err)
{
    struct change change = {actor, fresh->second, fresh->id, ACT_COUNT, NULL};
    if (!rec_role_is_staff(fresh->role)) return salve_fail(err, SALVE_E_ROLE, "a role of staff is needed");
    confirm_for(&change, fresh->role);
    return change_register(site, &change, register_in, fresh, err);
}

static enum salve_code role_in(struct rec_tx *tx, const struct change *change, const void *with, struct rec_staff *old,
                               struct salve_err *err)
{
    const enum role *role = with;
    struct rec_staff staff;
    struct change whole = *change;
    (void)old;
    if (str_eq(change->actor.id, change->id))
        return salve_refuse(err, SALVE_E_ROLE, "nobody changes their own role", "staff %.*s", STR_ARGS(change->id));
    TRY(rec_staff_read(tx, change->id, tx->mem, &staff, err));
    confirm_for(&whole, staff.is.role);
    TRY(may_change(tx, &whole, err));
    if (staff.is.retired)
        return salve_refuse(err, SALVE_E_CONFLICT, "they have left", "staff %.*s", STR_ARGS(change->id));
    if (*role != ROLE_MANAGER) TRY(is_not_last(tx, change->id, err));
    staff.is.role = *role;
    return rec_staff_write(tx, &staff, change->actor, err);
}

enum salve_code near_staff_role_set(struct site *site, struct actor actor, const struct actor *second, struct str id,
                                    enum role role, struct salve_err *err)
{
    if (!rec_role_is_staff(role)) return salve_fail(err, SALVE_E_ROLE, "a role of staff is needed");
    struct change change = {actor, second, id, ACT_COUNT, NULL};
    confirm_for(&change, role);
    return change_register(site, &change, role_in, &role, err);
}

static enum salve_code retire_in(struct rec_tx *tx, const struct change *change, const void *with,
                                 struct rec_staff *old, struct salve_err *err)
{
    struct rec_staff staff;
    struct change whole = *change;
    (void)with;
    bool is_own = str_eq(change->actor.id, change->id); /* a manager who leaves needs nobody */
    TRY(rec_may(tx->site, change->actor, ACT_STAFF, PURPOSE_NONE, err));
    TRY(rec_staff_read(tx, change->id, tx->mem, &staff, err));
    if (staff.is.role == ROLE_MANAGER) confirm_for(&whole, ROLE_MANAGER);
    TRY(is_own ? rec_actor_check(tx, change->actor, err) : may_change(tx, &whole, err));
    TRY(is_not_last(tx, change->id, err));
    TRY(rec_passkeys_remove(tx, change->id, err));
    *old = staff;
    staff.is.retired = true;
    return rec_staff_write(tx, &staff, change->actor, err);
}

enum salve_code near_staff_retire(struct site *site, struct actor actor, const struct actor *second, struct str id,
                                  struct salve_err *err)
{
    struct change change = {actor, second, id, ACT_COUNT, NULL};
    return change_register(site, &change, retire_in, NULL, err);
}

/* A register from before there were PINs: no manager could log in. */
static enum salve_code has_no_pins(struct rec_tx *tx, bool *out, struct salve_err *err)
{
    struct rec_staff *all = NULL;
    size_t count = 0;
    TRY(read_all(tx, tx->mem, &all, &count, err));
    *out = true;
    for (size_t i = 0; i < count; i++)
        *out = *out && !((all[i].is.has_pin || all[i].is.has_phrase) && is_in_office(&all[i]));
    return SALVE_OK;
}

static enum salve_code may_set_pin(struct rec_tx *tx, const struct change *change, const struct rec_staff *staff,
                                   struct salve_err *err)
{
    struct change whole = *change;
    bool is_first = false;
    if (str_eq(change->actor.id, staff->is.id)) {
        TRY(rec_may(tx->site, change->actor, ACT_OWN_SECRET, PURPOSE_NONE, err));
        return rec_actor_check(tx, change->actor, err);
    }
    if (staff->is.role == ROLE_MANAGER && tx->site->generation == NULL) TRY(has_no_pins(tx, &is_first, err));
    confirm_for(&whole, staff->is.role);
    return is_first ? SALVE_OK : may_change(tx, &whole, err);
}

static enum salve_code pin_in(struct rec_tx *tx, const struct change *change, const void *with, struct rec_staff *old,
                              struct salve_err *err)
{
    const struct str *secret = with;
    struct rec_staff staff;
    TRY(rec_staff_read(tx, change->id, tx->mem, &staff, err));
    TRY(may_set_pin(tx, change, &staff, err));
    if (staff.is.retired)
        return salve_refuse(err, SALVE_E_CONFLICT, "they have left", "staff %.*s", STR_ARGS(change->id));
    *old = staff; /* of which the one goes that another takes the place of */
    bool is_pin = rec_secret_is_pin(*secret);
    old->is.has_pin = old->is.has_pin && is_pin;
    old->is.has_phrase = old->is.has_phrase && !is_pin;
    old->is.has_totp = false;
    TRY(put_secret(tx, change, *secret, &staff, err));
    return rec_staff_write(tx, &staff, change->actor, err);
}

enum salve_code near_staff_pin_set(struct site *site, struct actor actor, const struct actor *second, struct str id,
                                   struct str secret, struct salve_err *err)
{
    struct change change = {actor, second, id, ACT_COUNT, NULL};
    return change_register(site, &change, pin_in, &secret, err);
}

/* --- a new start -------------------------------------------------------------------------------------------------- */

/* Two who are there, neither of whom it is about; where there is no third, the manager. */
static enum salve_code are_two(struct rec_tx *tx, const struct change *change, struct salve_err *err)
{
    struct rec_staff *all = NULL;
    size_t count = 0, others = 0;
    const struct actor *second = change->second;
    TRY(rec_may(tx->site, change->actor, ACT_RESTART, PURPOSE_NONE, err));
    TRY(rec_actor_check(tx, change->actor, err));
    if (str_eq(change->actor.id, change->id))
        return salve_refuse(err, SALVE_E_ROLE, "two others do it", "staff %.*s", STR_ARGS(change->id));
    TRY(read_all(tx, tx->mem, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        others += !all[i].is.retired && rec_role_may(all[i].is.role, ACT_RESTART_BESIDE) &&
                  !str_eq(all[i].is.id, change->actor.id) && !str_eq(all[i].is.id, change->id);
    if (others == 0) return SALVE_OK;
    if (second == NULL || str_eq(second->id, change->actor.id) || str_eq(second->id, change->id))
        return salve_refuse(err, SALVE_E_ROLE, "another member of staff has to be there and confirm it", "staff %.*s",
                            STR_ARGS(change->id));
    TRY(rec_may(tx->site, *second, ACT_RESTART_BESIDE, PURPOSE_NONE, err));
    return rec_actor_check(tx, *second, err);
}

static enum salve_code restart_in(struct rec_tx *tx, const struct change *change, const void *with,
                                  struct rec_staff *old, struct salve_err *err)
{
    const struct str *secret = with;
    struct rec_staff staff;
    TRY(are_two(tx, change, err));
    TRY(rec_staff_read(tx, change->id, tx->mem, &staff, err));
    if (staff.is.retired)
        return salve_refuse(err, SALVE_E_CONFLICT, "they have left", "staff %.*s", STR_ARGS(change->id));
    struct rec_staff fresh = {.is = {.id = staff.is.id, .role = staff.is.role}};
    TRY(rec_passkeys_remove(tx, change->id, err));
    *old = staff;
    TRY(put_secret(tx, change, *secret, &fresh, err));
    return rec_staff_write(tx, &fresh, change->actor, err);
}

enum salve_code near_staff_restart(struct site *site, struct actor actor, const struct actor *second, struct str id,
                                   struct str secret, struct salve_err *err)
{
    struct str at_tablets;
    struct change change = {actor, second, id, ACT_COUNT, NULL};
    TRY(change_register(site, &change, restart_in, &secret, err));
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    enum salve_code code = rec_try_at_tablets(id, mem, &at_tablets, err);
    if (code == SALVE_OK) code = rec_try_forget(site, at_tablets, err);
    if (code == SALVE_OK) code = rec_try_forget(site, id, err);
    arena_close(mem);
    return code;
}

enum salve_code near_staff_list(struct site *site, struct arena *mem, struct staff **out, size_t *count,
                                struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_staff *all = NULL;
    struct passkey_kept *passkeys = NULL;
    size_t n = 0, passkey_count = 0;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = read_all(&tx, mem, &all, &n, err);
    if (code == SALVE_OK) code = rec_passkeys_of(&tx, STR_NONE, mem, &passkeys, &passkey_count, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    *out = arena_array(mem, struct staff, n + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    for (size_t i = 0; i < n; i++) {
        (*out)[i] = all[i].is;
        for (size_t j = 0; j < passkey_count; j++) (*out)[i].passkeys += str_eq(passkeys[j].staff, all[i].is.id);
    }
    *count = n;
    return SALVE_OK;
}
