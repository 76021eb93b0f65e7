/* SPDX-License-Identifier: Apache-2.0
 * From signed findings and the words of their guidelines to one description that every rendering follows: which
 * findings there are, in which order, and the frame around them. Results, steps and notes have files of their own. */
#include <stdlib.h>

#include "base/assert.h"
#include "letter/letter_int.h"

#define ALARMS      "alarms"
#define ALARMS_SITE "alarms-site" /* what a site adds */
#define A_YEAR      "P1Y"

static const struct guideline *guideline_of(const struct letter_ask *ask, struct str id)
{
    for (size_t i = 0; i < ask->guideline_count; i++)
        if (str_eq(guideline_info(ask->guidelines[i])->id, id)) return ask->guidelines[i];
    return NULL;
}

/* --- the findings, in the order of the letter --------------------------------------------------------------------- */

static int by_urgency(const void *a, const void *b)
{
    const struct finding *x = *(const struct finding *const *)a, *y = *(const struct finding *const *)b;
    if (x->urgency != y->urgency) return x->urgency < y->urgency ? -1 : 1;
    bool x_asks = str_is(x->action, LETTER_ASK_NOW), y_asks = str_is(y->action, LETTER_ASK_NOW);
    if (x->urgency < URGENCY_ROUTINE && x_asks != y_asks) return y_asks ? -1 : 1; /* what is certain first */
    return x < y ? -1 : x > y;                                                    /* as the guidelines gave them */
}

/* A letter with a gap where the answer should stand is worse than none. */
static bool has_words(const struct finding *finding, const struct guideline_words *words)
{
    if (words->name.len == 0) return false;
    if (finding->status == FINDING_NOT_JUDGED) return true;
    if (finding->status == FINDING_ASSESSED) return words->headline.len > 0;
    if (finding->status == FINDING_EXCLUDED) return words->excluded.len > 0;
    return finding->status == FINDING_QUERIED ? words->queried.len > 0 : words->missing.len > 0;
}

static enum salve_code fill_item(struct composer *c, const struct finding *finding, struct letter_item *item,
                                 struct salve_err *err)
{
    const struct guideline *guideline = guideline_of(c->ask, finding->guideline);
    if (guideline == NULL) return salve_fail(err, SALVE_E_INVALID, "guideline %.*s", STR_ARGS(finding->guideline));
    *item = (struct letter_item){.finding = finding, .guideline = guideline};
    item->words = letter_finding_words(c, guideline, finding);
    item->is_alarm = str_is(finding->guideline, ALARMS) || str_is(finding->guideline, ALARMS_SITE);
    if (has_words(finding, &item->words)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "it has no words for this finding in the language of the letter",
                        "guideline %.*s", STR_ARGS(finding->guideline));
}

static enum salve_code read_items(struct composer *c, struct salve_err *err)
{
    size_t count = c->ask->finding_count;
    const struct finding **sorted = arena_array(c->mem, const struct finding *, count + 1);
    c->items = arena_array(c->mem, struct letter_item, count + 1);
    if (sorted == NULL || c->items == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    for (size_t i = 0; i < count; i++) sorted[i] = &c->ask->findings[i];
    if (count > 1) qsort(sorted, count, sizeof *sorted, by_urgency);
    for (size_t i = 0; i < count; i++) TRY(fill_item(c, sorted[i], &c->items[i], err));
    c->item_count = count;
    letter_join(c);
    return letter_count(c, err);
}

static enum salve_code start(const struct letter_ask *ask, const struct letter_frame *frame, struct arena *mem,
                             struct composer *c, struct salve_err *err)
{
    struct letter *letter = arena_new(mem, struct letter);
    if (letter == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    *c = (struct composer){.ask = ask, .frame = frame, .mem = mem, .letter = letter};
    c->alarms = guideline_of(ask, STR(ALARMS));
    letter_set_frame(letter, frame);
    letter->paper = str_is(ask->clinic.paper, "letter") ? LETTER_PAPER_US : LETTER_PAPER_A4;
    letter->has_arabic_digits = letter->is_rtl && str_is(ask->clinic.digits, "arabic");
    return read_items(c, err);
}

enum salve_code letter_tally_of(const struct letter_ask *ask, const struct letter_frame *frame, struct arena *mem,
                                struct letter_tally *out, struct salve_err *err)
{
    struct composer c;
    TRY(start(ask, frame, mem, &c, err));
    *out = c.tally;
    return SALVE_OK;
}

/* --- the frame around them ---------------------------------------------------------------------------------------- */

/* Two sentences, or the one that there is. */
static struct str both(const struct composer *c, struct str first, struct str second)
{
    if (first.len == 0 || second.len == 0) return first.len > 0 ? first : second;
    return arena_printf(c->mem, "%.*s %.*s", STR_ARGS(first), STR_ARGS(second));
}

static struct str details_of(const struct composer *c)
{
    const struct letter_ask *ask = c->ask;
    struct str date = letter_fill(letter_word(c, "checked"), c->mem, "date", letter_date(c, ask->date));
    if (ask->site.len == 0) return date;
    return arena_printf(c->mem, "%.*s \u00b7 %.*s", STR_ARGS(date), STR_ARGS(letter_name(c, ask->site)));
}

static struct str banner_of(const struct composer *c)
{
    struct str banner = c->ask->is_demo ? letter_word(c, "demo") : STR("");
    if (c->ask->clinician.len == 0) banner = both(c, banner, letter_word(c, "draft"));
    if (c->ask->is_paper) banner = both(c, banner, letter_word(c, "paper"));
    if (c->ask->corrects.len > 0)
        banner =
            both(c, banner, letter_fill(letter_word(c, "corrects"), c->mem, "date", letter_date(c, c->ask->corrects)));
    return c->ask->is_outdated ? both(c, banner, letter_word(c, "outdated")) : banner;
}

static struct str unconfirmed_of(const struct composer *c)
{
    for (size_t i = 0; i < c->item_count; i++)
        if (str_is(c->items[i].finding->standing, "unconfirmed")) return letter_word(c, "unconfirmed");
    return STR("");
}

/* The first sentence, by the headline; where something can wait, how well. */
static struct str answer_of(const struct composer *c)
{
    enum letter_headline headline = letter_headline(&c->tally);
    struct str key = arena_printf(c->mem, "answer.%s", letter_headline_text(headline));
    struct str answer = letter_word(c, key.ptr);
    answer = letter_fill(answer, c->mem, "usual", c->usual);
    answer = letter_fill(answer, c->mem, "outside", c->outside);
    answer = letter_fill(answer, c->mem, "unjudged", c->unjudged);
    if (headline <= LETTER_SOON) return answer;
    if (c->tally.urgency == URGENCY_ROUTINE) return both(c, answer, letter_word(c, "answer.no-hurry"));
    return c->tally.urgency == URGENCY_SELF_CARE ? both(c, answer, letter_word(c, "answer.self")) : answer;
}

/* Nothing is said to have happened that no record shows. */
static struct str told_of(const struct composer *c)
{
    const struct letter_told *told = c->ask->told;
    const char *words = letter_words(&c->tally);
    if (strcmp(words, "go-now") == 0) return letter_word(c, "told.go-now");
    if (strcmp(words, "contact-today") == 0)
        return letter_word(c, c->ask->is_paper ? "told.contact-today.paper" : "told.contact-today");
    if (told == NULL || strcmp(words, "spoken") != 0) return STR("");
    struct str key = arena_printf(c->mem, "told.%.*s", STR_ARGS(told->how));
    struct str how = letter_word(c, key.ptr);
    struct str text = letter_fill(letter_word(c, told->is_guardian ? "told.spoken.guardian" : "told.spoken"), c->mem,
                                  "by", letter_name(c, told->by));
    text = letter_fill(text, c->mem, "date", letter_date(c, told->at));
    text = letter_fill(text, c->mem, "how", how.ptr == NULL ? told->how : how);
    if (told->agreed.len == 0) return text;
    return both(c, text, letter_fill(letter_word(c, "told.agreed"), c->mem, "agreed", letter_name(c, told->agreed)));
}

static bool letter_due_of(const struct composer *c, const struct letter_item *item, struct letter_due *out)
{
    out->reason = letter_top(item)->words.name;
    return item->finding->status == FINDING_ASSESSED && !item->is_quiet && item->finding->recheck.len > 0 &&
           letter_days_after(c->ask->date, item->finding->recheck, &out->days);
}

/* What is urgent comes first: no date of a year ahead stands below an emergency as if all were well. */
static struct str next_check_of(const struct composer *c)
{
    struct letter_due *dues = arena_array(c->mem, struct letter_due, c->item_count + 1);
    int64_t programme_days;
    size_t count = 0;
    bool is_urgent = letter_headline(&c->tally) <= LETTER_TODAY;
    struct str interval = c->ask->clinic.interval;
    if (dues == NULL || (!letter_days_after(c->ask->date, interval, &programme_days) &&
                         !letter_days_after(c->ask->date, STR(A_YEAR), &programme_days)))
        return letter_word(c, "next.none");
    for (size_t i = 0; i < c->item_count; i++) count += letter_due_of(c, &c->items[i], &dues[count]);
    struct letter_due due = letter_next_check(programme_days, dues, count);
    bool is_programme = str_is(due.reason, LETTER_DUE_PROGRAMME);
    struct str first = is_urgent ? letter_word(c, "next.urgent") : STR("");
    if (is_urgent && is_programme) return first;
    c->letter->next_day = letter_date_in(c->ask->date, due.days, c->mem);
    struct str text = letter_fill(letter_word(c, is_programme ? "next" : "next.because"), c->mem, "date",
                                  letter_date(c, c->letter->next_day));
    return both(c, first, letter_fill(text, c->mem, "reason", due.reason));
}

/* "1 Main Road, telephone 0123 456, Monday to Friday 8 to 17". */
static struct str contact_of(const struct composer *c)
{
    const struct letter_clinic *clinic = &c->ask->clinic;
    struct letter_list parts;
    if (letter_list_make((struct composer *)c, 3, &parts, NULL) != SALVE_OK) return STR("");
    letter_list_add(&parts, letter_name(c, clinic->address));
    if (clinic->telephone.len > 0)
        letter_list_add(&parts,
                        letter_fill(letter_word(c, "telephone"), c->mem, "number", letter_name(c, clinic->telephone)));
    letter_list_add(&parts, letter_name(c, clinic->hours));
    struct str list = letter_list_words(c, &parts);
    return list.len == 0 ? list : letter_fill(letter_word(c, "contact"), c->mem, "contact", list);
}

static void fill_code(const struct composer *c)
{
    const struct letter_ask *ask = c->ask;
    struct letter *letter = c->letter;
    letter->code = letter->code_words = STR("");
    if (ask->code.len == 0 || ask->is_paper) return;
    letter->code = ask->code;
    letter->code_words = letter_fill(letter_word(c, "code"), c->mem, "date", letter_date(c, ask->code_until));
}

static void fill_headings(const struct composer *c)
{
    static const char *const marks[LETTER_MARK_COUNT] = {"mark.usual", "mark.watch", "mark.see", "mark.neutral"};
    struct letter *letter = c->letter;
    letter->heading_lines = letter_word(c, "heading.lines");
    letter->heading_steps = letter_word(c, "heading.steps");
    letter->heading_notes = letter_word(c, "heading.notes");
    letter->heading_next = letter_word(c, "heading.next");
    letter->heading_worse = letter_word(c, "heading.worse");
    letter->heading_record = letter_word(c, "heading.record");
    letter->word_sources = letter_word(c, "sources");
    letter->word_used = letter_word(c, "used");
    letter->word_shown_as = letter_word(c, "shown-as");
    for (size_t i = 0; i < LETTER_MARK_COUNT; i++) letter->mark_words[i] = letter_word(c, marks[i]);
}

static void fill_frame(const struct composer *c)
{
    struct letter *letter = c->letter;
    const struct letter_ask *ask = c->ask;
    letter->title = letter_word(c, "title");
    letter->answer = answer_of(c);
    letter->is_urgent = letter_headline(&c->tally) <= LETTER_TODAY;
    letter->told = told_of(c);
    letter->unconfirmed = unconfirmed_of(c);
    letter->banner = banner_of(c);
    letter->person = letter_name(c, ask->person_name);
    letter->details = details_of(c);
    letter->next_check = next_check_of(c);
    letter->worse = letter_word(c, "worse");
    letter->diagnosis = letter_word(c, "diagnosis");
    letter->apart = letter_word(c, "apart");
    letter->contact = contact_of(c);
    letter->record = letter_word(c, ask->is_paper ? "record.paper" : "record");
    fill_code(c);
    if (ask->clinician.len > 0)
        letter->signed_by = letter_fill(letter_word(c, "signed"), c->mem, "name", letter_name(c, ask->clinician));
    if (ask->log_head.len > 0)
        letter->log_head = letter_fill(letter_word(c, "log"), c->mem, "log", letter_isolated(c, ask->log_head));
    fill_headings(c);
}

enum salve_code letter_compose(const struct letter_ask *ask, const struct letter_frame *frame, struct arena *mem,
                               struct letter **out, struct salve_err *err)
{
    struct composer c;
    TRY(start(ask, frame, mem, &c, err));
    c.letter->lines = arena_array(mem, struct letter_line, c.item_count + 1);
    c.letter->sources = arena_array(mem, struct str, c.item_count + 1);
    if (c.letter->lines == NULL || c.letter->sources == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    TRY(letter_add_lines(&c, err));
    TRY(letter_add_steps(&c, err));
    TRY(letter_add_notes(&c, err));
    fill_frame(&c);
    letter_all_digits(c.letter, mem);
    *out = c.letter;
    return SALVE_OK;
}
