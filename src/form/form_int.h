/* SPDX-License-Identifier: Apache-2.0
 *
 * form_int - inside the room of forms: what a Questionnaire is once it was read. Items stand in one array in the order
 * of the form, a parent before its children; item 0 is the form itself. A subtree is a range of the array. Include only
 * from src/form/. */
#ifndef SALVE_FORM_FORM_INT_H
#define SALVE_FORM_FORM_INT_H

#include "fhirpath/fhirpath.h"
#include "form/form.h"

enum {
    FORM_ITEMS_MAX = 1000,
    FORM_OPTIONS_MAX = 100,
    FORM_UNITS_MAX = 8,
    FORM_CHECKS_MAX = 8,
    FORM_LANGUAGES_MAX = 8,
    FORM_VARIABLES_MAX = 64,
    FORM_PROGRAMS_MAX = 4000,
    FORM_INSTRUCTIONS_MAX = 500,
    FORM_CONSTANTS_MAX = 8000,
    FORM_BODIES_DEPTH_MAX = 8,
    FORM_EXPRESSION_BYTES_MAX = 4000,
    FORM_EXPRESSION_DEPTH_MAX = 100,
    FORM_STEPS_MAX = 100 * 1000,
    FORM_RECKON_STEPS_MAX = 20 * 1000 * 1000,
    FORM_NODES_MAX = 20 * 1000,
    FORM_COLLECTION_MAX = 10 * 1000,
    FORM_MOST = 50,
    FORM_TEXT_BYTES_MAX = 2000,
    FORM_LINK_BYTES_MAX = 64,
    FORM_LINK_WORDS = (FORM_ITEMS_MAX + 1 + 63) / 64,
    FORM_ROOT = 0,
    FORM_NONE = UINT16_MAX
};

enum form_op {
#define FORM_OP(id, text, operands, pops, pushes, meaning) FORM_OP_##id,
#include "form/form_ops.def"
#undef FORM_OP
    FORM_OPS
};

/* form_op_text - the instruction as it is written. */
struct str form_op_text(enum form_op op);

/* The operators of enableWhen. */
enum form_relation {
    FORM_EXISTS,
    FORM_EQUAL,
    FORM_NOT_EQUAL,
    FORM_MORE,
    FORM_LESS,
    FORM_MORE_EQUAL,
    FORM_LESS_EQUAL,
    FORM_RELATION_COUNT
};
struct str form_relation_text(enum form_relation relation);

/* --- values ------------------------------------------------------------------------------------------------------- */
enum form_value_kind {
    FORM_IS_NODE,
    FORM_IS_BOOLEAN,
    FORM_IS_NUMBER,
    FORM_IS_TEXT,
    FORM_IS_DATE,
    FORM_IS_CHOICE,
    FORM_IS_QUANTITY
};

struct form_node;
struct form_option;
struct form_value {
    enum form_value_kind kind;
    bool boolean;
    struct expr_decimal number; /* of a quantity too */
    struct str text;            /* of a quantity: its unit */
    struct expr_temporal date;
    const struct form_option *option;
    struct form_node *node;
};

/* --- the form ----------------------------------------------------------------------------------------------------- */
struct form_words {
    struct str in[FORM_LANGUAGES_MAX]; /* by the languages of the form */
};

struct form_option {
    struct str value; /* what an answer says */
    struct form_words text;
    struct str system;          /* of a Coding; STR_NONE */
    enum form_value_kind kind;  /* of its value: CHOICE, NUMBER, TEXT */
    struct expr_decimal number; /* of a whole number */
    struct expr_decimal score;
    bool has_score, is_alone;
};

struct form_unit {
    struct str code;
    struct form_words text;
};

struct form_check {
    uint16_t program;
    struct form_words say;
    bool is_warning;
};

struct form_links { /* a set of items */
    uint64_t words[FORM_LINK_WORDS];
};

struct form_ins {
    uint8_t op; /* enum form_op */
    uint16_t a, b;
};

struct form_program {
    const struct form_ins *code;
    uint16_t count;
    struct form_links *reads; /* of a body: NULL */
};

/* What an expression gives, as far as it is known before it runs. */
enum form_shape { FORM_GIVES_VALUES, FORM_GIVES_ANSWERS, FORM_GIVES_NODES };
struct form_type {
    enum form_shape shape;
    struct form_links links; /* of NODES: the items that they can be */
};

struct form_variable {
    struct str name, expression;
    uint16_t item, program;
    struct form_type type;
    enum { FORM_WAITS, FORM_COMPILES, FORM_COMPILED } state;
};

struct form_item {
    struct str link;
    enum form_kind kind;
    uint16_t parent, end; /* end: behind the last item inside it */
    uint16_t depth;
    struct form_words text, prefix, help;
    bool has_prefix, has_help, is_required, repeats, is_hidden, is_read_only, has_lines, is_kept, is_left;
    bool is_part, is_panel; /* one of two numbers of a measurement; the group of both */
    uint32_t most, length;
    int32_t decimals; /* -1: any */
    struct form_option *options;
    struct form_unit *units;
    struct form_check *checks;
    uint16_t option_count, unit_count, check_count;
    struct str min, max;
    struct str system, code;
    uint16_t when, calculated; /* programs; FORM_NONE */
    struct str *initials;      /* values of `initial` */
    size_t initial_count;
    struct str first_expression; /* of initialExpression */
    struct fhirpath *first;
    int32_t link_period_days; /* of observationLinkPeriod; 0: none */
    tape_at node;             /* of the Questionnaire, while it is read */
};

struct form {
    struct str id, version, url, copyright;
    struct form_words title;
    struct str languages[FORM_LANGUAGES_MAX];
    size_t language_count;
    struct form_item *items;
    uint16_t item_count;
    struct form_variable *variables;
    uint16_t variable_count;
    struct form_program *programs;
    uint16_t program_count;
    struct form_value *constants;
    uint16_t constant_count;
    uint16_t *order; /* the items with `when` or `calculated`, each behind what it reads */
    uint16_t order_count;
};

/* form_find - the item of that link; FORM_NONE. */
uint16_t form_find(const struct form *form, struct str link);
/* form_word - the words in the language of that number; in English where it has none. */
struct str form_word(const struct form_words *words, size_t language);
size_t form_language_number(const struct form *form, struct str language); /* 0: English, or not known */

static inline void form_links_add(struct form_links *links, uint16_t item)
{
    links->words[item / 64] |= (uint64_t)1 << item % 64;
}
static inline bool form_links_has(const struct form_links *links, uint16_t item)
{
    return (links->words[item / 64] >> item % 64 & 1) != 0;
}

/* --- reading (form_read.c, form_words.c, form_extension.c) -------------------------------------------------------- */
struct form_reading {
    struct form *form;
    const struct tape *tape;
    const struct admit_rules *rules;
    struct arena *mem;
    struct salve_err *err;
};

/* form_bad - fails, naming the item and what of it. form_unknown - what forms do not have. */
enum salve_code form_bad(const struct form_reading *r, const struct form_item *item, const char *what, const char *why);
enum salve_code form_unknown(const struct form_reading *r, const struct form_item *item, struct str what);
/* form_words_read - the words of a primitive and its translations, in all languages of the form. */
enum salve_code form_words_read(const struct form_reading *r, const struct form_item *item, tape_at primitive,
                                const char *what, struct form_words *out);
enum salve_code form_languages_read(const struct form_reading *r, tape_at title);
/* form_extension_read - one extension of an item, but for its expressions; form_extension_compile - its expressions,
 * once all items are there. */
enum salve_code form_extension_read(const struct form_reading *r, struct form_item *item, tape_at extension);
enum salve_code form_extension_compile(const struct form_reading *r, struct form_item *item, tape_at extension);
enum salve_code form_option_extension(const struct form_reading *r, const struct form_item *item, tape_at extension,
                                      struct form_option *out);
/* form_variable_read - a variable, at the form or at a group. */
enum salve_code form_variable_read(const struct form_reading *r, struct form_item *item, tape_at extension);
/* form_options_read, form_enable_read (form_options.c) - the options; the program of enableWhen. */
enum salve_code form_options_read(const struct form_reading *r, struct form_item *item);
enum salve_code form_initial_read(const struct form_reading *r, struct form_item *item);
enum salve_code form_enable_compile(const struct form_reading *r, struct form_item *item);
tape_at form_value_of(const struct tape *tape, tape_at parent); /* value[x]; TAPE_NONE */

/* --- compiling (form_compile.c, form_order.c) --------------------------------------------------------------------- */
/* form_compile - an expression of an item as a program. `what` names it in errors. */
enum salve_code form_compile(const struct form_reading *r, uint16_t item, struct str expression, const char *what,
                             uint16_t *program);
enum salve_code form_program_add(const struct form_reading *r, const struct form_ins *code, size_t count,
                                 const struct form_links *reads, uint16_t *program);
enum salve_code form_constant_add(const struct form_reading *r, struct form_value value, uint16_t *out);
/* form_order - fills form->order. E_INVALID: an item that reads itself in a circle. */
enum salve_code form_order(const struct form_reading *r);

/* --- answers and running (form_values.c, form_tree.c, form_run.c) ------------------------------------------------- */
/* form_value_read - the text of an answer by the kind of its item; false: *why. */
bool form_value_read(const struct form_item *item, struct str text, struct form_value *out, enum form_why *why);
/* form_value_text - the other way round; STR_NONE: it is no answer of that item. */
struct str form_value_text(const struct form_item *item, const struct form_value *value, struct arena *mem);
/* form_in_range - is it inside of the item's min and max? */
bool form_in_range(const struct form_item *item, const struct form_value *value);

/* One instance of an item. Those of one item in one place are neighbours. */
struct form_node {
    uint16_t item;
    uint32_t number; /* of instances of a repeating group */
    struct form_node *parent, *first, *next;
    struct form_node *same; /* the next instance of its item, wherever it stands */
    struct form_value *values;
    struct str *texts; /* of each value: as answered; of a calculated one as written */
    size_t *which;     /* of each value: its number in the answer */
    size_t value_count;
    size_t answer;      /* of the ask; SIZE_MAX */
    bool is_unasked;    /* by its own `when` */
    bool is_calculated; /* its values are what was reckoned */
};

struct form_state {
    const struct form *form;
    struct form_node *root;
    struct form_node **firsts; /* by item: its first instance */
    struct expr_temporal today;
    uint64_t steps; /* that are left for all programs together */
    struct arena *mem;
};

/* form_tree - the instances of all items with what was answered; what cannot be read is handed to `fault`. *reads: all
 * answers that can. */
typedef enum salve_code form_fault_add(void *with, const struct form_fault *fault);
struct form_tree_ask {
    const struct form_ask *ask;
    form_fault_add *fault;
    void *with;
};
enum salve_code form_tree(const struct form *form, const struct form_tree_ask *ask, struct arena *mem,
                          struct form_state *out, struct salve_err *err);
/* form_path - the numbers of the repeating groups around a node. */
size_t form_path(const struct form_state *state, const struct form_node *node, uint32_t path[FORM_DEPTH_MAX]);

/* form_run - what a program gives at a node, in state->mem. False: it ended, and gives nothing; *count is 0 then. */
bool form_run(struct form_state *state, uint16_t program, struct form_node *here, const struct form_value **out,
              size_t *count);
/* form_is_asked - by itself and by all around it. form_next - the nodes in the order of the form; NULL at the end. */
bool form_is_asked(const struct form_node *node);
struct form_node *form_next(const struct form_node *node);

/* Parts of answers as JSON (form_answers.c). */
void form_path_write(struct json_writer *w, const uint32_t *path, size_t count);
void form_answer_write(const struct form_answer *answer, struct json_writer *w);

#endif
