/* SPDX-License-Identifier: Apache-2.0
 *
 * elm_explain - notes that an explained program takes while it runs: which branch, which operand, which elements. The
 * compiler calls these at branches; in a program that is not explained they emit nothing, so it pays nothing. */
#ifndef SALVE_ELM_EXPLAIN_H
#define SALVE_ELM_EXPLAIN_H

#include "elm/elm_compile.h"

/* elm_note_value - the value on top of the stack is the condition or operand `node` of a clause: "if", "and", ... */
SALVE_MUST_USE enum salve_code elm_note_value(struct elm_compile *c, const struct json *node, const char *clause);

/* elm_note_branch - whoever comes here took this branch: "then", "when", "else"; `node` says where it stands. */
SALVE_MUST_USE enum salve_code elm_note_branch(struct elm_compile *c, const struct json *node, const char *clause);

/* elm_note_define - the value on top of the stack is that of define `name` of the library that is being compiled. */
SALVE_MUST_USE enum salve_code elm_note_define(struct elm_compile *c, const struct json *node, struct str name);

/* elm_property that also notes elements of resources. */
ELM_CALL(elm_property_noted);

#endif
