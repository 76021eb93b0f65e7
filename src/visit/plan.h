/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/plan - what a person is asked and measured at this visit, and what of it is there: the `asks` of the packages
 * that the site offers and that are meant for them (docs/formats/packages.md), each item at its station. Nothing here
 * is an order to anybody: whatever the plan says, any station may measure anything, and a visit may end at any time.
 *
 *     visit_person_read(&visit, who, &facts, err);       // person.h
 *     visit_plan(&visit, &facts, &plan, err);
 *
 * An item is there when something that does for it was noted on the site's day, or earlier and every guideline of
 * these packages that looks at the number still takes it as it is (its `max-age-days`). What was settled without being
 * done ("not today") is no part of it: that lives in the day's queue alone. */
#ifndef SALVE_VISIT_PLAN_H
#define SALVE_VISIT_PLAN_H

#include "visit/person.h"

enum visit_asked_state {
#define ASKED(id, text, what) VISIT_ASKED_##id,
#include "visit/asked.def"
#undef ASKED
    VISIT_ASKED_COUNT
};
const char *visit_asked_text(enum visit_asked_state state);

struct visit_asked {
    struct str item;    /* a word of measure.def, "bp", or the id of a form: it is settled under this name */
    struct str station; /* a row of day/stations.def */
    bool is_form;       /* somebody answers questions; else a number is measured */
    enum visit_asked_state state;
    struct str any[8]; /* words and forms, each of which does for it; the item itself first */
    size_t any_count;
    int64_t day;                    /* the site's day (zone.h) on which it was noted, where it is there */
    struct str tubes[8], labels[8]; /* of any[i]: what a sample is drawn into; of the newest order without a result */
};

struct visit_plan {
    struct visit_asked *list; /* in the order of the packages and of their stations; no item twice */
    size_t count;
};

/* visit_plan - of what visit_person_read tells. What is kept apart is VISIT_ASKED_UNSEEN where it is not seen to be
 * there, whoever acts: that somebody left it out is nobody's to know. Needs content with VISIT_FRAMES; without
 * packages.json the plan is empty. Texts live as long as the content. errors   E_MEMORY; why packages.json is broken;
 * those of visit_clinic */
SALVE_MUST_USE enum salve_code visit_plan(const struct visit *visit, const struct visit_facts *facts,
                                          struct visit_plan *out, struct salve_err *err);

/* visit_plan_left - how many items of a station are missing; STR_NONE: of all stations. */
size_t visit_plan_left(const struct visit_plan *plan, struct str station);

#endif
