/* SPDX-License-Identifier: Apache-2.0
 * Resources written by their ids: what becomes of each, what is refused, and what is told of it whatever becomes of it. */
#include "visit_world.h"

#include "screen/told.h"
#include "visit/check.h"
#include "visit/content.h"
#include "visit/held.h"
#include "visit/person.h"
#include "visit/write.h"

#define NINE ",\"effectiveDateTime\":\"2026-11-23T09:00:00Z\""
#define KG(n)                                                                                                          \
    ",\"valueQuantity\":{\"value\":" n ",\"unit\":\"kg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}"
#define OBSERVATION(status, code, more)                                                                                \
    "{\"resourceType\":\"Observation\",\"id\":\"theirs\",\"meta\":{\"versionId\":\"7\",\"lastUpdated\":"               \
    "\"2020-01-01T00:00:00Z\"},\"status\":\"" status "\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","      \
    "\"code\":\"" code "\"}]},\"subject\":{\"reference\":\"Patient/%s\"}" more "}"
#define WEIGHT(n) OBSERVATION("final", "29463-7", NINE KG(n))

/* A desk with somebody open, and what it heard last. */
struct desk {
    struct world w;
    struct visit visit;
    struct visit_held held;
    struct visit_screening screening;
    char patient[80];
    struct screen_found alarms;
    size_t issue_count, unlikely_count, apart_count;
    char path[200], rule[40];
    bool is_refused;
    struct visit_write_sum sum;
    struct salve_err err;
};

static void hear_alarms(void *with, const struct screen_found *found) { ((struct desk *)with)->alarms = *found; }

static void hear_issues(void *with, const struct fhir_issues *issues, bool is_refused)
{
    struct desk *d = with;
    d->issue_count = issues->count;
    d->is_refused = is_refused;
    (void)snprintf(d->path, sizeof d->path, "%.*s", STR_ARGS(issues->items[0].path));
    (void)snprintf(d->rule, sizeof d->rule, "%s", issues->items[0].rule);
}

static void hear_apart(void *with, const struct visit_apart *apart)
{
    ((struct desk *)with)->apart_count = apart->count;
}

static void hear_unlikely(void *with, const struct visit_unlikely *list, size_t count)
{
    (void)list;
    ((struct desk *)with)->unlikely_count = count;
}

static struct rec_view *view_of(struct desk *d) { return d->held.view; }

static void find_patient(struct desk *d)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    t_must(rec_all(view_of(d), 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++)
        if (str_is(all[i].type, "Patient")) (void)snprintf(d->patient, sizeof d->patient, "%.*s", STR_ARGS(all[i].id));
}

static void desk_open(struct desk *d, const char *name, const struct actor *actor)
{
    *d = (struct desk){.w = world_make(name, "alarms")};
    d->visit = d->w.visit;
    d->visit.actor = *actor; /* logged in by now */
    t_must(visit_screening(&d->visit, &d->screening, &err));
    t_must(visit_hold(&d->visit, d->w.card, &d->held, &err));
    d->visit.held = &d->held;
    find_patient(d);
}

static void desk_close(struct desk *d)
{
    t_must(visit_release(&d->held, &err));
    world_drop(&d->w);
}

/* "%s" of the text is the Patient's id. */
static struct tape *tape_of(struct desk *d, const char *text)
{
    struct tape *tape = arena_new(d->w.t->mem, struct tape);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    struct str json = arena_printf(d->w.t->mem, text, d->patient);
#pragma GCC diagnostic pop
    t_must(fhir_read(json, NULL, d->w.t->mem, tape, NULL, &err));
    return tape;
}

static enum salve_code write_with(struct desk *d, const struct visit_write *list, size_t count,
                                  struct visit_write_ask ask)
{
    ask.list = list;
    ask.count = count;
    ask.screening = &d->screening;
    ask.alarms = hear_alarms;
    ask.issues = hear_issues;
    ask.apart = hear_apart;
    ask.unlikely = hear_unlikely;
    ask.with = d;
    d->alarms = (struct screen_found){0};
    d->issue_count = d->unlikely_count = d->apart_count = 0;
    d->err = (struct salve_err){0};
    t_must(visit_ranges(d->visit.content, &ask.ranges, &err));
    return visit_write(&d->visit, d->held.who, &ask, &d->sum, &d->err);
}

static enum salve_code write_some(struct desk *d, const struct visit_write *list, size_t count)
{
    return write_with(d, list, count, (struct visit_write_ask){0});
}

static struct visit_write create(struct desk *d, const char *text)
{
    struct tape *tape = tape_of(d, text);
    return (struct visit_write){.act = VISIT_CREATE, .type = tape_type(tape, 0), .resource = tape};
}

static struct visit_write update(struct desk *d, struct str id, uint32_t version, const char *text)
{
    struct visit_write one = create(d, text);
    one.act = VISIT_UPDATE;
    one.id = id;
    one.version = version;
    return one;
}

static struct visit_write delete (struct str id, uint32_t version)
{
    return (struct visit_write){.act = VISIT_DELETE, .type = FHIR_T_Observation, .id = id, .version = version};
}

static struct str id_at(const struct desk *d, size_t at)
{
    struct str id;
    t_must(arena_str(d->w.t->mem, d->sum.list[at].id, &id, &err));
    return id;
}

static const struct rec_resource *newest(struct desk *d, struct str id)
{
    const struct rec_resource *one = NULL;
    t_must(rec_read(view_of(d), id, &one, &err));
    return one;
}

static size_t observations(struct desk *d)
{
    const struct rec_resource *all = NULL;
    size_t count = 0, n = 0;
    t_must(rec_all(view_of(d), 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) n += str_is(all[i].type, "Observation");
    return n;
}

static struct str value_at(struct desk *d, struct str id)
{
    const struct tape *tape = &newest(d, id)->tape;
    return tape_text(tape, tape_get(tape, 0, "valueQuantity.value"));
}

/* --- one ---------------------------------------------------------------------------------------------------------- */

static void what_is_created_has_an_id_of_the_record(void **state)
{
    struct desk d;
    (void)state;
    desk_open(&d, "create", &T_CLINICIAN);
    assert_code(write_some(&d, (struct visit_write[]){create(&d, WEIGHT("71.5"))}, 1), SALVE_OK);
    assert_int_equal(d.sum.list[0].word, VISIT_WRITE_NEW);
    const struct rec_resource *one = newest(&d, id_at(&d, 0));
    assert_int_equal(one->version, 1);
    assert_true(tape_get(&one->tape, 0, "meta") == TAPE_NONE); /* version and time are the record's to say */
    assert_true(tape_get(&one->tape, 0, "identifier") == TAPE_NONE);
    assert_str(value_at(&d, one->id), "71.5");
    desk_close(&d);
}

static void a_request_that_is_made_again_keeps_nothing_twice(void **state)
{
    struct desk d;
    (void)state;
    desk_open(&d, "again", &T_CLINICIAN);
    struct visit_write one = create(&d, WEIGHT("71.5"));
    assert_code(write_some(&d, &one, 1), SALVE_OK);
    struct str id = id_at(&d, 0);
    assert_code(write_some(&d, &one, 1), SALVE_OK);
    assert_int_equal(d.sum.list[0].word, VISIT_WRITE_HERE);
    assert_true(str_eq(d.sum.list[0].id, id));
    assert_int_equal(observations(&d), 1);
    struct visit_write same = update(&d, id, 1, WEIGHT("72"));
    assert_code(write_some(&d, &same, 1), SALVE_OK);
    same.version = 2;
    assert_code(write_some(&d, &same, 1), SALVE_OK);
    assert_int_equal(d.sum.list[0].word, VISIT_WRITE_HERE);
    assert_int_equal(newest(&d, id)->version, 2);
    desk_close(&d);
}

static void answers_that_come_again_are_not_made_into_results_again(void **state)
{
    static const char answers[] =
        "{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/%s\"},"
        "\"authored\":\"2026-11-23T09:00:00Z\",\"item\":[{\"linkId\":\"/29463-7\",\"answer\":[{\"valueQuantity\":"
        "{\"value\":71.5,\"unit\":\"kg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}]}]}";
    struct desk d;
    (void)state;
    desk_open(&d, "answers", &T_CLINICIAN);
    struct visit_write one = create(&d, answers);
    for (int i = 0; i < 2; i++) {
        assert_code(write_some(&d, &one, 1), SALVE_OK);
        assert_int_equal(observations(&d), 1);
    }
    assert_int_equal(d.sum.list[0].word, VISIT_WRITE_HERE);
    desk_close(&d);
}

static void an_update_names_the_version_that_it_saw(void **state)
{
    struct desk d;
    (void)state;
    desk_open(&d, "version", &T_CLINICIAN);
    assert_code(write_some(&d, (struct visit_write[]){create(&d, WEIGHT("71.5"))}, 1), SALVE_OK);
    struct str id = id_at(&d, 0);
    struct visit_write one = update(&d, id, 0, WEIGHT("72"));
    assert_code(write_some(&d, &one, 1), SALVE_E_INVALID);
    assert_int_equal(d.sum.wrong, VISIT_WRITE_NO_VERSION);
    one.version = 2;
    assert_code(write_some(&d, &one, 1), SALVE_E_CONFLICT);
    assert_int_equal(d.sum.wrong, VISIT_WRITE_VERSION);
    assert_str(value_at(&d, id), "71.5");
    one.version = 1;
    assert_code(write_some(&d, &one, 1), SALVE_OK);
    assert_int_equal(d.sum.list[0].word, VISIT_WRITE_NEXT);
    assert_str(value_at(&d, id), "72");
    /* who knows the newest version may say again what an older one said */
    assert_code(write_some(&d, (struct visit_write[]){update(&d, id, 2, WEIGHT("71.5"))}, 1), SALVE_OK);
    assert_str(value_at(&d, id), "71.5");
    assert_int_equal(newest(&d, id)->version, 3);
    desk_close(&d);
}

/* What was looked at before somebody else saved is not overwritten, whoever calls the gate. */
static void the_gate_keeps_what_was_saved_meanwhile(void **state)
{
    struct desk d;
    (void)state;
    desk_open(&d, "meanwhile", &T_CLINICIAN);
    assert_code(write_some(&d, (struct visit_write[]){create(&d, WEIGHT("71.5"))}, 1), SALVE_OK);
    struct str id = id_at(&d, 0);
    struct rec_item item = {.tape = &newest(&d, id)->tape, .after_seq = newest(&d, id)->record_seq};
    assert_code(write_some(&d, (struct visit_write[]){update(&d, id, 1, WEIGHT("72"))}, 1), SALVE_OK);
    assert_code(rec_save(view_of(&d), &item, 1, NULL, d.w.t->mem, &d.err), SALVE_E_CONFLICT);
    assert_str(value_at(&d, id), "72");
    item.after_seq = newest(&d, id)->record_seq;
    assert_code(rec_save(view_of(&d), &item, 1, NULL, d.w.t->mem, &d.err), SALVE_OK);
    assert_int_equal(newest(&d, id)->version, 3);
    desk_close(&d);
}

static void nobody_makes_an_id_and_nobody_writes_another_record(void **state)
{
    struct desk d;
    (void)state;
    desk_open(&d, "ids", &T_CLINICIAN);
    struct visit_write one = update(&d, STR("abc"), 1, WEIGHT("72"));
    assert_code(write_some(&d, &one, 1), SALVE_E_NOT_FOUND);
    assert_int_equal(d.sum.wrong, VISIT_WRITE_UNKNOWN);
    one.id = STR("aaaaaaaaaaaaaaaaaaaaaaaaaa.1");
    assert_code(write_some(&d, &one, 1), SALVE_E_NOT_FOUND);
    one = create(&d, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"%s\"}]}");
    assert_code(write_some(&d, &one, 1), SALVE_E_INVALID);
    assert_int_equal(observations(&d), 0);
    desk_close(&d);
}

static void what_is_deleted_is_taken_back_and_noted(void **state)
{
    struct desk d;
    const struct rec_resource *all = NULL;
    bool is[64];
    size_t count = 0, deleted = 0;
    (void)state;
    desk_open(&d, "delete", &T_CLINICIAN);
    assert_code(write_some(&d, (struct visit_write[]){create(&d, WEIGHT("71.5")), create(&d, WEIGHT("80"))}, 2),
                SALVE_OK);
    struct str id = id_at(&d, 0), other = id_at(&d, 1);
    assert_code(write_some(&d, (struct visit_write[]){delete (id, 5)}, 1), SALVE_E_CONFLICT);
    assert_code(write_some(&d, (struct visit_write[]){delete (id, 1)}, 1), SALVE_OK);
    assert_int_equal(d.sum.list[0].word, VISIT_WRITE_GONE);
    assert_str(tape_child_text(&newest(&d, id)->tape, 0, "status"), "entered-in-error");
    assert_code(write_some(&d, (struct visit_write[]){delete (id, 0)}, 1), SALVE_OK); /* again: as before */
    assert_int_equal(newest(&d, id)->version, 2);
    assert_code(write_some(&d, (struct visit_write[]){update(&d, id, 2, WEIGHT("72"))}, 1), SALVE_E_CONFLICT);
    assert_int_equal(d.sum.wrong, VISIT_WRITE_DELETED);
    /* taken back by an update is not deleted */
    struct visit_write back = update(&d, other, 1, OBSERVATION("entered-in-error", "29463-7", NINE KG("80")));
    assert_code(write_some(&d, &back, 1), SALVE_OK);
    t_must(rec_all(view_of(&d), 0, &all, &count, &err));
    assert_true(count < 64);
    visit_deleted(all, count, is);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(is[i], visit_is_deleted(all, count, &all[i]));
        assert_int_equal(is[i], str_eq(all[i].id, id));
        deleted += is[i];
    }
    assert_int_equal(deleted, 1);
    desk_close(&d);
}

/* --- the Patient -------------------------------------------------------------------------------------------------- */

static void a_person_is_corrected_one_fact_at_a_time(void **state)
{
#define PATIENT(name, more)                                                                                            \
    "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"" name "\",\"given\":[\"Tala\"]}]" more "}"
    struct desk d;
    (void)state;
    desk_open(&d, "patient", &T_CLINICIAN);
    struct str id = str_of(d.patient);
    uint32_t version = newest(&d, id)->version;
    static const char *const wrong[] = {PATIENT("Somebody", ",\"birthDate\":\"1981-02-02\""), PATIENT("Adeyemi", "")};
    static const enum salve_code codes[] = {SALVE_E_CONFLICT, SALVE_E_INVALID};
    for (size_t i = 0; i < 2; i++) {
        assert_code(write_some(&d, (struct visit_write[]){update(&d, id, version, wrong[i])}, 1), codes[i]);
        assert_int_equal(newest(&d, id)->version, version);
    }
    struct visit_write one =
        update(&d, id, version, PATIENT("Bello", ",\"gender\":\"female\",\"birthDate\":\"1980-01-01\""));
    assert_code(write_some(&d, &one, 1), SALVE_OK);
    assert_true(d.sum.imported.again.name_corrected);
    const struct tape *tape = &newest(&d, id)->tape;
    assert_str(tape_text(tape, tape_get(tape, 0, "name.family")), "Bello");
    desk_close(&d);
}

/* --- several ------------------------------------------------------------------------------------------------------ */

static void several_refer_to_each_other_and_stand_together(void **state)
{
    struct desk d;
    (void)state;
    desk_open(&d, "several", &T_CLINICIAN);
    struct visit_write two[] = {
        create(&d,
               "{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
               "\"http://loinc.org\",\"code\":\"29463-7\"}]},\"subject\":{\"reference\":\"Patient/%s\"},\"result\":["
               "{\"reference\":\"urn:uuid:11111111-1111-4111-8111-111111111111\"}]}"),
        create(&d, WEIGHT("71.5"))};
    two[1].full_url = STR("urn:uuid:11111111-1111-4111-8111-111111111111");
    assert_code(write_some(&d, two, 2), SALVE_OK);
    struct str report = id_at(&d, 0), weight = id_at(&d, 1);
    const struct tape *tape = &newest(&d, report)->tape;
    assert_str(tape_text(tape, tape_get(tape, 0, "result.reference")),
               arena_printf(d.w.t->mem, "Observation/%.*s", STR_ARGS(weight)).ptr);
    /* the address within a call names nothing afterwards: another resource may have it */
    two[1] = create(&d, OBSERVATION("final", "29463-7", ",\"effectiveDateTime\":\"2026-11-23T09:20:00Z\"" KG("70")));
    two[1].full_url = STR("urn:uuid:11111111-1111-4111-8111-111111111111");
    assert_code(write_some(&d, two, 2), SALVE_OK);
    assert_int_equal(d.sum.list[1].word, VISIT_WRITE_NEW);
    assert_str(value_at(&d, weight), "71.5");
    /* one that is wrong keeps all of them out */
    struct visit_write mixed[] = {create(&d, OBSERVATION("final", "8302-2", NINE)), update(&d, weight, 9, WEIGHT("60")),
                                  delete (id_at(&d, 1), 1)};
    assert_code(write_some(&d, mixed, 3), SALVE_E_CONFLICT);
    assert_int_equal(d.sum.wrong_at, 1);
    assert_int_equal(observations(&d), 2);
    mixed[1].version = 1;
    mixed[1].id = mixed[2].id; /* one resource twice */
    assert_code(write_some(&d, mixed, 3), SALVE_E_INVALID);
    desk_close(&d);
}

/* --- what is told ------------------------------------------------------------------------------------------------- */

#define PRESSURE(status, s)                                                                                            \
    OBSERVATION(status, "85354-9",                                                                                     \
                NINE ",\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]}"  \
                     ",\"valueQuantity\":{\"value\":" s ",\"unit\":\"mmHg\",\"system\":\"http://unitsofmeasure.org\"," \
                     "\"code\":\"mm[Hg]\"}},{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"         \
                     "\"8462-4\"}]},\"valueQuantity\":{\"value\":120,\"unit\":\"mmHg\",\"system\":"                    \
                     "\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}}]")

static size_t urgent(const struct desk *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->alarms.count; i++) n += screen_needs_told(&d->alarms.list[i]);
    return n;
}

static void an_alarm_is_told_whatever_becomes_of_it(void **state)
{
    struct desk d;
    struct salve_err broken = {.code = SALVE_E_SYNTAX};
    (void)state;
    desk_open(&d, "alarm", &T_ASSISTANT);
    struct visit_write one = create(&d, PRESSURE("final", "232"));
    assert_code(write_with(&d, &one, 1, (struct visit_write_ask){.impossible = &broken}), SALVE_E_SYNTAX);
    assert_true(urgent(&d) > 0);
    struct visit_write unknown = update(&d, STR("abc"), 1, PRESSURE("final", "232"));
    assert_code(write_some(&d, &unknown, 1), SALVE_E_NOT_FOUND);
    assert_true(urgent(&d) > 0);
    struct visit_write refused[] = {one, create(&d, OBSERVATION("final", "882-1", ",\"valueString\":\"0\""))};
    assert_code(write_some(&d, refused, 2), SALVE_E_NOT_ADMITTED);
    assert_true(urgent(&d) > 0);
    assert_true(d.is_refused && d.issue_count > 0);
    assert_string_equal(d.rule, "salve-never/N6");
    assert_int_equal(observations(&d), 0);
    assert_code(write_some(&d, &one, 1), SALVE_OK);
    assert_true(urgent(&d) > 0);
    /* it is corrected: what it takes the place of alarms no more */
    struct str id = id_at(&d, 0);
    assert_code(write_some(&d, (struct visit_write[]){update(&d, id, 1, PRESSURE("corrected", "132"))}, 1), SALVE_OK);
    assert_true(urgent(&d) < 1 || d.alarms.list[0].value.len > 0);
    desk_close(&d);
}

/* Measured at half past eleven, sent at midnight: of the visit, for the alarm, for the record and at the door. */
static void midnight_silences_no_alarm(void **state)
{
    struct desk d;
    (void)state;
    if (access("/usr/share/zoneinfo/Pacific/Marquesas", R_OK) != 0) skip();
    desk_open(&d, "midnight", &T_ASSISTANT);
    struct site_settings settings = *site_settings(d.w.t->site);
    settings.zone = STR("Pacific/Marquesas");
    t_must(site_settings_set(d.w.t->site, T_MANAGER, &settings, &err));
    t_must(visit_screening(&d.visit, &d.screening, &err));
    struct visit_write refused[] = {create(&d, PRESSURE("final", "232")),
                                    create(&d, OBSERVATION("final", "882-1", ",\"valueString\":\"0\""))};
    assert_code(write_some(&d, refused, 2), SALVE_E_NOT_ADMITTED);
    assert_true(urgent(&d) > 0);
    assert_code(write_some(&d, refused, 1), SALVE_OK);
    assert_true(urgent(&d) > 0);
    struct visit_facts facts = {0};
    t_must(visit_untold(&d.visit, d.w.card, &facts, &err));
    assert_true(facts.open.entry_count > 0);
    const struct rec_resource *all = NULL;
    size_t count = 0, stays = 0;
    t_must(rec_all(view_of(&d), 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) {
        if (!str_is(all[i].type, "Encounter")) continue;
        stays++;
        assert_str(tape_text(&all[i].tape, tape_get(&all[i].tape, 0, "period.start")), "2026-11-23T09:00:00Z");
        assert_str(tape_text(&all[i].tape, tape_get(&all[i].tape, 0, "period.end")), "2026-11-23T17:00:00Z");
    }
    assert_int_equal(stays, 1);
    desk_close(&d);
}

static void an_unlikely_number_waits_until_it_is_said_to_be_final(void **state)
{
    struct desk d;
    (void)state;
    desk_open(&d, "unlikely", &T_CLINICIAN);
    assert_code(write_some(&d, (struct visit_write[]){create(&d, WEIGHT("290"))}, 1), SALVE_OK);
    struct str id = id_at(&d, 0);
    assert_true(d.unlikely_count > 0);
    assert_str(tape_child_text(&newest(&d, id)->tape, 0, "status"), "preliminary");
    /* another unlikely number is asked about, too */
    assert_code(write_some(&d, (struct visit_write[]){update(&d, id, 1, WEIGHT("291"))}, 1), SALVE_OK);
    assert_str(tape_child_text(&newest(&d, id)->tape, 0, "status"), "preliminary");
    assert_code(write_some(&d, (struct visit_write[]){update(&d, id, 2, WEIGHT("291"))}, 1), SALVE_OK);
    assert_int_equal(d.unlikely_count, 0);
    assert_str(tape_child_text(&newest(&d, id)->tape, 0, "status"), "final");
    desk_close(&d);
}

static void what_may_not_be_kept_is_refused_or_left_out_by_its_path(void **state)
{
    static const char text[] =
        OBSERVATION("final", "29463-7",
                    NINE KG("71.5") ",\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/"
                                    "1999/xhtml\\\">x</div>\"}");
    struct desk d;
    (void)state;
    desk_open(&d, "leftout", &T_CLINICIAN);
    struct visit_write one = create(&d, text);
    assert_code(write_some(&d, &one, 1), SALVE_E_NOT_ADMITTED);
    assert_true(d.is_refused);
    assert_string_equal(d.path, "Bundle.entry[0].resource.text");
    assert_code(write_with(&d, &one, 1, (struct visit_write_ask){.minimise = true}), SALVE_OK);
    assert_true(!d.is_refused && d.issue_count == 1);
    assert_int_equal(d.sum.list[0].word, VISIT_WRITE_NEW);
    assert_true(tape_get(&newest(&d, id_at(&d, 0))->tape, 0, "text") == TAPE_NONE);
    desk_close(&d);
}

static void what_is_kept_apart_is_kept_with_the_tick_alone(void **state)
{
    struct desk d;
    (void)state;
    desk_open(&d, "apart", &T_CLINICIAN);
    struct visit_write two[] = {create(&d, WEIGHT("71.5")),
                                create(&d, OBSERVATION("final", "44261-6", NINE ",\"valueInteger\":12"))};
    assert_code(write_some(&d, two, 2), SALVE_E_CONSENT);
    assert_int_equal(d.apart_count, 1);
    assert_int_equal(observations(&d), 0);
    desk_close(&d);
}

static void what_was_made_here_is_changed_by_nobody(void **state)
{
    struct desk d;
    struct screen_found found;
    const struct rec_resource *all = NULL;
    size_t count = 0, tried = 0;
    (void)state;
    desk_open(&d, "made", &T_CLINICIAN);
    assert_code(write_some(&d, (struct visit_write[]){create(&d, PRESSURE("final", "232"))}, 1), SALVE_OK);
    t_must(visit_screen(&d.visit, &d.screening, d.held.who, &found, &err));
    t_must(rec_all(view_of(&d), 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) {
        if (!screen_is_own(&all[i])) continue;
        struct visit_write one = {.act = VISIT_DELETE, .type = tape_type(&all[i].tape, 0), .version = all[i].version};
        t_must(arena_str(d.w.t->mem, all[i].id, &one.id, &err));
        assert_code(write_some(&d, &one, 1), SALVE_E_CONFLICT);
        tried++;
    }
    assert_true(tried > 0);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_created_has_an_id_of_the_record),
        cmocka_unit_test(a_request_that_is_made_again_keeps_nothing_twice),
        cmocka_unit_test(answers_that_come_again_are_not_made_into_results_again),
        cmocka_unit_test(an_update_names_the_version_that_it_saw),
        cmocka_unit_test(the_gate_keeps_what_was_saved_meanwhile),
        cmocka_unit_test(nobody_makes_an_id_and_nobody_writes_another_record),
        cmocka_unit_test(what_is_deleted_is_taken_back_and_noted),
        cmocka_unit_test(a_person_is_corrected_one_fact_at_a_time),
        cmocka_unit_test(several_refer_to_each_other_and_stand_together),
        cmocka_unit_test(an_alarm_is_told_whatever_becomes_of_it),
        cmocka_unit_test(midnight_silences_no_alarm),
        cmocka_unit_test(an_unlikely_number_waits_until_it_is_said_to_be_final),
        cmocka_unit_test(what_may_not_be_kept_is_refused_or_left_out_by_its_path),
        cmocka_unit_test(what_is_kept_apart_is_kept_with_the_tick_alone),
        cmocka_unit_test(what_was_made_here_is_changed_by_nobody),
    };
    return t_run(tests);
}
