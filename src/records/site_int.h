/* SPDX-License-Identifier: Apache-2.0
 *
 * An open site, as the files of the gate see it; its logs are in log_int.h, its transactions in tx_int.h. */
#ifndef SALVE_RECORDS_SITE_INT_H
#define SALVE_RECORDS_SITE_INT_H

#include "base/assert.h"
#include "crypto/crypto.h"
#include "db/folder.h"
#include "records/near_int.h"

enum {
    REC_HORIZON_DAYS = 14, /* an erased person's old key backups are useless after two epochs of 7 days */
};

#define REC_MARK_KEYS_KEPT "keys kept"
/* Keys of the rows in site.db, and one for what the gate says to itself (login_int.h), each of the secret of rows in
 * the key store. */
enum site_row_key { SITE_KEY_ROWS, SITE_KEY_TAGS, SITE_KEY_OWNERS, SITE_KEY_GATE, SITE_KEY_PENDING, SITE_ROW_KEYS };

/* How far the clock of the gate is with what is done once a day (daily_int.h). */
struct rec_daily_at {
    uint64_t day; /* on which all rows were looked at; 0: not yet */
    char to[64];  /* the row up to which it came; "" between two days */
};

struct admit_rules;
struct rec_apps;
struct crypto_keys;
struct keys;
struct rec_closing;
struct rec_day;
struct payload_codec;
struct rec_decided;
struct rec_log;
struct rec_proofs;
struct rec_revoked;
struct rec_rows;
struct rec_sessions;
struct rec_turning;
struct rec_work_list;
struct store;

struct site {
    const struct gate_ops *ops;
    struct arena *mem; /* path, logs, origins */
    const char *path;
    struct clock clock;
    struct db_lock *lock;
    struct store *store;
    struct keys *keys;
    struct payload_codec *codec;
    struct site_settings settings;
    struct arena *settings_mem;
    const struct zone *zone; /* NULL: it cannot be read */
    struct admit_rules *rules;
    const struct rec_log *log;    /* the newest one */
    struct crypto_keys *log_seed; /* one key */
    struct crypto_keys *row_keys; /* enum site_row_key */
    enum crypto_cost pin_cost;    /* of PINs that are set now */
    bool is_making;               /* its first staff is named by whoever makes it */
    uint64_t signed_size;
    int64_t signed_at_unix_ms;   /* of the newest signature, guarded; 0: never, or nobody knows */
    bool must_sign;              /* at the closing, whatever the interval says */
    bool has_written;            /* anything, in this run */
    struct compartment enrolled; /* the newest of this run: going on with it is not looking people up */
    struct rec_rows *rows;       /* the file of new people that is under way; NULL: none */
    struct rec_closing *closing; /* notes of closed views that wait for a commit (closing_int.h) */
    size_t closing_count;
    int64_t now_unix_ms; /* guarded, of the newest transaction */
    bool is_suspect;
    uint32_t layout;        /* of the rows in site.db; that of the key store is the same but in an upgrade */
    bool was_open;          /* the run before did not close */
    bool is_marked_open;    /* this run wrote; the mark "open" is set */
    bool is_lenient;        /* opened to be verified or mended */
    bool keeps_keys;        /* records were lost with an older site.db: keys without records stay (the mark) */
    bool has_leftovers;     /* what this run could not remove: the mark stays, and the next opening does */
    uint64_t revoked_count; /* lines of the file `revoked` */
    struct arena *revoked_mem;
    struct rec_revoked *revoked;  /* all of them, for the gate; NULL until the file was read */
    int64_t renew_after_unix_ms;  /* until then keys need not be renewed; 0: not looked up yet */
    int64_t due_unix_ms;          /* nothing is due before (erasing_int.h); 0: not looked up yet */
    struct site_rotation renewal; /* what the gate renewed by itself in this run; epoch 0: nothing */
    uint64_t revoked_done;        /* of them carried out in both databases */
    struct str pending_done;      /* commons key that the next transaction deletes; text in pending_text */
    char pending_text[96];
    struct rec_decided *decided;   /* one for each compartment that has a view (stand_int.h) */
    uint64_t retirements;          /* of staff, since the opening */
    uint64_t registrations;        /* of apps, since the opening: each version of one */
    struct rec_sessions *sessions; /* rec_session.c; NULL: there was none yet */
    struct rec_openings *openings; /* of all that is opened without a session (openings_int.h); NULL: nothing was */
    struct rec_apps *apps;         /* rec_app_held.c; NULL: no app was let in yet */
    struct rec_day *day;           /* queue_int.h; NULL: the key of the day was not looked for */
    struct rec_proofs *proofs;     /* proof_int.h; NULL: nothing was shown yet */
    _Atomic uint64_t *generation;  /* site_generation_use */
    struct rec_turning *turning;   /* a renewal of the keys that is under way (rec_renew.c); NULL: none is */
    double certified_count;        /* of an hour, fading (rec_certify.c) */
    int64_t certified_at_unix_ms;  /* the newest */
    bool is_ticking;               /* site_tick signs the log */
    struct rec_daily_at reminded, replied;   /* how far the clock is with what is done once a day */
    struct rec_work_list *work_list;         /* work_list_int.h; NULL: nobody asked for the list yet */
    bool has_tx;                             /* a transaction is open (tx_int.h) */
    void (*pause)(void *with, int until_fd); /* site_pause_use */
    void *pause_with;
    bool is_frozen;                  /* for who reads it beside the work: keys are not renewed meanwhile */
    const struct rec_frozen *frozen; /* this is what is read so */
    bool has_unpublished;            /* a signature that the file `checkpoint` has not */
    int64_t published_at_unix_ms;    /* in this run; 0: never */
    int64_t hour_unix_ms;            /* from when the next hour of publishing counts; 0: the first tick is to come */
    char build[65];                  /* hash of the program that runs it, in the log (rec_build.c); empty: none */
    struct salve_err keys_copy_err;  /* why the copy of the keys could not be renewed in this run */
};

/* The small files of the folder as they were when the site was frozen; NULL: it was not there. */
struct rec_frozen {
    struct str signed_head, checkpoint, revoked;
    struct db_disk *disk;
};
/* rec_file_text - a small file of the folder, or of what is frozen. E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code rec_file_text(const struct site *site, const char *name, size_t bytes_max,
                                             struct arena *mem, struct str *out, struct salve_err *err);

/* rec_not_here - a person who is not here, in the same words whoever that was: never, erased, lost. */
SALVE_MUST_USE enum salve_code rec_not_here(struct salve_err *err);

/* rec_key_file_make - a key file that is not there yet, 0600; one that is there stays. */
SALVE_MUST_USE enum salve_code rec_key_file_make(const char *path, struct salve_err *err);

/* rec_breathe - in the middle of long work, where nothing is half done: others are served where it is time for them
 * (site_pause_use). What was read before may be another afterwards. Nothing in a transaction.
 * rec_slow_key - crypto_key_from_passphrase on a thread of its own, while others are served. */
void rec_breathe(struct site *site);
SALVE_MUST_USE enum salve_code rec_slow_key(struct site *site, struct str secret, const uint8_t *salt,
                                            enum crypto_cost cost, struct crypto_key *out, struct salve_err *err);

/* rec_changed - something that others rest on (site_generation_use); as soon as it is durable. */
void rec_changed(struct site *site);

/* rec_clock_doubted - E_CLOCK with why the clock is doubted. */
enum salve_code rec_clock_doubted(const struct site *site, const char *what, struct salve_err *err);

SALVE_MUST_USE enum salve_code rec_settings_check(const struct site_settings *settings, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_settings_write(const struct site_settings *settings, struct arena *mem,
                                                  struct str *json, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_settings_read(struct str json, struct arena *mem, struct site_settings *out,
                                                 struct salve_err *err);
/* rec_settings_use - makes `json` the settings of the open site: copies, and builds the admission rules. */
SALVE_MUST_USE enum salve_code rec_settings_use(struct site *site, struct str json, struct salve_err *err);

/* rec_keys_upgrade - keys_upgrade with the secret read. */
SALVE_MUST_USE enum salve_code rec_keys_upgrade(struct site *site, const struct site_secret *with,
                                                struct salve_err *err);
/* rec_wait - how the caller of site_open waits for a lock. */
struct db_wait rec_wait(const struct site_wait *wait);
/* rec_row_keys - takes the keys of rows from the key store. */
void rec_row_keys(struct site *site);
/* rec_site_open - WHOLE: site_open. LENIENT: without recovery, without the log guard, of any layout, and lines of
 * `revoked` may be missing (verify, successor). MADE: without them, and the caller has the lock. NEW is of site_create
 * alone. */
enum rec_opening { REC_OPEN_WHOLE, REC_OPEN_LENIENT, REC_OPEN_MADE, REC_OPEN_NEW };
SALVE_MUST_USE enum salve_code rec_site_open(const struct site_options *options, enum rec_opening how,
                                             struct site **out, struct salve_err *err);
/* rec_site_beside - the data in `folder`, opened with the keys of `site`, which outlives it; to be read only. */
SALVE_MUST_USE enum salve_code rec_site_beside(struct site *site, const char *folder, struct site **out,
                                               struct salve_err *err);
void rec_site_beside_drop(struct site **site);
/* rec_site_frozen - the site as it was frozen, read by a process of its own, with the secrets that are in memory. */
SALVE_MUST_USE enum salve_code rec_site_frozen(struct site *site, const struct rec_frozen *frozen, struct site **out,
                                               struct salve_err *err);
void rec_site_drop(struct site **site); /* closes without writing anything of ours */

#endif
