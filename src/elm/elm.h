/* SPDX-License-Identifier: Apache-2.0
 *
 * elm - CQL logic in its compiled form (ELM JSON): loaded, linked with the libraries it includes, compiled onto the
 * machine (machine/run.h), and run over the resources of one person.
 *
 *     struct elm_set *set = elm_set_make(mem);
 *     code = elm_load(set, helpers_json, "FHIRHelpers.json", err);            // any order
 *     code = elm_load(set, logic_json, "logic.json", err);
 *     code = elm_link(set, STR("BloodPressure"), STR_NONE, mem, &program, err); // compile once; lives as long as mem
 *
 *     code = elm_subject_make(tapes, count, request, &subject, err);          // a person: FHIR resources or Bundles
 *     code = elm_run_open(program, &subject, &env, params, param_count, request, &run, err);
 *     code = elm_run_define(run, STR("BP category"), &value, err);            // each define is evaluated at most once
 *     elm_json(&value, &out);
 *
 * Programs are read-only after linking: threads may share them, with an arena and a subject each. Values live as long
 * as the arena of the run, the tapes and the program.
 *
 * Errors. Loading and linking: E_SYNTAX, E_INVALID (a field is missing or of the wrong type), E_UNKNOWN_NAME,
 * E_UNSUPPORTED (a node kind that is not known), E_TOO_DEEP, E_TOO_BIG, E_MEMORY. Running: E_TYPE, E_STEPS, E_TOO_DEEP,
 * E_MEMORY, and E_INVALID for Message with severity Error. The place is that in the CQL, the element the define.
 *
 * Dates. Texts and dateTimes without a time zone offset take env->offset_minutes. Sources: CQL 1.5.3, ELM schema r1. */
#ifndef SALVE_ELM_ELM_H
#define SALVE_ELM_ELM_H

#include "machine/run.h"

struct elm_set;     /* libraries that were loaded */
struct elm_program; /* linked and compiled */
struct elm_run;     /* one person, one moment */

struct elm_set *elm_set_make(struct arena *mem); /* NULL when out of memory */

/* elm_set_make_apart - the same with all that only loading and linking need in `work`, which may close when all is
 * linked: of the libraries a program keeps texts alone, in `mem` and as views of the JSON. */
struct elm_set *elm_set_make_apart(struct arena *work, struct arena *mem);

/* elm_load - one library.
 *   json   must live as long as the set's arena (texts stay views of it)
 *   name   what errors of it are in, such as the CQL file it was made of; lives as long as the set. NULL: its id */
SALVE_MUST_USE enum salve_code elm_load(struct elm_set *set, struct str json, const char *name, struct salve_err *err);

/* elm_library_read - a library that several sets may have, each by elm_library_add: it is read once. elm_load does
 * both for one set.
 *   work, texts   for its tree, and for what has to be decoded of its texts: as the arenas of elm_set_make_apart
 *   shown         as `name` of elm_load; errors of elm_library_read itself are in no file yet
 * elm_library_includes - its list of include definitions (path, version, localIdentifier); NULL: it includes none. */
struct elm_library;
struct json;
SALVE_MUST_USE enum salve_code elm_library_read(struct str json, const char *shown, struct arena *work,
                                                struct arena *texts, const struct elm_library **out,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code elm_library_add(struct elm_set *set, const struct elm_library *library,
                                               struct salve_err *err);
const struct json *elm_library_includes(const struct elm_library *library);

/* elm_newest - the id of the library that was loaded last; STR_NONE: none was. */
struct str elm_newest(const struct elm_set *set);

/* elm_link - compiles library `id` (version STR_NONE: the only one, or the last loaded) with all it includes. An
 * include is found by its path's last part and its version; one that is not loaded with that version but with another
 * is an error. */
SALVE_MUST_USE enum salve_code elm_link(const struct elm_set *set, struct str id, struct str version, struct arena *mem,
                                        struct elm_program **out, struct salve_err *err);

/* What the program has: public defines of the main library in their order, and its parameters. */
struct elm_define {
    struct str name, context; /* "Patient", "Unfiltered" */
    bool is_public;
};
size_t elm_define_count(const struct elm_program *program);
const struct elm_define *elm_define_at(const struct elm_program *program, size_t index);
bool elm_define_find(const struct elm_program *program, struct str name, size_t *index);
struct str elm_library_id(const struct elm_program *program);

/* A parameter's value; library STR_NONE: of the main library. One that is not given takes its default. */
struct elm_param {
    struct str library, name;
    struct expr_value value;
};

/* elm_subject - resources of one person, found by type, and by type and code. */
struct elm_subject {
    const struct elm_entry *entries; /* in the order of the data, chained by type */
    const struct elm_group *groups;  /* the chains */
    uint32_t group_count;
    struct elm_codes *codes; /* filled on the first retrieve by code of a type */
    struct arena *mem;
    struct elm_population *population; /* NULL: one person alone */
    uint32_t number;                   /* of the person in it; UINT32_MAX: everybody */
};
/* elm_subject_make - indexes the roots of the tapes; a Bundle's entries count one by one. The tapes must outlive it. */
SALVE_MUST_USE enum salve_code elm_subject_make(const struct tape *const *tapes, size_t count, struct arena *mem,
                                                struct elm_subject *out, struct salve_err *err);

/* --- several people -----------------------------------------------------------------------------------------------
 * Resources of several people that the caller holds, say the lines of a file; never a site's. A run over a person's
 * subject is in context Patient, a run over that of everybody in context Unfiltered. A Patient define that asks for an
 * Unfiltered one gets its one value over all resources. An Unfiltered define that asks for a Patient one gets the
 * values of all people: lists joined into one list, else a list with an element a person. Other contexts are
 * E_UNSUPPORTED when linking. A retrieve with a context (`["Mother" -> Observation]`) reads the person that the context
 * names: a Patient, a reference to one, or its id; nobody: an empty list. One person alone is a population of one.
 *
 * elm_crowd_tape - the place of the next tape, for a caller who does not know how many will come.
 * elm_population_make - a tape a person. A tape that is not about a person (elm_is_person) is seen by Unfiltered only.
 * The tapes must outlive it. The answers of Unfiltered defines are kept in mem, a set for each program that is run;
 * they use the env and parameters of the first run of that program. One thread. */
struct elm_crowd {
    struct arena *mem;
    const struct tape **tapes;
    size_t count;
};
SALVE_MUST_USE enum salve_code elm_crowd_tape(struct elm_crowd *crowd, struct tape **out, struct salve_err *err);
struct elm_population;
SALVE_MUST_USE enum salve_code elm_population_make(const struct tape *const *tapes, size_t count, struct arena *mem,
                                                   struct elm_population **out, struct salve_err *err);
/* For tests: how many people there are, in the order of the tapes, and one of them. */
uint32_t elm_population_count(const struct elm_population *population);
struct elm_subject *elm_population_person(struct elm_population *population, uint32_t index);
struct elm_subject *elm_population_all(struct elm_population *population);
/* elm_population_each - calls `one` for every person, in the order of the tapes; mem is open for that call alone. Ends
 * with the first error. */
typedef enum salve_code elm_each(void *with, const struct tape *tape, struct elm_subject *subject, struct arena *mem,
                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code elm_population_each(struct elm_population *population, elm_each *one, void *with,
                                                   struct salve_err *err);
/* elm_is_person - is any resource of a type that has a subject or patient, or the Patient itself? */
bool elm_is_person(const struct tape *tape);
/* elm_looks_further - may the program look at more than one person: an Unfiltered define, or a retrieve in the context
 * of another? *where: "Library.define" of the first. */
bool elm_looks_further(const struct elm_program *program, struct str *where);

/* elm_run_open - a run in mem.
 *   subject  NULL: env->retrieve is asked, or there are no data
 *   env      clock, offset, step budget, vocabulary, trace, external; env and params must outlive the run */
SALVE_MUST_USE enum salve_code elm_run_open(const struct elm_program *program, struct elm_subject *subject,
                                            const struct expr_env *env, const struct elm_param *params,
                                            size_t param_count, struct arena *mem, struct elm_run **out,
                                            struct salve_err *err);

/* elm_run_define - the value of a define; E_UNKNOWN_NAME if there is none. _at: by its number. */
SALVE_MUST_USE enum salve_code elm_run_define(struct elm_run *run, struct str name, struct expr_value *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code elm_run_define_at(struct elm_run *run, size_t index, struct expr_value *out,
                                                 struct salve_err *err);

/* elm_run_function - calls a function of the main library with arguments; test vectors use it. E_UNKNOWN_NAME. */
SALVE_MUST_USE enum salve_code elm_run_function(struct elm_run *run, struct str name, const struct expr_value *args,
                                                uint32_t count, struct expr_value *out, struct salve_err *err);

/* elm_touched - resources that retrieves gave to the defines evaluated so far, for explanations: their roots, each
 * once. Lives as long as the run's arena. */
SALVE_MUST_USE enum salve_code elm_touched(struct elm_run *run, struct expr_value *out, struct salve_err *err);

/* --- what a run asked for -----------------------------------------------------------------------------------------
 * The resources that a run sees are those that its retrieves gave. A second run of the program, with the same env and
 * parameters and on resources that give each of these retrieves the same, in the same order, ends the same.
 *
 * elm_run_watch - a run that was asked nothing yet keeps what it asks for, each once, in mem; those of its reasons
 * (elm_reasons) too. elm_run_watched - that; it lives as long as mem and the program. One whose codes or dates the run
 * works out counts as one for all of its type.
 * elm_run_gave - the tape of each resource that they gave; one may come more than once.
 * elm_watch_fits - would any of them give anything in `run`, of the same program over another subject? Errors are
 * those of a retrieve. */
struct elm_watch;
SALVE_MUST_USE enum salve_code elm_run_watch(struct elm_run *run, struct arena *mem, struct salve_err *err);
const struct elm_watch *elm_run_watched(const struct elm_run *run);
typedef void elm_gave(void *with, const struct tape *tape);
SALVE_MUST_USE enum salve_code elm_run_gave(struct elm_run *run, elm_gave *gave, void *with, struct salve_err *err);
SALVE_MUST_USE enum salve_code elm_watch_fits(struct elm_run *run, const struct elm_watch *what, bool *out,
                                              struct salve_err *err);

/* elm_locator - line and column where a locator of ELM begins ("12:3-14:20"); false: it is none. */
bool elm_locator(struct str locator, unsigned *line, unsigned *column);

/* --- explanation ---------------------------------------------------------------------------------------------------
 * What a define is, which data it used, and which clauses decided. A program that is linked with elm_link carries
 * nothing of this; one of elm_link_explained gives the same values and takes notes while elm_explain runs it. */
SALVE_MUST_USE enum salve_code elm_link_explained(const struct elm_set *set, struct str id, struct str version,
                                                  struct arena *mem, struct elm_program **out, struct salve_err *err);

struct elm_place { /* in the text of the CQL; line 0: the ELM has no locators */
    struct str library;
    uint32_t line, column;
};
/* A resource that a retrieve gave to the define or to a define that it refers to. */
struct elm_used {
    struct expr_value resource; /* its root */
    struct str type, id, date;  /* views; id and date STR_NONE: it has none */
    const struct str *elements; /* of the resource, those whose values were asked for: "value", "effective" */
    uint32_t element_count;
};
/* A clause of the define itself, or of a function that it called; other defines have reasons of their own. */
struct elm_reason {
    struct elm_place at; /* of the condition, operand or branch */
    const char *clause;  /* "and", "or", "xor", "implies", "if": what the operand or condition was;
                             * "then", "when", "else": the branch that was taken;
                             * "define": `define` of the same library was asked */
    struct str define;
    bool has_value; /* the first five */
    enum expr_truth value;
    uint64_t times; /* in loops, more than once */
};
struct elm_explanation {
    struct expr_value value;
    struct elm_place at; /* where the define stands */
    const struct elm_used *used;
    const struct elm_reason *reasons; /* in the order of the run */
    uint32_t used_count, reason_count;
};
/* elm_explain - define `index` of a program of elm_link_explained. The run was opened for it alone: nothing was asked
 * of it before, so what its retrieves give is what this define used. *out lives as long as the run's arena. */
SALVE_MUST_USE enum salve_code elm_explain(struct elm_run *run, size_t index, struct elm_explanation *out,
                                           struct salve_err *err);
/* elm_link_reasoned - as elm_link; its runs give reasons too. Behind the program is the main library once more, with
 * the functions that it calls, noted; that is run for reasons alone. A program that looks further (elm_looks_further)
 * has none. */
SALVE_MUST_USE enum salve_code elm_link_reasoned(const struct elm_set *set, struct str id, struct str version,
                                                 struct arena *mem, struct elm_program **out, struct salve_err *err);
/* elm_reasons - as elm_explain without what was used, in a run of such a program that answered other questions: the
 * define alone is run once more, with a budget of steps of its own; what it asks keeps the values that it had. */
SALVE_MUST_USE enum salve_code elm_reasons(struct elm_run *run, size_t index, struct elm_explanation *out,
                                           struct salve_err *err);
/* elm_explanation_json - {"value":..,"used":[{"reference":"Observation/x","type":..,"date":..,"elements":[..]}],
 * "at":"Library 12:3","because":[{"at":"Library 13:6","clause":"if","value":true},..]} */
SALVE_MUST_USE enum salve_code elm_explanation_json(const struct elm_explanation *explanation, struct arena *mem,
                                                    struct str *out, struct salve_err *err);

/* elm_defines_json - appends {"A":5,"B":null}: the defines of one subject that are wanted, in the order of the
 * library. The subject, env and params are those of elm_run_open; works in the memory of `out`.
 * elm_has_wanted - has the program a define that is wanted? */
enum elm_context { ELM_ANY_CONTEXT, ELM_PATIENT, ELM_UNFILTERED };
struct elm_wanted {
    struct str define;        /* this one, public or not; STR_NONE: all that are public */
    enum elm_context context; /* of the defines */
    bool is_explained;        /* each with its explanation; the program is one of elm_link_explained */
};
SALVE_MUST_USE enum salve_code elm_defines_json(const struct elm_program *program, struct elm_subject *subject,
                                                const struct expr_env *env, const struct elm_param *params,
                                                size_t param_count, const struct elm_wanted *wanted, struct buf *out,
                                                struct salve_err *err);
bool elm_has_wanted(const struct elm_program *program, const struct elm_wanted *wanted);

/* elm_json - a value as JSON: null, true, numbers as numbers, texts, dates and times as texts, quantities as
 * {"value":5,"unit":"mg"}, codes as {"code":..,"system":..}, intervals as {"low":..,"lowClosed":..}, lists as arrays,
 * tuples as objects, FHIR objects as FHIR JSON, FHIR primitives as their value. */
void elm_json(const struct expr_value *value, struct buf *out);

/* elm_same - are the two values the same by CQL equivalence? For tests. */
bool elm_same(struct elm_run *run, struct expr_value a, struct expr_value b);

/* elm_param_read - the value of a parameter of the main library from text, by its declared type: 5, 5.0, true, a text
 * with or without quotes, 2026-01-01 or @2026-01-01, 14:30, 5 'mg', system|code, null; [low, high) or low/high; {a, b}.
 * The text must outlive the value. E_UNKNOWN_NAME: there is no such parameter; E_INVALID: the text is not of its type.
 * elm_text_param - without a type: the text says what it is; anything that says nothing is a string. */
SALVE_MUST_USE enum salve_code elm_param_read(const struct elm_program *program, struct str name, struct str text,
                                              struct arena *mem, struct elm_param *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code elm_text_param(struct str text, struct arena *mem, struct expr_value *out,
                                              struct salve_err *err);

#endif
