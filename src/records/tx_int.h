/* SPDX-License-Identifier: Apache-2.0
 *
 * One transaction of the gate: the store's, with a cursor of the log in it and the guarded clock. With what is about no
 * person in it: documents of the commons, and whether somebody is staff here. */
#ifndef SALVE_RECORDS_TX_INT_H
#define SALVE_RECORDS_TX_INT_H

#include "consent/may.h"
#include "records/site_int.h"

struct store_tx;
struct tlog;

/* Whose a row of the log is (owner_int.h). */
enum rec_owner_kind {
    REC_OWNER_NOBODY,    /* padding, what is public, a look-up that found nobody */
    REC_OWNER_PERSON,    /* id: the compartment; number: of the first record of the save */
    REC_OWNER_ERASED,    /* it was a person's who is erased */
    REC_OWNER_TOMBSTONE, /* of an erasure; id: the beginning of the tombstone's hash */
    REC_OWNER_DOCUMENT,  /* id: a keyed hash of kind and id of the document; number: the version */
    REC_OWNER_EARLIER,   /* from before there were owners */
};
struct rec_owner {
    enum rec_owner_kind kind;
    uint8_t id[16];
    uint64_t number;
};

struct rec_tx {
    struct site *site;
    struct store_tx *store;
    struct tlog *log;
    struct arena *mem;
    int64_t now_unix_ms;
    bool is_suspect;
    bool is_read_only;
    const struct rec_log *bound; /* the log that the cursor is bound to */
    struct rec_owner owner;      /* of the next entry that is appended; then nobody again */
};

/* rec_tx_begin - also reads the guarded clock. On any error nothing is open. rec_tx_commit ends it either way.
 * rec_tx_abandon: fine when it already ended. */
SALVE_MUST_USE enum salve_code rec_tx_begin(struct site *site, bool read_only, struct arena *mem, struct rec_tx *out,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_tx_commit(struct rec_tx *tx, struct salve_err *err);
/* rec_tx_mark_open - makes durable that this run writes, before something outside of the transaction is: what a crash
 * leaves of that is looked for at the next opening. */
SALVE_MUST_USE enum salve_code rec_tx_mark_open(struct site *site, struct arena *mem, struct salve_err *err);
void rec_tx_abandon(struct rec_tx *tx);

/* Savepoints (store/store.h). After an undo the cursor of the log is a new one, at the place it was at. */
SALVE_MUST_USE enum salve_code rec_tx_savepoint(struct rec_tx *tx, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_tx_savepoint_keep(struct rec_tx *tx, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_tx_savepoint_undo(struct rec_tx *tx, struct salve_err *err);

/* rec_log_bind - a cursor of one of the site's logs in the transaction; `log` outlives it. */
SALVE_MUST_USE enum salve_code rec_log_bind(struct rec_tx *tx, const struct rec_log *log, struct salve_err *err);

/* --- commons ---------------------------------------------------------------------------------------------------- */
SALVE_MUST_USE enum salve_code rec_doc_put(struct rec_tx *tx, struct str kind, struct str id, struct str bytes,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_doc_get(struct rec_tx *tx, struct str kind, struct str id, struct arena *mem,
                                           struct str *bytes, struct salve_err *err);
/* rec_doc_ids - ids of a kind, sorted. rec_doc_is_name - whether it can be a kind or an id. */
SALVE_MUST_USE enum salve_code rec_doc_ids(struct rec_tx *tx, struct str kind, struct arena *mem, struct str **ids,
                                           size_t *count, struct salve_err *err);
bool rec_doc_is_name(struct str text);
/* rec_doc_has_door - documents of the kind are written by the gate alone. */
bool rec_doc_has_door(struct str kind);

/* rec_row_hash - the name of a row: `rows`, and REC_HASH_TEXT_BYTES characters of a keyed hash of it and `what`; `name`
 * holds both. rec_sealed_put, rec_sealed_get - such a row, sealed with its name; `bytes` is what it has to have.
 * E_NOT_FOUND, E_INTEGRITY. */
enum { REC_HASH_TEXT_BYTES = 32 };
struct str rec_row_hash(const struct crypto_key *key, struct str label, const char *rows, struct str what, char *name);
SALVE_MUST_USE enum salve_code rec_sealed_put(struct rec_tx *tx, const struct crypto_key *key, struct str name,
                                              struct str plain, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_sealed_get(struct rec_tx *tx, const struct crypto_key *key, struct str name,
                                              uint8_t *plain, size_t bytes, struct salve_err *err);

/* rec_form_bind - the words of a form: the first agreement under its number and language binds them (a document and its
 * public leaf), later ones must be about the same. E_CONFLICT: other words; E_INVALID: no words at the first use. */
struct consent_form_ref;
SALVE_MUST_USE enum salve_code rec_form_bind(struct rec_tx *tx, const struct consent_form_ref *form,
                                             struct salve_err *err);

/* rec_actor_check - staff must have logged in (staff.h), have that role now and not be retired; the person's side comes
 * without an id (a helper with the pseudonym of their grant), or with that of a member of staff who is there.
 * rec_actor_is - the same in a transaction of its own, which reads. rec_not_staff - the words for it.
 * rec_may - the row of the table for what the actor says they are (consent/may.h), before anything is looked at.
 * E_ROLE; E_STEP_UP: it takes a member who showed lately that it is them. rec_role_may - has the role a row for it? */
bool rec_role_is_staff(enum role role);
SALVE_MUST_USE enum salve_code rec_actor_check(struct rec_tx *tx, struct actor actor, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_actor_is(struct site *site, struct actor actor, struct arena *mem,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_not_staff(enum role role, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_may(struct site *site, struct actor actor, enum act act, enum purpose purpose,
                                       struct salve_err *err);
bool rec_role_may(enum role role, enum act act);

#endif
