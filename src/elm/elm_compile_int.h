/* SPDX-License-Identifier: Apache-2.0
 *
 * elm_compile - what the files of the ELM compiler share. A compile function emits code that leaves exactly one value
 * on the stack. */
#ifndef SALVE_ELM_COMPILE_INT_H
#define SALVE_ELM_COMPILE_INT_H

#include "elm/elm_int.h"
#include "json/json.h"

/* --- libraries ---------------------------------------------------------------------------------------------------- */
struct elm_library {
    struct str shown; /* what errors of it are in */
    struct str text;  /* of the JSON, for places */
    struct str id, version;
    const struct json *root; /* the "library" object */
    const struct elm_def
        *defs;           /* of all its sections in their order, and where to look for a name: the number + 1 of */
    uint32_t *first_def; /* the first one of its place, then `next`; 0: there is none */
    uint32_t place_mask; /* places - 1, a power of two */
};
/* A definition: an expression, a function, a parameter, a code, ... */
struct elm_def {
    const struct json *def;
    struct str section, name;
    uint32_t operands; /* of a function */
    uint32_t next;
    bool is_function;
};
struct elm_member {
    const struct elm_library *library;
    struct elm_member *next;
};
struct elm_set {
    struct arena *work, *mem; /* trees, and all that goes with them; texts that had to be decoded */
    struct elm_member *first, *last;
};

/* --- compiling ---------------------------------------------------------------------------------------------------- */
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

struct elm_compile;
typedef enum salve_code elm_make(struct elm_compile *c, const struct json *node);

enum elm_row_flag {
    ELM_PRECISION = 1,
    ELM_NULL_LIST_0 = 2,
    ELM_NULL_LIST_1 = 4,
    ELM_NULL_LISTS = 8,
    ELM_GIVES_LIST = 16,
    ELM_LIST_OF_LIST = 32
};
struct elm_row { /* elm_nodes.def */
    const char *type, *fields;
    uint8_t least, most, flags;
    elm_make *make;
    struct expr_function function; /* of a strict node; else its call is NULL */
};
extern const struct elm_row elm_rows[]; /* elm_nodes.c; the last one has no type */

#define STRICT(type, fields, least, most, function, flags)
#define NODE(type, function, flags) elm_make function;
#include "elm/elm_nodes.def"
#undef STRICT
#undef NODE
elm_make elm_make_strict; /* of c->row */

enum { ELM_ROW_PLACES = 128 };
struct elm_compile {
    const struct elm_set *set;
    const struct elm_row *rows; /* elm_rows, and where to look for a type: the first row of its place, then the next */
    uint16_t row_first[ELM_ROW_PLACES], *row_next; /* number of a row + 1; 0: there is none */
    const struct elm_row *row; /* of the node whose `make` was called; good until another node is compiled */
    struct arena *mem, *work;  /* the program; what goes when it is linked, the set's */
    struct salve_err *err;
    struct expr_emit emit;
    const struct elm_library *library; /* of the job that is being compiled */
    struct str name;                   /* of its define */
    bool is_job_function, is_job_unfiltered;
    struct elm_scope *scope;
    uint16_t this_slot, total_slot; /* $this and $total inside loops; UINT16_MAX: none */
    struct elm_job *jobs, *last_job;
    unsigned depth;
    bool is_explained;           /* notes are compiled in, elm_explain.c */
    const struct elm_job *plain; /* not NULL: defines are asked of the program without notes that has these jobs */
    bool is_mixed;               /* the libraries have defines of Patient and of Unfiltered */
    struct str further;          /* elm_looks_further */
};

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
const struct elm_row *elm_find_row(const struct elm_compile *c, struct str type); /* NULL: there is none */
SALVE_MUST_USE enum salve_code elm_index_rows(struct elm_compile *c);             /* once, before the first look */
void elm_call(struct elm_compile *c, const char *name, expr_call *call, uint16_t args);
/* elm_call_operator - calls the strict node of that name with operands that are on the stack: the translator writes
 * some operators (Subsumes) as functions of the library. false: there is no such operator. */
bool elm_call_operator(struct elm_compile *c, struct str name, uint16_t args);
SALVE_MUST_USE enum salve_code elm_push_scope(struct elm_compile *c, struct str name, uint16_t slot);
/* Where a node stands, as EXPR_PLACE; `otherwise` if it has no locator. _set_: of the instructions that follow. */
uint32_t elm_place_of(const struct json *node, uint32_t otherwise);
void elm_set_place(struct elm_compile *c, const struct json *node);
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
/* elm_emit_sieve - a query with one source whose where begins with `alias.element = text`: of the list on the stack
 * those items stay that may fulfil it, so that turns are made for few. The where is asked of them all the same. */
SALVE_MUST_USE enum salve_code elm_emit_sieve(struct elm_compile *c, const struct json *query, struct str alias);
bool elm_fold_list(struct elm_compile *c, uint32_t start, uint32_t count);
bool elm_is_accessor(const struct elm_compile *c, const struct json *def);
/* An element of the value on the stack; name: its FHIR name is looked up. */
void elm_emit_element(struct elm_compile *c, struct str name);

/* Notes, elm_explain.c: nothing is emitted for a program that is not explained, so it pays nothing.
 *   _value    the value on top of the stack is the condition or operand `node` of a clause: "if", "and", ...
 *   _branch   whoever comes here took this branch: "then", "when", "else"; `node` says where it stands
 *   _define   the value on top of the stack is that of define `name` of the library that is being compiled */
SALVE_MUST_USE enum salve_code elm_note_value(struct elm_compile *c, const struct json *node, const char *clause);
SALVE_MUST_USE enum salve_code elm_note_branch(struct elm_compile *c, const struct json *node, const char *clause);
SALVE_MUST_USE enum salve_code elm_note_define(struct elm_compile *c, const struct json *node, struct str name);

/* Definitions of libraries (elm_names.c), and what references to codes and value sets stand for (elm_codes.c). */
SALVE_MUST_USE enum salve_code elm_value_set_of_ref(struct elm_compile *c, const struct json *node,
                                                    struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_code_of_ref(struct elm_compile *c, const struct json *node, struct expr_value *out);
const struct elm_library *elm_library_of(const struct elm_set *set, struct str id, struct str version); /* NULL: none */
const struct elm_library *elm_find_library(struct elm_compile *c, const struct json *node, struct str local);
/* elm_index_defs - once, when the library is read. elm_def_named: the first definition of that name, in any section, or
 * the next one; NULL: there is none. */
SALVE_MUST_USE enum salve_code elm_index_defs(struct elm_library *library, struct arena *work, struct salve_err *err);
const struct elm_def *elm_def_named(const struct elm_library *library, struct str name, const struct elm_def *before);
const struct json *elm_find_def(const struct elm_library *library, const char *section, struct str name);
bool elm_is_function(const struct json *def);
uint32_t elm_operand_count(const struct json *def);
SALVE_MUST_USE enum salve_code elm_context_of(struct elm_compile *c, const struct json *def, bool *is_unfiltered);
/* elm_job_for - the job of a definition, made on the first call; args: of a function. */
SALVE_MUST_USE enum salve_code elm_job_for(struct elm_compile *c, const struct elm_library *library,
                                           const struct json *def, uint16_t args, bool is_define, struct elm_job **out);

#endif
