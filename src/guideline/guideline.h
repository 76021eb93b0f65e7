/* SPDX-License-Identifier: Apache-2.0
 *
 * guideline - guidelines are data. A guideline is a folder <share>/guidelines/<id>/ that the build fills:
 *
 *     guideline.json          id, version, source, inputs, switches, items with lists, number lines, vector families
 *     logic.json              ELM of logic.cql: `define "Findings"` (docs/internals/guideline.md has the protocol)
 *     vectors.json            ELM of vectors.cql: the same functions on plain values, for test vectors; may be absent
 *     letter.<lang>.json      words for people, one file per language
 *     valuesets/<name>.json   FHIR ValueSets and CodeSystems that the logic names; may be absent
 *     cases/<name>.json       a subject Bundle and the findings expected of it
 *     ../lib/<Name>.json      ELM of the libraries that several guidelines share (FHIRHelpers, SalveCommon)
 *     ../../ranges.json       the plausible numbers of every code (ranges/ranges.h)
 *
 *     struct guideline *bp;
 *     guideline_load_among(NULL, "build/share", STR("blood-pressure"), mem, &bp, err);
 *     guideline_evaluate(bp, &ask, mem, &findings, &finding_count, err);
 *     for each finding: struct guideline_words words = guideline_words(bp, STR("en"), &findings[i]);
 *
 * A loaded guideline is immutable and lives as long as its arena. Errors name the file and the element, never a
 * person's value. A guideline never decides for anybody: its findings are drafts until a clinician signs (screen.h). */
#ifndef SALVE_GUIDELINE_GUIDELINE_H
#define SALVE_GUIDELINE_GUIDELINE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "base/zone.h"
#include "fhir/tape.h"
#include "guideline/finding.h"

struct guideline; /* opaque */

enum { GUIDELINE_BYTES_MAX = 64 << 20 }; /* all files of one */

/* --- what guideline.json says ------------------------------------------------------------------------------------ */

struct guideline_source {
    struct str issuer, title, year, table, doi; /* "ESC", "2024 Guidelines ...", "2024", "Table 5", "10.1093/..." */
};

/* A choice of the programme: "bp-scheme" of "ESC2024", "ACCAHA2025", "HEARTS". `parameter` is its CQL parameter.
 * Without an initial value (empty) the site has to choose, and until then the parameter is null. */
struct guideline_switch {
    struct str name, parameter, initial;
    struct str about; /* what who accepts has to know of it; may be empty */
    const struct str *values;
    size_t value_count;
};

/* When a person hears of the result of a test. */
enum guideline_release {
#define RELEASE(name, text, when) GUIDELINE_##name,
#include "guideline/release.def"
#undef RELEASE
    GUIDELINE_RELEASES
};
const char *guideline_release_text(enum guideline_release release);

/* An input: a row a code and unit. One without a code only names what is worked out of others. Its plausible range
 * stands in ranges.json, by code and unit. */
struct guideline_input {
    struct str label, code, unit; /* code: LOINC, or of urn:salve:question; unit empty: no number */
    bool is_question;             /* somebody is asked; else it is measured */
    int64_t max_age_days;         /* 0: of the visit that is judged; -1: no limit, the date is part of the rule */
    enum guideline_release release;
    bool has_release; /* guideline.json says it; else it is AFTER_REVIEW */
};

/* How a category lies to what is usual: of the value, never of how soon something is to be done. */
enum guideline_mark {
    GUIDELINE_NEUTRAL, /* it says nothing about a value: an offer, an estimate that has no line */
    GUIDELINE_USUAL,
    GUIDELINE_WATCH, /* next to the usual band */
    GUIDELINE_SEE    /* far from it */
};

/* One thing that the guideline judges, with its closed lists. */
struct guideline_item {
    struct str name;         /* "bp-category" */
    struct str system, code; /* of the computed Observation: "http://loinc.org", "39156-5"; empty: local only */
    const struct str *parts;
    size_t part_count; /* codes of the same system for the two numbers of a pair */
    struct str source; /* one line for people: "ESC 2024, doi:10.1093/eurheartj/ehae178" */
    const struct str *categories;
    const enum guideline_mark *marks; /* of each category, NEUTRAL where none is given; NULL: none is */
    bool has_marks;                   /* every category has one */
    size_t category_count;
    const struct str *actions;
    size_t action_count;
    const struct str *exclusions;
    size_t exclusion_count; /* reasons why it may not apply */
    uint8_t decimals;       /* digits after the point that people see, where the number line says nothing else */
};

/* A number line: one scale, or two for a pair (systolic and diastolic). Bands follow each other upwards. */
struct guideline_band {
    struct str name;  /* key of the letter texts' "bands" */
    struct str limit; /* upper end, decimal text; empty for the last band */
    bool inclusive;   /* the limit itself still belongs to this band */
};
struct guideline_scale {
    struct str label;    /* key of the letter texts' "inputs" */
    struct str from, to; /* what the line shows; values beyond are drawn at its end */
    const struct guideline_band *bands;
    size_t band_count;
};
struct guideline_line {
    struct str name, unit; /* finding.line, finding.unit (UCUM) */
    uint8_t decimals;      /* digits after the point that people see; the item's where guideline.json says none */
    bool has_decimals;
    bool has_dots;     /* "picture": "dots": a number out of 100 people, drawn as ten rows of ten dots too */
    struct str source; /* of what is drawn, where it is not the item's: one scheme of several; may be empty */
    const struct guideline_scale *scales;
    size_t scale_count; /* none only beside dots; [0] for finding.value, [1] for finding.value2 */
};

struct guideline_info {
    struct str id, version, title, canonical; /* canonical without the version: "urn:salve:guideline:blood-pressure" */
    struct str date, review_by;               /* ISO dates */
    family_mask apart; /* all its findings are kept apart, as of this family; 0: only those made of such values */
    const struct guideline_source *sources;
    size_t source_count;
    const struct guideline_switch *switches;
    size_t switch_count;
    const struct guideline_input *inputs;
    size_t input_count;
    const struct guideline_item *items;
    size_t item_count;
    const struct guideline_line *lines;
    size_t line_count;
    const struct str *families;
    size_t family_count; /* vector families: "bp_average" */
    const struct str *languages;
    size_t language_count; /* sorted: "ar", "en" */
};

/* One file as loaded (name relative to the guideline's folder, or "lib/<Name>.json"), for a digest of the whole. */
struct guideline_file {
    struct str name, bytes;
};

/* guideline_libraries_open - for guidelines that are loaded one after the other into mem: a library that several of
 * them include is read once. Close it when all are loaded. */
struct guideline_libraries; /* opaque */
SALVE_MUST_USE enum salve_code guideline_libraries_open(struct arena *mem, struct guideline_libraries **out,
                                                        struct salve_err *err);
void guideline_libraries_close(struct guideline_libraries **libraries);

/* guideline_load_among - the guideline <share>/guidelines/<id>, all its files read, checked and compiled.
 *   libraries  NULL: it is loaded alone
 *   errors     E_NOT_FOUND, E_SYNTAX, E_INVALID (err has file and element), E_TOO_BIG, and those of the ELM loader
 * guideline_load - for tests: one alone. */
SALVE_MUST_USE enum salve_code guideline_load_among(struct guideline_libraries *libraries, const char *share,
                                                    struct str id, struct arena *mem, struct guideline **out,
                                                    struct salve_err *err);
/* for tests */
SALVE_MUST_USE enum salve_code guideline_load(const char *share, struct str id, struct arena *mem,
                                              struct guideline **out, struct salve_err *err);

/* guideline_load_kept - the same out of files that were kept of an earlier load: those of guideline_files, of the
 * letter texts as many as one likes. Its bytes are views of theirs. libraries: NULL for one alone. E_NOT_FOUND: one of
 * them is missing. */
SALVE_MUST_USE enum salve_code guideline_load_kept(const struct guideline_file *files, size_t count, struct str id,
                                                   struct guideline_libraries *libraries, struct arena *mem,
                                                   struct guideline **out, struct salve_err *err);

/* guideline_ids - the folders of <share>/guidelines but lib, sorted; nothing in them is read. */
SALVE_MUST_USE enum salve_code guideline_ids(const char *share, struct arena *mem, struct str **out, size_t *count,
                                             struct salve_err *err);

/* guideline_load_all - for tests: all of guideline_ids; the first one that is broken is the error. */
SALVE_MUST_USE enum salve_code guideline_load_all(const char *share, struct arena *mem, struct guideline ***out,
                                                  size_t *count, struct salve_err *err);

const struct guideline_info *guideline_info(const struct guideline *guideline);
const struct guideline_item *guideline_item(const struct guideline *guideline, struct str name); /* NULL: none */
const struct guideline_line *guideline_line(const struct guideline *guideline, struct str name); /* NULL: none */
enum guideline_mark guideline_mark(const struct guideline_item *item, struct str category);

/* guideline_release - when the person hears of the finding: the strictest of the inputs that it used. Answers to
 * questions, for which guideline.json says nothing, do not count; what rests on such alone waits for the review. */
enum guideline_release guideline_release(const struct guideline *guideline, const struct finding *finding);

/* guideline_files - every file that decides or words a result, in the order of the load; cases are not among them. */
const struct guideline_file *guideline_files(const struct guideline *guideline, size_t *count);

/* --- evaluation --------------------------------------------------------------------------------------------------- */

struct guideline_choice {
    struct str name, value; /* a switch and what was chosen for it */
};

/* The visit that is judged: values and answers from its start on are of this visit, older ones have an age in days. */
struct guideline_visit {
    int64_t start_unix_ms, end_unix_ms;
    int32_t offset_minutes;      /* of the site from UTC, at the visit */
    const struct zone *zone;     /* the site's */
    const struct zone_day *days; /* of the site, on which Observations of the tapes lie, each once */
    size_t day_count;
};

/* A visit that begins late in the site's day goes on over midnight, for so long. */
enum { GUIDELINE_VISIT_LATE_HOURS = 8 };

/* guideline_visit_find - the newest Encounter that touches the site's day and began no more than 24 hours before it,
 * else that day. What was measured on that day before the Encounter, or in the late hours before now, and belongs to
 * no earlier one, is of the visit too. `zone` is the site's. Its days are allocated in mem. E_MEMORY. */
SALVE_MUST_USE enum salve_code guideline_visit_find(const struct tape *tapes, size_t tape_count, int64_t now_unix_ms,
                                                    const struct zone *zone, struct arena *mem,
                                                    struct guideline_visit *out, struct salve_err *err);

/* What an evaluation asked the resources for. One that ends well says what: another one of the same guideline, choices,
 * visit and moment on other resources gives the same findings and reasons where those that it got are there, in the
 * same order, and none of the others fits (guideline_fits). */
struct elm_watch;
struct guideline_asking {
    struct arena *mem; /* of `what`, which lives as long as it and the guideline */
    const struct elm_watch *what;
    void (*gave)(void *with, size_t tape); /* number of a tape that it got something of; may come more than once */
    void *with;
};

struct guideline_person; /* opaque: their resources with an index, and the visit as the logic takes it */

struct guideline_ask {
    const struct tape *tapes;
    size_t tape_count; /* one Patient and all else that is known, one tape a resource */
    const struct guideline_choice *choices;
    size_t choice_count; /* switches not named keep their initial value */
    int64_t now_unix_ms;
    const struct guideline_visit *visit; /* NULL: found in the tapes, the site's days being those of UTC */
    struct guideline_person *person;     /* guideline_person_make of this question; NULL: made for this call */
    struct guideline_asking *asking;     /* NULL: nobody wants to know */
    uint64_t steps_max;                  /* 0: SALVE_EXPR_STEPS_MAX */
    bool with_reasons; /* fill finding.because; each define on the way to a finding is run once more */
    bool is_made_up;   /* a case of the guideline: messages may show the words that were found */
};

/* guideline_person_make - what is the same for all guidelines that are asked about one person: made once of the tapes,
 * the visit and the moment of `ask`, which must outlive it, for an ask of each guideline with these. One thread.
 * E_MEMORY and those of guideline_visit_find. */
SALVE_MUST_USE enum salve_code guideline_person_make(const struct guideline_ask *ask, struct arena *mem,
                                                     struct guideline_person **out, struct salve_err *err);

/* guideline_evaluate - what the guideline says about one person. The findings and their texts live as long as mem and
 * the guideline; they hold no view of the tapes. E_INVALID: an unknown switch or value, or logic that breaks the
 * protocol; errors of the machine. */
SALVE_MUST_USE enum salve_code guideline_evaluate(const struct guideline *guideline, const struct guideline_ask *ask,
                                                  struct arena *mem, struct finding **out, size_t *count,
                                                  struct salve_err *err);

/* guideline_fits - would anything of the person of `ask` (which must have one) be got by what an evaluation asked for?
 * Errors of the machine. */
SALVE_MUST_USE enum salve_code guideline_fits(const struct guideline *guideline, const struct elm_watch *what,
                                              const struct guideline_ask *ask, struct arena *mem, bool *out,
                                              struct salve_err *err);

/* guideline_not_judged - what stands in the place of its findings where an evaluation ended with the error `why`: every
 * item with status NOT_JUDGED and the error as its reason. E_MEMORY. */
SALVE_MUST_USE enum salve_code guideline_not_judged(const struct guideline *guideline, const struct salve_err *why,
                                                    struct arena *mem, struct finding **out, size_t *count,
                                                    struct salve_err *err);

/* --- words -------------------------------------------------------------------------------------------------------- */

/* What a letter says about one finding; parts that do not apply are empty. */
struct guideline_words {
    struct str name;     /* "Blood pressure" */
    struct str about;    /* what this check looks at, one sentence */
    struct str headline; /* the answer, by category: "Your blood pressure is higher than it should be" */
    struct str meaning;  /* what it means, by category */
    struct str next;     /* next step, by action */
    struct str when;     /* when, by action */
    struct str excluded; /* for EXCLUDED: why this was not worked out */
    struct str missing;  /* for NOT_ASSESSED: "We could not work this out because something was not measured:" */
    struct str queried;  /* for QUERIED: "We want to measure this again:" */
};

/* guideline_words - the words of a finding in `language`; all empty if the guideline has no such language. */
struct guideline_words guideline_words(const struct guideline *guideline, struct str language,
                                       const struct finding *finding);

/* guideline_word - one text of letter.<language>.json by its group and key, STR_NONE if there is none. Groups: "inputs"
 * (label of an input), "units" (UCUM -> as shown to people), "bands" (words under a number line). */
struct str guideline_word(const struct guideline *guideline, struct str language, const char *group, struct str key);

/* guideline_title - its name for people in `language`, that of guideline.json where there is none. */
struct str guideline_title(const struct guideline *guideline, struct str language);

/* guideline_changes - what is different in another version, a line at a time: sources, switches, inputs, items with
 * their lists, files, how many texts of each language. Nothing is told where the two are the same. E_MEMORY */
typedef void guideline_change(void *with, struct str line);
SALVE_MUST_USE enum salve_code guideline_changes(const struct guideline *before, const struct guideline *now,
                                                 guideline_change *tell, void *with, struct arena *mem,
                                                 struct salve_err *err);

/* --- a new one ---------------------------------------------------------------------------------------------------- */

/* guideline_new - makes the folder <parent>/<id> with an example that works, from <share>/guidelines/lib/template.
 * errors E_USAGE: that is no id; E_NOT_FOUND: no folder `parent`; E_CONFLICT: it is there already; E_IO */
SALVE_MUST_USE enum salve_code guideline_new(const char *share, const char *parent, const char *id, int64_t now_unix_ms,
                                             struct arena *mem, struct str *folder, struct salve_err *err);

/* --- checks ------------------------------------------------------------------------------------------------------- */

/* One row of a vector file or one case that went wrong (`why` is fixed words and column names, values come from the
 * public vector file itself). */
typedef void guideline_report(void *ctx, struct str name, bool passed, struct str why);

struct guideline_tally {
    uint32_t passed, failed;
};

/* guideline_test_vectors - runs the rows of a vector family (CSV text with a header: case_id, inputs, exp_* outputs,
 * tol, source). `report` (may be NULL) is called for each row. E_NOT_FOUND: the guideline has no such family; E_SYNTAX:
 * a broken CSV; E_INVALID: a column that the family does not declare. */
SALVE_MUST_USE enum salve_code guideline_test_vectors(const struct guideline *guideline, struct str family,
                                                      struct str csv, guideline_report *report, void *ctx,
                                                      struct guideline_tally *tally, struct salve_err *err);

/* guideline_test_plain - the same for a family that is not CQL but plain functions: `answer` gives what stands in an
 * exp_ column for the cells of a row (guideline_cell; STR_NONE: there is no such column), STR_NONE for no result. */
struct guideline_row;
struct str guideline_cell(const struct guideline_row *row, const char *column);
typedef struct str guideline_answer(void *with, const struct guideline_row *row, struct str column);
SALVE_MUST_USE enum salve_code guideline_test_plain(struct str csv, guideline_answer *answer, void *with,
                                                    guideline_report *report, void *ctx, struct guideline_tally *tally,
                                                    struct salve_err *err);

/* guideline_test_cases - evaluates the subjects of cases/<name>.json and compares the findings that each file lists. */
SALVE_MUST_USE enum salve_code guideline_test_cases(const char *share, const struct guideline *guideline,
                                                    guideline_report *report, void *ctx, struct guideline_tally *tally,
                                                    struct salve_err *err);

/* guideline_check - is the folder whole? Every category and action has its words in every language, all languages have
 * the same keys, every item has a source and every category its mark, every line a word for each band, no forbidden
 * word, at least one case. Each broken rule is one report with passed = false; `name` is "file: element". */
SALVE_MUST_USE enum salve_code guideline_check(const char *share, const struct guideline *guideline,
                                               guideline_report *report, void *ctx, struct guideline_tally *tally,
                                               struct salve_err *err);

#endif
