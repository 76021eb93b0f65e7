/* SPDX-License-Identifier: Apache-2.0
 *
 * What the gate knows beside what is kept, to tell whether somebody is who they say: names of the site, challenges.
 * In memory alone, made when it is first needed. */
#ifndef SALVE_RECORDS_PROOF_INT_H
#define SALVE_RECORDS_PROOF_INT_H

#include "passkey/kept.h"
#include "records/account.h"
#include "records/proof.h"
#include "records/tx_int.h"

/* What kind of session somebody shows enough for. */
struct rec_way {
    bool is_held;                   /* it ends with its connection */
    bool must_set_up;               /* a passphrase alone was shown */
    bool is_by_pin;                 /* a PIN at a tablet was */
    bool is_for_view;               /* it is for the view that it opened, and for nothing else (rec_hand_on) */
    char tablet[KEPT_ID_BYTES + 1]; /* at which it begins; empty: at none */
};

struct rec_seen {
    char tablet[KEPT_ID_BYTES + 1];
    int64_t at_unix_ms;
};

struct rec_proofs {
    enum site_mode mode;
    char rp_id[SITE_NAME_BYTES_MAX + 1];
    char origins[SITE_ORIGINS_MAX][SITE_ORIGIN_BYTES_MAX + 1];
    size_t origin_count;
    struct passkey_challenges *challenges; /* of this run alone */
    struct rec_seen seen[TABLETS_MAX];
};

/* rec_proofs_of - E_MEMORY. rec_proofs_drop - frees; NULL is fine. */
SALVE_MUST_USE enum salve_code rec_proofs_of(struct site *site, struct rec_proofs **out, struct salve_err *err);
void rec_proofs_drop(struct site *site);

/* rec_mode - SITE_LOCAL where nobody said another one. */
enum site_mode rec_mode(const struct site *site);

/* rec_challenge_check - E_PIN: it is none of this run, is over or was used. rec_challenge_use - a proof with it fits:
 * it is good for no other. E_BUSY: too many within a minute. */
SALVE_MUST_USE enum salve_code rec_challenge_check(struct site *site, struct str challenge, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_challenge_use(struct site *site, struct str challenge, struct salve_err *err);

/* --- numbers that only grow (rec_shown.c) -------------------------------------------------------------------- */

/* Rows "shown/.." of the commons, sealed: the step of the last code of a generator, the counter of a passkey, when a
 * tablet was seen. rec_shown_get - zeros where there is none. rec_shown_set - in a transaction of its own. */
enum rec_shown_kind { REC_SHOWN_TOTP, REC_SHOWN_PASSKEY, REC_SHOWN_TABLET };
struct rec_shown {
    uint64_t number;
    int64_t at_unix_ms;
};
SALVE_MUST_USE enum salve_code rec_shown_get(struct rec_tx *tx, enum rec_shown_kind kind, struct str of,
                                             struct rec_shown *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_shown_put(struct rec_tx *tx, enum rec_shown_kind kind, struct str of,
                                             const struct rec_shown *row, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_shown_set(struct site *site, enum rec_shown_kind kind, struct str of,
                                             const struct rec_shown *row, struct arena *mem, struct salve_err *err);

/* --- documents (rec_passkey.c, rec_tablet.c): passkey/kept.h ------------------------------------------------------ */

/* The id is that of the credential (kept_id). rec_passkey_read - E_NOT_FOUND also where it was removed.
 * rec_passkeys_of - those of a member; of an empty name all. rec_passkeys_remove - all of a member. rec_passkey_said
 * - what a browser said, with the names of the site. */
void rec_passkey_said(struct site *site, struct str origins[SITE_ORIGINS_MAX], struct passkey_said *out);
SALVE_MUST_USE enum salve_code rec_passkey_read(struct rec_tx *tx, struct str id, struct arena *mem,
                                                struct passkey_kept *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_passkey_write(struct rec_tx *tx, const struct passkey_kept *passkey,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_passkeys_of(struct rec_tx *tx, struct str staff, struct arena *mem,
                                               struct passkey_kept **out, size_t *count, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_passkeys_remove(struct rec_tx *tx, struct str staff, struct salve_err *err);

/* rec_tablet_signed - whether the tablet is enrolled, not locked, and signed the challenge and the name.
 * rec_tablet_stands - it is enrolled and not locked now. rec_tablet_seen - somebody uses it; rec_tablet_note - and
 * that is durable, once a day. */
SALVE_MUST_USE enum salve_code rec_tablet_signed(struct site *site, struct str id, const struct proof *shown,
                                                 struct arena *mem, bool *is_signed, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_tablet_stands(struct site *site, struct str tablet, struct arena *mem, bool *out,
                                                 struct salve_err *err);
void rec_tablet_seen(struct site *site, struct str tablet);
SALVE_MUST_USE enum salve_code rec_tablet_note(struct site *site, struct str tablet, struct arena *mem,
                                               struct salve_err *err);

#endif
