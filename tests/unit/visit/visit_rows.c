/* SPDX-License-Identifier: Apache-2.0
 * A file of results, a row at a time: checked without a look at anybody, taken one by one, alarms first. */
#include "visit_world.h"

#include "visit/inbox.h"
#include "visit/rows.h"

#define HEAD "card;sample_time;test;result;unit;status;result_id\n"

struct heard {
    char lines[8][400];
    size_t count, alarms;
    enum urgency urgency;
};

static void hear_wrong(void *with, uint32_t line, const struct salve_err *why)
{
    struct heard *in = with;
    (void)snprintf(in->lines[in->count++], sizeof in->lines[0], "%u %s %s", line, salve_code_name(why->code),
                   why->element);
}

static void hear_alarms(void *with, const struct screen_found *findings)
{
    struct heard *in = with;
    in->alarms += findings->count;
    in->urgency = visit_urgency(findings);
}

static struct visit_screening screening;

static struct world rows_world(const char *name)
{
    struct world w = empty_world(name, "alarms");
    const struct guideline *guideline = NULL;
    w.card = t_enrol(w.t, "Adeyemi", "1976-05-14").card;
    t_give(w.t, w.card, PURPOSE_CARE);
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("alarms"), NULL, 0, &guideline, &err));
    t_must(visit_screening(&w.visit, &screening, &err));
    return w;
}

static struct visit_row_taken take(struct world *w, const char *rest, bool is_sure, struct heard *heard)
{
    struct visit_row_taken out;
    struct visit_row_ask ask = {.map = STR("laboratory"),
                                .bytes = arena_printf(w->t->mem, HEAD "%.*s%s\n", STR_ARGS(w->card), rest),
                                .is_sure = is_sure,
                                .ranges = w->visit.content->ranges,
                                .screening = &screening,
                                .alarms = hear_alarms,
                                .with = heard};
    t_must(visit_row_take(as(w, T_ASSISTANT), &ask, &out, &err));
    return out;
}

static void a_check_tells_lines_and_opens_nobody(void **state)
{
    struct world w = rows_world("check");
    struct heard heard = {.count = 0};
    struct site_facts before, after;
    uint64_t rows = 0;
    (void)state;
    t_must(site_facts(w.t->site, w.t->mem, &before, &err));
    struct str text = arena_printf(w.t->mem,
                                   HEAD "%.*s;23.11.2026 09:00;glucose;98;mg/dl;F;1\n"
                                        "no card;23.11.2026 09:00;glucose;98;mg/dl;F;2\n"
                                        "%.*s;23.11.2026 09:00;magic;98;mg/dl;F;3\n"
                                        "%.*s;23.11.2026 09:00;glucose;much;mg/dl;F;4\n",
                                   STR_ARGS(w.card), STR_ARGS(w.card), STR_ARGS(w.card));
    t_must(visit_rows_check(as(&w, T_ASSISTANT), STR("laboratory"), text, hear_wrong, &heard, &rows, &err));
    assert_int_equal(rows, 4);
    assert_int_equal(heard.count, 3);
    assert_string_equal(heard.lines[0], "3 E_INVALID person");
    assert_int_equal(strncmp(heard.lines[1], "4 E_INVALID ", 12), 0);
    assert_int_equal(strncmp(heard.lines[2], "5 E_INVALID ", 12), 0);
    for (size_t i = 0; i < heard.count; i++)
        assert_true(strstr(heard.lines[i], "magic") == NULL && strstr(heard.lines[i], "much") == NULL);
    t_must(site_facts(w.t->site, w.t->mem, &after, &err));
    assert_int_equal(after.log_size, before.log_size); /* no look, no leaf */
    world_drop(&w);
}

static void who_measures_nothing_imports_nothing(void **state)
{
    struct world w = rows_world("who");
    struct visit_map *maps = NULL;
    struct visit_row_taken out;
    struct heard heard = {.count = 0};
    uint64_t rows = 0;
    size_t count = 0;
    (void)state;
    static struct actor *const none[] = {&T_REGISTRAR, &T_MANAGER, &T_TECHNICIAN, &T_AUDITOR};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct visit *visit = as(&w, *none[i]);
        struct visit_row_ask ask = {.map = STR("laboratory"), .bytes = STR(HEAD "x\n")};
        assert_code(visit_maps(visit, &maps, &count, NULL), SALVE_E_ROLE);
        assert_code(visit_rows_check(visit, STR("laboratory"), STR(HEAD), hear_wrong, &heard, &rows, NULL),
                    SALVE_E_ROLE);
        assert_code(visit_row_take(visit, &ask, &out, NULL), SALVE_E_ROLE);
    }
    t_must(visit_maps(as(&w, T_ASSISTANT), &maps, &count, &err));
    assert_int_equal(count, 1); /* the other one is of new people */
    assert_str(maps[0].id, "laboratory");
    assert_true(maps[0].title.len > 0);
    static const char *const paths[] = {"nhanes", "../packages", "laboratory.json", "", "LABORATORY"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_code(visit_rows_check(&w.visit, str_of(paths[i]), STR(HEAD), hear_wrong, &heard, &rows, NULL),
                    SALVE_E_NOT_FOUND);
    world_drop(&w);
}

static void a_row_is_kept_once(void **state)
{
    struct world w = rows_world("once");
    struct heard heard = {.count = 0};
    (void)state;
    struct visit_row_taken first = take(&w, ";23.11.2026 09:00;creatinine;0,9;mg/dl;F;1", false, &heard);
    assert_code(first.refused.code, SALVE_OK);
    assert_int_equal(first.sum.kept, 1);
    assert_int_equal(first.urgency, URGENCY_NONE);
    struct visit_row_taken again = take(&w, ";23.11.2026 09:00;creatinine;0,9;mg/dl;F;1", false, &heard);
    assert_int_equal(again.sum.kept, 0);
    assert_int_equal(again.sum.again.here, 1);
    assert_int_equal(heard.alarms, 0);
    world_drop(&w);
}

/* A value that endangers is told whatever becomes of its row; where it is kept it has a ticket. */
static void an_alarm_is_told_first_and_has_its_ticket(void **state)
{
    struct world w = rows_world("alarm");
    struct heard heard = {.urgency = URGENCY_NONE};
    struct visit_work *work = NULL;
    size_t count = 0;
    (void)state;
    struct visit_row_taken out = take(&w, ";23.11.2026 09:00;potassium;6,8;mmol/l;F;1", false, &heard);
    assert_code(out.refused.code, SALVE_OK);
    assert_true(heard.alarms > 0);
    assert_true(heard.urgency <= URGENCY_SAME_DAY);
    assert_true(out.urgency <= URGENCY_SAME_DAY);
    t_must(visit_inbox(as(&w, T_CLINICIAN), &work, &count, NULL, &err));
    assert_int_equal(count, 1);
    assert_true(str_eq(work[0].work.ticket, out.ticket));
    /* of a key that opens nothing */
    struct heard other = {.urgency = URGENCY_NONE};
    w.card = STR("KG36-69AW-W2BF-4P7E-B4J0");
    out = take(&w, ";23.11.2026 09:00;potassium;6,8;mmol/l;F;2", false, &other);
    assert_true(out.refused.code != SALVE_OK);
    assert_true(other.alarms > 0);
    assert_int_equal(out.ticket.len, 0);
    world_drop(&w);
}

static void an_unlikely_number_waits_until_somebody_is_sure(void **state)
{
    struct world w = rows_world("unlikely");
    struct heard heard = {.count = 0};
    (void)state;
    struct visit_row_taken out = take(&w, ";23.11.2026 09:00;cholesterol;900;mg/dl;F;1", false, &heard);
    assert_code(out.refused.code, SALVE_OK);
    assert_int_equal(out.doubt_count, 1);
    assert_int_equal(out.sum.waiting, 1);
    assert_true(out.doubts[0].name.len > 0 && out.doubts[0].usual_high.len > 0);
    out = take(&w, ";23.11.2026 09:00;cholesterol;900;mg/dl;F;1", true, &heard);
    assert_int_equal(out.sum.waiting, 0);
    world_drop(&w);
}

static void two_rows_are_no_row(void **state)
{
    struct world w = rows_world("two");
    struct heard heard = {.count = 0};
    (void)state;
    struct str row = STR(";23.11.2026 09:00;creatinine;0,9;mg/dl;F;1");
    struct str two = arena_printf(w.t->mem, "%.*s\n%.*s%.*s", STR_ARGS(row), STR_ARGS(w.card), STR_ARGS(row));
    struct visit_row_taken out = take(&w, two.ptr, false, &heard);
    assert_code(out.refused.code, SALVE_E_INVALID);
    assert_int_equal(out.sum.kept, 0);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_tells_lines_and_opens_nobody),
        cmocka_unit_test(who_measures_nothing_imports_nothing),
        cmocka_unit_test(a_row_is_kept_once),
        cmocka_unit_test(an_alarm_is_told_first_and_has_its_ticket),
        cmocka_unit_test(an_unlikely_number_waits_until_somebody_is_sure),
        cmocka_unit_test(two_rows_are_no_row),
    };
    return t_run(tests);
}
