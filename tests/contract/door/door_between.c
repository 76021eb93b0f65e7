/* SPDX-License-Identifier: Apache-2.0
 *
 * In the middle of a long request others are served: they get their answers before it has its own, nobody takes the
 * record from under it, and what was taken back or erased meanwhile is not handed out. */
#include <pthread.h>
#include <sys/socket.h>

#include "door/door.h"
#include "door/far_int.h"
#include "door/serve_int.h"
#include "t_site.h"

enum { LINES = 3, BATCHES = 120, TRIES = 100 };

static struct {
    struct t_site *t;
    struct site *near, *lines[LINES];
    struct door_server *server;
    pthread_t thread;
    _Atomic bool is_over;
    struct actor ben, rosa;
    struct str card;
} g;

static void *serve(void *with)
{
    (void)with;
    while (!atomic_load(&g.is_over)) t_must(door_server_step(g.server, 5, &err));
    return NULL;
}

static struct actor begin(struct str id)
{
    struct session session;
    t_must(session_begin(g.lines[0], id, T_PIN, g.t->mem, &session, &err));
    return session.actor;
}

static struct str enrol(const char *family)
{
    struct rec_enrolled who;
    struct tape patient = t_read(g.t->mem, arena_printf(g.t->mem,
                                                        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"%s\"}],"
                                                        "\"birthDate\":\"1980-01-01\"}",
                                                        family)
                                               .ptr);
    t_must(rec_enrol(g.lines[0], g.rosa, &patient, g.t->mem, &who, &err));
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    t_must(rec_consent_give(g.lines[0], g.rosa, who.card, &grant, g.t->mem, NULL, &err));
    return who.card;
}

static int make(void **state)
{
    (void)state;
    int gate[LINES], ends[LINES];
    g.t = t_site_make("door-between", true);
    g.near = g.t->site;
    atomic_store(&g.is_over, false);
    const struct door_serve_ask ask = {.site = g.near};
    t_must(door_server_open(&ask, &g.server, &err));
    for (size_t i = 0; i < LINES; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) abort();
        gate[i] = pair[0];
        ends[i] = pair[1];
        t_must(door_server_add(g.server, gate[i], DOOR_WEB, &err));
    }
    if (pthread_create(&g.thread, NULL, serve, NULL) != 0) abort();
    for (size_t i = 0; i < LINES; i++) {
        const struct door_connect connect = {
            .fds = &ends[i], .fd_count = 1, .page_fd = -1, .clock = g.t->options.clock};
        t_must(door_connect(&connect, &g.lines[i], &err));
    }
    g.ben = begin(T_ASSISTANT.id);
    g.rosa = begin(T_REGISTRAR.id);
    g.t->site = g.lines[0];
    g.card = enrol("Haddad");
    t_fill(g.t, g.ben, g.card, BATCHES);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINES; i++) (void)!site_close(&g.lines[i], NULL);
    atomic_store(&g.is_over, true);
    (void)pthread_join(g.thread, NULL);
    door_server_close(&g.server);
    g.t->site = g.near;
    t_site_drop(g.t);
    return 0;
}

/* --- one who reads long ------------------------------------------------------------------------------------------- */

struct reader {
    pthread_t thread;
    struct rec_view *view;
    struct arena *mem;
    _Atomic bool is_done;
    enum salve_code code;
    size_t count;
};

static void *read_all(void *with)
{
    struct reader *reader = with;
    const struct rec_resource *all = NULL;
    reader->code = rec_all(reader->view, 0, &all, &reader->count, NULL);
    atomic_store(&reader->is_done, true);
    return NULL;
}

static void *find_by_name(void *with)
{
    struct reader *reader = with;
    struct compartment *found = NULL;
    reader->code = rec_find(g.lines[0], g.rosa, STR("[{\"family\":\"Haddad\"}]"), STR("1980-01-01"), reader->mem,
                            &found, &reader->count, NULL);
    atomic_store(&reader->is_done, true);
    return NULL;
}

static void start(struct reader *reader, void *(*what)(void *with))
{
    *reader = (struct reader){.mem = arena_open((size_t)64 << 20)};
    if (what == read_all) reader->view = t_open(g.t, g.ben, PURPOSE_CARE, g.card);
    if (pthread_create(&reader->thread, NULL, what, reader) != 0) abort();
}

static void end(struct reader *reader)
{
    (void)pthread_join(reader->thread, NULL);
    (void)!rec_close(&reader->view, NULL);
    arena_close(reader->mem);
}

static bool pings(struct actor who)
{
    struct actor is;
    return session_actor(g.lines[1], who.pass, g.t->mem, &is, NULL) == SALVE_OK;
}

static unsigned answers_while(void *(*what)(void *with))
{
    unsigned answers = 0;
    struct reader reader;
    start(&reader, what);
    while (!atomic_load(&reader.is_done)) answers += pings(g.ben) && !atomic_load(&reader.is_done);
    end(&reader);
    assert_code(reader.code, SALVE_OK);
    return answers;
}

static void others_get_answers_before_it_has_its_own(void **state)
{
    (void)state;
    unsigned most = 0, most_of_hash = 0;
    for (int i = 0; i < TRIES && most < 2; i++) most = answers_while(read_all);
    assert_true(most >= 2);
    for (int i = 0; i < TRIES && most_of_hash < 3; i++) most_of_hash = answers_while(find_by_name);
    assert_true(most_of_hash >= 3);
}

/* By a program in the place of web, over another of its connections. */
static void nobody_takes_the_record_from_under_it(void **state)
{
    (void)state;
    unsigned refused = 0;
    for (int i = 0; i < TRIES && refused == 0; i++) {
        struct reader reader;
        start(&reader, read_all);
        struct door_handle handle = far_handle(reader.view);
        while (!atomic_load(&reader.is_done)) {
            struct door_ask_rec_read one = {.handle = handle, .id = STR("none")};
            struct door_ask_rec_keep keep = {.handle = handle, .kept = STR("x")};
            enum salve_code first = far_call(far_of(g.lines[1]), DOOR_ASK_rec_keep, &keep, g.t->mem, NULL);
            enum salve_code second = far_call(far_of(g.lines[2]), DOOR_ASK_rec_read, &one, g.t->mem, NULL);
            if (atomic_load(&reader.is_done)) break;
            refused += first == SALVE_E_CONSENT && second == SALVE_E_CONSENT;
            struct door_ask_rec_close close = {.handle = handle};
            (void)!far_call(far_of(g.lines[1]), DOOR_ASK_rec_close, &close, NULL, NULL);
        }
        (void)pthread_join(reader.thread, NULL);
        assert_true(reader.code == SALVE_OK || reader.code == SALVE_E_CONSENT); /* closed before it, or behind it */
        (void)!rec_close(&reader.view, NULL);
        arena_close(reader.mem);
    }
    assert_true(refused > 0);
}

/* Whoever was told that it is taken back sees nothing of it handed out any more. */
static void what_is_taken_back_in_the_middle_is_not_handed_out(void **state)
{
    (void)state;
    unsigned in_the_middle = 0;
    t_fill(g.t, g.ben, g.card, 3 * BATCHES); /* so that it has a middle on a fast machine, too */
    for (int i = 0; i < TRIES && in_the_middle == 0; i++) {
        struct reader reader;
        struct consent_grant grant = t_grant(PURPOSE_CARE);
        start(&reader, read_all);
        (void)usleep((useconds_t)(i % 40) * 200); /* where its middle is depends on the machine */
        t_must(rec_consent_withdraw(g.lines[1], T_PERSON, g.card, PURPOSE_CARE, g.t->mem, NULL, &err));
        bool was_done = atomic_load(&reader.is_done);
        end(&reader);
        in_the_middle += !was_done && reader.code == SALVE_E_CONSENT;
        assert_true(was_done || reader.code == SALVE_E_CONSENT || reader.code == SALVE_OK);
        t_must(rec_consent_give(g.lines[0], g.rosa, g.card, &grant, g.t->mem, NULL, &err));
    }
    assert_true(in_the_middle > 0);
}

static void who_is_erased_in_the_middle_is_not_here(void **state)
{
    (void)state;
    struct reader reader;
    struct rec_erasure erasure;
    struct rec_view *view = NULL;
    struct actor beside = {.role = ROLE_PARTICIPANT, .id = g.rosa.id};
    memcpy(beside.pass, g.rosa.pass, sizeof beside.pass);
    start(&reader, read_all);
    (void)usleep(3000);
    t_must(rec_erase(g.lines[1], beside, g.card, g.t->mem, &erasure, &err));
    end(&reader);
    assert_true(reader.code == SALVE_OK || reader.code == SALVE_E_NOT_FOUND);
    assert_code(t_open_code(g.t, g.ben, PURPOSE_CARE, g.card, &view), SALVE_E_NOT_FOUND);
}

/* Many of them at once, deeper than the deepest. */
static void long_ones_in_the_middle_of_long_ones(void **state)
{
    (void)state;
    struct reader readers[LINES];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < LINES; i++) {
            struct rec_ask ask = {.actor = g.ben, .purpose = PURPOSE_CARE, .who = g.card};
            readers[i] = (struct reader){.mem = arena_open((size_t)64 << 20)};
            t_must(rec_open(g.lines[i], &ask, &readers[i].view, &err));
        }
        for (size_t i = 0; i < LINES; i++)
            if (pthread_create(&readers[i].thread, NULL, read_all, &readers[i]) != 0) abort();
        for (size_t i = 0; i < LINES; i++) end(&readers[i]);
        for (size_t i = 0; i < LINES; i++) {
            assert_code(readers[i].code, SALVE_OK);
            assert_int_equal(readers[i].count, BATCHES * T_FILL_EACH + 1);
        }
    }
}

#define between_test(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        between_test(others_get_answers_before_it_has_its_own),
        between_test(nobody_takes_the_record_from_under_it),
        between_test(what_is_taken_back_in_the_middle_is_not_handed_out),
        between_test(who_is_erased_in_the_middle_is_not_here),
        between_test(long_ones_in_the_middle_of_long_ones),
    };
    return t_run(tests);
}
