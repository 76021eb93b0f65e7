/* SPDX-License-Identifier: Apache-2.0
 *
 * What the gate knows beside what is kept, to tell whether somebody is who they say: names of the site, challenges.
 * In memory alone, made when it is first needed. */
#ifndef SALVE_RECORDS_PROOF_INT_H
#define SALVE_RECORDS_PROOF_INT_H

#include "passkey/passkey.h"
#include "records/proof.h"
#include "records/tx_int.h"

struct rec_proofs {
    enum site_mode mode;
    char rp_id[SITE_NAME_BYTES_MAX + 1];
    char origins[SITE_ORIGINS_MAX][SITE_ORIGIN_BYTES_MAX + 1];
    size_t origin_count;
    struct passkey_challenges *challenges; /* of this run alone */
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

#endif
