/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/import - what was measured elsewhere comes into a record: a FHIR file into the record of the person with that
 * card, or one new person a file or CSV row. Rules:
 * - A file about somebody else is refused: its name and its birth date have to agree with the record's (admit/same.h),
 *   unless somebody who sees both says that it is this person, and what differs is corrected. A file that tells neither
 *   is about whoever the card is of.
 * - What is here already is not kept twice: what has the source id of something here is its next version, or nothing
 *   new; entered-in-error and cancelled take it back. What takes back something that is not here is said, not kept.
 * - Admission decides (admit/admit.h) by the site's list. With `minimise` what may not be kept is left out before
 *   anything is saved, once for each file, counted by rule and handed to `rejects`; else the file is refused whole.
 * - A new person gets a slip, which opens nothing and is changed for a card at the desk (records/rec.h); at a made-up
 *   site the card itself. It reaches the disk before anything else is done for them, or nothing is.
 * - What a new person agreed to is said by their own row, a cell a purpose, and by nothing else; at a made-up site by
 *   the caller for all. A row that names no whole agreement to care keeps only what enrolment keeps, and says so.
 * - `rejects` hears of a file only after what it holds was saved.
 * - What is kept apart is kept only with the person's tick. Without it, or where the actor may not see it, this is
 *   the last moment at which it can be judged: it is, and `apart` hears of it.
 * - A number that is unlikely (ranges.json) and not confirmed is kept as a first result: only alarms look at it, until
 *   the same file is given again and confirmed.
 * - The alarms of a file are judged as it came, before anything in it is refused or left out, and told even if the
 *   file is refused, or the record does not open. Nothing of that is stored. */
#ifndef SALVE_VISIT_IMPORT_H
#define SALVE_VISIT_IMPORT_H

#include "admit/import.h"
#include "visit/check.h"

struct fhir_issues;
struct json_writer;
struct ranges;

/* What came for one person that is kept apart. */
struct visit_apart {
    struct str subject;          /* of a CSV row; else empty */
    size_t count;                /* resources */
    bool is_kept;                /* else nothing of them is stored anywhere: what is not said now is lost */
    bool may_see;                /* the actor's role may see it */
    bool is_judged;              /* by guidelines that are accepted here */
    const struct finding *found; /* the findings made of them, or of their families; NULL where not may_see */
    size_t found_count;
    enum urgency urgency; /* the most urgent of these */
};

/* An agreement of a new person that was not noted. Without care nothing but the enrolment is kept, and this is the last
 * moment at which what came can be judged: it is. */
struct visit_less {
    uint32_t line; /* of the file */
    enum purpose purpose;
    const struct salve_err *why;
    enum urgency urgency; /* of what is not kept; URGENCY_NONE also where no guidelines are there to judge it */
};

/* What became of resources that name something that is here already, or say what is here already. */
struct visit_again {
    uint64_t here;          /* the same is here already */
    uint64_t older;         /* an older state of what is here; not taken */
    uint64_t renewed;       /* next versions */
    uint64_t taken_back;    /* next versions that take the one before back */
    uint64_t named_nothing; /* take back something that is not here; not kept */
    uint64_t ours;          /* drafts, signatures and notes, and other words on what was found here; not taken */
    uint64_t other_code;    /* have the id of something here that is about another code; kept beside it */
    bool name_corrected, born_corrected;
};

/* What a file and the record say about who it is; a text is empty where one does not say. For the person at the desk:
 * it goes to no log and into no error. */
struct visit_whose {
    struct str record_name, record_born, file_name, file_born;
    bool name_agrees, born_agrees;
};

/* A number outside of what is usual for an adult: of which quantity, in which unit, what would be usual, and in which
 * other unit the same number would be (STR_NONE: none). The number itself is for nobody's log. */
struct visit_unlikely {
    struct str name, unit, usual_low, usual_high, other_unit;
    bool is_age_not_known; /* it may be a child's */
};

/* What the caller is told while an import runs. Any may be NULL, but `card` where people are new. */
struct visit_watch {
    /* Keeps a new person's slip or card for good; an error ends the import before anything else is done for them. */
    enum salve_code (*card)(void *with, struct str subject, struct str code, struct salve_err *err);
    void (*less)(void *with, const struct visit_less *less);      /* of a new person not all was kept */
    void (*rejects)(void *with, struct str json_lines);           /* values that were left out: for the operator */
    void (*issues)(void *with, const struct fhir_issues *issues); /* why a file was refused */
    bool (*person)(void *with, uint64_t people);                  /* after each one; false: stop here */
    void (*refused)(void *with, uint64_t line, const struct salve_err *why); /* a row of results; the file goes on */
    /* What the alarm layer finds in a person's file, first of all. `line` of a file of many people; 0: one file. Not
     * called for nothing. */
    void (*alarms)(void *with, uint64_t line, const struct screen_found *findings);
    /* A new person with something of today or now, once they are whole: the row of the file (the first behind the head
     * is 1) and the ticket of their open work; empty where nothing of it is kept. An error ends the import. */
    enum salve_code (*urgent)(void *with, uint64_t row, struct str ticket, enum urgency urgency, struct salve_err *err);
    void (*apart)(void *with, const struct visit_apart *apart); /* to be told to people at once */
    /* The accepted guidelines, when something that is kept apart has to be judged and ask.screening is NULL. *out
     * stays NULL where none is accepted. */
    enum salve_code (*guidelines)(void *with, const struct visit_screening **out, struct salve_err *err);
    /* Name or birth date of the file are not the record's: is it this person all the same? NULL: no. */
    bool (*is_theirs)(void *with, const struct visit_whose *whose);
    /* Unlikely numbers of one file or row: has somebody looked at them, and are they right? NULL: no. */
    bool (*unlikely)(void *with, uint64_t line, const struct visit_unlikely *list, size_t count);
    /* Before the first new person, NULL: nobody asks: how far an earlier run came with this file. */
    enum salve_code (*begun)(void *with, const struct rec_rows_state *state, struct salve_err *err);
    void *with;
};

struct visit_import_ask {
    bool minimise;
    bool correct; /* somebody saw both: another name or birth date is a correction; is_theirs is not asked */
    const struct consent_grant *grant;    /* at a made-up site alone: what each new person agreed to; NULL: nothing */
    const struct ranges *ranges;          /* what is usual; NULL: nothing is doubted */
    const struct visit_screening *alarms; /* judges the alarms of what came; NULL: nobody is told of any */
    const struct visit_screening *screening; /* new people: evaluates what came; NULL: nothing is evaluated */
    struct visit_watch watch;
};

enum { VISIT_RULES_MAX = 64 };

/* What came of it, summed up over all calls with the same struct; zero it first. */
struct visit_imported {
    uint64_t people, resources_in, kept;
    uint64_t rows;                       /* of a file of new people, with those of an earlier run */
    uint64_t emergency, same_day;        /* people whose most urgent finding is of now, of today */
    uint64_t enrolled_only;              /* of the people: those whose file named no whole agreement to care */
    uint64_t less_urgent;                /* of these: those with a value that is not kept and is due today or now */
    uint64_t commons;                    /* staff and places, which are not kept with a person */
    uint64_t waiting;                    /* unlikely numbers that are kept as first results until they are confirmed */
    uint64_t refused_rows;               /* of results of people who have a record; each was told */
    uint64_t unread_answers;             /* of questionnaires: kept, and judged by nobody */
    uint64_t apart_kept, apart_not_kept; /* resources that are kept apart, with the tick and without */
    uint64_t apart_found;                /* findings made of them that were told to `apart` and are not kept */
    uint64_t apart_urgent;               /* people with one that is due today or now */
    struct visit_again again;
    uint64_t stale;        /* findings that rest on something that was taken back or changed */
    uint64_t stale_urgent; /* of these: due today or now; who was told is told again */
    struct admit_count left_out[VISIT_RULES_MAX];
    size_t rule_count;
    struct screen_counts findings;           /* of new people, by category */
    const struct import_resource *resources; /* of the last person, as they were saved; NULL after CSV rows */
    size_t resource_count;
};

/* visit_imported_json - {"people":..,"enrolledOnly":..,"lostUrgent":..,"emergencyNow":..,"sameDay":..,"resources":..,
 * "kept":..,"leftOut":{rule:count},"apart":{"kept":..,"notKept":..,"findings":..,"urgentPeople":..},"again":{"here":..,
 * "older":..,"renewed":..,"takenBack":..,"namedNothing":..,"ours":..,"otherCode":..,"nameCorrected":..,
 * "birthDateCorrected":..,"staleFindings":..,"staleUrgent":..},"finished":..,"counts":[{"guideline":..,"item":..,
 * "category":..,"count":..}]}; the counts are sorted and hold nothing that is kept apart. */
void visit_imported_json(struct visit_imported *sum, bool is_finished, struct json_writer *w);

/* visit_import - a Bundle, NDJSON or one resource into the record of the person with that card.
 *   errors   E_NOT_FOUND no such card; E_CONFLICT it is about somebody else (err names what differs); E_NOT_ADMITTED
 *            and E_INVALID (issues say where); those of rec_open and rec_save. Nothing is saved then */
SALVE_MUST_USE enum salve_code visit_import(const struct visit *visit, struct str card, struct str bytes,
                                            const struct visit_import_ask *ask, struct visit_imported *sum,
                                            struct salve_err *err);

/* visit_import_new - enrols the one person that the file is about, and imports it where they agreed to care.
 *   errors   E_INVALID: no Patient in it; E_CONSENT: ask->grant, at a site that is not made up */
SALVE_MUST_USE enum salve_code visit_import_new(const struct visit *visit, struct str bytes,
                                                const struct visit_import_ask *ask, struct visit_imported *sum,
                                                struct salve_err *err);

/* visit_import_rows - one new person for each row of a CSV file; it is read as its rows are taken (csv_import_stream).
 *   date     of rows where the map names no date column; empty: today
 *   errors   of the first row that fails, its line in err; people before it are whole */
SALVE_MUST_USE enum salve_code visit_import_rows(const struct visit *visit, const struct csv_map *map,
                                                 const struct csv_source *file, struct str date,
                                                 const struct visit_import_ask *ask, struct visit_imported *sum,
                                                 struct salve_err *err);

/* visit_import_results - a CSV file about people who have a record, a key a row (csv_map_names_people): each row goes
 * to whoever its key opens. A row that cannot be taken is told to `refused` and counted, and the file goes on; a row
 * that is here already is not kept twice, so the same file may be given again.
 *   errors   E_SYNTAX, E_TOO_BIG: the file cannot be read any further; what stops a site, such as E_IO, E_FULL */
SALVE_MUST_USE enum salve_code visit_import_results(const struct visit *visit, const struct csv_map *map,
                                                    const struct csv_source *file, struct str date,
                                                    const struct visit_import_ask *ask, struct visit_imported *sum,
                                                    struct salve_err *err);

#endif
