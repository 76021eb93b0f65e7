/* SPDX-License-Identifier: Apache-2.0
 *
 * records - THE GATE: the only door to people's data. Above it nobody includes keys, store or tlog; below it nobody
 * knows what consent is.
 *
 *     struct site *site = NULL;                                    // a folder: site.db keys.db checkpoint lock
 *     code = site_open(&options, &site, err);
 *     struct rec_view *view = NULL;                                // authority is a value you must hold
 *     struct rec_ask ask = {.actor = nurse, .purpose = PURPOSE_CARE, .who = STR("7QK4-...")};
 *     code = rec_open(site, &ask, &view, err);                     // E_CONSENT, E_ROLE, E_QUOTA, E_NOT_FOUND, ...
 *     code = rec_all(view, 0, &list, &count, err);                 // newest version of each resource
 *     code = rec_new_id(view, mem, &id, err);                      // "<compartment>.<number>" for a resource to come
 *     code = rec_save(view, items, item_count, NULL, err);         // durable when it returns, or nothing happened
 *     code = rec_close(&view, err);                                // notes what was read; NULL is fine
 *     code = site_close(&site, err);
 *
 * What holds:
 * - No key leaves the key store before the commitment to that look is durable in the log; the look's opening is in the
 *   person's own AUDIT class in the same transaction. So every look of a view is in `rec_looked`.
 * - A purpose opens what a consent record allows, and only until it is withdrawn, replaced or expired. Never asked,
 *   refused and withdrawn give the same code with the same words (N17). There is no call to note a refusal (N9).
 * - One save is one transaction: its records, the head of the chain, the leaf, and the opening.
 * - Everything saved passes the admission gate again (admit/admit.h), whoever called.
 * - Nothing lists people. A person is found by the card, or exactly by all names and birth date where the site has
 *   switched that on (docs/internals/keys.md, "Blind index"); every such look-up is a leaf too.
 *
 * One process uses a site at a time (E_BUSY names the pid of the other). A struct site and its views belong to one
 * thread. Errors name rules and files, never a person's data. E_CLOCK: the clock was set back by more than 2 s; looking
 * goes on (marked `clock_suspect`), but nothing is given, extended or enrolled until the clock is right.
 *
 * "Paper mode" (a check that stores nothing) has no call here: a person who does not enrol has no compartment, and the
 * evaluation works on tapes in memory. */
#ifndef SALVE_RECORDS_RECORDS_H
#define SALVE_RECORDS_RECORDS_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "consent/consent.h"
#include "fhir/tape.h"

struct site;     /* an open site folder */
struct rec_view; /* an open compartment, for one actor and one purpose */

/* === the site =================================================================================================== */

/* What opens the root secret: a passphrase (Argon2id, 256 MiB, about a second) or a file with 32 random bytes. */
struct site_secret {
    struct str passphrase; /* used when key_file is NULL */
    const char *key_file;
};

struct site_options {
    const char *path; /* the folder */
    struct site_secret secret;
    struct clock clock; /* clock_system() */
};

/* Settings of a site. They are a document of the commons; a change is a new version of it and a public leaf (0x07). */
struct site_settings {
    struct str name;      /* "Northern District, tent 4": printed on letters */
    struct str log_name;  /* lower-case letters, digits, '-': the log's origin is salve.<log_name>/1 */
    struct str languages; /* BCP 47, a space between: "en ar" */
    uint8_t assent_age_years, consent_age_years, majority_age_years; /* 7 16 18 where nothing is set (0) */
    bool name_index;               /* exact look-up by all names and birth date; off by default */
    struct str identifier_systems; /* the site's own record numbers that Patient.identifier may use, a space between */
    struct str
        national_patterns; /* written forms of national numbers that must not appear (admit/admit.h), one a line */
};

/* site_create - makes the folder and a new site in it, closed again when it returns. With a key file that does not
 * exist yet, makes that too (0600). E_CONFLICT if the folder already holds a site. */
SALVE_MUST_USE enum salve_code site_create(const struct site_options *options, const struct site_settings *settings,
                                           struct salve_err *err);

/* site_open - locks the folder, opens the files, completes what a crash left undone, and checks that the log is not
 * older than its signed checkpoint.
 *   errors  E_NOT_FOUND no site there; E_BUSY (`why` has the pid); E_SECRET; E_INTEGRITY (`at` names the file);
 *           E_FULL; E_IO */
SALVE_MUST_USE enum salve_code site_open(const struct site_options *options, struct site **out, struct salve_err *err);

/* site_close - signs the last checkpoint, wipes the keys, unlocks. Sets *site to NULL in every case. */
SALVE_MUST_USE enum salve_code site_close(struct site **site, struct salve_err *err);

const struct site_settings *site_settings(const struct site *site);
SALVE_MUST_USE enum salve_code site_settings_set(struct site *site, struct actor actor,
                                                 const struct site_settings *settings, struct salve_err *err);

/* site_admission - what may be kept here: the list and what this site added to it (admit/admit.h). Good until the
 * settings change. */
struct admit_rules;
const struct admit_rules *site_admission(const struct site *site);

bool site_clock_suspect(const struct site *site);
int64_t site_now_unix_ms(const struct site *site); /* never below what was seen before */

/* What `doctor` tells: sizes, not people. */
struct site_facts {
    struct str origin; /* "salve.north/1" */
    struct str vkey;   /* the log's public key as a C2SP vkey */
    uint64_t log_size; /* leaves, dummies included */
    uint8_t log_root[32];
    uint32_t kek_epoch;
    int64_t rotated_at_unix_ms; /* 0: never */
    uint64_t site_db_bytes, keys_db_bytes;
};
SALVE_MUST_USE enum salve_code site_facts(struct site *site, struct arena *mem, struct site_facts *out,
                                          struct salve_err *err);

/* === commons: what is not about a person ======================================================================== */
/* Checksummed documents, readable by all staff, versions kept: accepted guidelines, forms, settings, staff. kind and id
 * are 1..64 of [a-z0-9._-]. A new version leaves a public leaf (0x07) with the hash. */
SALVE_MUST_USE enum salve_code commons_put(struct site *site, struct actor actor, struct str kind, struct str id,
                                           struct str bytes, struct salve_err *err);
/* commons_get - newest version. E_NOT_FOUND; E_INTEGRITY if its checksum fails. */
SALVE_MUST_USE enum salve_code commons_get(struct site *site, struct str kind, struct str id, struct arena *mem,
                                           struct str *bytes, struct salve_err *err);
/* commons_list - ids of a kind, sorted. */
SALVE_MUST_USE enum salve_code commons_list(struct site *site, struct str kind, struct arena *mem, struct str **ids,
                                            size_t *count, struct salve_err *err);

/* Staff are pseudonyms ("dr-amina", the form of a commons id) with one role each. The first one may be registered by
 * anybody who can open the site; later ones by a MANAGER. A role of the person's side (participant, helper, guardian)
 * is refused with E_ROLE. E_CONFLICT if the pseudonym is taken. */
struct staff {
    struct str id;
    enum role role;
    bool retired;
};
SALVE_MUST_USE enum salve_code staff_register(struct site *site, struct actor actor, struct str id, enum role role,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code staff_retire(struct site *site, struct actor actor, struct str id,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code staff_list(struct site *site, struct arena *mem, struct staff **out, size_t *count,
                                          struct salve_err *err);

/* === receipts =================================================================================================== */

/* Proof that a leaf is in the log: c2sp.org/tlog-proof@v1 text with the signed checkpoint inside; `extra` of it opens
 * the commitment. Lives as long as the arena of the call. */
struct rec_receipt {
    struct str text;
    uint64_t leaf_index;
    int64_t at_unix_ms;
};

/* === enrolment ================================================================================================== */

enum { REC_CARD_TEXT_BYTES = 24 }; /* "7QK4-M2ZP-9XTR-C5HW-A3NE": docs/formats/card.md */

struct rec_enrolled {
    struct compartment compartment;
    struct str card; /* shown once; only a keyed hash of it is kept */
    struct rec_receipt receipt;
};

/* rec_enrol - a new compartment for one person, with the means of own access and nothing else: every optional purpose
 * is off. Two compartments for one person are legal; this call never says that somebody is known (N10).
 *   actor    REGISTRAR, ASSISTANT or CLINICIAN, registered
 *   patient  a Patient tape; it passes admission; its id, if it has one, is replaced by one of the compartment
 *   errors   E_ROLE, E_NOT_ADMITTED, E_INVALID, E_CLOCK, E_FULL, E_IO */
SALVE_MUST_USE enum salve_code rec_enrol(struct site *site, struct actor actor, const struct tape *patient,
                                         struct arena *mem, struct rec_enrolled *out, struct salve_err *err);

/* rec_card_new - a new card for a person who lost theirs; the old one no longer works. `view` of purpose SELF or of a
 * registrar under CARE. */
SALVE_MUST_USE enum salve_code rec_card_new(struct rec_view *view, struct arena *mem, struct str *card,
                                            struct salve_err *err);

/* rec_card_valid - whether a text has the form of a card code and its check character; tells nothing about people. */
bool rec_card_valid(struct str text);

/* rec_find - exact look-up by the whole Patient.name list and birth date, where the site has name_index. Writes the
 * compartments that match (usually 0 or 1); each match gets a leaf of kind look-up. E_QUOTA: 20 an hour for an actor,
 * 200 a day for the site. E_UNSUPPORTED when the site has it off. */
SALVE_MUST_USE enum salve_code rec_find(struct site *site, struct actor actor, struct str names, struct str birth_date,
                                        struct arena *mem, struct compartment **out, size_t *count,
                                        struct salve_err *err);

/* === consent ==================================================================================================== */

/* rec_consent_give - notes one agreement and makes the keys for it. In force when it returns.
 *   actor  staff (REGISTRAR, ASSISTANT, CLINICIAN) with the person, or the person (PARTICIPANT, GUARDIAN)
 *   who    the card code: the person is present
 *   grant  one purpose, never SELF (a right that comes with enrolment). The caller fills purpose, classes (0: the plain
 *          ones of the purpose; SENS only by its separate tick), form (with the sha256 of the file's bytes), method,
 *          witness, teach_back and rounds, by, assent, to; not_after_unix_s 0 is the longest that the purpose allows,
 *          and later is cut to that. The gate sets state, seq, time, majority and taken_by, and runs consent_check with
 *          the birth date of the stored Patient and the ages of the site
 *   receipt  may be NULL
 *   errors E_CONSENT (teach-back not passed, dissent, no guardian for a child: nothing is kept), E_INVALID, E_ROLE,
 *          E_NOT_FOUND, E_CLOCK, E_FULL, E_IO */
SALVE_MUST_USE enum salve_code rec_consent_give(struct site *site, struct actor actor, struct str who,
                                                const struct consent_grant *grant, struct arena *mem,
                                                struct rec_receipt *receipt, struct salve_err *err);

/* rec_consent_withdraw - ends a purpose. When it returns, no read under that purpose succeeds: the decision and its
 * leaf are durable, the purpose's wraps are gone, its classes have new keys, and for STATISTICS the projection is
 * deleted. Withdrawing what is not in force answers the same. Never E_CLOCK: taking back always works. */
SALVE_MUST_USE enum salve_code rec_consent_withdraw(struct site *site, struct actor actor, struct str who,
                                                    enum purpose purpose, struct arena *mem,
                                                    struct rec_receipt *receipt, struct salve_err *err);

/* What the person decided, oldest first. Only a view of purpose SELF may ask (E_CONSENT otherwise). */
struct rec_consent {
    struct consent_grant grant; /* seq and texts filled; texts in mem */
    int64_t at_unix_ms;
    bool in_force; /* this very grant opens its purpose now */
};
SALVE_MUST_USE enum salve_code rec_consents(struct rec_view *view, struct arena *mem, struct rec_consent **out,
                                            size_t *count, struct salve_err *err);

/* === a view ===================================================================================================== */

struct rec_ask {
    struct actor actor; /* staff must be registered under that role; the person's side has an empty id */
    enum purpose purpose;
    struct str who;     /* card code (the person is present), or the text of the compartment id (staff, purposes
                            * that do not need presence: FOLLOW_UP, RESEARCH). CARE and SELF need the card */
    class_mask classes; /* 0: all that the purpose delivers; asking for more than it delivers is E_CONSENT */
};

/* rec_open - a view, or a reason. Quota: 60 different compartments an hour for the staff of a site (E_QUOTA); those
 * that were enrolled within the hour do not count.
 *   errors  E_NOT_FOUND no such card; E_ROLE; E_CONSENT; E_QUOTA; E_INTEGRITY; E_FULL, E_IO: nothing was opened */
SALVE_MUST_USE enum salve_code rec_open(struct site *site, const struct rec_ask *ask, struct rec_view **out,
                                        struct salve_err *err);

/* rec_close - notes which classes and how many resources were read (a TRANSFER that was read is over then), frees
 * the view, wipes its keys; *view becomes NULL in every case. */
SALVE_MUST_USE enum salve_code rec_close(struct rec_view **view, struct salve_err *err);

struct compartment rec_compartment(const struct rec_view *view);
enum purpose rec_purpose(const struct rec_view *view);
class_mask rec_classes(const struct rec_view *view);
int64_t rec_opened_at_unix_ms(const struct rec_view *view);

/* A stored resource. Views live as long as the struct rec_view. */
struct rec_resource {
    struct str id;   /* "<compartment>.<number>" */
    struct str type; /* "Observation" */
    enum data_class class;
    int64_t saved_at_unix_ms;
    uint64_t record_seq;
    uint32_t version; /* 1.. ; the newest one stands */
    struct tape tape;
};

/* rec_all - newest version of every resource of `classes` (0: all of the view) in the order they were first saved.
 * rec_read - one by id ("Observation/<id>" or "<id>"). E_NOT_FOUND. rec_history - all versions of one, oldest first. */
SALVE_MUST_USE enum salve_code rec_all(struct rec_view *view, class_mask classes, const struct rec_resource **out,
                                       size_t *count, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_read(struct rec_view *view, struct str id, const struct rec_resource **out,
                                        struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_history(struct rec_view *view, struct str id, struct arena *mem,
                                           const struct rec_resource ***out, size_t *count, struct salve_err *err);

/* rec_next_number - the number of the next new id; same counter as rec_new_id; the shape that admit/import.h asks for
 * (`view` is the struct rec_view). Ids end with ".<number>". */
uint64_t rec_next_number(void *view);

/* rec_new_id - an id for a resource to come, unique in the compartment, so that a batch can refer to itself. */
SALVE_MUST_USE enum salve_code rec_new_id(struct rec_view *view, struct arena *mem, struct str *id,
                                          struct salve_err *err);

/* One resource to save. Its `id` must be one of rec_new_id (new) or the id of a stored resource of the same type and
 * class (a new version of it). `class` 0: IDENT for Patient and RelatedPerson, else CLIN. Consent and AuditEvent come
 * from the gate alone (E_NOT_ADMITTED). */
struct rec_item {
    const struct tape *tape;
    enum data_class class;
};

/* rec_save - one batch, durable when it returns; after an error nothing of it is there. At most 65,536 ids a view.
 *   errors  E_NOT_ADMITTED, E_ROLE (a manager or helper writes nothing), E_CONSENT (a class the view has not),
 *           E_INVALID (id missing or not of this compartment), E_TOO_BIG, E_FULL, E_IO */
SALVE_MUST_USE enum salve_code rec_save(struct rec_view *view, const struct rec_item *items, size_t item_count,
                                        struct rec_receipt *receipt_or_null, struct arena *mem, struct salve_err *err);

/* === the person's own rights (views of purpose SELF) ============================================================ */

/* One line of "who looked". */
struct rec_look {
    int64_t at_unix_ms;
    bool clock_suspect;
    struct str kind;      /* enrolment, access, denied, read, write, consent, withdrawal, used, card, look-up */
    struct actor actor;   /* id empty: the person */
    enum purpose purpose; /* 0: none */
    class_mask classes;
    uint32_t resource_count; /* kind read: how many were read */
    uint64_t leaf_index;
    uint64_t record_seq; /* of the AUDIT record that holds the opening */
    bool proved;         /* the inclusion proof against the signed checkpoint holds */
    struct str proof;    /* its c2sp.org/tlog-proof@v1 text; empty if not proved */
};

/* rec_looked - the whole access history, oldest first. A line whose leaf is missing or different in the log has
 * proved = false; `missing` counts them. */
SALVE_MUST_USE enum salve_code rec_looked(struct rec_view *view, struct arena *mem, struct rec_look **out,
                                          size_t *count, size_t *missing, struct salve_err *err);

/* rec_take - everything the person may have: exactly what was saved, resource by resource (newest versions), then the
 * Consent and AuditEvent resources made from the gate's own records. */
SALVE_MUST_USE enum salve_code rec_take(struct rec_view *view, struct arena *mem, const struct rec_resource **out,
                                        size_t *count, struct salve_err *err);

/* What an erasure leaves with the person. */
struct rec_erasure {
    int64_t erased_at_unix_ms;
    int64_t horizon_unix_ms; /* older key backups are useless from then on: 14 days at most */
    struct rec_receipt receipt;
};

/* rec_erase - the person's records, keys, tokens and openings go; a tombstone and a leaf stay. Nothing opens
 * afterwards, here or from a restored backup once its tombstones are replayed; the log still verifies.
 *   actor  PARTICIPANT or GUARDIAN (or staff with the person present); who: the card */
SALVE_MUST_USE enum salve_code rec_erase(struct site *site, struct actor actor, struct str who, struct arena *mem,
                                         struct rec_erasure *out, struct salve_err *err);

/* === upkeep ===================================================================================================== */

struct site_rotation {
    uint32_t epoch;
    uint64_t wraps_renewed, wraps_dropped; /* dropped: expired, withdrawn, form too old */
    uint64_t tombstones;
    int64_t horizon_unix_ms;
};
/* site_rotate - nightly: new key-encryption keys, live wraps renewed, a public leaf (0x04) with the counts.
 * actor: TECHNICIAN or MANAGER. */
SALVE_MUST_USE enum salve_code site_rotate(struct site *site, struct actor actor, struct site_rotation *out,
                                           struct salve_err *err);

/* site_secret_change - another passphrase or key file opens the site from now on, the old one no longer: everything
 * that was sealed under it is sealed anew, all or nothing. A key file that does not exist yet is made. E_SECRET: `old`
 * does not open the site; E_RANGE: the new one is too short. actor: TECHNICIAN or MANAGER. */
SALVE_MUST_USE enum salve_code site_secret_change(struct site *site, struct actor actor, const struct site_secret *old,
                                                  const struct site_secret *fresh, struct salve_err *err);

/* One thing that is wrong. `compartment_text` is empty when it is not about one. */
struct site_finding {
    struct str file;        /* "site.db", "keys.db", "checkpoint" */
    struct str compartment; /* random id */
    struct str element;     /* "record 7", "wrap self/clinical", "tile/0/000", "commons settings" */
    struct str what;        /* fixed words */
};
struct site_verify_ask {
    struct actor actor;                                                         /* TECHNICIAN or MANAGER */
    void (*progress)(void *with, const char *step, uint64_t done, uint64_t of); /* may be NULL */
    void (*finding)(void *with, const struct site_finding *finding);            /* may be NULL */
    void *with;
};
struct site_verify_result {
    uint64_t compartments, records, wraps, leaves, findings;
};
/* site_verify - everything that can be checked without opening anybody's data: page and row checksums of both
 * databases, every chain against its head, every record's layout, wraps against consent records, tombstones against
 * wraps, the whole log re-hashed against the signed checkpoint. E_INTEGRITY if there was a finding. */
SALVE_MUST_USE enum salve_code site_verify(struct site *site, const struct site_verify_ask *ask,
                                           struct site_verify_result *out, struct salve_err *err);

/* site_verify_path - the same for a site that site_open refuses: works on what can be read. */
SALVE_MUST_USE enum salve_code site_verify_path(const struct site_options *options, const struct site_verify_ask *ask,
                                                struct site_verify_result *out, struct salve_err *err);

/* site_log_successor - after a restore that lost leaves (site_open said E_INTEGRITY about the checkpoint): retires the
 * log key, starts the log salve.<log_name>/<n+1> whose first leaf (0x06) names the old origin, its last signed size and
 * root. The old tiles and checkpoint are kept beside the new ones. Works on a closed site. */
SALVE_MUST_USE enum salve_code site_log_successor(const struct site_options *options, struct salve_err *err);

#endif
