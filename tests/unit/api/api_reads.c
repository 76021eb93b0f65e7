/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading through the API: by whose token, of whom, in which form; and what is refused. */
#include "api_world.h"

#include "visit/held.h"

static struct api_world *opened(void **state) { return *state; }

/* "Patient/<id>" of the person who is open, as a path. */
static const char *patient_path(struct api_world *world, const char *more)
{
    static char path[200];
    struct visit visit = world->pages->w.visit;
    struct visit_held held = {0};
    const struct rec_resource *all = NULL;
    size_t count = 0;
    visit.actor = T_CLINICIAN;
    t_must(visit_hold(&visit, world->pages->w.card, &held, &err));
    t_must(rec_all(held.view, CLASS_BIT(CLASS_IDENT), &all, &count, &err));
    for (size_t i = 0; i < count; i++)
        if (str_is(all[i].type, "Patient"))
            (void)snprintf(path, sizeof path, "/Patient/%.*s%s", STR_ARGS(all[i].id), more);
    t_must(visit_release(&held, &err));
    return path;
}

static void who_shows_no_token_gets_the_statement_and_nothing_else(void **state)
{
    struct api_world *world = opened(state);
    const char *bad = "Bearer v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    static const char *const paths[] = {"/fhir/Patient/1", "/fhir/nothing", "/fhir", "/fhir/$export", "/oauth/none"};
    struct answer answer = api_send(world, &(struct api_ask){.path = "/fhir/metadata"});
    assert_status(answer, 200);
    assert_str(text_of(answer, "resourceType"), "CapabilityStatement");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        answer = api_send(world, &(struct api_ask){.path = paths[i]});
        assert_outcome(answer, 401, "login", "E_SESSION");
        assert_true(has_line(answer, "WWW-Authenticate: Bearer realm=\"fhir\"\r\n"));
        answer = api_send(world, &(struct api_ask){.path = paths[i], .token = bad});
        assert_outcome(answer, 401, "expired", "E_SESSION");
        assert_true(has_line(answer, "error=\"invalid_token\""));
    }
    answer = api_send(world, &(struct api_ask){.path = "/fhir/metadata", .lines = {"Cookie", world->browser.cookie}});
    assert_status(answer, 200);
}

/* The cookie of a session that has somebody open is no token: a page of another origin could send it. */
static void a_cookie_is_not_looked_at(void **state)
{
    struct api_world *world = opened(state);
    char bearer[120];
    const char *path = patient_path(world, "");
    char whole[220];
    (void)snprintf(whole, sizeof whole, "/fhir%s", path);
    struct api_ask ask = {.path = whole,
                          .lines = {"Cookie", world->browser.cookie, "X-Salve-Token", world->browser.token}};
    assert_status(api_send(world, &ask), 401);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", world->browser.cookie + strlen("sid="));
    ask.token = bearer;
    assert_status(api_send(world, &ask), 401);
}

static void the_person_of_the_token_is_read_as_they_were_saved(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = api_get(world, patient_path(world, ""));
    assert_status(answer, 200);
    assert_str(answer.type, "application/fhir+json");
    assert_str(text_of(answer, "resourceType"), "Patient");
    assert_str(text_of(answer, "name.0.family"), "Adeyemi");
    assert_str(text_of(answer, "meta.versionId"), "1");
    assert_true(text_of(answer, "meta.lastUpdated").len > 20);
    assert_true(has_line(answer, "ETag: W/\"1\"\r\n"));
    assert_true(has_line(answer, "Last-Modified: "));
    assert_true(has_line(answer, "Cache-Control: no-store\r\n"));
    struct answer version = api_get(world, patient_path(world, "/_history/1"));
    assert_true(str_eq(version.body, answer.body));
    assert_outcome(api_get(world, patient_path(world, "/_history/2")), 404, "not-found", "E_NOT_FOUND");
    assert_outcome(api_get(world, patient_path(world, "/_history/x")), 404, "not-found", "E_NOT_FOUND");
    assert_outcome(api_get(world, patient_path(world, "/_history/01")), 404, "not-found", "E_NOT_FOUND");
}

static void a_history_has_the_newest_first(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = api_get(world, patient_path(world, "/_history"));
    assert_status(answer, 200);
    assert_str(text_of(answer, "type"), "history");
    assert_int_equal(count_of(answer, "entry"), 1);
    assert_str(text_of(answer, "entry.0.request.method"), "POST");
    assert_str(text_of(answer, "entry.0.response.etag"), "W/\"1\"");
    assert_str(text_of(answer, "entry.0.resource.resourceType"), "Patient");
    assert_int_equal(count_of(api_get(world, patient_path(world, "/_history?_since=2100-01-01T00:00:00Z")), "entry"),
                     0);
    assert_outcome(api_get(world, patient_path(world, "/_history?_since=yesterday")), 400, "invalid", "E_USAGE");
}

/* The next version of the person, in another language. */
static void write_next(struct api_world *world, const char *path, int version)
{
    char body[500];
    (void)snprintf(body, sizeof body,
                   "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"meta\":{\"versionId\":\"%d\"},\"language\":\"%s\","
                   "\"name\":[{\"family\":\"Adeyemi\"}],\"gender\":\"female\",\"birthDate\":\"1950-01-01\"}",
                   path + strlen("/fhir/Patient/"), version, version % 2 == 0 ? "en" : "ar");
    struct api_ask put = {HTTP_PUT, path, NULL, body, world->token, {"Content-Type", "application/fhir+json"}};
    assert_status(api_send(world, &put), 200);
}

static void a_history_has_pages(void **state)
{
    struct api_world *world = opened(state);
    char path[220];
    (void)snprintf(path, sizeof path, "/fhir%s", patient_path(world, ""));
    for (int i = 1; i <= 4; i++) write_next(world, path, i);
    struct answer page = api_get(world, patient_path(world, "/_history?_count=2"));
    assert_str(json_number(json_path(page.json, "total")), "5");
    assert_int_equal(count_of(page, "entry"), 2);
    assert_str(text_of(page, "entry.0.resource.meta.versionId"), "5");
    assert_str(text_of(page, "link.1.relation"), "next");
    assert_true(str_ends(text_of(page, "link.1.url"), STR("/_history?_count=2&_page=3")));
    write_next(world, path, 5); /* while pages are read */
    page = api_get(world, patient_path(world, "/_history?_count=2&_page=3"));
    assert_str(text_of(page, "entry.0.resource.meta.versionId"), "3");
    assert_str(text_of(page, "entry.1.resource.meta.versionId"), "2");
    page = api_get(world, patient_path(world, "/_history?_count=2&_page=1"));
    assert_int_equal(count_of(page, "entry"), 1);
    assert_int_equal(count_of(page, "link"), 1);
    assert_outcome(api_get(world, patient_path(world, "/_history?_count=few")), 400, "invalid", "E_USAGE");
    struct api_ask strict = {HTTP_GET, path, "_wrong=1", NULL, world->token, {"Prefer", "handling=strict"}};
    assert_outcome(api_send(world, &strict), 400, "invalid", "E_USAGE");
    strict.lines[0] = NULL;
    assert_status(api_send(world, &strict), 200);
}

/* In the same words whether it is somebody else's, of another type, or nobody's. */
static void another_id_is_not_there(void **state)
{
    struct api_world *world = opened(state);
    struct rec_enrolled other = t_enrol(world->pages->w.t, "Bello", "1980-02-02");
    char path[100], wrong_type[200], id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(other.compartment, id);
    (void)snprintf(path, sizeof path, "/Patient/%s.1", id);
    (void)snprintf(wrong_type, sizeof wrong_type, "/Observation/%s", patient_path(world, "") + strlen("/Patient/"));
    struct answer theirs = api_get(world, path), none = api_get(world, "/Patient/none.1"),
                  type = api_get(world, wrong_type);
    assert_outcome(theirs, 404, "not-found", "E_NOT_FOUND");
    assert_true(str_eq(theirs.body, none.body));
    assert_true(str_eq(theirs.body, type.body));
    assert_outcome(api_get(world, "/Basic/1"), 404, "not-found", "E_NOT_FOUND");
}

static void what_would_cross_people_is_refused_by_its_rule(void **state)
{
    struct api_world *world = opened(state);
    static const struct {
        enum http_method method;
        const char *path, *rule;
    } list[] = {
        {HTTP_GET, "/fhir/_history", "salve-never/N13"},        {HTTP_GET, "/fhir/$export", "salve-never/N13"},
        {HTTP_GET, "/fhir/%24export", "salve-never/N13"},       {HTTP_GET, "/fhir/Patient/$export", "salve-never/N13"},
        {HTTP_POST, "/fhir/$graphql", "salve-never/N12"},       {HTTP_GET, "/fhir/Group/7/$export", "salve-never/N13"},
        {HTTP_POST, "/fhir/Patient/$match", "salve-never/N10"}, {HTTP_POST, "/fhir/Patient", "salve-never/N12"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct api_ask ask = {.method = list[i].method, .path = list[i].path, .token = world->token};
        assert_outcome(api_send(world, &ask), 403, "forbidden", list[i].rule);
    }
}

static void the_form_is_what_was_asked_for(void **state)
{
    struct api_world *world = opened(state);
    char path[220];
    (void)snprintf(path, sizeof path, "/fhir%s", patient_path(world, ""));
    struct api_ask ask = {.path = path, .token = world->token, .lines = {"Accept", "application/fhir+xml"}};
    assert_outcome(api_send(world, &ask), 406, "invalid", "E_USAGE");
    ask.lines[1] = "application/fhir+xml, */*;q=0.1";
    assert_status(api_send(world, &ask), 200);
    ask.lines[1] = "application/fhir+json; fhirVersion=5.0";
    assert_status(api_send(world, &ask), 406);
    ask.lines[1] = "application/json";
    struct answer answer = api_send(world, &ask);
    assert_str(answer.type, "application/json");
    ask.query = "_format=xml";
    assert_status(api_send(world, &ask), 406);
    ask.query = "_format=json&_pretty=true";
    answer = api_send(world, &ask);
    assert_true(str_find(answer.body, STR("\n")) > 0);
    ask.query = "_pretty=perhaps";
    assert_outcome(api_send(world, &ask), 400, "invalid", "E_USAGE");
    ask.query = "_elements=%zz";
    assert_status(api_send(world, &ask), 400);
}

static void a_cut_is_tagged(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = api_get(world, patient_path(world, "?_elements=birthDate"));
    assert_status(answer, 200);
    assert_str(text_of(answer, "birthDate"), "1950-01-01");
    assert_true(json_path(answer.json, "name") == NULL);
    assert_str(text_of(answer, "meta.tag.0.code"), "SUBSETTED");
    answer = api_get(world, patient_path(world, "?_summary=text"));
    assert_true(json_path(answer.json, "name") == NULL);
    answer = api_get(world, patient_path(world, "?_summary=true"));
    assert_true(json_path(answer.json, "name") != NULL);
    answer = api_get(world, patient_path(world, "?_summary=some"));
    assert_outcome(answer, 400, "invalid", "E_USAGE");
}

static void who_has_it_already_is_not_sent_it_again(void **state)
{
    struct api_world *world = opened(state);
    char path[220], date[40];
    (void)snprintf(path, sizeof path, "/fhir%s", patient_path(world, ""));
    struct api_ask ask = {.path = path, .token = world->token, .lines = {"If-None-Match", "W/\"1\""}};
    struct answer answer = api_send(world, &ask);
    assert_status(answer, 304);
    assert_int_equal(answer.body.len, 0);
    ask.lines[1] = "W/\"7\", \"1\"";
    assert_status(api_send(world, &ask), 304);
    ask.lines[1] = "W/\"2\"";
    answer = api_send(world, &ask);
    assert_status(answer, 200);
    struct str rest = str_cut(answer.lines, (size_t)str_find(answer.lines, STR("Last-Modified: ")) + 15, 29);
    (void)snprintf(date, sizeof date, "%.*s", STR_ARGS(rest));
    ask.lines[0] = "If-Modified-Since";
    ask.lines[1] = date;
    assert_status(api_send(world, &ask), 304);
    ask.lines[1] = "Fri, 30 Nov 2040 09:30:00 GMT";
    assert_status(api_send(world, &ask), 304);
    ask.lines[1] = "Sat, 30 Nov 2040 09:30:00 GMT"; /* it was a Friday */
    assert_status(api_send(world, &ask), 200);
    ask.lines[1] = "Mon, 05 Jan 1970 09:30:00 GMT";
    assert_status(api_send(world, &ask), 200);
    ask.lines[1] = "Friday, 30-Nov-40 09:30:00 GMT";
    assert_status(api_send(world, &ask), 200);
}

static void another_method_is_told_which_there_are(void **state)
{
    struct api_world *world = opened(state);
    struct answer answer = api_send(world, &(struct api_ask){HTTP_DELETE, "/fhir/metadata", .token = world->token});
    assert_status(answer, 405);
    assert_true(has_line(answer, "Allow: GET, HEAD\r\n"));
    answer = api_send(world, &(struct api_ask){HTTP_GET, "/fhir/none/none/none", .token = world->token});
    assert_outcome(answer, 404, "not-found", "E_NOT_FOUND");
}

/* --- the end of a token ------------------------------------------------------------------------------------------- */

static void a_token_ends_with_its_view(void **state)
{
    struct api_world *world = opened(state);
    struct browser *browser = &world->browser;
    char path[220], old[100];
    (void)snprintf(path, sizeof path, "%s", patient_path(world, ""));
    (void)snprintf(old, sizeof old, "%s", world->token);
    struct str fresh = text_of(call(browser, "view-token", "{'person':'%P'}"), "viewToken");
    assert_status(api_get(world, path), 401); /* a newer one was made */
    (void)snprintf(world->token, sizeof world->token, "Bearer %.*s", STR_ARGS(fresh));
    assert_status(api_get(world, path), 200);
    assert_status(call(browser, "lock", "{}"), 200);
    assert_status(api_get(world, path), 401);
    assert_status(call(browser, "unlock", "{'secret':'246802'}"), 200);
    assert_status(api_get(world, path), 401); /* the session has another token now */
    fresh = text_of(call(browser, "view-token", "{'person':'%P'}"), "viewToken");
    (void)snprintf(world->token, sizeof world->token, "Bearer %.*s", STR_ARGS(fresh));
    assert_status(api_get(world, path), 200);
    assert_status(call(browser, "close", "{'person':'%P'}"), 200);
    assert_status(api_get(world, path), 401);
    assert_error(call(browser, "view-token", "{'person':'%P'}"), 403, "E_CONSENT");
    assert_status(call(browser, "logout", "{}"), 200);
    api_world_open(world, "dr-amina");
    assert_status(api_get(world, path), 200);
    assert_status(call(&world->browser, "logout", "{}"), 200);
    assert_status(api_get(world, path), 401);
    api_world_open(world, "dr-amina");
}

static void a_token_ends_with_the_agreement(void **state)
{
    struct api_world *world = opened(state);
    char path[220];
    (void)snprintf(path, sizeof path, "%s", patient_path(world, ""));
    assert_status(api_get(world, path), 200);
    struct t_site *t = world->pages->w.t;
    t_must(
        rec_consent_withdraw(t->site, t_person("1950-01-01"), world->pages->w.card, PURPOSE_CARE, t->mem, NULL, &err));
    struct answer answer = api_get(world, path);
    assert_status(answer, 401);
    assert_true(has_line(answer, "invalid_token"));
}

static int setup(void **state)
{
    struct api_world *world = api_world_make("api");
    api_world_open(world, "dr-amina");
    *state = world;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_shows_no_token_gets_the_statement_and_nothing_else),
        cmocka_unit_test(a_cookie_is_not_looked_at),
        cmocka_unit_test(the_person_of_the_token_is_read_as_they_were_saved),
        cmocka_unit_test(a_history_has_the_newest_first),
        cmocka_unit_test(another_id_is_not_there),
        cmocka_unit_test(what_would_cross_people_is_refused_by_its_rule),
        cmocka_unit_test(the_form_is_what_was_asked_for),
        cmocka_unit_test(a_cut_is_tagged),
        cmocka_unit_test(who_has_it_already_is_not_sent_it_again),
        cmocka_unit_test(another_method_is_told_which_there_are),
        cmocka_unit_test(a_history_has_pages),
        cmocka_unit_test(a_token_ends_with_its_view),
        cmocka_unit_test(a_token_ends_with_the_agreement),
    };
    const int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, setup, api_world_teardown), count);
}
