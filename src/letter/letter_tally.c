/* SPDX-License-Identifier: Apache-2.0
 * What the visit came to: what was measured, what of it was judged, and what of that is as it should be. A quantity
 * is a code: two readings of one are one. What came and nobody judges is measured all the same. */
#include "letter/letter_int.h"

struct counting {
    struct composer *c;
    struct letter_list usual, outside, unjudged; /* names */
    uint32_t count[3];                           /* quantities, by enum standing */
};
enum standing { UNJUDGED, USUAL, OUTSIDE };

static void add(struct counting *to, enum standing standing, struct str name)
{
    struct letter_list *const lists[] = {&to->unjudged, &to->usual, &to->outside};
    to->count[standing]++;
    letter_list_add(lists[standing], name);
}

static bool is_judging(const struct letter_item *item)
{
    return item->finding->status == FINDING_ASSESSED && item->mark != LETTER_MARK_NEUTRAL;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static bool is_counted(const struct composer *c, const struct letter_value *value)
{
    return !value->is_answer && !letter_is_fact(c, value->code);
}

static bool is_first_of_code(const struct composer *c, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (is_counted(c, &c->ask->values[i]) && str_eq(c->ask->values[i].code, c->ask->values[at].code)) return false;
    return true;
}

static const struct letter_item *judge_of(const struct composer *c, struct str code, enum standing *standing)
{
    const struct letter_item *judge = NULL;
    *standing = UNJUDGED;
    for (size_t i = 0; i < c->item_count; i++) {
        const struct letter_item *item = &c->items[i];
        if (!is_judging(item) || !letter_rests_on(c, item->finding, code)) continue;
        enum standing one = item->mark == LETTER_MARK_USUAL ? USUAL : OUTSIDE;
        if (one > *standing) *standing = one, judge = item;
    }
    return judge;
}

static void count_values(struct counting *to)
{
    const struct composer *c = to->c;
    for (size_t i = 0; i < c->ask->value_count; i++) {
        const struct letter_value *value = &c->ask->values[i];
        enum standing standing;
        if (!is_counted(c, value) || !is_first_of_code(c, i)) continue;
        const struct letter_item *judge = judge_of(c, value->code, &standing);
        add(to, standing, judge == NULL ? letter_value_name(c, value) : letter_top(judge)->words.name);
    }
}

/* --- findings that rest on no such value -------------------------------------------------------------------------- */

static bool rests_on_values(const struct composer *c, const struct finding *finding)
{
    for (size_t i = 0; i < c->ask->value_count; i++)
        if (is_counted(c, &c->ask->values[i]) && letter_uses(finding, &c->ask->values[i])) return true;
    return false;
}

/* A questionnaire, a result of an earlier day; and where the values are not known, what was found stands for them. */
static void count_finding(struct counting *to, const struct letter_item *item)
{
    enum finding_status status = item->finding->status;
    bool is_known = to->c->ask->values != NULL;
    if (is_judging(item))
        add(to, item->mark == LETTER_MARK_USUAL ? USUAL : OUTSIDE, letter_top(item)->words.name);
    else if (status == FINDING_NOT_JUDGED || status == FINDING_QUERIED)
        add(to, UNJUDGED, item->words.name);
    else if (!is_known && (status == FINDING_EXCLUDED || item->finding->value.len > 0))
        add(to, UNJUDGED, item->words.name);
}

static bool is_alarm_of_value(const struct composer *c, const struct letter_item *item)
{
    return item->is_alarm && item->finding->status == FINDING_QUERIED && c->ask->values != NULL;
}

/* --- danger questions --------------------------------------------------------------------------------------------- */

/* A danger question is one for which the alarm layer has an item, "q-" and its code. */
static bool is_danger_yes(const struct composer *c, const struct letter_value *value)
{
    if (!value->is_answer || !value->is_yes || c->alarms == NULL) return false;
    struct str name = arena_printf(c->mem, "q-%.*s", STR_ARGS(value->code));
    return guideline_item(c->alarms, name) != NULL;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

enum salve_code letter_count(struct composer *c, struct salve_err *err)
{
    struct counting to = {.c = c};
    size_t room = c->item_count + c->ask->value_count;
    c->tally = (struct letter_tally){.urgency = URGENCY_NONE, .told = c->ask->told != NULL};
    TRY(letter_list_make(c, room, &to.usual, err));
    TRY(letter_list_make(c, room, &to.outside, err));
    TRY(letter_list_make(c, room, &to.unjudged, err));
    count_values(&to);
    for (size_t i = 0; i < c->item_count; i++) {
        const struct letter_item *item = &c->items[i];
        if (item->finding->urgency < c->tally.urgency) c->tally.urgency = item->finding->urgency;
        if (!item->is_quiet && !rests_on_values(c, item->finding) && !is_alarm_of_value(c, item))
            count_finding(&to, item);
    }
    for (size_t i = 0; i < c->ask->value_count; i++)
        c->tally.danger_yes = c->tally.danger_yes || is_danger_yes(c, &c->ask->values[i]);
    c->tally.usual = to.count[USUAL];
    c->tally.judged = to.count[USUAL] + to.count[OUTSIDE];
    c->tally.measured = c->tally.judged + to.count[UNJUDGED];
    c->usual = letter_list_short(c, &to.usual);
    c->outside = letter_list_short(c, &to.outside);
    c->unjudged = letter_list_short(c, &to.unjudged);
    return SALVE_OK;
}
