/* SPDX-License-Identifier: Apache-2.0
 *
 * health - how a site is, and what its own log says: for those who run it and those who look after them. A door of the
 * gate; nothing here is about a person who is examined, and no person's leaf is told from padding.
 *
 *     code = site_health(site, manager, mem, &health, err);
 *     struct site_entries page = {.before = SITE_ENTRIES_NEWEST};
 *     do code = site_entries(site, auditor, page.next, mem, &page, err);
 *     while (code == SALVE_OK && page.next > 0); */
#ifndef SALVE_RECORDS_HEALTH_H
#define SALVE_RECORDS_HEALTH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

struct site;

/* Beside site_facts and site_backup_state. Times are of the guarded clock; 0: never, or nobody knows. */
struct site_health {
    int64_t now_unix_ms;
    bool is_clock_doubted;
    int64_t verified_at_unix_ms;          /* of the newest verify or verified backup that went to its end */
    uint64_t verified_findings;           /* what it found */
    int64_t signed_at_unix_ms;            /* of the newest signature of the log */
    int64_t published_at_unix_ms;         /* when the file `checkpoint` was last written in this run */
    uint64_t disk_free_bytes, disk_bytes; /* where the site is; 0 and 0: nobody can tell */
    struct str build; /* SHA-256 of the program that runs the site, as the newest entry of the log about it says, in
                         hexadecimal; empty: the log does not have it, or it is a command and no server */
};

/* site_health - actor: MANAGER, TECHNICIAN, AUDITOR. errors  E_ROLE */
SALVE_MUST_USE enum salve_code site_health(struct site *site, struct actor actor, struct arena *mem,
                                           struct site_health *out, struct salve_err *err);

enum { SITE_ENTRIES_MAX = 50, SITE_ENTRIES_LOOKED_MAX = 2048, SITE_ENTRY_FACTS_BYTES_MAX = 16 << 10 };
#define SITE_ENTRIES_NEWEST UINT64_MAX

/* A public entry of the log, by its first byte (docs/formats/log.md). */
enum site_entry_type { SITE_ENTRY_KEYS = 4, SITE_ENTRY_STATISTICS, SITE_ENTRY_SUCCESSOR, SITE_ENTRY_DOCUMENT };
struct site_entry {
    uint64_t row;        /* of the log, over all logs of the site */
    uint8_t type;        /* enum site_entry_type */
    struct str kind, id; /* of a document, else empty */
    uint64_t version;    /* of the document; 0: nobody can tell */
    struct str
        facts; /* JSON: of a document of the gate's own what it says of who, when and what; of others as it was put,
                         where it is not too long; of other entries the entry itself; may be empty */
};
struct site_entries {
    struct site_entry *list; /* newest first */
    size_t count;
    uint64_t next; /* rows below it were not looked at; 0: that was all */
};

/* site_entries - public entries below row `before`: at most 50, out of at most 2048 rows. actor as site_health.
 *   errors  E_ROLE; E_INTEGRITY */
SALVE_MUST_USE enum salve_code site_entries(struct site *site, struct actor actor, uint64_t before, struct arena *mem,
                                            struct site_entries *out, struct salve_err *err);

#endif
