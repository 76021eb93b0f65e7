/* SPDX-License-Identifier: Apache-2.0
 * What is not a result, one line a kind: to be measured again, measured and not judged, not done, not asked, not worked
 * out for a fault, not part of this check. */
#include "letter/letter_int.h"

enum { NOTE_KINDS_MAX = 9 };

/* The lists of the lines. */
struct notes {
    struct composer *c;
    struct letter_list again, unjudged, excluded, unknown, not_done, not_asked, too_old, faults, others;
};

static enum salve_code make_lists(struct notes *to, struct salve_err *err)
{
    struct letter_list *const lists[] = {&to->again,   &to->unjudged, &to->excluded, &to->not_done, &to->not_asked,
                                         &to->too_old, &to->faults,   &to->others,   &to->unknown};
    struct finding_unmet unmet;
    size_t room = to->c->ask->value_count + to->c->item_count;
    for (size_t i = 0; i < to->c->item_count; i++)
        for (size_t n = 0; finding_unmet(to->c->items[i].finding, n, &unmet); n++) room++;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) TRY(letter_list_make(to->c, room, lists[i], err));
    return SALVE_OK;
}

/* --- values that nobody judges ------------------------------------------------------------------------------------ */

/* A result speaks of that code; of several readings it may rest on the last ones. */
static bool has_line(const struct composer *c, const struct letter_value *value)
{
    for (size_t i = 0; i < c->item_count; i++)
        if (c->items[i].finding->status == FINDING_ASSESSED && !c->items[i].is_quiet &&
            letter_rests_on(c, c->items[i].finding, value->code))
            return true;
    return false;
}

static bool is_unjudged(const struct composer *c, const struct letter_value *value)
{
    return !value->is_answer && !letter_is_fact(c, value->code) && !has_line(c, value);
}

static void note_values(struct notes *to)
{
    const struct composer *c = to->c;
    for (size_t i = 0; i < c->ask->value_count; i++) {
        const struct letter_value *value = &c->ask->values[i];
        if (!is_unjudged(c, value)) continue;
        struct str name = letter_value_name(c, value), number = letter_number(c, NULL, value->value, value->unit);
        letter_list_add(&to->unjudged,
                        number.len == 0 ? name : arena_printf(c->mem, "%.*s %.*s", STR_ARGS(name), STR_ARGS(number)));
    }
}

/* --- what findings say -------------------------------------------------------------------------------------------- */

/* Is a value that nobody judges among the inputs of that guideline? */
bool letter_leaves_value(const struct composer *c, const struct guideline *guideline)
{
    const struct guideline_info *info = guideline_info(guideline);
    for (size_t v = 0; v < c->ask->value_count; v++)
        for (size_t i = 0; i < info->input_count && is_unjudged(c, &c->ask->values[v]); i++)
            if (str_eq(info->inputs[i].code, c->ask->values[v].code)) return true;
    return c->ask->values == NULL;
}

static bool has_alarm(const struct composer *c)
{
    for (size_t i = 0; i < c->item_count; i++)
        if (c->items[i].is_alarm && c->items[i].finding->urgency <= URGENCY_SOON) return true;
    return false;
}

/* "LDL cholesterol (3 November 2025)"; "creatinine (the unit is not one of ours)". */
static struct str with_note(const struct composer *c, struct str label, struct str note)
{
    if (note.len == 0) return label;
    return arena_printf(c->mem, "%.*s (%.*s)", STR_ARGS(label), STR_ARGS(note));
}

static struct str why_words(const struct composer *c, struct str why)
{
    struct str key = arena_printf(c->mem, "why.%.*s", STR_ARGS(why)), word = STR_NONE;
    if (why.len > 0) word = letter_word(c, key.ptr);
    return word.ptr == NULL ? STR("") : word;
}

/* Something that a finding needed and had no answer for: one of the four answers, each with words of its own. */
static void note_unmet(struct notes *to, const struct letter_item *item, const struct finding_unmet *unmet)
{
    const struct composer *c = to->c;
    struct str label = letter_label(c, item->guideline, unmet->label);
    switch (unmet->answer) {
    case FINDING_UNUSABLE:
        letter_list_add(&to->again, with_note(c, label, why_words(c, unmet->note)));
        return;
    case FINDING_TOO_OLD:
        letter_list_add(&to->too_old, with_note(c, label, letter_date(c, unmet->note)));
        return;
    default:
        break;
    }
    if (!letter_is_expected(c, item->finding->guideline, unmet->label)) return;
    letter_list_add(unmet->answer == FINDING_NOT_ASKED ? &to->not_asked : &to->not_done, label);
}

/* Part of it was measured or answered, or the person asked for it: it is named with what it lacks. */
static enum salve_code note_unknown(struct notes *to, const struct letter_item *item, struct salve_err *err)
{
    struct composer *c = to->c;
    struct letter_list labels;
    struct finding_unmet unmet;
    size_t count = 0;
    while (finding_unmet(item->finding, count, &unmet)) count++;
    TRY(letter_list_make(c, count, &labels, err));
    for (size_t i = 0; finding_unmet(item->finding, i, &unmet); i++)
        letter_list_add(&labels, letter_label(c, item->guideline, unmet.label));
    letter_list_add(&to->unknown, with_note(c, item->words.name, letter_list_words(c, &labels)));
    return SALVE_OK;
}

/* Does it lack anything but what the check expected, which is named as not done or not asked? */
static bool lacks_more(const struct composer *c, const struct letter_item *item)
{
    struct finding_unmet unmet;
    for (size_t i = 0; finding_unmet(item->finding, i, &unmet); i++)
        if (!letter_is_expected(c, item->finding->guideline, unmet.label)) return true;
    return item->finding->apart != 0;
}

static bool is_begun(const struct composer *c, const struct letter_item *item)
{
    if (!lacks_more(c, item)) return false;
    return c->ask->packages != NULL && (item->finding->apart != 0 || letter_is_of_visit(c, item->finding) ||
                                        letter_leaves_value(c, item->guideline));
}

static enum salve_code note_item(struct notes *to, const struct letter_item *item, struct salve_err *err)
{
    const struct composer *c = to->c;
    const struct finding *finding = item->finding;
    struct finding_unmet unmet;
    if (finding->status == FINDING_NOT_JUDGED) letter_list_add(&to->faults, item->words.name);
    if (item->is_quiet) return SALVE_OK;
    if (finding->status == FINDING_NOT_ASSESSED && is_begun(c, item)) return note_unknown(to, item, err);
    for (size_t i = 0; finding_unmet(finding, i, &unmet); i++)
        if (finding->status == FINDING_QUERIED || finding->status == FINDING_NOT_ASSESSED) note_unmet(to, item, &unmet);
    /* "these numbers are for adults" never stands beside an alarm */
    if (finding->status == FINDING_EXCLUDED && !has_alarm(c) && letter_leaves_value(c, item->guideline))
        letter_list_add(&to->excluded, item->words.excluded);
    return SALVE_OK;
}

/* --- guidelines that were no part of this check ------------------------------------------------------------------- */

/* Nothing of it speaks. What is kept apart is not spoken of, nor what is for other people only. */
static bool is_other(const struct composer *c, struct str guideline)
{
    bool is_open = false;
    for (size_t i = 0; i < c->item_count; i++) {
        const struct letter_item *item = &c->items[i];
        if (!str_eq(item->finding->guideline, guideline)) continue;
        if (!item->is_quiet || guideline_info(item->guideline)->apart != 0) return false;
        is_open = is_open || item->finding->status != FINDING_EXCLUDED;
    }
    return is_open;
}

static void note_others(struct notes *to)
{
    const struct composer *c = to->c;
    for (size_t i = 0; i < c->item_count; i++) {
        const struct letter_item *item = &c->items[i];
        if (is_other(c, item->finding->guideline))
            letter_list_add(&to->others, guideline_title(item->guideline, c->letter->language));
    }
}

/* --- the lines ---------------------------------------------------------------------------------------------------- */

static void put(const struct notes *from, const char *key, const struct letter_list *list)
{
    struct letter *letter = from->c->letter;
    struct str text = letter_list_words(from->c, list);
    if (text.len == 0) return;
    text = arena_printf(from->c->mem, "%.*s.", STR_ARGS(text));
    letter->notes[letter->note_count++] = (struct letter_note){letter_word(from->c, key), text};
}

static void put_unjudged(const struct notes *from)
{
    const struct composer *c = from->c;
    struct letter *letter = c->letter;
    size_t before = letter->note_count;
    put(from, "note.unjudged", &from->unjudged);
    if (from->excluded.count == 0) return;
    if (letter->note_count == before)
        letter->notes[letter->note_count++] = (struct letter_note){letter_word(c, "note.excluded"), STR("")};
    struct letter_note *note = &letter->notes[letter->note_count - 1];
    for (size_t i = 0; i < from->excluded.count; i++)
        note->text = arena_printf(c->mem, "%.*s%s%.*s", STR_ARGS(note->text), note->text.len > 0 ? " " : "",
                                  STR_ARGS(from->excluded.texts[i]));
}

enum salve_code letter_add_notes(struct composer *c, struct salve_err *err)
{
    struct notes notes = {.c = c};
    c->letter->notes = arena_array(c->mem, struct letter_note, NOTE_KINDS_MAX + 1);
    if (c->letter->notes == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    TRY(make_lists(&notes, err));
    note_values(&notes);
    for (size_t i = 0; i < c->item_count; i++) TRY(note_item(&notes, &c->items[i], err));
    note_others(&notes);
    if (c->ask->is_withheld)
        c->letter->notes[c->letter->note_count++] =
            (struct letter_note){letter_word(c, "note.in-person"), letter_word(c, "note.in-person.what")};
    put(&notes, "note.again", &notes.again);
    put_unjudged(&notes);
    put(&notes, "note.unknown", &notes.unknown);
    put(&notes, "note.not-done", &notes.not_done);
    put(&notes, "note.not-asked", &notes.not_asked);
    put(&notes, "note.too-old", &notes.too_old);
    put(&notes, "note.fault", &notes.faults);
    put(&notes, "note.others", &notes.others);
    return SALVE_OK;
}
