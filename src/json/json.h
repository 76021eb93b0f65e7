/* SPDX-License-Identifier: Apache-2.0
 *
 * json - small JSON documents (guideline.json, forms, ELM, log events) as a tree in an arena, and writing JSON.
 * Resources are not read here: fhir.h does that in one pass.
 *
 *     const struct json *doc;
 *     code = json_read(text, NULL, mem, &doc, err);                 // err: line 12, column 5, "library.statements"
 *     struct str version = json_get_text(doc, "version");           // STR_NONE if it is not there or no string
 *     for (const struct json *it = json_first(json_path(doc, "library.statements.def")); it != NULL; it = it->next) ...
 *
 * Reading is strict: RFC 8259, one value, UTF-8 without BOM; a duplicate key, a NUL (also as \u0000), a lone surrogate,
 * depth or size over the limit is an error with its line, column and path. Numbers keep their text, objects their
 * order. Accessors accept NULL and the wrong type and answer "absent", so that a path needs one check at its end. */
#ifndef SALVE_JSON_JSON_H
#define SALVE_JSON_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    uint32_t count;           /* members or items */
    uint32_t offset;          /* byte of the text where the value starts; json_where makes line and column of it */
    struct str name;          /* of a member: its key, unescaped */
    struct str text;          /* STRING: unescaped; NUMBER: as written */
    const struct json *first; /* first member or item */
    const struct json *next;  /* next member or item of the same parent; NULL at the end */
};

struct json_opts {
    size_t bytes_max;    /* 0: SALVE_CONFIG_BYTES_MAX; 4 GiB - 1 at most */
    unsigned depth_max;  /* 0: SALVE_JSON_DEPTH_MAX; JSON_DEPTH_MAX at most */
    struct arena *texts; /* where texts that hold escapes are decoded to; NULL: mem, as the tree */
};
enum { JSON_DEPTH_MAX = 1000 }; /* the reader recurses: about 200 bytes of stack a level */

/* json_read - the tree of one JSON text.
 *   opts    NULL: usual limits
 *   *out    lives as long as mem and refers to `text`, which must live as long too; its texts are views of `text`
 *           and of opts->texts alone
 *   errors  E_SYNTAX, E_TOO_BIG, E_TOO_DEEP, E_MEMORY; err has line, column and path */
SALVE_MUST_USE enum salve_code json_read(struct str text, const struct json_opts *opts, struct arena *mem,
                                         const struct json **out, struct salve_err *err);

static inline const struct json *json_first(const struct json *value)
{
    return value != NULL && value->type >= JSON_ARRAY ? value->first : NULL;
}

const struct json *json_get(const struct json *object, const char *name); /* NULL if absent; O(members) */
const struct json *json_get_str(const struct json *object, struct str name);
const struct json *json_path(const struct json *from, const char *dotted); /* "a.b.2.c": names and item numbers */
const struct json *json_item(const struct json *array, size_t index);      /* O(index) */

struct str json_text(const struct json *value);          /* STRING; else STR_NONE */
struct str json_number(const struct json *value);        /* NUMBER, as written; else STR_NONE */
bool json_i64(const struct json *value, int64_t *out);   /* a NUMBER that is an integer in range */
bool json_double(const struct json *value, double *out); /* a finite NUMBER */
bool json_bool(const struct json *value, bool *out);     /* true or false */
bool json_is_true(const struct json *value);

/* json_number_eq - of two JSON numbers, as written: 5.60, 5.6 and 56e-1 are one number. An exponent of more than nine
 * digits equals its own text alone. */
bool json_number_eq(struct str a, struct str b);

static inline bool json_is(const struct json *value, enum json_type type)
{
    return value != NULL && value->type == type;
}
static inline struct str json_get_text(const struct json *object, const char *name)
{
    return json_text(json_get(object, name));
}

/* json_want - the member must be there and have that type; else E_INVALID at "where.name". */
SALVE_MUST_USE enum salve_code json_want(const struct json *object, const char *name, enum json_type type,
                                         const char *where, const struct json **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code json_want_text(const struct json *object, const char *name, const char *where,
                                              struct str *out, struct salve_err *err);

/* json_where - line and column, both from 1, of an offset in the text that was read. */
void json_where(struct str text, uint32_t offset, unsigned *line, unsigned *column);

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* json_add_string - quotes and escapes: \" \\ \b \f \n \r \t, other control characters as \u00xx; the rest as it is.
 * `text` is UTF-8. This is also the form that RFC 8785 asks for. */
void json_add_string(struct buf *out, struct str text);

/* A writer that puts commas, and line ends and two-space indents when `pretty`. Ceilings are those of `out`.
 *     struct json_writer w = {.out = &out, .pretty = true};
 *     json_open(&w, NULL, '{');  json_put_text(&w, "name", name);  json_close(&w);
 * `name` is NULL for items of an array, for the outermost value, and after json_put_name. */
enum { JSON_WRITE_DEPTH_MAX = 64 };
struct json_writer {
    struct buf *out;
    bool pretty;
    bool has_name; /* json_put_name was the last call */
    unsigned depth;
    char closers[JSON_WRITE_DEPTH_MAX];
    bool has_items[JSON_WRITE_DEPTH_MAX];
};
void json_open(struct json_writer *w, const char *name, char bracket); /* '{' or '[' */
void json_close(struct json_writer *w);
void json_put_name(struct json_writer *w, struct str name);
void json_put_text(struct json_writer *w, const char *name, struct str text); /* STR_NONE: null */
void json_put_i64(struct json_writer *w, const char *name, int64_t number);
void json_put_bool(struct json_writer *w, const char *name, bool value);
void json_put_null(struct json_writer *w, const char *name);
void json_put_raw(struct json_writer *w, const char *name, struct str json); /* JSON made elsewhere, a number say */
/* json_put_error - an object with code ("SLV-401"), name, what, where, in, line, column, element, why and next. */
void json_put_error(struct json_writer *w, const char *name, const struct salve_err *err);

/* json_write - a tree that was read, in its order; compact or pretty. */
void json_write(const struct json *value, bool pretty, struct buf *out);

/* json_canonical - for tests: RFC 8785 for trees of objects, arrays, strings, booleans, null and integers within
 * +-(2^53 - 1): keys sorted by UTF-16 code units, no white space. Another number is E_UNSUPPORTED. */
SALVE_MUST_USE enum salve_code json_canonical(const struct json *value, struct arena *mem, struct buf *out,
                                              struct salve_err *err);

#endif
