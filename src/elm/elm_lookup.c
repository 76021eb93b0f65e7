/* SPDX-License-Identifier: Apache-2.0
 * Retrieves over the index of a person (elm_subject.c): by one code and by value set through the codes of a type, else
 * by looking at each resource of the type; and which resources were given (elm_touched). */
#include "elm/elm_int.h"
#include "elm/elm_interval_int.h"
#include "elm/elm_subject_int.h"
#include "terms/terms.h"

/* --- codes -------------------------------------------------------------------------------------------------------- */
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
            *out = expr_truth_of(is_in) == EXPR_TRUE;
            is_unknown = is_unknown || is_in.kind == VALUE_NULL;
        }
        if (is_unknown && !*out) return elm_membership_unknown(run, codes.as.vocabulary);
    }
    return expr_step(run, 1);
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
    *out = expr_truth_of(inside) == EXPR_TRUE;
    return SALVE_OK;
}

struct retrieve {
    fhir_type_id type;
    fhir_name_id code_path;
    struct expr_value codes, date_path, range; /* date_path empty or null: no filter of dates */
};
struct elm_plan {
    struct retrieve r;
    const struct expr_code *code; /* the only one, with the hash that the index has of it; NULL: not one code */
    uint32_t hash;
    struct elm_rows rows; /* of the code path */
};

static bool has_dates(const struct retrieve *r) { return r->date_path.kind == VALUE_STRING && r->date_path.aux > 0; }

static enum salve_code keep_if_fits(struct expr_run *run, const struct retrieve *r, struct expr_value entry,
                                    struct expr_build *build)
{
    bool fits = true;
    if (r->codes.kind != VALUE_NULL) TRY(entry_has_any(run, entry, r->code_path, r->codes, &fits));
    if (fits && has_dates(r)) TRY(is_in_range(run, entry, r->date_path, r->range, &fits));
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
    salve_assert(plan->code != NULL);
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
        if (has_dates(&plan->r)) TRY(is_in_range(run, resource, plan->r.date_path, plan->r.range, &fits));
        if (fits) TRY(expr_build_add(build, resource, run->mem, run->err));
        TRY(expr_step(run, 1));
        if (fits && is_first_enough) break;
    }
    return SALVE_OK;
}

/* What is known of the codes of one resource while they are looked through. */
struct membership {
    uint32_t entry;
    enum expr_truth truth;
};

static enum salve_code end_of_entry(struct expr_run *run, const struct elm_plan *plan, const struct membership *m,
                                    struct expr_build *build)
{
    const struct elm_entry *entry = &elm_front(run)->subject->entries[m->entry];
    struct expr_value resource = expr_node(entry->tape, entry->at);
    bool fits = true;
    if (m->truth == EXPR_NULL_TRUTH) return elm_membership_unknown(run, plan->r.codes.as.vocabulary);
    if (m->truth == EXPR_FALSE) return SALVE_OK;
    if (has_dates(&plan->r)) TRY(is_in_range(run, resource, plan->r.date_path, plan->r.range, &fits));
    return fits ? expr_build_add(build, resource, run->mem, run->err) : SALVE_OK;
}

/* Each code of the type is looked up once, however large the set is. */
static enum salve_code by_value_set(struct expr_run *run, const struct elm_plan *plan, bool is_first_enough,
                                    struct expr_build *build)
{
    struct elm_subject *subject = elm_front(run)->subject;
    struct elm_codes *codes;
    struct membership m = {UINT32_MAX, EXPR_FALSE};
    salve_assert(plan->r.codes.kind == VALUE_VOCABULARY);
    TRY(elm_codes_for(subject, plan->r.type, elm_rows_of(plan->r.type, plan->r.code_path), &codes, run->err));
    TRY(expr_step(run, 1 + codes->count));
    for (uint32_t i = 0; i < codes->count; i++) {
        const struct elm_coding *coding = &codes->codings[i];
        const struct tape *tape = subject->entries[coding->entry].tape;
        enum expr_truth one;
        if (coding->entry != m.entry) {
            if (m.entry != UINT32_MAX) TRY(end_of_entry(run, plan, &m, build));
            if (is_first_enough && build->count > 0) return SALVE_OK;
            m = (struct membership){coding->entry, EXPR_FALSE};
        }
        if (m.truth == EXPR_TRUE) continue;
        struct expr_code code = {0};
        if (tape_kind(tape, coding->at) == TAPE_TEXT)
            code.code = tape_text(tape, coding->at);
        else
            code = expr_coding_of(tape, coding->at);
        TRY(elm_code_is_in(run, &code, plan->r.codes.as.vocabulary, &one));
        m.truth = expr_truth_or(m.truth, one);
    }
    return m.entry == UINT32_MAX ? SALVE_OK : end_of_entry(run, plan, &m, build);
}

static bool is_value_set(struct expr_value codes)
{
    return codes.kind == VALUE_VOCABULARY && !codes.as.vocabulary->is_code_system;
}

static enum salve_code from_subject(struct expr_run *run, const struct elm_plan *plan, bool is_first_enough,
                                    struct expr_build *build)
{
    struct elm_subject *subject = elm_front(run)->subject;
    if (plan->code != NULL) return by_code(run, plan, is_first_enough, build);
    if (is_value_set(plan->r.codes)) return by_value_set(run, plan, is_first_enough, build);
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

/* --- watching ----------------------------------------------------------------------------------------------------- */
struct elm_watch {
    struct elm_plan *plans; /* what was asked, each once */
    const void **of;        /* of each the plan that the program holds; NULL: it was made while it ran */
    uint32_t count, room;
    struct arena *mem;
};

static enum salve_code watch(struct elm_watch *to, const struct elm_plan *plan, const void *of, struct salve_err *err)
{
    for (uint32_t i = to->count; i > 0; i--)
        if (of == NULL ? to->of[i - 1] == NULL && to->plans[i - 1].r.type == plan->r.type : to->of[i - 1] == of)
            return SALVE_OK;
    if (to->count == to->room) {
        uint32_t room = 2 * to->room + 16;
        to->plans = arena_grow(to->mem, to->plans, to->room * sizeof *to->plans, room * sizeof *to->plans);
        to->of = arena_grow(to->mem, to->of, to->room * sizeof *to->of, room * sizeof *to->of);
        if (to->plans == NULL || to->of == NULL) return salve_fail(err, SALVE_E_MEMORY, "watch");
        to->room = room;
    }
    to->plans[to->count] = *plan;
    to->of[to->count++] = of;
    return SALVE_OK;
}

static enum salve_code note_planned(struct expr_run *run, const struct elm_plan *plan)
{
    struct elm_watch *to = elm_front(run)->watch;
    return to == NULL ? SALVE_OK : watch(to, plan, plan, run->err);
}

/* Codes and dates that the run worked out are gone with it: such a retrieve asks for all of its type. */
static enum salve_code note_made(struct expr_run *run, fhir_type_id type)
{
    struct elm_watch *to = elm_front(run)->watch;
    const struct elm_plan all = {.r = {.type = type, .codes = EXPR_NONE, .date_path = EXPR_NONE, .range = EXPR_NONE}};
    return to == NULL ? SALVE_OK : watch(to, &all, NULL, run->err);
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
    salve_assert(count == 5 && args[0].kind == VALUE_INTEGER && args[1].kind == VALUE_STRING);
    const struct elm_plan plan =
        plan_of((struct retrieve){(fhir_type_id)args[0].as.integer, args[1].tag, args[2], args[3], args[4]});
    TRY(note_made(run, plan.r.type));
    return retrieve_list(run, &plan, out);
}

/* args: a plan that was made when the program was linked */
ELM_CALL(elm_retrieve_planned)
{
    TRY(note_planned(run, expr_object(args[0])));
    return retrieve_list(run, expr_object(args[0]), out);
}

/* exists of such a retrieve: the first is enough. What it would have given is looked up when touched is asked. */
ELM_CALL(elm_retrieve_any)
{
    EXPR_UNINIT struct expr_value room[2];
    struct expr_build build = {.items = room, .cap = 2};
    TRY(note_planned(run, expr_object(args[0])));
    TRY(retrieve(run, expr_object(args[0]), true, &build));
    *out = expr_boolean(build.count > 0);
    return build.count == 0 ? SALVE_OK : expr_build_add(&elm_front(run)->touched, args[0], run->mem, run->err);
}

enum salve_code elm_touched(struct elm_run *run, struct expr_value *out, struct salve_err *err)
{
    struct expr_build build = {0};
    run->run.err = err;
    for (uint32_t i = 0; i < run->touched.count; i++) {
        struct expr_value list = run->touched.items[i];
        if (list.kind == VALUE_OPAQUE) { /* a plan */
            struct expr_build all = {0};
            TRY(retrieve(&run->run, expr_object(list), false, &all));
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

const struct elm_plan *elm_plan_make(fhir_type_id type, fhir_name_id code_path, struct expr_value codes,
                                     struct arena *mem)
{
    struct elm_plan *plan = arena_new(mem, struct elm_plan);
    if (plan != NULL) *plan = plan_of((struct retrieve){type, code_path, codes, EXPR_NONE, EXPR_NONE});
    return plan;
}

enum salve_code elm_run_watch(struct elm_run *run, struct arena *mem, struct salve_err *err)
{
    salve_assert(run->noted == NULL && run->touched.count == 0);
    run->watch = arena_new(mem, struct elm_watch);
    if (run->watch == NULL) return salve_fail(err, SALVE_E_MEMORY, "watch");
    run->watch->mem = mem;
    return SALVE_OK;
}

const struct elm_watch *elm_run_watched(const struct elm_run *run) { return run->watch; }

/* A plan in the list of what was touched gave the first of what it fits: all of that is meant. */
static enum salve_code mark_touched(struct elm_run *run, elm_gave *gave, void *with, struct salve_err *err)
{
    run->run.err = err;
    for (uint32_t i = 0; i < run->touched.count; i++) {
        struct expr_value list = run->touched.items[i];
        struct expr_build all = {0};
        if (list.kind == VALUE_OPAQUE) TRY(retrieve(&run->run, expr_object(list), false, &all));
        if (list.kind == VALUE_OPAQUE) list = expr_build_list(&all);
        for (uint32_t k = 0; k < list.aux; k++) gave(with, list.as.items[k].as.tape);
    }
    return SALVE_OK;
}

enum salve_code elm_run_gave(struct elm_run *run, elm_gave *gave, void *with, struct salve_err *err)
{
    TRY(mark_touched(run, gave, with, err));
    return run->noted == NULL ? SALVE_OK : mark_touched(run->noted, gave, with, err);
}

enum salve_code elm_watch_fits(struct elm_run *run, const struct elm_watch *what, bool *out, struct salve_err *err)
{
    run->run.err = err;
    *out = false;
    for (uint32_t i = 0; i < what->count && !*out; i++) {
        struct expr_build build = {0};
        TRY(retrieve(&run->run, &what->plans[i], true, &build));
        *out = build.count > 0;
    }
    return SALVE_OK;
}
