/* SPDX-License-Identifier: Apache-2.0
 * References, canonicals and uris (R4 search.html 3.1.1.4.9, 3.1.1.4.12). A reference below the own address is the one
 * without it. */
#include "search/search_int.h"

static struct str without_base(struct str text, struct str base)
{
    bool is_below = base.len > 0 && str_starts(text, base) && text.len > base.len && text.ptr[base.len] == '/';
    return is_below ? str_cut(text, base.len + 1, SIZE_MAX) : text;
}

/* "url|version" */
static void split_version(struct str text, struct str *url, struct str *version)
{
    const char *bar = text.len == 0 ? NULL : memchr(text.ptr, '|', text.len);
    *url = bar == NULL ? text : str_cut(text, 0, (size_t)(bar - text.ptr));
    *version = bar == NULL ? STR_NONE : str_cut(text, (size_t)(bar - text.ptr) + 1, SIZE_MAX);
}

void search_read_pointer(struct str text, struct str base, struct search_pointer *out)
{
    split_version(text, &out->canonical, &out->version);
    out->text = without_base(text, base);
    out->is_literal = fhir_reference_split(out->text, &out->reference);
}

void search_pointer_of(const struct search_world *world, struct search_node node, struct search_pointer *out)
{
    const struct tape *tape = search_tape(node);
    bool is_reference = tape_kind(tape, node.at) == TAPE_OBJECT;
    struct str text = is_reference ? search_child(node, FHIR_N_reference) : tape_text(tape, node.at);
    *out = (struct search_pointer){.text = STR_NONE};
    if (text.len > 0) search_read_pointer(text, world->base, out);
}

/* An absolute address of elsewhere is compared as a whole, but for its version. */
static bool same_place(const struct search_pointer *a, const struct search_pointer *b)
{
    const struct fhir_reference *x = &a->reference, *y = &b->reference;
    if (x->is_absolute != y->is_absolute || x->type != y->type || !str_eq(x->id, y->id)) return false;
    if (!x->is_absolute) return true;
    size_t a_len = (size_t)(x->id.ptr - a->text.ptr), b_len = (size_t)(y->id.ptr - b->text.ptr);
    return str_eq(str_cut(a->text, 0, a_len), str_cut(b->text, 0, b_len));
}

static bool points_there(const struct search_test *test, const struct search_pointer *asked,
                         const struct search_pointer *target)
{
    if (target->text.len == 0) return false;
    if (test->modifier == SEARCH_OF_RESOURCE && (!target->is_literal || target->reference.type != test->of_type))
        return false;
    if (!asked->is_literal) /* an id alone, or a urn */
        return str_eq(asked->text, target->text) ||
               (target->is_literal && !target->reference.is_absolute && str_eq(asked->text, target->reference.id));
    if (!target->is_literal || !same_place(asked, target)) return false;
    return asked->reference.version.len == 0 || str_eq(asked->reference.version, target->reference.version);
}

static bool is_canonical(const struct search_pointer *asked, const struct search_pointer *target)
{
    if (target->canonical.len == 0 || !str_eq(asked->canonical, target->canonical)) return false;
    return asked->version.ptr == NULL || str_eq(asked->version, target->version);
}

bool search_match_reference(struct search_look *look, struct search_node node)
{
    const struct tape *tape = search_tape(node);
    struct search_pointer target;
    bool is_reference = tape_type(tape, node.at) == FHIR_T_Reference;
    if (look->test->modifier == SEARCH_IDENTIFIER) {
        tape_at identifier = is_reference ? tape_child(tape, node.at, FHIR_N_identifier) : TAPE_NONE;
        return identifier != TAPE_NONE && search_match_token(look, (struct search_node){node.resource, identifier});
    }
    search_pointer_of(look->search->world, node, &target);
    return is_reference ? points_there(look->test, &look->value->pointer, &target)
                        : is_canonical(&look->value->pointer, &target);
}

/* --- uris --------------------------------------------------------------------------------------------------------- */

static bool is_above(struct str above, struct str below)
{
    return str_eq(above, below) || (str_find(above, STR("://")) > 0 && str_starts(below, above));
}

/* The address of the resource itself: "url|version" asks for its version, too. */
static bool is_own_url(const struct search_pointer *asked, struct search_node node, struct str text)
{
    struct search_node root = {node.resource, 0};
    return str_eq(asked->canonical, text) && str_eq(asked->version, search_child(root, FHIR_N_version));
}

bool search_match_uri(struct search_look *look, struct search_node node)
{
    struct str text = tape_text(search_tape(node), node.at), asked = look->value->text;
    struct search_pointer target;
    if (text.ptr == NULL) return false;
    if (look->test->modifier == SEARCH_BELOW) return is_above(asked, text);
    if (look->test->modifier == SEARCH_ABOVE) return is_above(text, asked);
    if (str_eq(text, asked)) return true;
    if (tape_type(search_tape(node), node.at) == FHIR_T_canonical) {
        search_pointer_of(look->search->world, node, &target);
        return is_canonical(&look->value->pointer, &target);
    }
    return look->value->pointer.version.ptr != NULL && strcmp(look->test->param->code, "url") == 0 &&
           is_own_url(&look->value->pointer, node, text);
}
