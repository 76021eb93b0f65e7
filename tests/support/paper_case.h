/* SPDX-License-Identifier: Apache-2.0
 *
 * paper_case - descriptions of letters, and letters that have something in every field. Include it behind letter_case.h. */
#ifndef SALVE_TESTS_PAPER_CASE_H
#define SALVE_TESTS_PAPER_CASE_H

#include "base/file.h"
#include "letter/form.h"
#include "letter_case.h"
#include "paper/paper.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

static struct str described(const struct letter *letter, const struct letter_form *form)
{
    struct buf out;
    struct str bytes = STR("");
    const struct letter_drawn what = {.letter = letter, .form = form};
    buf_init(&out, mem, 4 << 20);
    assert_ok(paper_write(&what, &out, NULL));
    assert_ok(buf_done(&out, &bytes, NULL));
    return bytes;
}

/* A text of its own for each field. */
static struct str next_text(unsigned *number)
{
    static const char *const more[] = {"",
                                       "\u2066"
                                       "148 / 92"
                                       "\u2069",
                                       "Amina \u0623\u0645\u064a\u0646\u0629", "\u2265 7 %"};
    unsigned n = (*number)++;
    return arena_printf(mem, "text %u %s", n, more[n % 4]);
}

static void fill_line(struct letter_line *line, size_t i, unsigned *n)
{
    struct str *const texts[] = {&line->name, &line->headline, &line->value,     &line->meaning,
                                 &line->why,  &line->before,   &line->dots_words};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) *texts[t] = next_text(n);
    line->source = 1 + (unsigned)i;
    line->mark = (enum letter_mark)(i % LETTER_MARK_COUNT);
    line->urgency = (enum urgency)(i % URGENCY_COUNT);
    line->is_brief = i % 2 == 1;
    line->dots = 7 + (unsigned)i;
    line->scale_count = i % 3;
    line->scales = arena_array(mem, struct letter_scale, line->scale_count + 1);
    for (size_t s = 0; s < line->scale_count; s++) {
        struct letter_scale *scale = &line->scales[s];
        *scale = (struct letter_scale){.label = next_text(n),
                                       .from = -0.5,
                                       .to = 12.25,
                                       .at = 3 + 0.1 * (double)s,
                                       .at_text = STR("3"),
                                       .band_count = 3};
        scale->bands = arena_array(mem, struct letter_band, 3);
        for (size_t b = 0; b < 3; b++)
            scale->bands[b] =
                (struct letter_band){.to = 4.0 * (double)(b + 1), .word = next_text(n), .is_here = b == 1};
    }
    line->point_count = i % 4;
    struct chart_point *points = arena_array(mem, struct chart_point, 4);
    for (size_t p = 0; p < line->point_count; p++)
        points[p] = (struct chart_point){0.25 * (double)p, 1 - 0.3 * (double)p};
    line->points = points;
}

static void fill_texts(struct letter *letter, unsigned *n)
{
    struct str *const texts[] = {
        &letter->title,         &letter->answer,        &letter->banner,         &letter->person,
        &letter->details,       &letter->told,          &letter->unconfirmed,    &letter->next_check,
        &letter->worse,         &letter->diagnosis,     &letter->apart,          &letter->contact,
        &letter->record,        &letter->code,          &letter->code_words,     &letter->signed_by,
        &letter->log_head,      &letter->heading_lines, &letter->heading_steps,  &letter->heading_notes,
        &letter->heading_next,  &letter->heading_worse, &letter->heading_record, &letter->word_used,
        &letter->word_sources,  &letter->word_page,     &letter->word_shown_as,  &letter->mark_words[0],
        &letter->mark_words[1], &letter->mark_words[2], &letter->mark_words[3]};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = next_text(n);
}

/* Something in every field, and no two texts alike. */
static struct letter *full_letter(bool is_rtl)
{
    enum { COUNT = 12 };
    unsigned n = 0;
    struct letter *letter = arena_new(mem, struct letter);
    *letter = (struct letter){.language = is_rtl ? STR("ar") : STR("en"),
                              .comma = STR(", "),
                              .fonts = STR("Noto Sans, Noto Sans Arabic"),
                              .line_spacing = is_rtl ? 0.85 : 1,
                              .paper = is_rtl ? LETTER_PAPER_US : LETTER_PAPER_A4,
                              .has_arabic_digits = is_rtl,
                              .is_rtl = is_rtl,
                              .is_urgent = true,
                              .urgent_step_count = 2,
                              .line_count = COUNT,
                              .step_count = 5,
                              .source_count = COUNT,
                              .note_count = 3};
    fill_texts(letter, &n);
    letter->lines = arena_array(mem, struct letter_line, COUNT);
    letter->steps = arena_array(mem, struct letter_step, 5);
    letter->sources = arena_array(mem, struct str, COUNT);
    letter->notes = arena_array(mem, struct letter_note, 3);
    for (size_t i = 0; i < COUNT; i++) fill_line(&letter->lines[i], i, &n);
    for (size_t i = 0; i < COUNT; i++) letter->sources[i] = next_text(&n);
    for (size_t i = 0; i < 5; i++)
        letter->steps[i] = (struct letter_step){.what = next_text(&n),
                                                .when = next_text(&n),
                                                .why = next_text(&n),
                                                .where = next_text(&n),
                                                .urgency = (enum urgency)(i % URGENCY_COUNT)};
    for (size_t i = 0; i < 3; i++)
        letter->notes[i] = (struct letter_note){.name = next_text(&n), .text = next_text(&n)};
    return letter;
}

static struct letter_form *full_form(const char *language)
{
    struct letter_frame *frame = NULL;
    struct letter_form *form = NULL;
    unsigned n = 0;
    assert_ok(letter_frame_load(share, str_of(language), mem, &frame, NULL));
    assert_ok(letter_form_open(frame, STR("Form"), mem, &form, NULL));
    for (unsigned i = 0; i < 30; i++)
        letter_form_add(form, (struct letter_form_row){.kind = (enum letter_form_kind)(i % LETTER_FORM_KINDS),
                                                       .words = next_text(&n),
                                                       .answers = {next_text(&n), next_text(&n)},
                                                       .unit = next_text(&n),
                                                       .boxes = 1 + i % LETTER_FORM_BOXES_MAX});
    return form;
}

/* The PDF of a description, without the second in which it was made. */
static struct str undated(struct str pdf)
{
    ptrdiff_t at = str_find(pdf, STR("/CreationDate"));
    assert_true(at > 0);
    char *copy = arena_alloc_raw(mem, pdf.len, 1);
    memcpy(copy, pdf.ptr, pdf.len);
    for (size_t i = (size_t)at; i < pdf.len && copy[i] != '\n'; i++) copy[i] = ' ';
    return str_make(copy, pdf.len);
}

static struct str drawn_here(const struct letter *letter, const struct letter_form *form)
{
    const struct letter_draw here = {0};
    const struct letter_drawn what = {.letter = letter, .form = form};
    struct str pdf;
    struct salve_err err = {0};
    enum salve_code code = letter_draw_pdf(&here, &what, mem, &pdf, &err);
    if (code != SALVE_OK) fail_msg("%s %s %s", salve_code_name(code), t_where(&err), err.why);
    return undated(pdf);
}

/* Letters as they are composed: `i` chooses findings, language, paper, digits, earlier values and what the site gave. */
static struct letter *composed(unsigned i)
{
    static const char *const categories[] = {"hypertension", "elevated", "normal", "non-elevated"};
    static const struct letter_place places[] = {
        {STR("same-day"), STR("North Clinic"), STR("1 Main Road"), STR("0123 456"), STR("8-16")}};
    static const struct letter_told told = {.by = STR("Dr Amina"),
                                            .at = STR("2026-11-20T09:00:00Z"),
                                            .how = STR("in-person"),
                                            .agreed = STR("goes there today")};
    static const struct letter_value values[] = {{STR("8480-6"), STR("Observation/a"), STR("systolic"), STR("148"),
                                                  STR("mmHg"), STR("2026-11-20"), false, false},
                                                 {STR("99999-9"), STR("Observation/b"), STR("Something"), STR("4"),
                                                  STR("mmol/L"), STR("2026-11-20"), false, false}};
    struct letter_earlier earlier[] = {
        {STR("blood-pressure"), STR("bp-category"), STR("152"), STR("96"), STR("mm[Hg]"), STR("2025-11-20")},
        {STR("blood-pressure"), STR("bp-category"), STR("160"), STR("99"), STR("mm[Hg]"), STR("2024-11-20")}};
    struct finding findings[8];
    size_t count = i % 8;
    for (size_t f = 0; f < count; f++) {
        findings[f] = pressure(categories[(i / 8 + f) % 4], "same-day", (enum urgency)((i + f) % URGENCY_COUNT), "P1M");
        findings[f].value = arena_printf(mem, "%zu", 120 + 7 * f + i % 30);
        if (f % 3 == 2) findings[f] = risk("12");
    }
    struct letter_ask ask = {.findings = findings,
                             .finding_count = count,
                             .person_name = STR("Amina \u0623\u0645\u064a\u0646\u0629"),
                             .code = i % 3 == 0 ? STR("") : STR("AAAA-BBBB-CCCC"),
                             .code_until = STR("2027-02-20"),
                             .clinician = i % 4 == 0 ? STR("") : STR("dr-amina"),
                             .site = STR("North Clinic"),
                             .values = i % 2 == 0 ? values : NULL,
                             .value_count = i % 2 == 0 ? 2 : 0,
                             .earlier = earlier,
                             .earlier_count = i % 3,
                             .told = i % 5 == 0 ? &told : NULL,
                             .log_head = STR("17 abc"),
                             .is_paper = i % 7 == 0,
                             .is_outdated = i % 6 == 0,
                             .is_demo = i % 11 == 0,
                             .clinic = {.address = STR("1 Main Road"),
                                        .telephone = STR("0123 456"),
                                        .digits = i % 4 == 1 ? STR("arabic") : STR(""),
                                        .paper = i % 5 == 1 ? STR("letter") : STR(""),
                                        .places = places,
                                        .place_count = 1}};
    return compose(&ask, i % 2 == 0 ? "en" : "ar");
}

/* A letter that says all that a guideline can say in a language, in both weights; not as a letter says it. */
static struct letter *words_of(struct str guideline, struct str language)
{
    struct str text;
    struct letter_frame *frame = NULL;
    struct letter *letter = full_letter(str_is(language, "ar"));
    const char *path =
        arena_printf(mem, "%s/guidelines/%.*s/letter.%.*s.json", share, STR_ARGS(guideline), STR_ARGS(language)).ptr;
    assert_ok(letter_frame_load(share, language, mem, &frame, NULL));
    letter_set_frame(letter, frame);
    assert_ok(file_read(path, 1 << 20, mem, &text, NULL));
    size_t used = 0;
    for (size_t i = 0; i < letter->line_count && used < text.len; i++) {
        size_t len = text.len / letter->line_count + 1;
        while (used + len < text.len && (text.ptr[used + len] & 0xc0) == 0x80) len++;
        letter->lines[i].meaning = letter->lines[i].headline = str_cut(text, used, len);
        used += len;
    }
    return letter;
}

#pragma GCC diagnostic pop
#endif
