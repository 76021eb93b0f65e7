/* SPDX-License-Identifier: Apache-2.0
 * What to do: all actions of all findings in one list, the most urgent first, what is certain before what is asked. One
 * action at one place stands once, with all that it is for. */
#include "base/assert.h"
#include "letter/letter_int.h"

/* A step in the making. */
struct making {
    struct letter_step step;
    struct letter_list why;
    bool asks;
};

struct steps {
    struct composer *c;
    struct making *list;
    size_t count, room;
    struct letter_list asked; /* what is to be told */
};

/* --- places ------------------------------------------------------------------------------------------------------- */

static const struct letter_place *place_for(const struct composer *c, struct str action)
{
    const struct letter_clinic *clinic = &c->ask->clinic;
    for (size_t i = 0; i < clinic->place_count; i++)
        if (str_eq(clinic->places[i].action, action)) return &clinic->places[i];
    return NULL;
}

/* "North Clinic, 1 Main Road, 0123 456, Monday to Friday". */
static struct str place_words(const struct composer *c, const struct letter_place *place)
{
    const struct letter_clinic *clinic = &c->ask->clinic;
    struct letter_place at = *place;
    struct letter_list parts;
    if (str_is(at.name, LETTER_HERE_NAME))
        at = (struct letter_place){at.action, c->ask->site, clinic->address, clinic->telephone, clinic->hours};
    if (letter_list_make((struct composer *)c, 4, &parts, NULL) != SALVE_OK) return STR("");
    letter_list_add(&parts, letter_name(c, at.name));
    letter_list_add(&parts, letter_name(c, at.address));
    letter_list_add(&parts, letter_name(c, at.telephone));
    letter_list_add(&parts, letter_name(c, at.hours));
    return letter_list_words(c, &parts);
}

/* Where an action takes the person; what cannot wait also says what holds outside the hours. */
static struct str where_of(const struct composer *c, struct str action, enum urgency urgency)
{
    const struct letter_place *place = place_for(c, action), *after = place_for(c, STR(LETTER_AFTER_HOURS));
    if (place == NULL) return STR("");
    struct str where = letter_fill(letter_word(c, "where"), c->mem, "place", place_words(c, place));
    bool closes = place->hours.len > 0 || (str_is(place->name, LETTER_HERE_NAME) && c->ask->clinic.hours.len > 0);
    if (urgency > URGENCY_SAME_DAY || after == NULL || !closes || after == place) return where;
    struct str other = letter_fill(letter_word(c, "where.after"), c->mem, "place", place_words(c, after));
    return arena_printf(c->mem, "%.*s %.*s", STR_ARGS(where), STR_ARGS(other));
}

/* A sentence with {crisis} stands only where the site gave the number. */
static struct str with_crisis(const struct composer *c, struct str text)
{
    struct str number = c->ask->clinic.crisis;
    ptrdiff_t at = str_find(text, STR("{crisis}"));
    if (at < 0) return text;
    if (number.len > 0) return letter_fill(text, c->mem, "crisis", letter_name(c, number));
    size_t from = (size_t)at, to = (size_t)at;
    while (from > 0 && text.ptr[from - 1] != '.') from--;
    while (to < text.len && text.ptr[to] != '.') to++;
    struct str before = str_trim(str_cut(text, 0, from)), behind = str_trim(str_cut(text, to + 1, text.len));
    return str_trim(arena_printf(c->mem, "%.*s %.*s", STR_ARGS(before), STR_ARGS(behind)));
}

/* --- one action --------------------------------------------------------------------------------------------------- */

/* The words of an action of the alarm layer, of the first item that has it. */
static struct guideline_words alarm_words(const struct composer *c, struct str action)
{
    const struct guideline_info *info = guideline_info(c->alarms);
    for (size_t i = 0; i < info->item_count; i++)
        for (size_t a = 0; a < info->items[i].action_count; a++) {
            if (!str_eq(info->items[i].actions[a], action)) continue;
            struct finding any = {.item = info->items[i].name, .action = action};
            return letter_finding_words(c, c->alarms, &any);
        }
    return (struct guideline_words){0};
}

/* What is said of an action, and where it takes place. One that is the same as an action of the alarm layer has its
 * words, so that both are one step. */
static struct letter_step step_of(const struct composer *c, const struct letter_item *item, struct str action)
{
    struct finding as = *item->finding;
    struct str same = item->is_alarm ? action : letter_same_action(c, item->finding, action);
    struct guideline_words words = {0};
    as.action = action;
    if (!item->is_alarm && same.len > 0 && c->alarms != NULL) words = alarm_words(c, same);
    if (words.next.len == 0) words = letter_finding_words(c, item->guideline, &as);
    return (struct letter_step){.what = with_crisis(c, words.next),
                                .when = with_crisis(c, words.when),
                                .where = where_of(c, same.len > 0 ? same : action, item->finding->urgency),
                                .urgency = item->finding->urgency};
}

/* "Blood pressure 195 / 121 mmHg"; without the number where that can wait. */
static struct str reason_of(const struct composer *c, const struct letter_item *item)
{
    struct str value = letter_value_words(c, item);
    if (item->is_alarm && str_starts(item->finding->item, STR("q-"))) return item->words.headline;
    if (item->finding->urgency > URGENCY_SOON || value.len == 0) return item->words.name;
    return arena_printf(c->mem, "%.*s %.*s", STR_ARGS(item->words.name), STR_ARGS(value));
}

static enum salve_code add_step(struct steps *to, const struct letter_item *item, struct letter_step step, bool asks,
                                struct salve_err *err)
{
    size_t at = 0;
    if (step.what.len == 0) return SALVE_OK;
    while (at < to->count && !(str_eq(to->list[at].step.what, step.what) && str_eq(to->list[at].step.when, step.when) &&
                               str_eq(to->list[at].step.where, step.where)))
        at++;
    if (at == to->count) {
        salve_assert(to->count < to->room);
        to->list[at] = (struct making){.step = step, .asks = asks};
        TRY(letter_list_make(to->c, to->c->item_count, &to->list[at].why, err));
        to->count++;
    }
    letter_list_add(&to->list[at].why, reason_of(to->c, item));
    return SALVE_OK;
}

/* An alarm's own action, which is as urgent, is for the same numbers; and what says the same thing in a better way asks
 * for as much. */
static bool is_said_above(const struct composer *c, const struct letter_item *item)
{
    const struct letter_item *top = letter_top(item);
    bool asks = top->finding->action.len > 0 && top->finding->urgency <= item->finding->urgency;
    if (top->is_alarm) return !str_is(item->finding->action, LETTER_ASK_NOW);
    return str_eq(top->words.next, item->words.next) || (asks && letter_says_once(c, top->finding, item->finding));
}

/* What is asked now, all of it in one step; and the action for what is certain, which is done meanwhile. */
static enum salve_code add_item(struct steps *to, const struct letter_item *item, struct salve_err *err)
{
    const struct finding *finding = item->finding;
    bool asks = str_is(finding->action, LETTER_ASK_NOW);
    struct finding_unmet unmet;
    if (finding->action.len == 0 || finding->urgency == URGENCY_NONE || item->is_quiet) return SALVE_OK;
    if (item->under != NULL && is_said_above(to->c, item)) return SALVE_OK;
    for (size_t i = 0; asks && finding_unmet(finding, i, &unmet); i++)
        if (unmet.answer != FINDING_UNUSABLE)
            letter_list_add(&to->asked, letter_label(to->c, item->guideline, unmet.label));
    if (asks && finding->meanwhile.len > 0)
        TRY(add_step(to, item, step_of(to->c, item, finding->meanwhile), false, err));
    return add_step(to, item, step_of(to->c, item, finding->action), asks, err);
}

/* "Please stay ... . We need to know: your age, whether you are pregnant." */
static struct str with_asked(const struct steps *from, const struct making *making)
{
    const struct composer *c = from->c;
    if (!making->asks || from->asked.count == 0) return making->step.what;
    return arena_printf(c->mem, "%.*s %.*s %.*s.", STR_ARGS(making->step.what), STR_ARGS(letter_word(c, "ask")),
                        STR_ARGS(letter_list_words(c, &from->asked)));
}

static void put(struct steps *from, enum urgency urgency, bool asks)
{
    struct letter *letter = from->c->letter;
    for (size_t i = 0; i < from->count; i++) {
        const struct making *making = &from->list[i];
        if (making->step.urgency != urgency || making->asks != asks) continue;
        struct letter_step *step = &letter->steps[letter->step_count++];
        *step = making->step;
        step->what = with_asked(from, making);
        step->why = letter_fill(letter_word(from->c, "because"), from->c->mem, "reasons",
                                letter_list_words(from->c, &making->why));
        letter->urgent_step_count += urgency <= URGENCY_SAME_DAY;
    }
}

enum salve_code letter_add_steps(struct composer *c, struct salve_err *err)
{
    struct steps steps = {.c = c, .room = 2 * c->item_count};
    struct finding_unmet unmet;
    size_t asked_room = 0;
    for (size_t i = 0; i < c->item_count; i++)
        for (size_t n = 0; finding_unmet(c->items[i].finding, n, &unmet); n++) asked_room++;
    steps.list = arena_array(c->mem, struct making, steps.room + 1);
    c->letter->steps = arena_array(c->mem, struct letter_step, steps.room + 1);
    if (steps.list == NULL || c->letter->steps == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    TRY(letter_list_make(c, asked_room, &steps.asked, err));
    for (size_t i = 0; i < c->item_count; i++) TRY(add_item(&steps, &c->items[i], err));
    for (int urgency = 0; urgency < URGENCY_NONE; urgency++) {
        put(&steps, (enum urgency)urgency, false);
        put(&steps, (enum urgency)urgency, true);
    }
    return SALVE_OK;
}
