/* SPDX-License-Identifier: Apache-2.0
 *
 * Challenges: 16 random bytes, the time by both clocks (u64, ms), and a MAC of 16 bytes. Whoever asks for a thousand of
 * them has cost nothing. */
#include <stdlib.h>

#include "passkey/passkey.h"

enum { AT_GUARDED = 16, AT_WALL = 24, AT_MAC = 32, MAC_BYTES = 16, SECOND_MS = 1000 };

struct used {
    uint8_t random[AT_GUARDED];
    struct passkey_moment made; /* over, or of nothing: the row is free */
};

struct passkey_challenges {
    struct crypto_keys *key;
    struct used used[PASSKEY_USED_MAX];
};

enum salve_code passkey_challenges_new(struct passkey_challenges **out, struct salve_err *err)
{
    struct passkey_challenges *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL) return salve_fail(err, SALVE_E_MEMORY, "challenges");
    enum salve_code code = crypto_keys_new(1, &fresh->key, err);
    if (code == SALVE_OK) crypto_key_random(crypto_keys_at(fresh->key, 0));
    if (code == SALVE_OK) *out = fresh;
    if (code != SALVE_OK) free(fresh);
    return code;
}

void passkey_challenges_drop(struct passkey_challenges **challenges)
{
    if (*challenges == NULL) return;
    crypto_keys_drop(&(*challenges)->key);
    free(*challenges);
    *challenges = NULL;
}

static void mac_of(const struct passkey_challenges *challenges, const uint8_t *challenge, uint8_t mac[MAC_BYTES])
{
    const struct str parts[] = {STR("SLV-challenge-v1"), str_bytes(challenge, AT_MAC)};
    crypto_key_mac(crypto_keys_at(challenges->key, 0), parts, 2, mac, MAC_BYTES);
}

void passkey_challenge(const struct passkey_challenges *challenges, struct passkey_moment now,
                       uint8_t out[PASSKEY_CHALLENGE_BYTES])
{
    crypto_random(out, AT_GUARDED);
    crypto_put_u64(out + AT_GUARDED, (uint64_t)now.guarded_ms);
    crypto_put_u64(out + AT_WALL, (uint64_t)now.wall_ms);
    mac_of(challenges, out, out + AT_MAC);
}

static struct passkey_moment made_at(const uint8_t *challenge)
{
    return (struct passkey_moment){(int64_t)crypto_get_u64(challenge + AT_GUARDED),
                                   (int64_t)crypto_get_u64(challenge + AT_WALL)};
}

/* By both clocks. */
static bool is_within(struct passkey_moment then, struct passkey_moment now)
{
    int64_t most_ms = (int64_t)PASSKEY_CHALLENGE_SECONDS * SECOND_MS;
    bool is_guarded = then.guarded_ms <= now.guarded_ms && now.guarded_ms - then.guarded_ms < most_ms;
    return is_guarded && then.wall_ms <= now.wall_ms && now.wall_ms - then.wall_ms < most_ms;
}

bool passkey_challenge_is(const struct passkey_challenges *challenges, struct passkey_moment now, struct str challenge)
{
    uint8_t mac[MAC_BYTES];
    const uint8_t *bytes = (const uint8_t *)challenge.ptr;
    if (challenge.len != PASSKEY_CHALLENGE_BYTES) return false;
    mac_of(challenges, bytes, mac);
    bool is_good = crypto_equal(mac, bytes + AT_MAC, MAC_BYTES) && is_within(made_at(bytes), now);
    for (size_t i = 0; is_good && i < PASSKEY_USED_MAX; i++)
        is_good = memcmp(challenges->used[i].random, bytes, sizeof challenges->used[i].random) != 0;
    return is_good;
}

enum salve_code passkey_challenge_use(struct passkey_challenges *challenges, struct passkey_moment now,
                                      struct str challenge, struct salve_err *err)
{
    const uint8_t *bytes = (const uint8_t *)challenge.ptr;
    if (!passkey_challenge_is(challenges, now, challenge)) return salve_fail(err, SALVE_E_PIN, "challenge");
    for (size_t i = 0; i < PASSKEY_USED_MAX; i++) {
        struct used *one = &challenges->used[i];
        if (is_within(one->made, now)) continue;
        one->made = made_at(bytes);
        memcpy(one->random, bytes, sizeof one->random);
        return SALVE_OK;
    }
    return salve_fail(err, SALVE_E_BUSY, "logins of this minute");
}
