/* SPDX-License-Identifier: Apache-2.0
 *
 * search - FHIR R4 searches over resources that somebody has already: parameters read once, then asked of each tape.
 * Pure: it opens nothing, and knows no more people than the resources that it is given.
 *
 *     struct search_ask ask = {.type = FHIR_T_Observation, .pairs = pairs, .pair_count = n, .world = &world};
 *     code = search_parse(&ask, mem, &search, &fault, err);       // what is wrong with a parameter: fault names it
 *     code = search_run(search, resources, count, mem, &found, err);
 *     for (size_t i = 0; i < found.match_count; i++) ... resources[found.matches[i]] ...
 *
 * Parameters are those of the R4 definitions for every type that is admitted, made a table by the build
 * (tools/search_tables.mjs). What stands in the name of a parameter behind a colon is a row of search_modifiers.def;
 * what steers the answer (_sort, _include, ...) is a row of search_results.def; what is refused, whoever asks, is a
 * row of search_never.def. Ranges, time zones and how texts compare: docs/internals/search.md.
 *
 * Errors. E_UNKNOWN_NAME a parameter, modifier or type that is not known; E_SYNTAX a value that is none; E_TOO_BIG
 * more than a limit; E_ROLE a search that crosses people (fault->rule says which rule); E_MEMORY. No message holds a
 * value.
 *
 * Source: FHIR R4 4.0.1, search.html.  */
#ifndef SALVE_SEARCH_SEARCH_H
#define SALVE_SEARCH_SEARCH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/zone.h"
#include "fhir/tape.h"
#include "terms/terms.h"

enum {
    SEARCH_PAIRS_MAX = 100,     /* parameters of one request */
    SEARCH_VALUES_MAX = 500,    /* alternatives of all of them together: each is held against each value */
    SEARCH_COUNT_MAX = 1000,    /* resources of one page */
    SEARCH_COUNT_DEFAULT = 200, /* most people have fewer of a type: who forgets the next page misses nothing */
    SEARCH_SORTS_MAX = 8,
    SEARCH_INCLUDES_MAX = 20,
    SEARCH_INCLUDED_MAX = 10000, /* resources of one page that came by _include and _revinclude */
};

/* --- what can be searched by -------------------------------------------------------------------------------------- */

enum search_kind {
#define SEARCH_KIND(name, text) SEARCH_##name,
#include "search/search_kinds.def"
#undef SEARCH_KIND
    SEARCH_KINDS
};
const char *search_kind_text(enum search_kind kind); /* "token" */

/* One parameter of one type, a row of the generated table; what stands behind `kind` is for this room. */
struct search_param {
    const char *code, *url; /* "combo-value-quantity", its SearchParameter */
    uint8_t kind;           /* enum search_kind */
    uint8_t path_count, part_count;
    uint16_t first_path, first_part;
};

/* search_params - the parameters of a type in the order of their codes; NULL and 0: it is not searched.
 * search_param_find - one of them; NULL: there is none. */
const struct search_param *search_params(fhir_type_id type, size_t *count);
const struct search_param *search_param_find(fhir_type_id type, struct str code);

/* search_refuses - does a rule of docs/never.md refuse searching this type by this parameter, whoever asks? Its id
 * ("salve-never/N12"), else NULL. `name` as it stands in a request, with modifiers and chains. */
const char *search_refuses(fhir_type_id type, struct str name);

/* --- asking ------------------------------------------------------------------------------------------------------- */

struct search_pair {
    struct str name, value; /* decoded */
};

/* What a search may know beside the resources. Zero is fine for every member. */
struct search_world {
    struct str base;           /* own address ("https://host/fhir"): references below it are those without it */
    const struct zone *zone;   /* where dates and times without an offset are; NULL: UTC */
    int64_t now_unix_ms;       /* for ap: a tenth of the time between then and now */
    const struct terms *terms; /* value sets for :in and :not-in; those of R4 always are at hand */
};

struct search_ask {
    fhir_type_id type; /* 0: every type, or those of _type (a whole compartment); only _ parameters fit then */
    const struct search_pair *pairs;
    size_t pair_count;
    const struct search_world *world;
    bool is_strict; /* Prefer: handling=strict: what is not known is an error, else it is passed over */
};

struct search; /* parsed, opaque; read-only, lives as long as mem and the texts of the pairs */

/* What an error is about. */
struct search_fault {
    struct str name;  /* the parameter, as it was sent */
    const char *rule; /* "salve-never/N12"; NULL: no rule of docs/never.md */
    const char *why;  /* with a rule: in which words; static */
};
SALVE_MUST_USE enum salve_code search_parse(const struct search_ask *ask, struct arena *mem, struct search **out,
                                            struct search_fault *fault, struct salve_err *err);

/* search_period - what a date or time leaves open, in milliseconds: low <= x < high; "2026-11": the whole month at the
 * place of `zone` (NULL: UTC). False: it is none. */
bool search_period(struct str text, const struct zone *zone, int64_t *low_unix_ms, int64_t *high_unix_ms);

/* search_uses - was pair `i` of the request understood (else it was passed over)? For the self link and its outcome. */
bool search_uses(const struct search *search, size_t i);

/* What of the answer is said here: _count (0: only the total), and whether _total leaves the total out. */
size_t search_page_size(const struct search *search);
bool search_counts(const struct search *search);

/* search_criteria - how many parameters tell resources apart; 0: it finds everything. */
size_t search_criteria(const struct search *search);

/* --- running ------------------------------------------------------------------------------------------------------ */

struct search_resource {
    const struct tape *tape; /* root: the resource */
    struct str id;           /* _id, and what references point to; STR_NONE: that of the tape */
    int64_t updated_unix_ms; /* _lastUpdated; 0: that of the tape's meta */
};

struct search_found {
    const uint32_t *matches; /* indexes of this page, in order */
    size_t match_count;
    size_t total;             /* on all pages */
    const uint32_t *included; /* by _include and _revinclude for this page, no match of it among them */
    size_t included_count;
    bool is_cut; /* more than SEARCH_INCLUDED_MAX would have been included */
};

/* search_run - the page that begins behind `skip` matches. Without _sort the order is that of `resources`.
 * search_matches - does one resource match? For criteria: no paging, no includes. */
SALVE_MUST_USE enum salve_code search_run(const struct search *search, const struct search_resource *resources,
                                          size_t count, size_t skip, struct arena *mem, struct search_found *out,
                                          struct salve_err *err);
SALVE_MUST_USE enum salve_code search_matches(const struct search *search, const struct search_resource *resource,
                                              struct arena *mem, bool *out, struct salve_err *err);

#endif
