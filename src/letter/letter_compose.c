/* SPDX-License-Identifier: Apache-2.0
 * From signed findings and the words of their guidelines to one description that every rendering follows. */
#include "letter/letter_int.h"

#include <math.h>
#include <stdlib.h>

#include "base/assert.h"

#define ASK_NOW "ask-now"
enum { ASKED_MAX = 40 };

struct composer {
    const struct letter_ask *ask;
    const struct letter_frame *frame;
    struct arena *mem;
    struct letter *letter;
    struct str recheck; /* earliest ISO date so far */
    enum urgency worst;
    size_t ask_step; /* the step that asks, from 1; 0: none */
    struct str asked[ASKED_MAX];
    size_t asked_count;
    bool is_unconfirmed; /* something was judged by lines that no clinician here has accepted */
};

static struct str word(const struct composer *c, const char *key) { return letter_frame_word(c->frame, key); }

static const struct guideline *guideline_of(const struct letter_ask *ask, struct str id)
{
    for (size_t i = 0; i < ask->guideline_count; i++)
        if (str_eq(guideline_info(ask->guidelines[i])->id, id)) return ask->guidelines[i];
    return NULL;
}

static struct str label_of(const struct composer *c, const struct guideline *guideline, struct str key)
{
    struct str label = guideline_word(guideline, c->letter->language, "inputs", key);
    return label.ptr == NULL ? key : label;
}

static struct str unit_of(const struct composer *c, const struct guideline *guideline, struct str ucum)
{
    struct str unit = guideline_word(guideline, c->letter->language, "units", ucum);
    return unit.ptr == NULL ? ucum : unit;
}

/* Numbers and units stay left to right inside Arabic text: an isolate keeps "148 / 92 mmHg" in order. */
static struct str isolated(const struct composer *c, struct str text)
{
    if (!c->letter->is_rtl || text.len == 0) return text;
    return arena_printf(c->mem, "\u2066%.*s\u2069", STR_ARGS(text));
}

/* "148 mmHg": the number keeps its order, the unit follows it in the direction of the language. */
static struct str with_unit(const struct composer *c, struct str number, struct str unit)
{
    struct str shown = isolated(c, number);
    if (unit.len == 0) return shown;
    return arena_printf(c->mem, "%.*s %.*s", STR_ARGS(shown), STR_ARGS(unit));
}

static struct str value_of(const struct composer *c, const struct guideline *guideline, const struct finding *finding)
{
    struct str number = finding->value;
    if (number.len == 0) return STR("");
    if (finding->value2.len > 0)
        number = arena_printf(c->mem, "%.*s / %.*s", STR_ARGS(number), STR_ARGS(finding->value2));
    return with_unit(c, number, unit_of(c, guideline, finding->unit));
}

/* "upper number 148 mmHg, lower number 92 mmHg, on 3 June 2026". Inputs of one date share it. */
static struct str why_of(const struct composer *c, const struct guideline *guideline, const struct finding *finding)
{
    struct buf out;
    struct str text = STR("");
    buf_init(&out, c->mem, 1 << 16);
    for (size_t i = 0; i < finding->input_count; i++) {
        const struct finding_input *input = &finding->inputs[i];
        struct str unit = unit_of(c, guideline, input->unit);
        struct str label = label_of(c, guideline, input->label);
        struct str shown = guideline_word(guideline, c->letter->language, "answers", input->value);
        if (shown.ptr == NULL) shown = input->value;
        if (i > 0) buf_add(&out, c->letter->comma);
        buf_addf(&out, "%.*s ", STR_ARGS(label));
        buf_add(&out, with_unit(c, shown, unit));
        bool is_last_of_date = i + 1 == finding->input_count ||
                               !str_eq(str_cut(finding->inputs[i + 1].date, 0, 10), str_cut(input->date, 0, 10));
        if (!is_last_of_date || input->date.len == 0) continue;
        struct str on = letter_fill(word(c, "on"), c->mem, "date", letter_date_words(c->frame, input->date, c->mem));
        buf_addf(&out, " (%.*s)", STR_ARGS(on));
    }
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR("");
}

/* The urgency that a result shows. One that only points to the conclusion of its guideline ("see the conclusion")
 * looks as urgent as that conclusion: a value in the range of diabetes is never marked as it should be. */
static enum urgency shown_urgency(const struct composer *c, const struct finding *finding)
{
    enum urgency worst = finding->urgency;
    bool is_own = worst != URGENCY_NONE || finding->action.len == 0 || str_is(finding->action, "none");
    for (size_t i = 0; i < c->ask->finding_count && !is_own; i++)
        if (str_eq(c->ask->findings[i].guideline, finding->guideline) && c->ask->findings[i].urgency < worst)
            worst = c->ask->findings[i].urgency;
    return worst;
}

static enum letter_mark mark_of(enum urgency urgency)
{
    if (urgency == URGENCY_NONE) return LETTER_MARK_USUAL;
    return urgency <= URGENCY_SOON ? LETTER_MARK_SEE : LETTER_MARK_WATCH;
}

/* --- number lines ------------------------------------------------------------------------------------------------- */

static double number(struct str text, double otherwise)
{
    double value;
    return str_to_double(text, &value) ? value : otherwise;
}

static enum salve_code fill_scale(const struct composer *c, const struct guideline *guideline,
                                  const struct guideline_scale *from, struct str value, struct letter_scale *to,
                                  struct salve_err *err)
{
    salve_assert(from->band_count > 0);
    to->label = label_of(c, guideline, from->label);
    to->from = number(from->from, 0);
    to->to = number(from->to, to->from + 1);
    to->at = number(value, to->from);
    to->at_text = value;
    to->band_count = from->band_count;
    to->bands = arena_array(c->mem, struct letter_band, from->band_count);
    if (to->bands == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    bool is_found = false;
    for (size_t i = 0; i < from->band_count; i++) {
        const struct guideline_band *band = &from->bands[i];
        double limit = number(band->limit, to->to);
        bool is_below = band->limit.len == 0 || to->at < limit || (band->inclusive && to->at <= limit);
        struct str shown = guideline_word(guideline, c->letter->language, "bands", band->name);
        to->bands[i] = (struct letter_band){limit, shown.ptr == NULL ? band->name : shown, !is_found && is_below};
        is_found = is_found || is_below;
    }
    return SALVE_OK;
}

/* A risk as people: so many of 100, whole ones, half up. */
static void fill_dots(const struct composer *c, const struct finding *finding, struct letter_line *line)
{
    double count = floor(number(finding->value, 0) + 0.5);
    line->dots = (unsigned)fmin(LETTER_DOTS, fmax(0, count));
    struct str full = arena_printf(c->mem, "%u", line->dots),
               others = arena_printf(c->mem, "%u", LETTER_DOTS - line->dots);
    line->dots_words = letter_fill(word(c, "dots"), c->mem, "full", isolated(c, full));
    line->dots_words = letter_fill(line->dots_words, c->mem, "others", isolated(c, others));
}

static enum salve_code fill_scales(const struct composer *c, const struct guideline *guideline,
                                   const struct finding *finding, struct letter_line *line, struct salve_err *err)
{
    const struct guideline_line *number_line = guideline_line(guideline, finding->line);
    if (number_line == NULL || finding->value.len == 0) return SALVE_OK;
    size_t count = number_line->scale_count;
    if (number_line->has_dots) fill_dots(c, finding, line);
    if (count > 1 && finding->value2.len == 0) count = 1;
    line->scales = arena_array(c->mem, struct letter_scale, count + 1);
    if (line->scales == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    line->scale_count = count;
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        code = fill_scale(c, guideline, &number_line->scales[i], i == 0 ? finding->value : finding->value2,
                          &line->scales[i], err);
    return code;
}

/* --- one finding -------------------------------------------------------------------------------------------------- */

static void note_recheck(struct composer *c, const struct finding *finding)
{
    struct str date;
    if (finding->recheck.len == 0 || !letter_date_after(c->ask->date, finding->recheck, c->mem, &date)) return;
    if (c->recheck.len == 0 || str_cmp(date, c->recheck) < 0) c->recheck = date;
}

/* The most urgent steps stand on top, each said once; the others stay with their result. What cannot wait until
 * tomorrow is always among them. */
static void add_step(struct composer *c, const struct guideline_words *words, struct letter_line *line)
{
    struct letter *letter = c->letter;
    if (words->next.len == 0 || line->urgency == URGENCY_NONE) return;
    for (size_t i = 0; i < letter->step_count; i++)
        if (str_eq(letter->steps[i].what, words->next)) return;
    bool has_room = letter->step_count < LETTER_STEPS_MAX && line->urgency <= URGENCY_ROUTINE;
    if (has_room || line->urgency <= URGENCY_SAME_DAY) {
        letter->steps[letter->step_count++] = (struct letter_step){words->next, words->when};
        return;
    }
    line->next = words->next;
    line->when = words->when;
}

/* What is asked now, all of it in one step; and the action for what is certain, which is done meanwhile. */
static void add_steps(struct composer *c, const struct guideline *guideline, const struct finding *finding,
                      const struct guideline_words *words, struct letter_line *line)
{
    size_t before = c->letter->step_count;
    if (str_is(finding->standing, "unconfirmed")) c->is_unconfirmed = true;
    add_step(c, words, line);
    if (!str_is(finding->action, ASK_NOW)) return;
    if (c->letter->step_count > before && c->ask_step == 0) c->ask_step = c->letter->step_count;
    struct finding_unmet unmet;
    for (size_t i = 0; finding_unmet(finding, i, &unmet); i++) {
        if (unmet.answer == FINDING_UNUSABLE) continue;
        struct str label = label_of(c, guideline, unmet.label);
        bool is_new = c->asked_count < ASKED_MAX;
        for (size_t k = 0; k < c->asked_count; k++) is_new = is_new && !str_eq(c->asked[k], label);
        if (is_new) c->asked[c->asked_count++] = label;
    }
    struct finding certain = *finding;
    certain.action = finding->meanwhile;
    if (certain.action.len == 0) return;
    struct guideline_words meanwhile = guideline_words(guideline, c->letter->language, &certain);
    add_step(c, &meanwhile, line);
}

/* "Please stay ... . We need to know: your age, whether you are pregnant." */
static void name_what_is_asked(struct composer *c)
{
    struct buf out;
    struct str text;
    if (c->ask_step == 0 || c->asked_count == 0) return;
    struct letter_step *step = &c->letter->steps[c->ask_step - 1];
    buf_init(&out, c->mem, 1 << 14);
    buf_addf(&out, "%.*s %.*s ", STR_ARGS(step->what), STR_ARGS(word(c, "ask")));
    for (size_t i = 0; i < c->asked_count; i++) {
        if (i > 0) buf_add(&out, c->letter->comma);
        buf_add(&out, c->asked[i]);
    }
    buf_add_char(&out, '.');
    if (buf_done(&out, &text, NULL) == SALVE_OK) step->what = text;
}

static unsigned source_number(struct composer *c, struct str source)
{
    struct letter *letter = c->letter;
    if (source.len == 0) return 0;
    for (size_t i = 0; i < letter->source_count; i++)
        if (str_eq(letter->sources[i], source)) return (unsigned)i + 1;
    salve_assert(letter->source_count < c->ask->finding_count);
    letter->sources[letter->source_count++] = source;
    return (unsigned)letter->source_count;
}

static enum salve_code add_line(struct composer *c, const struct guideline *guideline, const struct finding *finding,
                                const struct guideline_words *words, struct salve_err *err)
{
    salve_assert(c->letter->line_count < c->ask->finding_count);
    struct letter_line *line = &c->letter->lines[c->letter->line_count++];
    line->name = words->name;
    line->headline = words->headline;
    line->meaning = words->meaning;
    line->value = value_of(c, guideline, finding);
    line->urgency = finding->urgency;
    line->mark = mark_of(shown_urgency(c, finding));
    line->why = why_of(c, guideline, finding);
    line->source = source_number(c, finding->source);
    if (str_is(finding->standing, "site-lines"))
        line->meaning = arena_printf(c->mem, "%.*s %.*s", STR_ARGS(words->meaning), STR_ARGS(word(c, "site-lines")));
    if (finding->urgency < c->worst) c->worst = finding->urgency;
    add_steps(c, guideline, finding, words, line);
    note_recheck(c, finding);
    return fill_scales(c, guideline, finding, line, err);
}

static void add_note(struct composer *c, const struct guideline *guideline, const struct finding *finding,
                     const struct guideline_words *words)
{
    bool is_queried = finding->status == FINDING_QUERIED;
    struct finding_unmet unmet;
    size_t count = 0;
    struct buf out;
    struct str text = STR("");
    buf_init(&out, c->mem, 1 << 14);
    buf_add(&out, finding->status == FINDING_NOT_JUDGED ? word(c, "not-judged")
                  : finding->status == FINDING_EXCLUDED ? words->excluded
                  : is_queried                          ? words->queried
                                                        : words->missing);
    for (size_t i = 0; finding->status != FINDING_EXCLUDED && finding_unmet(finding, i, &unmet); i++) {
        if ((unmet.answer == FINDING_UNUSABLE) != is_queried) continue;
        buf_add(&out, count++ == 0 ? STR(" ") : c->letter->comma);
        buf_add(&out, label_of(c, guideline, unmet.label));
    }
    if (count > 0) buf_add_char(&out, '.');
    if (buf_done(&out, &text, NULL) != SALVE_OK) return;
    c->letter->notes[c->letter->note_count++] = (struct letter_note){words->name, text};
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

static enum salve_code add_finding(struct composer *c, const struct finding *finding, struct salve_err *err)
{
    const struct guideline *guideline = guideline_of(c->ask, finding->guideline);
    if (guideline == NULL) return salve_fail(err, SALVE_E_INVALID, "guideline %.*s", STR_ARGS(finding->guideline));
    struct guideline_words words = guideline_words(guideline, c->letter->language, finding);
    if (!has_words(finding, &words))
        return salve_refuse(err, SALVE_E_INVALID, "it has no words for this finding in the language of the letter",
                            "guideline %.*s", STR_ARGS(finding->guideline));
    if (finding->status == FINDING_ASSESSED) return add_line(c, guideline, finding, &words, err);
    add_note(c, guideline, finding, &words);
    if (finding->action.len == 0) return SALVE_OK;
    /* What is known can call for action before the category is sure (finding.h). */
    if (finding->urgency < c->worst) c->worst = finding->urgency;
    struct letter_line unsure = {.urgency = finding->urgency};
    add_steps(c, guideline, finding, &words, &unsure);
    return SALVE_OK;
}

/* --- the frame around them ---------------------------------------------------------------------------------------- */

static struct str details_of(const struct composer *c)
{
    const struct letter_ask *ask = c->ask;
    struct buf out;
    struct str text = STR("");
    buf_init(&out, c->mem, 1 << 12);
    buf_add(&out, letter_fill(word(c, "checked"), c->mem, "date", letter_date_words(c->frame, ask->date, c->mem)));
    if (ask->site.len > 0) buf_addf(&out, " \u00b7 %.*s", STR_ARGS(ask->site));
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR("");
}

static struct str banner_of(const struct composer *c)
{
    struct str parts[5];
    size_t count = 0;
    struct str text = STR("");
    if (c->ask->is_demo) parts[count++] = word(c, "demo");
    if (c->ask->clinician.len == 0) parts[count++] = word(c, "draft");
    if (c->ask->is_paper) parts[count++] = word(c, "paper");
    if (c->ask->is_outdated) parts[count++] = word(c, "outdated");
    if (c->is_unconfirmed) parts[count++] = word(c, "unconfirmed");
    for (size_t i = 0; i < count; i++)
        text = i == 0 ? parts[0] : arena_printf(c->mem, "%.*s %.*s", STR_ARGS(text), STR_ARGS(parts[i]));
    return text;
}

static struct str answer_of(const struct composer *c)
{
    if (c->letter->line_count == 0 && c->worst > URGENCY_SOON) return word(c, "answer.nothing");
    char key[40] = "answer.";
    strncat(key, urgency_text(c->worst), sizeof key - sizeof "answer.");
    return word(c, key);
}

static void fill_frame(struct composer *c)
{
    struct letter *letter = c->letter;
    const struct letter_ask *ask = c->ask;
    letter->title = word(c, "title");
    letter->answer = answer_of(c);
    letter->banner = banner_of(c);
    letter->person = ask->person_name;
    letter->details = details_of(c);
    letter->next_check = c->recheck.len == 0 ? word(c, "next.none")
                                             : letter_fill(word(c, "next"), c->mem, "date",
                                                           letter_date_words(c->frame, c->recheck, c->mem));
    letter->worse = word(c, "worse");
    letter->diagnosis = word(c, "diagnosis");
    letter->apart = word(c, "apart");
    letter->record = word(c, ask->is_paper ? "record.paper" : "record");
    letter->code = letter->code_words = STR("");
    if (ask->code.len > 0 && !ask->is_paper) {
        letter->code = ask->code;
        letter->code_words =
            letter_fill(word(c, "code"), c->mem, "date", letter_date_words(c->frame, ask->code_until, c->mem));
    }
    if (ask->clinician.len > 0)
        letter->signed_by = letter_fill(word(c, "signed"), c->mem, "name", isolated(c, ask->clinician));
    if (ask->log_head.len > 0)
        letter->log_head = letter_fill(word(c, "log"), c->mem, "log", isolated(c, ask->log_head));
    letter->heading_lines = word(c, "heading.lines");
    letter->heading_steps = word(c, "heading.steps");
    letter->heading_notes = word(c, "heading.notes");
    letter->heading_next = word(c, "heading.next");
    letter->heading_worse = word(c, "heading.worse");
    letter->heading_record = word(c, "heading.record");
    letter->word_sources = word(c, "sources");
    letter->word_used = word(c, "used");
    letter->word_page = word(c, "page");
    letter->word_shown_as = word(c, "shown-as");
    letter->mark_words[LETTER_MARK_USUAL] = word(c, "mark.usual");
    letter->mark_words[LETTER_MARK_WATCH] = word(c, "mark.watch");
    letter->mark_words[LETTER_MARK_SEE] = word(c, "mark.see");
}

static int by_urgency(const void *a, const void *b)
{
    const struct finding *x = *(const struct finding *const *)a, *y = *(const struct finding *const *)b;
    if (x->urgency != y->urgency) return x->urgency < y->urgency ? -1 : 1;
    bool x_asks = str_is(x->action, ASK_NOW), y_asks = str_is(y->action, ASK_NOW);
    if (x->urgency < URGENCY_ROUTINE && x_asks != y_asks) return y_asks ? -1 : 1; /* what is certain first */
    return x < y ? -1 : x > y;                                                    /* as the guidelines gave them */
}

static enum salve_code add_findings(struct composer *c, struct salve_err *err)
{
    size_t count = c->ask->finding_count;
    const struct finding **sorted = arena_array(c->mem, const struct finding *, count + 1);
    struct letter *letter = c->letter;
    letter->lines = arena_array(c->mem, struct letter_line, count + 1);
    letter->steps = arena_array(c->mem, struct letter_step, 2 * count + 1);
    letter->notes = arena_array(c->mem, struct letter_note, count + 1);
    letter->sources = arena_array(c->mem, struct str, count + 1);
    if (letter->sources == NULL || sorted == NULL || letter->lines == NULL || letter->steps == NULL ||
        letter->notes == NULL)
        return salve_fail(err, SALVE_E_MEMORY, "letter");
    for (size_t i = 0; i < count; i++) sorted[i] = &c->ask->findings[i];
    if (count > 1) qsort(sorted, count, sizeof *sorted, by_urgency);
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < count && code == SALVE_OK; i++) code = add_finding(c, sorted[i], err);
    if (code == SALVE_OK) name_what_is_asked(c);
    return code;
}

enum salve_code letter_compose(const struct letter_ask *ask, const struct letter_frame *frame, struct arena *mem,
                               struct letter **out, struct salve_err *err)
{
    struct letter *letter = arena_new(mem, struct letter);
    if (letter == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    struct composer c = {
        .ask = ask, .frame = frame, .mem = mem, .letter = letter, .recheck = STR(""), .worst = URGENCY_NONE};
    letter->language = letter_frame_word(frame, "language");
    letter->is_rtl = str_is(letter_frame_word(frame, "direction"), "rtl");
    letter->comma = letter_frame_word(frame, "comma");
    letter->fonts = letter_frame_word(frame, "fonts");
    letter->line_spacing = number(letter_frame_word(frame, "line-spacing"), 1);
    enum salve_code code = add_findings(&c, err);
    if (code != SALVE_OK) return code;
    fill_frame(&c);
    *out = letter;
    return SALVE_OK;
}
