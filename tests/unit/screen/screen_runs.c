/* SPDX-License-Identifier: Apache-2.0
 *
 * What runs and signings do to each other: unsigned drafts are replaced or end, signed results stay, each signing stands
 * by itself; and a run on paper leaves nothing. */
#include "records/gate.h"
#include "screen/screen_int.h"
#include "screen_case.h"

static struct actor OTHER_CLINICIAN = {.id = {"dr-bo", 5}, .role = ROLE_CLINICIAN};

static struct world world_examined(const char *name)
{
    struct world w = world_make(name);
    accept_all(&w);
    examine(&w);
    return w;
}

static void run_once(struct world *w)
{
    const struct finding *findings = NULL;
    size_t count = 0;
    run(w, &findings, &count);
}

static struct rec_view *look(struct world *w) { return t_open(w->t, T_CLINICIAN, PURPOSE_CARE, w->person.card); }

static void lower_the_pressure(struct world *w)
{
    struct rec_view *view = t_open(w->t, T_ASSISTANT, PURPOSE_CARE, w->person.card);
    measure_pressure(w, view, 20, "116", "66");
    measure_pressure(w, view, 22, "114", "64");
    t_close_view(&view);
}

/* Ids and versions of the resources of a type that are kept, to tell "the next version of it" from "another one". */
static size_t ids_of(struct rec_view *view, enum screen_kind kind, struct arena *mem, struct str ids[32],
                     uint32_t versions[32])
{
    const struct rec_resource *all = NULL;
    size_t count = 0, found = 0;
    t_must(rec_all(view, 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) {
        if (screen_kind(&all[i]) != kind) continue;
        assert_true(found < 32);
        t_must(arena_str(mem, all[i].id, &ids[found], &err));
        versions[found++] = all[i].version;
    }
    return found;
}

/* Alarms are written by each run; of the others the first of the class, which says how far all of them were judged. */
static void a_run_without_change_leaves_its_drafts(void **state)
{
    (void)state;
    struct world w = world_examined("runs-same");
    struct str before[32], after[32];
    uint32_t old_version[32], new_version[32];
    static const enum screen_kind kinds[] = {SCREEN_OBSERVATION, SCREEN_REQUEST, SCREEN_TASK};
    for (size_t k = 0; k < 3; k++) {
        size_t written = 0;
        run_once(&w);
        struct rec_view *view = look(&w);
        size_t count = ids_of(view, kinds[k], w.t->mem, before, old_version);
        t_close_view(&view);
        run_once(&w);
        view = look(&w);
        assert_int_equal(ids_of(view, kinds[k], w.t->mem, after, new_version), count);
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            assert_true(str_eq(before[i], after[i]));
            written += new_version[i] != old_version[i];
        }
        assert_int_equal(written, kinds[k] == SCREEN_OBSERVATION);
        assert_int_equal(new_version[0] - old_version[0], kinds[k] == SCREEN_OBSERVATION);
        t_close_view(&view);
    }
    t_site_drop(w.t);
}

static enum screen_age age_of(struct world *w)
{
    enum screen_age age = SCREEN_CORRECTED;
    struct rec_view *view = look(w);
    t_must(screen_age(view, SCREEN_DRAFT, w->t->mem, &age, &err));
    t_close_view(&view);
    return age;
}

/* A value that changes no finding makes all drafts old, and the run that finds them again makes all of them new: those
 * too that it did not write. They are signed then, which the gate looks at by itself. */
static void drafts_that_stand_are_judged_anew(void **state)
{
    (void)state;
    size_t signed_count = 0, count = 0;
    struct salve_err err = {0};
    struct world w = world_examined("runs-anew");
    run_once(&w);
    struct rec_view *view = look(&w);
    struct screen_set drafts = kept(&w, view, SCREEN_DRAFT);
    measure(&w, view, "8310-5", "36.8", "Cel");
    t_close_view(&view);
    assert_int_equal(age_of(&w), SCREEN_NEWER);
    view = look(&w);
    assert_code(screen_sign(view, T_CLINICIAN, NULL, w.t->mem, &count, &err), SALVE_E_STALE);
    t_close_view(&view);
    run_once(&w);
    assert_int_equal(age_of(&w), SCREEN_CURRENT);
    sign(&w, &signed_count);
    assert_int_equal(signed_count, drafts.count);
    t_site_drop(w.t);
}

#ifndef T_SITE_FAR /* there the site is another thread's */
/* Another station judges the person while this run reads. */
static void other_station(void *with, int until_fd)
{
    struct world *w = with;
    (void)until_fd;
    site_pause_use(w->t->site, NULL, NULL);
    lower_the_pressure(w);
    run_once(w);
}

/* What it found again as it stood the later run did not write: the other one may have ended it, by what this one did
 * not see, or the other way round. So it meets a conflict, and leaves what is there. */
static void of_two_runs_at_once_the_later_one_goes_again(void **state)
{
    (void)state;
    struct salve_err err = {0};
    struct screen_found found;
    struct world w = world_examined("runs-two");
    struct rec_view *view = look(&w);
    for (unsigned i = 0; i < 20; i++) measure(&w, view, "8310-5", "36.8", "Cel");
    t_close_view(&view);
    run_once(&w);
    view = look(&w);
    site_pause_use(w.t->site, other_station, &w);
    assert_code(screen_run(w.screen, view, NULL, w.t->mem, &found, &err), SALVE_E_CONFLICT);
    t_close_view(&view);
    assert_int_equal(age_of(&w), SCREEN_CURRENT);
    run_once(&w);
    assert_int_equal(age_of(&w), SCREEN_CURRENT);
    t_site_drop(w.t);
}
#endif

static struct str draft_of_item(struct world *w, struct rec_view *view, const char *item)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    t_must(rec_all(view, 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) {
        struct finding finding;
        struct str id;
        if (screen_kind(&all[i]) != SCREEN_OBSERVATION || !screen_is_draft(&all[i])) continue;
        t_must(screen_finding(&all[i].tape, screen_extension(&all[i].tape), w->t->mem, &finding, &err));
        if (!str_is(finding.item, item)) continue;
        t_must(arena_str(w->t->mem, all[i].id, &id, &err));
        return id;
    }
    fail_msg("there is no draft of %s", item);
    return STR("");
}

/* Whatever comes between: HbA1c is judged before the fasting value, and does not take over its draft. */
static void a_draft_stays_with_its_item(void **state)
{
    (void)state;
    struct world w = world_examined("runs-item");
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    measure(&w, view, "1558-6", "110", "mg/dL");
    t_close_view(&view);
    run_once(&w);
    view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    struct str before = draft_of_item(&w, view, "fasting-glucose");
    measure(&w, view, "4548-4", "6.1", "%");
    t_close_view(&view);
    run_once(&w);
    view = look(&w);
    assert_true(str_eq(before, draft_of_item(&w, view, "fasting-glucose")));
    assert_false(str_eq(before, draft_of_item(&w, view, "hba1c")));
    t_close_view(&view);
    t_site_drop(w.t);
}

/* The height was implausible: it is measured again, and the task to do so ends with the draft that asked for it. */
static void a_task_ends_when_the_value_was_measured_again(void **state)
{
    (void)state;
    struct world w = world_examined("runs-task");
    run_once(&w);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    size_t asked = with_status(view, "Task", "draft");
    assert_true(asked > 0);
    measure(&w, view, "8302-2", "170", "cm");
    t_close_view(&view);
    run_once(&w);
    view = look(&w);
    assert_int_equal(with_status(view, "Task", "draft"), 0);
    assert_int_equal(with_status(view, "Task", "cancelled"), asked);
    t_close_view(&view);
    t_site_drop(w.t);
}

/* What a later run no longer finds: the guideline is not used any more, so its drafts end, and no signing takes them. */
static void drafts_that_no_run_confirms_are_not_signed(void **state)
{
    (void)state;
    struct world w = world_examined("runs-rest");
    size_t signed_count = 0, all_findings = 0;
    const struct finding *findings = NULL;
    run(&w, &findings, &all_findings);
    struct screen *fewer = NULL;
    struct guideline *two[] = {w.list[0], w.list[w.count - 1]}; /* blood pressure, and the alarms */
    t_must(screen_open(w.t->site, two, 2, w.t->mem, &fewer, NULL, &err));
    w.screen = fewer;
    size_t left = 0;
    run(&w, &findings, &left);
    assert_true(left > 0 && left < all_findings);
    struct rec_view *view = look(&w);
    assert_int_equal(with_status(view, "Observation", "cancelled"), all_findings - left);
    t_close_view(&view);
    sign(&w, &signed_count);
    assert_int_equal(signed_count, left);
    view = look(&w);
    assert_int_equal(kept(&w, view, SCREEN_SIGNED).count, left);
    t_close_view(&view);
    t_site_drop(w.t);
}

/* The alarms found something, and then they could not be judged any more: what they found stands. */
static void alarms_that_cannot_be_judged_hide_nothing(void **state)
{
    (void)state;
    struct world w = world_examined("runs-alarms");
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    measure_pressure(&w, view, 20, "64", "40");
    t_close_view(&view);
    const struct finding *findings = NULL;
    size_t count = 0;
    run(&w, &findings, &count);
    assert_str(findings[0].item, "bp-low");
    assert_int_equal(findings[0].urgency, URGENCY_EMERGENCY_NOW);
    t_must(screen_open(w.t->site, w.list, 1, w.t->mem, &w.screen, NULL, &err)); /* the folder of the alarms is away */
    run(&w, &findings, &count);
    assert_str(findings[0].item, SCREEN_ALARMS_NOT_JUDGED);
    assert_int_equal(findings[0].urgency, URGENCY_SAME_DAY);
    assert_true(screen_holds(findings, count));
    view = look(&w);
    struct screen_set drafts = kept(&w, view, SCREEN_DRAFT);
    assert_str(of_item(drafts.findings, drafts.count, "bp-low")->action, "call-emergency");
    assert_true(screen_holds(drafts.findings, drafts.count));
    t_close_view(&view);
    t_site_drop(w.t);
}

/* A run that could not judge the alarms makes none of their drafts newer: what came since is not in them. */
static void alarms_that_were_not_judged_anew_are_not_signed(void **state)
{
    (void)state;
    struct world w = world_examined("runs-unjudged");
    size_t signed_count = 0;
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    measure_pressure(&w, view, 20, "64", "40");
    t_close_view(&view);
    run_once(&w);
    lower_the_pressure(&w);
    t_must(screen_open(w.t->site, w.list, 1, w.t->mem, &w.screen, NULL, &err)); /* the folder of the alarms is away */
    run_once(&w);
    assert_int_equal(age_of(&w), SCREEN_NEWER);
    view = look(&w);
    assert_code(screen_sign(view, T_CLINICIAN, NULL, w.t->mem, &signed_count, NULL), SALVE_E_STALE);
    t_close_view(&view);
    t_site_drop(w.t);
}

static void signed_results_stay_when_a_run_finds_otherwise(void **state)
{
    (void)state;
    struct world w = world_examined("runs-stay");
    struct str before[32], after[64 / 2];
    uint32_t old_version[32], new_version[32];
    size_t signed_count = 0;
    run_once(&w);
    sign(&w, &signed_count);
    struct rec_view *view = look(&w);
    size_t count = ids_of(view, SCREEN_OBSERVATION, w.t->mem, before, old_version);
    size_t requests = with_status(view, "ServiceRequest", "active");
    t_close_view(&view);
    lower_the_pressure(&w);
    run_once(&w);
    view = look(&w);
    size_t now = ids_of(view, SCREEN_OBSERVATION, w.t->mem, after, new_version);
    assert_int_equal(now, 2 * count); /* new drafts beside what was signed */
    for (size_t i = 0; i < count; i++) {
        assert_true(str_eq(before[i], after[i]));
        assert_int_equal(new_version[i], old_version[i]);
    }
    assert_int_equal(with_status(view, "Observation", "preliminary"), count);
    assert_int_equal(with_status(view, "ServiceRequest", "active"), requests);
    t_close_view(&view);
    t_site_drop(w.t);
}

static void the_newest_signing_stands_with_its_own_clinician(void **state)
{
    (void)state;
    struct world w = world_examined("runs-newest");
    size_t first = 0, second = 0;
    t_must(t_register(w.t->site, T_MANAGER, OTHER_CLINICIAN.id, ROLE_CLINICIAN, &err));
    t_login(w.t, &OTHER_CLINICIAN);
    run_once(&w);
    sign(&w, &first);
    lower_the_pressure(&w);
    run_once(&w);
    struct rec_view *view = t_open(w.t, OTHER_CLINICIAN, PURPOSE_CARE, w.person.card);
    t_must(screen_sign(view, OTHER_CLINICIAN, NULL, w.t->mem, &second, &err));
    t_close_view(&view);
    assert_int_equal(first, second);
    view = look(&w);
    struct screen_set set = kept(&w, view, SCREEN_SIGNED);
    assert_str(set.signed_by, "dr-bo");
    assert_int_equal(set.count, second);
    assert_str(of_item(set.findings, set.count, "bp-category")->value, "115");
    assert_int_equal(with_status(view, "Observation", "final") - first - second, 10); /* and the ten measurements */
    t_close_view(&view);
    t_site_drop(w.t);
}

/* One Provenance a signing: everything that was signed, and a pseudonym, never a name. */
static void a_signing_names_what_it_covers(void **state)
{
    (void)state;
    struct world w = world_examined("runs-provenance");
    const struct rec_resource *all = NULL;
    size_t count = 0, signed_count = 0, found = 0;
    run_once(&w);
    sign(&w, &signed_count);
    struct rec_view *view = look(&w);
    t_must(rec_all(view, 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) {
        if (!str_is(all[i].type, "Provenance")) continue;
        found++;
        struct str text = t_json(w.t->mem, &all[i].tape);
        size_t covered = 0;
        for (size_t r = 0; r < count; r++) {
            struct str reference =
                arena_printf(w.t->mem, "{\"reference\":\"%.*s/%.*s\"}", STR_ARGS(all[r].type), STR_ARGS(all[r].id));
            bool is_covered = str_find(text, reference) >= 0;
            covered += is_covered;
            if (is_covered != (screen_kind(&all[r]) != SCREEN_OTHER)) fail_msg("%.*s", STR_ARGS(reference));
        }
        assert_true(covered > signed_count); /* requests and tasks with the findings */
        assert_true(str_find(text, STR("\"system\":\"urn:salve:staff\",\"value\":\"dr-amina\"")) > 0);
        assert_true(str_find(text, STR("\"recorded\":\"2026-11-23T09:30:00Z\"")) > 0);
    }
    assert_int_equal(found, 1);
    t_close_view(&view);
    t_site_drop(w.t);
}

static void a_clinician_without_a_name_signs_nothing(void **state)
{
    (void)state;
    struct world w = world_examined("runs-nameless");
    struct actor nameless = T_CLINICIAN;
    size_t count = 0;
    run_once(&w);
    struct rec_view *view = look(&w);
    nameless.id = STR("");
    assert_code(screen_sign(view, nameless, NULL, w.t->mem, &count, NULL), SALVE_E_ROLE);
    assert_code(screen_sign(view, T_REGISTRAR, NULL, w.t->mem, &count, NULL), SALVE_E_ROLE);
    assert_int_equal(with_status(view, "Observation", "preliminary"), kept(&w, view, SCREEN_DRAFT).count);
    t_close_view(&view);
    t_site_drop(w.t);
}

/* An evaluation needs the birth date: a view of the clinical class alone is refused before anything is evaluated. */
static void a_view_without_identity_runs_nothing(void **state)
{
    (void)state;
    struct world w = world_examined("runs-identity");
    struct screen_found found;
    struct rec_view *view = NULL;
    struct salve_err err = {0};
    struct rec_ask ask = {
        .actor = T_CLINICIAN, .purpose = PURPOSE_CARE, .who = w.person.card, .classes = CLASS_BIT(CLASS_CLIN)};
    t_must(rec_open(w.t->site, &ask, &view, &err));
    size_t before = t_count(view);
    assert_code(screen_run(w.screen, view, NULL, w.t->mem, &found, &err), SALVE_E_CONSENT);
    assert_non_null(strstr(err.why, "identity"));
    assert_int_equal(t_count(view), before);
    t_close_view(&view);
    t_site_drop(w.t);
}

static void a_run_on_paper_finds_the_same_and_leaves_nothing(void **state)
{
    (void)state;
    struct world w = world_examined("runs-paper");
    const struct finding *findings = NULL;
    struct finding *on_paper = NULL;
    const struct rec_resource *all = NULL;
    size_t count = 0, paper_count = 0, resources = 0;
    struct site_facts before, after;
    struct rec_view *view = look(&w);
    t_must(rec_all(view, 0, &all, &resources, &err));
    struct tape *tapes = arena_array(w.t->mem, struct tape, resources);
    for (size_t i = 0; i < resources; i++) tapes[i] = all[i].tape;
    t_must(site_facts(w.t->site, w.t->mem, &before, &err));
    struct screen_ask ask = {.tapes = tapes, .tape_count = resources, .now_unix_ms = T_SITE_NOW};
    t_must(screen_evaluate(w.screen, &ask, w.t->mem, &on_paper, &paper_count, &err));
    t_must(site_facts(w.t->site, w.t->mem, &after, &err));
    assert_int_equal(after.log_size, before.log_size);
    assert_int_equal(t_count(view), resources);
    t_close_view(&view);
    run(&w, &findings, &count);
    assert_int_equal(paper_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_eq(on_paper[i].item, findings[i].item));
        assert_true(str_eq(on_paper[i].category, findings[i].category));
        assert_true(str_eq(on_paper[i].value, findings[i].value));
    }
    t_site_drop(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_without_change_leaves_its_drafts),
        cmocka_unit_test(drafts_that_stand_are_judged_anew),
#ifndef T_SITE_FAR
        cmocka_unit_test(of_two_runs_at_once_the_later_one_goes_again),
#endif
        cmocka_unit_test(a_draft_stays_with_its_item),
        cmocka_unit_test(a_task_ends_when_the_value_was_measured_again),
        cmocka_unit_test(drafts_that_no_run_confirms_are_not_signed),
        cmocka_unit_test(alarms_that_cannot_be_judged_hide_nothing),
        cmocka_unit_test(alarms_that_were_not_judged_anew_are_not_signed),
        cmocka_unit_test(signed_results_stay_when_a_run_finds_otherwise),
        cmocka_unit_test(the_newest_signing_stands_with_its_own_clinician),
        cmocka_unit_test(a_signing_names_what_it_covers),
        cmocka_unit_test(a_clinician_without_a_name_signs_nothing),
        cmocka_unit_test(a_view_without_identity_runs_nothing),
        cmocka_unit_test(a_run_on_paper_finds_the_same_and_leaves_nothing),
    };
    return t_run(tests);
}
