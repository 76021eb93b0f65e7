/* SPDX-License-Identifier: Apache-2.0
 *
 * Revocations (docs/formats/site.md): what a restored backup must be told again, and completing what a crash or a
 * restore left open. */
#ifndef SALVE_RECORDS_REVOKED_INT_H
#define SALVE_RECORDS_REVOKED_INT_H

#include "keys/keys.h"
#include "records/site_int.h"

SALVE_MUST_USE enum salve_code rec_revoke_erasure(struct site *site, struct compartment id, struct salve_err *err);
/* rec_revoke_purpose - a line for each of these decisions (at most REC_REVOKE_MAX at a time): the one that is taken
 * back, and those it had replaced, since rows of that time would rest on one of them. One write, one sync. */
enum { REC_REVOKE_MAX = 64 };
SALVE_MUST_USE enum salve_code rec_revoke_purpose(struct site *site, struct compartment id, enum purpose purpose,
                                                  const uint64_t *consent_seqs, size_t count, struct salve_err *err);
/* rec_revoke_text - a line about something else that was ended: a link, what an app was let do, an app. The text says
 * what, and begins with its kind. Nothing of it is replayed: whoever looks such a thing up asks rec_revoked_has_text,
 * so that rows of before open nothing. rec_revoke_text_done - the databases have it too; lines before it that are not
 * carried out stay so. */
SALVE_MUST_USE enum salve_code rec_revoke_text(struct site *site, struct str text, struct salve_err *err);
void rec_revoke_text_done(struct site *site);
/* rec_revoked_load - counts and checks the lines; a last line that a crash cut short is cut off. E_INTEGRITY. */
SALVE_MUST_USE enum salve_code rec_revoked_load(struct site *site, struct salve_err *err);

/* rec_revoked_merge - every good line of these copies, each once, those of the first copy first, as the file `to`. A
 * copy of the same site is expected; all of them must be there. */
SALVE_MUST_USE enum salve_code rec_revoked_merge(const char *const *paths, size_t path_count, const char *to,
                                                 uint64_t *lines, struct salve_err *err);

/* A set of tokens from the file, for asking what it says about a compartment. */
struct rec_revoked {
    uint8_t (*tokens)[KEYS_TOKEN_BYTES]; /* sorted */
    size_t count, room;
    uint64_t from; /* number of the first line that it has */
};
SALVE_MUST_USE enum salve_code rec_revoked_read(struct site *site, uint64_t from, struct arena *mem,
                                                struct rec_revoked *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_revoked_has_erasure(struct site *site, const struct rec_revoked *revoked,
                                                       struct compartment id, bool *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_revoked_has_purpose(struct site *site, const struct rec_revoked *revoked,
                                                       struct compartment id, enum purpose purpose,
                                                       uint64_t consent_seq, bool *out, struct salve_err *err);

SALVE_MUST_USE enum salve_code rec_revoked_has_text(struct site *site, struct str text, bool *out,
                                                    struct salve_err *err);

/* rec_withdraw_replay, rec_erase_replay - a withdrawal or erasure that the file remembers and the databases do not (any
 * more). were_put_back: the databases had carried it out, and rows of before came back. */
SALVE_MUST_USE enum salve_code rec_withdraw_replay(struct site *site, struct compartment id, enum purpose purpose,
                                                   uint64_t consent_seq, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_erase_replay(struct site *site, struct compartment id, bool were_put_back,
                                                struct salve_err *err);

/* Wraps that are still to be made, so that they can be made after a crash: a row of the commons until they are, under a
 * random name and sealed, since it is about somebody. rec_pending_put - *key in mem. rec_pending_read - E_INTEGRITY.
 * rec_pending_done - the row is deleted by the next transaction. */
struct rec_tx;
SALVE_MUST_USE enum salve_code rec_pending_put(struct rec_tx *tx, struct compartment id, const struct keys_grant *grant,
                                               struct str *key, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_pending_read(struct site *site, struct str key, struct str bytes, struct arena *mem,
                                                struct compartment *id, struct keys_grant *out, struct salve_err *err);
void rec_pending_done(struct site *site, struct str key);
/* rec_keys_forget - the keys of people without records go, after all. */
SALVE_MUST_USE enum salve_code rec_keys_forget(struct site *site, uint64_t *dropped, struct salve_err *err);
/* rec_replay_all - every line of the file, on everybody. */
SALVE_MUST_USE enum salve_code rec_replay_all(struct site *site, struct salve_err *err);
/* rec_renew - turns the key epoch where that is due (rec_renew.c), by the time of the newest transaction.
 * rec_renewal_is_due - would it? */
bool rec_renewal_is_due(struct site *site);
/* rec_renew_piece - the next piece of a renewal that is due, or under way. rec_renew_rest - all that is left of one
 * that is under way: before anything else turns, copies or checks the keys as a whole. rec_turning_drop - gives it
 * up. */
SALVE_MUST_USE enum salve_code rec_renew_piece(struct site *site, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_renew_rest(struct site *site, struct salve_err *err);
void rec_turning_drop(struct site *site);
SALVE_MUST_USE enum salve_code rec_renew(struct site *site, struct salve_err *err);
/* rec_turn - one turn, after what `revoked` says was carried out on everybody, with its leaf. */
SALVE_MUST_USE enum salve_code rec_turn(struct site *site, int64_t now_unix_ms, struct arena *mem,
                                        struct site_rotation *out, struct salve_err *err);
/* rec_secret_change - site_secret_change with the secrets read. */
SALVE_MUST_USE enum salve_code rec_secret_change(struct site *site, struct keys_secret old, struct keys_secret fresh,
                                                 struct salve_err *err);
/* rec_recover - completes what a crash or a restore left open. */
SALVE_MUST_USE enum salve_code rec_recover(struct site *site, struct salve_err *err);

#endif
