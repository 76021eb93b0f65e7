/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads of the API that are answered without asking the gate: the same bytes as when it is asked, never of what was
 * written since, and over in the same instant in which the gate would refuse. */
#include "web_world.h"

#include "api/api.h"
#include "door/far_int.h"
#include "records/rights.h"
#include "records/staff.h"

static struct api *api;
static struct browser amina;
static char token[100], patient[100];

static struct http_request request_of(const char *path, const char *name, const char *value)
{
    struct http_request request = {.method = HTTP_GET, .path = str_of(path), .host = STR("127.0.0.1:8080")};
    add_header(&request, "Host", "127.0.0.1:8080");
    add_header(&request, "Authorization", token);
    add_header(&request, name, value);
    return request;
}

static struct answer taken(const struct http_reply *reply)
{
    struct answer answer = {.status = reply->status};
    struct arena *mem = g.world->w.t->mem;
    t_must(arena_str(mem, reply->type, &answer.type, &err));
    t_must(arena_str(mem, reply->body, &answer.body, &err));
    t_must(arena_str(mem, buf_str(&reply->lines), &answer.lines, &err));
    return answer;
}

static struct answer asked_of(const struct http_request *request)
{
    struct http_reply reply = {.mem = arena_open_private((size_t)64 << 20), .status = 200};
    buf_init(&reply.lines, reply.mem, 64 << 10);
    api_answer(api, 0, request, &reply);
    struct answer answer = taken(&reply);
    arena_close(reply.mem);
    return answer;
}

static bool known_of(const struct http_request *request, struct answer *answer)
{
    struct http_reply reply = {.mem = arena_open_private((size_t)64 << 20), .status = 200};
    buf_init(&reply.lines, reply.mem, 64 << 10);
    bool is = api_quick(api, request, &reply);
    assert_true(is || (reply.lines.len == 0 && reply.body.len == 0 && reply.status == 200));
    if (is) *answer = taken(&reply);
    arena_close(reply.mem);
    return is;
}

static struct answer asked(const char *path)
{
    struct http_request request = request_of(path, NULL, NULL);
    return asked_of(&request);
}

static bool is_known(const char *path)
{
    struct answer unused;
    struct http_request request = request_of(path, NULL, NULL);
    return known_of(&request, &unused);
}

static uint64_t questions(void)
{
    (void)pthread_mutex_lock(&g.step);
    uint64_t now = door_server_figures(g.server).requests;
    (void)pthread_mutex_unlock(&g.step);
    return now;
}

static void new_token(void)
{
    struct str text = text_of(call(&amina, "view-token", "{'person':'%P'}"), "viewToken");
    (void)snprintf(token, sizeof token, "Bearer %.*s", STR_ARGS(text));
}

/* Amina has the person of the world open, and a program has read once by her token. */
static int make_known(void **state)
{
    int made = make(state);
    t_must(api_open(&(struct api_config){.pages = g.world->pages, .version = STR("0.1")}, &api, &err));
    amina = browser_login(g.world, STR("dr-amina"));
    assert_status(browser_open(&amina, g.world->w.card), 200);
    new_token();
    struct answer all = asked("/fhir/Patient");
    t_must(json_read(all.body, &(struct json_opts){.bytes_max = 8 << 20}, g.world->w.t->mem, &all.json, &err));
    struct str id = text_of(all, "entry.0.resource.id");
    assert_true(id.len > 0 && id.len < sizeof patient - 20);
    (void)snprintf(patient, sizeof patient, "/fhir/Patient/%.*s", STR_ARGS(id));
    is_still_there = true;
    return made;
}

static int drop_known(void **state)
{
    api_close(&api);
    return drop(state);
}

/* --- the same ----------------------------------------------------------------------------------------------------- */

static void what_is_known_is_answered_in_the_same_bytes_and_nobody_is_asked(void **state)
{
    (void)state;
    struct answer quick = {.status = 0}, slow = asked(patient);
    struct http_request request = request_of(patient, NULL, NULL);
    uint64_t before = questions();
    assert_true(known_of(&request, &quick));
    assert_int_equal(questions(), before);
    assert_int_equal(quick.status, 200);
    assert_int_equal(quick.status, slow.status);
    assert_true(str_eq(quick.body, slow.body) && str_eq(quick.type, slow.type) && str_eq(quick.lines, slow.lines));
    struct http_request has = request_of(patient, "If-None-Match", "W/\"1\"");
    assert_true(known_of(&has, &quick));
    slow = asked_of(&has);
    assert_int_equal(quick.status, 304);
    assert_int_equal(slow.status, 304);
    assert_true(str_eq(quick.lines, slow.lines));
}

static void what_is_more_than_a_plain_read_is_for_a_worker(void **state)
{
    (void)state;
    static const char *const lines[][2] = {{"Origin", "https://app.example"}, {"Accept", "application/fhir+xml"}};
    static const char *const paths[] = {"/fhir/Patient/none", "/fhir/Patient", "/fhir/AuditEvent/1", "/fhir/metadata"};
    struct answer unused;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct http_request request = request_of(patient, lines[i][0], lines[i][1]);
        assert_false(known_of(&request, &unused));
    }
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) assert_false(is_known(paths[i]));
    struct http_request request = request_of(patient, NULL, NULL);
    request.query = STR("_pretty=true");
    assert_false(known_of(&request, &unused));
    request = request_of(patient, NULL, NULL);
    request.method = HTTP_DELETE;
    assert_false(known_of(&request, &unused));
    assert_true(is_known(patient));
}

/* --- what was written --------------------------------------------------------------------------------------------- */

static void what_was_written_since_is_never_told_as_it_was(void **state)
{
    (void)state;
    struct browser ben = browser_login(g.world, STR("nurse-ben"));
    assert_status(browser_open(&ben, g.world->w.card), 200);
    for (int i = 0; i < 3; i++) {
        struct str body =
            arena_printf(g.world->w.t->mem,
                         "{\"person\":\"%s\",\"key\":\"3b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e%d\",\"readings\""
                         ":[{\"word\":\"weight\",\"text\":\"8%d\"}]}",
                         ben.person, i, i);
        assert_true(is_known(patient));
        assert_status(call_with(&ben, "measure", body), 200);
        assert_false(is_known(patient)); /* another record came: the gate says what is new in it */
        assert_int_equal(asked(patient).status, 200);
    }
    struct http_request request = request_of(patient, NULL, NULL);
    struct answer now = asked(patient), quick;
    t_must(json_read(now.body, &(struct json_opts){.bytes_max = 8 << 20}, g.world->w.t->mem, &now.json, &err));
    request.method = HTTP_PUT;
    ptrdiff_t gender = str_find(now.body, STR("\"gender\":\"female\""));
    assert_true(gender > 0);
    request.body = arena_printf(g.world->w.t->mem, "%.*s\"gender\":\"other\"%.*s", (int)gender, now.body.ptr,
                                (int)(now.body.len - (size_t)gender - 17), now.body.ptr + gender + 17);
    add_header(&request, "Content-Type", "application/fhir+json");
    add_header(&request, "If-Match", "W/\"1\"");
    struct answer put = asked_of(&request);
    assert_int_equal(put.status, 200);
    request = request_of(patient, NULL, NULL);
    bool is = known_of(&request, &quick);
    if (!is) quick = asked(patient);
    assert_true(str_find(quick.body, STR("\"gender\":\"other\"")) > 0);
}

/* --- what ends it ------------------------------------------------------------------------------------------------- */

static void over(int status)
{
    assert_false(is_known(patient));
    assert_int_equal(asked(patient).status, status);
    assert_false(is_known(patient));
}

static void the_lock_ends_it_and_unlocking_does_not_bring_the_token_back(void **state)
{
    (void)state;
    assert_true(is_known(patient));
    assert_status(call(&amina, "lock", "{}"), 200);
    over(401);
    assert_status(call(&amina, "unlock", "{'secret':'246802'}"), 200);
    over(401);
}

static void the_log_out_ends_it(void **state)
{
    (void)state;
    assert_true(is_known(patient));
    assert_status(call(&amina, "logout", "{}"), 200);
    over(401);
}

static void closing_ends_it(void **state)
{
    (void)state;
    assert_true(is_known(patient));
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
    over(401);
}

static void a_newer_token_ends_it(void **state)
{
    (void)state;
    char before[sizeof token], after[sizeof token];
    assert_true(is_known(patient));
    memcpy(before, token, sizeof before);
    new_token();
    memcpy(after, token, sizeof after);
    memcpy(token, before, sizeof token);
    over(401);
    memcpy(token, after, sizeof token);
    assert_false(is_known(patient));
    assert_int_equal(asked(patient).status, 200);
    assert_true(is_known(patient));
    memcpy(token, before, sizeof token);
    over(401);
}

/* By another process at the same gate. */
static void beside(void (*does)(struct site *near))
{
    (void)pthread_mutex_lock(&g.step);
    does(g.world->w.t->site);
    (void)pthread_mutex_unlock(&g.step);
}

static void withdraw(struct site *near)
{
    t_must(rec_consent_withdraw(near, t_person("1950-01-01"), g.world->w.card, PURPOSE_CARE, g.world->w.t->mem, NULL,
                                &err));
}

static void erase(struct site *near)
{
    struct rec_erasure erasure;
    t_must(rec_erase(near, T_BESIDE, g.world->w.card, g.world->w.t->mem, &erasure, &err));
}

static void retire(struct site *near) { t_must(staff_retire(near, T_MANAGER, NULL, T_CLINICIAN.id, &err)); }

static void new_card(struct site *near)
{
    struct str card;
    struct rec_view *own = NULL;
    struct rec_ask ask = {.actor = t_person("1950-01-01"), .purpose = PURPOSE_SELF, .who = g.world->w.card};
    t_must(rec_open(near, &ask, &own, &err));
    t_must(rec_card_new(own, g.world->w.t->mem, &card, &err));
    t_must(rec_close(&own, &err));
}

static void a_withdrawal_ends_it(void **state)
{
    (void)state;
    assert_true(is_known(patient));
    beside(withdraw);
    over(401);
}

static void an_erasure_ends_it(void **state)
{
    (void)state;
    assert_true(is_known(patient));
    beside(erase);
    over(401);
}

static void a_new_card_ends_it(void **state)
{
    (void)state;
    assert_true(is_known(patient));
    beside(new_card);
    over(401);
}

static void who_is_retired_reads_nothing(void **state)
{
    (void)state;
    assert_true(is_known(patient));
    beside(retire);
    over(401);
}

static void a_gate_that_is_gone_ends_it(void **state)
{
    (void)state;
    assert_true(is_known(patient));
    is_still_there = false;
    assert_false(is_known(patient));
    is_still_there = true;
    assert_true(is_known(patient));
}

static _Atomic int64_t moved_ms;
static int64_t moving_clock(const struct clock *clock)
{
    (void)clock;
    return T_SITE_NOW + moved_ms;
}

/* What time alone ends is the gate's to say, which is asked once a second. */
static void after_a_second_the_gate_is_asked(void **state)
{
    (void)state;
    moved_ms = 0;
    far_of(g.far)->clock = (struct clock){.now_unix_ms = moving_clock};
    assert_int_equal(asked(patient).status, 200);
    assert_true(is_known(patient));
    moved_ms = 999;
    assert_true(is_known(patient));
    moved_ms = 1000;
    assert_false(is_known(patient));
    assert_int_equal(asked(patient).status, 200);
    assert_true(is_known(patient));
    moved_ms = 999; /* a clock that was set back says nothing */
    assert_false(is_known(patient));
}

#define known_test(f) cmocka_unit_test_setup_teardown(f, make_known, drop_known)

int main(void)
{
    const struct CMUnitTest tests[] = {
        known_test(what_is_known_is_answered_in_the_same_bytes_and_nobody_is_asked),
        known_test(what_is_more_than_a_plain_read_is_for_a_worker),
        known_test(what_was_written_since_is_never_told_as_it_was),
        known_test(the_lock_ends_it_and_unlocking_does_not_bring_the_token_back),
        known_test(the_log_out_ends_it),
        known_test(closing_ends_it),
        known_test(a_newer_token_ends_it),
        known_test(a_withdrawal_ends_it),
        known_test(an_erasure_ends_it),
        known_test(a_new_card_ends_it),
        known_test(who_is_retired_reads_nothing),
        known_test(a_gate_that_is_gone_ends_it),
        known_test(after_a_second_the_gate_is_asked),
    };
    return t_run(tests);
}
