/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes over the door, byte for byte: somebody stands between its two ends and keeps each answer. Any request in
 * any order by anybody, and no answer is about two people (N11); none to a manager or technician is about anybody (N20);
 * none that refuses something, and no file of the site meanwhile, says anything of a person (N14). Each look leaves its
 * leaf, and none is had where the log cannot be written (N15). N16 is in never_open_view_far.c and never_revived_far.c. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "door/door.h"
#include "records/worklist.h"
#include "t_site.h"

enum { PEOPLE = 8, VIEWS = 6, STEPS = 4000, STEPS_ALL = 100000, HAIR = 1 << 16 };

/* People with a name of their own that stands nowhere else. */
static struct {
    char family[32];
    struct str card;
    struct compartment id;
    struct str ticket;
} people[PEOPLE];

/* --- somebody in between ------------------------------------------------------------------------------------------ */

/* The answer is what came from the gate since the last request went to it. */
static struct between {
    int far, gate;
    pthread_t thread;
    pthread_mutex_t lock;
    char *answer;
    size_t bytes, room;
    size_t answers, about_one;
    int most; /* people that one answer was about */
} between = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void pass_on(int fd, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes += sent;
        count -= (size_t)sent;
    }
}

static int about_now(void)
{
    int count = 0;
    for (int i = 0; i < PEOPLE && between.bytes > 0; i++)
        count += memmem(between.answer, between.bytes, people[i].family, strlen(people[i].family)) != NULL;
    return count;
}

/* An answer is complete. */
static void look_at_answer(void)
{
    int count = about_now();
    between.answers++;
    between.about_one += count == 1;
    if (count > between.most) between.most = count;
    between.bytes = 0;
}

static void keep(const char *bytes, size_t count, bool is_request)
{
    pthread_mutex_lock(&between.lock);
    if (is_request) {
        look_at_answer();
    } else {
        if (between.bytes + count > between.room) {
            between.room = 2 * (between.bytes + count);
            between.answer = realloc(between.answer, between.room);
            if (between.answer == NULL) abort();
        }
        memcpy(between.answer + between.bytes, bytes, count);
        between.bytes += count;
    }
    pthread_mutex_unlock(&between.lock);
}

static void *stand_between(void *with)
{
    static char bytes[HAIR];
    struct pollfd fds[2] = {{between.far, POLLIN, 0}, {between.gate, POLLIN, 0}};
    (void)with;
    for (;;) {
        if (poll(fds, 2, -1) < 0) continue;
        for (size_t i = 0; i < 2; i++) {
            if (fds[i].revents == 0) continue;
            ssize_t got = recv(fds[i].fd, bytes, sizeof bytes, 0);
            if (got <= 0) return NULL;
            keep(bytes, (size_t)got, i == 0);
            pass_on(fds[1 - i].fd, bytes, (size_t)got);
        }
    }
}

/* --- the two ends ------------------------------------------------------------------------------------------------- */

static struct t_site *t;
static struct site *far;
static struct door_server *server;
static struct door_page *page;
static pthread_t serving;
static atomic_bool is_over;

static struct session sessions[T_STAFF];

static void *serve(void *with)
{
    (void)with;
    while (!atomic_load(&is_over)) t_must(door_server_step(server, 20, &err));
    return NULL;
}

static void connect_ends(void)
{
    int front[2], back[2], page_fd;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, front) != 0) abort();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, back) != 0) abort();
    between.far = front[1];
    between.gate = back[0];
    atomic_store(&is_over, false);
    t_must(door_page_make(&page, &page_fd, &err));
    struct door_serve_ask ask = {.site = t->site, .page = page};
    t_must(door_server_open(&ask, &server, &err));
    t_must(door_server_add(server, back[1], DOOR_WEB, &err));
    if (pthread_create(&serving, NULL, serve, NULL) != 0) abort();
    if (pthread_create(&between.thread, NULL, stand_between, NULL) != 0) abort();
    struct door_connect connect = {.fds = &front[0], .fd_count = 1, .page_fd = page_fd, .clock = t->options.clock};
    t_must(door_connect(&connect, &far, &err));
    (void)close(page_fd);
    for (size_t i = 0; i < T_STAFF; i++)
        t_must(session_begin(far, t_all_staff[i]->id, T_PIN, t->mem, &sessions[i], &err));
}

static void part_ends(void)
{
    t_must(site_close(&far, &err));
    atomic_store(&is_over, true);
    (void)pthread_join(between.thread, NULL);
    (void)pthread_join(serving, NULL);
    door_server_close(&server);
    door_page_drop(page);
    (void)close(between.far);
    (void)close(between.gate);
    free(between.answer);
    between.answer = NULL;
    between.bytes = between.room = between.answers = between.about_one = 0;
    between.most = 0;
}

/* With open work, and what was measured. */
static int make(void **state)
{
    (void)state;
    const struct work_entry tell = {.part = WORK_NOT_KEPT, .task = WORK_TELL, .urgency = 0, .due_unix_ms = T_SITE_NOW};
    t = t_site_make("never-answers", true);
    for (int i = 0; i < PEOPLE; i++) {
        struct work mine;
        (void)snprintf(people[i].family, sizeof people[i].family, "Canary%c%cowen", 'q' + i, 'q' + i);
        struct rec_enrolled who = t_enrol(t, people[i].family, "1980-01-01");
        people[i].card = who.card;
        people[i].id = who.compartment;
        t_give(t, who.card, PURPOSE_CARE);
        t_give(t, who.card, PURPOSE_FOLLOW_UP);
        struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
        (void)t_save_weight(t, view, "71");
        worklist_set(view, WORK_NOT_KEPT, &tell, 1);
        t_must(worklist_write(view, &err));
        t_must(worklist_mine(view, t->mem, &mine, &err));
        people[i].ticket = mine.ticket;
        t_close_view(&view);
    }
    connect_ends();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    part_ends();
    t_site_drop(t);
    return 0;
}

/* --- what an answer is about -------------------------------------------------------------------------------------- */

static int about(void)
{
    pthread_mutex_lock(&between.lock);
    int count = about_now();
    pthread_mutex_unlock(&between.lock);
    return count;
}

/* Of all answers so far: how many people one was about, how many were about one. */
static int most_so_far(size_t *about_one)
{
    pthread_mutex_lock(&between.lock);
    look_at_answer();
    int most = between.most;
    *about_one = between.about_one;
    pthread_mutex_unlock(&between.lock);
    return most;
}

/* --- anything in any order ---------------------------------------------------------------------------------------- */

static uint64_t seed;
static size_t any(size_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % below;
}

static struct rec_view *views[VIEWS];
static size_t first_role, role_count; /* of those who ask; role_count T_STAFF + 1 and more: the person, a stranger */

static struct actor anybody(void)
{
    size_t who = first_role + any(role_count);
    if (who < T_STAFF) return sessions[who].actor;
    struct actor person = {.role = ROLE_PARTICIPANT, .told = who == T_STAFF ? STR("1980-01-01") : STR("1981-02-02")};
    if (any(2) == 0) return person;
    person.id = sessions[1].actor.id; /* with the registrar there */
    memcpy(person.pass, sessions[1].actor.pass, sizeof person.pass);
    return person;
}

static struct str anyone(void)
{
    static char text[COMPARTMENT_TEXT_BYTES + 1];
    size_t person = any(PEOPLE);
    compartment_text(people[person].id, text);
    return any(2) == 0 ? people[person].card : any(2) == 0 ? people[person].ticket : str_of(text);
}

static enum salve_code ask_open(struct arena *mem)
{
    (void)mem;
    struct rec_view **view = &views[any(VIEWS)];
    static const enum purpose likely[] = {PURPOSE_CARE, PURPOSE_CARE, PURPOSE_FOLLOW_UP, PURPOSE_SELF};
    struct rec_ask ask = {.actor = anybody(), .purpose = likely[any(4)], .who = anyone(), .is_away = any(2) == 0};
    if (ask.actor.role == ROLE_PARTICIPANT) ask.purpose = PURPOSE_SELF;
    if (any(4) == 0) ask.purpose = (enum purpose)(1 + any(PURPOSE_LAST));
    if (*view != NULL) (void)!rec_close(view, NULL);
    return rec_open(far, &ask, view, NULL);
}

static enum salve_code ask_close(struct arena *mem)
{
    (void)mem;
    return rec_close(&views[any(VIEWS)], NULL);
}

static struct rec_view *any_view(void) { return views[any(VIEWS)]; }

static enum salve_code ask_all(struct arena *mem)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct rec_view *view = any_view();
    (void)mem;
    return view == NULL ? SALVE_OK : rec_all(view, 0, &all, &count, NULL);
}

static enum salve_code ask_read(struct arena *mem)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    const struct rec_resource *one = NULL, **versions = NULL;
    size_t count = 0;
    struct rec_view *view = any_view();
    compartment_text(people[any(PEOPLE)].id, text); /* often another person's */
    struct str id = arena_printf(mem, "%s.%d", text, 1 + (int)any(3));
    if (view == NULL) return SALVE_OK;
    return any(2) == 0 ? rec_read(view, id, &one, NULL) : rec_history(view, id, mem, &versions, &count, NULL);
}

static enum salve_code ask_take(struct arena *mem)
{
    const struct rec_resource *all = NULL;
    struct rec_look *looks = NULL;
    struct rec_consent *consents = NULL;
    struct str card;
    size_t count = 0, missing = 0;
    struct rec_view *view = any_view();
    if (view == NULL) return SALVE_OK;
    switch (any(4)) {
    case 0:
        return rec_take(view, mem, &all, &count, NULL);
    case 1:
        return rec_looked(view, mem, &looks, &count, &missing, NULL);
    case 2:
        return rec_consents(view, mem, &consents, &count, NULL);
    default:
        return any(20) == 0 ? rec_letter_code(view, mem, &card, &(int64_t){0}, NULL) : SALVE_OK;
    }
}

static enum salve_code ask_save(struct arena *mem)
{
    struct rec_view *view = any_view(), *other = any_view();
    struct str id;
    if (view == NULL || other == NULL || rec_new_id(view, mem, &id, NULL) != SALVE_OK) return SALVE_OK;
    struct tape tape = t_weight(t, other, id, "72"); /* about another person's Patient where the views differ */
    struct rec_item item = {.tape = &tape};
    return rec_save(view, &item, 1, NULL, mem, NULL);
}

static enum salve_code ask_work(struct arena *mem)
{
    struct work *list = NULL, mine;
    size_t count = 0;
    enum purpose purpose;
    struct rec_view *view = any_view();
    if (any(3) == 0) return worklist_purpose(far, people[any(PEOPLE)].ticket, mem, &purpose, NULL);
    if (any(2) == 0 && view != NULL) return worklist_mine(view, mem, &mine, NULL);
    return t_worklist(far, anybody(), mem, &list, &count, NULL);
}

static enum salve_code ask_find(struct arena *mem)
{
    struct compartment *found = NULL;
    size_t count = 0;
    struct str names = arena_printf(mem, "[{\"family\":\"%s\",\"given\":[\"Tala\"]}]", people[any(PEOPLE)].family);
    return rec_find(far, anybody(), names, STR("1980-01-01"), mem, &found, &count, NULL);
}

static enum salve_code ask_site(struct arena *mem)
{
    struct staff *staff = NULL;
    struct site_facts facts;
    struct str *ids = NULL, bytes;
    size_t count = 0;
    static const char *const kinds[] = {"site", "staff", "work", "form", "guideline", "log"};
    struct str kind = str_of(kinds[any(6)]);
    switch (any(4)) {
    case 0:
        return staff_list(far, mem, &staff, &count, NULL);
    case 1:
        return site_facts(far, mem, &facts, NULL);
    case 2:
        return commons_list(far, kind, mem, &ids, &count, NULL);
    default:
        return commons_get(far, kind, any(2) == 0 ? STR("settings") : STR("read-2026-11"), mem, &bytes, NULL);
    }
}

static enum salve_code ask_right(struct arena *mem)
{
    struct consent_grant grant = t_grant((enum purpose)(1 + any(5)));
    struct rec_erasure erasure;
    struct str who = anyone();
    switch (any(4)) {
    case 0:
        return rec_consent_give(far, anybody(), who, &grant, mem, NULL, NULL);
    case 1:
        return any(8) == 0 ? rec_consent_withdraw(far, anybody(), who, grant.purpose, mem, NULL, NULL) : SALVE_OK;
    case 2:
        return rec_erase_ask(far, anybody(), who, mem, &erasure, NULL);
    default:
        return rec_erase_stop(far, anybody(), who, mem, NULL, NULL);
    }
}

typedef enum salve_code asking(struct arena *mem);
static asking *const askings[] = {ask_open, ask_open, ask_all,  ask_all,  ask_read,  ask_take,
                                  ask_save, ask_work, ask_find, ask_site, ask_right, ask_close};

/* So many requests; `most` is how many people an answer may be about, and none of those that refuse something is about
 * anybody. */
static void walk(size_t steps, int most, size_t *about_one)
{
    struct arena *mem = arena_open_private((size_t)1 << 28);
    for (size_t i = 0; i < steps; i++) {
        struct arena_mark mark = arena_mark(mem);
        size_t which = any(sizeof askings / sizeof askings[0]);
        enum salve_code code = askings[which](mem);
        if (code != SALVE_OK && about() > 0)
            fail_msg("request %zu: %s, and a name in it", which, salve_code_name(code));
        if (most_so_far(about_one) > most) fail_msg("request %zu: an answer about %d people", which, between.most);
        arena_rewind(mem, mark);
    }
    for (size_t i = 0; i < VIEWS; i++) (void)!rec_close(&views[i], NULL);
    arena_close(mem);
}

static void an_answer_is_about_one_person(void **state)
{
    (void)state;
    size_t about_one = 0;
    seed = 11;
    first_role = 0;
    role_count = T_STAFF + 2;
    walk(t_is_all() ? STEPS_ALL : STEPS, 1, &about_one);
    assert_true(about_one > 50); /* the names do come over the door where they should */
}

static void who_runs_the_site_is_told_of_nobody(void **state)
{
    (void)state;
    size_t about_one = 0;
    const size_t roles[] = {0, 4}; /* of t_all_staff: the manager, the technician */
    for (size_t i = 0; i < 2; i++) {
        seed = 20 + i;
        first_role = roles[i];
        role_count = 1;
        assert_true(t_all_staff[first_role]->role == ROLE_MANAGER || t_all_staff[first_role]->role == ROLE_TECHNICIAN);
        walk(t_is_all() ? STEPS_ALL / 4 : STEPS, 0, &about_one);
        assert_int_equal(about_one, 0);
    }
}

static void no_file_holds_a_name_while_it_is_served(void **state)
{
    (void)state;
    size_t about_one = 0;
    seed = 14;
    first_role = 0;
    role_count = T_STAFF + 2;
    walk(STEPS, 1, &about_one);
    struct str *names = NULL;
    size_t count = 0;
    t_must(file_list(t->folder, t->mem, &names, &count, &err));
    assert_true(count > 3);
    for (size_t f = 0; f < count; f++) {
        struct str bytes, path = arena_printf(t->mem, "%s/%.*s", t->folder, STR_ARGS(names[f]));
        t_must(file_read(path.ptr, (size_t)1 << 28, t->mem, &bytes, &err));
        for (int i = 0; i < PEOPLE; i++) {
            assert_null(memmem(bytes.ptr, bytes.len, people[i].family, strlen(people[i].family)));
            assert_null(memmem(bytes.ptr, bytes.len, people[i].card.ptr, people[i].card.len));
        }
    }
}

/* --- what is not asked for from there ----------------------------------------------------------------------------- */

static enum salve_code opens(struct actor actor)
{
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = actor, .purpose = PURPOSE_CARE, .who = people[0].card};
    enum salve_code code = rec_open(far, &ask, &view, NULL);
    assert_true(code == SALVE_OK || about() == 0);
    (void)!rec_close(&view, NULL);
    return code;
}

static void nothing_but_a_session_that_lasts_opens(void **state)
{
    (void)state;
    struct actor actor = sessions[3].actor, forged = actor;
    forged.pass[7] ^= 1;
    assert_ok(opens(actor));
    assert_true(opens(T_CLINICIAN) != SALVE_OK); /* a pass of the gate's own */
    assert_true(opens(forged) != SALVE_OK);
    t_must(session_lock(far, actor.pass, &err));
    assert_code(opens(actor), SALVE_E_LOCKED);
    t_must(session_end(far, actor.pass, &err));
    assert_true(opens(actor) != SALVE_OK);
    assert_true(session_hold(far, T_CLINICIAN, t->mem, &sessions[3], NULL) != SALVE_OK);
}

/* Nothing that leaves no trace, or is about the whole site. */
static void no_card_ends_and_no_key_turns_from_there(void **state)
{
    (void)state;
    struct rec_enrolled who = {.compartment = people[0].id, .card = people[0].card};
    struct site_rotation rotation;
    struct site_verify_result result;
    struct rec_rows_state rows;
    int64_t due_unix_ms = 0;
    assert_code(rec_slip_done(far, &who, NULL), SALVE_E_ROLE);
    assert_ok(opens(sessions[3].actor)); /* the card is good */
    assert_code(site_rotate(far, sessions[4].actor, &rotation, NULL), SALVE_E_ROLE);
    assert_code(site_verify(far, &(struct site_verify_ask){.actor = sessions[4].actor}, &result, NULL), SALVE_E_ROLE);
    assert_code(rec_rows_begin(far, STR("a"), &rows, NULL), SALVE_E_ROLE);
    assert_true(staff_recover(far, STR("eve"), T_PIN, &due_unix_ms, NULL) != SALVE_OK);
}

/* --- leaves ------------------------------------------------------------------------------------------------------- */

static size_t looks_of(struct str card, const char *kind)
{
    struct rec_look *looks = NULL;
    struct rec_view *own = NULL;
    struct rec_ask ask = {.actor = T_PERSON, .purpose = PURPOSE_SELF, .who = card};
    size_t count = 0, missing = 0, found = 0;
    t_must(rec_open(far, &ask, &own, &err));
    t_must(rec_looked(own, t->mem, &looks, &count, &missing, &err));
    assert_int_equal(missing, 0);
    for (size_t i = 0; i < count; i++) {
        assert_true(looks[i].proved || looks[i].is_unsigned);
        found += str_is(looks[i].kind, kind);
    }
    t_close_view(&own);
    return found;
}

static void each_look_leaves_one_leaf(void **state)
{
    (void)state;
    enum { LOOKS = 60 };
    size_t before[PEOPLE], opened[PEOPLE] = {0};
    seed = 15;
    for (int i = 0; i < PEOPLE; i++) before[i] = looks_of(people[i].card, "access");
    for (int i = 0; i < LOOKS; i++) {
        size_t who = any(PEOPLE);
        const struct rec_resource *all = NULL;
        size_t count = 0;
        struct rec_view *view = NULL;
        struct rec_ask ask = {.actor = sessions[1 + any(3)].actor, .purpose = PURPOSE_CARE, .who = people[who].card};
        t_must(rec_open(far, &ask, &view, &err));
        for (size_t n = any(5); n > 0; n--) t_must(rec_all(view, 0, &all, &count, &err)); /* as often as one likes */
        t_must(rec_close(&view, &err));
        opened[who]++;
    }
    for (int i = 0; i < PEOPLE; i++) /* the look at the looks is one, too */
        assert_int_equal(looks_of(people[i].card, "access"), before[i] + opened[i] + 1);
}

static void a_log_that_cannot_be_written_opens_nobody(void **state)
{
    (void)state;
    struct rlimit was, none = {.rlim_cur = 1};
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = sessions[3].actor, .purpose = PURPOSE_CARE, .who = people[0].card};
    size_t looks = looks_of(people[0].card, "access");
    if (getrlimit(RLIMIT_FSIZE, &was) != 0) abort();
    none.rlim_max = was.rlim_max;
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &none) != 0) abort();
    enum salve_code code = rec_open(far, &ask, &view, NULL);
    int count = about();
    if (setrlimit(RLIMIT_FSIZE, &was) != 0) abort();
    (void)signal(SIGXFSZ, before);
    assert_code(code, SALVE_E_FULL); /* as a full disk: with room again it goes on, each look with its leaf */
    assert_null(view);
    assert_int_equal(count, 0);
    t_must(rec_open(far, &ask, &view, &err));
    t_must(rec_close(&view, &err));
    assert_int_equal(looks_of(people[0].card, "access"), looks + 2); /* this one, and the look at the looks before */
}

/* --- running ------------------------------------------------------------------------------------------------------ */

#define answers_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        answers_test(an_answer_is_about_one_person),
        answers_test(who_runs_the_site_is_told_of_nobody),
        answers_test(no_file_holds_a_name_while_it_is_served),
        answers_test(nothing_but_a_session_that_lasts_opens),
        answers_test(no_card_ends_and_no_key_turns_from_there),
        answers_test(each_look_leaves_one_leaf),
        answers_test(a_log_that_cannot_be_written_opens_nobody),
    };
    return t_run(tests);
}
