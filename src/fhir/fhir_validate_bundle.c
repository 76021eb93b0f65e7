/* SPDX-License-Identifier: Apache-2.0
 * Rules about Bundles: which parts belong to which type, fullUrls (R4: bundle.html, invariants bdl-1 to bdl-12). */
#include <stdlib.h>
#include <string.h>

#include "fhir/fhir_validate_int.h"

struct keyed { /* an entry's identity: fullUrl and version */
    struct str full_url, version;
    uint32_t entry;
};

static bool type_is(struct str type, const char *one, const char *two, const char *three)
{
    return str_is(type, one) || (two != NULL && str_is(type, two)) || (three != NULL && str_is(type, three));
}

static int compare_keys(const void *a, const void *b)
{
    const struct keyed *left = a, *right = b;
    int order = str_cmp(left->full_url, right->full_url);
    if (order == 0) order = str_cmp(left->version, right->version);
    return order != 0 ? order : (left->entry > right->entry) - (left->entry < right->entry);
}

static uint32_t collect_keys(const struct tape *tape, tape_at bundle, struct keyed *keys)
{
    uint32_t count = 0, entry = 0;
    for (tape_at c = tape_first(tape, bundle); c != TAPE_NONE; c = tape_next(tape, bundle, c)) {
        if (tape_element(tape, c) != FHIR_E_Bundle_entry) continue;
        struct str full_url = tape_child_text(tape, c, "fullUrl");
        tape_at version = tape_get(tape, c, "resource.meta.versionId");
        struct str text = version == TAPE_NONE ? STR("") : tape_text(tape, version);
        if (full_url.len > 0) keys[count++] = (struct keyed){full_url, text, entry};
        entry++;
    }
    return count;
}

/* bdl-7: two entries do not share fullUrl and version. */
static void check_unique(struct fhir_check *check, tape_at bundle)
{
    struct keyed *keys = arena_array(check->mem, struct keyed, check->tape->nodes[bundle].span);
    if (keys == NULL) {
        check->code = SALVE_E_MEMORY;
        return;
    }
    uint32_t count = collect_keys(check->tape, bundle, keys);
    qsort(keys, count, sizeof keys[0], compare_keys);
    for (uint32_t i = 1; i < count; i++)
        if (str_eq(keys[i].full_url, keys[i - 1].full_url) && str_eq(keys[i].version, keys[i - 1].version)) {
            fhir_check_fail(check, "duplicate", "bdl-7", "entries with the same fullUrl have different versions");
            return;
        }
}

static bool first_is(const struct fhir_check *check, tape_at bundle, fhir_type_id type)
{
    tape_at first = tape_get(check->tape, bundle, "entry.resource");
    tape_at entry = tape_child(check->tape, bundle, FHIR_N_entry);
    return first != TAPE_NONE && entry != TAPE_NONE && first < entry + check->tape->nodes[entry].span &&
           tape_type(check->tape, first) == type;
}

static void check_document(struct fhir_check *check, tape_at bundle)
{
    const struct tape *tape = check->tape;
    if (tape_get(tape, bundle, "identifier.system") == TAPE_NONE ||
        tape_get(tape, bundle, "identifier.value") == TAPE_NONE)
        fhir_check_fail(check, "invariant", "bdl-9", "a document has an identifier with system and value");
    if (tape_child_text(tape, bundle, "timestamp").len == 0)
        fhir_check_fail(check, "invariant", "bdl-10", "a document has a timestamp");
    if (!first_is(check, bundle, FHIR_T_Composition))
        fhir_check_fail(check, "invariant", "bdl-11", "the first resource of a document is its Composition");
}

/* What the first resource of a document or message names must be in the Bundle (documents.html 2.34.1.4,
 * messaging.html 2.37.6). */
static bool must_resolve(fhir_element_id element)
{
    static const fhir_element_id named[] = {
        FHIR_E_Composition_subject,        FHIR_E_Composition_author,         FHIR_E_Composition_encounter,
        FHIR_E_Composition_custodian,      FHIR_E_Composition_attester_party, FHIR_E_Composition_event_detail,
        FHIR_E_Composition_section_author, FHIR_E_Composition_section_focus,  FHIR_E_Composition_section_entry,
        FHIR_E_MessageHeader_focus,
    };
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i] == element) return true;
    return false;
}

/* Only for the Bundle that is the whole input: a Bundle inside another has no index of its own. */
static void check_named(struct fhir_check *check, tape_at first)
{
    const struct tape *tape = check->tape;
    for (tape_at n = first; n < first + tape->nodes[first].span; n++) {
        if (tape_kind(tape, n) != TAPE_OBJECT || !must_resolve(tape_element(tape, n))) continue;
        struct str text = fhir_without_fragment(tape_child_text(tape, n, "reference"));
        if (text.len == 0 || text.ptr[0] == '#' || fhir_index_find(&check->index, text) != FHIR_ENTRY_NONE) continue;
        fhir_check_fail(check, "not-found", "fhir-bundle-resolve",
                        "what the Composition or MessageHeader refers to is in the Bundle");
        return;
    }
}

/* --- every resource of a document hangs together with its Composition --------------------------------------------- */

static uint32_t root_of(uint32_t *parents, uint32_t entry)
{
    while (parents[entry] != entry) entry = parents[entry] = parents[parents[entry]];
    return entry;
}

/* References, and addresses in extensions and attachments, join entries. */
static bool is_link(const struct tape *tape, tape_at at)
{
    if (tape_kind(tape, at) != TAPE_TEXT) return false;
    if (tape_element(tape, at) == FHIR_E_Reference_reference) return true;
    fhir_type_id type = tape_type(tape, at);
    return type == FHIR_T_uri || type == FHIR_T_url;
}

static void check_connected(struct fhir_check *check)
{
    const struct fhir_index *index = &check->index;
    uint32_t *parents = arena_array(check->mem, uint32_t, index->count + 1);
    if (parents == NULL) {
        check->code = SALVE_E_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < index->count; i++) parents[i] = i;
    for (uint32_t i = 0; i < index->count; i++) {
        tape_at resource = index->entries[i].resource;
        for (tape_at n = resource; n != TAPE_NONE && n < resource + check->tape->nodes[resource].span; n++) {
            if (!is_link(check->tape, n)) continue;
            uint32_t target = fhir_index_find(index, fhir_without_fragment(tape_text(check->tape, n)));
            if (target != FHIR_ENTRY_NONE) parents[root_of(parents, target)] = root_of(parents, i);
        }
    }
    for (tape_at c = tape_first(check->tape, 0); c != TAPE_NONE; c = tape_next(check->tape, 0, c)) {
        if (tape_element(check->tape, c) != FHIR_E_Bundle_link) continue; /* a style sheet belongs to the whole */
        uint32_t target = fhir_index_find(index, tape_child_text(check->tape, c, "url"));
        if (target != FHIR_ENTRY_NONE) parents[root_of(parents, target)] = root_of(parents, 0);
    }
    for (uint32_t i = 1; i < index->count; i++)
        if (index->entries[i].resource != TAPE_NONE && root_of(parents, i) != root_of(parents, 0)) {
            fhir_check_fail(check, "invalid", "fhir-document-whole",
                            "every resource of a document is linked with its Composition");
            return;
        }
}

static void check_first(struct fhir_check *check, tape_at bundle, bool is_document)
{
    tape_at first = tape_get(check->tape, bundle, "entry.resource");
    if (bundle != 0 || first == TAPE_NONE) return;
    check_named(check, first);
    if (is_document) check_connected(check);
}

void fhir_check_bundle(struct fhir_check *check, tape_at bundle)
{
    struct str type = tape_child_text(check->tape, bundle, "type");
    if (tape_child(check->tape, bundle, FHIR_N_total) != TAPE_NONE && !type_is(type, "searchset", "history", NULL))
        fhir_check_fail(check, "invariant", "bdl-1", "only a search or a history has a total");
    if (str_is(type, "document")) check_document(check, bundle);
    if (str_is(type, "message") && !first_is(check, bundle, FHIR_T_MessageHeader))
        fhir_check_fail(check, "invariant", "bdl-12", "the first resource of a message is its MessageHeader");
    if (!str_is(type, "history")) check_unique(check, bundle);
    if (str_is(type, "document") || str_is(type, "message")) check_first(check, bundle, str_is(type, "document"));
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

static void check_parts(struct fhir_check *check, struct str type, tape_at entry)
{
    const struct tape *tape = check->tape;
    bool has_request = tape_child(tape, entry, FHIR_N_request) != TAPE_NONE;
    bool has_response = tape_child(tape, entry, FHIR_N_response) != TAPE_NONE;
    bool has_resource = tape_get(tape, entry, "resource") != TAPE_NONE;
    bool wants_request = type_is(type, "batch", "transaction", "history");
    bool wants_response = type_is(type, "batch-response", "transaction-response", "history");
    if (!has_request && !has_response && !has_resource)
        fhir_check_fail(check, "invariant", "bdl-5", "an entry has a resource, a request or a response");
    if (tape_child(tape, entry, FHIR_N_search) != TAPE_NONE && !str_is(type, "searchset"))
        fhir_check_fail(check, "invariant", "bdl-2", "only an entry of a search says how it was found");
    if (has_request != wants_request)
        fhir_check_fail(check, "invariant", "bdl-3",
                        "entries of a batch, transaction or history have a request, others have not");
    if (has_response != wants_response)
        fhir_check_fail(check, "invariant", "bdl-4",
                        "entries of a response or history have a response, others have not");
}

static bool is_http(struct str url) { return str_starts(url, STR("http://")) || str_starts(url, STR("https://")); }

/* The base of a RESTful address as R4 writes it in the regular expression for references. */
static bool has_plain_base(struct str url)
{
    for (size_t i = 0; i < url.len; i++) {
        char c = url.ptr[i];
        bool is_letter = str_is_letter(c) || str_is_digit(c);
        if (!is_letter && strchr("-.:%$/", c) == NULL) return false;
    }
    return true;
}

/* The fullUrl of a RESTful resource ends with its type and id. */
static bool disagrees(const struct tape *tape, struct str full_url, tape_at resource)
{
    struct fhir_reference parts;
    if (!is_http(full_url) || !has_plain_base(full_url) || !fhir_reference_split(full_url, &parts)) return false;
    return parts.type != tape_type(tape, resource) || !str_eq(parts.id, tape_child_text(tape, resource, "id"));
}

static void check_full_url(struct fhir_check *check, struct str type, tape_at entry, tape_at resource)
{
    struct str url = tape_child_text(check->tape, entry, "fullUrl");
    bool may_lack = type_is(type, "transaction", "transaction-response", "batch") || str_is(type, "batch-response");
    if (url.ptr == NULL && !may_lack)
        fhir_check_fail(check, "required", "fhir-full-url",
                        "an entry has a fullUrl, except in transactions and batches");
    if (url.len == 0) return;
    if (str_find(url, STR(":")) < 0) fhir_check_fail(check, "invalid", "fhir-full-url", "a fullUrl is absolute");
    if (str_find(url, STR("/_history/")) >= 0)
        fhir_check_fail(check, "invariant", "bdl-8", "a fullUrl names no version");
    else if (resource != TAPE_NONE && disagrees(check->tape, url, resource))
        fhir_check_fail(check, "invalid", "fhir-full-url-id", "the fullUrl agrees with type and id of the resource");
}

/* What a search found, by its own account, has an id; what it says about itself is an OperationOutcome. */
static void check_found(struct fhir_check *check, tape_at entry, tape_at resource)
{
    tape_at mode = tape_get(check->tape, entry, "search.mode");
    struct str text = mode == TAPE_NONE ? STR_NONE : tape_text(check->tape, mode);
    bool has_id = tape_child_text(check->tape, resource, "id").len > 0;
    if (str_is(text, "outcome") && tape_type(check->tape, resource) != FHIR_T_OperationOutcome)
        fhir_check_fail(check, "invalid", "fhir-search-outcome", "the outcome of a search is an OperationOutcome");
    if ((str_is(text, "match") || str_is(text, "include")) && !has_id)
        fhir_check_fail(check, "invalid", "fhir-search-id", "what a search found has an id");
}

void fhir_check_entry(struct fhir_check *check, tape_at bundle, tape_at entry)
{
    struct str type = tape_child_text(check->tape, bundle, "type");
    tape_at resource = tape_get(check->tape, entry, "resource");
    check_parts(check, type, entry);
    check_full_url(check, type, entry, resource);
    if (str_is(type, "searchset") && resource == TAPE_NONE)
        fhir_check_fail(check, "required", "fhir-search-resource", "an entry of a search has a resource");
    else if (str_is(type, "searchset"))
        check_found(check, entry, resource);
}
