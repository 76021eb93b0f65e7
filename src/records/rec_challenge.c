/* SPDX-License-Identifier: Apache-2.0
 *
 * Challenges: 16 random bytes, the guarded time and that of the machine (u64, ms), and a MAC under a key that this run
 * made. Whoever asks for a thousand of them has cost the gate nothing; what is remembered is one that was used, which
 * takes a proof that fits. */
#include "records/proof_int.h"

enum { AT_GUARDED = 16, AT_WALL = 24, AT_MAC = 32, MAC_BYTES = 16, SECOND_MS = 1000 };

static void mac_of(const struct rec_proofs *proofs, const uint8_t *challenge, uint8_t mac[MAC_BYTES])
{
    const struct str parts[] = {STR("SLV-challenge-v1"), str_bytes(challenge, AT_MAC)};
    crypto_key_mac(crypto_keys_at(proofs->key, 0), parts, 2, mac, MAC_BYTES);
}

enum salve_code near_proof_challenge(struct site *site, uint8_t out[PROOF_CHALLENGE_BYTES], struct salve_err *err)
{
    struct rec_proofs *proofs = NULL;
    TRY(rec_proofs_of(site, &proofs, err));
    crypto_random(out, AT_GUARDED);
    crypto_put_u64(out + AT_GUARDED, (uint64_t)near_site_now_unix_ms(site));
    crypto_put_u64(out + AT_WALL, (uint64_t)clock_ms(&site->clock));
    mac_of(proofs, out, out + AT_MAC);
    return SALVE_OK;
}

/* By both clocks: the guarded one stands still while the clock is doubted. */
static bool is_within(const struct site *site, int64_t guarded_ms, int64_t wall_ms)
{
    int64_t guarded_age_ms = near_site_now_unix_ms(site) - guarded_ms, wall_age_ms = clock_ms(&site->clock) - wall_ms;
    int64_t most_ms = (int64_t)PROOF_CHALLENGE_SECONDS * SECOND_MS;
    return guarded_age_ms >= 0 && guarded_age_ms < most_ms && wall_age_ms >= 0 && wall_age_ms < most_ms;
}

static enum salve_code over(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_PIN, "it took longer than a minute, or was used before; begin again", "challenge");
}

enum salve_code rec_challenge_check(struct site *site, struct str challenge, struct salve_err *err)
{
    uint8_t mac[MAC_BYTES];
    struct rec_proofs *proofs = NULL;
    const uint8_t *bytes = (const uint8_t *)challenge.ptr;
    TRY(rec_proofs_of(site, &proofs, err));
    if (challenge.len != PROOF_CHALLENGE_BYTES) return over(err);
    mac_of(proofs, bytes, mac);
    bool is_ours =
        crypto_equal(mac, bytes + AT_MAC, MAC_BYTES) &&
        is_within(site, (int64_t)crypto_get_u64(bytes + AT_GUARDED), (int64_t)crypto_get_u64(bytes + AT_WALL));
    for (size_t i = 0; is_ours && i < REC_CHALLENGES_USED_MAX; i++) {
        const struct rec_used *one = &proofs->used[i];
        is_ours = !one->is_there || memcmp(one->random, bytes, sizeof one->random) != 0;
    }
    return is_ours ? SALVE_OK : over(err);
}

enum salve_code rec_challenge_use(struct site *site, struct str challenge, struct salve_err *err)
{
    const uint8_t *bytes = (const uint8_t *)challenge.ptr;
    TRY(rec_challenge_check(site, challenge, err));
    for (size_t i = 0; i < REC_CHALLENGES_USED_MAX; i++) {
        struct rec_used *one = &site->proofs->used[i];
        if (one->is_there && is_within(site, one->guarded_ms, one->wall_ms)) continue;
        *one = (struct rec_used){.is_there = true,
                                 .guarded_ms = (int64_t)crypto_get_u64(bytes + AT_GUARDED),
                                 .wall_ms = (int64_t)crypto_get_u64(bytes + AT_WALL)};
        memcpy(one->random, bytes, sizeof one->random);
        return SALVE_OK;
    }
    return salve_fail(err, SALVE_E_BUSY, "logins of this minute");
}
