/* SPDX-License-Identifier: Apache-2.0
 *
 * account - what a member of staff shows themselves with, set up by themselves; and the tablets at which a PIN is
 * enough. A door of the gate. The actor of all of it is a session (session.h) whose member showed themselves in the
 * last ten minutes, but for reading (E_STEP_UP); one that must set up may do what is here for an account, and no more.
 * Where the member has a passkey or a generator, a PIN at a tablet is not enough to change an account (E_ROLE).
 *
 * Every change of a passkey or tablet is a version of a document of the commons with its public leaf (0x07). Passkeys
 * and tablets are public keys; nothing that is kept of them shows anybody as anybody. */
#ifndef SALVE_RECORDS_ACCOUNT_H
#define SALVE_RECORDS_ACCOUNT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

struct site;

enum {
    ACCOUNT_PASSKEYS_MAX = 8, /* of one member */
    ACCOUNT_LABEL_BYTES_MAX = 64,
    ACCOUNT_HANDLE_BYTES = 16,
    ACCOUNT_TOTP_TEXT_BYTES = 33, /* 20 bytes in base32, and NUL */
    ACCOUNT_TOTP_URI_BYTES = 700,
    TABLETS_MAX = 64,
    TABLET_KEY_BYTES = 65, /* a point of P-256, uncompressed */
};

struct account_passkey {
    struct str id, label;
    struct str credential; /* its id at the authenticator: so that it is not made a second time */
    int64_t added_unix_ms;
    int64_t went_back_unix_ms; /* its counter went back then, so there may be a copy of it; 0: never */
};

struct account {
    struct str name;
    enum role role;
    bool has_pin, has_phrase, has_totp;
    uint8_t handle[ACCOUNT_HANDLE_BYTES]; /* the user's id at an authenticator: says nothing, always the same */
    struct account_passkey *passkeys;
    size_t passkey_count;
};

/* account_read - of the actor, in mem. */
SALVE_MUST_USE enum salve_code account_read(struct site *site, struct actor actor, struct arena *mem,
                                            struct account *out, struct salve_err *err);

/* A passkey that the browser made: its bytes, and a name by which the member knows it ("blue key"; 1 to 64 bytes). */
struct passkey_new {
    struct str challenge, authenticator_data, client_data;
    struct str label;
};

/* account_passkey_add - *id in mem.
 *   errors  E_STEP_UP; E_INVALID it cannot be read, or is none that is taken: user verification, ES256, EdDSA or
 *           RS256; E_PIN the challenge is over or was used, or it was made for another name; E_CONFLICT it is there
 *           already; E_QUOTA eight are */
SALVE_MUST_USE enum salve_code account_passkey_add(struct site *site, struct actor actor,
                                                   const struct passkey_new *fresh, struct arena *mem, struct str *id,
                                                   struct salve_err *err);
/* account_passkey_remove - the member's other sessions end. E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code account_passkey_remove(struct site *site, struct actor actor, struct str id,
                                                      struct salve_err *err);

/* account_totp_begin - a new secret, in base32, and the address otpauth://.. that generators read as a QR code.
 * It counts from account_totp_confirm on, which is given the code that the generator shows; until then the one before
 * stands. E_PIN: that is not its code; E_NOT_FOUND: none was begun; E_CLOCK. */
struct account_totp {
    char secret[ACCOUNT_TOTP_TEXT_BYTES];
    char uri[ACCOUNT_TOTP_URI_BYTES];
};
SALVE_MUST_USE enum salve_code account_totp_begin(struct site *site, struct actor actor, struct account_totp *out,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code account_totp_confirm(struct site *site, struct actor actor, struct str code,
                                                    struct salve_err *err);

/* Their PIN or passphrase: staff_pin_set (staff.h), for themselves. */

/* --- tablets ------------------------------------------------------------------------------------------------------ */

struct tablet {
    struct str id, label;
    struct str by; /* who enrolled it */
    int64_t enrolled_unix_ms;
    int64_t seen_unix_ms; /* when somebody showed themselves there last; 0: never. Durable once a day */
    bool is_locked;
    bool is_here; /* the actor's session began there */
};

/* tablet_list - those that are enrolled, locked or not; actor: manager, technician. tablet_enrol - by its public key;
 * *id in mem; from then on the actor's session is one of that tablet. tablet_lock, tablet_remove - the sessions that
 * began there end at once.
 *   errors  E_ROLE; E_STEP_UP; E_INVALID the key or the label; E_CONFLICT that key is enrolled; E_QUOTA;
 *   E_NOT_FOUND */
SALVE_MUST_USE enum salve_code tablet_list(struct site *site, struct actor actor, struct arena *mem,
                                           struct tablet **out, size_t *count, struct salve_err *err);
struct tablet_new {
    struct str label;
    uint8_t public_key[TABLET_KEY_BYTES];
};
SALVE_MUST_USE enum salve_code tablet_enrol(struct site *site, struct actor actor, const struct tablet_new *fresh,
                                            struct arena *mem, struct str *id, struct salve_err *err);
SALVE_MUST_USE enum salve_code tablet_lock(struct site *site, struct actor actor, struct str id, bool is_locked,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code tablet_remove(struct site *site, struct actor actor, struct str id,
                                             struct salve_err *err);

#endif
