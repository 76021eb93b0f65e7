/* SPDX-License-Identifier: Apache-2.0
 *
 * letter_case - hand-made findings over the real guidelines of $BUILD/share, and letters composed of them. Include it
 * from one test program; everything is static. */
#ifndef SALVE_TESTS_LETTER_CASE_H
#define SALVE_TESTS_LETTER_CASE_H

#include <stdlib.h>

#include "letter/letter_int.h"
#include "t.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

static struct arena *mem;
static struct guideline **guidelines;
static size_t guideline_count;
static char share[4096];

static int set_up(void **state)
{
    (void)state;
    const char *build = getenv("BUILD");
    (void)snprintf(share, sizeof share, "%s/share", build == NULL ? "build" : build);
    mem = arena_open(256 << 20);
    struct salve_err err = {0};
    if (guideline_load_all(share, mem, &guidelines, &guideline_count, &err) == SALVE_OK) return 0;
    print_error("%s: %s\n", t_where(&err), err.why);
    return 1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

static const struct finding_input pressure_inputs[] = {
    {STR("systolic"), STR("148"), STR("mm[Hg]"), STR("2026-11-20T08:36:00Z"), STR("")},
    {STR("diastolic"), STR("94"), STR("mm[Hg]"), STR("2026-11-20T08:36:00Z"), STR("")},
};

/* Categories and actions of blood-pressure/guideline.json. */
static struct finding pressure(const char *category, const char *action, enum urgency urgency, const char *recheck)
{
    return (struct finding){.guideline = STR("blood-pressure"),
                            .version = STR("1.0.0"),
                            .item = STR("bp-category"),
                            .status = FINDING_ASSESSED,
                            .category = str_of(category),
                            .action = str_of(action),
                            .urgency = urgency,
                            .value = STR("148"),
                            .value2 = STR("94"),
                            .unit = STR("mm[Hg]"),
                            .line = STR("bp-esc2024"),
                            .define = STR("BP category"),
                            .source = STR("ESC 2024"),
                            .inputs = pressure_inputs,
                            .input_count = 2,
                            .recheck = str_of(recheck)};
}

/* A risk of cvd-risk/guideline.json, whose line asks for dots. */
static struct finding risk(const char *value)
{
    return (struct finding){.guideline = STR("cvd-risk"),
                            .version = STR("1.0.0"),
                            .item = STR("score2"),
                            .status = FINDING_ASSESSED,
                            .category = STR("high"),
                            .action = STR("risk-review"),
                            .urgency = URGENCY_ROUTINE,
                            .value = str_of(value),
                            .unit = STR("%"),
                            .line = STR("score2-50"),
                            .define = STR("SCORE2 category"),
                            .source = STR("SCORE2")};
}

static struct letter *compose(struct letter_ask *ask, const char *language)
{
    struct letter_frame *frame = NULL;
    struct letter *letter = NULL;
    struct salve_err err = {0};
    ask->guidelines = guidelines;
    ask->guideline_count = guideline_count;
    ask->date = STR("2026-11-20");
    enum salve_code code = letter_frame_load(share, str_of(language), mem, &frame, &err);
    if (code == SALVE_OK) code = letter_compose(ask, frame, mem, &letter, &err);
    if (code != SALVE_OK) fail_msg("%s %s %s", salve_code_name(code), t_where(&err), err.why);
    return letter;
}

/* Words of the frame and of guidelines are long: a test names the part that it is about. */
static bool says(struct str text, const char *part) { return str_find(text, str_of(part)) >= 0; }

static struct str html_of(const struct letter *letter)
{
    struct buf out;
    struct str html = STR("");
    buf_init(&out, mem, 4 << 20);
    letter_html(letter, &out);
    assert_ok(buf_done(&out, &html, NULL));
    return html;
}

static struct str pdf_of(const struct letter *letter)
{
    struct buf out;
    struct salve_err err = {0};
    buf_init(&out, mem, 16 << 20);
    enum salve_code code = letter_pdf(letter, &out, &err);
    if (code != SALVE_OK) fail_msg("%s %s %s", salve_code_name(code), t_where(&err), err.why);
    return buf_str(&out);
}

static size_t times_in(struct str text, struct str what)
{
    size_t times = 0;
    for (int64_t at = str_find(text, what); at >= 0; times++) {
        text = str_cut(text, (size_t)at + what.len, text.len);
        at = str_find(text, what);
    }
    return times;
}

static size_t pages_of(struct str pdf) { return times_in(pdf, STR("/Type /Page % ")); }

#define letter_run(tests)                                                                                              \
    t_close(_cmocka_run_group_tests("letter", tests, sizeof tests / sizeof *tests, set_up, tear_down),                 \
            (int)(sizeof tests / sizeof *tests))

#pragma GCC diagnostic pop
#endif
