/* SPDX-License-Identifier: Apache-2.0
 *
 * Apps as the gate keeps them: codes and access tokens in memory, refresh tokens in sealed rows. */
#ifndef SALVE_RECORDS_APPS_INT_H
#define SALVE_RECORDS_APPS_INT_H

#include "records/apps.h"
#include "records/gate_int.h"
#include "smart/smart.h"

struct rec_view;

enum { REC_APP_HASH_BYTES = 32, REC_APP_SECRET_BYTES = 32, REC_APP_FAMILY_BYTES = 16 };

/* What a code, a token or a row stands for. */
struct rec_app_of {
    struct compartment id;
    uint64_t seq;             /* of the grant's record */
    uint32_t log_number;      /* of the log that it stands in */
    uint32_t ends;            /* of the registration, at that time */
    int64_t not_after_unix_s; /* of the grant */
    char client[SMART_ID_BYTES_MAX + 1];
    char scope[SMART_SCOPE_BYTES_MAX + 1];
};

/* --- rec_app_held.c: in memory --- */

struct rec_app_code {
    struct rec_app_of of;
    char redirect[SMART_URI_BYTES_MAX + 1], challenge[SMART_CHALLENGE_BYTES + 1], nonce[SMART_NONCE_BYTES_MAX + 1];
    uint32_t days;
    bool is_used;
};
struct rec_app_token {
    struct rec_app_of of;
    int64_t until_unix_s; /* by the guarded clock, for who asks; not after the grant */
};

/* rec_app_code_keep, rec_app_token_keep - a new one; its text, in mem. E_QUOTA: too many codes wait; of tokens the
 * oldest gives way. rec_app_code_find, rec_app_token_find - NULL: none, or its time is over; good until the next call.
 * rec_app_token_end - that one; rec_app_tokens_end - those of a grant, rec_app_client_end - those of an app; its
 * codes, too.
 * rec_app_jti - false: this client used it before, or there are too many. rec_apps_drop: NULL is fine. */
SALVE_MUST_USE enum salve_code rec_app_code_keep(struct site *site, const struct rec_app_code *code, struct arena *mem,
                                                 struct str *text, struct salve_err *err);
struct rec_app_code *rec_app_code_find(struct site *site, struct str text);
SALVE_MUST_USE enum salve_code rec_app_token_keep(struct site *site, const struct rec_app_of *of, struct arena *mem,
                                                  struct str *text, struct salve_err *err);
const struct rec_app_token *rec_app_token_find(struct site *site, struct str text);
int64_t rec_app_token_left_ms(struct site *site, const struct rec_app_token *token);
void rec_app_token_end(struct site *site, struct str text);
void rec_app_tokens_end(struct site *site, struct compartment id, uint64_t seq);
void rec_app_client_end(struct site *site, struct str client);
bool rec_app_jti(struct site *site, struct str client, struct str jti, int64_t until_unix_s);
void rec_apps_drop(struct site *site);

/* --- rec_app_rows.c: refresh tokens --- */

struct rec_app_row {
    struct rec_app_of of;
    uint8_t family[REC_APP_FAMILY_BYTES];
    uint8_t secret[REC_APP_HASH_BYTES]; /* hash of the one that is good now */
};

/* rec_app_of_stands - does the grant still stand, as far as can be told without its record: the person is here, has no
 * newer card, it is of this log and not over?
 * rec_app_row_put - a row for that app in place of the one before; E_QUOTA: the person has too many that stand already.
 * rec_app_row_get - by family; E_NOT_FOUND. rec_app_row_drop - of a person's app; rec_app_rows_end - all of a person;
 * rec_app_rows_of - all of an app. rec_app_rows_lost - rows that have no partner, for verify. */
SALVE_MUST_USE enum salve_code rec_app_of_stands(struct rec_tx *tx, const struct rec_app_of *of, bool *stands,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_row_put(struct rec_tx *tx, const struct rec_app_row *row, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_row_get(struct rec_tx *tx, const uint8_t family[REC_APP_FAMILY_BYTES],
                                               struct rec_app_row *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_row_drop(struct rec_tx *tx, struct compartment id, struct str client,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_rows_end(struct rec_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_rows_of(struct rec_tx *tx, struct str client, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_rows_lost(struct rec_tx *tx, size_t *count, struct salve_err *err);

/* --- rec_app_find.c --- */

/* rec_app_find - a registration that stands; E_INVALID "invalid_client". rec_app_is_over - has `revoked` a line about
 * the next end of it? Then it is a document of before. rec_app_is_revoked - has it one about that grant?
 * rec_app_registration_line, rec_app_line - the texts of those lines. */
enum { REC_APP_LINE_BYTES = 16 + SMART_ID_BYTES_MAX + COMPARTMENT_TEXT_BYTES + 40 };
SALVE_MUST_USE enum salve_code rec_app_find(struct rec_tx *tx, struct str id, struct smart_app *out,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_is_over(struct site *site, const struct smart_app *app, bool *out,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_is_revoked(struct site *site, const struct rec_app_of *of, bool *out,
                                                  struct salve_err *err);
struct str rec_app_registration_line(const struct smart_app *app, uint32_t ends, char text[REC_APP_LINE_BYTES]);
struct str rec_app_line(const struct rec_app_of *of, char text[REC_APP_LINE_BYTES]);

/* --- rec_app.c: registrations and keys --- */

/* rec_app_base - the address that browsers know,
 * with what stands behind it; E_UNSUPPORTED: nobody said one. */
SALVE_MUST_USE enum salve_code rec_app_base(struct site *site, const char *path, struct arena *mem, struct str *out,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_app_signer(struct site *site, enum jwt_alg alg, struct arena *mem,
                                              struct jwt_signer **out, struct salve_err *err);

/* --- rec_app_sees.c --- */

/* rec_app_sight_make - what a scope text lets see; E_INVALID "invalid_scope": a condition that is none.
 * rec_app_sees - may the view show it? Of a view that is no app's, anything. */
struct rec_app_sight;
SALVE_MUST_USE enum salve_code rec_app_sight_make(struct site *site, struct str scope, struct arena *mem,
                                                  struct rec_app_sight **out, struct salve_err *err);
bool rec_app_sees(const struct rec_view *view, const struct rec_resource *resource);

/* --- rec_app_grant.c --- */

/* A grant as it stands in the record. */
struct rec_app_grant {
    struct smart_grant is;
    uint64_t seq;
    uint32_t log_number;
};

/* rec_app_newest - the newest word about an app among those that the gate read; NULL: none. rec_app_stands - it is a
 * grant, of this log, after the newest card, not over, and of the registration that stands (NULL: none does). Whatever
 * opens by a grant or shows one asks this and nothing else. */
const struct rec_app_grant *rec_app_newest(const struct rec_gate *gate, struct str app);
bool rec_app_stands(const struct rec_gate *gate, const struct rec_app_grant *grant, const struct smart_app *app,
                    int64_t now_unix_ms);

/* rec_app_revoke - the line in `revoked` about a grant: from here on it opens nothing, and its tokens and views are
 * over. Before the end is written. */
SALVE_MUST_USE enum salve_code rec_app_revoke(struct site *site, const struct rec_app_of *of, struct salve_err *err);

/* rec_app_stolen - somebody has a copy of what is used once: the grant ends, without a look. */
SALVE_MUST_USE enum salve_code rec_app_stolen(struct site *site, const struct rec_app_of *of, struct arena *mem,
                                              struct salve_err *err);

#endif
