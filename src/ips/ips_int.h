/* SPDX-License-Identifier: Apache-2.0
 * The workshop of ips: include only from src/ips/. */
#ifndef SALVE_IPS_IPS_INT_H
#define SALVE_IPS_IPS_INT_H

#include "base/buf.h"
#include "ips/ips.h"

enum ips_section {
#define IPS_SECTION(name, code, display, title, is_shown_empty, empty) IPS_##name,
#include "ips/ips.def"
#undef IPS_SECTION
    IPS_SECTIONS,
    IPS_NOWHERE = IPS_SECTIONS
};

/* One resource as the document sees it. */
struct ips_item {
    const struct ips_resource *of;
    enum ips_section section; /* IPS_NOWHERE: in no section */
    struct str system, code;  /* of its first coding; STR_NONE: none */
    int64_t at_unix_ms;       /* when it was; INT64_MIN: not known */
    bool is_in, is_listed;    /* it is in the document; and a section names it */
};

/* ips_place - where a resource belongs; IPS_NOWHERE: it does not count, or has no section.
 * ips_counts - it is no draft, was not taken back, refuted or left undone. ips_at - when it was. */
enum ips_section ips_place(const struct tape *tape);
bool ips_counts(const struct tape *tape);
int64_t ips_at(const struct tape *tape);

/* ips_code - system and code of the first coding of an element: "code" of an Observation, say. false: it has none. */
bool ips_code(const struct tape *tape, const char *element, struct str *system, struct str *code);

/* ips_choose - which of the items are in the document. sorted: room for as many. */
void ips_choose(struct ips_item *items, size_t count, struct ips_item **sorted);

/* ips_line - what a reader sees of a resource: its name, value and date, as the inside of an XHTML element. */
void ips_line(const struct tape *tape, struct buf *out);
void ips_escaped(struct str text, struct buf *out);

#endif
