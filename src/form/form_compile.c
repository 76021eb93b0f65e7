/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath, as far as forms have it, into a program of form_ops.def. What an expression can reach is followed while it
 * is compiled: which items, so that a link that is not there is found before anybody fills in the form, and which
 * answers, so that only what depends on an answer is reckoned again. */
#include "form/form_int.h"
#include "fhirpath/tree.h"

struct compiling {
    const struct form_reading *r;
    uint16_t item; /* that the program belongs to */
    const char *what;
    struct form_ins *code;
    size_t count;
    struct form_links reads;
    bool has_this, is_criteria;
    struct form_type this_type; /* of $this in a body */
    unsigned depth, bodies;
};

static enum salve_code expression(struct compiling *c, const struct fp_node *node, struct form_type *type);

/* --- errors and pieces -------------------------------------------------------------------------------------------- */

static enum salve_code bad(const struct compiling *c, const struct fp_node *node, enum salve_code code, const char *why)
{
    const struct form_item *item = &c->r->form->items[c->item];
    struct str link = c->item == FORM_ROOT ? STR("the form") : item->link;
    (void)salve_refuse(c->r->err, code, why, "item %.*s: %s: %.*s", STR_ARGS(link), c->what,
                       STR_ARGS(str_cut(node->name, 0, 60)));
    salve_err_place(c->r->err, node->place >> 12, node->place & 4095);
    return code;
}

static enum salve_code emit(struct compiling *c, const struct fp_node *node, enum form_op op, size_t a, size_t b)
{
    if (c->count == FORM_INSTRUCTIONS_MAX) return bad(c, node, SALVE_E_TOO_BIG, "more than 500 instructions");
    c->code[c->count++] = (struct form_ins){(uint8_t)op, (uint16_t)a, (uint16_t)b};
    return SALVE_OK;
}

enum salve_code form_constant_add(const struct form_reading *r, struct form_value value, uint16_t *out)
{
    struct form *form = r->form;
    if (form->constant_count == FORM_CONSTANTS_MAX)
        return salve_refuse(r->err, SALVE_E_TOO_BIG, "more than 8000 constants", "Questionnaire");
    if (form->constant_count % 64 == 0) {
        size_t bytes = form->constant_count * sizeof *form->constants;
        form->constants = arena_grow(r->mem, form->constants, bytes, bytes + 64 * sizeof *form->constants);
        if (form->constants == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
    }
    *out = form->constant_count;
    form->constants[form->constant_count++] = value;
    return SALVE_OK;
}

enum salve_code form_program_add(const struct form_reading *r, const struct form_ins *code, size_t count,
                                 const struct form_links *reads, uint16_t *program)
{
    struct form *form = r->form;
    struct form_ins *kept = arena_array(r->mem, struct form_ins, count + 1);
    struct form_links *links = reads == NULL ? NULL : arena_new(r->mem, struct form_links);
    if (form->program_count == FORM_PROGRAMS_MAX)
        return salve_refuse(r->err, SALVE_E_TOO_BIG, "more than 4000 programs", "Questionnaire");
    if (form->program_count % 64 == 0) {
        size_t bytes = form->program_count * sizeof *form->programs;
        form->programs = arena_grow(r->mem, form->programs, bytes, bytes + 64 * sizeof *form->programs);
    }
    if (kept == NULL || form->programs == NULL || (reads != NULL && links == NULL))
        return salve_fail(r->err, SALVE_E_MEMORY, "form");
    for (size_t i = 0; i < count; i++) kept[i] = code[i];
    if (links != NULL) *links = *reads;
    *program = form->program_count;
    form->programs[form->program_count++] = (struct form_program){kept, (uint16_t)count, links};
    return SALVE_OK;
}

/* --- what can be reached ------------------------------------------------------------------------------------------ */

static struct form_type node_type(uint16_t item)
{
    struct form_type type = {.shape = FORM_GIVES_NODES};
    form_links_add(&type.links, item);
    return type;
}

static const struct form_type values_type = {.shape = FORM_GIVES_VALUES};

static bool is_empty(const struct form_links *links)
{
    uint64_t any = 0;
    for (size_t i = 0; i < FORM_LINK_WORDS; i++) any |= links->words[i];
    return any == 0;
}

static void join(struct form_links *to, const struct form_links *from)
{
    for (size_t i = 0; i < FORM_LINK_WORDS; i++) to->words[i] |= from->words[i];
}

static void cut(struct form_links *to, const struct form_links *from)
{
    for (size_t i = 0; i < FORM_LINK_WORDS; i++) to->words[i] &= from->words[i];
}

/* The items inside of those of the set: their children, or all at any depth. */
static struct form_links inside(const struct form *form, const struct form_links *links, bool is_deep)
{
    struct form_links out = {{0}};
    for (uint16_t i = 1; i < form->item_count; i++) {
        uint16_t up = form->items[i].parent;
        if (form_links_has(links, up) || (is_deep && form_links_has(&out, up))) form_links_add(&out, i);
    }
    return out;
}

/* Whether an item is there at all depends on the answers in it and inside it. */
static void note_presence(struct compiling *c, const struct form_type *type)
{
    if (type->shape != FORM_GIVES_NODES) return;
    struct form_links deep = inside(c->r->form, &type->links, true);
    join(&c->reads, &type->links);
    join(&c->reads, &deep);
}

/* --- criteria on links -------------------------------------------------------------------------------------------- */

static bool is_link_id(const struct fp_node *node)
{
    bool is_bare = node->left == NULL || node->left->kind == FP_THIS;
    return node->kind == FP_CHILD && is_bare && str_is(node->name, "linkId");
}

static bool is_text(const struct fp_node *node)
{
    return node->kind == FP_LITERAL && node->literal.kind == VALUE_STRING;
}

/* The texts of 'a' | 'b' as items. */
static enum salve_code texts_to_links(struct compiling *c, const struct fp_node *node, bool *is_known,
                                      struct form_links *out)
{
    if (node->kind == FP_BINARY && node->op == FP_UNION) {
        TRY(texts_to_links(c, node->left, is_known, out));
        return *is_known ? texts_to_links(c, node->right, is_known, out) : SALVE_OK;
    }
    *is_known = is_text(node);
    if (!*is_known) return SALVE_OK;
    uint16_t item = form_find(c->r->form, expr_text(node->literal));
    if (item == FORM_NONE) return bad(c, node, SALVE_E_UNKNOWN_NAME, "there is no item of that linkId");
    form_links_add(out, item);
    return SALVE_OK;
}

/* Which items can meet the criteria, where that can be told: linkId = 'a', linkId in ('a' | 'b'), joined by and, or. */
static enum salve_code criteria_links(struct compiling *c, const struct fp_node *node, unsigned depth, bool *is_known,
                                      struct form_links *out)
{
    struct form_links other = {{0}};
    bool is_left = false, is_right = false;
    *is_known = false;
    *out = (struct form_links){{0}};
    if (node->kind != FP_BINARY || depth == 0) return SALVE_OK;
    if (node->op == FP_EQUAL && is_link_id(node->left)) return texts_to_links(c, node->right, is_known, out);
    if (node->op == FP_EQUAL && is_link_id(node->right)) return texts_to_links(c, node->left, is_known, out);
    if (node->op == FP_IN && is_link_id(node->left)) return texts_to_links(c, node->right, is_known, out);
    if (node->op != FP_AND && node->op != FP_OR) return SALVE_OK;
    TRY(criteria_links(c, node->left, depth - 1, &is_left, out));
    TRY(criteria_links(c, node->right, depth - 1, &is_right, &other));
    *is_known = node->op == FP_OR ? is_left && is_right : is_left || is_right;
    if (node->op == FP_OR) join(out, &other);
    if (node->op == FP_AND && is_left && is_right) cut(out, &other);
    if (node->op == FP_AND && !is_left) *out = other;
    return SALVE_OK;
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

static enum salve_code here(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    *type = c->has_this ? c->this_type : node_type(c->item);
    return emit(c, node, c->has_this ? FORM_OP_THIS : FORM_OP_HERE, 0, 0);
}

static enum salve_code step_items(struct compiling *c, const struct fp_node *node, bool is_deep, struct form_type *type)
{
    if (type->shape != FORM_GIVES_NODES) return bad(c, node, SALVE_E_TYPE, "it is asked of an item of the form");
    type->links = inside(c->r->form, &type->links, is_deep);
    if (is_empty(&type->links)) return bad(c, node, SALVE_E_TYPE, "there are no items inside");
    return emit(c, node, is_deep ? FORM_OP_ALL_ITEMS : FORM_OP_ITEMS, 0, 0);
}

static bool is_call(const struct fp_node *node, const char *name)
{
    return node != NULL && node->kind == FP_CALL && str_is(node->name, name);
}

/* What a step or call works on. descendants() in front of where() or of answer are the items at any depth: nothing else
 * there has a link or an answer. */
static enum salve_code focus(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    const struct fp_node *left = node->left;
    if (left == NULL) return here(c, node, type);
    bool wants_items = is_call(node, "where") || (node->kind == FP_CHILD && str_is(node->name, "answer"));
    if (!is_call(left, "descendants") || left->args > 0 || !wants_items) return expression(c, left, type);
    TRY(left->left == NULL ? here(c, left, type) : expression(c, left->left, type));
    return step_items(c, left, true, type);
}

static enum salve_code step_of_node(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    if (str_is(node->name, "item")) return step_items(c, node, false, type);
    if (str_is(node->name, "answer")) {
        join(&c->reads, &type->links);
        *type = (struct form_type){.shape = FORM_GIVES_ANSWERS};
        return emit(c, node, FORM_OP_ANSWERS, 0, 0);
    }
    if (str_is(node->name, "linkId")) {
        if (!c->is_criteria || !is_link_id(node)) note_presence(c, type); /* of where() only what is left counts */
        *type = values_type;
        return emit(c, node, FORM_OP_LINK, 0, 0);
    }
    return bad(c, node, SALVE_E_UNSUPPORTED, "forms do not have this element of an item");
}

static enum salve_code step(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    static const struct {
        const char *name;
        enum form_op op;
    } fields[] = {{"value", FORM_OP_NUMBER}, {"code", FORM_OP_CODE}, {"system", FORM_OP_SYSTEM}};
    if (type->shape == FORM_GIVES_NODES) return step_of_node(c, node, type);
    if (type->shape == FORM_GIVES_ANSWERS) {
        if (!str_is(node->name, "value")) return bad(c, node, SALVE_E_UNSUPPORTED, "of an answer, value is asked");
        *type = values_type;
        return SALVE_OK;
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (str_is(node->name, fields[i].name)) return emit(c, node, fields[i].op, 0, 0);
    return bad(c, node, SALVE_E_UNSUPPORTED, "forms do not have this element of a value");
}

/* --- bodies ------------------------------------------------------------------------------------------------------- */

/* A program inside of the program. this_type NULL: what $this is stays as it is. */
static enum salve_code body(struct compiling *c, const struct fp_node *node, const struct form_type *this_type,
                            bool is_criteria, struct form_type *type, uint16_t *program)
{
    struct form_ins code[FORM_INSTRUCTIONS_MAX];
    struct compiling inner = *c;
    if (++inner.bodies > FORM_BODIES_DEPTH_MAX) return bad(c, node, SALVE_E_TOO_DEEP, "more than 8 bodies");
    inner.code = code;
    inner.count = 0;
    if (this_type != NULL) inner.this_type = *this_type;
    inner.has_this = c->has_this || this_type != NULL;
    inner.is_criteria = is_criteria;
    TRY(expression(&inner, node, type));
    note_presence(&inner, type);
    join(&c->reads, &inner.reads);
    return form_program_add(c->r, inner.code, inner.count, NULL, program);
}

static enum salve_code call_where(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    uint16_t program = 0;
    struct form_type gives;
    bool is_known = false;
    struct form_links links;
    if (type->shape == FORM_GIVES_NODES)
        TRY(criteria_links(c, node->right, FORM_EXPRESSION_DEPTH_MAX, &is_known, &links));
    if (is_known) cut(&type->links, &links);
    if (is_known && is_empty(&type->links))
        return bad(c, node, SALVE_E_UNKNOWN_NAME, "there is no such item in that place");
    TRY(body(c, node->right, type, true, &gives, &program));
    return emit(c, node, FORM_OP_WHERE, program, 0);
}

static enum salve_code call_exists(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    if (node->args == 1) TRY(call_where(c, node, type));
    note_presence(c, type);
    *type = values_type;
    return emit(c, node, FORM_OP_EXISTS, 0, 0);
}

static enum salve_code call_select(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    uint16_t program = 0;
    struct form_type gives;
    TRY(body(c, node->right, type, false, &gives, &program));
    note_presence(c, type);
    *type = gives;
    return emit(c, node, FORM_OP_SELECT, program, 0);
}

static enum salve_code call_all(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    uint16_t program = 0;
    struct form_type gives;
    TRY(body(c, node->right, type, false, &gives, &program));
    note_presence(c, type);
    *type = values_type;
    return emit(c, node, FORM_OP_ALL, program, 0);
}

static enum salve_code call_repeat(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    bool is_item = node->right->kind == FP_CHILD && node->right->left == NULL && str_is(node->right->name, "item");
    if (!is_item) return bad(c, node, SALVE_E_UNSUPPORTED, "forms have repeat(item) alone");
    return step_items(c, node, true, type);
}

static enum salve_code call_descendants(struct compiling *c, const struct fp_node *node,
                                        SALVE_UNUSED struct form_type *type)
{
    return bad(c, node, SALVE_E_UNSUPPORTED, "behind it forms have where() or answer");
}

static enum salve_code call_round(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    int64_t digits = 0;
    if (node->args == 1) {
        if (node->right->kind != FP_LITERAL || node->right->literal.kind != VALUE_INTEGER)
            return bad(c, node, SALVE_E_UNSUPPORTED, "a number of digits is wanted, as it is");
        digits = node->right->literal.as.integer;
    }
    if (digits < 0 || digits > 8) return bad(c, node, SALVE_E_UNSUPPORTED, "0 to 8 digits");
    note_presence(c, type);
    *type = values_type;
    return emit(c, node, FORM_OP_ROUND, (size_t)digits, 0);
}

/* --- calls -------------------------------------------------------------------------------------------------------- */

typedef enum salve_code caller(struct compiling *c, const struct fp_node *node, struct form_type *type);

static const struct call_row {
    const char *name;
    uint8_t args_min, args_max;
    enum form_op op;
    caller *call;    /* NULL: the instruction alone */
    bool keeps_type; /* what comes out is of what went in */
} calls[] = {
    {"where", 1, 1, 0, call_where, true},
    {"exists", 0, 1, 0, call_exists, false},
    {"select", 1, 1, 0, call_select, false},
    {"all", 1, 1, 0, call_all, false},
    {"repeat", 1, 1, 0, call_repeat, true},
    {"descendants", 0, 0, 0, call_descendants, true},
    {"round", 0, 1, 0, call_round, false},
    {"empty", 0, 0, FORM_OP_EMPTY, NULL, false},
    {"count", 0, 0, FORM_OP_COUNT, NULL, false},
    {"first", 0, 0, FORM_OP_FIRST, NULL, true},
    {"last", 0, 0, FORM_OP_LAST, NULL, true},
    {"distinct", 0, 0, FORM_OP_DISTINCT, NULL, true},
    {"allTrue", 0, 0, FORM_OP_ALL_TRUE, NULL, false},
    {"anyTrue", 0, 0, FORM_OP_ANY_TRUE, NULL, false},
    {"sum", 0, 0, FORM_OP_SUM, NULL, false},
    {"min", 0, 0, FORM_OP_MIN, NULL, false},
    {"max", 0, 0, FORM_OP_MAX, NULL, false},
    {"not", 0, 0, FORM_OP_NOT, NULL, false},
    {"abs", 0, 0, FORM_OP_ABS, NULL, false},
    {"ceiling", 0, 0, FORM_OP_CEILING, NULL, false},
    {"floor", 0, 0, FORM_OP_FLOOR, NULL, false},
    {"truncate", 0, 0, FORM_OP_TRUNCATE, NULL, false},
    {"toInteger", 0, 0, FORM_OP_TO_INTEGER, NULL, false},
    {"length", 0, 0, FORM_OP_LENGTH, NULL, false},
    {"ordinal", 0, 0, FORM_OP_SCORE, NULL, false},
    {"weight", 0, 0, FORM_OP_SCORE, NULL, false},
};

/* iif(c, a, b), today(): of no input. */
static enum salve_code call_alone(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    struct form_type then, otherwise = values_type;
    uint16_t programs[2] = {0, 0};
    if (node->left != NULL) return bad(c, node, SALVE_E_UNSUPPORTED, "it stands for itself, behind nothing");
    *type = values_type;
    if (str_is(node->name, "today"))
        return node->args == 0 ? emit(c, node, FORM_OP_TODAY, 0, 0) : bad(c, node, SALVE_E_TYPE, "it takes nothing");
    if (node->args < 2 || node->args > 3) return bad(c, node, SALVE_E_TYPE, "it takes two or three");
    TRY(expression(c, node->right, &then));
    note_presence(c, &then);
    TRY(body(c, node->right->next, NULL, c->is_criteria, &then, &programs[0]));
    if (node->args == 3)
        TRY(body(c, node->right->next->next, NULL, c->is_criteria, &otherwise, &programs[1]));
    else
        TRY(form_program_add(c->r, &(struct form_ins){FORM_OP_NONE, 0, 0}, 1, NULL, &programs[1]));
    if (then.shape == FORM_GIVES_NODES || otherwise.shape == FORM_GIVES_NODES)
        return bad(c, node, SALVE_E_UNSUPPORTED, "it gives values, no items");
    return emit(c, node, FORM_OP_IIF, programs[0], programs[1]);
}

static enum salve_code call(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    if (str_is(node->name, "iif") || str_is(node->name, "today")) return call_alone(c, node, type);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const struct call_row *row = &calls[i];
        if (!str_is(node->name, row->name)) continue;
        if (node->args < row->args_min || node->args > row->args_max)
            return bad(c, node, SALVE_E_TYPE, "it takes another number of arguments");
        TRY(focus(c, node, type));
        if (row->call != NULL) return row->call(c, node, type);
        note_presence(c, type);
        if (!row->keeps_type) *type = values_type;
        return emit(c, node, row->op, 0, 0);
    }
    return bad(c, node, SALVE_E_UNSUPPORTED, "forms do not have this function");
}

/* --- variables ---------------------------------------------------------------------------------------------------- */

static enum salve_code compile_variable(const struct form_reading *r, struct form_variable *variable);

static bool is_around(const struct form *form, uint16_t outer, uint16_t item)
{
    return outer <= item && item < form->items[outer].end;
}

/* The innermost declaration of the name around the item. */
static struct form_variable *find_variable(const struct form *form, uint16_t item, struct str name)
{
    struct form_variable *out = NULL;
    for (uint16_t i = 0; i < form->variable_count; i++) {
        struct form_variable *v = &form->variables[i];
        bool fits = str_eq(v->name, name) && (v->item == FORM_ROOT || is_around(form, v->item, item));
        if (fits && (out == NULL || v->item >= out->item)) out = v;
    }
    return out;
}

static enum salve_code variable(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    if (str_is(node->name, "resource") || str_is(node->name, "rootResource")) {
        *type = node_type(FORM_ROOT);
        return emit(c, node, FORM_OP_ROOT, 0, 0);
    }
    if (str_is(node->name, "context")) {
        *type = node_type(c->item);
        return emit(c, node, FORM_OP_HERE, 0, 0);
    }
    struct form_variable *v = find_variable(c->r->form, c->item, node->name);
    if (v == NULL) return bad(c, node, SALVE_E_UNKNOWN_NAME, "there is no such variable");
    if (v->state == FORM_COMPILES) return bad(c, node, SALVE_E_INVALID, "it reads itself in a circle");
    if (v->state == FORM_WAITS) TRY(compile_variable(c->r, v));
    join(&c->reads, c->r->form->programs[v->program].reads);
    *type = v->type;
    return emit(c, node, FORM_OP_VAR, (size_t)(v - c->r->form->variables), 0);
}

/* --- operators ---------------------------------------------------------------------------------------------------- */

static const struct {
    enum fp_op from;
    enum form_op to;
} operators[] = {{FP_MULTIPLY, FORM_OP_MULTIPLY},
                 {FP_DIVIDE, FORM_OP_DIVIDE},
                 {FP_DIV, FORM_OP_DIV},
                 {FP_MOD, FORM_OP_MOD},
                 {FP_PLUS, FORM_OP_ADD},
                 {FP_MINUS, FORM_OP_SUBTRACT},
                 {FP_CONCAT, FORM_OP_CONCAT},
                 {FP_UNION, FORM_OP_UNION},
                 {FP_LESS, FORM_OP_LESS},
                 {FP_LESS_EQUAL, FORM_OP_LESS_EQUAL},
                 {FP_MORE, FORM_OP_MORE},
                 {FP_MORE_EQUAL, FORM_OP_MORE_EQUAL},
                 {FP_EQUAL, FORM_OP_EQUAL},
                 {FP_NOT_EQUAL, FORM_OP_NOT_EQUAL},
                 {FP_IN, FORM_OP_IN},
                 {FP_CONTAINS, FORM_OP_IN},
                 {FP_AND, FORM_OP_AND},
                 {FP_OR, FORM_OP_OR},
                 {FP_XOR, FORM_OP_XOR},
                 {FP_IMPLIES, FORM_OP_IMPLIES}};

static enum salve_code binary(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    struct form_type left, right;
    bool is_turned = node->op == FP_CONTAINS; /* the one stands on the right of it */
    size_t row = 0;
    while (row < sizeof operators / sizeof operators[0] && operators[row].from != node->op) row++;
    if (row == sizeof operators / sizeof operators[0])
        return bad(c, node, SALVE_E_UNSUPPORTED, "forms do not have this operator");
    TRY(expression(c, is_turned ? node->right : node->left, &left));
    TRY(expression(c, is_turned ? node->left : node->right, &right));
    note_presence(c, &left);
    note_presence(c, &right);
    *type = values_type;
    if (node->op == FP_UNION && left.shape == right.shape) {
        *type = left;
        join(&type->links, &right.links);
    }
    if (node->op == FP_UNION && left.shape != right.shape &&
        (left.shape == FORM_GIVES_NODES || right.shape == FORM_GIVES_NODES))
        return bad(c, node, SALVE_E_TYPE, "items of the form and values do not stand together");
    return emit(c, node, operators[row].to, 0, 0);
}

/* --- expressions -------------------------------------------------------------------------------------------------- */

static enum salve_code literal(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    const struct expr_value *value = &node->literal;
    struct form_value out = {.kind = FORM_IS_BOOLEAN};
    enum form_op op = FORM_OP_CONST;
    uint16_t constant = 0;
    *type = values_type;
    if (value->kind == VALUE_NULL) return emit(c, node, FORM_OP_NONE, 0, 0);
    if (value->kind == VALUE_BOOLEAN)
        out.boolean = value->as.boolean;
    else if (value->kind == VALUE_STRING)
        out = (struct form_value){.kind = FORM_IS_TEXT, .text = expr_text(*value)};
    else if (expr_is_number(*value) && expr_to_decimal(*value, &out.number))
        out.kind = FORM_IS_NUMBER;
    else if (value->kind == VALUE_DATE) {
        out = (struct form_value){.kind = FORM_IS_DATE, .date = *value->as.temporal};
        op = FORM_OP_DATE;
    } else
        return bad(c, node, SALVE_E_UNSUPPORTED, "forms have no such constant");
    TRY(form_constant_add(c->r, out, &constant));
    return emit(c, node, op, constant, 0);
}

static enum salve_code indexer(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    const struct fp_node *at = node->right;
    bool is_first = at->kind == FP_LITERAL && at->literal.kind == VALUE_INTEGER && at->literal.as.integer == 0;
    if (!is_first) return bad(c, node, SALVE_E_UNSUPPORTED, "forms have [0] alone");
    TRY(expression(c, node->left, type));
    note_presence(c, type);
    return emit(c, node, FORM_OP_FIRST, 0, 0);
}

static enum salve_code sign(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    TRY(expression(c, node->left, type));
    note_presence(c, type);
    *type = values_type;
    return node->op == FP_MINUS ? emit(c, node, FORM_OP_NEGATE, 0, 0) : SALVE_OK;
}

static enum salve_code one(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    switch (node->kind) {
    case FP_LITERAL:
        return literal(c, node, type);
    case FP_THIS:
        return here(c, node, type);
    case FP_VARIABLE:
        return variable(c, node, type);
    case FP_CHILD:
        TRY(focus(c, node, type));
        return step(c, node, type);
    case FP_CALL:
        return call(c, node, type);
    case FP_INDEXER:
        return indexer(c, node, type);
    case FP_SIGN:
        return sign(c, node, type);
    case FP_BINARY:
        return binary(c, node, type);
    default:
        return bad(c, node, SALVE_E_UNSUPPORTED, "forms do not have this");
    }
}

static enum salve_code expression(struct compiling *c, const struct fp_node *node, struct form_type *type)
{
    if (++c->depth > FORM_EXPRESSION_DEPTH_MAX) return bad(c, node, SALVE_E_TOO_DEEP, "more than 100 levels");
    enum salve_code code = one(c, node, type);
    c->depth--;
    return code;
}

static enum salve_code compile_in(const struct form_reading *r, uint16_t item, struct str text, const char *what,
                                  struct arena *tree, uint16_t *program, struct form_type *type)
{
    struct form_ins code[FORM_INSTRUCTIONS_MAX];
    struct compiling c = {.r = r, .item = item, .what = what, .code = code};
    struct fp_node *root = NULL;
    enum salve_code parsed = fp_parse(text, tree, r->mem, &root, r->err);
    if (parsed != SALVE_OK) {
        struct str link = item == FORM_ROOT ? STR("the form") : r->form->items[item].link;
        salve_err_in(r->err, "item %.*s: %s", STR_ARGS(link), what);
        return parsed;
    }
    TRY(expression(&c, root, type));
    note_presence(&c, type);
    return form_program_add(r, c.code, c.count, &c.reads, program);
}

static enum salve_code compile(const struct form_reading *r, uint16_t item, struct str text, const char *what,
                               uint16_t *program, struct form_type *type)
{
    struct arena *tree = arena_open(16 << 20);
    if (tree == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
    enum salve_code code = compile_in(r, item, text, what, tree, program, type);
    arena_close(tree);
    return code;
}

static enum salve_code compile_variable(const struct form_reading *r, struct form_variable *v)
{
    v->state = FORM_COMPILES;
    TRY(compile(r, v->item, v->expression, "variable", &v->program, &v->type));
    v->state = FORM_COMPILED;
    return SALVE_OK;
}

enum salve_code form_compile(const struct form_reading *r, uint16_t item, struct str text, const char *what,
                             uint16_t *program)
{
    struct form_type type;
    for (uint16_t i = 0; i < r->form->variable_count; i++)
        if (r->form->variables[i].state == FORM_WAITS) TRY(compile_variable(r, &r->form->variables[i]));
    return compile(r, item, text, what, program, &type);
}
