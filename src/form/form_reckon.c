/* SPDX-License-Identifier: Apache-2.0
 * What a form says of answers: what is asked, what is calculated, what cannot be kept, what is. */
#include "form/form_int.h"
#include "json/json.h"

struct reckoning {
    const struct form *form;
    const struct form_ask *ask;
    struct form_state *state;
    struct arena *mem;
    struct salve_err *err;
    size_t language;
    struct form_fault *faults; /* of all answers; those of what is not asked go at the end */
    size_t fault_count, fault_room;
    struct form_reckoned *out;
};

/* --- faults ------------------------------------------------------------------------------------------------------- */

static enum salve_code add_fault(void *with, const struct form_fault *fault)
{
    struct reckoning *r = with;
    if (r->fault_count == r->fault_room) {
        size_t room = r->fault_room == 0 ? 16 : 2 * r->fault_room;
        r->faults = arena_grow(r->mem, r->faults, r->fault_room * sizeof *r->faults, room * sizeof *r->faults);
        if (r->faults == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
        r->fault_room = room;
    }
    r->faults[r->fault_count++] = *fault;
    return SALVE_OK;
}

static enum salve_code fault_at(struct reckoning *r, const struct form_node *node, enum form_why why, size_t value,
                                struct str say)
{
    struct form_fault fault = {.why = why, .answer = node->answer, .link = r->form->items[node->item].link, .say = say};
    fault.which = value < node->value_count ? node->which[value] : 0;
    fault.in_count = form_path(r->state, node, fault.in);
    return add_fault(r, &fault);
}

static const struct form_node *node_of(const struct reckoning *r, const struct form_fault *fault)
{
    for (const struct form_node *node = r->state->root; node != NULL; node = form_next(node))
        if (node->answer == fault->answer) return node;
    return NULL;
}

/* What was found while reading the answers counts only of what is asked, and not of what is calculated. */
static void drop_unasked(struct reckoning *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->fault_count; i++) {
        const struct form_node *node = node_of(r, &r->faults[i]);
        bool is_moot = node != NULL && (!form_is_asked(node) || node->is_calculated);
        if (!is_moot) r->faults[kept++] = r->faults[i];
    }
    r->fault_count = kept;
}

/* --- in order ----------------------------------------------------------------------------------------------------- */

static enum salve_code calculate(struct reckoning *r, struct form_node *node)
{
    const struct form_item *item = &r->form->items[node->item];
    const struct form_value *got = NULL;
    size_t count = 0;
    (void)!form_run(r->state, item->calculated, node, &got, &count);
    size_t most = item->repeats ? item->most : 1;
    node->is_calculated = true;
    node->value_count = 0;
    node->answer = SIZE_MAX;
    node->values = arena_array(r->mem, struct form_value, count + 1);
    node->texts = arena_array(r->mem, struct str, count + 1);
    node->which = arena_array(r->mem, size_t, count + 1);
    if (node->values == NULL || node->texts == NULL || node->which == NULL)
        return salve_fail(r->err, SALVE_E_MEMORY, "form");
    for (size_t i = 0; i < count && node->value_count < most; i++) {
        enum form_why why;
        size_t at = node->value_count;
        node->texts[at] = form_value_text(item, &got[i], r->mem);
        node->value_count +=
            node->texts[at].ptr != NULL && form_value_read(item, node->texts[at], &node->values[at], &why);
    }
    return SALVE_OK;
}

static enum salve_code reckon_in_order(struct reckoning *r)
{
    for (uint16_t i = 0; i < r->form->order_count; i++) {
        const struct form_item *item = &r->form->items[r->form->order[i]];
        for (struct form_node *node = r->state->firsts[r->form->order[i]]; node != NULL; node = node->same) {
            const struct form_value *got = NULL;
            size_t count = 0;
            if (item->when != FORM_NONE) {
                (void)!form_run(r->state, item->when, node, &got, &count);
                node->is_unasked = !(count == 1 && (got[0].kind != FORM_IS_BOOLEAN || got[0].boolean));
            }
            if (item->calculated == FORM_NONE) continue;
            if (form_is_asked(node))
                TRY(calculate(r, node));
            else
                node->value_count = 0;
        }
    }
    return SALVE_OK;
}

/* --- checks ------------------------------------------------------------------------------------------------------- */

static bool has_answer(const struct form_node *node)
{
    if (node->value_count > 0 && !node->is_calculated) return true;
    for (const struct form_node *c = node->first; c != NULL; c = c->next)
        if (has_answer(c)) return true;
    return false;
}

/* An instance of a repeating group in which nothing is answered is not there. */
static bool is_there(const struct reckoning *r, const struct form_node *node)
{
    for (; node != NULL; node = node->parent) {
        const struct form_item *item = &r->form->items[node->item];
        if (item->kind == FORM_GROUP && item->repeats && !has_answer(node)) return false;
    }
    return true;
}

static enum salve_code check_values(struct reckoning *r, const struct form_node *node)
{
    const struct form_item *item = &r->form->items[node->item];
    bool is_alone = false;
    for (size_t i = 0; i < node->value_count; i++) {
        const struct form_option *option = node->values[i].option;
        is_alone = is_alone || (option != NULL && option->is_alone);
        if (!form_in_range(item, &node->values[i]) && !node->is_calculated)
            TRY(fault_at(r, node, FORM_WHY_RANGE, i, STR_NONE));
        for (size_t k = 0; k < i && option != NULL; k++)
            if (node->values[k].option == option) TRY(fault_at(r, node, FORM_WHY_OPTION, i, STR_NONE));
    }
    if (is_alone && node->value_count > 1) TRY(fault_at(r, node, FORM_WHY_OPTION, 0, STR_NONE));
    if (node->value_count > (item->repeats ? item->most : 1)) TRY(fault_at(r, node, FORM_WHY_MANY, 0, STR_NONE));
    bool is_missing = item->is_required && node->value_count == 0 && !node->is_calculated && is_there(r, node);
    return is_missing ? fault_at(r, node, FORM_WHY_REQUIRED, 0, STR_NONE) : SALVE_OK;
}

static enum salve_code run_checks(struct reckoning *r, struct form_node *node)
{
    const struct form_item *item = &r->form->items[node->item];
    for (uint16_t i = 0; i < item->check_count; i++) {
        const struct form_value *got = NULL;
        size_t count = 0;
        const struct form_check *check = &item->checks[i];
        if (check->is_warning || (item->kind != FORM_GROUP && node->value_count == 0)) continue;
        (void)!form_run(r->state, check->program, node, &got, &count);
        if (count == 1 && got[0].kind == FORM_IS_BOOLEAN && !got[0].boolean)
            TRY(fault_at(r, node, FORM_WHY_CHECK, 0, form_word(&check->say, r->language)));
    }
    return SALVE_OK;
}

static enum salve_code check_all(struct reckoning *r)
{
    for (struct form_node *node = r->state->root; node != NULL; node = form_next(node)) {
        if (node->item == FORM_ROOT || !form_is_asked(node)) continue;
        TRY(check_values(r, node));
        TRY(run_checks(r, node));
    }
    return SALVE_OK;
}

/* --- what is kept, and what can be read --------------------------------------------------------------------------- */

static void fill(const struct reckoning *r, const struct form_node *node, size_t i, struct form_kept *to)
{
    const struct form_item *item = &r->form->items[node->item];
    *to = (struct form_kept){.link = item->link,
                             .kind = item->kind,
                             .answer = node->answer,
                             .which = node->which[i],
                             .value = node->texts[i]};
    if (item->is_kept) to->system = item->system, to->code = item->code;
    to->in_count = form_path(r->state, node, to->in);
    if (item->kind != FORM_QUANTITY) return;
    struct str number, unit;
    to->unit = node->values[i].text;
    if (str_split(to->value, ' ', &number, &unit)) to->value = number;
}

static enum salve_code collect(const struct reckoning *r, struct form_kept **out, size_t *count)
{
    size_t room = 1;
    for (const struct form_node *node = r->state->root; node != NULL; node = form_next(node)) room += node->value_count;
    *count = 0;
    *out = arena_array(r->mem, struct form_kept, room);
    if (*out == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
    for (const struct form_node *node = r->state->root; node != NULL; node = form_next(node))
        for (size_t i = 0; i < node->value_count && form_is_asked(node); i++) fill(r, node, i, &(*out)[(*count)++]);
    return SALVE_OK;
}

static size_t count_unasked(const struct reckoning *r)
{
    size_t count = 0;
    for (const struct form_node *node = r->state->root; node != NULL; node = form_next(node))
        count += node->answer != SIZE_MAX && !form_is_asked(node);
    return count;
}

enum salve_code form_reckon(const struct form *form, const struct form_ask *ask, struct arena *mem,
                            struct form_reckoned *out, struct salve_err *err)
{
    struct form_state *state = arena_new(mem, struct form_state);
    struct reckoning r = {.form = form, .ask = ask, .state = state, .mem = mem, .err = err, .out = out};
    struct form_tree_ask tree = {ask, add_fault, &r};
    *out = (struct form_reckoned){.state = state};
    if (state == NULL) return salve_fail(err, SALVE_E_MEMORY, "form");
    r.language = form_language_number(form, ask->language);
    TRY(form_tree(form, &tree, mem, state, err));
    if (!expr_temporal_parse_as(ask->today, EXPR_DATE, &state->today))
        return salve_refuse(err, SALVE_E_INVALID, "a date is wanted", "today");
    TRY(reckon_in_order(&r));
    drop_unasked(&r);
    TRY(check_all(&r));
    if (state->steps == 0) return salve_refuse(err, SALVE_E_STEPS, "the answers take too long to reckon", "form");
    TRY(collect(&r, &out->kept, &out->kept_count));
    out->faults = r.faults;
    out->fault_count = r.fault_count;
    out->unasked_count = count_unasked(&r);
    return SALVE_OK;
}

/* --- as JSON ------------------------------------------------------------------------------------------------------ */

struct str form_why_text(enum form_why why)
{
    static const char *const texts[] = {
#define FORM_FAULT(id, text, what) [FORM_WHY_##id] = (text),
#include "form/form_faults.def"
#undef FORM_FAULT
    };
    return str_of(texts[why]);
}

void form_faults_write(const struct form_fault *faults, size_t count, const char *name, struct json_writer *w)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) {
        const struct form_fault *fault = &faults[i];
        json_open(w, NULL, '{');
        json_put_i64(w, "answer", fault->answer == SIZE_MAX ? -1 : (int64_t)fault->answer);
        json_put_text(w, "link", fault->link);
        form_path_write(w, fault->in, fault->in_count);
        json_put_i64(w, "which", (int64_t)fault->which);
        json_put_text(w, "why", form_why_text(fault->why));
        if (fault->say.len > 0) json_put_text(w, "say", fault->say);
        json_close(w);
    }
    json_close(w);
}

/* The answers that count, as answers again. */
static void put_answers(const struct form_state *state, struct json_writer *w)
{
    for (const struct form_node *node = state->root; node != NULL; node = form_next(node)) {
        struct form_answer answer = {.values = node->texts, .value_count = node->value_count};
        if (node->value_count == 0 || !form_is_asked(node)) continue;
        answer.link = state->form->items[node->item].link;
        answer.in_count = form_path(state, node, answer.in);
        form_answer_write(&answer, w);
    }
}

void form_state_write(const struct form_reckoned *reckoned, struct json_writer *w)
{
    const struct form_state *state = reckoned->state;
    json_open(w, NULL, '{');
    json_open(w, "asked", '[');
    for (const struct form_node *node = state->root; node != NULL; node = form_next(node)) {
        uint32_t path[FORM_DEPTH_MAX];
        if (node->item == FORM_ROOT || !form_is_asked(node)) continue;
        json_open(w, NULL, '{');
        json_put_text(w, "link", state->form->items[node->item].link);
        form_path_write(w, path, form_path(state, node, path));
        json_close(w);
    }
    json_close(w);
    json_open(w, "answers", '[');
    put_answers(state, w);
    json_close(w);
    form_faults_write(reckoned->faults, reckoned->fault_count, "faults", w);
    json_close(w);
}
