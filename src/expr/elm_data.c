/* SPDX-License-Identifier: Apache-2.0
 * The data of a person for ELM: the index by type and code, retrieves, elements of values and of FHIR data. */
#include "expr/elm_compile.h"
#include "expr/elm_interval.h"
#include "expr/vocabulary.h"
#include "fhir_tables.h"

/* --- the index: entries grouped by type, and per type and code element the hashes of all its codes ---------------- */
struct elm_coding {
    uint32_t hash, entry;
};
struct elm_codes {
    fhir_type_id type;
    fhir_name_id path;
    uint32_t first, count; /* entries of the type */
    const struct elm_coding *codings;
    uint32_t coding_count;
    struct elm_codes *next;
};

static enum salve_code add_entry(struct expr_build *build, const struct tape *tape, tape_at at, struct arena *mem,
                                 struct salve_err *err)
{
    return expr_build_add(build, expr_node(tape, at), mem, err);
}

static enum salve_code add_bundle(struct expr_build *build, const struct tape *tape, struct arena *mem,
                                  struct salve_err *err)
{
    for (tape_at e = tape_first(tape, 0); e != TAPE_NONE; e = tape_next(tape, 0, e)) {
        if (tape_path_name(tape, e) != FHIR_N_entry) continue;
        for (tape_at r = tape_first(tape, e); r != TAPE_NONE; r = tape_next(tape, e, r))
            if (tape_path_name(tape, r) == FHIR_N_resource) TRY(add_entry(build, tape, r, mem, err));
    }
    return SALVE_OK;
}

enum salve_code elm_subject_make(const struct tape *const *tapes, size_t count, struct arena *mem,
                                 struct elm_subject *out, struct salve_err *err)
{
    struct expr_build build = {0};
    *out = (struct elm_subject){.mem = mem};
    for (size_t i = 0; i < count; i++) {
        if (tape_root(tapes[i]) == TAPE_NONE) continue;
        if (tape_type(tapes[i], 0) == FHIR_T_Bundle)
            TRY(add_bundle(&build, tapes[i], mem, err));
        else
            TRY(add_entry(&build, tapes[i], 0, mem, err));
    }
    struct elm_entry *entries = arena_array(mem, struct elm_entry, build.count + 1);
    if (entries == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    /* groups in the order in which their type appears, resources in the order of the data */
    fhir_type_id types[256];
    uint32_t ends[257] = {0}, type_count = 0;
    uint8_t *group = arena_alloc_raw(mem, build.count + 1, 1);
    if (group == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    for (uint32_t i = 0; i < build.count; i++) {
        fhir_type_id type = tape_type(build.items[i].as.tape, build.items[i].aux);
        uint32_t t = 0;
        while (t < type_count && types[t] != type) t++;
        if (t == type_count) {
            if (t == 256) return salve_fail(err, SALVE_E_TOO_BIG, "subject");
            types[type_count++] = type;
        }
        group[i] = (uint8_t)t;
        ends[t + 1]++;
    }
    for (uint32_t t = 0; t < type_count; t++) ends[t + 1] += ends[t];
    for (uint32_t i = 0; i < build.count; i++)
        entries[ends[group[i]]++] = (struct elm_entry){types[group[i]], build.items[i].aux, build.items[i].as.tape};
    out->entries = entries;
    out->entry_count = build.count;
    return SALVE_OK;
}

struct coding_list {
    struct elm_coding *items;
    uint32_t count, cap;
    struct arena *mem;
    struct salve_err *err;
};

static enum salve_code add_hash(struct coding_list *list, struct str text, uint32_t entry)
{
    if (list->count == list->cap) {
        uint32_t cap = list->cap < 32 ? 32 : list->cap * 2;
        struct elm_coding *items = arena_grow(list->mem, list->items, list->cap * sizeof *items, cap * sizeof *items);
        if (items == NULL) return salve_fail(list->err, SALVE_E_MEMORY, "subject");
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = (struct elm_coding){vocabulary_hash(text), entry};
    return SALVE_OK;
}

/* Every code below a code element: of a Coding or CodeableConcept its codes, of a primitive its text. Items of one
 * element are neighbours, so behind them there is no more to find. */
static enum salve_code add_codings(struct coding_list *list, const struct tape *tape, tape_at at, uint32_t entry,
                                   unsigned depth)
{
    if (tape_kind(tape, at) == TAPE_TEXT) return add_hash(list, tape_text(tape, at), entry);
    fhir_name_id want = tape_type(tape, at) == FHIR_T_Coding ? FHIR_N_code : FHIR_N_coding;
    bool was_found = false;
    for (tape_at c = tape_first(tape, at); c != TAPE_NONE && depth < 2; c = tape_next(tape, at, c)) {
        bool is_wanted = tape_path_name(tape, c) == want;
        if (was_found && !is_wanted) break;
        if (!is_wanted) continue;
        was_found = true;
        TRY(add_codings(list, tape, c, entry, depth + 1));
    }
    return SALVE_OK;
}

static enum salve_code add_entry_codings(struct coding_list *list, const struct elm_entry *entry, uint32_t number,
                                         fhir_name_id path)
{
    const struct tape *tape = entry->tape;
    bool was_found = false;
    for (tape_at c = tape_first(tape, entry->at); c != TAPE_NONE; c = tape_next(tape, entry->at, c)) {
        bool is_wanted = tape_path_name(tape, c) == path;
        if (was_found && !is_wanted) break;
        if (!is_wanted) continue;
        was_found = true;
        TRY(add_codings(list, tape, c, number, 0));
    }
    return SALVE_OK;
}

static enum salve_code codes_make(struct elm_subject *subject, fhir_type_id type, fhir_name_id path,
                                  struct elm_codes **out, struct salve_err *err)
{
    struct coding_list list = {.mem = subject->mem, .err = err};
    struct elm_codes *codes = arena_new(subject->mem, struct elm_codes);
    if (codes == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    *codes = (struct elm_codes){.type = type, .path = path, .next = subject->codes};
    while (codes->first < subject->entry_count && subject->entries[codes->first].type != type) codes->first++;
    for (uint32_t i = codes->first; i < subject->entry_count && subject->entries[i].type == type; i++, codes->count++)
        if (path != 0) TRY(add_entry_codings(&list, &subject->entries[i], i, path));
    codes->codings = list.items;
    codes->coding_count = list.count;
    subject->codes = codes;
    *out = codes;
    return SALVE_OK;
}

static enum salve_code codes_for(struct elm_subject *subject, fhir_type_id type, fhir_name_id path,
                                 struct elm_codes **out, struct salve_err *err)
{
    for (*out = subject->codes; *out != NULL; *out = (*out)->next)
        if ((*out)->type == type && (*out)->path == path) return SALVE_OK;
    return codes_make(subject, type, path, out, err);
}

/* --- codes of nodes ----------------------------------------------------------------------------------------------- */
static struct expr_code coding_of(const struct tape *tape, tape_at at)
{
    struct expr_code code = {0};
    for (tape_at c = tape_first(tape, at); c != TAPE_NONE; c = tape_next(tape, at, c)) {
        switch (tape_path_name(tape, c)) {
        case FHIR_N_system:
            code.system = tape_text(tape, c);
            break;
        case FHIR_N_version:
            code.version = tape_text(tape, c);
            break;
        case FHIR_N_code:
            code.code = tape_text(tape, c);
            break;
        case FHIR_N_display:
            code.display = tape_text(tape, c);
            break;
        default:
            break;
        }
    }
    return code;
}

enum salve_code elm_codes_of(struct expr_run *run, struct expr_value node, struct expr_value *out)
{
    const struct tape *tape = node.as.tape;
    fhir_type_id type = tape_type(tape, node.aux);
    if (type == FHIR_T_Coding) {
        struct expr_code *code = arena_new(run->mem, struct expr_code);
        if (code == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "code");
        *code = coding_of(tape, node.aux);
        *out = (struct expr_value){.kind = VALUE_CODE, .as.code = code};
        return SALVE_OK;
    }
    if (type != FHIR_T_CodeableConcept) return elm_plain(run, node, out);
    uint32_t count = 0;
    struct expr_concept *concept = arena_new(run->mem, struct expr_concept);
    for (tape_at c = tape_first(tape, node.aux); c != TAPE_NONE; c = tape_next(tape, node.aux, c)) count++;
    struct expr_code *codes = arena_array(run->mem, struct expr_code, count + 1);
    if (concept == NULL || codes == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "concept");
    for (tape_at c = tape_first(tape, node.aux); c != TAPE_NONE; c = tape_next(tape, node.aux, c)) {
        if (tape_path_name(tape, c) == FHIR_N_coding) codes[concept->code_count++] = coding_of(tape, c);
        if (tape_path_name(tape, c) == FHIR_N_text) concept->display = tape_text(tape, c);
    }
    concept->codes = codes;
    *out = (struct expr_value){.kind = VALUE_CONCEPT, .as.concept = concept};
    return SALVE_OK;
}

static bool coding_is(const struct tape *tape, tape_at at, const struct expr_code *want, unsigned depth)
{
    if (tape_kind(tape, at) == TAPE_TEXT) return str_eq(tape_text(tape, at), want->code);
    if (tape_type(tape, at) == FHIR_T_Coding) {
        struct str system = STR_NONE, code = STR_NONE;
        for (tape_at c = tape_first(tape, at); c != TAPE_NONE; c = tape_next(tape, at, c)) {
            if (tape_path_name(tape, c) == FHIR_N_system) system = tape_text(tape, c);
            if (tape_path_name(tape, c) == FHIR_N_code) code = tape_text(tape, c);
        }
        return str_eq(code, want->code) && str_eq(system, want->system);
    }
    for (tape_at c = tape_first(tape, at); c != TAPE_NONE && depth < 2; c = tape_next(tape, at, c))
        if (tape_path_name(tape, c) == FHIR_N_coding && coding_is(tape, c, want, depth + 1)) return true;
    return false;
}

static bool entry_has_code(struct expr_value entry, fhir_name_id path, const struct expr_code *want)
{
    const struct tape *tape = entry.as.tape;
    for (tape_at c = tape_first(tape, entry.aux); c != TAPE_NONE; c = tape_next(tape, entry.aux, c))
        if (tape_path_name(tape, c) == path && coding_is(tape, c, want, 0)) return true;
    return false;
}

/* --- retrieve ----------------------------------------------------------------------------------------------------- */
static enum salve_code entry_has_any(struct expr_run *run, struct expr_value entry, fhir_name_id path,
                                     struct expr_value codes, bool *out)
{
    *out = false;
    if (codes.kind == VALUE_CODE) {
        *out = entry_has_code(entry, path, codes.as.code);
    } else if (codes.kind == VALUE_STRING) {
        const struct expr_code code = {.code = expr_text(codes)};
        *out = entry_has_code(entry, path, &code);
    } else if (codes.kind == VALUE_CONCEPT) {
        for (uint32_t i = 0; i < codes.as.concept->code_count && !*out; i++)
            *out = entry_has_code(entry, path, &codes.as.concept->codes[i]);
    } else if (codes.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < codes.aux && !*out; i++) TRY(entry_has_any(run, entry, path, codes.as.items[i], out));
    } else if (codes.kind == VALUE_VOCABULARY) {
        struct expr_build found = {0};
        bool is_unknown = false;
        TRY(expr_children(run, entry, path, &found));
        for (uint32_t i = 0; i < found.count && !*out; i++) {
            const struct expr_value pair[2] = {found.items[i], codes};
            struct expr_value is_in;
            TRY(elm_in_vocabulary(run, pair, 2, &is_in));
            *out = elm_truth_of(is_in) == EXPR_TRUE;
            is_unknown = is_unknown || is_in.kind == VALUE_NULL;
        }
        if (is_unknown && !*out) /* leaving it out would be a guess */
            return elm_membership_unknown(run, codes.as.vocabulary);
    }
    return expr_step(run, 1);
}

enum salve_code elm_date_value(struct expr_run *run, struct expr_value node, struct expr_value *out)
{
    if (node.kind != VALUE_NODE || tape_type(node.as.tape, node.aux) != FHIR_T_Period) return elm_plain(run, node, out);
    struct expr_value ends[2];
    const struct str names[2] = {STR("start"), STR("end")};
    for (int i = 0; i < 2; i++) {
        struct expr_value name = expr_string(names[i]);
        name.tag = i == 0 ? FHIR_N_start : FHIR_N_end;
        const struct expr_value pair[2] = {node, name};
        TRY(elm_property(run, pair, 2, &ends[i]));
        TRY(elm_plain(run, ends[i], &ends[i]));
    }
    *out = EXPR_NONE;
    if (ends[0].kind == VALUE_NULL && ends[1].kind == VALUE_NULL) return SALVE_OK;
    return elm_interval(run, ends[0], true, ends[1], true, out);
}

static enum salve_code is_in_range(struct expr_run *run, struct expr_value entry, struct expr_value path,
                                   struct expr_value range, bool *out)
{
    const struct expr_value pair[2] = {entry, path};
    struct expr_value when, inside;
    TRY(elm_property(run, pair, 2, &when));
    TRY(elm_date_value(run, when, &when));
    const struct expr_value both[3] = {when, range, expr_integer(EXPR_PRECISION_NONE)};
    TRY(elm_included_in(run, both, 3, &inside));
    *out = elm_truth_of(inside) == EXPR_TRUE;
    return SALVE_OK;
}

struct retrieve {
    struct expr_value type, code_path, codes, date_path, range;
};

static enum salve_code keep_if_fits(struct expr_run *run, const struct retrieve *r, struct expr_value entry,
                                    struct expr_build *build)
{
    bool fits = true;
    if (r->codes.kind != VALUE_NULL) TRY(entry_has_any(run, entry, r->code_path.tag, r->codes, &fits));
    if (fits && r->date_path.aux > 0) TRY(is_in_range(run, entry, r->date_path, r->range, &fits));
    return fits ? expr_build_add(build, entry, run->mem, run->err) : SALVE_OK;
}

/* One code: the hashes say where to look. */
static const struct expr_code *only_code(struct expr_value codes)
{
    if (codes.kind == VALUE_LIST && codes.aux == 1) codes = codes.as.items[0];
    if (codes.kind == VALUE_CONCEPT && codes.as.concept->code_count == 1) return codes.as.concept->codes;
    return codes.kind == VALUE_CODE ? codes.as.code : NULL;
}

/* A value set: resources of which no code's hash is in it need no look. */
static enum salve_code from_value_set(struct expr_run *run, const struct retrieve *r, const struct vocabulary_set *set,
                                      const struct elm_codes *codes, struct expr_build *build)
{
    const struct elm_subject *subject = elm_front(run)->subject;
    uint32_t last = UINT32_MAX;
    TRY(expr_step(run, 1 + codes->coding_count));
    for (uint32_t i = 0; i < codes->coding_count; i++) {
        const struct elm_coding *coding = &codes->codings[i];
        if (coding->entry == last || !vocabulary_set_may_have(set, coding->hash)) continue;
        last = coding->entry;
        const struct elm_entry *entry = &subject->entries[last];
        TRY(keep_if_fits(run, r, expr_node(entry->tape, entry->at), build));
    }
    return SALVE_OK;
}

static const struct vocabulary_set *value_set_of(const struct expr_run *run, struct expr_value codes)
{
    if (codes.kind != VALUE_VOCABULARY || codes.as.vocabulary->is_code_system) return NULL;
    return vocabulary_find(run->env->vocabulary, codes.as.vocabulary->id, codes.as.vocabulary->version);
}

static enum salve_code from_subject(struct expr_run *run, const struct retrieve *r, struct expr_build *build)
{
    struct elm_subject *subject = elm_front(run)->subject;
    const struct vocabulary_set *set = value_set_of(run, r->codes);
    const struct expr_code *code = only_code(r->codes);
    struct elm_codes *codes;
    bool is_by_hash = code != NULL || set != NULL;
    TRY(codes_for(subject, (fhir_type_id)r->type.as.integer, is_by_hash ? r->code_path.tag : 0, &codes, run->err));
    if (set != NULL) return from_value_set(run, r, set, codes, build);
    if (code != NULL) {
        uint32_t hash = vocabulary_hash(code->code), last = UINT32_MAX;
        TRY(expr_step(run, 1 + codes->coding_count / 8));
        for (uint32_t i = 0; i < codes->coding_count; i++) {
            const struct elm_coding *coding = &codes->codings[i];
            if (coding->hash != hash || coding->entry == last) continue;
            last = coding->entry;
            const struct elm_entry *entry = &subject->entries[last];
            TRY(keep_if_fits(run, r, expr_node(entry->tape, entry->at), build));
        }
        return SALVE_OK;
    }
    for (uint32_t i = codes->first; i < codes->first + codes->count; i++)
        TRY(keep_if_fits(run, r, expr_node(subject->entries[i].tape, subject->entries[i].at), build));
    return expr_step(run, 1 + codes->count);
}

/* args: type, code path, codes, date path, date range */
ELM_CALL(elm_retrieve)
{
    struct expr_build build = {0};
    const struct retrieve r = {args[0], args[1], args[2], args[3], args[4]};
    struct elm_run *front = elm_front(run);
    (void)count;
    if (front->subject != NULL) {
        TRY(from_subject(run, &r, &build));
    } else if (run->env->retrieve != NULL) {
        struct expr_value given = EXPR_NONE;
        TRY(run->env->retrieve(run->env->user, (fhir_type_id)r.type.as.integer, r.code_path.tag, &r.codes, run->mem,
                               &given, run->err));
        struct expr_items view = expr_items(&given);
        for (uint32_t i = 0; i < view.count; i++) TRY(keep_if_fits(run, &r, view.items[i], &build));
    }
    *out = expr_build_list(&build);
    return build.count == 0 ? SALVE_OK : expr_build_add(&front->touched, *out, run->mem, run->err);
}

/* --- elements ----------------------------------------------------------------------------------------------------- */
static enum salve_code node_element(struct expr_run *run, struct expr_value node, struct expr_value name,
                                    struct expr_value *out)
{
    const struct tape *tape = node.as.tape;
    uint32_t end = node.aux + tape->nodes[node.aux].span, c = node.aux + 1;
    *out = EXPR_NONE;
    while (c < end && tape_path_name(tape, c) != name.tag) c += tape->nodes[c].span;
    if (c < end && name.tag != 0) {
        if (!(fhir_elements[tape->nodes[c].element].flags & FHIR_MANY)) {
            *out = expr_node(tape, c);
            return SALVE_OK;
        }
        struct expr_build build = {0};
        for (; c < end && tape_path_name(tape, c) == name.tag; c += tape->nodes[c].span)
            TRY(expr_build_add(&build, expr_node(tape, c), run->mem, run->err));
        *out = expr_build_list(&build);
        return expr_step(run, build.count);
    }
    if (name.tag == FHIR_N_value && tape_kind(tape, node.aux) != TAPE_OBJECT) {
        TRY(elm_plain(run, node, out));
        if (out->kind == VALUE_NODE) *out = expr_string(tape_text(tape, node.aux)); /* text that is not of its type */
    }
    return SALVE_OK;
}

static struct expr_value text_or_null(struct str text) { return text.ptr == NULL ? EXPR_NONE : expr_string(text); }

static enum salve_code code_element(const struct expr_code *code, struct str name, struct expr_value *out)
{
    *out = str_is(name, "code")      ? text_or_null(code->code)
           : str_is(name, "system")  ? text_or_null(code->system)
           : str_is(name, "version") ? text_or_null(code->version)
           : str_is(name, "display") ? text_or_null(code->display)
                                     : EXPR_NONE;
    return SALVE_OK;
}

static enum salve_code concept_element(struct expr_run *run, const struct expr_concept *concept, struct str name,
                                       struct expr_value *out)
{
    struct expr_build build = {0};
    *out = text_or_null(concept->display);
    if (!str_is(name, "codes")) return SALVE_OK;
    for (uint32_t i = 0; i < concept->code_count; i++)
        TRY(expr_build_add(&build, (struct expr_value){.kind = VALUE_CODE, .as.code = &concept->codes[i]}, run->mem,
                           run->err));
    *out = expr_build_list(&build);
    return SALVE_OK;
}

static enum salve_code interval_element(const struct expr_interval *interval, struct str name, struct expr_value *out)
{
    *out = str_is(name, "low")          ? interval->low
           : str_is(name, "high")       ? interval->high
           : str_is(name, "lowClosed")  ? expr_boolean(interval->low_closed)
           : str_is(name, "highClosed") ? expr_boolean(interval->high_closed)
                                        : EXPR_NONE;
    return SALVE_OK;
}

static enum salve_code tuple_value(struct expr_value tuple, struct str name, struct expr_value *out)
{
    const struct expr_shape *shape = tuple.as.tuple->shape;
    *out = EXPR_NONE;
    for (uint32_t i = 0; i < shape->count; i++)
        if (str_eq(shape->names[i], name)) *out = tuple.as.tuple->values[i];
    return SALVE_OK;
}

/* args: source, name (tag: its FHIR name) */
ELM_CALL(elm_property)
{
    struct str name = expr_text(args[1]);
    struct expr_value v = args[0];
    struct expr_build build = {0};
    (void)count;
    *out = EXPR_NONE;
    switch (v.kind) {
    case VALUE_NODE:
        return node_element(run, v, args[1], out);
    case VALUE_TUPLE:
        return tuple_value(v, name, out);
    case VALUE_CODE:
        return code_element(v.as.code, name, out);
    case VALUE_CONCEPT:
        return concept_element(run, v.as.concept, name, out);
    case VALUE_INTERVAL:
        return interval_element(v.as.interval, name, out);
    case VALUE_QUANTITY:
        if (str_is(name, "unit"))
            *out = expr_string(v.as.quantity->unit);
        else if (str_is(name, "value"))
            return expr_decimal_value(v.as.quantity->value, run->mem, out, run->err);
        return SALVE_OK;
    case VALUE_RATIO:
        if (str_is(name, "numerator")) return expr_quantity_value(v.as.ratio->numerator, run->mem, out, run->err);
        return expr_quantity_value(v.as.ratio->denominator, run->mem, out, run->err);
    case VALUE_VOCABULARY:
        *out = str_is(name, "id")        ? text_or_null(v.as.vocabulary->id)
               : str_is(name, "version") ? text_or_null(v.as.vocabulary->version)
                                         : text_or_null(v.as.vocabulary->name);
        return SALVE_OK;
    case VALUE_LIST:
        for (uint32_t i = 0; i < v.aux; i++) {
            const struct expr_value pair[2] = {v.as.items[i], args[1]};
            struct expr_value one;
            TRY(elm_property(run, pair, 2, &one));
            TRY(expr_build_flat(&build, &one, run->mem, run->err));
        }
        *out = expr_build_list(&build);
        return expr_step(run, v.aux);
    default:
        if (str_is(name, "value")) *out = v; /* a System value is the value of itself */
        return SALVE_OK;
    }
}

/* --- instances of classes: System types become their values, FHIR types tuples that know their type --------------- */
static struct str text_element(struct expr_value tuple, const char *name)
{
    struct expr_value v;
    (void)tuple_value(tuple, str_of(name), &v);
    return v.kind == VALUE_STRING ? expr_text(v) : STR_NONE;
}

static enum salve_code system_instance(struct expr_run *run, struct expr_value tuple, enum expr_kind kind,
                                       struct expr_value *out)
{
    struct expr_value a, b;
    *out = tuple;
    if (kind == VALUE_QUANTITY) {
        struct expr_quantity q = {.unit = text_element(tuple, "unit")};
        TRY(tuple_value(tuple, STR("value"), &a));
        if (q.unit.len == 0) q.unit = STR("1");
        bool is_known = expr_to_decimal(a, &q.value);
        return elm_quantity(run, is_known, q, out);
    }
    if (kind == VALUE_CODE) {
        struct expr_code *code = arena_new(run->mem, struct expr_code);
        if (code == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "code");
        *code = (struct expr_code){text_element(tuple, "code"), text_element(tuple, "system"),
                                   text_element(tuple, "version"), text_element(tuple, "display")};
        *out = (struct expr_value){.kind = VALUE_CODE, .as.code = code};
    } else if (kind == VALUE_CONCEPT) {
        TRY(tuple_value(tuple, STR("codes"), &a));
        if (a.kind == VALUE_NULL) a = expr_list(NULL, 0);
        TRY(elm_to_concept(run, &a, 1, out));
        if (out->kind == VALUE_CONCEPT) {
            struct expr_concept *concept = arena_new(run->mem, struct expr_concept);
            if (concept == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "concept");
            *concept = *out->as.concept;
            concept->display = text_element(tuple, "display");
            out->as.concept = concept;
        }
    } else if (kind == VALUE_RATIO) {
        struct expr_ratio *ratio = arena_new(run->mem, struct expr_ratio);
        if (ratio == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "ratio");
        TRY(tuple_value(tuple, STR("numerator"), &a));
        TRY(tuple_value(tuple, STR("denominator"), &b));
        *out = EXPR_NONE;
        if (a.kind != VALUE_QUANTITY || b.kind != VALUE_QUANTITY) return SALVE_OK;
        *ratio = (struct expr_ratio){*a.as.quantity, *b.as.quantity};
        *out = (struct expr_value){.kind = VALUE_RATIO, .as.ratio = ratio};
    } else if (kind == VALUE_VOCABULARY) {
        struct expr_vocabulary *vocabulary = arena_new(run->mem, struct expr_vocabulary);
        if (vocabulary == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "vocabulary");
        *vocabulary = (struct expr_vocabulary){text_element(tuple, "id"), text_element(tuple, "version"),
                                               text_element(tuple, "name"), false};
        *out = (struct expr_value){.kind = VALUE_VOCABULARY, .as.vocabulary = vocabulary};
    }
    return SALVE_OK;
}

ELM_CALL(elm_typed_instance)
{
    const struct elm_type *type = elm_type_arg(args[1]);
    (void)count;
    if (type->kind == ELM_SYSTEM) return system_instance(run, args[0], type->system, out);
    *out = args[0];
    out->tag = type->fhir;
    return SALVE_OK;
}
