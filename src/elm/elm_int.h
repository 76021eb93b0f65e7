/* SPDX-License-Identifier: Apache-2.0
 *
 * elm_int - what the files of ELM share that work while a program runs, and what a compiled program is. The compiler's
 * own is in elm_compile_int.h; no file that runs includes it. */
#ifndef SALVE_ELM_INT_H
#define SALVE_ELM_INT_H

#include "elm/elm.h"
#include "machine/run.h"

/* --- types -------------------------------------------------------------------------------------------------------- */
enum elm_type_kind {
    ELM_ANY,
    ELM_SYSTEM,
    ELM_FHIR,
    ELM_FHIR_ENUM,
    ELM_LIST,
    ELM_INTERVAL,
    ELM_TUPLE,
    ELM_CHOICE,
    ELM_UNKNOWN
};

struct elm_type {
    uint8_t kind;              /* enum elm_type_kind */
    uint8_t system;            /* ELM_SYSTEM: enum expr_kind; VALUE_VOCABULARY for CodeSystem and ValueSet */
    fhir_type_id fhir;         /* ELM_FHIR */
    const struct elm_type *of; /* LIST, INTERVAL: element; CHOICE, TUPLE: alternatives or elements, `count` of them */
    uint32_t count;
    const struct str *names; /* TUPLE */
};

/* --- compiled programs -------------------------------------------------------------------------------------------- */
struct elm_routine { /* beside each routine of the program: whose it is, for messages */
    struct str shown, name;
};
struct elm_function {
    struct str name;
    uint32_t routine;
    uint16_t args;
};
struct elm_parameter {
    struct str name;
    const struct elm_type *type; /* ELM_ANY: none is declared */
};
struct elm_program {
    const struct expr_program *code;
    struct str id;
    const struct elm_define *defines;
    const uint32_t *numbers;        /* DEFINE number of each */
    const struct elm_place *places; /* of each define */
    uint32_t define_count;
    const struct elm_parameter *parameters; /* of the main library */
    uint32_t parameter_count;
    const struct elm_function *functions; /* likewise */
    uint32_t function_count;
    const struct elm_routine *routines;
    struct str further;              /* elm_looks_further; STR_NONE: no */
    const struct elm_program *noted; /* elm_link_reasoned: the same defines, with notes; NULL: it has none */
};

/* --- data of a run ------------------------------------------------------------------------------------------------ */
struct elm_run {
    struct expr_run run;
    const struct elm_program *program;
    struct elm_subject *subject;
    const struct elm_param *params;
    size_t param_count;
    struct expr_build touched; /* lists that retrieves gave, and plans of those of which only the first was asked */
    struct elm_watch *watch;   /* elm_run_watch; NULL: nobody does */
    struct elm_notes *notes;   /* NULL: not explained */
    struct elm_run *noted;     /* of program->noted, opened by the first elm_reasons */
    struct elm_run *plain;     /* of such a run: that which has the values of defines */
    unsigned crossings;        /* runs that wait for this one */
    bool is_placed;            /* err already names the place: another run failed */
    /* first room of the stacks: a usual run asks the arena once */
    struct expr_value touched_room[4], stack_room[40];
    struct expr_loop loop_room[3];
    struct expr_frame frame_room[6];
};
static inline struct elm_run *elm_front(struct expr_run *run) { return run->front; }

/* elm_people.c: a define of another context. EACH: of all people; _LIST: its values are lists, even if all are null.
 * PLAIN: of the run without notes. */
enum elm_asking { ELM_ASK_UNFILTERED, ELM_ASK_EACH, ELM_ASK_EACH_LIST, ELM_ASK_PERSON, ELM_ASK_PLAIN };
SALVE_MUST_USE enum salve_code elm_ask(struct elm_run *from, uint32_t define, enum elm_asking how,
                                       struct expr_value *out);
bool elm_is_alone(const struct elm_run *run);
/* Names the place of a failure, and lets what was being evaluated be asked again. */
void elm_run_failed(struct elm_run *run, enum salve_code code, struct salve_err *err);

/* --- C functions -------------------------------------------------------------------------------------------------- */
#define ELM_CALL(name) EXPR_CALL(name)

/* Of the strict rows of elm_nodes.def, and those that compiled code calls besides. */
#define STRICT(type, fields, least, most, function, flags) ELM_CALL(function);
#define NODE(type, function, flags)
#include "elm/elm_nodes.def"
#undef STRICT
#undef NODE
ELM_CALL(elm_property);
ELM_CALL(elm_sieve);
ELM_CALL(elm_property_noted);
ELM_CALL(elm_take_note);
ELM_CALL(elm_single);
ELM_CALL(elm_sorted_keys);
ELM_CALL(elm_as);
ELM_CALL(elm_is);
ELM_CALL(elm_retrieve);
ELM_CALL(elm_retrieve_related);
ELM_CALL(elm_null_as_empty);
ELM_CALL(elm_filter_codes);
ELM_CALL(elm_filter_dates);
ELM_CALL(elm_filter_ids);
ELM_CALL(elm_ask_define);
ELM_CALL(elm_is_here);
ELM_CALL(elm_call_external);
ELM_CALL(elm_retrieve_planned);
ELM_CALL(elm_retrieve_any);
ELM_CALL(elm_interval_of);
ELM_CALL(elm_param_is_given);
ELM_CALL(elm_param_value);
ELM_CALL(elm_in_vocabulary);
ELM_CALL(elm_coalesce_list);
ELM_CALL(elm_not_callable);
ELM_CALL(elm_as_list);
ELM_CALL(elm_new_quantity);
ELM_CALL(elm_new_code);
ELM_CALL(elm_new_concept);
ELM_CALL(elm_typed_instance);
ELM_CALL(elm_min_value);

/* `out` is never one of `args`: functions may write it first. The first lines of most functions: the result is null if
 * any of the first n arguments is. */
#define ELM_NULL_IF(n)                                                                                                 \
    do {                                                                                                               \
        *out = EXPR_NONE;                                                                                              \
        for (uint32_t null_ = 0; null_ < (n); null_++)                                                                 \
            if (null_ >= count || args[null_].kind == VALUE_NULL) return SALVE_OK;                                     \
    } while (0)

/* elm_plan_make - a retrieve of a type whose codes (a CODE in a list, a VOCABULARY or NULL) are known when the program
 * is linked; the argument of elm_retrieve_planned and elm_retrieve_any. NULL: no memory. */
const struct elm_plan *elm_plan_make(fhir_type_id type, fhir_name_id code_path, struct expr_value codes,
                                     struct arena *mem);

/* What elm_take_note is given: which clause was evaluated, and where it stands. */
struct elm_note {
    struct str library;
    uint32_t place; /* EXPR_PLACE */
    const char *clause;
    struct str define;
    bool has_value; /* else: a branch or a define */
};

/* System value of a FHIR primitive or Quantity; other values unchanged. */
SALVE_MUST_USE enum salve_code elm_plain(struct expr_run *run, struct expr_value value, struct expr_value *out);

SALVE_MUST_USE enum salve_code elm_decimal(struct expr_run *run, bool is_known, struct expr_decimal d,
                                           struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_quantity(struct expr_run *run, bool is_known, struct expr_quantity q,
                                            struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_temporal(struct expr_run *run, bool is_known, struct expr_temporal t,
                                            struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_text(struct expr_run *run, struct str text, struct expr_value *out); /* copies */
SALVE_MUST_USE enum salve_code elm_interval(struct expr_run *run, struct expr_value low, bool low_closed,
                                            struct expr_value high, bool high_closed, struct expr_value *out);

/* CQL equality (null: not known), equivalence and order of single values. `precision` EXPR_PRECISION_NONE: fully. */
SALVE_MUST_USE enum salve_code elm_values_equal(struct expr_run *run, struct expr_value a, struct expr_value b,
                                                enum expr_truth *out);
SALVE_MUST_USE enum salve_code elm_values_equivalent(struct expr_run *run, struct expr_value a, struct expr_value b,
                                                     bool *out);
SALVE_MUST_USE enum salve_code elm_values_order(struct expr_run *run, struct expr_value a, struct expr_value b,
                                                enum expr_precision precision, enum expr_order *out);
/* Codes of a FHIR Coding (a CODE), CodeableConcept (a CONCEPT) or code (a STRING); other nodes unchanged. */
SALVE_MUST_USE enum salve_code elm_codes_of(struct expr_run *run, struct expr_value node, struct expr_value *out);
/* What a date filter compares: of a Period an interval, of a primitive its System value. */
SALVE_MUST_USE enum salve_code elm_date_value(struct expr_run *run, struct expr_value node, struct expr_value *out);
/* Is the code in the value set or code system? A value set that is not at hand is an error. */
SALVE_MUST_USE enum salve_code elm_code_is_in(struct expr_run *run, const struct expr_code *code,
                                              const struct expr_vocabulary *in, enum expr_truth *out);
/* For retrieves: leaving a resource out because its code is not known to be in the value set would be a guess. */
enum salve_code elm_membership_unknown(struct expr_run *run, const struct expr_vocabulary *in);
int elm_offset(const struct expr_run *run);
SALVE_MUST_USE enum salve_code elm_sort_values(struct expr_run *run, struct expr_value *items, uint32_t count,
                                               uint32_t stride, const bool *descending, uint32_t key_count);

enum { ELM_SORT_FIRST = 1, ELM_SORT_LAST = 2 }; /* flags of elm_sorted_keys: only that element is wanted */

/* Successor, predecessor, least and greatest of a type; false at the limit. */
SALVE_MUST_USE enum salve_code elm_step(struct expr_run *run, struct expr_value v, bool is_up, struct expr_value *out,
                                        bool *is_known);
bool elm_limit(enum expr_kind kind, bool is_high, struct expr_value *out);

#endif
