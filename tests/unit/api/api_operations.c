/* SPDX-License-Identifier: Apache-2.0
 *
 * Operations of the one person, what is the person's own alone, and the addresses behind health links. */
#include "api_world.h"

#include "records/share.h"
#include "shl/shl.h"

static struct api_world *opened(void **state) { return *state; }

enum { WEIGHTS = 5 };
static char person_id[100];

static void fill(struct api_world *world)
{
    struct t_site *t = world->pages->w.t;
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, world->pages->w.card);
    static const char *const kilograms[WEIGHTS] = {"80", "81", "82", "83", "84"};
    char id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(rec_compartment(view), id);
    (void)snprintf(person_id, sizeof person_id, "%s.1", id);
    for (size_t i = 0; i < WEIGHTS; i++) (void)t_save_weight(t, view, kilograms[i]);
    t_close_view(&view);
}

static struct answer get_of_person(struct api_world *world, const char *rest)
{
    char path[250];
    (void)snprintf(path, sizeof path, "/Patient/%s/%s", person_id, rest);
    return api_get(world, path);
}

static size_t entries(struct answer answer)
{
    assert_status(answer, 200);
    assert_str(text_of(answer, "type"), "searchset");
    return count_of(answer, "entry");
}

static void everything_is_what_the_token_shows(void **state)
{
    struct api_world *world = opened(state);
    assert_int_equal(entries(get_of_person(world, "$everything")), 1 + WEIGHTS);
    assert_int_equal(entries(api_get(world, "/Patient/$everything")), 1 + WEIGHTS);
    assert_int_equal(entries(get_of_person(world, "$everything?_type=Observation")), WEIGHTS);
    assert_int_equal(entries(get_of_person(world, "$everything?_since=2026-11-23")), 1 + WEIGHTS);
    assert_int_equal(entries(get_of_person(world, "$everything?_since=2027-01-01")), 0);
    assert_outcome(get_of_person(world, "$everything?start=2026-01-01"), 400, "not-supported", "E_UNSUPPORTED");
    assert_outcome(api_get(world, "/Patient/none.1/$everything"), 404, "not-found", "E_NOT_FOUND");
}

static void everything_has_pages(void **state)
{
    struct api_world *world = opened(state);
    size_t seen = 0, pages = 0;
    struct answer answer = get_of_person(world, "$everything?_count=2");
    while (true) {
        struct str next = STR_NONE, head = STR("http://127.0.0.1:8080/fhir");
        seen += entries(answer);
        pages++;
        for (const struct json *it = json_first(json_path(answer.json, "link")); it != NULL; it = it->next)
            if (str_is(json_get_text(it, "relation"), "next")) next = json_get_text(it, "url");
        if (next.ptr == NULL) break;
        assert_true(str_starts(next, head));
        char path[300];
        (void)snprintf(path, sizeof path, "%.*s", STR_ARGS(str_cut(next, head.len, next.len)));
        answer = api_get(world, path);
    }
    assert_int_equal(seen, 1 + WEIGHTS);
    assert_int_equal(pages, 3);
}

static void a_summary_is_a_document(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = get_of_person(world, "$summary");
    assert_status(answer, 200);
    assert_str(text_of(answer, "type"), "document");
    assert_str(text_of(answer, "entry.0.resource.resourceType"), "Composition");
    assert_str(text_of(answer, "entry.1.resource.id"), person_id);
    assert_int_equal(count_of(answer, "entry"), 3 + 3); /* of five weights the newest three */
    assert_status(api_get(world, "/Patient/$summary"), 200);
    answer = api_get(world, "/Patient/$summary?_pretty=true");
    assert_status(answer, 200);
    assert_true(str_starts(answer.body, STR("{\n")));
    assert_status(get_of_person(world, "$summary?profile=http://hl7.org/fhir/uv/ips/StructureDefinition/"
                                       "Composition-uv-ips|2.0.0"),
                  200);
    assert_outcome(get_of_person(world, "$summary?profile=http://other"), 400, "not-supported", "E_UNSUPPORTED");
    assert_outcome(api_get(world, "/Patient/$summary?identifier=urn:x|somebody"), 404, "not-found", "E_NOT_FOUND");
    assert_outcome(api_get(world, "/Patient/none.1/$summary"), 404, "not-found", "E_NOT_FOUND");
}

static void who_looked_is_not_for_staff_and_what_was_decided_is_not_served(void **state)
{
    struct api_world *world = opened(state);
    assert_outcome(api_get(world, "/AuditEvent"), 403, "forbidden", "E_ROLE");
    assert_outcome(api_get(world, "/Consent"), 404, "not-found", "E_NOT_FOUND");
    assert_outcome(api_get(world, "/AuditEvent/a.1"), 403, "forbidden", "E_ROLE");
    assert_outcome(get_of_person(world, "AuditEvent"), 403, "forbidden", "E_ROLE");
}

static void the_statement_names_the_operations(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = api_get(world, "/metadata");
    size_t found = 0;
    for (const struct json *type = json_first(json_path(answer.json, "rest.0.resource")); type != NULL;
         type = type->next)
        for (const struct json *it = json_first(json_get(type, "operation")); it != NULL; it = it->next) {
            char path[100];
            if (!str_is(json_get_text(type, "type"), "Patient") || str_is(json_get_text(it, "name"), "validate"))
                continue;
            (void)snprintf(path, sizeof path, "/Patient/$%.*s", STR_ARGS(json_get_text(it, "name")));
            assert_status(api_get(world, path), 200);
            assert_true(json_get_text(it, "definition").len > 0);
            found++;
        }
    assert_int_equal(found, 3);
}

static const struct json *part_of(const struct json *parameter, const char *name)
{
    for (const struct json *it = json_first(json_get(parameter, "part")); it != NULL; it = it->next)
        if (str_is(json_get_text(it, "name"), name)) return it;
    return NULL;
}

static void guidelines_are_evaluated_and_nothing_is_kept(void **state)
{
    struct api_world *world = opened(state);
    size_t before = entries(get_of_person(world, "$everything")), of_pressure = 0;
    struct answer answer = get_of_person(world, "$evaluate?guideline=blood-pressure");
    assert_status(answer, 200);
    assert_str(text_of(answer, "resourceType"), "Parameters");
    for (const struct json *it = json_first(json_path(answer.json, "parameter")); it != NULL; it = it->next) {
        assert_str(json_get_text(it, "name"), "finding");
        assert_true(json_get_text(part_of(it, "status"), "valueString").len > 0);
        of_pressure += str_is(json_get_text(part_of(it, "guideline"), "valueString"), "blood-pressure");
    }
    assert_true(of_pressure > 0);
    assert_true(count_of(api_get(world, "/Patient/$evaluate"), "parameter") > of_pressure);
    assert_int_equal(entries(get_of_person(world, "$everything")), before);
    assert_outcome(get_of_person(world, "$evaluate?guideline=none"), 404, "not-found", "E_NOT_FOUND");
    assert_outcome(api_get(world, "/Patient/none.1/$evaluate"), 404, "not-found", "E_NOT_FOUND");
}

static struct answer post_json(struct api_world *world, const char *path, const char *body)
{
    struct api_ask ask = {.method = HTTP_POST,
                          .path = path,
                          .body = body,
                          .token = world->token,
                          .lines = {"Content-Type", "application/fhir+json"}};
    return api_send(world, &ask);
}

static void a_questionnaire_begins_with_what_is_recorded(void **state)
{
    struct api_world *world = opened(state);
    char body[300];
    struct answer list = api_get(world, "/Questionnaire");
    assert_status(list, 200);
    assert_true(count_of(list, "entry") > 0);
    for (const struct json *it = json_first(json_path(list.json, "entry")); it != NULL; it = it->next) {
        char path[200], want[200];
        const struct json *form = json_get(it, "resource");
        (void)snprintf(path, sizeof path, "/Questionnaire/%.*s/$populate", STR_ARGS(json_get_text(form, "id")));
        struct answer answer = api_get(world, path);
        assert_status(answer, 200);
        assert_str(text_of(answer, "parameter.0.name"), "response");
        assert_str(text_of(answer, "parameter.0.resource.resourceType"), "QuestionnaireResponse");
        assert_str(text_of(answer, "parameter.0.resource.status"), "in-progress");
        (void)snprintf(want, sizeof want, "Patient/%s", person_id);
        assert_str(text_of(answer, "parameter.0.resource.subject.reference"), want);
        assert_true(str_starts(text_of(answer, "parameter.0.resource.questionnaire"), json_get_text(form, "url")));
    }
    (void)snprintf(body, sizeof body,
                   "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"subject\",\"valueReference\":"
                   "{\"reference\":\"Patient/%s\"}}]}",
                   person_id);
    assert_status(post_json(world, "/fhir/Questionnaire/phq-9/$populate", body), 200);
    assert_outcome(post_json(world, "/fhir/Questionnaire/phq-9/$populate",
                             "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"subject\","
                             "\"valueReference\":{\"reference\":\"Patient/other.1\"}}]}"),
                   404, "not-found", "E_NOT_FOUND");
    assert_outcome(api_get(world, "/Questionnaire/phq-9/$populate?subject=Patient/other.1"), 404, "not-found",
                   "E_NOT_FOUND");
    assert_outcome(api_get(world, "/Questionnaire/none/$populate"), 404, "not-found", "E_NOT_FOUND");
}

#define RESPONSE(items)     "{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\",\"item\":[" items "]}"
#define ANSWER(link, value) "{\"linkId\":\"" link "\",\"answer\":[{" value "}]}"

static void answers_become_observations_and_their_alarms_are_said(void **state)
{
    struct api_world *world = opened(state);
    size_t before = entries(get_of_person(world, "$everything"));
    const char *path = "/fhir/QuestionnaireResponse/$extract";
    struct answer answer = post_json(
        world, path,
        RESPONSE(ANSWER("chest-pain", "\"valueBoolean\":true") "," ANSWER("of-nobody", "\"valueString\":\"x\"")));
    assert_status(answer, 200);
    assert_str(text_of(answer, "parameter.0.name"), "return");
    assert_str(text_of(answer, "parameter.0.resource.type"), "transaction");
    assert_int_equal(count_of(answer, "parameter.0.resource.entry"), 1);
    assert_str(text_of(answer, "parameter.0.resource.entry.0.resource.code.coding.0.code"), "chest-pain");
    assert_str(text_of(answer, "parameter.0.resource.entry.0.request.method"), "POST");
    assert_str(text_of(answer, "parameter.1.name"), "issues");
    assert_true(str_find(answer.body, STR("salve-alarm/")) > 0);
    assert_true(str_find(answer.body, STR("salve-form/unread")) > 0);
    assert_int_equal(entries(get_of_person(world, "$everything")), before);
    answer = post_json(world, path, RESPONSE(ANSWER("chest-pain", "\"valueBoolean\":false")));
    assert_status(answer, 200);
    assert_true(str_find(answer.body, STR("salve-alarm/")) < 0);
    assert_outcome(post_json(world, path, "{\"resourceType\":\"Patient\"}"), 400, "invalid", "E_USAGE");
}

/* --- health links ------------------------------------------------------------------------------------------------- */

#define CALL_OF(...) ((struct api_ask){__VA_ARGS__})

static struct answer post_link(struct api_world *world, struct str token, const char *body)
{
    char path[100];
    (void)snprintf(path, sizeof path, "/shl/%.*s", STR_ARGS(token));
    struct api_ask ask = {
        .method = HTTP_POST, .path = path, .body = body, .lines = {"Content-Type", "application/json"}};
    return api_send(world, &ask);
}

static struct share_made made_link(struct api_world *world)
{
    struct t_site *t = world->pages->w.t;
    struct share_made made;
    const struct share_ask ask = {.copy = STR("h..i.c.t"), .passcode = STR("7QK4-M2ZP")};
    struct rec_view *view = t_open(t, t_person("1950-01-01"), PURPOSE_SELF, world->pages->w.card);
    t_must(share_make(view, &ask, t->mem, &made, &err));
    t_close_view(&view);
    return made;
}

static void a_link_gives_its_copy_to_who_has_the_passcode(void **state)
{
    struct api_world *world = opened(state);
    struct share_made made = made_link(world);
    struct answer answer = post_link(world, made.token, "{\"recipient\":\"Dr. O\",\"passcode\":\"7QK4-M2ZP\"}");
    assert_status(answer, 200);
    assert_str(answer.type, "application/json");
    assert_str(text_of(answer, "files.0.embedded"), "h..i.c.t");
    assert_str(text_of(answer, "files.0.contentType"), "application/fhir+json");
    assert_true(has_line(answer, "Access-Control-Allow-Origin: *"));
    assert_true(has_line(answer, "Cache-Control: no-store"));
    answer =
        post_link(world, made.token, "{\"recipient\":\"Dr. O\",\"passcode\":\"7QK4-M2ZP\",\"embeddedLengthMax\":7}");
    struct str location = text_of(answer, "files.0.location"), head = STR("http://127.0.0.1:8080");
    assert_true(str_starts(location, head));
    assert_null(json_path(answer.json, "files.0.embedded"));
    char path[250];
    (void)snprintf(path, sizeof path, "%.*s", STR_ARGS(str_cut(location, head.len, location.len)));
    answer = api_send(world, &CALL_OF(.path = path));
    assert_status(answer, 200);
    assert_str(answer.type, "application/jose");
    assert_str(answer.body, "h..i.c.t");
    path[strlen(path) - 1] = path[strlen(path) - 1] == '0' ? '1' : '0';
    assert_status(api_send(world, &CALL_OF(.path = path)), 404);
    (void)snprintf(path, sizeof path, "/shl/%.*s", STR_ARGS(made.token));
    answer = api_send(world, &CALL_OF(.method = HTTP_OPTIONS, .path = path));
    assert_status(answer, 204);
    assert_true(has_line(answer, "Access-Control-Allow-Headers: Content-Type"));
}

static void a_link_says_how_many_tries_are_left(void **state)
{
    struct api_world *world = opened(state);
    struct share_made made = made_link(world);
    for (int left = SHARE_TRIES_MAX - 1; left >= 0; left--) {
        int64_t told = -1;
        struct answer answer = post_link(world, made.token, "{\"recipient\":\"Dr. O\",\"passcode\":\"wrong!\"}");
        assert_status(answer, 401);
        assert_true(json_i64(json_path(answer.json, "remainingAttempts"), &told) && told == left);
    }
    assert_status(post_link(world, made.token, "{\"recipient\":\"Dr. O\",\"passcode\":\"7QK4-M2ZP\"}"), 404);
}

static void a_link_refuses_what_is_no_request_for_it(void **state)
{
    struct api_world *world = opened(state);
    struct share_made made = made_link(world);
    char path[100];
    (void)snprintf(path, sizeof path, "/shl/%.*s", STR_ARGS(made.token));
    assert_status(post_link(world, made.token, ""), 400);
    assert_status(post_link(world, made.token, "{}"), 400);
    assert_status(post_link(world, made.token, "{\"passcode\":\"7QK4-M2ZP\"}"), 400);
    assert_status(post_link(world, made.token, "{\"recipient\":\"Dr. O\"}"), 401);
    assert_status(post_link(world, STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "{\"recipient\":\"Dr. O\"}"),
                  404);
    assert_status(api_send(world, &CALL_OF(.method = HTTP_POST, .path = path, .body = "{\"recipient\":\"a\"}")), 415);
    assert_status(api_send(world, &CALL_OF(.path = path)), 401); /* what has no row is for who has a token */
}

static int setup(void **state)
{
    struct api_world *world = api_world_make("api-operations");
    fill(world);
    api_world_open(world, "dr-amina");
    *state = world;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_what_the_token_shows),
        cmocka_unit_test(everything_has_pages),
        cmocka_unit_test(a_summary_is_a_document),
        cmocka_unit_test(guidelines_are_evaluated_and_nothing_is_kept),
        cmocka_unit_test(a_questionnaire_begins_with_what_is_recorded),
        cmocka_unit_test(answers_become_observations_and_their_alarms_are_said),
        cmocka_unit_test(who_looked_is_not_for_staff_and_what_was_decided_is_not_served),
        cmocka_unit_test(the_statement_names_the_operations),
        cmocka_unit_test(a_link_gives_its_copy_to_who_has_the_passcode),
        cmocka_unit_test(a_link_says_how_many_tries_are_left),
        cmocka_unit_test(a_link_refuses_what_is_no_request_for_it),
    };
    const int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, setup, api_world_teardown), count);
}
