/* SPDX-License-Identifier: Apache-2.0
 *
 * gate - what the process that holds a site does beside answering: work of the clock, secrets that are checked on
 * threads of their own, and the number by which others see that something changed. The eighth door of the gate; for an
 * open site of this process alone, on the thread that the site belongs to.
 *
 *     site_generation_use(site, &page->generation);                 // memory that others may read
 *     desk_open(site, &desk, err);                                  // two threads
 *     for (;;) {
 *         poll(.., desk_fd(desk), .., at most GATE_TICK_MS);
 *         do code = desk_finish(desk, mem, &has, &tag, &session, err);   // until there is none, answers each
 *         while (has);
 *         ..                                                        // requests; a login: desk_begin
 *         site_tick(site, &has_more, err);                          // has_more: again before the next poll waits
 *     }
 *     desk_close(&desk); */
#ifndef SALVE_RECORDS_GATE_H
#define SALVE_RECORDS_GATE_H

#include <stdatomic.h>

#include "records/session.h"
#include "records/site.h"

enum { GATE_TICK_MS = 1000 };

/* site_generation_use - from now on *generation grows, with a release, when something changed that an open view, a
 * session or a copy of the settings rests on: a decision of a person, an erasure, a new card; a change of staff; a
 * session that was locked or ended; the settings. It never stands for something that is not durable yet.
 * `generation` outlives the site; NULL: nobody looks. With it the site is used by others than who opened it, so what
 * only whoever has its secret may do is refused meanwhile: staff_recover, and the first PIN of a register without
 * (E_ROLE). */
void site_generation_use(struct site *site, _Atomic uint64_t *generation);

/* site_names_use - how browsers reach the site (proof.h): what passkeys are made for and where a PIN is enough. Texts
 * are copied. E_RANGE: a name or origin that is too long, or has a character that none has. */
SALVE_MUST_USE enum salve_code site_names_use(struct site *site, const struct site_names *names, struct salve_err *err);

/* site_has_failed - the disk failed, and the site writes nothing until it was opened again: whoever holds it ends, and
 * is started anew (a sync is never tried twice). */
bool site_has_failed(const struct site *site);

/* site_build_use - the program that runs the site from now on: its version, and SHA-256 of its file in hexadecimal.
 * Where the document `build program` says something else, its next version and the public leaf (0x07) with it are
 * durable when this returns (N24).
 *   errors  E_INVALID no hash; E_FULL, E_IO, E_INTEGRITY: it is not in the log, and site_health says so */
struct site_build {
    struct str version, sha256;
};
SALVE_MUST_USE enum salve_code site_build_use(struct site *site, const struct site_build *build, struct salve_err *err);

/* site_tick - what is due by the clock, one thing a call: renewal of keys, an erasure whose day is over, the signature
 * of the log (every 5 s where something is new). *has_more: something else is due too. From the first call on,
 * requests leave signing to it, and receipts say so (rec_receipt.proof_from_unix_ms).
 *   errors  those of the work; the next call tries again */
SALVE_MUST_USE enum salve_code site_tick(struct site *site, bool *has_more, struct salve_err *err);

/* site_pause_use - `pause` is called in the middle of a long request, often, where nothing is half done: it may begin
 * other requests, but none of a view that a request under way is of, and no tick. until_fd: it serves others until
 * there is something to read there; below 0: as long as it thinks right, or not at all. NULL: never. */
void site_pause_use(struct site *site, void (*pause)(void *with, int until_fd), void *with);

/* --- verifying and backing up beside the work --------------------------------------------------------------------- */

/* The file of the records stands still from site_freeze to site_thaw while the site is used; another process, which is
 * a fork of this one, reads it.
 *
 *     site_verify_begin(site, actor, &shows, err);             // or site_backup_begin(site, &ask, mem, &plan, err)
 *     site_freeze(site, err);
 *     if (fork() == 0) {
 *         site_frozen_open(site, &copy, err);                  // then the first process goes on, not before
 *         site_verify_frozen(copy, &ask, shows, &result, err); // or site_backup_files(copy, plan, ..)
 *         _exit(0);                                            // nothing that was there before the fork is closed
 *     }
 *     ..                                                       // requests; with the backup site_backup_keys
 *     site_thaw(site);
 *     site_verify_done(site, &result, code, err);              // or site_backup_done
 *
 * Keys are not renewed meanwhile; whoever is erased has no keys from that moment, and the sealed records leave the file
 * with the thaw. */
/* site_freeze - E_BUSY: it is frozen. site_frozen_open - what it is read by, in the other process, which ends with it;
 * it takes what is in the folder at that moment. */
SALVE_MUST_USE enum salve_code site_freeze(struct site *site, struct salve_err *err);
void site_thaw(struct site *site);
SALVE_MUST_USE enum salve_code site_frozen_open(struct site *site, struct site **out, struct salve_err *err);

/* site_verify_begin - may they? *shows_records: and may they be told which records are concerned. site_verify_frozen -
 * all of site_verify but that and what follows it. site_verify_done - notes it; the code of site_verify. */
SALVE_MUST_USE enum salve_code site_verify_begin(struct site *site, struct actor actor, bool *shows_records,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code site_verify_frozen(struct site *copy, const struct site_verify_ask *ask,
                                                  bool shows_records, struct site_verify_result *out,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code site_verify_done(struct site *site, const struct site_verify_result *result,
                                                enum salve_code code, struct salve_err *err);

/* site_backup_begin - may they, and where to; signs. The plan is in mem. site_backup_files - the copy of the keys, then
 * that of the data; keys_done is called in between, and site_backup_keys has to follow from it. site_backup_done - the
 * document about it. */
struct site_backup_plan;
SALVE_MUST_USE enum salve_code site_backup_begin(struct site *site, const struct site_backup_ask *ask,
                                                 struct arena *mem, struct site_backup_plan **out,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code site_backup_files(struct site *copy, struct site_backup_plan *plan, struct arena *mem,
                                                 struct site_backup *out,
                                                 enum salve_code (*keys_done)(void *with, struct salve_err *err),
                                                 void *with, struct salve_err *err);
SALVE_MUST_USE enum salve_code site_backup_keys(struct site *site, const struct site_backup_plan *plan,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code site_backup_done(struct site *site, const struct site_backup_ask *ask,
                                                const struct site_backup_plan *plan, const struct site_backup *backup,
                                                struct arena *mem, struct salve_err *err);

/* --- secrets, checked on two threads ------------------------------------------------------------------------------ */

struct desk; /* the two threads and what waits for them */

enum { DESK_SOURCE_MAX = 4, DESK_MAX = 64 }; /* checks that wait or run: of one source; together */
enum desk_wish { DESK_LOGIN, DESK_SESSION, DESK_UNLOCK, DESK_STEP_UP };

struct desk_ask {
    enum desk_wish wish;       /* staff_login; session_begin_by; session_unlock_by; session_step_up */
    struct str id;             /* of the first two: the name of staff */
    const uint8_t *token;      /* of the others: SESSION_TOKEN_BYTES; NULL of the first two */
    struct str secret;         /* copied */
    const struct proof *shown; /* not of DESK_LOGIN: what is beside the secret; NULL: nothing. No passkey */
    uint64_t source;           /* who asks: a connection, an address */
    uint64_t tag;              /* the caller's, for finding the answer's place */
};

/* desk_open - starts the threads; all signals are blocked in them, and they touch nothing but what they hash.
 * desk_close - waits for what runs, gives back what waits; before site_close. Sets *desk to NULL; NULL is fine. */
SALVE_MUST_USE enum salve_code desk_open(struct site *site, struct desk **out, struct salve_err *err);
void desk_close(struct desk **desk);

/* desk_fd - readable when something is done. */
int desk_fd(const struct desk *desk);

/* desk_begin - counts the try and queues the work, which is the same for a name that nobody has.
 *   errors  E_QUOTA the source has four waiting; E_BUSY all places are taken; E_PIN a wait is not over; E_SESSION;
 *           E_RANGE a secret of more than 256 bytes; E_IO, E_FULL: the try cannot be counted */
SALVE_MUST_USE enum salve_code desk_begin(struct desk *desk, const struct desk_ask *ask, struct salve_err *err);

/* desk_finish - the next one that is done: *has is false where there is none. *tag is what desk_begin was given; the
 * result is that of staff_login (out->actor alone is filled), session_begin or session_unlock. */
SALVE_MUST_USE enum salve_code desk_finish(struct desk *desk, struct arena *mem, bool *has, uint64_t *tag,
                                           struct session *out, struct salve_err *err);

#endif
