/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the gate share; include only from src/records/. The main path: rec_open.c (who, leaf, consent,
 * keys), rec_read.c and rec_save.c (what a view does), over rec_tx.c (one transaction with its leaf, records and
 * openings). */
#ifndef SALVE_RECORDS_INT_H
#define SALVE_RECORDS_INT_H

#include "base/assert.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "consent/consent.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "admit/admit.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "keys/keys.h"
#include "records/records.h"
#include "store/store.h"
#include "tlog/tlog.h"

enum {
    REC_QUOTA_COMPARTMENTS = 60,   /* an hour, for the staff of a site (docs/never.md N13) */
    REC_IDS_PER_VIEW = 65536,      /* an id's number is (seq of the view's access record) * 65536 + n */
    REC_HORIZON_DAYS = 14,         /* an erased person's old key backups are useless after two epochs of 7 days */
    REC_RAW_BYTES_MAX = 256 << 20, /* resources of one record before compression */
    REC_PATH_BYTES = 4096,
    REC_NUMBER_ENROLMENT = 1, /* the Patient's id of an enrolment ends in ".1" */
};

struct rec_tx;
struct rec_codec; /* compression, rec_payload.c */

/* --- the site --------------------------------------------------------------------------------------------------- */

/* One log of the site. A successor log begins after a restore that lost leaves; its entries follow in the same rows. */
struct rec_log {
    uint32_t number; /* from 1 */
    uint64_t base;   /* row of its entry 0 */
    uint64_t end;    /* first row of its successor; 0: it is the newest */
    struct str origin;
    struct tlog_vkey vkey;
};

struct site {
    struct arena *mem; /* path, settings, origin, rules */
    const char *path;
    struct clock clock;
    struct db_lock *lock;
    struct store *store;
    struct keys *keys;
    struct rec_codec *codec;
    struct site_settings settings;
    struct arena *settings_mem;
    struct admit_rules *rules;
    struct rec_log log;
    struct crypto_keys *log_seed; /* one key */
    uint64_t signed_size;
    int64_t now_unix_ms; /* guarded, of the newest transaction */
    bool is_suspect;
    bool was_open;           /* the run before did not close */
    bool is_marked_open;     /* this run wrote; the mark "open" is set */
    uint64_t revoked_count;  /* lines of the file `revoked` */
    uint64_t revoked_done;   /* of them carried out in both databases */
    struct str pending_done; /* commons key that the next transaction deletes; text in pending_text */
    char pending_text[96];
};

/* Files of a site folder; path must have room for REC_PATH_BYTES. */
SALVE_MUST_USE enum salve_code rec_path(const char *folder, const char *name, char path[REC_PATH_BYTES],
                                        struct salve_err *err);

SALVE_MUST_USE enum salve_code rec_settings_check(const struct site_settings *settings, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_settings_write(const struct site_settings *settings, struct arena *mem,
                                                  struct str *json, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_settings_read(struct str json, struct arena *mem, struct site_settings *out,
                                                 struct salve_err *err);
/* rec_settings_use - makes `json` the settings of the open site: copies, and builds the admission rules. */
SALVE_MUST_USE enum salve_code rec_settings_use(struct site *site, struct str json, struct salve_err *err);

/* rec_site_open - site_open without recovery and without the log guard when `is_lenient` (verify, successor). */
SALVE_MUST_USE enum salve_code rec_site_open(const struct site_options *options, bool is_lenient, struct site **out,
                                             struct salve_err *err);
/* A secret on the stack; rec_secret_drop zeroes it. */
enum { REC_SECRET_BYTES_MAX = 4096 };
struct rec_secret {
    uint8_t bytes[REC_SECRET_BYTES_MAX];
    struct keys_secret secret;
};
void rec_site_drop(struct site **site); /* closes without writing anything of ours */
SALVE_MUST_USE enum salve_code rec_secret_read(const struct site_secret *from, struct rec_secret *out,
                                               struct salve_err *err);
void rec_secret_drop(struct rec_secret *secret);
/* rec_log_begin - the document that begins a log; rec_log_load - the newest one, with its key. */
SALVE_MUST_USE enum salve_code rec_log_begin(struct site *site, struct rec_tx *tx, const struct rec_log *log,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_log_load(struct site *site, struct salve_err *err);
/* rec_logs - all logs of the site, oldest first. */
SALVE_MUST_USE enum salve_code rec_logs(struct rec_tx *tx, struct arena *mem, struct rec_log **out, size_t *count,
                                        struct salve_err *err);

/* --- events (docs/formats/site.md) ------------------------------------------------------------------------------ */

#define REC_EVENTS(X)                                                                                                  \
    X(ENROLMENT, "enrolment") /* the compartment was made */                                                           \
    X(ACCESS, "access")       /* keys were asked for: the purpose and classes of the ask */                            \
    X(DENIED, "denied")       /* the ask before it opened nothing */                                                   \
    X(READ, "read")           /* what was read until the view closed */                                                \
    X(WRITE, "write")                                                                                                  \
    X(CONSENT, "consent")                                                                                              \
    X(WITHDRAWAL, "withdrawal")                                                                                        \
    X(USED, "used")       /* a permission for one use was used */                                                      \
    X(CARD, "card")       /* a new card */                                                                             \
    X(LOOK_UP, "look-up") /* found by all names and birth date */                                                      \
    X(ERASURE, "erasure")
#define X(name, text) REC_EVENT_##name,
enum rec_event_kind { REC_EVENTS(X) REC_EVENT_COUNT };
#undef X

struct rec_event {
    enum rec_event_kind kind;
    int64_t at_unix_s;
    bool is_suspect; /* the clock had been set back */
    struct actor actor;
    enum purpose purpose; /* 0: none */
    class_mask classes;
    uint64_t consent_seq;    /* the decision this is about; 0: none */
    uint64_t resource_count; /* READ, WRITE */
    struct store_head head;  /* of the chain before the event's own record */
};

const char *rec_event_text(enum rec_event_kind kind);
/* rec_event_write - canonical JSON (RFC 8785). rec_event_read - the reverse; texts in mem. E_INTEGRITY. */
SALVE_MUST_USE enum salve_code rec_event_write(const struct rec_event *event, struct arena *mem, struct str *json,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_event_read(struct str json, struct arena *mem, struct rec_event *out,
                                              struct salve_err *err);

/* --- what is inside a sealed record (docs/formats/site.md) ------------------------------------------------------ */

enum rec_kind {
    REC_KIND_RESOURCES = 1, /* tapes */
    REC_KIND_OPENING = 2,   /* salt and event of a leaf */
    REC_KIND_GRANT = 3,     /* a consent_grant in JSON */
    REC_KIND_ENROLMENT = 4, /* empty: on it rests own access */
};

struct rec_payload {
    enum rec_kind kind;
    bool is_suspect;
    int64_t at_unix_ms;
    uint32_t log_number;
    uint64_t leaf_index; /* OPENING: its own leaf; else the leaf of the access that allowed it */
    struct str body;
};
SALVE_MUST_USE enum salve_code rec_codec_open(struct rec_codec **out, struct salve_err *err);
void rec_codec_close(struct rec_codec **codec); /* sets NULL; NULL is fine */
SALVE_MUST_USE enum salve_code rec_payload_pack(struct rec_codec *codec, const struct rec_payload *payload,
                                                struct arena *mem, struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_payload_unpack(struct rec_codec *codec, struct str bytes, struct arena *mem,
                                                  struct rec_payload *out, struct salve_err *err);

/* Tapes in the body of REC_KIND_RESOURCES. */
SALVE_MUST_USE enum salve_code rec_tapes_pack(const struct tape *const *tapes, size_t count, struct arena *mem,
                                              struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_tapes_unpack(struct str body, struct arena *mem, struct tape **out, size_t *count,
                                                struct salve_err *err);

/* --- one transaction -------------------------------------------------------------------------------------------- */

struct rec_tx {
    struct site *site;
    struct store_tx *store;
    struct tlog *log;
    struct arena *mem;
    int64_t now_unix_ms;
    bool is_suspect;
    bool is_read_only;
    struct rec_log bound; /* the log that the cursor is bound to */
};

/* rec_tx_begin - also reads the guarded clock. On any error nothing is open. rec_tx_commit ends it either way.
 * rec_tx_abandon: fine when it already ended. */
SALVE_MUST_USE enum salve_code rec_tx_begin(struct site *site, bool read_only, struct arena *mem, struct rec_tx *out,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_tx_commit(struct rec_tx *tx, struct salve_err *err);
void rec_tx_abandon(struct rec_tx *tx);

/* rec_log_bind - a cursor of one of the site's logs in the transaction. */
SALVE_MUST_USE enum salve_code rec_log_bind(struct rec_tx *tx, const struct rec_log *log, struct salve_err *err);

/* The chain of a compartment as the transaction moves it on. */
struct rec_chain {
    struct compartment id;
    struct store_head head;
    struct keys_ring *ring;
};
SALVE_MUST_USE enum salve_code rec_chain_load(struct rec_tx *tx, struct rec_chain *chain, struct salve_err *err);

/* rec_put - seals a payload as the next record of the chain. */
SALVE_MUST_USE enum salve_code rec_put(struct rec_tx *tx, struct rec_chain *chain, enum data_class class,
                                       const struct rec_payload *payload, struct salve_err *err);

/* A leaf about a person, with what opens it. */
struct rec_leaf {
    uint32_t log_number;
    uint64_t index;
    struct tlog_hash hash;
    uint8_t salt[TLOG_SALT_BYTES];
    struct str event; /* in the transaction's mem */
    int64_t at_unix_ms;
};
/* rec_leaf_add - the event's commitment into the log (time, site and suspicion are filled in from the transaction).
 * rec_note - the same, and its opening as the next AUDIT record of the chain. */
SALVE_MUST_USE enum salve_code rec_leaf_add(struct rec_tx *tx, struct rec_event *event, struct rec_leaf *out,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_note(struct rec_tx *tx, struct rec_chain *chain, struct rec_event *event,
                                        struct rec_leaf *out, struct salve_err *err);
/* rec_publish - a public leaf: canonical JSON without personal data. */
SALVE_MUST_USE enum salve_code rec_publish(struct rec_tx *tx, enum tlog_entry_type type, struct str json,
                                           struct salve_err *err);

/* rec_unseal - one stored record, opened and unpacked. E_INTEGRITY names the compartment and record. */
SALVE_MUST_USE enum salve_code rec_unseal(struct rec_tx *tx, const struct rec_chain *chain, uint64_t seq,
                                          enum data_class class, struct arena *mem, struct rec_payload *out,
                                          uint8_t sha256[32], struct salve_err *err);

/* rec_sign - pads the log and signs its head (nothing if it is signed already); the file `checkpoint` follows.
 * *note may be NULL. */
SALVE_MUST_USE enum salve_code rec_sign(struct site *site, struct arena *mem, struct str *note, struct salve_err *err);
struct tlog_guard rec_guard(struct site *site);
/* rec_log_check - the log in the database must go on from what was signed. E_INTEGRITY names signed-head or
 * checkpoint. */
SALVE_MUST_USE enum salve_code rec_log_check(struct site *site, struct salve_err *err);
/* rec_keep_old_heads - renames signed-head and checkpoint of log `number`, which has a successor. */
void rec_keep_old_heads(const struct site *site, uint32_t number);
/* rec_receipt_make - signs, and writes the receipt of a durable leaf into mem. NULL out: nothing. */
SALVE_MUST_USE enum salve_code rec_receipt_make(struct site *site, const struct rec_leaf *leaf, struct arena *mem,
                                                struct rec_receipt *out, struct salve_err *err);

/* --- commons ---------------------------------------------------------------------------------------------------- */
SALVE_MUST_USE enum salve_code rec_doc_put(struct rec_tx *tx, struct str kind, struct str id, struct str bytes,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_doc_get(struct rec_tx *tx, struct str kind, struct str id, struct arena *mem,
                                           struct str *bytes, struct salve_err *err);

/* rec_actor_check - staff must be registered under that role and not retired; the person's side comes without an id
 * (a helper with the pseudonym of their grant). E_ROLE. */
bool rec_role_is_staff(enum role role);
SALVE_MUST_USE enum salve_code rec_actor_check(struct rec_tx *tx, struct actor actor, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_actor_needs(struct actor actor, uint32_t roles, struct salve_err *err);
#define ROLE_BIT(role) ((uint32_t)1 << (role))

/* --- who -------------------------------------------------------------------------------------------------------- */

enum { REC_CARD_CHARS = 20 };
struct rec_card {
    uint8_t values[REC_CARD_CHARS];
};
bool rec_card_read(struct str text, struct rec_card *out);
void rec_card_make(struct rec_card *out);
void rec_card_text(const struct rec_card *card, char text[REC_CARD_TEXT_BYTES + 1]);
SALVE_MUST_USE enum salve_code rec_card_token(struct site *site, const struct rec_card *card,
                                              uint8_t token[KEYS_TOKEN_BYTES], struct salve_err *err);
/* rec_name_token - token of all names and birth date of a Patient; *has_token false when one of them is missing. */
SALVE_MUST_USE enum salve_code rec_name_token(struct site *site, const struct tape *patient, struct arena *mem,
                                              uint8_t token[KEYS_TOKEN_BYTES], bool *has_token, struct salve_err *err);

/* rec_who - a card code (then *is_present) or the text of a compartment id. E_NOT_FOUND for both alike. */
SALVE_MUST_USE enum salve_code rec_who(struct site *site, struct str who, struct arena *mem, struct compartment *out,
                                       bool *is_present, struct salve_err *err);

/* --- the gate --------------------------------------------------------------------------------------------------- */

/* A compartment behind its leaf: the ring seals everything and reads the decisions; nothing else is readable yet. */
struct rec_gate {
    struct site *site;
    struct arena *mem;
    struct rec_chain chain;
    struct rec_leaf leaf;
    uint64_t access_seq; /* of the AUDIT record of the leaf */
    struct consent_grant *grants;
    size_t grant_count;
    struct keys_consent newest[PURPOSE_LAST + 1]; /* newest decision for each purpose; seq 0: none */
    int64_t now_unix_ms;
    bool is_suspect;
};
struct rec_gate_ask {
    struct actor actor;
    enum purpose purpose;
    class_mask classes;
    struct compartment id;
    bool is_counted; /* against the quota */
};
SALVE_MUST_USE enum salve_code rec_gate_open(struct site *site, const struct rec_gate_ask *ask, struct arena *mem,
                                             struct rec_gate *out, struct salve_err *err);
void rec_gate_close(struct rec_gate *gate);
/* rec_gate_deliver - makes classes readable: the wraps of the purpose must rest on its newest decision. */
SALVE_MUST_USE enum salve_code rec_gate_deliver(struct rec_gate *gate, enum purpose purpose, class_mask classes,
                                                struct salve_err *err);

/* A version of a resource as it was loaded. */
struct rec_version {
    struct rec_resource is;
    uint64_t number; /* of its id */
    uint32_t order;  /* of loading: within a record the order of saving */
    uint32_t newest; /* index of the newest version of the same id */
    bool is_first;   /* the oldest version of its id */
};

struct rec_view {
    struct site *site;
    struct arena *mem;
    struct rec_gate gate;
    struct actor actor;
    enum purpose purpose;
    class_mask classes;
    uint64_t ids_given;
    uint64_t loaded_seq[CLASS_LAST + 1]; /* records of the class up to here are in `all` */
    struct rec_version *all;             /* every version, in the order of saving */
    size_t all_count, all_room;
    class_mask read_classes; /* for the closing note */
    uint64_t read_count;
};
SALVE_MUST_USE enum salve_code rec_load(struct rec_view *view, class_mask classes, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_id_number(const struct rec_view *view, struct str id, uint64_t *number,
                                             struct salve_err *err);

/* rec_with_id - a copy of a resource under another id. */
SALVE_MUST_USE enum salve_code rec_with_id(const struct tape *tape, struct str id, struct arena *mem, struct tape *out,
                                           struct salve_err *err);

/* rec_transfer_used - ends the purpose TRANSFER after a view of it has read something. */
SALVE_MUST_USE enum salve_code rec_transfer_used(struct rec_view *view, struct salve_err *err);
/* rec_withdraw_replay - a withdrawal that the file `revoked` remembers and the databases do not (any more). */
SALVE_MUST_USE enum salve_code rec_withdraw_replay(struct site *site, struct compartment id, enum purpose purpose,
                                                   uint64_t consent_seq, struct salve_err *err);
/* rec_erase_replay - the same for an erasure. */
SALVE_MUST_USE enum salve_code rec_erase_replay(struct site *site, struct compartment id, struct salve_err *err);

/* The key of a pending grant is deleted by the next transaction. */
void rec_pending_done(struct site *site, struct str key);

/* --- revocations (docs/formats/site.md): what a restored backup must be told again ------------------------------ */
SALVE_MUST_USE enum salve_code rec_revoke_erasure(struct site *site, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_revoke_purpose(struct site *site, struct compartment id, enum purpose purpose,
                                                  uint64_t consent_seq, struct salve_err *err);
/* rec_revoked_load - counts and checks the lines; a last line that a crash cut short is cut off. E_INTEGRITY. */
SALVE_MUST_USE enum salve_code rec_revoked_load(struct site *site, struct salve_err *err);

/* A set of tokens from the file, for asking what it says about a compartment. */
struct rec_revoked {
    uint8_t (*tokens)[KEYS_TOKEN_BYTES];
    size_t count;
};
SALVE_MUST_USE enum salve_code rec_revoked_read(struct site *site, uint64_t from, struct arena *mem,
                                                struct rec_revoked *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_revoked_has_erasure(struct site *site, const struct rec_revoked *revoked,
                                                       struct compartment id, bool *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_revoked_has_purpose(struct site *site, const struct rec_revoked *revoked,
                                                       struct compartment id, enum purpose purpose,
                                                       uint64_t consent_seq, bool *out, struct salve_err *err);

/* rec_replay_all - every line of the file, on everybody. */
SALVE_MUST_USE enum salve_code rec_replay_all(struct site *site, struct salve_err *err);
/* rec_recover - completes what a crash or a restore left open. */
SALVE_MUST_USE enum salve_code rec_recover(struct site *site, struct salve_err *err);

#endif
