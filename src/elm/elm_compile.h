/* SPDX-License-Identifier: Apache-2.0
 *
 * elm_compile - what the files of the ELM compiler share. A compile function emits code that leaves exactly one value
 * on the stack. */
#ifndef SALVE_ELM_COMPILE_H
#define SALVE_ELM_COMPILE_H

#include "elm/elm_int.h"

/* A name that is visible where a node stands: alias, let, operand, or the scope of a Filter. */
struct elm_scope {
    struct str name;
    uint16_t slot;
    struct elm_scope *outer;
};

/* A define, function or parameter default that is to be compiled. */
struct elm_job {
    const struct elm_library *library;
    const struct json *def;
    uint32_t routine, number; /* number: of DEFINE; UINT32_MAX for functions */
    struct elm_job *next;
};

struct elm_compile {
    const struct elm_set *set;
    struct arena *mem;
    struct salve_err *err;
    struct expr_emit emit;
    const struct elm_library *library; /* of the job that is being compiled */
    struct str name;                   /* of its define */
    bool is_job_function, is_job_unfiltered;
    struct elm_scope *scope;
    uint16_t this_slot, total_slot; /* $this and $total inside loops; UINT16_MAX: none */
    struct elm_job *jobs, *last_job;
    unsigned depth;
    bool is_explained;  /* notes are compiled in, elm_explain.h */
    bool is_mixed;      /* the libraries have defines of Patient and of Unfiltered */
    struct str further; /* elm_looks_further */
};

typedef enum salve_code elm_make(struct elm_compile *c, const struct json *node);

#define STRICT(type, fields, operands, flags, function) ELM_CALL(function);
#define NODE(type, function)                            elm_make function;
#include "elm/elm_nodes.def"
#undef STRICT
#undef NODE
/* called by code that the compile functions emit */
ELM_CALL(elm_property);
ELM_CALL(elm_take_note);
ELM_CALL(elm_single);
ELM_CALL(elm_sorted);
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
ELM_CALL(elm_ratio_of);
ELM_CALL(elm_code_of);
ELM_CALL(elm_concept_of);
ELM_CALL(elm_quantity_of);
ELM_CALL(elm_as_list);
ELM_CALL(elm_new_quantity);
ELM_CALL(elm_new_code);
ELM_CALL(elm_new_concept);
ELM_CALL(elm_typed_instance);
ELM_CALL(elm_min_value);

/* elm_compile_node - any expression; NULL is null. Errors carry "Library.define line:column". */
SALVE_MUST_USE enum salve_code elm_compile_node(struct elm_compile *c, const struct json *node);
/* A field: an expression, or null where it is missing. */
SALVE_MUST_USE enum salve_code elm_compile_field(struct elm_compile *c, const struct json *node, const char *field);

enum salve_code elm_bad(struct elm_compile *c, const struct json *node, enum salve_code code, const char *why, ...)
    SALVE_PRINTF(4, 5);
SALVE_MUST_USE enum salve_code elm_want_text(struct elm_compile *c, const struct json *node, const char *field,
                                             struct str *out);
/* A member, NULL also where it is JSON null. A flag: JSON true or false, or the text of it (ELM made from XML). */
static inline const struct json *elm_field(const struct json *node, const char *name)
{
    const struct json *field = json_get(node, name);
    return json_is(field, JSON_NULL) ? NULL : field;
}
bool elm_flag(const struct json *node, const char *name, bool otherwise);
void elm_call(struct elm_compile *c, const char *name, expr_call *call, uint16_t args);
/* elm_call_operator - calls the strict node of that name with operands that are on the stack: the translator writes
 * some operators (Subsumes) as functions of the library. false: there is no such operator. */
bool elm_call_operator(struct elm_compile *c, struct str name, uint16_t args);
SALVE_MUST_USE enum salve_code elm_push_scope(struct elm_compile *c, struct str name, uint16_t slot);
/* Where a node stands, as EXPR_PLACE; `otherwise` if it has no locator. */
uint32_t elm_place_of(const struct json *node, uint32_t otherwise);
struct elm_scope *elm_find_scope(struct elm_compile *c, struct str name);
void elm_const_text(struct elm_compile *c, struct str text); /* tag: its FHIR name */

/* elm_emit_path - the value on the stack becomes that at a path of names and indexes; _order_by: the list on it becomes
 * sorted by what is there. */
SALVE_MUST_USE enum salve_code elm_emit_path(struct elm_compile *c, const struct json *node, struct str path);
SALVE_MUST_USE enum salve_code elm_emit_order_by(struct elm_compile *c, const struct json *node, struct str path);

/* Types. elm_type_of reads a specifier object or, for JSON text, a qualified name. */
SALVE_MUST_USE enum salve_code elm_type_of(struct elm_compile *c, const struct json *spec, const struct elm_type **out);
SALVE_MUST_USE enum salve_code elm_type_named(struct elm_compile *c, struct str name, const struct elm_type **out);
void elm_const_type(struct elm_compile *c, const struct elm_type *type);
static inline const struct elm_type *elm_type_arg(struct expr_value v) { return (const void *)v.as.text; }

/* elm_note_further - the define at hand looks at more than one person. */
void elm_note_further(struct elm_compile *c);
/* Shorter forms, elm_fuse.c and elm_query.c; *is_done false: nothing was emitted, the plain form is to be. */
SALVE_MUST_USE enum salve_code elm_make_fused(struct elm_compile *c, const struct expr_function *function,
                                              const struct json *node, bool *is_done);
SALVE_MUST_USE enum salve_code elm_make_class(struct elm_compile *c, const struct json *node,
                                              const struct elm_type *type, bool *is_done);
SALVE_MUST_USE enum salve_code elm_make_exists_query(struct elm_compile *c, const struct json *node, bool *is_done);
/* A Query of which only the first or the last element will be taken. */
SALVE_MUST_USE enum salve_code elm_make_end_query(struct elm_compile *c, const struct json *node, bool is_last);
bool elm_fold_list(struct elm_compile *c, uint32_t start, uint32_t count);
bool elm_is_accessor(const struct elm_compile *c, const struct json *def);
/* An element of the value on the stack; name: its FHIR name is looked up. */
void elm_emit_element(struct elm_compile *c, struct str name);

/* Definitions of libraries. */
/* elm_make_plan - a retrieve whose codes are known now (none, one code, a value set) is planned; *is_done false: they
 * are not. */
SALVE_MUST_USE enum salve_code elm_make_plan(struct elm_compile *c, fhir_type_id type, struct str code_path,
                                             const struct json *codes, bool *is_done);
SALVE_MUST_USE enum salve_code elm_value_set_of_ref(struct elm_compile *c, const struct json *node,
                                                    struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_code_of_ref(struct elm_compile *c, const struct json *node, struct expr_value *out);
const struct elm_library *elm_find_library(struct elm_compile *c, const struct json *node, struct str local);
const struct json *elm_find_def(const struct elm_library *library, const char *section, struct str name);
SALVE_MUST_USE enum salve_code elm_job_for(struct elm_compile *c, const struct elm_library *library,
                                           const struct json *def, uint16_t args, bool is_define, struct elm_job **out);

#endif
