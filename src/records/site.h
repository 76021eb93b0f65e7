/* SPDX-License-Identifier: Apache-2.0
 *
 * site - a site is one folder: opening, closing, settings and upkeep of it. The first of the four doors of the gate
 * (records); the others are commons.h, staff.h, rec.h and rights.h.
 *
 *     struct site *site = NULL;
 *     code = site_create(&options, &settings, NULL, err);                   // once: makes the folder
 *     if (code == SALVE_OK) code = site_open(&options, &site, err);         // E_BUSY, E_SECRET, E_INTEGRITY, ...
 *     if (code == SALVE_OK) code = staff_register(site, manager, &first, err);      // staff.h
 *     if (code == SALVE_OK) code = staff_login(site, first.id, first.secret, mem, &manager, err);
 *     if (code == SALVE_OK) code = site_facts(site, mem, &facts, err);      // sizes, not people
 *     if (code == SALVE_OK) code = site_rotate(site, manager, &rotation, err);      // nightly
 *     if (code == SALVE_OK) code = site_verify(site, &verify, &result, err);
 *     close_code = site_close(&site, err);                                  // in every case; NULL is fine
 *
 * One process uses a site at a time (E_BUSY names the pid of the other). A struct site and what is opened from it
 * belong to one thread. Errors name rules and files, never a person's data. E_CLOCK: the clock was set back by more
 * than 2 s, or jumped more than 45 days ahead; looking goes on (marked `clock_suspect`), but nothing is given, extended
 * or enrolled until the clock is right. */
#ifndef SALVE_RECORDS_SITE_H
#define SALVE_RECORDS_SITE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

struct site; /* an open site folder */

/* What opens the root secret: a passphrase (Argon2id, 256 MiB, about a second) or a file with 32 random bytes. */
struct site_secret {
    struct str passphrase; /* used when key_file is NULL */
    const char *key_file;
};

/* How long an opening waits for another process that has the site open. `tell` hears of it once (pid, and the name of
 * the program, which may be empty); `is_over` ends the waiting early. Zeros: not at all. */
struct site_wait {
    uint32_t seconds;
    void (*tell)(void *with, int64_t pid, const char *program);
    bool (*is_over)(void *with);
    void *with;
};

struct site_options {
    const char *path;  /* the folder */
    const char *store; /* where records, log and commons are (store.h); NULL: "sqlite:site.db", in the folder */
    struct site_secret secret;
    struct clock clock; /* clock_system() */
    int pin_cost;       /* tests only: what hashing a PIN costs (enum crypto_cost); 0: 19 MiB, or
                         * the least where the people are made up */
    bool is_made_up;    /* site_create only: a site for demonstrations and tests; site_is_made_up */
    struct site_wait wait;
};

/* Settings of a site. They are a document of the commons; a change is a new version of it and a public leaf (0x07). */
struct site_settings {
    struct str name;      /* "Northern District, tent 4": printed on letters */
    struct str log_name;  /* lower-case letters, digits, '-': the log's origin is salve.<log_name>/1 */
    struct str languages; /* BCP 47, a space between: "en ar" */
    uint8_t assent_age_years, consent_age_years, majority_age_years; /* 7 16 18 where nothing is set (0) */
    uint16_t lock_seconds;         /* a session that is not used for so long locks (session.h): 30 to 3600; 0: 120 */
    struct str zone;               /* IANA time zone, whose days are the site's: "Pacific/Auckland"; empty: UTC */
    bool name_index;               /* exact look-up by all names and birth date; off by default */
    struct str identifier_systems; /* the site's own record numbers that Patient.identifier may use, a space between */
    struct str units; /* that numbers are entered in, a space between: "hba1c=% glucose=mg/dL"; visit knows the words */
    struct str
        national_patterns; /* written forms of national numbers that must not appear (admit/admit.h), one a line */
};

/* What is put into a new site before it is one: its staff. `fill` uses the open site and leaves it open. */
struct site_first {
    enum salve_code (*fill)(struct site *site, void *with, struct salve_err *err);
    void *with;
};

/* site_create - makes the folder and a new site in it, closed again when it returns. With a key file that does not
 * exist yet, makes that too (0600). All or nothing: an error leaves nothing behind, and a making that was cut off is
 * begun again by the next call (a key file that it made stays and is used). It never removes what it did not make.
 *   first   may be NULL
 *   errors  E_CONFLICT the folder holds a site already, or a part of one; E_BUSY; E_FULL; E_IO */
SALVE_MUST_USE enum salve_code site_create(const struct site_options *options, const struct site_settings *settings,
                                           const struct site_first *first, struct salve_err *err);

/* site_open - locks the folder, opens the files, completes what a crash left undone, checks that the log is not
 * older than its signed checkpoint, and renews keys that are more than a day old.
 *   errors  E_NOT_FOUND no site there; E_BUSY (`why` has the pid); E_SECRET; E_INTEGRITY (names the file);
 *           E_UNSUPPORTED it is of layout 1 (site_upgrade); E_FULL; E_IO */
SALVE_MUST_USE enum salve_code site_open(const struct site_options *options, struct site **out, struct salve_err *err);

/* site_close - signs the last checkpoint, wipes the keys, unlocks. Sets *site to NULL in every case; NULL is fine. All
 * views are closed before. */
SALVE_MUST_USE enum salve_code site_close(struct site **site, struct salve_err *err);

/* site_is_made_up - the people of this site are made up: it is for demonstrations and tests. Sealed with its root
 * secret when it was made; nothing changes it afterwards. */
bool site_is_made_up(const struct site *site);

const struct site_settings *site_settings(const struct site *site);
SALVE_MUST_USE enum salve_code site_settings_set(struct site *site, struct actor actor,
                                                 const struct site_settings *settings, struct salve_err *err);

/* site_zone - the calendar of the site. Good until the settings change.
 *   errors  E_CONFIG its zone cannot be read: nothing that depends on a day is judged until it can */
struct zone;
SALVE_MUST_USE enum salve_code site_zone(const struct site *site, const struct zone **out, struct salve_err *err);

/* site_admission - what may be kept here: the list and what this site added to it (admit/admit.h). Good until the
 * settings change. */
struct admit_rules;
const struct admit_rules *site_admission(const struct site *site);

/* site_clock_suspect - the clock is behind the last use, or more than 45 days past it: the time stands meanwhile.
 * site_clock_confirm - a clock that is far ahead is right all the same; noted in a public leaf. A clock that is not
 * doubted stays as it is. actor: TECHNICIAN or MANAGER. E_CLOCK: it is behind the last use. */
bool site_clock_suspect(const struct site *site);
SALVE_MUST_USE enum salve_code site_clock_confirm(struct site *site, struct actor actor, struct salve_err *err);
int64_t site_now_unix_ms(const struct site *site); /* never below what was seen before */

/* What `doctor` tells: sizes, not people. */
struct site_facts {
    struct str origin; /* "salve.north/1" */
    struct str vkey;   /* the log's public key as a C2SP vkey */
    uint64_t log_size; /* leaves, dummies included */
    uint8_t log_root[32];
    uint32_t layout; /* of its tables */
    uint32_t kek_epoch;
    int64_t rotated_at_unix_ms; /* or when they were made; 0: nobody can tell */
    uint64_t site_db_bytes, keys_db_bytes;
};
SALVE_MUST_USE enum salve_code site_facts(struct site *site, struct arena *mem, struct site_facts *out,
                                          struct salve_err *err);

/* site_guessed_codes - how many codes of cards, letters or slips that nobody has were tried since there was a day
 * without one; 0 where the file of tries cannot be read. */
uint32_t site_guessed_codes(struct site *site);

/* --- upkeep ----------------------------------------------------------------------------------------------------- */

struct site_rotation {
    uint32_t epoch;
    uint64_t wraps_renewed, wraps_dropped; /* dropped: expired, withdrawn, form too old */
    uint64_t tombstones;
    int64_t horizon_unix_ms;
};

/* site_rotate - nightly: new key-encryption keys, live wraps renewed, a public leaf (0x04) with the counts. Where the
 * last time is more than a day ago, opening a site or a record does it first, and this then tells of that one.
 * actor: TECHNICIAN or MANAGER. */
SALVE_MUST_USE enum salve_code site_rotate(struct site *site, struct actor actor, struct site_rotation *out,
                                           struct salve_err *err);

/* site_secret_change - another passphrase or key file opens the site from now on, the old one no longer: everything
 * that was sealed under it is sealed anew, all or nothing, and the epoch turns twice, so that it opens no older copy of
 * keys.db either (nor does the new one). A key file that does not exist yet is made. E_SECRET: `old`
 * does not open the site; E_RANGE: the new one is too short. actor: TECHNICIAN or MANAGER. */
SALVE_MUST_USE enum salve_code site_secret_change(struct site *site, struct actor actor, const struct site_secret *old,
                                                  const struct site_secret *fresh, struct salve_err *err);

/* One thing that is wrong. `compartment` is empty when it is not about one, or when nobody logged in: a list of the
 * records of a site is for those who mend it. */
struct site_finding {
    struct str file;        /* "site.db", "keys.db", "checkpoint" */
    struct str compartment; /* random id */
    struct str element;     /* "record 7", "wrap self/clinical", "tile/0/000", "commons settings" */
    struct str what;        /* fixed words */
};

struct site_verify_ask {
    struct actor actor; /* TECHNICIAN or MANAGER; zeros: nobody, who is not told which records are concerned */
    /* of site_verify_path, whose site nobody could log in to before; may be NULL: nobody */
    enum salve_code (*login)(void *with, struct site *site, struct actor *out, struct salve_err *err);
    void (*progress)(void *with, const char *step, uint64_t done, uint64_t of); /* may be NULL */
    void (*finding)(void *with, const struct site_finding *finding);            /* may be NULL */
    void *with;
    struct str against; /* a checkpoint, receipt, proof or letter that somebody keeps elsewhere; empty: none */
    unsigned
        threads; /* beside the caller's, where the site is open in this process; 0: as its size and cores have it */
};

struct site_verify_result {
    bool is_made_up; /* site_is_made_up, where it could be opened */
    uint64_t compartments, records, wraps, leaves, findings;
    uint64_t keys_kept; /* of people and decisions that were lost with an older site.db; no fault (site_keys_forget) */
    uint64_t left_over; /* of the findings: the next opening or turn of the keys removes it by itself */
};

/* site_verify - everything that can be checked without opening anybody's data: page and row checksums of both
 * databases, every chain against its head, every record's layout, wraps against consent records, tombstones against
 * wraps, the whole log re-hashed against the signed checkpoint, whose each of its entries is. The whole folder put back
 * to an earlier state agrees with itself: only `against` shows it. E_INTEGRITY if there was a finding; E_INVALID:
 * `against` holds no signed head of a log of this site. */
SALVE_MUST_USE enum salve_code site_verify(struct site *site, const struct site_verify_ask *ask,
                                           struct site_verify_result *out, struct salve_err *err);

/* site_verify_path - the same for a site that site_open refuses: works on what can be read. */
SALVE_MUST_USE enum salve_code site_verify_path(const struct site_options *options, const struct site_verify_ask *ask,
                                                struct site_verify_result *out, struct salve_err *err);

/* site_upgrade - a site of layout 1, which nothing else but verify opens, becomes one of layout 2. The work is done on
 * a copy beside the folder (FOLDER.upgrading), which is verified before and after (`ask`, `out` as in site_verify, of
 * the last one) and exchanged with the site in one step: until then the site is what it was; a cut anywhere leaves the
 * one or the other, and the same call goes on. Works on a closed site. `is_trial`: all but the exchange.
 *   errors  E_CONFLICT it is of layout 2 already, or something in the folder is no file of a site; E_INTEGRITY it has
 *           faults; E_FULL there is no room for the copy; E_UNSUPPORTED the folders cannot be exchanged. Nothing was
 *           changed */
SALVE_MUST_USE enum salve_code site_upgrade(const struct site_options *options, const struct site_verify_ask *ask,
                                            bool is_trial, struct site_verify_result *out, struct salve_err *err);

/* --- backup and restore ------------------------------------------------------------------------------------------- */

struct site_backup_ask {
    struct actor actor; /* TECHNICIAN or MANAGER */
    const char *data;   /* the folder that keeps backups of the data, as many as one likes */
    const char *keys;   /* the place of the one copy of the keys, on another disk; NULL: that of the last time */
};

struct site_backup {
    struct str path; /* of the new backup of the data, in `data` */
    struct str keys; /* the place of the copy of the keys */
    int64_t at_unix_ms;
    uint64_t bytes;
    struct site_verify_result verified; /* what was found in the copy; the site has the same */
    bool is_one_disk;                   /* keys are on the disk of the site or of the data: lost, or taken, together */
};

/* site_backup - a copy of the data, of one moment, in a folder that has the name of that moment once it was opened and
 * verified; and the copy of the keys in its one place, where it takes the place of the one before. From then on every
 * renewal of the keys brings that up to date. Both are sealed as the site is. Noted in a public leaf.
 *   errors  E_ROLE; E_USAGE: the folders lie in each other, or no place of the keys is known; E_CONFLICT: that place
 *           has keys which this site did not put there; E_NOT_FOUND: its disk is not there; E_BUSY; E_INTEGRITY: a
 *           page of the site is damaged, or the copy has a fault that it has not; E_FULL; E_IO. Earlier backups stay
 *           as they are. */
SALVE_MUST_USE enum salve_code site_backup(struct site *site, const struct site_backup_ask *ask, struct arena *mem,
                                           struct site_backup *out, struct salve_err *err);

/* What `doctor` tells of backups. */
struct site_backup_state {
    int64_t at_unix_ms; /* of the newest backup of the data; 0: there was none */
    struct str data, keys;
    int64_t keys_at_unix_ms;   /* of the copy of the keys */
    uint32_t renewals_since;   /* of the keys, after it; without a copy: all there were, and one */
    enum salve_code keys_code; /* what looking at the copy in its place gave */
    struct salve_err keys_err;
};
SALVE_MUST_USE enum salve_code site_backup_state(struct site *site, struct arena *mem, struct site_backup_state *out,
                                                 struct salve_err *err);

/* site_keys_copy_error - why the copy of the keys could not be brought up to date in this run; NULL: nothing failed. It
 * is tried again at each opening. */
const struct salve_err *site_keys_copy_error(const struct site *site);

struct site_restore_ask {
    const char *from;           /* a backup, the folder of backups (the newest is taken), or what is left of a site */
    const char *keys;           /* the copy of the keys, or the folder of a site that has them */
    const char *const *revoked; /* further copies of the file `revoked`; the newest is worth most */
    size_t revoked_count;
};

struct site_restored {
    struct str from;             /* the backup that was taken */
    int64_t at_unix_ms;          /* its moment; 0: what was left of a site, of which nobody can tell */
    int64_t renewed_at_unix_ms;  /* when the keys that were brought were last renewed */
    struct str old_log, new_log; /* origins */
    uint64_t kept, known;        /* leaves of the old log that are here, and that are known to have been signed */
    uint64_t revoked;            /* lines of `revoked`, all carried out */
    uint64_t revoked_lost;       /* lines that site.db knew of and no copy had */
    struct site_verify_result verified;
};

/* site_restore - a site in the new folder options->path, out of a backup and the copy of the keys, opened with
 * options->secret: what `revoked` says is carried out on everybody, and a successor log begins, since nobody can tell
 * what was signed after the backup. Cut off anywhere, the same call begins again. The new site has no place for the
 * copy of its keys yet; the one that it came from is not touched.
 *   errors  E_CONFLICT a site, or a part of one, is in the folder; E_NOT_FOUND; E_SECRET; E_INTEGRITY: a part is
 *           damaged, missing or of another site, or the keys are older than what they were sealed for; E_FULL; E_IO */
SALVE_MUST_USE enum salve_code site_restore(const struct site_options *options, const struct site_restore_ask *ask,
                                            struct arena *mem, struct site_restored *out, struct salve_err *err);

/* site_revoked_mend - brings the file `revoked` together again from what is left of it and from `copies`. Works on a
 * closed site. *lost: lines that site.db knows of and no copy has. Where there are some, E_INTEGRITY, unless the loss
 * is accepted: what was taken back stays so, but rows of before that somebody puts back are not told any more. Noted
 * in a public leaf. */
SALVE_MUST_USE enum salve_code site_revoked_mend(const struct site_options *options, const char *const *copies,
                                                 size_t copy_count, bool is_loss_accepted, uint64_t *lines,
                                                 uint64_t *lost, struct salve_err *err);

/* site_keys_forget - after records were lost with an older site.db, the keys of the people who enrolled since are
 * kept, so that a newer site.db, should it be found, still opens. This drops them, for good; noted in a public leaf.
 * actor: TECHNICIAN or MANAGER. */
SALVE_MUST_USE enum salve_code site_keys_forget(struct site *site, struct actor actor, uint64_t *dropped,
                                                struct salve_err *err);

/* site_log_successor - where the log in site.db is older than what was signed, or where signed-head is lost (site_open
 * said E_INTEGRITY about one of them): retires the
 * log key, starts the log salve.<log_name>/<n+1> whose first leaf (0x06) names the old origin, its last signed size and
 * root. The old tiles and checkpoint are kept beside the new ones. Works on a closed site. */
SALVE_MUST_USE enum salve_code site_log_successor(const struct site_options *options, struct salve_err *err);

#endif
