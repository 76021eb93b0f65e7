/* SPDX-License-Identifier: Apache-2.0
 * How each finding lies to what is usual, and which findings are said together: one sentence for one thing. */
#include "letter/letter_int.h"

#define SEE_CONCLUSION "see-conclusion"

bool letter_uses(const struct finding *finding, const struct letter_value *value)
{
    for (size_t i = 0; i < finding->input_count; i++)
        if (value->reference.len > 0 && str_eq(finding->inputs[i].reference, value->reference)) return true;
    return false;
}

bool letter_rests_on(const struct composer *c, const struct finding *finding, struct str code)
{
    for (size_t i = 0; i < c->ask->value_count; i++)
        if (str_eq(c->ask->values[i].code, code) && letter_uses(finding, &c->ask->values[i])) return true;
    return false;
}

bool letter_is_of_visit(const struct composer *c, const struct finding *finding)
{
    const struct letter_ask *ask = c->ask;
    for (size_t i = 0; i < ask->value_count; i++)
        if (letter_uses(finding, &ask->values[i])) return true;
    for (size_t i = 0; i < finding->input_count; i++) /* where the values are not known */
        if (ask->values == NULL && str_eq(str_cut(finding->inputs[i].date, 0, 10), ask->date)) return true;
    return false;
}

/* Is that input, a number, among the inputs of the other finding? */
static bool has_input(const struct finding *finding, const struct finding_input *input)
{
    for (size_t i = 0; i < finding->input_count; i++)
        if (input->reference.len > 0 && str_eq(finding->inputs[i].reference, input->reference)) return true;
    return false;
}

static bool shares_number(const struct finding *a, const struct finding *b)
{
    for (size_t i = 0; i < a->input_count; i++)
        if (letter_is_number(a->inputs[i].value) && has_input(b, &a->inputs[i])) return true;
    return false;
}

/* --- marks -------------------------------------------------------------------------------------------------------- */

static bool points_to_conclusion(const struct finding *finding) { return str_is(finding->action, SEE_CONCLUSION); }

/* A conclusion of the same guideline that a single result points to; NULL: there is none. */
static const struct letter_item *conclusion_of(const struct composer *c, const struct finding *finding)
{
    for (size_t i = 0; i < c->item_count; i++) {
        const struct finding *other = c->items[i].finding;
        bool is_one = other->status == FINDING_ASSESSED && !points_to_conclusion(other) &&
                      str_eq(other->guideline, finding->guideline);
        if (is_one && (other->value.len == 0 || shares_number(finding, other))) return &c->items[i];
    }
    return NULL;
}

static enum letter_mark mark_of_category(const struct letter_item *item)
{
    static const enum letter_mark marks[] = {[GUIDELINE_NEUTRAL] = LETTER_MARK_NEUTRAL,
                                             [GUIDELINE_USUAL] = LETTER_MARK_USUAL,
                                             [GUIDELINE_WATCH] = LETTER_MARK_WATCH,
                                             [GUIDELINE_SEE] = LETTER_MARK_SEE};
    const struct guideline_item *about = guideline_item(item->guideline, item->finding->item);
    if (item->is_alarm) return LETTER_MARK_SEE;
    if (item->finding->status != FINDING_ASSESSED || about == NULL) return LETTER_MARK_NEUTRAL;
    enum letter_mark mark = marks[guideline_mark(about, item->finding->category)];
    /* what asks for something is not as it should be, whatever its category says */
    return mark == LETTER_MARK_USUAL && item->finding->urgency <= URGENCY_ROUTINE ? LETTER_MARK_WATCH : mark;
}

/* A single result that points to a conclusion is judged where that conclusion is, and nowhere else. */
static void mark_all(struct composer *c)
{
    for (size_t i = 0; i < c->item_count; i++) {
        struct letter_item *item = &c->items[i];
        item->mark = mark_of_category(item);
        if (!points_to_conclusion(item->finding)) continue;
        const struct letter_item *conclusion = conclusion_of(c, item->finding);
        if (conclusion == NULL || mark_of_category(conclusion) == LETTER_MARK_NEUTRAL) item->mark = LETTER_MARK_NEUTRAL;
    }
}

/* --- together ----------------------------------------------------------------------------------------------------- */

static bool is_over(const struct letter_item *alarm, const struct letter_item *item)
{
    const struct finding *finding = alarm->finding;
    if (!alarm->is_alarm || alarm == item || finding->status != FINDING_ASSESSED) return false;
    if (item->is_alarm) return alarm < item && !str_is(finding->action, LETTER_ASK_NOW);
    return finding->urgency <= item->finding->urgency;
}

/* An alarm about the same numbers that is as urgent says all that needs to be said of them: "one check is not enough to
 * be sure" never stands beside "today". Of several alarms about them the first that is certain does. */
static const struct letter_item *alarm_over(const struct composer *c, const struct letter_item *item)
{
    const struct finding *finding = item->finding;
    const struct letter_item *first = NULL;
    for (size_t n = 0; n < finding->input_count; n++) {
        const struct letter_item *over = NULL;
        if (!letter_is_number(finding->inputs[n].value)) continue;
        for (size_t i = 0; i < c->item_count && over == NULL; i++)
            if (is_over(&c->items[i], item) && has_input(c->items[i].finding, &finding->inputs[n])) over = &c->items[i];
        if (over == NULL) return NULL; /* a number that no alarm is about */
        if (first == NULL) first = over;
    }
    return first;
}

static int weight_of(enum letter_mark mark)
{
    return mark == LETTER_MARK_NEUTRAL ? 0 : mark == LETTER_MARK_USUAL ? 1 : mark == LETTER_MARK_WATCH ? 2 : 3;
}

/* One that says the same thing in a better way, and is neither less urgent nor less telling. */
static const struct letter_item *better_than(const struct composer *c, const struct letter_item *item)
{
    for (size_t i = 0; i < c->item_count; i++) {
        const struct letter_item *other = &c->items[i];
        if (other == item || other->is_quiet || other->finding->status != FINDING_ASSESSED) continue;
        bool says_more =
            other->finding->urgency <= item->finding->urgency && weight_of(other->mark) >= weight_of(item->mark);
        if (says_more && letter_says_once(c, other->finding, item->finding)) return other;
    }
    return NULL;
}

/* One that cannot be told from an earlier item: the same words, value and action. */
static const struct letter_item *twin_before(const struct composer *c, const struct letter_item *item)
{
    for (const struct letter_item *other = c->items; other < item; other++)
        if (other->under == NULL && !other->is_quiet && other->finding->status == item->finding->status &&
            str_eq(other->words.name, item->words.name) && str_eq(other->words.headline, item->words.headline) &&
            str_eq(other->finding->value, item->finding->value) && str_eq(other->words.next, item->words.next))
            return other;
    return NULL;
}

const struct letter_item *letter_top(const struct letter_item *item)
{
    while (item->under != NULL) item = item->under;
    return item;
}

static const struct letter_item *place_of(const struct composer *c, const struct letter_item *item)
{
    const struct letter_item *over = alarm_over(c, item);
    if (over == NULL && points_to_conclusion(item->finding)) over = conclusion_of(c, item->finding);
    if (over == NULL) over = better_than(c, item);
    if (over == NULL) over = twin_before(c, item);
    return over != NULL && letter_top(over) == item ? NULL : over; /* not under what stands under it */
}

/* The assessed first: what is left over decides which others speak. */
void letter_join(struct composer *c)
{
    mark_all(c);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < c->item_count; i++) {
            struct letter_item *item = &c->items[i];
            if ((item->finding->status == FINDING_ASSESSED) != (pass == 0)) continue;
            item->is_quiet = !letter_speaks(c, item);
        }
    for (size_t i = 0; i < c->item_count; i++) {
        struct letter_item *item = &c->items[i];
        if (item->is_quiet) continue;
        item->under = item->finding->status == FINDING_ASSESSED ? place_of(c, item) : alarm_over(c, item);
    }
}
