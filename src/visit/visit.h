/* SPDX-License-Identifier: Apache-2.0
 *
 * visit - what is done with and for a person, as calls: enrol, agree, import, check, sign, letter, looked, take,
 * withdraw, erase; and for the site: staff, acceptance. Values go in, a struct comes out; where something lasts, a
 * callback tells of each person. Nothing here prints, asks, reads arguments or the environment, or opens the folder of
 * guidelines and forms: faces (the command line, a server) do that, and every face finds the rules of the programme
 * here, once.
 *
 *     visit_content_open(&ask, mem, &content, err);                   // content.h: words and guidelines, once, pinned
 *     struct visit visit = {.site = site, .content = content, .mem = mem};
 *     staff_login(site, STR("kofi"), pin, mem, &visit.actor, err);    // records/staff.h: who acts
 *     visit_enrol(&visit, &patient, &enrolled, err);                  // enrol.h: the card is shown once
 *     visit_grant(content, &grant_ask, &grant, err);
 *     visit_consent_give(&visit, enrolled.card, &grant, &receipt, err);
 *     visit_import(&visit, card, bytes, &import_ask, &imported, err); // import.h
 *     visit_screening(&visit, &screening, err);                       // check.h
 *     visit_screen(&visit, &screening, card, &findings, err);
 *     visit_sign(&visit, card, &signed_count, err);
 *     visit_letters(&visit, card, &letters, NULL, err);                 // result.h
 *     visit_looked(&visit, card, &looks, err);                        // rights.h: as the person, visit_person
 *     visit_withdraw(&visit, card, PURPOSE_CARE, words, &receipt, err);
 *
 * What a use case may do is decided by the gate (records): role, consent, quota, log. The rules that stand above it are
 * said at each call. Everything handed out lives in visit.mem; one struct visit serves one request.
 * Errors name rules and elements, never a person's values. */
#ifndef SALVE_VISIT_VISIT_H
#define SALVE_VISIT_VISIT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "letter/draw.h"
#include "records/account.h"
#include "records/rights.h"
#include "records/site.h"
#include "records/staff.h"

struct visit_content; /* content.h */
struct visit_held;    /* held.h */

/* Where, who and with which words: what every use case starts from. */
struct visit {
    struct site *site;
    const struct visit_content *content; /* NULL where the call says nothing of words or guidelines */
    struct actor actor;
    struct arena *mem;
    bool is_away;            /* nobody is there: a card code stands in a file, and no card was shown */
    struct visit_held *held; /* a look that lasts from one request to the next; NULL: each call looks for itself */
    struct letter_draw draw; /* who draws PDFs; zero: this process */
};

/* visit_person - the person themself, who acts with their card and the birth date that they tell (or their word, where
 * none is recorded); a view of it. visit_beside - the same with a member of staff who is there, and vouches for them.
 * Staff act as staff_login says. */
struct actor visit_person(const struct site *site, struct str told);
struct actor visit_beside(const struct site *site, struct actor staff);

#endif
