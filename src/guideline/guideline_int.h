/* SPDX-License-Identifier: Apache-2.0
 *
 * guideline_int - the workshop of guideline: what a loaded folder is made of. Include only from src/guideline/. */
#ifndef SALVE_GUIDELINE_GUIDELINE_INT_H
#define SALVE_GUIDELINE_GUIDELINE_INT_H

#include "elm/elm.h"
#include "terms/terms.h"
#include "guideline/guideline.h"
#include "json/json.h"
#include "ranges/ranges.h"

enum { GUIDELINE_VALUE_SET_FILES_MAX = 100 };
enum { GUIDELINE_EVALUATION_BYTES_MAX = 64 << 20 }; /* scratch of one vector row or one case */

enum guideline_type { GUIDELINE_DECIMAL, GUIDELINE_INTEGER, GUIDELINE_STRING, GUIDELINE_BOOLEAN, GUIDELINE_TYPE_COUNT };

/* A column of a vector file: an input goes into a CQL parameter, an output is compared with a define. */
struct guideline_column {
    struct str name, target;
    enum guideline_type type; /* of an input */
    bool is_output;
};

struct guideline_family {
    struct str name;
    const struct guideline_column *columns;
    size_t column_count;
};

/* A CQL file, and where its lines begin: reasons quote them. */
struct guideline_cql {
    struct str name, text; /* name: as in files */
    const uint32_t *starts;
    uint32_t count;
};

struct guideline_language {
    struct str name; /* "ar" */
    const struct json *texts;
};

struct guideline {
    struct guideline_info info;
    struct guideline_family *families;    /* as info.families */
    struct guideline_language *languages; /* as info.languages */
    struct str *language_names;
    struct guideline_file *files;
    size_t file_count, library_count; /* the first library_count files are the ELM of lib/ */
    size_t logic;                     /* the file logic.json */
    const struct guideline_cql *cql;
    size_t cql_count;
    struct str vectors;          /* ELM of vectors.cql; empty if there is none */
    struct elm_program *program; /* of logic.json */
    struct terms *terms;         /* of the folder valuesets; NULL: there is none */
    struct expr_value inputs;    /* for the parameter "Inputs" */
};

/* A document with the name that errors show. */
struct guideline_doc {
    const struct json *root;
    struct str text;
    const char *file; /* "guideline.json" */
    struct arena *mem;
};

/* guideline_read_about - fills info and families from guideline.json. */
enum salve_code guideline_read_about(const struct guideline_doc *doc, struct guideline *out, struct salve_err *err);

/* guideline_libraries - what was read of lib/, and trees of it in `work`; texts of them and bytes are in mem. */
struct guideline_library {
    struct str file, bytes; /* "FHIRHelpers.json" */
    const struct elm_library *library;
};
struct guideline_libraries {
    struct arena *work, *turn, *mem; /* turn: for one guideline, then rewound */
    const char *share;               /* guideline/shared.h; NULL: none */
    struct guideline_library *list;
    size_t count, room;
};
/* guideline_library - the library in a file of these bytes, read on the first call; *bytes become those that
 * are kept. */
enum salve_code guideline_library(struct guideline_libraries *in, struct str file, struct str *bytes,
                                  const struct elm_library **out, struct salve_err *err);

/* guideline_compile - links the second of the given texts out of the first and the shared libraries. */
enum salve_code guideline_compile(const struct guideline *guideline, const struct guideline_file more[2],
                                  struct arena *mem, struct elm_program **out, struct salve_err *err);

/* guideline_read_cql - fills cql out of files. E_MEMORY. */
enum salve_code guideline_read_cql(struct guideline *guideline, struct arena *mem, struct salve_err *err);

/* guideline_because - fills finding->because: the branches that were taken, from define `name` into the defines and
 * functions that these branches ask. */
struct guideline_run {
    const struct guideline *guideline;
    struct elm_run *run; /* that gave the findings */
};
enum salve_code guideline_because(const struct guideline_run *run, struct str name, struct arena *mem,
                                  struct finding *finding, struct salve_err *err);
/* guideline_err_define - adds to an error where a define of logic.cql stands; the file alone if it is none. Reads the
 * ELM again: for errors only. */
void guideline_err_define(const struct guideline *guideline, struct str define, struct arena *mem,
                          struct salve_err *err);

/* guideline_line_of - "blood-pressure/letter.ar.json:12" for a value of a loaded JSON file; line 1 for NULL. */
struct str guideline_line_of(const struct guideline *guideline, const char *file, const struct json *node,
                             struct arena *mem);

/* guideline_tuple - a tuple for a parameter of SalveCommon; values in the order of its elements
 * (guideline_inputs.c). */
enum guideline_tuple { GUIDELINE_ROW, GUIDELINE_DAY };
enum salve_code guideline_tuple(enum guideline_tuple kind, const struct expr_value *values, struct arena *mem,
                                struct expr_value *out, struct salve_err *err);

/* guideline_ranges - the rows of the table ranges.json that concern the guideline's inputs, as a table of their own. */
enum salve_code guideline_ranges(const struct guideline *guideline, struct str whole, struct arena *mem,
                                 struct str *rows, struct salve_err *err);

/* guideline_inputs - the value of the parameter "Inputs": a tuple a row of guideline.json and spelling of its unit. */
enum salve_code guideline_inputs(const struct guideline *guideline, const struct ranges *ranges, struct arena *mem,
                                 struct expr_value *out, struct salve_err *err);

/* guideline_is_question - is that label one that somebody is asked, and not measured? */
bool guideline_is_question(const struct guideline *guideline, struct str label);

/* guideline_visit_params - "Visit start", "Visit end", "Today" and "Site days" of SalveCommon, and room for its
 * "Inputs": the first parameters of a run. */
enum { GUIDELINE_VISIT_PARAMS = 5, GUIDELINE_INPUTS_PARAM = GUIDELINE_VISIT_PARAMS - 1 };
enum salve_code guideline_visit_params(const struct guideline_visit *visit, int64_t now_unix_ms, struct arena *mem,
                                       struct elm_param params[GUIDELINE_VISIT_PARAMS], struct salve_err *err);

struct guideline_person {
    const struct tape *tapes; /* of the ask that it was made of, and its moment */
    size_t tape_count;
    int64_t now_unix_ms;
    struct guideline_visit visit;
    struct elm_subject subject;
    struct elm_param params[GUIDELINE_VISIT_PARAMS]; /* without the rows of a guideline's inputs */
};
static inline size_t guideline_param_count(const struct guideline *guideline)
{
    return GUIDELINE_VISIT_PARAMS + guideline->info.switch_count;
}

const struct json *guideline_texts(const struct guideline *guideline, struct str language); /* NULL: no such language */

static inline bool guideline_listed(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], text)) return true;
    return false;
}

#endif
