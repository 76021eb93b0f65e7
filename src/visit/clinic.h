/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/clinic - what a letter, and who works here, need to know of the clinic: where each action takes a person, whom
 * they ring and when, what holds outside the hours, printed names of staff, the interval of the programme. A document
 * of the commons (clinic/about, docs/formats/site.md) that clinicians and managers write. Alarms are never held back
 * for want of it: a place that is not there is said. */
#ifndef SALVE_VISIT_CLINIC_H
#define SALVE_VISIT_CLINIC_H

#include "visit/visit.h"

#define VISIT_AFTER_HOURS "after-hours" /* in the place of an action: what holds outside its hours */

/* Where an action takes the person; parts that it has not are empty. */
struct visit_place {
    struct str action, name, address, telephone, hours;
};

struct visit_printed { /* how a letter names a member of staff */
    struct str id, name;
};

struct visit_clinic {
#define CLINIC(field, name, words, what) struct str field; /* empty: not given */
#include "visit/clinic.def"
#undef CLINIC
    uint32_t interval_months; /* of `interval`; 12 where it is not given */
    const struct visit_place *places;
    size_t place_count;
    const struct visit_printed *names;
    size_t name_count;
};

/* visit_clinic - what is known; nothing is no error: all texts are empty then. Lives in visit->mem. */
SALVE_MUST_USE enum salve_code visit_clinic(const struct visit *visit, struct visit_clinic *out, struct salve_err *err);

/* visit_place_of - the place of an action, the clinic's own where that was said; false: none was given.
 * visit_printed_name - how a letter names a member of staff; the pseudonym where nothing else is known. */
bool visit_place_of(const struct visit *visit, const struct visit_clinic *clinic, struct str action,
                    struct visit_place *out);
struct str visit_printed_name(const struct visit_clinic *clinic, struct str id);

/* Changes, in memory until visit_clinic_keep. E_USAGE names the setting, the action or the part that is wrong.
 *   visit_clinic_set    a row of clinic.def; an empty value takes it away
 *   visit_clinic_place  actions with commas between; "name; address; telephone; hours", "-" for a part that there is
 *                       not; "here" for the clinic's own; empty takes them away. VISIT_AFTER_HOURS is one of them
 *   visit_clinic_name   the printed name of a member of staff
 *   visit_clinic_json   all at once: the document's members, each taking the place of what was there */
SALVE_MUST_USE enum salve_code visit_clinic_set(const struct visit *visit, struct str name, struct str value,
                                                struct visit_clinic *clinic, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_clinic_place(const struct visit *visit, struct str actions, struct str place,
                                                  struct visit_clinic *clinic, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_clinic_name(const struct visit *visit, struct str id, struct str name,
                                                 struct visit_clinic *clinic, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_clinic_json(const struct visit *visit, struct str json,
                                                 struct visit_clinic *clinic, struct salve_err *err);

/* visit_clinic_keep - writes it, for letters from now on. actor: CLINICIAN or MANAGER. */
SALVE_MUST_USE enum salve_code visit_clinic_keep(const struct visit *visit, const struct visit_clinic *clinic,
                                                 struct salve_err *err);

/* visit_clinic_write - the document. */
struct json_writer;
void visit_clinic_write(const struct visit_clinic *clinic, struct json_writer *w);

/* visit_places_open - actions of the findings, for today or sooner, that have no place here, with commas
 * between; empty where all have one. Nothing that cannot be read is an error: the findings stand. */
struct screen_found;
struct str visit_places_open(const struct visit *visit, const struct screen_found *findings);

/* What is missing before the site opens for people; none of it holds back an alarm or a letter. */
struct visit_lacks {
    bool is_ready;     /* nothing is missing */
    struct str places; /* actions of the alarm layer without a place, with commas between; empty: none */
    bool after_hours, caller, crisis, telephone /* or address, or hours */, clinician;
};
SALVE_MUST_USE enum salve_code visit_clinic_lacks(const struct visit *visit, const struct visit_clinic *clinic,
                                                  struct visit_lacks *out, struct salve_err *err);

#endif
