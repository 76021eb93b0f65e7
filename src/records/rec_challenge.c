/* SPDX-License-Identifier: Apache-2.0
 *
 * The challenges of this run (passkey/passkey.h), by the clocks of the site. */
#include "records/proof_int.h"

_Static_assert((int)PROOF_CHALLENGE_BYTES == (int)PASSKEY_CHALLENGE_BYTES, "challenge");
_Static_assert((int)PROOF_CHALLENGE_SECONDS == (int)PASSKEY_CHALLENGE_SECONDS, "challenge");

static struct passkey_moment now_of(const struct site *site)
{
    return (struct passkey_moment){near_site_now_unix_ms(site), clock_ms(&site->clock)};
}

enum salve_code near_proof_challenge(struct site *site, uint8_t out[PROOF_CHALLENGE_BYTES], struct salve_err *err)
{
    struct rec_proofs *proofs = NULL;
    TRY(rec_proofs_of(site, &proofs, err));
    passkey_challenge(proofs->challenges, now_of(site), out);
    return SALVE_OK;
}

enum salve_code rec_challenge_check(struct site *site, struct str challenge, struct salve_err *err)
{
    struct rec_proofs *proofs = NULL;
    TRY(rec_proofs_of(site, &proofs, err));
    if (passkey_challenge_is(proofs->challenges, now_of(site), challenge)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_PIN, "it took longer than a minute, or was used before; begin again", "challenge");
}

enum salve_code rec_challenge_use(struct site *site, struct str challenge, struct salve_err *err)
{
    struct rec_proofs *proofs = NULL;
    TRY(rec_proofs_of(site, &proofs, err));
    return passkey_challenge_use(proofs->challenges, now_of(site), challenge, err);
}
