/* SPDX-License-Identifier: Apache-2.0
 * A second visit a year later: the letter has the number of the first beside it, for the person and nobody else. */
#include "visit_world.h"

#define YEAR_MS (365ll * 24 * 3600 * 1000)

/* The file of another day, with another weight. */
static struct str replaced(struct world *w, struct str text, const char *from, const char *to)
{
    struct buf out;
    struct str done;
    buf_init(&out, w->t->mem, 1 << 20);
    for (ptrdiff_t at; (at = str_find(text, str_of(from))) >= 0;) {
        buf_addf(&out, "%.*s%s", (int)at, text.ptr, to);
        text = str_cut(text, (size_t)at + strlen(from), text.len);
    }
    buf_add(&out, text);
    t_must(buf_done(&out, &done, &err));
    return done;
}

static struct str letter_of(struct world *w)
{
    struct visit_sheet sheet = {.language = STR("en")};
    struct visit_letters_ask one = {.sheets = &sheet, .count = 1};
    t_must(visit_letters(as(w, T_BESIDE), w->card, &one, NULL, &err));
    return sheet.bytes;
}

static void the_number_of_the_last_visit_stands_beside_this_one(void **state)
{
    struct world w = world_make("before", "body-measures");
    const struct guideline *guideline = NULL;
    struct str first = file_about(&w, "1980-01-01", "");
    (void)state;
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("body-measures"), NULL, 0, &guideline, &err));
    visit_once(&w, first);
    assert_false(holds(letter_of(&w), "Last time"));
    t_site_at(w.t, T_SITE_NOW + YEAR_MS);
    w.visit.site = w.t->site;
    visit_once(&w, replaced(&w, replaced(&w, first, "2026-11-23", "2027-11-23"), "71.5", "78.5"));
    struct str html = letter_of(&w);
    assert_true(holds(html, "27.8 kg/m"));
    assert_true(holds(html, "Last time, on 23 November 2026: 25.3 kg/m"));
    assert_true(holds(html, "Now it is higher."));
    assert_true(holds(html, "<polyline"));
    world_drop(&w);
}

/* Signed again on the same day: that is no earlier visit. */
static void a_second_signing_of_one_day_is_no_earlier_visit(void **state)
{
    struct world w = world_make("same-day", "body-measures");
    const struct guideline *guideline = NULL;
    struct str first = file_about(&w, "1980-01-01", "");
    (void)state;
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("body-measures"), NULL, 0, &guideline, &err));
    visit_once(&w, first);
    visit_once(&w, replaced(&w, first, "71.5", "78.5"));
    assert_false(holds(letter_of(&w), "Last time"));
    world_drop(&w);
}

/* What the earlier number rested on was taken back since: it stands in no letter any more. */
static void a_number_that_was_taken_back_is_not_shown(void **state)
{
    struct world w = world_make("back", "body-measures");
    const struct guideline *guideline = NULL;
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    struct str named = replaced(&w, file_about(&w, "1980-01-01", ""), "\"resourceType\":\"Observation\",\"status\"",
                                "\"resourceType\":\"Observation\",\"id\":\"one\",\"status\"");
    struct str first = replaced(&w, named,
                                "\"id\":\"one\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
                                "\"http://loinc.org\",\"code\":\"8302-2\"",
                                "\"id\":\"two\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
                                "\"http://loinc.org\",\"code\":\"8302-2\"");
    (void)state;
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("body-measures"), NULL, 0, &guideline, &err));
    visit_once(&w, first);
    t_site_at(w.t, T_SITE_NOW + YEAR_MS);
    w.visit.site = w.t->site;
    struct str back =
        replaced(&w, first, "\"id\":\"one\",\"status\":\"final\"", "\"id\":\"one\",\"status\":\"entered-in-error\"");
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, back, &ask, &sum, &err));
    struct str second = replaced(&w, replaced(&w, first, "2026-11-23", "2027-11-23"), "71.5", "78.5");
    second =
        replaced(&w, replaced(&w, second, "\"id\":\"one\"", "\"id\":\"three\""), "\"id\":\"two\"", "\"id\":\"four\"");
    visit_once(&w, second);
    assert_true(holds(letter_of(&w), "27.8 kg/m"));
    assert_false(holds(letter_of(&w), "Last time"));
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_the_last_visit_stands_beside_this_one),
        cmocka_unit_test(a_second_signing_of_one_day_is_no_earlier_visit),
        cmocka_unit_test(a_number_that_was_taken_back_is_not_shown),
    };
    return t_run(tests);
}
