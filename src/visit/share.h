/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/share - what somebody else gets of a record when the person wants that: a summary as a file, and health links.
 *
 *     visit_summary(&visit, card, false, &summary, err);              // ips/ips.h: a document of FHIR
 *     visit_share(&visit, card, &ask, &shared, err);                  // the same, sealed, with a link and a passcode
 *     visit_shares(&visit, card, &list, err);                         // links that are good still
 *     visit_share_end(&visit, card, number, err);
 *
 * What is kept apart is in a summary only where whoever asks wants it, and their view shows it. A summary says the same
 * whether or not there is something that is kept apart. */
#ifndef SALVE_VISIT_SHARE_H
#define SALVE_VISIT_SHARE_H

#include "records/share.h"
#include "visit/visit.h"

struct json_writer;

/* visit_summary - of the person with that card, or of an open view. errors   those of ips_write and of opening.
 * visit_summary_of - of a view that is open already. */
struct visit_summary {
    struct str json;
};
SALVE_MUST_USE enum salve_code visit_summary(const struct visit *visit, struct str card, bool has_apart,
                                             struct visit_summary *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_summary_of(const struct visit *visit, struct rec_view *view, bool has_apart,
                                                struct str *json, struct salve_err *err);

struct visit_share_ask {
    struct str label; /* what the person calls it; empty: none */
    struct str until; /* the last day that it is good, "2026-12-24" in the site's zone; empty: for `days` */
    uint32_t days;    /* from now; 0: 30 */
    bool has_apart;   /* also what is kept apart */
};
struct visit_shared {
    struct str link;     /* "shlink:/.."; with the passcode it is the copy: shown once */
    struct str passcode; /* told beside it: "7QK4-M2ZP" */
    uint64_t number;
    int64_t until_unix_s;
};

/* visit_share - a summary as it is now, sealed under a key that stands in the link alone; the gate keeps what it cannot
 * read. errors   E_NOT_FOUND: browsers reach this site by no name, so nobody could open a link; E_INVALID, E_RANGE:
 * until; those of share_make and visit_summary. */
SALVE_MUST_USE enum salve_code visit_share(const struct visit *visit, struct str card,
                                           const struct visit_share_ask *ask, struct visit_shared *out,
                                           struct salve_err *err);

/* visit_shares - links that are good still. visit_share_json - one of them:
 * {"number":..,"label":..,"made":..,"until":..,"opened":count,"lastOpened":..,"triesLeft":..} */
struct visit_shares {
    struct share *list;
    size_t count;
};
SALVE_MUST_USE enum salve_code visit_shares(const struct visit *visit, struct str card, struct visit_shares *out,
                                            struct salve_err *err);
void visit_share_json(const struct share *share, struct json_writer *w);
SALVE_MUST_USE enum salve_code visit_share_end(const struct visit *visit, struct str card, uint64_t number,
                                               struct salve_err *err);

#endif
