/* SPDX-License-Identifier: Apache-2.0
 * Several browsers at once, each on a thread of its own, over the door: what one has open is its own, whoever
 * answers, and a withdrawal in one session ends the page of the other with its next answer. */
#define T_SITE_FAR
#include "../../unit/pages/pages_world.h"

enum { THREADS = 4, ROUNDS = T_IS_SANITIZED ? 15 : 40 };

struct station {
    struct pages_world *world;
    unsigned number;
    pthread_t thread;
    struct str card;
    char name[40];
    struct arena *mem; /* of its answers */
    unsigned stored, wrong;
};

/* A request on the worker of the thread; the answers of one round go with its memory. */
static struct answer station_call(struct station *s, struct browser *browser, const char *name, const char *body)
{
    struct t_site own = *browser->world->w.t;
    struct pages_world world = *browser->world;
    own.mem = s->mem;
    world.w.t = &own;
    browser->world = &world;
    pages_world_worker = s->number;
    struct answer answer = call(browser, name, body);
    browser->world = s->world;
    return answer;
}

static void one_round(struct station *s, struct browser *browser, unsigned round)
{
    char body[300];
    (void)snprintf(body, sizeof body, "{'who':'%.*s'}", STR_ARGS(s->card));
    struct answer answer = station_call(s, browser, "open", body);
    s->wrong += answer.status != 200 || str_find(answer.body, str_of(s->name)) < 0;
    (void)snprintf(
        body, sizeof body,
        "{'person':'%%P','key':'0b6d1c2e-7f1a-4c3d-9e21-5a8f00%02x%04x','readings':[{'word':'weight','text':'7%u.5'}]}",
        s->number, round, round % 10);
    answer = station_call(s, browser, "measure", body);
    s->stored += str_is(text_of(answer, "state"), "stored");
    for (unsigned other = 0; other < THREADS; other++) {
        char name[40];
        (void)snprintf(name, sizeof name, "Crowd%uname", other);
        answer = station_call(s, browser, "person", "{'person':'%P'}");
        s->wrong += (str_find(answer.body, str_of(name)) >= 0) != (other == s->number);
    }
    (void)station_call(s, browser, "not-told", "{'person':'%P','why':'left'}");
    s->wrong += station_call(s, browser, "close", "{'person':'%P'}").status != 200;
}

static void *work(void *with)
{
    struct station *s = with;
    struct browser browser = browser_new(s->world);
    s->mem = arena_open_private((size_t)64 << 20);
    s->wrong += station_call(s, &browser, "login", "{'name':'nurse-ben','secret':'246802'}").status != 200;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct arena_mark mark = arena_mark(s->mem);
        one_round(s, &browser, round);
        arena_rewind(s->mem, mark);
    }
    arena_close(s->mem);
    return NULL;
}

static void each_has_its_own_person_at_the_same_time(void **state)
{
    struct pages_world *world = pages_world_make("pages-crowd", true);
    struct station stations[THREADS];
    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        stations[i] = (struct station){.world = world, .number = i};
        (void)snprintf(stations[i].name, sizeof stations[i].name, "Crowd%uname", i);
        stations[i].card = t_enrol(world->w.t, stations[i].name, "1950-01-01").card;
        t_give(world->w.t, stations[i].card, PURPOSE_CARE);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&stations[i].thread, NULL, work, &stations[i]), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        pages_tick(world->pages);
        (void)pthread_join(stations[i].thread, NULL);
        assert_int_equal(stations[i].wrong, 0);
        assert_int_equal(stations[i].stored, ROUNDS);
    }
    pages_world_drop(world);
}

/* One browser that asks for many things at once, and leaves in between. */
struct tab {
    struct pages_world *world;
    struct browser browser;
    unsigned number, answered, odd;
    struct str card;
    pthread_t thread;
};

static void *hurry(void *with)
{
    static const char *const asked[] = {"person", "findings", "session", "close", "lock", "inbox"};
    struct tab *tab = with;
    struct station as = {.world = tab->world, .number = tab->number};
    as.mem = arena_open_private((size_t)64 << 20);
    for (unsigned i = 0; i < ROUNDS * 3; i++) {
        struct arena_mark mark = arena_mark(as.mem);
        struct browser browser = tab->browser;
        char body[100];
        (void)snprintf(body, sizeof body, "{'who':'%.*s'}", STR_ARGS(tab->card));
        unsigned what = (i + tab->number) % 8;
        struct answer answer =
            what == 6   ? station_call(&as, &browser, "open", body)
            : what == 7 ? station_call(&as, &browser, "unlock", "{'secret':'000000'}")
                        : station_call(&as, &browser, asked[what], what < 2 || what == 3 ? "{'person':'%P'}" : "{}");
        if (tab->number == 0 && i == ROUNDS) answer = station_call(&as, &browser, "logout", "{}");
        tab->answered += answer.status == 200;
        tab->odd += answer.status >= 500;
        arena_rewind(as.mem, mark);
    }
    arena_close(as.mem);
    return NULL;
}

static void who_leaves_leaves_nothing_open(void **state)
{
    struct pages_world *world = pages_world_make("pages-hurry", true);
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct tab tabs[THREADS];
    (void)state;
    assert_status(browser_open(&ben, world->w.card), 200);
    for (unsigned i = 0; i < THREADS; i++) {
        tabs[i] = (struct tab){.world = world, .browser = ben, .number = i, .card = world->w.card};
        assert_int_equal(pthread_create(&tabs[i].thread, NULL, hurry, &tabs[i]), 0);
    }
    unsigned answered = 0; /* one that begins late finds that they left */
    for (unsigned i = 0; i < THREADS; i++) {
        (void)pthread_join(tabs[i].thread, NULL);
        assert_int_equal(tabs[i].odd, 0);
        answered += tabs[i].answered;
    }
    assert_true(answered > 0);
    (void)call(&ben, "logout", "{}");
    assert_error(call(&ben, "person", "{'person':'%P'}"), 401, "E_SESSION");
    ben = browser_login(world, STR("desk-rosa")); /* the row that it had is empty */
    assert_true(json_is(json_path(call(&ben, "session", "{}").json, "open"), JSON_NULL));
    pages_world_drop(world);
}

static void a_withdrawal_elsewhere_ends_the_page(void **state)
{
    struct pages_world *world = pages_world_make("pages-elsewhere", true);
    struct browser ben = browser_login(world, STR("nurse-ben")), amina = browser_login(world, STR("dr-amina"));
    struct str card = t_enrol(world->w.t, "Mbeki", "1980-01-01").card;
    (void)state;
    t_give(world->w.t, card, PURPOSE_CARE);
    assert_status(browser_open(&ben, card), 200);
    assert_status(browser_open(&amina, card), 200);
    assert_status(call(&amina, "findings", "{'person':'%P'}"), 200);
    t_withdraw(world->w.t, card, PURPOSE_CARE);
    assert_error(call(&amina, "findings", "{'person':'%P'}"), 403, "E_CONSENT");
    assert_error(
        call(&ben, "measure",
             "{'person':'%P','key':'0b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','readings':[{'word':'weight','text':'70'}]}"),
        403, "E_CONSENT");
    pages_world_drop(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_own_person_at_the_same_time),
        cmocka_unit_test(who_leaves_leaves_nothing_open),
        cmocka_unit_test(a_withdrawal_elsewhere_ends_the_page),
    };
    return t_run(tests);
}
