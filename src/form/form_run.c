/* SPDX-License-Identifier: Apache-2.0
 * Runs a program of a form at a node of its tree. A stack of collections; a body has a stack of its own. What goes
 * wrong ends the program, which gives nothing then: a form goes on. */
#include "form/form_int.h"

enum { STACK_MAX = 2 * FORM_EXPRESSION_DEPTH_MAX, RUNS_MAX = 64 };

struct collection {
    const struct form_value *items;
    size_t count;
};

struct running {
    struct form_state *state;
    struct form_node *here;
    const struct form_value *this;
    uint64_t *steps; /* left for the program */
    bool has_ended;
    unsigned depth; /* bodies and variables inside each other */
};

static struct collection run_program(struct running *run, uint16_t program);

static struct collection nothing(void) { return (struct collection){NULL, 0}; }

static struct collection ended(struct running *run)
{
    run->has_ended = true;
    return nothing();
}

static void step(struct running *run, uint64_t count)
{
    uint64_t *all = &run->state->steps;
    run->has_ended = run->has_ended || *run->steps < count || *all < count;
    *run->steps -= *run->steps < count ? *run->steps : count;
    *all -= *all < count ? *all : count;
}

/* --- making collections ------------------------------------------------------------------------------------------- */

struct building {
    struct form_value *items;
    size_t count, room;
};

static void add(struct running *run, struct building *to, struct form_value value)
{
    step(run, 1);
    if (run->has_ended) return;
    if (to->count == to->room) {
        size_t room = to->room == 0 ? 4 : 2 * to->room, bytes = sizeof *to->items;
        struct form_value *items = arena_grow(run->state->mem, to->items, to->room * bytes, room * bytes);
        if (items == NULL || room > 2 * FORM_COLLECTION_MAX) {
            run->has_ended = true;
            return;
        }
        to->items = items;
        to->room = room;
    }
    to->items[to->count++] = value;
}

static struct collection built(const struct building *b) { return (struct collection){b->items, b->count}; }

static struct collection single(struct running *run, struct form_value value)
{
    struct building b = {0};
    add(run, &b, value);
    return built(&b);
}

static struct collection boolean(struct running *run, bool is)
{
    return single(run, (struct form_value){.kind = FORM_IS_BOOLEAN, .boolean = is});
}

static struct collection truth(struct running *run, enum expr_truth is)
{
    return is == EXPR_NULL_TRUTH ? nothing() : boolean(run, is == EXPR_TRUE);
}

static struct collection number(struct running *run, bool has, struct expr_decimal value)
{
    if (!has) return nothing();
    return single(run, (struct form_value){.kind = FORM_IS_NUMBER, .number = expr_decimal_trim(value)});
}

static struct collection text(struct running *run, struct str value)
{
    return single(run, (struct form_value){.kind = FORM_IS_TEXT, .text = value});
}

static struct form_value node_value(struct form_node *node)
{
    return (struct form_value){.kind = FORM_IS_NODE, .node = node};
}

/* --- taking collections ------------------------------------------------------------------------------------------- */

static enum expr_truth truth_of(struct running *run, struct collection in)
{
    if (in.count > 1) run->has_ended = true;
    if (in.count != 1) return EXPR_NULL_TRUTH;
    return in.items[0].kind == FORM_IS_BOOLEAN ? expr_truth_if(in.items[0].boolean) : EXPR_TRUE;
}

/* The one item of that kind; false: there is none. */
static bool one(struct running *run, struct collection in, enum form_value_kind kind, struct form_value *out)
{
    if (in.count > 1 || (in.count == 1 && in.items[0].kind != kind)) run->has_ended = true;
    if (in.count == 0 || run->has_ended) return false;
    *out = in.items[0];
    return true;
}

/* --- items of the form -------------------------------------------------------------------------------------------- */

/* Is there an answer that counts, in it or inside it? */
static bool is_filled(struct running *run, const struct form_node *node)
{
    step(run, 1);
    if (node->is_unasked) return false;
    if (node->value_count > 0) return true;
    for (const struct form_node *c = node->first; c != NULL && !run->has_ended; c = c->next)
        if (is_filled(run, c)) return true;
    return false;
}

static void add_inside(struct running *run, const struct form_node *node, bool is_deep, struct building *to)
{
    for (struct form_node *c = node->first; c != NULL && !run->has_ended; c = c->next) {
        if (!is_filled(run, c)) continue;
        add(run, to, node_value(c));
        if (is_deep) add_inside(run, c, true, to);
    }
}

static void add_answers(struct running *run, const struct form_node *node, struct building *to)
{
    if (!form_is_asked(node)) return;
    for (size_t i = 0; i < node->value_count; i++) add(run, to, node->values[i]);
}

static struct collection of_nodes(struct running *run, enum form_op op, struct collection in)
{
    struct building b = {0};
    for (size_t i = 0; i < in.count && !run->has_ended; i++) {
        struct form_node *node = in.items[i].node;
        if (in.items[i].kind != FORM_IS_NODE) return ended(run);
        if (op == FORM_OP_ITEMS || op == FORM_OP_ALL_ITEMS) {
            if (form_is_asked(node)) add_inside(run, node, op == FORM_OP_ALL_ITEMS, &b);
        } else if (op == FORM_OP_ANSWERS)
            add_answers(run, node, &b);
        else if (node->item != FORM_ROOT)
            add(run, &b, (struct form_value){.kind = FORM_IS_TEXT, .text = run->state->form->items[node->item].link});
    }
    return built(&b);
}

static bool is_below(const struct form_node *node, const struct form_node *up)
{
    while (node != NULL && node != up) node = node->parent;
    return node != NULL;
}

static struct collection nearest(struct running *run, uint16_t item)
{
    const struct form *form = run->state->form;
    struct building b = {0};
    const struct form_node *up = run->here;
    while (up->parent != NULL && !(up->item < item && item < form->items[up->item].end)) up = up->parent;
    for (const struct form_node *node = run->state->firsts[item]; node != NULL && !run->has_ended; node = node->same) {
        step(run, 1);
        if (is_below(node, up)) add_answers(run, node, &b);
    }
    return built(&b);
}

/* --- parts of values ---------------------------------------------------------------------------------------------- */

static bool part_of(enum form_op op, const struct form_value *value, struct form_value *out)
{
    const struct form_option *option = value->option;
    bool is_choice = value->kind == FORM_IS_CHOICE, is_quantity = value->kind == FORM_IS_QUANTITY;
    *out = (struct form_value){.kind = FORM_IS_TEXT};
    switch (op) {
    case FORM_OP_SCORE:
        out->kind = FORM_IS_NUMBER;
        if (option != NULL) out->number = expr_decimal_trim(option->score);
        return option != NULL && option->has_score;
    case FORM_OP_CODE:
        out->text = is_quantity ? value->text : is_choice ? option->value : STR_NONE;
        return is_quantity || is_choice;
    case FORM_OP_SYSTEM:
        out->text = is_choice ? option->system : STR_NONE;
        return is_choice;
    default:
        *out = (struct form_value){.kind = FORM_IS_NUMBER, .number = expr_decimal_trim(value->number)};
        return is_quantity;
    }
}

static struct collection parts(struct running *run, enum form_op op, struct collection in)
{
    struct building b = {0};
    struct form_value part;
    for (size_t i = 0; i < in.count; i++)
        if (part_of(op, &in.items[i], &part)) add(run, &b, part);
    return built(&b);
}

/* --- same and order ----------------------------------------------------------------------------------------------- */

static enum expr_truth same(const struct form_value *a, const struct form_value *b)
{
    if (a->kind == FORM_IS_NODE || b->kind == FORM_IS_NODE || a->kind == FORM_IS_QUANTITY ||
        b->kind == FORM_IS_QUANTITY)
        return EXPR_NULL_TRUTH;
    if (a->kind != b->kind) return EXPR_FALSE;
    if (a->kind == FORM_IS_BOOLEAN) return expr_truth_if(a->boolean == b->boolean);
    if (a->kind == FORM_IS_NUMBER) return expr_truth_if(expr_decimal_cmp(a->number, b->number) == 0);
    if (a->kind == FORM_IS_TEXT) return expr_truth_if(str_eq(a->text, b->text));
    if (a->kind == FORM_IS_CHOICE)
        return expr_truth_if(str_eq(a->option->value, b->option->value) &&
                             str_eq(a->option->system, b->option->system));
    enum expr_order order = expr_temporal_cmp(&a->date, &b->date, EXPR_MILLISECOND, 0);
    return order == EXPR_UNKNOWN ? EXPR_NULL_TRUTH : expr_truth_if(order == EXPR_SAME);
}

static bool has(struct running *run, const struct form_value *items, size_t count, const struct form_value *value)
{
    step(run, count);
    for (size_t i = 0; i < count && !run->has_ended; i++) {
        bool is_node = items[i].kind == FORM_IS_NODE && value->kind == FORM_IS_NODE;
        if (is_node ? items[i].node == value->node : same(&items[i], value) == EXPR_TRUE) return true;
    }
    return false;
}

static enum expr_truth equal(struct running *run, struct collection a, struct collection b)
{
    enum expr_truth out = EXPR_TRUE;
    step(run, a.count);
    if (a.count == 0 || b.count == 0) return EXPR_NULL_TRUTH;
    if (a.count != b.count) return EXPR_FALSE;
    for (size_t i = 0; i < a.count; i++) out = expr_truth_and(out, same(&a.items[i], &b.items[i]));
    return out;
}

/* False: the two have no order. */
static bool order_of(const struct form_value *a, const struct form_value *b, enum expr_order *out)
{
    if (a->kind != b->kind) return false;
    if (a->kind == FORM_IS_NUMBER) return *out = (enum expr_order)expr_decimal_cmp(a->number, b->number), true;
    if (a->kind == FORM_IS_TEXT) return *out = (enum expr_order)str_cmp(a->text, b->text), true;
    if (a->kind == FORM_IS_DATE) return *out = expr_temporal_cmp(&a->date, &b->date, EXPR_MILLISECOND, 0), true;
    return false;
}

static bool stands(enum form_relation relation, enum expr_order order)
{
    bool is_less = (int)order<0, is_more = (int)order> 0;
    switch (relation) {
    case FORM_MORE:
        return is_more;
    case FORM_LESS:
        return is_less;
    case FORM_MORE_EQUAL:
        return !is_less;
    case FORM_LESS_EQUAL:
        return !is_more;
    default:
        return !is_less && !is_more;
    }
}

static struct collection compare(struct running *run, enum form_relation relation, struct collection a,
                                 struct collection b)
{
    enum expr_order order;
    if (a.count > 1 || b.count > 1) return ended(run);
    if (a.count == 0 || b.count == 0) return nothing();
    if (!order_of(&a.items[0], &b.items[0], &order)) return ended(run);
    return order == EXPR_UNKNOWN ? nothing() : boolean(run, stands(relation, order));
}

/* --- enableWhen --------------------------------------------------------------------------------------------------- */

static bool answer_stands(const struct form_value *answer, enum form_relation relation, const struct form_value *with)
{
    struct form_value own = *answer;
    enum expr_order order;
    if (answer->option != NULL) own = (struct form_value){.kind = FORM_IS_TEXT, .text = answer->option->value};
    if (own.kind == FORM_IS_QUANTITY) own.kind = FORM_IS_NUMBER;
    if (own.kind == FORM_IS_BOOLEAN) return relation == FORM_EQUAL && same(&own, with) == EXPR_TRUE;
    return order_of(&own, with, &order) && order != EXPR_UNKNOWN && stands(relation, order);
}

static struct collection answered(struct running *run, enum form_relation relation, struct collection answers,
                                  struct collection with)
{
    bool is_one = false;
    if (with.count != 1) return ended(run);
    if (relation == FORM_EXISTS) return boolean(run, (answers.count > 0) == with.items[0].boolean);
    for (size_t i = 0; i < answers.count; i++)
        is_one = is_one ||
                 answer_stands(&answers.items[i], relation == FORM_NOT_EQUAL ? FORM_EQUAL : relation, &with.items[0]);
    return boolean(run, is_one != (relation == FORM_NOT_EQUAL));
}

/* --- collections -------------------------------------------------------------------------------------------------- */

static struct collection distinct(struct running *run, struct collection a, struct collection b)
{
    struct building out = {0};
    for (size_t i = 0; i < a.count + b.count && !run->has_ended; i++) {
        const struct form_value *item = i < a.count ? &a.items[i] : &b.items[i - a.count];
        if (!has(run, out.items, out.count, item)) add(run, &out, *item);
    }
    return built(&out);
}

static struct collection is_in(struct running *run, struct collection a, struct collection b)
{
    if (a.count > 1) return ended(run);
    return a.count == 0 ? nothing() : boolean(run, has(run, b.items, b.count, &a.items[0]));
}

static struct collection all_or_any(struct running *run, struct collection in, bool wants_any)
{
    bool is = !wants_any;
    for (size_t i = 0; i < in.count; i++) {
        if (in.items[i].kind != FORM_IS_BOOLEAN) return ended(run);
        is = wants_any ? is || in.items[i].boolean : is && in.items[i].boolean;
    }
    return boolean(run, is);
}

static struct collection fold(struct running *run, enum form_op op, struct collection in)
{
    struct expr_decimal out = {0};
    bool is = in.count > 0;
    for (size_t i = 0; i < in.count && is; i++) {
        struct expr_decimal item = in.items[i].number;
        if (in.items[i].kind != FORM_IS_NUMBER) return ended(run);
        int order = i == 0 ? 0 : expr_decimal_cmp(item, out);
        if (i == 0 || (op == FORM_OP_MIN && order < 0) || (op == FORM_OP_MAX && order > 0))
            out = item;
        else if (op == FORM_OP_SUM)
            is = expr_decimal_add(out, item, &out);
    }
    return number(run, is, out);
}

static struct collection picked(struct collection in, bool is_last)
{
    return in.count == 0 ? in : (struct collection){&in.items[is_last ? in.count - 1 : 0], 1};
}

/* --- bodies ------------------------------------------------------------------------------------------------------- */

static struct collection inside(struct running *run, uint16_t program, struct form_node *here,
                                const struct form_value *this)
{
    struct running inner = *run;
    inner.here = here;
    inner.this = this;
    if (++inner.depth > RUNS_MAX) return ended(run);
    struct collection out = run_program(&inner, program);
    run->has_ended = run->has_ended || inner.has_ended;
    return run->has_ended ? nothing() : out;
}

static struct collection each(struct running *run, enum form_op op, uint16_t program, struct collection in)
{
    struct building b = {0};
    bool is_all = true;
    for (size_t i = 0; i < in.count && !run->has_ended; i++) {
        struct collection got = inside(run, program, run->here, &in.items[i]);
        if (op == FORM_OP_SELECT) {
            for (size_t k = 0; k < got.count; k++) add(run, &b, got.items[k]);
            continue;
        }
        bool is = truth_of(run, got) == EXPR_TRUE;
        is_all = is_all && is;
        if (is && op == FORM_OP_WHERE) add(run, &b, in.items[i]);
    }
    return op == FORM_OP_ALL ? boolean(run, is_all) : built(&b);
}

static struct collection variable(struct running *run, uint16_t number)
{
    const struct form_variable *v = &run->state->form->variables[number];
    struct form_node *node = run->here;
    while (node != NULL && node->item != v->item) node = node->parent;
    return node == NULL ? ended(run) : inside(run, v->program, node, NULL);
}

/* --- numbers and texts -------------------------------------------------------------------------------------------- */

static struct collection arithmetic(struct running *run, enum form_op op, struct collection a, struct collection b)
{
    struct form_value x, y;
    struct expr_decimal out;
    bool has_both = one(run, a, FORM_IS_NUMBER, &x);
    has_both = one(run, b, FORM_IS_NUMBER, &y) && has_both;
    if (!has_both) return nothing();
    switch (op) {
    case FORM_OP_ADD:
        return number(run, expr_decimal_add(x.number, y.number, &out), out);
    case FORM_OP_SUBTRACT:
        return number(run, expr_decimal_sub(x.number, y.number, &out), out);
    case FORM_OP_MULTIPLY:
        return number(run, expr_decimal_mul(x.number, y.number, &out), out);
    case FORM_OP_DIVIDE:
        return number(run, expr_decimal_div(x.number, y.number, &out), out);
    case FORM_OP_DIV:
        return number(run, expr_decimal_int_div(x.number, y.number, &out), out);
    default:
        return number(run, expr_decimal_mod(x.number, y.number, &out), out);
    }
}

static struct collection of_number(struct running *run, const struct form_ins *ins, struct collection in)
{
    struct form_value x;
    struct expr_decimal out;
    if (!one(run, in, FORM_IS_NUMBER, &x)) return nothing();
    switch ((enum form_op)ins->op) {
    case FORM_OP_NEGATE:
        return number(run, expr_decimal_negate(x.number, &out), out);
    case FORM_OP_ABS:
        return number(run, expr_decimal_abs(x.number, &out), out);
    case FORM_OP_CEILING:
        return number(run, expr_decimal_ceiling(x.number, &out), out);
    case FORM_OP_FLOOR:
        return number(run, expr_decimal_floor(x.number, &out), out);
    case FORM_OP_TRUNCATE:
        return number(run, expr_decimal_truncate(x.number, &out), out);
    default:
        return number(run, expr_decimal_round(x.number, ins->a, &out), out);
    }
}

static struct collection to_integer(struct running *run, struct collection in)
{
    if (in.count > 1) return ended(run);
    if (in.count == 0) return in;
    const struct form_value *value = &in.items[0];
    if (value->kind == FORM_IS_BOOLEAN) return number(run, true, expr_decimal_of_int(value->boolean));
    return value->kind == FORM_IS_NUMBER && expr_decimal_is_whole(value->number) ? in : nothing();
}

static struct collection concat(struct running *run, struct collection a, struct collection b, bool wants_both)
{
    struct form_value x = {.text = STR("")}, y = {.text = STR("")};
    bool has_both = one(run, a, FORM_IS_TEXT, &x);
    has_both = one(run, b, FORM_IS_TEXT, &y) && has_both;
    if (run->has_ended || (wants_both && !has_both)) return nothing();
    step(run, x.text.len + y.text.len);
    struct str out = arena_printf(run->state->mem, "%.*s%.*s", STR_ARGS(x.text), STR_ARGS(y.text));
    return run->has_ended || out.ptr == NULL ? ended(run) : text(run, out);
}

static struct collection length(struct running *run, struct collection in)
{
    struct form_value x;
    int64_t chars = 0;
    if (!one(run, in, FORM_IS_TEXT, &x)) return nothing();
    for (size_t i = 0; i < x.text.len; i++) chars += ((unsigned char)x.text.ptr[i] & 0xc0) != 0x80;
    return number(run, true, expr_decimal_of_int(chars));
}

/* `+` is of numbers or of texts. */
static struct collection plus(struct running *run, struct collection a, struct collection b)
{
    bool is_text =
        (a.count == 1 && a.items[0].kind == FORM_IS_TEXT) || (b.count == 1 && b.items[0].kind == FORM_IS_TEXT);
    return is_text ? concat(run, a, b, true) : arithmetic(run, FORM_OP_ADD, a, b);
}

/* --- the instructions --------------------------------------------------------------------------------------------- */

static struct collection pushed(struct running *run, const struct form_ins *ins)
{
    const struct form_state *state = run->state;
    switch ((enum form_op)ins->op) {
    case FORM_OP_CONST:
    case FORM_OP_DATE:
        return single(run, state->form->constants[ins->a]);
    case FORM_OP_TODAY:
        return single(run, (struct form_value){.kind = FORM_IS_DATE, .date = state->today});
    case FORM_OP_ROOT:
        return single(run, node_value(state->root));
    case FORM_OP_HERE:
        return single(run, node_value(run->here));
    case FORM_OP_THIS:
        return run->this == NULL ? ended(run) : (struct collection){run->this, 1};
    case FORM_OP_VAR:
        return variable(run, ins->a);
    case FORM_OP_NEAREST:
        return nearest(run, ins->a);
    default:
        return nothing();
    }
}

static struct collection of_one(struct running *run, const struct form_ins *ins, struct collection in)
{
    enum form_op op = (enum form_op)ins->op;
    switch (op) { /* tidy: dispatch */
    case FORM_OP_ITEMS:
    case FORM_OP_ALL_ITEMS:
    case FORM_OP_LINK:
    case FORM_OP_ANSWERS:
        return of_nodes(run, op, in);
    case FORM_OP_SCORE:
    case FORM_OP_CODE:
    case FORM_OP_SYSTEM:
    case FORM_OP_NUMBER:
        return parts(run, op, in);
    case FORM_OP_WHERE:
    case FORM_OP_SELECT:
    case FORM_OP_ALL:
        return each(run, op, ins->a, in);
    case FORM_OP_EXISTS:
        return boolean(run, in.count > 0);
    case FORM_OP_EMPTY:
        return boolean(run, in.count == 0);
    case FORM_OP_COUNT:
        return number(run, true, expr_decimal_of_int((int64_t)in.count));
    case FORM_OP_FIRST:
    case FORM_OP_LAST:
        return picked(in, op == FORM_OP_LAST);
    case FORM_OP_DISTINCT:
        return distinct(run, in, nothing());
    case FORM_OP_ALL_TRUE:
    case FORM_OP_ANY_TRUE:
        return all_or_any(run, in, op == FORM_OP_ANY_TRUE);
    case FORM_OP_SUM:
    case FORM_OP_MIN:
    case FORM_OP_MAX:
        return fold(run, op, in);
    case FORM_OP_NOT:
        return truth(run, expr_truth_not(truth_of(run, in)));
    case FORM_OP_IIF:
        return inside(run, truth_of(run, in) == EXPR_TRUE ? ins->a : ins->b, run->here, run->this);
    case FORM_OP_TO_INTEGER:
        return to_integer(run, in);
    case FORM_OP_LENGTH:
        return length(run, in);
    default:
        return of_number(run, ins, in);
    }
}

static struct collection of_two(struct running *run, const struct form_ins *ins, struct collection a,
                                struct collection b)
{
    switch ((enum form_op)ins->op) { /* tidy: dispatch */
    case FORM_OP_UNION:
        return distinct(run, a, b);
    case FORM_OP_IN:
        return is_in(run, a, b);
    case FORM_OP_AND:
        return truth(run, expr_truth_and(truth_of(run, a), truth_of(run, b)));
    case FORM_OP_OR:
        return truth(run, expr_truth_or(truth_of(run, a), truth_of(run, b)));
    case FORM_OP_XOR:
        return truth(run, expr_truth_xor(truth_of(run, a), truth_of(run, b)));
    case FORM_OP_IMPLIES:
        return truth(run, expr_truth_implies(truth_of(run, a), truth_of(run, b)));
    case FORM_OP_EQUAL:
        return truth(run, equal(run, a, b));
    case FORM_OP_NOT_EQUAL:
        return truth(run, expr_truth_not(equal(run, a, b)));
    case FORM_OP_LESS:
        return compare(run, FORM_LESS, a, b);
    case FORM_OP_LESS_EQUAL:
        return compare(run, FORM_LESS_EQUAL, a, b);
    case FORM_OP_MORE:
        return compare(run, FORM_MORE, a, b);
    case FORM_OP_MORE_EQUAL:
        return compare(run, FORM_MORE_EQUAL, a, b);
    case FORM_OP_ANSWERED:
        return answered(run, (enum form_relation)ins->a, a, b);
    case FORM_OP_ADD:
        return plus(run, a, b);
    case FORM_OP_CONCAT:
        return concat(run, a, b, false);
    default:
        return arithmetic(run, (enum form_op)ins->op, a, b);
    }
}

static struct collection run_program(struct running *run, uint16_t number)
{
    static const uint8_t pops[FORM_OPS] = {
#define FORM_OP(id, text, operands, pops, pushes, meaning) [FORM_OP_##id] = (pops),
#include "form/form_ops.def"
#undef FORM_OP
    };
    const struct form_program *program = &run->state->form->programs[number];
    struct collection stack[STACK_MAX];
    size_t depth = 0;
    for (uint16_t i = 0; i < program->count && !run->has_ended; i++) {
        const struct form_ins *ins = &program->code[i];
        size_t taken = pops[ins->op];
        step(run, 1);
        if (depth < taken || depth - taken == STACK_MAX) return ended(run);
        depth -= taken;
        stack[depth] = taken == 0   ? pushed(run, ins)
                       : taken == 1 ? of_one(run, ins, stack[depth])
                                    : of_two(run, ins, stack[depth], stack[depth + 1]);
        depth++;
    }
    return run->has_ended || depth != 1 ? ended(run) : stack[0];
}

bool form_run(struct form_state *state, uint16_t program, struct form_node *here, const struct form_value **out,
              size_t *count)
{
    uint64_t steps = FORM_STEPS_MAX;
    struct running run = {.state = state, .here = here, .steps = &steps};
    struct collection got = run_program(&run, program);
    *out = got.items;
    *count = got.count;
    return !run.has_ended;
}
