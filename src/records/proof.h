/* SPDX-License-Identifier: Apache-2.0
 *
 * proof - what a member of staff shows to show that it is them, and the names under which browsers reach the site. A
 * door of the gate; who logs in is in session.h, what belongs to a member in account.h.
 *
 * There are three ways, none of which needs anything of a body:
 * - a passkey (WebAuthn, with user verification, which a PIN of the authenticator always can be). It says by itself
 *   whose it is; no name is asked for, and none is told.
 * - a passphrase and the code of a TOTP generator (RFC 6238): each code once; none while the clock is doubted.
 * - a PIN, only at an enrolled tablet, which signs the challenge and the name with a key of its own; five wrong ones
 *   end that way until the passkey or the passphrase was shown.
 * Where the site is used at this machine alone (SITE_LOCAL), and at its command line, PIN or passphrase are enough:
 * the machine itself is what else is shown. A passphrase of who has set up neither of the other two gives a session
 * that may set them up, and nothing else (session.must_set_up).
 *
 * What does not fit is E_PIN, in the same words and after the same work, whoever's the name is and whatever was
 * wrong.
 *
 *     proof_challenge(site, challenge, err);                             // the browser has 60 seconds
 *     struct proof shown = {.challenge = ..., .credential = ..., .authenticator_data = ..., .client_data = ...,
 *                           .signature = ...};
 *     session_begin_by(site, STR_NONE, &shown, mem, &session, err);
 */
#ifndef SALVE_RECORDS_PROOF_H
#define SALVE_RECORDS_PROOF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct site;

enum site_mode {
#define SITE_MODE(name, text, what) SITE_##name,
#include "records/site_modes.def"
#undef SITE_MODE
    SITE_MODES
};
const char *site_mode_text(enum site_mode mode);
bool site_mode_find(struct str text, enum site_mode *out);

/* How browsers reach the site. rp_id is what passkeys are made for, the name without a port: "clinic.example". An
 * origin is scheme, name and, where it is not the usual one, port: "https://clinic.example:8443"; a browser that says
 * another one is refused. No origins: no passkeys. */
enum { SITE_ORIGINS_MAX = 4, SITE_NAME_BYTES_MAX = 253, SITE_ORIGIN_BYTES_MAX = 270 };
struct site_names {
    enum site_mode mode;
    struct str rp_id;
    struct str origins[SITE_ORIGINS_MAX];
    size_t origin_count;
};

/* site_names_get - those of site_names_use (gate.h); where nobody said any: SITE_LOCAL, localhost, no origins. Texts
 * live in mem. */
SALVE_MUST_USE enum salve_code site_names_get(struct site *site, struct arena *mem, struct site_names *out,
                                              struct salve_err *err);

/* A challenge is random, says its time, and has a MAC of the gate: nothing is kept of one that was asked for. It is
 * good for 60 seconds, for one proof that fits, and in the gate that gave it. */
enum { PROOF_CHALLENGE_BYTES = 48, PROOF_CHALLENGE_SECONDS = 60 };
SALVE_MUST_USE enum salve_code proof_challenge(struct site *site, uint8_t out[PROOF_CHALLENGE_BYTES],
                                               struct salve_err *err);

/* What is shown; what is not, is empty. Bytes are as the browser has them, without base64. A credential makes it a
 * passkey, and the secret is not looked at. `tablet` is the id of account.h, and its signature (r and s, 64 bytes,
 * ECDSA with P-256 and SHA-256) is over the text "salve tablet 1\n" challenge in base64url "\n" name. */
struct proof {
    struct str secret; /* PIN or passphrase */
    struct str code;   /* six digits */
    struct str challenge;
    struct str tablet, tablet_signature;
    struct str credential, authenticator_data, client_data, signature;
};

#endif
