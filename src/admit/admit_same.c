/* SPDX-License-Identifier: Apache-2.0
 * When two resources are one: by name, by reading, by content (same.h). */
#include "admit/same.h"

#include "base/clock.h"
#include "base/ids.h"
#include "fhir/elements.h"
#include "json/json.h"

/* --- marks -------------------------------------------------------------------------------------------------------- */

static enum same_word word_of(const struct tape *tape, tape_at resource)
{
    fhir_type_id type = tape_type(tape, resource);
    struct str status = tape_child_text(tape, resource, "status");
    tape_at at = tape_get(tape, resource, "verificationStatus.coding.code");
    struct str verified = at == TAPE_NONE ? STR_NONE : tape_text(tape, at);
    bool is_result = type == FHIR_T_Observation || type == FHIR_T_DiagnosticReport;
    if (str_is(status, "entered-in-error") || str_is(verified, "entered-in-error") ||
        (is_result && str_is(status, "cancelled")))
        return SAME_TAKEN_BACK;
    if (str_is(verified, "refuted")) return SAME_REFUTED;
    return str_is(status, "corrected") || str_is(status, "amended") ? SAME_CORRECTS : SAME_STANDS;
}

static struct str imported_of(const struct tape *tape, tape_at resource)
{
    for (tape_at c = tape_first(tape, resource); c != TAPE_NONE; c = tape_next(tape, resource, c))
        if (tape_path_name(tape, c) == FHIR_N_identifier && str_eq(tape_child_text(tape, c, "system"), SAME_IMPORTED))
            return tape_child_text(tape, c, "value");
    return STR_NONE;
}

bool same_is_ours(struct str id)
{
    struct compartment ignored;
    int64_t number;
    return id.len > COMPARTMENT_TEXT_BYTES + 1 && id.ptr[COMPARTMENT_TEXT_BYTES] == '.' &&
           compartment_parse(str_cut(id, 0, COMPARTMENT_TEXT_BYTES), &ignored) &&
           str_to_i64(str_cut(id, COMPARTMENT_TEXT_BYTES + 1, id.len), &number);
}

/* When it was measured, else when it was issued, as the logic of guidelines takes it; TAPE_NONE: it does not say. */
static tape_at taken_at(const struct tape *tape, tape_at resource)
{
    tape_at at = tape_child(tape, resource, FHIR_N_effective);
    if (at != TAPE_NONE && tape_kind(tape, at) == TAPE_OBJECT) at = tape_get(tape, at, "start");
    return at != TAPE_NONE ? at : tape_child(tape, resource, FHIR_N_issued);
}

/* An instant in milliseconds; false for a date, which names no moment. */
static bool instant_of(struct str text, int64_t *unix_ms) { return text.len > 10 && clock_parse(text, unix_ms); }

/* The first coding of what the resource is about; TAPE_NONE: it has none. */
static tape_at coding_of(const struct tape *tape, tape_at resource)
{
    for (tape_at c = tape_first(tape, resource); c != TAPE_NONE; c = tape_next(tape, resource, c)) {
        fhir_name_id name = tape_path_name(tape, c);
        if (name == FHIR_N_code || name == FHIR_N_medication || name == FHIR_N_vaccineCode)
            return tape_kind(tape, c) == TAPE_OBJECT ? tape_get(tape, c, "coding") : TAPE_NONE;
    }
    return TAPE_NONE;
}

void same_mark(const struct tape *tape, tape_at resource, struct same_mark *out)
{
    int64_t unix_ms = 0;
    struct str own = tape_child_text(tape, resource, "id");
    *out = (struct same_mark){.type = tape_type(tape, resource), .word = word_of(tape, resource)};
    out->source = imported_of(tape, resource);
    if (out->source.len == 0) out->source = own.len == 0 || same_is_ours(own) ? STR_NONE : own;
    tape_at coding = coding_of(tape, resource);
    if (coding != TAPE_NONE) {
        out->system = tape_child_text(tape, coding, "system");
        out->code = tape_child_text(tape, coding, "code");
    }
    if (out->type != FHIR_T_Observation) return;
    tape_at at = taken_at(tape, resource);
    out->has_instant = at != TAPE_NONE && instant_of(tape_text(tape, at), &unix_ms);
    out->at_unix_s = (unix_ms - (unix_ms % 1000 + 1000) % 1000) / 1000;
}

bool same_code(const struct same_mark *a, const struct same_mark *b)
{
    return a->type == b->type && str_eq(a->system, b->system) && str_eq(a->code, b->code);
}

bool same_is_older(const struct tape *a, tape_at a_at, const struct tape *b, tape_at b_at)
{
    int64_t first = 0, second = 0;
    tape_at x = tape_get(a, a_at, "meta.lastUpdated"), y = tape_get(b, b_at, "meta.lastUpdated");
    return x != TAPE_NONE && y != TAPE_NONE && instant_of(tape_text(a, x), &first) &&
           instant_of(tape_text(b, y), &second) && first < second;
}

/* --- content ------------------------------------------------------------------------------------------------------ */

bool same_number(struct str a, struct str b) { return json_number_eq(a, b); }

/* Two tapes whose subtrees are compared. */
struct comparing {
    const struct tape *a, *b;
    bool by_number; /* 5.60 is 5.6 */
};

/* How a resource is kept, and which visit it names, says nothing about what was measured. */
static bool is_passed_over(const struct tape *tape, tape_at child)
{
    fhir_name_id name = tape_path_name(tape, child);
    return name == FHIR_N_id || name == FHIR_N_meta || name == FHIR_N_text || name == FHIR_N_encounter ||
           (name == FHIR_N_identifier && str_eq(tape_child_text(tape, child, "system"), SAME_IMPORTED));
}

/* The child of that element which `skip` others of it precede. */
static tape_at nth_child(const struct tape *tape, tape_at parent, fhir_element_id element, size_t skip, bool is_root)
{
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c))
        if (tape_element(tape, c) == element && !(is_root && is_passed_over(tape, c)) && skip-- == 0) return c;
    return TAPE_NONE;
}

static size_t count_children(const struct tape *tape, tape_at parent, bool is_root)
{
    size_t count = 0;
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c))
        count += !(is_root && is_passed_over(tape, c));
    return count;
}

static bool same_text(const struct comparing *two, tape_at a, tape_at b)
{
    struct str x = tape_text(two->a, a), y = tape_text(two->b, b);
    int64_t first, second;
    if (str_eq(x, y)) return true;
    fhir_type_id type = tape_type(two->a, a);
    if (type == FHIR_T_dateTime || type == FHIR_T_instant)
        return instant_of(x, &first) && instant_of(y, &second) && first == second;
    return two->by_number && tape_kind(two->a, a) == TAPE_NUMBER && same_number(x, y);
}

static bool same_subtree(const struct comparing *two, tape_at a, tape_at b, bool is_root);

static bool same_children(const struct comparing *two, tape_at a, tape_at b, bool is_root)
{
    size_t skip = 0;
    fhir_element_id last = 0;
    if (count_children(two->a, a, is_root) != count_children(two->b, b, is_root)) return false;
    for (tape_at c = tape_first(two->a, a); c != TAPE_NONE; c = tape_next(two->a, a, c)) {
        if (is_root && is_passed_over(two->a, c)) continue;
        fhir_element_id element = tape_element(two->a, c);
        skip = element == last ? skip + 1 : 0; /* items of a list stand together */
        last = element;
        tape_at other = nth_child(two->b, b, element, skip, is_root);
        if (other == TAPE_NONE || !same_subtree(two, c, other, false)) return false;
    }
    return true;
}

static bool same_subtree(const struct comparing *two, tape_at a, tape_at b, bool is_root)
{
    enum tape_kind kind = tape_kind(two->a, a);
    if (kind != tape_kind(two->b, b)) return false;
    if ((kind == TAPE_TEXT || kind == TAPE_NUMBER) && !same_text(two, a, b)) return false;
    if (tape_type(two->a, a) != tape_type(two->b, b)) return false;
    return same_children(two, a, b, is_root);
}

bool same_content(const struct tape *a, tape_at a_at, const struct tape *b, tape_at b_at)
{
    struct comparing two = {a, b, false};
    return same_subtree(&two, a_at, b_at, true);
}

/* --- readings ----------------------------------------------------------------------------------------------------- */

/* What tells two samples of one code and moment apart. */
static bool tells_apart(fhir_name_id name)
{
    return name == FHIR_N_value || name == FHIR_N_component || name == FHIR_N_dataAbsentReason ||
           name == FHIR_N_bodySite || name == FHIR_N_method || name == FHIR_N_device || name == FHIR_N_specimen ||
           name == FHIR_N_hasMember || name == FHIR_N_derivedFrom;
}

static size_t count_telling(const struct tape *tape, tape_at resource)
{
    size_t count = 0;
    for (tape_at c = tape_first(tape, resource); c != TAPE_NONE; c = tape_next(tape, resource, c))
        count += tells_apart(tape_path_name(tape, c));
    return count;
}

bool same_reading(const struct tape *a, tape_at a_at, const struct tape *b, tape_at b_at)
{
    struct same_mark x, y;
    struct comparing two = {a, b, true};
    size_t skip = 0;
    fhir_element_id last = 0;
    same_mark(a, a_at, &x);
    same_mark(b, b_at, &y);
    if (!x.has_instant || !y.has_instant || x.at_unix_s != y.at_unix_s || !same_code(&x, &y)) return false;
    if (count_telling(a, a_at) == 0 || count_telling(a, a_at) != count_telling(b, b_at)) return false;
    for (tape_at c = tape_first(a, a_at); c != TAPE_NONE; c = tape_next(a, a_at, c)) {
        if (!tells_apart(tape_path_name(a, c))) continue;
        fhir_element_id element = tape_element(a, c);
        skip = element == last ? skip + 1 : 0;
        last = element;
        tape_at other = nth_child(b, b_at, element, skip, false);
        if (other == TAPE_NONE || !same_subtree(&two, c, other, false)) return false;
    }
    return true;
}

/* --- which of them count ------------------------------------------------------------------------------------------ */

/* Open hash from what may make two resources one to their numbers. */
struct standing {
    const struct tape *tapes;
    struct same_mark *marks;
    uint32_t *slots; /* number + 1 */
    uint32_t slot_count;
    bool *counts;
};

static bool is_later_version(const struct standing *in, uint32_t earlier, uint32_t later)
{
    const struct same_mark *a = &in->marks[earlier], *b = &in->marks[later];
    struct str own = tape_child_text(&in->tapes[earlier], 0, "id");
    bool is_named = (a->source.len > 0 && str_eq(a->source, b->source)) ||
                    (own.len > 0 && str_eq(own, tape_child_text(&in->tapes[later], 0, "id")));
    return is_named && same_code(a, b);
}

static bool is_same_reading(const struct standing *in, uint32_t a, uint32_t b)
{
    return (in->marks[a].source.len == 0 || in->marks[b].source.len == 0) &&
           same_reading(&in->tapes[a], 0, &in->tapes[b], 0);
}

/* Puts a resource into the table under one of its keys, and settles it against those that are there already. */
static void settle(const struct standing *in, uint32_t at, uint64_t key, bool is_name)
{
    uint64_t slot = (key ^ key >> 32) & (in->slot_count - 1);
    for (; in->slots[slot] != 0; slot = (slot + 1) & (in->slot_count - 1)) {
        uint32_t before = in->slots[slot] - 1;
        if (before == at || !in->counts[before]) continue;
        if (is_name && is_later_version(in, before, at)) {
            bool is_older = same_is_older(&in->tapes[at], 0, &in->tapes[before], 0);
            in->counts[is_older ? at : before] = false;
        }
        if (!is_name && in->counts[at] && in->marks[at].word < SAME_REFUTED && is_same_reading(in, before, at))
            in->counts[at] = false;
    }
    in->slots[slot] = at + 1;
}

static uint64_t key_of(struct str text, fhir_type_id type) { return str_hash(text) * 0x9E3779B97F4A7C15u + type; }

enum salve_code same_standing(const struct tape *tapes, size_t count, struct arena *mem, bool *counts,
                              struct salve_err *err)
{
    struct standing in = {.tapes = tapes, .slot_count = 16, .counts = counts};
    while (in.slot_count < 8 * count) in.slot_count *= 2; /* three keys each */
    in.marks = arena_array(mem, struct same_mark, count + 1);
    in.slots = arena_array(mem, uint32_t, in.slot_count);
    if (in.marks == NULL || in.slots == NULL) return salve_fail(err, SALVE_E_MEMORY, "resources");
    for (uint32_t i = 0; i < count; i++) {
        struct same_mark *mark = &in.marks[i];
        struct str own = tape_child_text(&tapes[i], 0, "id");
        same_mark(&tapes[i], 0, mark);
        counts[i] = true;
        if (own.len > 0) settle(&in, i, key_of(own, mark->type), true);
        if (mark->source.len > 0 && !str_eq(mark->source, own)) settle(&in, i, key_of(mark->source, mark->type), true);
    }
    for (uint32_t i = 0; i < count; i++) counts[i] = counts[i] && in.marks[i].word < SAME_REFUTED;
    for (uint32_t i = 0; i < count; i++)
        if (counts[i] && in.marks[i].has_instant)
            settle(&in, i, key_of(in.marks[i].code, in.marks[i].type) + (uint64_t)in.marks[i].at_unix_s, false);
    return SALVE_OK;
}
