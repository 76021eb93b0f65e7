/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate: a compartment behind the leaf of one look at it, and reading its resources. A view (view_int.h) and
 * taking down a choice (rec_consent.c) both stand on it. */
#ifndef SALVE_RECORDS_GATE_INT_H
#define SALVE_RECORDS_GATE_INT_H

#include "consent/consent.h"
#include "keys/keys.h"
#include "records/chain_int.h"
#include "records/rec.h"

enum {
    REC_QUOTA_COMPARTMENTS = 60, /* an hour, of a site, without the card (docs/never.md N13) */
    REC_OPENINGS_TOLD = 120,     /* an hour, of a session, with it: more is told, and not refused */
};

/* How an opening counts (rec_openings.c): by staff who have no card there, by a letter's code, a slip or an app,
 * each at most REC_QUOTA_COMPARTMENTS people an hour; with the card as many as there are, and it is told. */
enum rec_counted {
    REC_COUNTED_NOT,
    REC_COUNTED_CARD,
    REC_COUNTED_AWAY,
    REC_COUNTED_LETTER,
    REC_COUNTED_SLIP,
    REC_COUNTED_APP
};

struct rec_app_grant;

/* The ring seals everything and reads the decisions; nothing else is readable before rec_gate_deliver. */
struct rec_gate {
    struct site *site;
    struct arena *mem;
    struct rec_chain chain;
    struct rec_leaf leaf;
    uint64_t access_seq; /* of the AUDIT record of the leaf */
    struct consent_grant *grants;
    size_t grant_count;
    struct rec_app_grant *apps; /* what apps were let do, and its ends, by record number (apps_int.h) */
    size_t app_count;
    struct str app;                               /* the name of the app that asks; empty: none */
    struct keys_consent newest[PURPOSE_LAST + 1]; /* newest decision for each purpose; seq 0: none */
    int64_t now_unix_ms;                          /* when it was opened */
    uint64_t through_seq;                         /* records after this one are not read; 0: all are */
    uint32_t wrong_told;                          /* birth dates or words, since the last right one */
    bool is_suspect;
};

struct rec_gate_ask {
    struct actor actor;
    enum purpose purpose;
    class_mask classes;
    struct compartment id;
    enum rec_counted counted;
    uint64_t session;  /* its number, where the pass of the actor is not its token any more; else 0 */
    bool is_by_ticket; /* of what is open: what is urgent is never refused for the quota */
    bool is_shown;     /* the person's card is there: their tickets are good for a while (worklist.h) */
    struct str app;    /* its name, where an app asks: the person showed that it is them when they let it in */
    bool is_reminder;  /* to call the person before their next check: the leaf says so */
    bool is_gates_own; /* what the person decided before is carried out: nobody has to show anything */
};

/* rec_gate_open - the leaf is durable when it returns, and the decisions are read. The person's own ask (purpose SELF,
 * no member of staff) opens only for who is shown to be them: E_PIN (person_int.h). What the file `revoked` says was
 * erased does not open, whatever rows were put back: E_NOT_FOUND in the words of rec_not_here. Close it in every case;
 * a gate of zeros may be closed too. */
SALVE_MUST_USE enum salve_code rec_gate_open(struct site *site, const struct rec_gate_ask *ask, struct arena *mem,
                                             struct rec_gate *out, struct salve_err *err);
void rec_gate_close(struct rec_gate *gate); /* wipes its keys, what went through the (de)compressor, and the stack */

/* rec_gate_deliver - makes classes readable: the wraps of the purpose must rest on its newest decision, and `revoked`
 * must not say that this one was taken back. */
SALVE_MUST_USE enum salve_code rec_gate_deliver(struct rec_gate *gate, enum purpose purpose, class_mask classes,
                                                struct salve_err *err);

/* rec_openings_count - one more, in the transaction of its leaf: E_QUOTA, or a document that tells of many. */
SALVE_MUST_USE enum salve_code rec_openings_count(struct rec_tx *tx, const struct rec_gate_ask *ask,
                                                  struct salve_err *err);

/* rec_note_denied - the ask opened nothing, and the person sees it. */
SALVE_MUST_USE enum salve_code rec_note_denied(struct rec_gate *gate, struct actor actor, enum purpose purpose,
                                               class_mask classes, struct salve_err *err);

/* A version of a resource as it was loaded. */
struct rec_version {
    struct rec_resource is;
    uint64_t number; /* of its id */
    uint32_t order;  /* of loading: within a record the order of saving */
    uint32_t newest; /* index of the newest version of the same id; set in the first one */
    bool is_first;   /* the oldest version of its id */
    bool is_handed_out;
};

/* What was read through a gate so far; zeros to begin with. */
struct rec_shelf {
    struct rec_version *all;             /* every version, in the order of saving */
    size_t count, room, numbered;        /* numbered: in their order, with their versions */
    uint64_t made;                       /* changes where more than new resources behind all others came */
    uint64_t loaded_seq[CLASS_LAST + 1]; /* records of the class up to here are in `all` */
};

/* rec_gate_read - puts what is stored of these delivered classes, and not on the shelf yet, on it; in the gate's
 * mem. */
SALVE_MUST_USE enum salve_code rec_gate_read(struct rec_gate *gate, class_mask classes, struct rec_shelf *shelf,
                                             struct salve_err *err);

/* rec_birth_date - of the stored Patient, through a gate that reads the identity; absent where there is none. */
SALVE_MUST_USE enum salve_code rec_birth_date(struct rec_gate *gate, struct rec_shelf *shelf, struct str *out,
                                              struct salve_err *err);

#endif
