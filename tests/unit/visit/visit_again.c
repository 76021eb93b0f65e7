/* SPDX-License-Identifier: Apache-2.0
 * What came again: references to doubles, the person's own export, what nobody at the desk may see, words that only this
 * site's staff can say. */
#include "visit_world.h"

#include "admit/same.h"
#include "fhir/fhir.h"

#define SUBJECT ",\"subject\":{\"reference\":\"Patient/p\"}"
#define NINE    ",\"effectiveDateTime\":\"2026-11-23T09:00:00Z\""
#define KG(n)                                                                                                          \
    ",\"valueQuantity\":{\"value\":" n ",\"unit\":\"kg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}"
#define RESULT(id, status, code, more)                                                                                 \
    "{\"resourceType\":\"Observation\"" id ",\"status\":\"" status                                                     \
    "\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]}" SUBJECT more "}"
#define ID(id) ",\"id\":\"" id "\""

static struct str file_of(struct world *w, const char *const *resources, size_t count, const char *full_url)
{
    struct buf out;
    struct str text;
    buf_init(&out, w->t->mem, 1 << 20);
    buf_add(&out, STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
                      "\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"Adeyemi\",\"given\":[\"Tala\"]}],\"gender\":"
                      "\"female\",\"birthDate\":\"1980-01-01\"}}"));
    for (size_t i = 0; i < count; i++) {
        buf_add(&out, STR(",{"));
        if (i == 0 && full_url != NULL) buf_addf(&out, "\"fullUrl\":\"%s\",", full_url);
        buf_addf(&out, "\"resource\":%s}", resources[i]);
    }
    buf_add(&out, STR("]}"));
    t_must(buf_done(&out, &text, &err));
    return text;
}

static struct visit_imported bring_as(struct world *w, struct actor actor, struct str file)
{
    static const struct visit_import_ask ask = {0};
    struct visit_imported sum = {0};
    t_must(visit_import(as(w, actor), w->card, file, &ask, &sum, &err));
    return sum;
}

static struct visit_imported bring(struct world *w, const char *const *resources, size_t count)
{
    return bring_as(w, T_ASSISTANT, file_of(w, resources, count, NULL));
}

static size_t count_of(struct str text, const char *what)
{
    size_t count = 0;
    for (ptrdiff_t at = str_find(text, str_of(what)); at >= 0; at = str_find(text, str_of(what)), count++)
        text = str_cut(text, (size_t)at + 1, text.len);
    return count;
}

static void what_refers_to_a_double_refers_to_what_is_here(void **state)
{
    struct world w = world_make("doubles", NULL);
    static const char *const first[] = {RESULT("", "final", "29463-7", NINE KG("71.5"))};
    static const char *const report[] = {
        RESULT("", "final", "29463-7", NINE KG("71.5")),
        "{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
        "\"code\":\"29463-7\"}]}" SUBJECT
        ",\"result\":[{\"reference\":\"urn:uuid:11111111-1111-4111-8111-111111111111\"}]}"};
    (void)state;
    struct visit_imported one = bring(&w, first, 1);
    assert_int_equal(one.resource_count, 2);
    struct str id = arena_printf(w.t->mem, "\"Observation/%.*s\"", STR_ARGS(one.resources[1].id));
    struct str file = file_of(&w, report, 2, "urn:uuid:11111111-1111-4111-8111-111111111111");
    struct visit_imported two = bring_as(&w, T_ASSISTANT, file);
    assert_int_equal(two.kept, 1);
    assert_true(holds(record_of(&w, w.card), id.ptr));
    two = bring_as(&w, T_ASSISTANT, file);
    assert_int_equal(two.again.here, 2 + 1); /* the Patient, too; a report without an id is told by what it says */
    assert_int_equal(count_of(record_of(&w, w.card), "\"29463-7\""), 2);
    world_drop(&w);
}

static void the_person_s_own_export_changes_nothing(void **state)
{
    struct world w = world_make("export", NULL);
    struct tape bundle;
    struct buf out;
    struct str file;
    (void)state;
    (void)bring_as(&w, T_ASSISTANT, file_about(&w, "1980-01-01", ""));
    struct str mine = record_of(&w, w.card);
    t_must(fhir_read(mine, NULL, w.t->mem, &bundle, NULL, &err));
    buf_init(&out, w.t->mem, 1 << 20);
    for (tape_at at = TAPE_NONE; tape_each_resource(&bundle, &at);) {
        struct str type = fhir_type_name(tape_type(&bundle, at));
        if (!str_is(type, "Patient") && !str_is(type, "Observation")) continue; /* the gate makes the others */
        fhir_write(&bundle, at, FHIR_COMPACT, &out);
        buf_add_char(&out, '\n');
    }
    t_must(buf_done(&out, &file, &err));
    struct visit_imported sum = bring_as(&w, T_ASSISTANT, file);
    assert_int_equal(sum.kept, 0);
    assert_int_equal(sum.again.here, 3);
    world_drop(&w);
}

static void words_of_this_site_s_staff_come_from_no_file(void **state)
{
    struct world w = world_make("words", NULL);
    static const char *const words[] = {
        "{\"resourceType\":\"Observation\",\"id\":\"f\",\"extension\":[{\"url\":\"urn:salve:extension:finding\",\"extension\":["
        "{\"url\":\"urn:salve:extension:guideline\",\"valueString\":\"kidney\"}]}],\"status\":\"preliminary\",\"code\":{"
        "\"coding\":[{\"system\":\"urn:salve:item\",\"code\":\"egfr\"}]}" SUBJECT "}",
        "{\"resourceType\":\"Provenance\",\"id\":\"s\",\"target\":[{\"reference\":\"Observation/f\"}],\"recorded\":"
        "\"2026-11-23T09:00:00Z\",\"activity\":{\"coding\":[{\"system\":\"urn:salve:activity\",\"code\":\"sign\"}]},\"agent\":["
        "{\"who\":{\"identifier\":{\"system\":\"urn:salve:staff\",\"value\":\"dr-amina\"}}}]}",
        "{\"resourceType\":\"Communication\",\"id\":\"t\",\"status\":\"completed\",\"category\":[{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/communication-category\",\"code\":\"notification\"}]}]" SUBJECT
        ",\"about\":[{\"reference\":\"Observation/f\"}],\"sender\":{\"identifier\":{\"system\":\"urn:salve:staff\",\"value\":"
        "\"dr-amina\"}}}"};
    (void)state;
    struct visit_imported sum = bring(&w, words, 3);
    assert_int_equal(sum.again.ours, 3);
    struct str kept = record_of(&w, w.card);
    assert_false(holds(kept, "urn:salve:extension:finding"));
    assert_false(holds(kept, "urn:salve:activity"));
    assert_false(holds(kept, "communication-category"));
    world_drop(&w);
}

/* An assistant cannot look up what is kept apart: it is stored as it came, and who may see it counts one. */
static void what_nobody_at_the_desk_may_see_counts_once_all_the_same(void **state)
{
    struct world w = world_make("blind", NULL);
    const struct rec_resource *all = NULL;
    struct rec_view *view = NULL;
    size_t count = 0, standing = 0, n = 0;
    (void)state;
#define PHQ(id, status, value) RESULT(ID(id), status, "44261-6", NINE ",\"valueInteger\":" value)
    static const char *const first[] = {PHQ("a", "final", "12"), PHQ("b", "final", "3")};
    static const char *const back[] = {PHQ("b", "entered-in-error", "3"), PHQ("c", "entered-in-error", "3")};
    t_give_apart(w.t, w.card);
    assert_int_equal(bring(&w, first, 2).kept, 3);
    assert_int_equal(bring(&w, first, 2).kept, 2);
    struct visit_imported sum = bring(&w, back, 2);
    assert_int_equal(sum.kept, 2);
    assert_int_equal(sum.again.named_nothing, 0);
    view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.card);
    t_must(rec_all(view, CLASS_BIT(CLASS_SENS), &all, &count, &err));
    assert_int_equal(count, 6);
    struct tape tapes[8];
    bool counts[8];
    for (size_t i = 0; i < count; i++) tapes[n++] = all[i].tape;
    t_must(same_standing(tapes, n, w.t->mem, counts, &err));
    for (size_t i = 0; i < n; i++) {
        standing += counts[i];
        if (counts[i]) assert_true(holds(tape_child_text(&tapes[i], 0, "status"), "final"));
    }
    assert_int_equal(standing, 1);
    t_close_view(&view);
    /* who may see it names what is here */
    sum = bring_as(&w, T_CLINICIAN, file_of(&w, first, 2, NULL));
    assert_int_equal(sum.again.here + sum.again.older, 3);
    assert_int_equal(sum.kept, 0);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_refers_to_a_double_refers_to_what_is_here),
        cmocka_unit_test(the_person_s_own_export_changes_nothing),
        cmocka_unit_test(words_of_this_site_s_staff_come_from_no_file),
        cmocka_unit_test(what_nobody_at_the_desk_may_see_counts_once_all_the_same),
    };
    return t_run(tests);
}
