/* SPDX-License-Identifier: Apache-2.0
 * Contexts: several people held by the caller, defines of context Patient and Unfiltered that ask each other, and
 * retrieves in the context of another person (CQL 1.5, Author's Guide "Retrieve Context", Developer's Guide "Related
 * Context Retrieves").
 *
 * Every context has a run of its own, so that each define has one answer a context. A run that waits for the answer of
 * another context may be asked itself meanwhile: it then works on stacks of its own, and its answers are shared. */
#include <stdlib.h>

#include "base/limits.h"
#include "elm/elm_int.h"
#include "elm/elm_subject_int.h"

struct person {
    const struct tape *tape;
    struct elm_subject subject;
    struct str id; /* of the Patient; STR_NONE: there is none */
};
/* The runs of one program over the population, opened when they are first asked. */
struct session {
    const struct elm_program *program;
    struct expr_env env;
    const struct elm_param *params;
    size_t param_count;
    struct elm_run *all, **people;
    struct session *next;
};
struct elm_population {
    struct elm_subject all;
    struct person *people;
    struct person **by_id; /* those that have one, sorted */
    uint32_t count, id_count;
    struct session *sessions;
    struct arena *mem;
};

/* --- populations -------------------------------------------------------------------------------------------------- */
static bool is_about_person(const struct tape *tape, tape_at at)
{
    fhir_type_id type = tape_type(tape, at);
    return type == FHIR_T_Patient || fhir_element_find(type, STR("subject")) != 0 ||
           fhir_element_find(type, STR("patient")) != 0;
}

bool elm_is_person(const struct tape *tape)
{
    for (tape_at at = TAPE_NONE; tape_each_resource(tape, &at);)
        if (is_about_person(tape, at)) return true;
    return false;
}

enum salve_code elm_crowd_tape(struct elm_crowd *crowd, struct tape **out, struct salve_err *err)
{
    *out = arena_new(crowd->mem, struct tape);
    if ((crowd->count & (crowd->count - 1)) == 0) { /* full at each power of two */
        size_t room = crowd->count == 0 ? 1 : 2 * crowd->count, one = sizeof *crowd->tapes;
        crowd->tapes = arena_grow(crowd->mem, crowd->tapes, crowd->count * one, room * one);
    }
    if (*out == NULL || crowd->tapes == NULL) return salve_fail(err, SALVE_E_MEMORY, "population");
    crowd->tapes[crowd->count++] = *out;
    return SALVE_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct person *x = *(struct person *const *)a, *y = *(struct person *const *)b;
    return str_cmp(x->id, y->id);
}

static enum salve_code add_person(struct elm_population *p, const struct tape *tape, struct salve_err *err)
{
    struct person *one = &p->people[p->count];
    one->tape = tape;
    TRY(elm_subject_make(&tape, 1, p->mem, &one->subject, err));
    one->subject.population = p;
    one->subject.number = p->count++;
    tape_at at = tape_patient(tape);
    one->id = at == TAPE_NONE ? STR_NONE : tape_child_text(tape, at, "id");
    if (one->id.len > 0) p->by_id[p->id_count++] = one;
    return SALVE_OK;
}

enum salve_code elm_population_make(const struct tape *const *tapes, size_t count, struct arena *mem,
                                    struct elm_population **out, struct salve_err *err)
{
    struct elm_population *p = arena_new(mem, struct elm_population);
    *out = p;
    if (p == NULL) return salve_fail(err, SALVE_E_MEMORY, "population");
    p->mem = mem;
    p->people = arena_array(mem, struct person, count + 1);
    p->by_id = arena_array(mem, struct person *, count + 1);
    if (p->people == NULL || p->by_id == NULL) return salve_fail(err, SALVE_E_MEMORY, "population");
    TRY(elm_subject_make(tapes, count, mem, &p->all, err));
    p->all.population = p;
    p->all.number = UINT32_MAX;
    for (size_t i = 0; i < count; i++)
        if (elm_is_person(tapes[i])) TRY(add_person(p, tapes[i], err));
    if (p->id_count > 0) qsort(p->by_id, p->id_count, sizeof(struct person *), by_id);
    return SALVE_OK;
}

uint32_t elm_population_count(const struct elm_population *p) { return p->count; }
struct elm_subject *elm_population_person(struct elm_population *p, uint32_t index)
{
    salve_assert(index < p->count);
    return &p->people[index].subject;
}
struct elm_subject *elm_population_all(struct elm_population *p) { return &p->all; }

enum salve_code elm_population_each(struct elm_population *p, elm_each *one, void *with, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (uint32_t i = 0; i < p->count && code == SALVE_OK; i++) {
        struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
        if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "population");
        code = one(with, p->people[i].tape, &p->people[i].subject, mem, err);
        arena_close(mem);
    }
    return code;
}

static struct elm_subject *person_of(struct elm_population *p, struct str id)
{
    struct person key = {.id = id}, *wanted = &key;
    if (p->id_count == 0) return NULL;
    struct person **found = bsearch(&wanted, p->by_id, p->id_count, sizeof wanted, by_id);
    return found == NULL ? NULL : &(*found)->subject;
}

/* --- runs of other contexts --------------------------------------------------------------------------------------- */
static enum salve_code session_of(struct elm_run *from, struct session **out)
{
    struct elm_population *p = from->subject->population;
    for (*out = p->sessions; *out != NULL; *out = (*out)->next)
        if ((*out)->program == from->program) return SALVE_OK;
    struct session *s = *out = arena_new(p->mem, struct session);
    struct elm_param *params = arena_array(p->mem, struct elm_param, from->param_count + 1);
    if (s == NULL || params == NULL) return salve_fail(from->run.err, SALVE_E_MEMORY, "population");
    if (from->param_count > 0) memcpy(params, from->params, from->param_count * sizeof *params);
    *s = (struct session){from->program, *from->run.env, params, from->param_count, NULL, NULL, p->sessions};
    s->env.steps = NULL; /* the budget is that of the run that asks */
    s->people = arena_array(p->mem, struct elm_run *, p->count + 1);
    if (s->people == NULL) return salve_fail(from->run.err, SALVE_E_MEMORY, "population");
    p->sessions = s;
    return SALVE_OK;
}

/* The run of a person, or for UINT32_MAX of all. */
static enum salve_code run_of(struct elm_run *from, uint32_t number, struct elm_run **out)
{
    struct elm_population *p = from->subject->population;
    struct session *s;
    salve_assert(number == UINT32_MAX || number < p->count);
    TRY(session_of(from, &s));
    struct elm_run **at = number == UINT32_MAX ? &s->all : &s->people[number];
    struct elm_subject *subject = number == UINT32_MAX ? &p->all : &p->people[number].subject;
    if (*at == NULL)
        TRY(elm_run_open(s->program, subject, &s->env, s->params, s->param_count, p->mem, at, from->run.err));
    *out = *at;
    return SALVE_OK;
}

/* The define's value in the run `to`, which may be waiting for an answer itself. */
static enum salve_code ask(struct elm_run *from, struct elm_run *to, uint32_t number, struct expr_value *out)
{
    struct expr_memo *memo = &to->run.memo[number];
    salve_assert(number < to->program->code->define_count);
    if (memo->state == 0) {
        struct expr_run kept = to->run;
        unsigned crossings = to->crossings;
        if (from->crossings >= SALVE_ELM_CROSSINGS_MAX)
            return expr_run_fail(&from->run, SALVE_E_TOO_DEEP, "contexts ask each other too deeply");
        to->run.stack = NULL;
        to->run.loops = NULL;
        to->run.frames = NULL;
        to->run.stack_cap = to->run.loop_cap = to->run.frame_cap = 0;
        to->run.stack_count = to->run.loop_count = to->run.frame_count = 0;
        to->run.err = from->run.err;
        to->run.steps_left = from->run.steps_left;
        to->crossings = from->crossings + 1;
        memo->state = 1;
        enum salve_code code = expr_run_routine(&to->run, to->program->code->defines[number], NULL, 0, &memo->value);
        memo->state = code == SALVE_OK ? 2 : 0;
        if (code != SALVE_OK) elm_run_failed(to, code, to->run.err);
        uint64_t left = to->run.steps_left;
        kept.now = to->run.now;
        kept.has_now = to->run.has_now;
        to->run = kept;
        to->crossings = crossings;
        from->run.steps_left = left;
        if (code != SALVE_OK) from->is_placed = true;
        if (code != SALVE_OK) return code;
    }
    if (memo->state == 1) return expr_run_fail(&from->run, SALVE_E_TOO_DEEP, "a define asks for itself");
    *out = memo->value;
    return SALVE_OK;
}

/* Results of all people: lists become one list, in which a person without a list has no part; other results are the
 * elements of the list, null too. */
static enum salve_code join(struct elm_run *from, const struct expr_build *results, bool is_list,
                            struct expr_value *out)
{
    struct expr_build build = {0};
    for (uint32_t i = 0; i < results->count; i++) is_list = is_list || results->items[i].kind == VALUE_LIST;
    *out = expr_build_list(results);
    if (!is_list) return SALVE_OK;
    for (uint32_t i = 0; i < results->count; i++) {
        struct expr_value one = results->items[i];
        if (one.kind == VALUE_LIST)
            for (uint32_t k = 0; k < one.aux; k++)
                TRY(expr_build_add(&build, one.as.items[k], from->run.mem, from->run.err));
        else if (one.kind != VALUE_NULL)
            TRY(expr_build_add(&build, one, from->run.mem, from->run.err));
        TRY(expr_step(&from->run, one.kind == VALUE_LIST ? one.aux : 1));
    }
    *out = expr_build_list(&build);
    return SALVE_OK;
}

static enum salve_code ask_each(struct elm_run *from, uint32_t define, bool is_list, struct expr_value *out)
{
    struct elm_population *p = from->subject == NULL ? NULL : from->subject->population;
    struct expr_build results = {0};
    for (uint32_t i = 0; i < (p == NULL ? 1 : p->count); i++) {
        struct elm_run *to = from;
        struct expr_value one;
        if (p != NULL) TRY(run_of(from, i, &to));
        TRY(ask(from, to, define, &one));
        TRY(expr_build_add(&results, one, from->run.mem, from->run.err));
        TRY(expr_step(&from->run, 1));
    }
    return join(from, &results, is_list, out);
}

bool elm_is_alone(const struct elm_run *run) { return run->subject == NULL || run->subject->population == NULL; }

enum salve_code elm_ask(struct elm_run *from, uint32_t define, enum elm_asking how, struct expr_value *out)
{
    struct elm_run *to = from;
    switch (how) {
    case ELM_ASK_EACH:
    case ELM_ASK_EACH_LIST:
        return ask_each(from, define, how == ELM_ASK_EACH_LIST, out);
    case ELM_ASK_UNFILTERED:
        if (!elm_is_alone(from)) TRY(run_of(from, UINT32_MAX, &to));
        return ask(from, to, define, out);
    case ELM_ASK_PLAIN:
        salve_assert(from->plain != NULL);
        return ask(from, from->plain, define, out);
    case ELM_ASK_PERSON:
        break;
    }
    return expr_run_fail(&from->run, SALVE_E_TYPE,
                         "a function called in context Unfiltered asks for a define of one person");
}

/* args: number of the define, enum elm_asking */
ELM_CALL(elm_ask_define)
{
    salve_assert(count == 2 && args[0].kind == VALUE_INTEGER && args[1].kind == VALUE_INTEGER);
    return elm_ask(elm_front(run), (uint32_t)args[0].as.integer, (enum elm_asking)args[1].as.integer, out);
}

/* args: is the context that is wanted Unfiltered? Functions run in the context of whoever calls them. */
ELM_CALL(elm_is_here)
{
    salve_assert(count == 1 && args[0].kind == VALUE_BOOLEAN);
    const struct elm_run *front = elm_front(run);
    *out = expr_boolean(elm_is_alone(front) || (front->subject->number == UINT32_MAX) == args[0].as.boolean);
    return SALVE_OK;
}

/* --- retrieves in the context of another person ------------------------------------------------------------------- */
/* The id of the Patient that a context value names: an id, a reference, a Reference or a Patient. */
static enum salve_code context_id(struct expr_run *run, struct expr_value value, struct str *out)
{
    static const struct str member = STR("reference");
    *out = STR_NONE;
    if (value.kind == VALUE_NODE && tape_kind(value.as.tape, value.aux) == TAPE_OBJECT) {
        fhir_type_id type = tape_type(value.as.tape, value.aux);
        if (type != FHIR_T_Patient && type != FHIR_T_Reference)
            return expr_run_fail(run, SALVE_E_TYPE,
                                 "the context of a retrieve is a Patient, a reference to one, or an id");
        value = expr_string(tape_child_text(value.as.tape, value.aux, type == FHIR_T_Patient ? "id" : "reference"));
    } else if (value.kind == VALUE_TUPLE && value.tag == FHIR_T_Reference) {
        struct expr_value pair[2] = {value, expr_string(member)};
        TRY(elm_property(run, pair, 2, &value));
    }
    if (value.kind == VALUE_NODE) TRY(elm_plain(run, value, &value));
    if (value.kind == VALUE_NULL) return SALVE_OK;
    if (value.kind != VALUE_STRING)
        return expr_run_fail(run, SALVE_E_TYPE, "the context of a retrieve is a Patient, a reference to one, or an id");
    struct str text = expr_text(value);
    if (text.ptr == NULL) return SALVE_OK;
    size_t slash = text.len;
    while (slash > 0 && text.ptr[slash - 1] != '/') slash--;
    bool is_other = slash > 0 && !str_ends(str_cut(text, 0, slash), STR("Patient/"));
    if (!is_other) *out = str_cut(text, slash, text.len);
    return SALVE_OK;
}

/* args: those of elm_retrieve, and the context */
ELM_CALL(elm_retrieve_related)
{
    salve_assert(count == 6);
    struct elm_run *front = elm_front(run);
    struct elm_subject *own = front->subject, *other = NULL;
    struct str id;
    TRY(context_id(run, args[count - 1], &id));
    *out = expr_list(NULL, 0);
    if (id.len == 0 || own == NULL) return SALVE_OK;
    if (own->population != NULL) {
        other = person_of(own->population, id);
    } else { /* alone: the one person may be the one that is meant */
        const struct elm_group *patients = elm_group_of(own, FHIR_T_Patient);
        uint32_t i = patients == NULL ? UINT32_MAX : patients->first;
        for (; i != UINT32_MAX && other == NULL; i = own->entries[i].next)
            if (str_eq(tape_child_text(own->entries[i].tape, own->entries[i].at, "id"), id)) other = own;
    }
    if (other == NULL) return SALVE_OK;
    front->subject = other;
    enum salve_code code = elm_retrieve(run, args, count - 1, out);
    front->subject = own;
    return code;
}
