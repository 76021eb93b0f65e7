/* SPDX-License-Identifier: Apache-2.0
 *
 * The two ends of the door: who may ask for what, what ends with a connection, what is answered without asking, and
 * what comes of ends that do not keep to the rules. */
#include <pthread.h>
#include <sys/socket.h>

#include "door/door.h"
#include "door/far_int.h"
#include "t_site.h"

enum { WEB_LINES = 4 };

/* A site that a thread serves; the test has far ends alone. */
static struct {
    struct t_site *t;
    struct site *near;
    struct door_page *page;
    struct door_server *server;
    pthread_t thread;
    pthread_mutex_t step; /* held while the thread works: between its steps the test may look at the server */
    int page_fd, wake[2];
    _Atomic bool is_over;
    struct session amina, ben;
} g;

static void nothing(void *with)
{
    char byte;
    (void)!read(*(int *)with, &byte, 1);
}

static void *serve(void *with)
{
    (void)with;
    while (!atomic_load(&g.is_over)) {
        (void)pthread_mutex_lock(&g.step);
        t_must(door_server_step(g.server, 5, &err));
        (void)pthread_mutex_unlock(&g.step);
        (void)usleep(10); /* lets the test in */
    }
    return NULL;
}

static int connect_as(enum door_kind kind)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
    (void)pthread_mutex_lock(&g.step);
    t_must(door_server_add(g.server, ends[0], kind, &err));
    (void)pthread_mutex_unlock(&g.step);
    return ends[1];
}

static struct door_figures figures(void)
{
    (void)pthread_mutex_lock(&g.step);
    struct door_figures now = door_server_figures(g.server);
    (void)pthread_mutex_unlock(&g.step);
    return now;
}

static struct site *far_end(enum door_kind kind, size_t lines)
{
    int fds[WEB_LINES];
    struct site *site = NULL;
    for (size_t i = 0; i < lines; i++) fds[i] = connect_as(kind);
    const struct door_connect ask = {.fds = fds, .fd_count = lines, .page_fd = g.page_fd, .clock = g.t->options.clock};
    t_must(door_connect(&ask, &site, &err));
    return site;
}

static int make(void **state)
{
    (void)state;
    g.t = t_site_make("door-ends", false);
    g.near = g.t->site;
    g.is_over = false;
    (void)pthread_mutex_init(&g.step, NULL);
    if (pipe(g.wake) != 0) abort();
    t_must(door_page_make(&g.page, &g.page_fd, &err));
    const struct door_serve_ask ask = {.site = g.near, .page = g.page};
    t_must(door_server_open(&ask, &g.server, &err));
    t_must(door_server_watch(g.server, g.wake[0], nothing, &g.wake[0], &err));
    if (pthread_create(&g.thread, NULL, serve, NULL) != 0) abort();
    g.t->site = far_end(DOOR_WEB, WEB_LINES);
    t_must(session_begin(g.t->site, T_CLINICIAN.id, T_PIN, g.t->mem, &g.amina, &err));
    t_must(session_begin(g.t->site, T_ASSISTANT.id, T_PIN, g.t->mem, &g.ben, &err));
    struct session rosa;
    t_must(session_begin(g.t->site, T_REGISTRAR.id, T_PIN, g.t->mem, &rosa, &err));
    memcpy(T_REGISTRAR.pass, rosa.token, sizeof T_REGISTRAR.pass);
    memcpy(T_BESIDE.pass, rosa.token, sizeof T_BESIDE.pass);
    return 0;
}

static void stop_serving(void)
{
    atomic_store(&g.is_over, true);
    (void)pthread_join(g.thread, NULL);
    door_server_close(&g.server);
}

static int drop(void **state)
{
    (void)state;
    (void)!site_close(&g.t->site, NULL);
    if (g.server != NULL) stop_serving();
    g.t->site = g.near;
    t_site_drop(g.t);
    door_page_drop(g.page);
    (void)close(g.page_fd);
    (void)close(g.wake[0]);
    (void)close(g.wake[1]);
    return 0;
}

/* Until the server has seen it; it steps by itself. */
static bool soon(bool (*is_so)(void))
{
    for (int i = 0; i < 2000 && !is_so(); i++) (void)usleep(1000);
    return is_so();
}

static struct rec_enrolled carer(const char *family)
{
    struct rec_enrolled who = t_enrol(g.t, family, "1980-01-01");
    t_give(g.t, who.card, PURPOSE_CARE);
    return who;
}

/* --- who may ask -------------------------------------------------------------------------------------------------- */

static void upkeep_is_for_the_command_line(void **state)
{
    (void)state;
    struct site_rotation rotation;
    struct rec_rows_state rows;
    struct site_verify_result result;
    struct actor actor;
    int64_t due_unix_ms;
    struct site *site = g.t->site;
    const struct site_verify_ask verify = {0};
    assert_code(site_rotate(site, g.amina.actor, &rotation, NULL), SALVE_E_ROLE);
    assert_code(rec_rows_begin(site, STR("a"), &rows, NULL), SALVE_E_ROLE);
    assert_code(site_verify(site, &verify, &result, NULL), SALVE_E_ROLE);
    assert_code(staff_login(site, T_MANAGER.id, T_PIN, g.t->mem, &actor, NULL), SALVE_E_ROLE);
    assert_code(staff_recover(site, STR("eve"), T_PIN, &due_unix_ms, NULL), SALVE_E_BUSY);
    struct site *command = far_end(DOOR_COMMAND, 1);
    assert_code(site_verify(command, &verify, &result, NULL), SALVE_OK);
    assert_ok(staff_login(command, T_TECHNICIAN.id, T_PIN, g.t->mem, &actor, NULL));
    assert_ok(site_rotate(command, actor, &rotation, NULL));
    assert_code(staff_recover(command, STR("eve"), T_PIN, &due_unix_ms, NULL), SALVE_E_BUSY);
    struct site_secret old = {.key_file = g.t->key_file}, fresh = {.passphrase = STR("a passphrase of the site")};
    assert_code(site_secret_change(command, actor, &old, &fresh, NULL), SALVE_E_BUSY);
    assert_ok(site_close(&command, NULL));
}

/* What staff_login gave in the gate's own process opens nothing from outside, though it is a good pass there. */
static void a_pass_of_the_gate_itself_is_no_token(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_enrolled who = carer("Haddad");
    assert_code(t_open_code(g.t, T_CLINICIAN, PURPOSE_CARE, who.card, &view), SALVE_E_ROLE);
    assert_code(t_open_code(g.t, g.amina.actor, PURPOSE_CARE, who.card, &view), SALVE_OK);
    t_close_view(&view);
    struct staff_new fresh = {.id = STR("eve"), .role = ROLE_REGISTRAR, .secret = T_PIN};
    assert_code(staff_register(g.t->site, T_MANAGER, &fresh, NULL), SALVE_E_ROLE);
}

static void a_locked_session_reads_nothing(void **state)
{
    (void)state;
    const struct rec_resource *all;
    size_t count;
    struct session again;
    struct rec_enrolled who = carer("Okafor");
    struct rec_view *view = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card);
    assert_int_equal(t_count(view), 1);
    assert_ok(session_lock(g.t->site, g.amina.token, NULL));
    assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_LOCKED);
    assert_code(session_unlock(g.t->site, g.amina.token, STR("000000"), g.t->mem, &again, NULL), SALVE_E_PIN);
    assert_ok(session_unlock(g.t->site, g.amina.token, T_PIN, g.t->mem, &again, NULL));
    assert_ok(rec_all(view, 0, &all, &count, NULL));
    assert_ok(session_end(g.t->site, again.token, NULL));
    assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_SESSION);
    t_close_view(&view);
}

/* --- what ends with a connection ---------------------------------------------------------------------------------- */

static bool no_views(void) { return figures().views == 0; }
static bool lines_of_web_alone(void) { return figures().connections == WEB_LINES; }

/* As a process that is killed: its connection ends, whatever it had open. */
static void die(struct site *site) { (void)shutdown(far_of(site)->lines[0].fd, SHUT_RDWR); }

static void what_a_command_began_ends_with_it(void **state)
{
    (void)state;
    struct actor actor;
    struct rec_view *view = NULL, *second = NULL, *third = NULL;
    struct rec_rows_state rows;
    bool is_done;
    struct rec_enrolled who = carer("Silva");
    struct site *command = far_end(DOOR_COMMAND, 1), *other = far_end(DOOR_COMMAND, 1);
    assert_ok(staff_login(command, T_CLINICIAN.id, T_PIN, g.t->mem, &actor, NULL));
    struct rec_ask ask = {.actor = actor, .purpose = PURPOSE_CARE, .who = who.card};
    assert_ok(rec_open(command, &ask, &view, NULL));
    assert_ok(rec_rows_begin(command, STR("file"), &rows, NULL));
    assert_code(rec_rows_begin(command, STR("file"), &rows, NULL), SALVE_E_CONFLICT);
    assert_code(rec_rows_next(other, STR("row"), &is_done, NULL), SALVE_E_CONFLICT); /* its own, or none */
    assert_ok(rec_open(other, &ask, &second, NULL)); /* the session is good over any connection while it lasts */
    assert_int_equal(figures().views, 2);
    die(command);
    while (figures().connections > WEB_LINES + 1) (void)usleep(1000);
    assert_int_equal(figures().views, 1);
    assert_code(rec_open(other, &ask, &third, NULL), SALVE_E_ROLE); /* the session went with who logged in */
    die(other);
    assert_true(soon(no_views));
    assert_true(soon(lines_of_web_alone));
    assert_code(rec_close(&view, NULL), SALVE_E_IO);
    assert_code(rec_close(&second, NULL), SALVE_E_IO);
    assert_ok(site_close(&command, NULL));
    assert_ok(site_close(&other, NULL));
}

/* A run that is cut off leaves its file to the next one: enrolling beside it is no part of it. */
static void enrolling_beside_a_file_is_no_row_of_it(void **state)
{
    (void)state;
    struct actor actor;
    struct rec_rows_state rows;
    bool is_done;
    struct rec_view *view = NULL;
    struct site *command = far_end(DOOR_COMMAND, 1);
    assert_ok(staff_login(command, T_REGISTRAR.id, T_PIN, g.t->mem, &actor, NULL));
    assert_ok(rec_rows_begin(command, STR("people"), &rows, NULL));
    assert_ok(rec_rows_next(command, STR("row 1"), &is_done, NULL));
    struct rec_enrolled who = carer("Beside"); /* over web, while the row is under way */
    assert_ok(site_close(&command, NULL));
    assert_true(soon(lines_of_web_alone));
    command = far_end(DOOR_COMMAND, 1);
    assert_ok(rec_rows_begin(command, STR("people"), &rows, NULL));
    assert_false(rows.is_redone);
    assert_ok(rec_rows_end(command, false, NULL));
    assert_ok(site_close(&command, NULL));
    view = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card); /* nobody took them for a half-done row */
    t_close_view(&view);
}

/* --- reading without asking --------------------------------------------------------------------------------------- */

static void what_was_read_is_read_again_without_asking(void **state)
{
    (void)state;
    struct rec_enrolled who = carer("Novak");
    struct rec_view *view = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card);
    t_save_weight(g.t, view, "81.5");
    assert_int_equal(t_count(view), 2);
    struct buf metrics;
    buf_init(&metrics, g.t->mem, 4096);
    door_metrics(g.t->site, &metrics);
    assert_true(str_find(buf_str(&metrics), STR("salve_gate_held_seconds_bucket{le=\"+Inf\"} ")) > 0);
    assert_int_equal(str_find(buf_str(&metrics), STR("salve_gate_held_seconds_count 0")), -1);
    uint64_t before = figures().requests;
    for (int i = 0; i < 100; i++) assert_int_equal(t_count(view), 2);
    assert_int_equal(figures().requests, before);
    t_close_view(&view);
}

static void what_somebody_else_saves_is_there_with_the_next_answer(void **state)
{
    (void)state;
    const struct rec_resource *all;
    size_t count;
    struct rec_enrolled who = carer("Kimura");
    struct rec_view *view = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card);
    struct rec_view *other = t_open(g.t, g.ben.actor, PURPOSE_CARE, who.card);
    assert_ok(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, NULL));
    assert_int_equal(count, 0);
    struct str id = t_save_weight(g.t, other, "70");
    assert_ok(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, NULL));
    assert_int_equal(count, 1);
    struct tape changed = t_weight(g.t, other, id, "71");
    assert_code(t_save_code(g.t, other, &changed, CLASS_CLIN), SALVE_OK);
    t_save_weight(g.t, other, "72");
    assert_ok(rec_all(view, 0, &all, &count, NULL)); /* with the identity, first seen now, in its place */
    assert_int_equal(count, 3);
    assert_str(all[0].type, "Patient");
    assert_true(str_eq(all[1].id, id));
    assert_int_equal(all[1].version, 2);
    assert_str(tape_text(&all[1].tape, tape_get(&all[1].tape, 0, "valueQuantity.value")), "71");
    t_close_view(&other);
    t_close_view(&view);
}

static void an_id_is_never_given_twice(void **state)
{
    (void)state;
    struct rec_enrolled who = carer("Osei");
    struct rec_view *view = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card);
    struct rec_view *other = t_open(g.t, g.ben.actor, PURPOSE_CARE, who.card);
    struct str one = t_save_weight(g.t, view, "60"), two = t_save_weight(g.t, other, "61");
    assert_false(str_eq(one, two));
    struct str three = t_save_weight(g.t, view, "62");
    assert_false(str_eq(one, three) || str_eq(two, three));
    char beyond[64];
    (void)snprintf(beyond, sizeof beyond, "%.*s0", STR_ARGS(three)); /* ten times as far: nobody gave that */
    struct tape tape = t_weight(g.t, view, str_of(beyond), "63");
    assert_code(t_save_code(g.t, view, &tape, CLASS_CLIN), SALVE_E_INVALID);
    t_close_view(&other);
    t_close_view(&view);
}

/* Whoever opens and never closes takes no place from the others for longer than what they opened lasts. */
static void views_that_are_over_make_room(void **state)
{
    (void)state;
    struct rec_view *views[DOOR_VIEWS_MAX], *one = NULL;
    struct rec_enrolled who = carer("Room");
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++) views[i] = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card);
    assert_code(t_open_code(g.t, g.ben.actor, PURPOSE_CARE, who.card, &one), SALVE_E_QUOTA);
    assert_ok(session_end(g.t->site, g.amina.token, NULL));
    assert_code(t_open_code(g.t, g.ben.actor, PURPOSE_CARE, who.card, &one), SALVE_OK);
    assert_int_equal(figures().views, 1);
    t_close_view(&one);
    for (size_t i = 0; i < DOOR_VIEWS_MAX; i++) (void)!rec_close(&views[i], NULL);
}

/* --- many at once ------------------------------------------------------------------------------------------------- */

struct worker {
    struct rec_enrolled who;
    pthread_t thread;
    size_t saved;
};

static void *work(void *with)
{
    struct worker *w = with;
    for (int round = 0; round < 4; round++) {
        struct arena *mem = arena_open_private(64 << 20);
        struct rec_view *view = NULL;
        struct str id;
        const struct rec_ask ask = {.actor = g.ben.actor, .purpose = PURPOSE_CARE, .who = w->who.card};
        const struct rec_resource *all;
        size_t count = 0;
        t_must(rec_open(g.t->site, &ask, &view, &err));
        t_must(rec_new_id(view, mem, &id, &err));
        struct t_site own = {.site = g.t->site, .mem = mem};
        struct tape tape = t_weight(&own, view, id, "75");
        const struct rec_item item = {.tape = &tape};
        t_must(rec_save(view, &item, 1, NULL, mem, &err));
        t_must(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, &err));
        if (site_settings(g.t->site)->name.len > 0) w->saved = count;
        t_must(rec_close(&view, &err));
        arena_close(mem);
    }
    return NULL;
}

/* More threads than connections: each gets its turn and its own answers. */
static void many_threads_share_one_far_site(void **state)
{
    (void)state;
    enum { WORKERS = 2 * WEB_LINES };
    struct worker workers[WORKERS];
    for (size_t i = 0; i < WORKERS; i++) workers[i] = (struct worker){.who = carer("Many")};
    for (size_t i = 0; i < WORKERS; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) abort();
    for (size_t i = 0; i < WORKERS; i++) (void)pthread_join(workers[i].thread, NULL);
    for (size_t i = 0; i < WORKERS; i++) assert_int_equal(workers[i].saved, 4);
}

/* --- ends that do not keep to the rules --------------------------------------------------------------------------- */

static bool is_ended(int fd, const void *bytes, size_t len)
{
    char byte;
    if (send(fd, bytes, len, MSG_NOSIGNAL) < 0) return true;
    struct timeval wait = {.tv_sec = 2};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    return recv(fd, &byte, 1, 0) == 0;
}

static void what_is_no_request_ends_its_connection_alone(void **state)
{
    (void)state;
    static const uint8_t lines[][DOOR_HEAD_BYTES + 4] = {
        {0, 0, 0, 0, DOOR_VERSION + 1, DOOR_MESSAGE_ASK, 0, 0},                          /* another version */
        {0, 0, 0, 0, DOOR_VERSION, DOOR_MESSAGE_ANSWER, DOOR_ASK_door_time, 0},          /* no question */
        {0, 0, 0, 0, DOOR_VERSION, DOOR_MESSAGE_ASK, 255, 255},                          /* no such request */
        {255, 255, 255, 255, DOOR_VERSION, DOOR_MESSAGE_ASK, DOOR_ASK_door_time, 0},     /* too long */
        {4, 0, 0, 0, DOOR_VERSION, DOOR_MESSAGE_ASK, DOOR_ASK_door_time, 0, 1, 2, 3, 4}, /* more than its fields */
        {0, 0, 0, 0, DOOR_VERSION, DOOR_MESSAGE_ASK, DOOR_ASK_rec_open, 0},              /* less */
    };
    enum { LINES = sizeof lines / sizeof lines[0] };
    for (size_t i = 0; i < LINES; i++) {
        int fd = connect_as(DOOR_WEB);
        assert_true(is_ended(fd, lines[i], lines[i][0] == 4 ? sizeof lines[i] : DOOR_HEAD_BYTES));
        (void)close(fd);
        assert_true(site_now_unix_ms(g.t->site) > 0); /* the others are served */
    }
    assert_int_equal(figures().broken, LINES);
    assert_true(soon(lines_of_web_alone));
}

/* The code of the answer to one request over a line of one's own. */
static enum salve_code code_of(int fd, enum door_request request, const void *ask)
{
    struct door_bytes out = {0};
    uint8_t answer[4096];
    t_must(door_message_put(&out, DOOR_MESSAGE_ASK, request, door_rows[request].in, ask, &err));
    assert_int_equal(send(fd, out.at, out.len, MSG_NOSIGNAL), (ssize_t)out.len);
    assert_true(recv(fd, answer, sizeof answer, 0) >= DOOR_HEAD_BYTES + DOOR_CODE_BYTES);
    door_bytes_drop(&out);
    return (enum salve_code)answer[DOOR_HEAD_BYTES];
}

static void another_version_of_the_program_does_not_begin(void **state)
{
    (void)state;
    int fd = connect_as(DOOR_WEB);
    struct door_ask_door_state ask = {.print = door_tables_print()};
    assert_code(code_of(fd, DOOR_ASK_door_state, &ask), SALVE_OK);
    ask.print ^= 1;
    assert_code(code_of(fd, DOOR_ASK_door_state, &ask), SALVE_E_UNSUPPORTED);
    (void)close(fd);
}

static enum salve_code close_code(int fd, struct door_handle handle)
{
    const struct door_ask_rec_close ask = {.handle = handle};
    return code_of(fd, DOOR_ASK_rec_close, &ask);
}

/* A view belongs to who opened it: a handle that somebody else learnt, or guessed, is none. */
static void a_handle_of_somebody_else_is_none(void **state)
{
    (void)state;
    struct rec_enrolled who = carer("Adeyemi");
    struct rec_view *view = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card);
    struct door_handle real = far_handle(view), guessed = real;
    guessed.bytes[15] ^= 1;
    int command = connect_as(DOOR_COMMAND), web = connect_as(DOOR_WEB);
    assert_code(close_code(command, real), SALVE_E_CONSENT);
    assert_code(close_code(web, guessed), SALVE_E_CONSENT);
    assert_int_equal(t_count(view), 1);
    assert_code(close_code(web, real), SALVE_OK); /* all lines of web are one */
    (void)close(command);
    (void)close(web);
    assert_code(rec_close(&view, NULL), SALVE_E_CONSENT);
    assert_null(view);
}

static bool no_view_is_open(void) { return figures().views == 0; }

static int connect_as_new_web(void)
{
    (void)pthread_mutex_lock(&g.step);
    door_server_new_web(g.server);
    (void)pthread_mutex_unlock(&g.step);
    return connect_as(DOOR_WEB);
}

/* One that ended badly and was started again: the gate may hear of the new one first. */
static void views_end_with_their_web_whoever_came_meanwhile(void **state)
{
    (void)state;
    struct rec_enrolled who = carer("Okafor");
    struct site *usual = g.t->site;
    int first = connect_as_new_web();
    const struct door_connect ask = {.fds = &first, .fd_count = 1, .page_fd = g.page_fd, .clock = g.t->options.clock};
    t_must(door_connect(&ask, &g.t->site, &err));
    struct rec_view *view = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card);
    int second = connect_as_new_web();
    assert_code(close_code(second, far_handle(view)), SALVE_E_CONSENT);
    assert_int_equal(t_count(view), 1);
    assert_int_equal(shutdown(first, SHUT_RDWR), 0);
    assert_true(soon(no_view_is_open));
    assert_code(rec_close(&view, NULL), SALVE_E_IO);
    (void)!site_close(&g.t->site, NULL);
    g.t->site = usual;
    (void)close(second);
}

static void a_gate_that_is_gone_is_an_error_and_nothing_worse(void **state)
{
    (void)state;
    const struct rec_resource *all;
    size_t count;
    struct site_facts facts;
    struct rec_enrolled who = carer("Ito");
    struct rec_view *view = t_open(g.t, g.amina.actor, PURPOSE_CARE, who.card);
    stop_serving();
    assert_code(site_facts(g.t->site, g.t->mem, &facts, NULL), SALVE_E_IO);
    assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_IO);
    assert_str(site_settings(g.t->site)->name, "Test site"); /* what is known */
    assert_true(site_clock_suspect(g.t->site));              /* nothing is given meanwhile */
    assert_code(rec_close(&view, NULL), SALVE_E_IO);
    assert_null(view);
}

#define ends_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ends_test(upkeep_is_for_the_command_line),
        ends_test(a_pass_of_the_gate_itself_is_no_token),
        ends_test(a_locked_session_reads_nothing),
        ends_test(what_a_command_began_ends_with_it),
        ends_test(enrolling_beside_a_file_is_no_row_of_it),
        ends_test(what_was_read_is_read_again_without_asking),
        ends_test(what_somebody_else_saves_is_there_with_the_next_answer),
        ends_test(an_id_is_never_given_twice),
        ends_test(views_that_are_over_make_room),
        ends_test(many_threads_share_one_far_site),
        ends_test(what_is_no_request_ends_its_connection_alone),
        ends_test(another_version_of_the_program_does_not_begin),
        ends_test(a_handle_of_somebody_else_is_none),
        ends_test(views_end_with_their_web_whoever_came_meanwhile),
        ends_test(a_gate_that_is_gone_is_an_error_and_nothing_worse),
    };
    return t_run(tests);
}
