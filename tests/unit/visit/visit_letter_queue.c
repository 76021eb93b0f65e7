/* SPDX-License-Identifier: Apache-2.0
 * Letters that wait: from the signing until one is kept, whoever prints it; who did not agree to follow-up is left for
 * their card. */
#include "visit_world.h"

#include "records/worklist.h"

#define HOUR_MS (3600ll * 1000)

struct keeping {
    enum salve_code code;
    size_t calls;
};

static enum salve_code keep(void *context, struct salve_err *why)
{
    struct keeping *keeping = context;
    keeping->calls++;
    return keeping->code == SALVE_OK ? SALVE_OK : salve_fail(why, keeping->code, "disk");
}

static enum salve_code print(struct world *w, struct str who, struct keeping *keeping)
{
    struct visit_sheet sheet = {.language = STR("en"), .is_pdf = true};
    struct visit_letters_ask ask = {.sheets = &sheet, .count = 1, .keep = keep, .context = keeping};
    return visit_letters(as(w, T_CLINICIAN), who, &ask, NULL, NULL);
}

static struct visit_waiting *queue(struct world *w, size_t want)
{
    struct visit_waiting *list = NULL;
    size_t count = 0;
    t_must(visit_letter_queue(as(w, T_ASSISTANT), &list, &count, NULL, &err));
    assert_int_equal(count, want);
    return list;
}

static struct world signed_world(const char *name, bool follow_up)
{
    struct world w = world_make(name, "body-measures");
    struct visit_screening screening;
    const struct guideline *guideline = NULL;
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    struct screen_found findings;
    struct visit_signed done;
    if (follow_up) t_give(w.t, w.card, PURPOSE_FOLLOW_UP);
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("body-measures"), NULL, 0, &guideline, &err));
    t_must(visit_screening(&w.visit, &screening, &err));
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, file_about(&w, "1980-01-01", ""), &ask, &sum, &err));
    t_must(visit_screen(&w.visit, &screening, w.card, &findings, &err));
    queue(&w, 0);
    t_must(visit_sign(as(&w, T_CLINICIAN), w.card, NULL, &done, &err));
    return w;
}

static void later(struct world *w)
{
    t_site_at(w->t, T_SITE_NOW + 2 * HOUR_MS);
    w->visit.site = w->t->site;
}

static void a_letter_waits_until_it_is_kept(void **state)
{
    struct world w = signed_world("queue", true);
    struct keeping full = {.code = SALVE_E_FULL}, fine = {.code = SALVE_OK};
    (void)state;
    later(&w);
    struct visit_waiting *list = queue(&w, 1);
    assert_int_equal(list[0].reach, WORK_BY_TICKET);
    assert_code(print(&w, list[0].ticket, &full), SALVE_E_FULL);
    queue(&w, 1); /* forgotten is none */
    assert_code(print(&w, list[0].ticket, &fine), SALVE_OK);
    assert_int_equal(fine.calls, 1);
    queue(&w, 0); /* printed twice neither */
    assert_code(print(&w, list[0].ticket, &fine), SALVE_E_NOT_FOUND);
    world_drop(&w);
}

static void without_follow_up_it_waits_for_the_card(void **state)
{
    struct world w = signed_world("by-card", false);
    struct keeping fine = {.code = SALVE_OK};
    (void)state;
    later(&w);
    struct visit_waiting *list = queue(&w, 1);
    assert_int_equal(list[0].reach, WORK_BY_CARD);
    assert_code(print(&w, list[0].ticket, &fine), SALVE_E_CONSENT);
    assert_int_equal(fine.calls, 0);
    queue(&w, 1);
    assert_code(print(&w, w.card, &fine), SALVE_OK);
    queue(&w, 0);
    world_drop(&w);
}

/* Above the quota nothing opens and nothing is lost; an hour later the same letter is made. */
static void above_the_quota_a_letter_waits(void **state)
{
    enum { OTHERS = 60 };
    struct world w = signed_world("quota", true);
    struct keeping fine = {.code = SALVE_OK};
    char ids[OTHERS][COMPARTMENT_TEXT_BYTES + 1];
    (void)state;
    for (size_t i = 0; i < OTHERS; i++) {
        struct rec_enrolled other = t_enrol(w.t, "Other", "1980-01-01");
        compartment_text(other.compartment, ids[i]);
        t_give(w.t, other.card, PURPOSE_FOLLOW_UP);
    }
    later(&w);
    for (size_t i = 0; i < OTHERS; i++) {
        struct rec_view *view = NULL;
        struct rec_ask ask = {.actor = T_CLINICIAN, .purpose = PURPOSE_FOLLOW_UP, .who = str_of(ids[i])};
        t_must(rec_open(w.t->site, &ask, &view, &err));
        t_must(rec_close(&view, &err));
    }
    struct visit_waiting *list = queue(&w, 1);
    assert_code(print(&w, list[0].ticket, &fine), SALVE_E_QUOTA);
    assert_int_equal(fine.calls, 0);
    queue(&w, 1);
    t_site_at(w.t, T_SITE_NOW + 4 * HOUR_MS);
    w.visit.site = w.t->site;
    assert_code(print(&w, queue(&w, 1)[0].ticket, &fine), SALVE_OK);
    queue(&w, 0);
    world_drop(&w);
}

/* Screening again leaves what was signed waiting; signing again is one letter. */
static void a_new_screening_takes_no_letter_away(void **state)
{
    struct world w = signed_world("again", true);
    struct visit_screening screening;
    struct screen_found findings;
    struct visit_signed done;
    (void)state;
    t_must(visit_screening(&w.visit, &screening, &err));
    t_must(visit_screen(as(&w, T_ASSISTANT), &screening, w.card, &findings, &err));
    queue(&w, 1);
    t_must(visit_sign(as(&w, T_CLINICIAN), w.card, NULL, &done, &err));
    queue(&w, 1);
    world_drop(&w);
}

static void only_staff_who_examine_read_the_list(void **state)
{
    struct world w = signed_world("roles", true);
    struct visit_waiting *list = NULL;
    size_t count = 0;
    (void)state;
    assert_code(visit_letter_queue(as(&w, T_MANAGER), &list, &count, NULL, NULL), SALVE_E_ROLE);
    assert_code(visit_letter_queue(as(&w, T_PERSON), &list, &count, NULL, NULL), SALVE_E_ROLE);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_waits_until_it_is_kept),
        cmocka_unit_test(without_follow_up_it_waits_for_the_card),
        cmocka_unit_test(above_the_quota_a_letter_waits),
        cmocka_unit_test(a_new_screening_takes_no_letter_away),
        cmocka_unit_test(only_staff_who_examine_read_the_list),
    };
    return t_run(tests);
}
