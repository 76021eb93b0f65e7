/* SPDX-License-Identifier: Apache-2.0
 * The data of a person for ELM: retrieves over the index of elm_subject.c, elements of values and of FHIR data. */
#include "expr/elm_compile.h"
#include "expr/elm_interval.h"
#include "expr/elm_subject_int.h"
#include "fhir_tables.h"

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
        TRY(expr_children(run, entry, path, &found));
        for (uint32_t i = 0; i < found.count && !*out; i++) {
            const struct expr_value pair[2] = {found.items[i], codes};
            struct expr_value is_in;
            TRY(elm_in_vocabulary(run, pair, 2, &is_in));
            *out = elm_truth_of(is_in) == EXPR_TRUE;
        }
    }
    return expr_step(run, 1);
}

/* Period and dateTime elements for the date filter. */
static enum salve_code date_value(struct expr_run *run, struct expr_value node, struct expr_value *out)
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
    TRY(date_value(run, when, &when));
    const struct expr_value both[3] = {when, range, expr_integer(EXPR_PRECISION_NONE)};
    TRY(elm_included_in(run, both, 3, &inside));
    *out = elm_truth_of(inside) == EXPR_TRUE;
    return SALVE_OK;
}

struct retrieve {
    fhir_type_id type;
    fhir_name_id code_path;
    struct expr_value codes, date_path, range;
};
struct elm_plan {
    struct retrieve r;
    const struct expr_code *code; /* the only one, with the hash that the index has of it; NULL: not one code */
    uint32_t hash;
    struct elm_rows rows; /* of the code path */
};

static enum salve_code keep_if_fits(struct expr_run *run, const struct retrieve *r, struct expr_value entry,
                                    struct expr_build *build)
{
    bool fits = true;
    if (r->codes.kind != VALUE_NULL) TRY(entry_has_any(run, entry, r->code_path, r->codes, &fits));
    if (fits && r->range.kind != VALUE_NULL) TRY(is_in_range(run, entry, r->date_path, r->range, &fits));
    return fits ? expr_build_add(build, entry, run->mem, run->err) : SALVE_OK;
}

static const struct expr_code *only_code(struct expr_value codes)
{
    if (codes.kind == VALUE_LIST && codes.aux == 1) codes = codes.as.items[0];
    if (codes.kind == VALUE_CONCEPT && codes.as.concept->code_count == 1) return codes.as.concept->codes;
    return codes.kind == VALUE_CODE ? codes.as.code : NULL;
}

/* Entries whose code element has the code: the hashes say where to look. */
static enum salve_code by_code(struct expr_run *run, const struct elm_plan *plan, bool is_first_enough,
                               struct expr_build *build)
{
    struct elm_subject *subject = elm_front(run)->subject;
    struct elm_codes *codes;
    uint32_t last = UINT32_MAX;
    TRY(elm_codes_for(subject, plan->r.type, plan->rows, &codes, run->err));
    TRY(expr_step(run, 1 + codes->count / 8));
    for (uint32_t i = 0; i < codes->count; i++) {
        const struct elm_coding *coding = &codes->codings[i];
        if (coding->hash != plan->hash || coding->entry == last) continue;
        const struct elm_entry *entry = &subject->entries[coding->entry];
        if (!coding_is(entry->tape, coding->at, plan->code, 0)) continue;
        last = coding->entry;
        bool fits = true;
        struct expr_value resource = expr_node(entry->tape, entry->at);
        if (plan->r.range.kind != VALUE_NULL) TRY(is_in_range(run, resource, plan->r.date_path, plan->r.range, &fits));
        if (fits) TRY(expr_build_add(build, resource, run->mem, run->err));
        TRY(expr_step(run, 1));
        if (fits && is_first_enough) break;
    }
    return SALVE_OK;
}

static enum salve_code from_subject(struct expr_run *run, const struct elm_plan *plan, bool is_first_enough,
                                    struct expr_build *build)
{
    struct elm_subject *subject = elm_front(run)->subject;
    if (plan->code != NULL) return by_code(run, plan, is_first_enough, build);
    const struct elm_group *group = elm_group_of(subject, plan->r.type);
    if (group == NULL) return expr_step(run, 1);
    for (uint32_t i = group->first; i != UINT32_MAX; i = subject->entries[i].next) {
        TRY(keep_if_fits(run, &plan->r, expr_node(subject->entries[i].tape, subject->entries[i].at), build));
        if (is_first_enough && build->count > 0) break;
    }
    return expr_step(run, 1 + group->count);
}

static enum salve_code retrieve(struct expr_run *run, const struct elm_plan *plan, bool is_first_enough,
                                struct expr_build *build)
{
    if (elm_front(run)->subject != NULL) return from_subject(run, plan, is_first_enough, build);
    struct expr_value given = EXPR_NONE;
    if (run->env->retrieve == NULL) return SALVE_OK;
    TRY(run->env->retrieve(run->env->user, plan->r.type, plan->r.code_path, &plan->r.codes, run->mem, &given,
                           run->err));
    struct expr_items view = expr_items(&given);
    for (uint32_t i = 0; i < view.count; i++) TRY(keep_if_fits(run, &plan->r, view.items[i], build));
    return SALVE_OK;
}

static enum salve_code retrieve_list(struct expr_run *run, const struct elm_plan *plan, struct expr_value *out)
{
    struct expr_build build = {0};
    TRY(retrieve(run, plan, false, &build));
    *out = expr_build_list(&build);
    return build.count == 0 ? SALVE_OK : expr_build_add(&elm_front(run)->touched, *out, run->mem, run->err);
}

static struct elm_plan plan_of(struct retrieve r)
{
    const struct expr_code *code = only_code(r.codes);
    struct elm_plan plan = {.r = r, .code = code};
    if (code == NULL) return plan;
    plan.hash = elm_text_hash(code->code);
    plan.rows = elm_rows_of(r.type, r.code_path);
    return plan;
}

/* args: type, code path, codes, date path, date range */
ELM_CALL(elm_retrieve)
{
    const struct elm_plan plan =
        plan_of((struct retrieve){(fhir_type_id)args[0].as.integer, args[1].tag, args[2], args[3], args[4]});
    (void)count;
    return retrieve_list(run, &plan, out);
}

/* args: a plan that was made when the program was linked */
ELM_CALL(elm_retrieve_planned)
{
    (void)count;
    return retrieve_list(run, (const void *)args[0].as.text, out);
}

/* exists of such a retrieve: the first is enough. What it would have given is looked up when touched is asked. */
ELM_CALL(elm_retrieve_any)
{
    EXPR_UNINIT struct expr_value room[2];
    struct expr_build build = {.items = room, .cap = 2};
    (void)count;
    TRY(retrieve(run, (const void *)args[0].as.text, true, &build));
    *out = expr_boolean(build.count > 0);
    return build.count == 0 ? SALVE_OK : expr_build_add(&elm_front(run)->touched, args[0], run->mem, run->err);
}

enum salve_code elm_touched(struct elm_run *run, struct expr_value *out, struct salve_err *err)
{
    struct expr_build build = {0};
    run->run.err = err;
    for (uint32_t i = 0; i < run->touched.count; i++) {
        struct expr_value list = run->touched.items[i];
        if (list.kind != VALUE_LIST) {
            struct expr_build all = {0};
            TRY(retrieve(&run->run, (const void *)list.as.text, false, &all));
            list = expr_build_list(&all);
        }
        for (uint32_t k = 0; k < list.aux; k++) {
            struct expr_value node = list.as.items[k];
            uint32_t seen = 0;
            while (seen < build.count &&
                   (build.items[seen].as.tape != node.as.tape || build.items[seen].aux != node.aux))
                seen++;
            if (seen == build.count) TRY(expr_build_add(&build, node, run->run.mem, err));
        }
    }
    *out = expr_build_list(&build);
    return SALVE_OK;
}

/* The codes of a retrieve when they are written out as one code, as the translator does; false: they are not. */
static enum salve_code constant_codes(struct elm_compile *c, const struct json *codes, struct expr_value *out,
                                      bool *is_constant)
{
    *out = EXPR_NONE;
    *is_constant = codes == NULL || codes->type == JSON_NULL;
    if (*is_constant || !str_is(json_get_text(codes, "type"), "ToList")) return SALVE_OK;
    const struct json *code = json_get(codes, "operand");
    if (!json_is(code, JSON_OBJECT) || !str_is(json_get_text(code, "type"), "CodeRef")) return SALVE_OK;
    struct expr_value *item = arena_new(c->mem, struct expr_value);
    if (item == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    TRY(elm_code_of_ref(c, code, item));
    *out = expr_list(item, 1);
    *is_constant = true;
    return SALVE_OK;
}

static enum salve_code emit_plan(struct elm_compile *c, struct retrieve r)
{
    struct elm_plan *plan = arena_new(c->mem, struct elm_plan);
    if (plan == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    *plan = plan_of(r);
    expr_emit_const(&c->emit, (struct expr_value){.kind = VALUE_BOOLEAN, .as.text = (const char *)plan});
    elm_call(c, "Retrieve", elm_retrieve_planned, 1);
    return SALVE_OK;
}

enum salve_code elm_make_retrieve(struct elm_compile *c, const struct json *node)
{
    const struct elm_type *type;
    struct str name, code_path = json_get_text(node, "codeProperty"), date_path = json_get_text(node, "dateProperty");
    const struct json *codes = json_get(node, "codes"), *range = json_get(node, "dateRange");
    const struct json *code_filter = json_first(json_get(node, "codeFilter")),
                      *date_filter = json_first(json_get(node, "dateFilter"));
    TRY(elm_want_text(c, node, "dataType", &name));
    TRY(elm_type_named(c, name, &type));
    if (type->kind != ELM_FHIR) return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "%.*s is no FHIR type", STR_ARGS(name));
    if (codes == NULL && code_filter != NULL) { /* newer spelling */
        codes = json_get(code_filter, "value");
        code_path = json_get_text(code_filter, "property");
    }
    if (range == NULL && date_filter != NULL) {
        range = json_get(date_filter, "value");
        date_path = json_get_text(date_filter, "property");
    }
    struct expr_value constant;
    bool is_constant;
    TRY(constant_codes(c, codes, &constant, &is_constant));
    if (is_constant && (range == NULL || range->type == JSON_NULL))
        return emit_plan(c, (struct retrieve){type->fhir, fhir_name_find(code_path), constant, EXPR_NONE, EXPR_NONE});
    expr_emit_const(&c->emit, expr_integer(type->fhir));
    elm_const_text(c, code_path.ptr == NULL ? STR("") : code_path);
    TRY(elm_compile_node(c, codes));
    elm_const_text(c, date_path.ptr == NULL ? STR("") : date_path);
    TRY(elm_compile_node(c, range));
    elm_call(c, "Retrieve", elm_retrieve, 5);
    return SALVE_OK;
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

static struct str text_or_none(struct expr_value v) { return v.kind == VALUE_STRING ? expr_text(v) : STR_NONE; }

/* args: value, unit */
ELM_CALL(elm_new_quantity)
{
    struct expr_quantity q = {.unit = text_or_none(args[1])};
    (void)count;
    if (q.unit.len == 0) q.unit = STR("1");
    bool is_known = expr_to_decimal(args[0], &q.value);
    return elm_quantity(run, is_known, q, out);
}

/* args: code, system, version, display */
ELM_CALL(elm_new_code)
{
    struct expr_code *code = arena_alloc_raw(run->mem, sizeof *code, 16);
    (void)count;
    if (code == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "code");
    *code =
        (struct expr_code){text_or_none(args[0]), text_or_none(args[1]), text_or_none(args[2]), text_or_none(args[3])};
    *out = (struct expr_value){.kind = VALUE_CODE, .as.code = code};
    return SALVE_OK;
}

/* args: codes, display */
ELM_CALL(elm_new_concept)
{
    struct expr_value codes = args[0].kind == VALUE_NULL ? expr_list(NULL, 0) : args[0];
    (void)count;
    TRY(elm_to_concept(run, &codes, 1, out));
    if (out->kind != VALUE_CONCEPT) return SALVE_OK;
    struct expr_concept *concept = arena_alloc_raw(run->mem, sizeof *concept, 16);
    if (concept == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "concept");
    *concept = *out->as.concept;
    concept->display = text_or_none(args[1]);
    out->as.concept = concept;
    return SALVE_OK;
}

static enum salve_code system_instance(struct expr_run *run, struct expr_value tuple, enum expr_kind kind,
                                       struct expr_value *out)
{
    struct expr_value a, b;
    *out = tuple;
    if (kind == VALUE_QUANTITY || kind == VALUE_CODE || kind == VALUE_CONCEPT) {
        static const char *const names[][4] = {
            {"value", "unit", "", ""}, {"code", "system", "version", "display"}, {"codes", "display", "", ""}};
        int row = kind == VALUE_QUANTITY ? 0 : kind == VALUE_CODE ? 1 : 2;
        struct expr_value values[4];
        for (int i = 0; i < 4; i++) TRY(tuple_value(tuple, str_of(names[row][i]), &values[i]));
        return row == 0   ? elm_new_quantity(run, values, 2, out)
               : row == 1 ? elm_new_code(run, values, 4, out)
                          : elm_new_concept(run, values, 2, out);
    }
    if (kind == VALUE_RATIO) {
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
