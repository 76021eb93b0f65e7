/* SPDX-License-Identifier: Apache-2.0
 *
 * The key for what the gate says to itself, and the pass that a login gives. */
#include "records/login_int.h"

const struct crypto_key *rec_gate_key(const struct site *site) { return crypto_keys_at(site->row_keys, SITE_KEY_GATE); }

void rec_pass(const struct site *site, const struct rec_staff *staff, uint8_t pass[ACTOR_PASS_BYTES])
{
    const struct str parts[] = {STR("SLV-pass-v1"),
                                staff->is.id,
                                str_make("", 1),
                                str_of(role_text(staff->is.role)),
                                str_bytes(staff->pin.salt, sizeof staff->pin.salt),
                                str_bytes(staff->phrase.salt, sizeof staff->phrase.salt)};
    crypto_key_mac(rec_gate_key(site), parts, sizeof parts / sizeof parts[0], pass, ACTOR_PASS_BYTES);
}
