/* SPDX-License-Identifier: Apache-2.0
 *
 * The way back: findings out of stored Observations, and which stored resources are drafts of ours. */
#include "base/assert.h"
#include "screen/screen_int.h"

/* The text of an extension's element: by its number, for findings are read often. STR_NONE: it has none. */
static inline struct str text_of(const struct tape *tape, tape_at extension, fhir_element_id element)
{
    for (tape_at c = tape_first(tape, extension); c != TAPE_NONE; c = tape_next(tape, extension, c))
        if (tape_element(tape, c) == element) return tape_text(tape, c);
    return STR_NONE;
}

static tape_at url_child(const struct tape *tape, tape_at parent, tape_at after, const char *url)
{
    tape_at at = after == TAPE_NONE ? tape_first(tape, parent) : tape_next(tape, parent, after);
    for (; at != TAPE_NONE; at = tape_next(tape, parent, at))
        if (tape_path_name(tape, at) == FHIR_N_extension &&
            (url == NULL || str_is(text_of(tape, at, FHIR_E_Extension_url), url)))
            return at;
    return TAPE_NONE;
}

tape_at screen_extension(const struct tape *tape)
{
    return url_child(tape, tape_root(tape), TAPE_NONE, SCREEN_FINDING);
}

static struct str part(const struct tape *tape, tape_at parent, const char *url)
{
    tape_at at = url_child(tape, parent, TAPE_NONE, url);
    struct str text = at == TAPE_NONE ? STR_NONE : text_of(tape, at, FHIR_E_Extension_valueString);
    return text.ptr == NULL ? STR("") : text;
}

static size_t count_of(const struct tape *tape, tape_at parent, const char *url)
{
    size_t count = 0;
    for (tape_at at = url_child(tape, parent, TAPE_NONE, url); at != TAPE_NONE; at = url_child(tape, parent, at, url))
        count++;
    return count;
}

static enum salve_code list(const struct tape *tape, tape_at parent, const char *url, struct arena *mem,
                            const struct str **out, size_t *count, struct salve_err *err)
{
    struct str *texts = arena_array(mem, struct str, count_of(tape, parent, url) + 1);
    if (texts == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    *count = 0;
    for (tape_at at = url_child(tape, parent, TAPE_NONE, url); at != TAPE_NONE; at = url_child(tape, parent, at, url))
        texts[(*count)++] = text_of(tape, at, FHIR_E_Extension_valueString);
    *out = texts;
    return SALVE_OK;
}

static enum salve_code inputs(const struct tape *tape, tape_at parent, struct arena *mem,
                              const struct finding_input **out, size_t *count, struct salve_err *err)
{
    const char *url = SCREEN_INPUT;
    struct finding_input *list = arena_array(mem, struct finding_input, count_of(tape, parent, url) + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (tape_at at = url_child(tape, parent, TAPE_NONE, url); at != TAPE_NONE; at = url_child(tape, parent, at, url)) {
        struct finding_input *input = &list[(*count)++];
#define FINDING_INPUT(name, what) input->name = part(tape, at, SCREEN_EXTENSION #name);
#include "guideline/finding.def"
    }
    *out = list;
    return SALVE_OK;
}

static enum salve_code lacks(const char *name, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, "a kept finding lacks a part that it must have",
                        "Observation.extension:%s", name);
}

static enum salve_code finding_of(const struct tape *tape, tape_at at, struct arena *mem, struct finding *out,
                                  struct salve_err *err)
{
    *out = (struct finding){0};
#define FINDING_TEXT(name, part_, from, there, what)                                                                   \
    out->name = part(tape, at, SCREEN_EXTENSION #name);                                                                \
    if (FINDING_THERE_##there == FINDING_THERE_ALWAYS && out->name.len == 0) return lacks(#name, err);
#define FINDING_NUMBER FINDING_TEXT
#define FINDING_WORD(name, type, ...)                                                                                  \
    if (!type##_find(part(tape, at, SCREEN_EXTENSION #name), &out->name)) return lacks(#name, err);
#define FINDING_LIST(name, ...)   TRY(list(tape, at, SCREEN_EXTENSION #name, mem, &out->name, &out->name##_count, err));
#define FINDING_INPUTS(name, ...) TRY(inputs(tape, at, mem, &out->name, &out->input_count, err));
#include "guideline/finding.def"
    return SALVE_OK;
}

enum salve_code screen_finding(const struct tape *tape, tape_at extension, struct arena *mem, struct finding *out,
                               struct salve_err *err)
{
    salve_assert(extension != TAPE_NONE);
    struct tape kept; /* in mem, so that the finding outlives the view that it was read through */
    enum salve_code code = tape_copy(tape, extension, NULL, NULL, mem, &kept, err);
    return code == SALVE_OK ? finding_of(&kept, tape_root(&kept), mem, out, err) : code;
}

enum urgency screen_kept_urgency(const struct tape *tape, tape_at extension)
{
    enum urgency urgency = URGENCY_NONE;
    return urgency_find(part(tape, extension, SCREEN_EXTENSION "urgency"), &urgency) ? urgency : URGENCY_EMERGENCY_NOW;
}

/* --- kinds -------------------------------------------------------------------------------------------------------- */

static bool coded(const struct tape *tape, const char *path, const char *prefix)
{
    tape_at at = tape_get(tape, tape_root(tape), path);
    return at != TAPE_NONE && str_starts(tape_text(tape, at), str_of(prefix));
}

enum screen_kind screen_kind(const struct rec_resource *resource)
{
    if (str_is(resource->type, "Observation"))
        return screen_extension(&resource->tape) == TAPE_NONE ? SCREEN_OTHER : SCREEN_OBSERVATION;
    if (str_is(resource->type, "ServiceRequest") && coded(&resource->tape, "code.coding.system", DEED_GUIDELINE))
        return SCREEN_REQUEST;
    if (str_is(resource->type, "Task") && coded(&resource->tape, "code.coding.system", DEED_TASK)) return SCREEN_TASK;
    return SCREEN_OTHER;
}

enum salve_code screen_finding_of(const struct rec_resource *resource, struct arena *mem, struct finding *out,
                                  struct salve_err *err)
{
    if (screen_kind(resource) != SCREEN_OBSERVATION) return salve_fail(err, SALVE_E_NOT_FOUND, "finding");
    TRY(screen_finding(&resource->tape, screen_extension(&resource->tape), mem, out, err));
    out->apart = screen_families(resource);
    return SALVE_OK;
}

bool screen_is_equal(const struct tape *a, const struct tape *b)
{
    bool is = a->node_count == b->node_count && a->key_order_count == 0 && b->key_order_count == 0;
    for (tape_at i = 0; is && i < a->node_count; i++) {
        const struct tape_node *x = &a->nodes[i], *y = &b->nodes[i];
        is = x->element == y->element && x->kind == y->kind && x->span == y->span &&
             (x->kind == TAPE_OBJECT ? x->value == y->value : str_eq(tape_text(a, i), tape_text(b, i)));
    }
    return is;
}

bool screen_is_draft(const struct rec_resource *resource)
{
    enum screen_kind kind = screen_kind(resource);
    struct str status = tape_child_text(&resource->tape, tape_root(&resource->tape), "status");
    return kind != SCREEN_OTHER && str_is(status, kind == SCREEN_OBSERVATION ? "preliminary" : "draft");
}

family_mask screen_families(const struct rec_resource *resource)
{
    if (resource->class != CLASS_SENS) return 0;
    return resource->families != 0 ? resource->families : FAMILY_ALL;
}

struct str screen_about(const struct rec_resource *resource, struct arena *mem)
{
    const struct tape *tape = &resource->tape;
    enum screen_kind kind = screen_kind(resource);
    salve_assert(kind != SCREEN_OTHER);
    if (kind == SCREEN_OBSERVATION) return arena_printf(mem, "Observation/%.*s", STR_ARGS(resource->id));
    tape_at at =
        tape_get(tape, tape_root(tape), kind == SCREEN_REQUEST ? "reasonReference.reference" : "focus.reference");
    return at == TAPE_NONE ? STR("") : tape_text(tape, at);
}

/* --- status ------------------------------------------------------------------------------------------------------- */

struct new_status {
    tape_at at;
    struct str text;
};

static enum tape_verdict replace_status(void *context, const struct tape *from, tape_at at, struct str *text)
{
    const struct new_status *status = context;
    (void)from;
    if (at != status->at) return TAPE_KEEP;
    *text = status->text;
    return TAPE_REPLACE;
}

enum salve_code screen_with_status(const struct tape *tape, struct str text, struct arena *mem, struct tape *out,
                                   struct salve_err *err)
{
    struct new_status status = {tape_get(tape, tape_root(tape), "status"), text};
    if (status.at == TAPE_NONE) return salve_fail(err, SALVE_E_INVALID, "status of a draft");
    return tape_copy(tape, tape_root(tape), replace_status, &status, mem, out, err);
}
