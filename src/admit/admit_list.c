/* SPDX-License-Identifier: Apache-2.0
 * Prints the effective list of the admission gate, one fact a line, sorted. */
#include <stdlib.h>

#include "admit/admit_int.h"
#include "base/assert.h"

enum { ARENA_BYTES_MAX = 16 << 20, LINES_MAX = 16384 };

struct lines {
    struct arena *mem;
    struct str *items;
    size_t count, room;
};

static void line(struct lines *lines, struct str text)
{
    if (lines->count < lines->room && text.ptr != NULL) lines->items[lines->count++] = text;
}

static int compare_lines(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static const char *owner_text(uint8_t owner)
{
    return owner == ADMIT_OWNER_COMMONS ? "commons" : owner == ADMIT_OWNER_PERSON ? "person" : "any";
}

static void element_lines(const struct admit_rules *rules, struct lines *lines)
{
    for (fhir_element_id e = 1; e < FHIR_ELEMENT_COUNT; e++) {
        struct str owner = fhir_type_name(fhir_elements[e].owner), name = fhir_name(fhir_elements[e].name);
        uint8_t bits = rules->elements[e];
        const char *mark = bits & ADMIT_WHOLE ? "!" : bits & ADMIT_ONE_OF ? "+" : "";
        if (bits & ADMIT_KEPT)
            line(lines, arena_printf(lines->mem, "element %.*s.%.*s%s", STR_ARGS(owner), STR_ARGS(name), mark));
        if (rules->slots[e] != 0)
            line(lines, arena_printf(lines->mem, "slot %.*s.%.*s %s", STR_ARGS(owner), STR_ARGS(name),
                                     rules->sets[rules->slots[e]]));
    }
}

static void fact_lines(const struct admit_rules *rules, struct lines *lines)
{
    for (fhir_type_id t = 1; t < FHIR_TYPE_COUNT; t++) {
        struct str name = fhir_type_name(t);
        if (rules->owners[t] != 0)
            line(lines, arena_printf(lines->mem, "type %.*s %s", STR_ARGS(name), owner_text(rules->owners[t])));
    }
    for (size_t i = 0; i < rules->fact_count; i++) {
        const struct admit_fact *f = &rules->facts[i];
        if (f->set == ADMIT_APART_SET)
            line(lines, arena_printf(lines->mem, "apart %s %.*s %.*s", family_text((enum family)f->rule),
                                     STR_ARGS(f->system), STR_ARGS(f->code)));
        else if (f->set == ADMIT_NEVER_SET)
            line(lines, arena_printf(lines->mem, "refused %s %.*s %.*s", admit_rule_id((enum admit_rule)f->rule),
                                     STR_ARGS(f->system), STR_ARGS(f->code)));
        else
            line(lines, arena_printf(lines->mem, "code %s %.*s %.*s", rules->sets[f->set], STR_ARGS(f->system),
                                     STR_ARGS(f->code)));
    }
}

static void name_lines(struct lines *lines, const char *kind, const struct admit_names *names, bool has_rule)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct admit_name *n = &names->items[i];
        line(lines,
             arena_printf(lines->mem, "%s %s %.*s", kind,
                          has_rule ? admit_rule_id((enum admit_rule)n->tag) : owner_text(n->tag), STR_ARGS(n->text)));
    }
}

/* Rows that are used as they stand. */
static void row_lines(struct lines *lines)
{
#define X(system, codes) line(lines, arena_printf(lines->mem, "begins %s %s", system, codes));
    ADMIT_PREFIXES(X)
#undef X
#define X(rule, system, codes)                                                                                         \
    line(lines, arena_printf(lines->mem, "refused %s %s %s*", admit_rule_id(ADMIT_##rule), system, codes));
    ADMIT_NEVER_PREFIXES(X)
#undef X
#define X(family, system, codes)                                                                                       \
    line(lines, arena_printf(lines->mem, "apart %s %s %s*", family_text(FAMILY_##family), system, codes));
    ADMIT_APART_PREFIXES(X)
#undef X
#define X(family, words) line(lines, arena_printf(lines->mem, "apart %s %s", family_text(FAMILY_##family), words));
    ADMIT_APART_MEDICINES(X)
#undef X
#define X(where, url, value) line(lines, arena_printf(lines->mem, "extension %s %s %s", where, url, value));
    ADMIT_EXTENSIONS(X)
#undef X
}

static void own_lines(struct lines *lines)
{
    static const char *const sets[] = {"any", "observation", "procedure", "score", "listed"};
    for (size_t i = 0; i < admit_own_count; i++)
        for (unsigned u = 0; u < sizeof sets / sizeof sets[0]; u++)
            if (admit_own[i].uses & (1u << u))
                line(lines, arena_printf(lines->mem, "code %s %s %s", sets[u], admit_own[i].system, admit_own[i].code));
    for (size_t i = 0; i < admit_own_count; i++)
        if (admit_own[i].apart != NULL)
            line(lines, arena_printf(lines->mem, "apart %s %s %s", admit_own[i].apart, admit_own[i].system,
                                     admit_own[i].code));
    for (size_t i = 0; i < admit_method_count; i++)
        line(lines, arena_printf(lines->mem, "code method %s", admit_methods[i]));
}

static void all_lines(const struct admit_rules *rules, struct lines *lines)
{
    element_lines(rules, lines);
    fact_lines(rules, lines);
    own_lines(lines);
    row_lines(lines);
    name_lines(lines, "identifier", &rules->identifiers, false);
    name_lines(lines, "word", &rules->words, true);
    name_lines(lines, "label", &rules->labels, true);
    name_lines(lines, "profile", &rules->profiles, true);
    name_lines(lines, "pattern", &rules->patterns, true);
    qsort(lines->items, lines->count, sizeof lines->items[0], compare_lines);
}

void admit_rules_text(const struct admit_rules *rules, struct buf *out)
{
    struct arena *mem = arena_open(ARENA_BYTES_MAX);
    struct lines lines = {.mem = mem, .room = LINES_MAX};
    if (mem != NULL) lines.items = arena_array(mem, struct str, lines.room);
    if (lines.items == NULL) {
        out->code = SALVE_E_MEMORY;
    } else {
        all_lines(rules, &lines);
        salve_assert(lines.count < lines.room);
        for (size_t i = 0; i < lines.count; i++) {
            buf_add(out, str_trim(lines.items[i]));
            buf_add_char(out, '\n');
        }
    }
    if (mem != NULL) arena_close(mem);
}
