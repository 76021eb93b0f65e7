/* SPDX-License-Identifier: Apache-2.0
 *
 * Searching through the API: what is found and in which shape, by GET and by POST, over a type and over the compartment;
 * pages while others write; and what is refused. */
#include "api_world.h"

#include "fhir/validate.h"
#include "fhirpath/invariants.h"

static struct api_world *opened(void **state) { return *state; }

enum { WEIGHTS = 7 };
static char person_id[100], weight_ids[WEIGHTS][100];

/* Another member of staff writes: seven weights and a blood pressure. */
static void fill(struct api_world *world)
{
    struct t_site *t = world->pages->w.t;
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, world->pages->w.card);
    static const char *const kilograms[WEIGHTS] = {"80", "81", "82", "83", "84", "85", "86"};
    static const struct t_value parts[2] = {{"8480-6", "128", "mm[Hg]"}, {"8462-4", "81", "mm[Hg]"}};
    char id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(rec_compartment(view), id);
    (void)snprintf(person_id, sizeof person_id, "%s.1", id);
    for (size_t i = 0; i < WEIGHTS; i++) {
        struct str weight = t_save_weight(t, view, kilograms[i]);
        (void)snprintf(weight_ids[i], sizeof weight_ids[i], "%.*s", STR_ARGS(weight));
    }
    struct tape pressure = t_panel(t, view, 1, "85354-9", parts);
    t_must(t_save_code(t, view, &pressure, 0));
    t_close_view(&view);
}

static size_t found(struct api_world *world, const char *path)
{
    struct answer answer = api_get(world, path);
    assert_status(answer, 200);
    assert_str(text_of(answer, "resourceType"), "Bundle");
    assert_str(text_of(answer, "type"), "searchset");
    return count_of(answer, "entry");
}

static int64_t total(struct answer answer)
{
    int64_t out = -1;
    (void)json_i64(json_path(answer.json, "total"), &out);
    return out;
}

static struct str link_of(struct answer answer, const char *relation)
{
    const struct json *link = json_first(json_path(answer.json, "link"));
    while (link != NULL && !str_is(json_get_text(link, "relation"), relation)) link = link->next;
    return json_get_text(link, "url");
}

/* The address of a link behind /fhir. */
static const char *behind(struct str url)
{
    static char path[300];
    struct str head = STR("http://127.0.0.1:8080/fhir");
    assert_true(str_starts(url, head));
    (void)snprintf(path, sizeof path, "%.*s", STR_ARGS(str_cut(url, head.len, url.len)));
    return path;
}

static void what_was_saved_is_found(void **state)
{
    struct api_world *world = opened(state);
    assert_int_equal(found(world, "/Observation"), WEIGHTS + 1);
    assert_int_equal(found(world, "/Observation?code=http://loinc.org|29463-7"), WEIGHTS);
    assert_int_equal(found(world, "/Observation?code=29463-7&value-quantity=ge84000||kg"), 0);
    assert_int_equal(found(world, "/Observation?value-quantity=ge84000|http://unitsofmeasure.org|g"), 3);
    assert_int_equal(found(world, "/Observation?component-code-value-quantity=8480-6$gt120"), 1);
    assert_int_equal(found(world, "/Observation?date=2026-11-23&category=vital-signs"), WEIGHTS);
    assert_int_equal(found(world, "/Condition"), 0);
    assert_int_equal(found(world, "/Patient"), 1);
    struct answer answer = api_get(world, "/Observation?code=85354-9");
    assert_str(text_of(answer, "entry.0.search.mode"), "match");
    assert_str(text_of(answer, "entry.0.resource.meta.versionId"), "1");
    assert_true(str_starts(text_of(answer, "entry.0.fullUrl"), STR("http://127.0.0.1:8080/fhir/Observation/")));
    assert_int_equal(total(answer), 1);
}

static void the_compartment_is_searched_by_type_and_as_a_whole(void **state)
{
    struct api_world *world = opened(state);
    char path[200];
    (void)snprintf(path, sizeof path, "/Patient/%s/Observation?code=29463-7", person_id);
    assert_int_equal(found(world, path), WEIGHTS);
    (void)snprintf(path, sizeof path, "/Patient/%s/*", person_id);
    assert_int_equal(found(world, path), 1 + WEIGHTS + 1);
    (void)snprintf(path, sizeof path, "/Patient/%s/*?_type=Patient", person_id);
    assert_int_equal(found(world, path), 1);
    assert_outcome(api_get(world, "/Patient/none.1/Observation"), 404, "not-found", "E_NOT_FOUND");
    (void)snprintf(path, sizeof path, "/Patient/%s/Basic", person_id);
    assert_outcome(api_get(world, path), 404, "not-found", "E_NOT_FOUND");
    (void)snprintf(path, sizeof path, "/Patient/%s/Questionnaire", person_id);
    assert_outcome(api_get(world, path), 404, "not-found", "E_NOT_FOUND");
}

static struct answer post(struct api_world *world, const char *path, const char *query, const char *body)
{
    return api_send(world, &(struct api_ask){.method = HTTP_POST,
                                             .path = path,
                                             .query = query,
                                             .body = body,
                                             .token = world->token,
                                             .lines = {"Content-Type", "application/x-www-form-urlencoded"}});
}

static void a_search_may_stand_in_a_body(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = post(world, "/fhir/Observation/_search", NULL, "code=29463-7&_count=2&_summary=true");
    assert_status(answer, 200);
    assert_int_equal(count_of(answer, "entry"), 2);
    assert_str(text_of(answer, "entry.0.resource.meta.tag.0.code"), "SUBSETTED");
    assert_true(str_find(link_of(answer, "self"), STR("/fhir/Observation?code=29463-7&_count=2")) > 0);
    answer = post(world, "/fhir/Observation/_search", "_count=1", "code=29463-7");
    assert_int_equal(count_of(answer, "entry"), 1);
    assert_status(post(world, "/fhir/Observation/_search", NULL, ""), 200);
    struct api_ask wrong = {.method = HTTP_POST,
                            .path = "/fhir/Observation/_search",
                            .body = "{}",
                            .token = world->token,
                            .lines = {"Content-Type", "application/json"}};
    assert_status(api_send(world, &wrong), 415);
}

static void includes_come_with_a_page(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = api_get(world, "/Observation?code=85354-9&_include=Observation:subject");
    assert_int_equal(count_of(answer, "entry"), 2);
    assert_str(text_of(answer, "entry.1.search.mode"), "include");
    assert_str(text_of(answer, "entry.1.resource.resourceType"), "Patient");
    assert_int_equal(total(answer), 1);
    assert_int_equal(found(world, "/Patient?_revinclude=Observation:patient"), 1 + WEIGHTS + 1);
}

static void the_answer_has_the_shape_that_was_asked_for(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = api_get(world, "/Observation?code=29463-7&_summary=count");
    assert_int_equal(total(answer), WEIGHTS);
    assert_int_equal(count_of(answer, "entry"), 0);
    answer = api_get(world, "/Observation?_total=none&_count=1");
    assert_int_equal(total(answer), -1);
    answer = api_get(world, "/Observation?code=85354-9&_elements=component");
    assert_true(json_path(answer.json, "entry.0.resource.component") != NULL);
    assert_true(json_path(answer.json, "entry.0.resource.effectiveDateTime") == NULL);
}

/* Three pages of three, and between them a value is corrected, one is added, one more is made: none of it shows. */
static void pages_see_the_record_as_it_stood(void **state)
{
    struct api_world *world = opened(state);
    struct t_site *t = world->pages->w.t;
    char seen[WEIGHTS][100];
    size_t count = 0;
    struct answer answer = api_get(world, "/Observation?code=29463-7&_sort=-value-quantity&_count=3");
    while (true) {
        for (size_t i = 0; i < count_of(answer, "entry"); i++) {
            char path[60];
            (void)snprintf(path, sizeof path, "entry.%zu.resource.id", i);
            assert_true(count < WEIGHTS);
            struct str id = text_of(answer, path);
            (void)snprintf(seen[count++], sizeof seen[0], "%.*s", STR_ARGS(id));
        }
        assert_int_equal(total(answer), WEIGHTS);
        struct str next = link_of(answer, "next");
        if (next.ptr == NULL) break;
        char path[300];
        (void)snprintf(path, sizeof path, "%s", behind(next));
        struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, world->pages->w.card);
        (void)t_save_weight(t, view, "85.5");
        struct tape corrected = t_weight(t, view, str_of(weight_ids[count == 3 ? 0 : 1]), "99");
        t_must(t_save_code(t, view, &corrected, 0));
        t_close_view(&view);
        answer = api_get(world, path);
        assert_status(answer, 200);
    }
    assert_int_equal(count, WEIGHTS);
    for (size_t i = 0; i < WEIGHTS; i++) assert_string_equal(seen[i], weight_ids[WEIGHTS - 1 - i]);
    answer = api_get(world, "/Observation?code=29463-7&_sort=-value-quantity&_count=1");
    assert_int_equal(total(answer), WEIGHTS + 2); /* a new search sees all of it */
    assert_str(text_of(answer, "entry.0.resource.meta.versionId"), "2");
    assert_outcome(api_get(world, "/Observation?_page=1-x-2"), 400, "structure", "E_SYNTAX");
}

static void what_was_deleted_is_found_by_pages_that_began_before_alone(void **state)
{
    struct api_world *world = opened(state);
    char path[200], next[300];
    struct answer before = api_get(world, "/Observation?code=29463-7&_count=6");
    int64_t weights = total(before);
    (void)snprintf(next, sizeof next, "%s", behind(link_of(before, "next")));
    (void)snprintf(path, sizeof path, "/fhir/Observation/%s", weight_ids[WEIGHTS - 1]);
    struct answer gone = api_send(world, &(struct api_ask){.method = HTTP_DELETE, .path = path, .token = world->token});
    assert_status(gone, 204);
    assert_int_equal(total(api_get(world, next)), weights);
    assert_int_equal(total(api_get(world, "/Observation?code=29463-7&_count=6")), weights - 1);
    (void)snprintf(path, sizeof path, "/Observation?_id=%s", weight_ids[WEIGHTS - 1]);
    assert_int_equal(found(world, path), 0);
}

static void what_is_not_known_is_told_or_refused(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = api_get(world, "/Observation?code=85354-9&colour=red");
    assert_int_equal(count_of(answer, "entry"), 2);
    assert_str(text_of(answer, "entry.1.search.mode"), "outcome");
    assert_str(text_of(answer, "entry.1.resource.issue.0.diagnostics"), "parameter 2");
    assert_true(str_find(answer.body, STR("colour")) < 0 && str_find(answer.body, STR("red\"")) < 0);
    struct api_ask strict = {.path = "/fhir/Observation",
                             .query = "colour=red",
                             .token = world->token,
                             .lines = {"Prefer", "handling=strict"}};
    assert_outcome(api_send(world, &strict), 400, "not-found", "E_UNKNOWN_NAME");
    assert_outcome(api_get(world, "/Observation?code:exact=1"), 400, "not-found", "E_UNKNOWN_NAME");
    assert_outcome(api_get(world, "/Observation?date=yesterday"), 400, "structure", "E_SYNTAX");
    assert_outcome(api_get(world, "/Observation?value-quantity=x"), 400, "structure", "E_SYNTAX");
}

static void a_search_over_people_is_refused_by_its_rule(void **state)
{
    struct api_world *world = opened(state);
    static const char *const paths[] = {
        "/Patient?name=Adeyemi",
        "/Patient?birthdate=1950-01-01",
        "/Patient?identifier=1",
        "/Patient?gender=female",
        "/Observation?subject.name=Adeyemi",
        "/Observation?subject:Patient.name=Adeyemi",
        "/Patient?family:exact=Ade",
        "/Patient?_has:Observation:patient:code=29463-7",
        "/Observation?_has:Provenance:target:agent=x",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_outcome(api_get(world, paths[i]), 403, "forbidden", "salve-never/N12");
    struct answer answer = api_get(world, paths[0]);
    assert_true(str_find(answer.body, STR("Adeyemi")) < 0);
    assert_outcome(post(world, "/fhir/Patient/_search", NULL, "name=Adeyemi"), 403, "forbidden", "salve-never/N12");
    assert_int_equal(found(world, "/Patient?_id=nobody.1"), 0);
    assert_int_equal(found(world, "/Observation?patient=Patient/nobody.1"), 0);
}

/* The record of the gate is the person's alone; of all others each claim of the statement is understood. */
static void claim(struct api_world *world, struct str type, const char *query)
{
    char path[100];
    (void)snprintf(path, sizeof path, "/fhir/%.*s", STR_ARGS(type));
    bool is_own = str_is(type, "AuditEvent");
    struct api_ask ask = {.path = path, .query = query, .token = world->token, .lines = {"Prefer", "handling=strict"}};
    assert_status(api_send(world, &ask), is_own ? 403 : 200);
}

static void the_statement_claims_what_is_understood(void **state)
{
    struct api_world *world = opened(state);
    struct answer statement = api_get(world, "/metadata");
    size_t params = 0, includes = 0;
    char query[200];
    const struct json *type = json_first(json_path(statement.json, "rest.0.resource"));
    for (; type != NULL; type = type->next) {
        struct str name = json_get_text(type, "type");
        for (const struct json *p = json_first(json_get(type, "searchParam")); p != NULL; p = p->next, params++) {
            struct str code = json_get_text(p, "name"), kind = json_get_text(p, "type");
            const char *value = str_is(kind, "composite") ? "" : str_is(kind, "date") ? "2026" : "1";
            (void)snprintf(query, sizeof query, "%.*s=%s&_summary=count", STR_ARGS(code), value);
            claim(world, name, query);
        }
        for (const struct json *i = json_first(json_get(type, "searchInclude")); i != NULL; i = i->next, includes++) {
            (void)snprintf(query, sizeof query, "_include=%.*s&_summary=count", STR_ARGS(json_text(i)));
            claim(world, name, query);
        }
    }
    assert_true(params > 300 && includes > 100);
}

/* All three parts of base validation over whole answers, with what was passed over and what was included. */
static void answers_are_valid_bundles(void **state)
{
    struct api_world *world = opened(state);
    static const char *const paths[] = {"/Observation?colour=1&_include=Observation:subject", "/Condition",
                                        "/Observation?_count=1&_elements=code", "/Observation?_summary=count",
                                        "/Questionnaire?_count=2"};
    struct arena *mem = world->pages->w.t->mem;
    struct invariants *rules = NULL;
    t_must(invariants_make(mem, &rules, &err));
    invariants_skip(rules, fhir_validate_covers);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct fhir_issues issues;
        struct answer answer = api_get(world, paths[i]);
        assert_status(answer, 200);
        fhir_issues_init(&issues, mem);
        t_must(invariants_judge(rules, answer.body, NULL, mem, &issues, &err));
        for (size_t k = 0; k < issues.count; k++)
            if (issues.items[k].severity <= FHIR_ERROR)
                fail_msg("%s: %.*s %s", paths[i], STR_ARGS(issues.items[k].path), issues.items[k].rule);
    }
}

static void questionnaires_are_read_and_searched_and_name_nobody(void **state)
{
    struct api_world *world = opened(state);
    struct answer all = api_get(world, "/Questionnaire");
    assert_true(count_of(all, "entry") > 10);
    assert_int_equal(found(world, "/Questionnaire?url=urn:salve:form:w4ss"), 1);
    assert_int_equal(found(world, "/Questionnaire?url=urn:salve:form:w4ss|1.0&status=active"), 1);
    assert_int_equal(found(world, "/Questionnaire?url=urn:salve:form:w4ss|0.9"), 0);
    assert_int_equal(found(world, "/Questionnaire?title=cough"), 1);
    struct answer one = api_get(world, "/Questionnaire/w4ss");
    assert_status(one, 200);
    assert_str(text_of(one, "resourceType"), "Questionnaire");
    assert_true(str_find(all.body, STR("Adeyemi")) < 0);
    assert_outcome(api_get(world, "/Questionnaire/none"), 404, "not-found", "E_NOT_FOUND");
    assert_status(api_get(world, "/Questionnaire/w4ss/_history/1"), 404);
    assert_status(api_send(world, &(struct api_ask){.path = "/fhir/Questionnaire"}), 401);
}

static int setup(void **state)
{
    struct api_world *world = api_world_make("api-search");
    fill(world);
    api_world_open(world, "dr-amina");
    *state = world;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_is_found),
        cmocka_unit_test(the_compartment_is_searched_by_type_and_as_a_whole),
        cmocka_unit_test(a_search_may_stand_in_a_body),
        cmocka_unit_test(includes_come_with_a_page),
        cmocka_unit_test(the_answer_has_the_shape_that_was_asked_for),
        cmocka_unit_test(pages_see_the_record_as_it_stood),
        cmocka_unit_test(what_was_deleted_is_found_by_pages_that_began_before_alone),
        cmocka_unit_test(what_is_not_known_is_told_or_refused),
        cmocka_unit_test(a_search_over_people_is_refused_by_its_rule),
        cmocka_unit_test(answers_are_valid_bundles),
        cmocka_unit_test(questionnaires_are_read_and_searched_and_name_nobody),
        cmocka_unit_test(the_statement_claims_what_is_understood),
    };
    const int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, setup, api_world_teardown), count);
}
