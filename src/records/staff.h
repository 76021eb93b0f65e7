/* SPDX-License-Identifier: Apache-2.0
 *
 * staff - who works here, and that it is them. A door of the gate; a site is opened with site.h.
 *
 *     code = staff_login(site, STR("mia"), STR("246802"), mem, &manager, err);          // E_PIN
 *     struct staff_new leila = {.id = STR("leila"), .role = ROLE_REGISTRAR, .secret = STR("135791")};
 *     if (code == SALVE_OK) code = staff_register(site, manager, &leila, err);
 *     if (code == SALVE_OK) code = staff_login(site, leila.id, leila.secret, mem, &registrar, err);
 *     if (code == SALVE_OK) code = staff_retire(site, manager, NULL, leila.id, err);    // their open views end
 *
 * Staff are pseudonyms ("dr-amina", the form of a commons id) with one role each, and a PIN or passphrase of their own,
 * which is kept as its Argon2id hash, sealed in the key store. Every change of the register is a version of a document
 * of the commons with its public leaf (0x07); the document says who made it.
 *
 * What a PIN cannot do: who has the site's passphrase or key file, and a program of their own, needs none
 * (docs/internals/threats.md). */
#ifndef SALVE_RECORDS_STAFF_H
#define SALVE_RECORDS_STAFF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

struct site;

enum { STAFF_PIN_DIGITS_MIN = 6, STAFF_PHRASE_BYTES_MIN = 12, STAFF_SECRET_BYTES_MAX = 256 };

/* --- that it is them ---------------------------------------------------------------------------------------------- */

/* staff_login - the only struct actor of a member of staff that the gate takes, on this site; good until they retire,
 * change role or have another PIN. out->id and out->site live in mem.
 *   errors  E_PIN: the two do not fit, or there were five wrong tries for that name and the wait is not over. The same
 *           words and the same work for a name that nobody has. A try counts from before it is looked at. E_IO, E_FULL:
 *           it cannot be counted, so nothing was tried */
SALVE_MUST_USE enum salve_code staff_login(struct site *site, struct str id, struct str secret, struct arena *mem,
                                           struct actor *out, struct salve_err *err);

/* staff_remember - a login as sealed bytes, good for ten minutes at the same place; `place` says which: the user, the
 * terminal. staff_recall - the way back. E_PIN: it is none, of another site or place, too old, or not theirs any more;
 * while the clock is doubted nothing is recalled. */
enum { STAFF_MEMORY_MINUTES = 10 };
SALVE_MUST_USE enum salve_code staff_remember(struct site *site, struct actor actor, struct str place,
                                              struct arena *mem, struct str *sealed, struct salve_err *err);
SALVE_MUST_USE enum salve_code staff_recall(struct site *site, struct str sealed, struct str place, struct arena *mem,
                                            struct actor *out, struct salve_err *err);

/* staff_secret_check - E_RANGE: fewer than 6 digits, or another text of fewer than 12 bytes. */
SALVE_MUST_USE enum salve_code staff_secret_check(struct str secret, struct salve_err *err);

/* --- the register ------------------------------------------------------------------------------------------------- */

struct staff {
    struct str id;
    enum role role;
    bool retired;
    bool has_pin, has_phrase, has_totp; /* of a register from before 2026-12 a passphrase counts as a PIN */
    uint32_t passkeys;
};
SALVE_MUST_USE enum salve_code staff_list(struct site *site, struct arena *mem, struct staff **out, size_t *count,
                                          struct salve_err *err);

/* A new member. A manager or a clinician is confirmed by somebody else than the manager who adds them, as far as there
 * is anybody: another manager, or for a clinician another clinician. The second manager needs the first alone. */
struct staff_new {
    struct str id;
    enum role role;
    struct str secret;          /* their first PIN or passphrase */
    const struct actor *second; /* who confirms; NULL: nobody */
};

/* staff_register - actor: MANAGER; whoever makes a site names its staff, a manager first. A role of the person's side
 * (participant, helper, guardian) is E_ROLE. E_CONFLICT: the pseudonym is, or was, somebody's; E_RANGE. */
SALVE_MUST_USE enum salve_code staff_register(struct site *site, struct actor actor, const struct staff_new *fresh,
                                              struct salve_err *err);

/* staff_role_set - another role, at once: their open views end. Nobody changes their own. Confirmed as a new member of
 * the role they had or get. staff_retire - the name opens nothing any more; it is never given to anybody else.
 * staff_pin_set - of the actor, or by a MANAGER with the member there, confirmed as above; in a register from before
 * there were PINs, the first manager's by whoever opens the site. E_NOT_FOUND; E_CONFLICT: the last manager stays until
 * there is another. */
SALVE_MUST_USE enum salve_code staff_role_set(struct site *site, struct actor actor, const struct actor *second,
                                              struct str id, enum role role, struct salve_err *err);
SALVE_MUST_USE enum salve_code staff_retire(struct site *site, struct actor actor, const struct actor *second,
                                            struct str id, struct salve_err *err);
/* staff_recover - where no manager can log in any more: whoever opens the site names one, who is a manager after a day
 * of the guarded clock, with this secret. It is a public leaf at once, and every manager who is there sees it and can
 * stop it. `id` is a new name, or that of a manager in office. staff_recover_stop - actor: MANAGER; E_NOT_FOUND.
 * staff_recovery - what is asked for; *id is empty where nothing is.
 *   errors  E_ROLE others use the site too (gate.h); E_CONFLICT one is asked for, or the name is another's; E_CLOCK;
 *           E_RANGE */
SALVE_MUST_USE enum salve_code staff_recover(struct site *site, struct str id, struct str secret, int64_t *due_unix_ms,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code staff_recover_stop(struct site *site, struct actor actor, struct salve_err *err);
SALVE_MUST_USE enum salve_code staff_recovery(struct site *site, struct arena *mem, struct str *id,
                                              int64_t *due_unix_ms, struct salve_err *err);

SALVE_MUST_USE enum salve_code staff_pin_set(struct site *site, struct actor actor, const struct actor *second,
                                             struct str id, struct str secret, struct salve_err *err);

/* staff_restart - a new start for a member who can show nothing any more: their passkeys, TOTP, PIN and passphrase go,
 * their sessions end, and `secret` is what they have. In person: the actor is a MANAGER, the second any other member of
 * staff, each with a session of their own, and neither is the member. Without a third member the manager alone does it.
 *   errors  E_ROLE; E_STEP_UP; E_NOT_FOUND; E_CONFLICT they have left; E_RANGE */
SALVE_MUST_USE enum salve_code staff_restart(struct site *site, struct actor actor, const struct actor *second,
                                             struct str id, struct str secret, struct salve_err *err);

#endif
