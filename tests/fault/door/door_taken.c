/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that faces the browsers in the hands of somebody else: what comes over its connections is written by hand,
 * with the sessions that are there. What it was not given it does not get, and nobody else waits for it. */
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "door/door.h"
#include "door/far_int.h"
#include "t_site.h"

/* The server and whoever asks it are one thread: a step, then a look at what came. */
static struct {
    struct t_site *t;
    struct door_page *page;
    int page_fd, web;
    struct door_server *server;
    struct session amina, ben, rosa; /* clinician, assistant, registrar */
    struct arena *mem;               /* of answers */
} g;

static int connect_as(enum door_kind kind)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    t_must(door_server_add(g.server, ends[0], kind, &err));
    return ends[1];
}

static void step(int times)
{
    for (int i = 0; i < times; i++) t_must(door_server_step(g.server, 0, &err));
}

static size_t waiting(int fd)
{
    struct pollfd at = {.fd = fd, .events = POLLIN};
    return poll(&at, 1, 0) > 0 ? 1 : 0;
}

/* --- requests by hand --------------------------------------------------------------------------------------------- */

static void put(int fd, enum door_request request, const void *ask)
{
    struct door_bytes out = {0};
    t_must(door_message_put(&out, DOOR_MESSAGE_ASK, request, door_rows[request].in, ask, &err));
    assert_int_equal(send(fd, out.at, out.len, MSG_NOSIGNAL), (ssize_t)out.len);
    door_bytes_drop(&out);
}

static void take(int fd, uint8_t *at, size_t bytes)
{
    while (bytes > 0) {
        if (waiting(fd) == 0) t_must(door_server_step(g.server, 100, &err));
        ssize_t got = recv(fd, at, bytes, MSG_DONTWAIT);
        if (got == 0) fail_msg("%s", "the connection was ended");
        if (got < 0) continue;
        at += got;
        bytes -= (size_t)got;
    }
}

/* The code of the answer; where it is OK, *ask is filled. */
static enum salve_code get(int fd, enum door_request request, void *ask)
{
    struct door_head head;
    uint8_t bytes[DOOR_HEAD_BYTES];
    take(fd, bytes, sizeof bytes);
    assert_true(door_head_read(bytes, &head));
    assert_int_equal(head.request, request);
    uint8_t *body = arena_alloc(g.mem, head.bytes + 1u);
    take(fd, body, head.bytes);
    enum salve_code code = (enum salve_code)(body[0] | body[1] << 8);
    struct str rest = str_bytes(body + DOOR_CODE_BYTES, head.bytes - DOOR_CODE_BYTES);
    if (code == SALVE_OK) t_must(door_read(door_rows[request].out, rest, DOOR_COPIED, g.mem, ask, &err));
    return code;
}

static enum salve_code ask_over(int fd, enum door_request request, void *ask)
{
    put(fd, request, ask);
    return get(fd, request, ask);
}
#define asked(name, ...) ask_over(g.web, DOOR_ASK_##name, &(struct door_ask_##name){__VA_ARGS__})

static struct session begin(struct actor who)
{
    struct door_ask_session_begin ask = {.id = who.id, .secret = T_PIN};
    assert_code(ask_over(g.web, DOOR_ASK_session_begin, &ask), SALVE_OK);
    return ask.session;
}

static struct actor by_token(struct actor who, const uint8_t token[SESSION_TOKEN_BYTES])
{
    memcpy(who.pass, token, sizeof who.pass);
    return who;
}

static int make(void **state)
{
    (void)state;
    g.t = t_site_make("door-taken", false);
    g.mem = arena_open_private((size_t)1 << 30);
    t_must(door_page_make(&g.page, &g.page_fd, &err));
    const struct door_serve_ask ask = {.site = g.t->site, .page = g.page};
    t_must(door_server_open(&ask, &g.server, &err));
    g.web = connect_as(DOOR_WEB);
    g.amina = begin(T_CLINICIAN);
    g.ben = begin(T_ASSISTANT);
    g.rosa = begin(T_REGISTRAR);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    (void)close(g.web);
    door_server_close(&g.server);
    t_site_drop(g.t);
    door_page_drop(g.page);
    (void)close(g.page_fd);
    arena_close(g.mem);
    return 0;
}

static struct rec_enrolled carer(const char *family)
{
    struct rec_enrolled who = t_enrol(g.t, family, "1980-01-01");
    t_give(g.t, who.card, PURPOSE_CARE);
    return who;
}

static enum salve_code open_as(struct actor actor, enum purpose purpose, struct str who, struct door_handle *handle)
{
    struct door_ask_rec_open ask = {.given = {.actor = actor, .purpose = purpose, .who = who}};
    enum salve_code code = ask_over(g.web, DOOR_ASK_rec_open, &ask);
    if (handle != NULL) *handle = ask.handle;
    return code;
}

/* --- a view whose session is locked, or over ---------------------------------------------------------------------- */

static struct door_saving saving_of(struct door_handle handle, struct rec_item *item)
{
    return (struct door_saving){.handle = handle, .items = item, .items_count = 1, .parts_meant = 1};
}

/* No request through the view gives anything. Some are of a purpose that this view has not, whoever asks. */
static void all_refuse(struct door_handle handle, enum salve_code want)
{
    struct tape tape = t_read(g.t->mem, "{\"resourceType\":\"Patient\",\"id\":\"a.1\"}");
    struct rec_item item = {.tape = &tape};
    struct door_saving saving = saving_of(handle, &item);
    for (int request = 0; request < DOOR_ASKS; request++) {
        if ((door_rows[request].who & DOOR_OF_VIEW) == 0) continue;
        char *ask = arena_alloc(g.mem, door_rows[request].bytes);
        memcpy(ask, handle.bytes, sizeof handle.bytes);
        enum salve_code code = ask_over(g.web, (enum door_request)request, ask);
        if (code != want && code != SALVE_E_CONSENT && code != SALVE_E_ROLE)
            fail_msg("%s: %s", door_rows[request].name, salve_code_name(code));
    }
    assert_code(asked(rec_save, .saving = saving), want);
    assert_code(asked(worklist_write, .saving = saving), want);
    struct door_ask_rec_save_many many = {.savings = &saving, .savings_count = 1};
    assert_code(ask_over(g.web, DOOR_ASK_rec_save_many, &many), SALVE_OK);
    assert_code(many.saved[0].code, want);
}

static void a_view_gives_nothing_when_its_session_does_not(void **state)
{
    (void)state;
    struct door_handle handle;
    struct rec_enrolled who = carer("Haddad");
    assert_code(open_as(g.amina.actor, PURPOSE_CARE, who.card, &handle), SALVE_OK);
    struct door_ask_session_lock lock = {.end = 0};
    memcpy(lock.token, g.amina.token, sizeof lock.token);
    assert_code(ask_over(g.web, DOOR_ASK_session_lock, &lock), SALVE_OK);
    all_refuse(handle, SALVE_E_LOCKED);
    struct door_ask_session_unlock unlock = {.secret = T_PIN};
    memcpy(unlock.token, g.amina.token, sizeof unlock.token);
    assert_code(ask_over(g.web, DOOR_ASK_session_unlock, &unlock), SALVE_OK);
    assert_code(open_as(g.amina.actor, PURPOSE_CARE, who.card, NULL), SALVE_E_ROLE); /* the token of before */
    assert_code(asked(view_stands, .handle = handle), SALVE_OK);
    struct door_ask_session_end end = {.end = 0};
    memcpy(end.token, unlock.session.token, sizeof end.token);
    assert_code(ask_over(g.web, DOOR_ASK_session_end, &end), SALVE_OK);
    all_refuse(handle, SALVE_E_SESSION);
    assert_code(open_as(unlock.session.actor, PURPOSE_CARE, who.card, NULL), SALVE_E_ROLE);
}

/* --- who acts ----------------------------------------------------------------------------------------------------- */

/* A token is good for its member in their own role, and for nobody else. */
static void a_token_makes_nobody_of_another_role(void **state)
{
    (void)state;
    static struct actor *const staff[] = {&T_MANAGER, &T_REGISTRAR, &T_ASSISTANT, &T_CLINICIAN, &T_TECHNICIAN};
    struct rec_enrolled who = carer("Okafor");
    for (size_t i = 0; i < sizeof staff / sizeof staff[0]; i++) {
        struct actor forged = by_token(*staff[i], g.ben.token);
        if (staff[i] == &T_ASSISTANT) forged.role = ROLE_CLINICIAN;
        assert_code(open_as(forged, PURPOSE_CARE, who.card, NULL), SALVE_E_ROLE);
        assert_code(asked(worklist_page, .actor = forged, .which = {.most = 1, .after = STR("")}), SALVE_E_ROLE);
        struct site_settings settings = *site_settings(g.t->site);
        assert_code(asked(site_settings_set, .actor = forged, .settings = settings), SALVE_E_ROLE);
        assert_code(asked(site_clock_confirm, .actor = forged), SALVE_E_ROLE);
        struct staff_new fresh = {.id = STR("eve"), .role = ROLE_MANAGER, .secret = T_PIN};
        assert_code(asked(staff_register, .actor = forged, .fresh = fresh), SALVE_E_ROLE);
        assert_code(asked(commons_put, .actor = forged, .kind = STR("guideline"), .id = STR("eve"), .bytes = STR("{}")),
                    SALVE_E_ROLE);
        struct tape patient = t_read(g.t->mem, "{\"resourceType\":\"Patient\"}");
        assert_code(asked(rec_enrol, .actor = forged, .patient = patient), SALVE_E_ROLE);
        struct consent_grant grant = t_grant(PURPOSE_CARE);
        assert_code(asked(rec_consent_give, .actor = forged, .who = who.card, .grant = grant), SALVE_E_ROLE);
    }
}

/* What is for a command line, or takes what opens the site, is refused before anything of it is looked at. */
static void upkeep_is_nobodys_business_here(void **state)
{
    (void)state;
    size_t refused = 0;
    struct session tech = begin(T_TECHNICIAN);
    for (int request = 0; request < DOOR_ASKS; request++) {
        if ((door_rows[request].who & DOOR_BY_WEB) != 0) continue;
        char *ask = arena_alloc(g.mem, door_rows[request].bytes);
        enum salve_code want = door_rows[request].who == DOOR_BY_NOBODY ? SALVE_E_BUSY : SALVE_E_ROLE;
        if (ask_over(g.web, (enum door_request)request, ask) != want) fail_msg("%s", door_rows[request].name);
        refused++;
    }
    assert_true(refused > 8);
    struct site_backup_ask place = {.actor = tech.actor, .data = "/tmp", .keys = "/tmp"};
    assert_code(asked(site_backup, .given = place), SALVE_E_ROLE);
    struct site_secret fresh = {.key_file = "/tmp/key"};
    assert_code(asked(site_secret_change, .actor = tech.actor, .old = fresh, .fresh = fresh), SALVE_E_BUSY);
}

/* The person decides, not who asks: without a yes nothing opens, and no session stands for a card or a birth date. */
static void no_purpose_opens_that_the_person_did_not_agree_to(void **state)
{
    (void)state;
    struct rec_enrolled who = t_enrol(g.t, "Nowak", "1980-01-01");
    static const enum purpose purposes[] = {PURPOSE_CARE, PURPOSE_FOLLOW_UP};
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++)
        assert_code(open_as(g.amina.actor, purposes[i], who.card, NULL), SALVE_E_CONSENT);
    t_give(g.t, who.card, PURPOSE_CARE);
    assert_code(open_as(g.amina.actor, PURPOSE_CARE, who.card, NULL), SALVE_OK);
    assert_code(open_as(g.amina.actor, PURPOSE_FOLLOW_UP, who.card, NULL), SALVE_E_CONSENT);
    assert_code(open_as(g.amina.actor, PURPOSE_LETTER, who.card, NULL), SALVE_E_ROLE);
    assert_code(open_as(g.amina.actor, PURPOSE_SELF, who.card, NULL), SALVE_E_ROLE);
    struct actor self = {.role = ROLE_PARTICIPANT, .told = STR("1990-09-09")};
    assert_int_not_equal(open_as(self, PURPOSE_SELF, who.card, NULL), SALVE_OK);
    assert_int_not_equal(open_as(by_token(self, g.amina.token), PURPOSE_SELF, who.card, NULL), SALVE_OK);
    char id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(who.compartment, id); /* the id of a record is no card */
    assert_int_not_equal(open_as(g.amina.actor, PURPOSE_CARE, str_of(id), NULL), SALVE_OK);
}

static void the_commons_are_written_by_their_own_calls_alone(void **state)
{
    (void)state;
    static const char *const kinds[] = {"site", "staff", "log", "form", "work", "guideline/../staff", "doc/staff", ""};
    struct session mia = begin(T_MANAGER);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        assert_code(
            asked(commons_put, .actor = mia.actor, .kind = str_of(kinds[i]), .id = STR("eve"), .bytes = STR("{}")),
            SALVE_E_INVALID);
}

/* --- what is there to be read without a session ------------------------------------------------------------------- */

static void nobody_is_told_what_logins_rest_on(void **state)
{
    (void)state;
    assert_code(asked(commons_get, .kind = STR("staff"), .id = T_CLINICIAN.id), SALVE_E_INVALID);
    struct door_ask_staff_list list = {.end = 0};
    assert_code(ask_over(g.web, DOOR_ASK_staff_list, &list), SALVE_OK);
    assert_int_equal(list.all_count, T_STAFF);
}

/* --- forms that are right and mean nothing ------------------------------------------------------------------------ */

static void an_empty_tape_is_nothing_to_keep(void **state)
{
    (void)state;
    struct tape none = {0};
    struct rec_item items[] = {{.tape = NULL}, {.tape = &none}};
    struct door_handle handle;
    struct rec_enrolled who = carer("Silva");
    assert_code(open_as(g.amina.actor, PURPOSE_CARE, who.card, &handle), SALVE_OK);
    assert_code(asked(rec_enrol, .actor = g.rosa.actor), SALVE_E_INVALID);
    assert_code(asked(rec_enrol_told, .actor = g.rosa.actor, .sex = STR("female")), SALVE_E_INVALID);
    for (size_t i = 0; i < 2; i++) {
        struct door_saving saving = saving_of(handle, &items[i]);
        assert_code(asked(rec_save, .saving = saving), SALVE_E_INVALID);
        struct door_ask_rec_save_many many = {.savings = &saving, .savings_count = 1};
        assert_code(ask_over(g.web, DOOR_ASK_rec_save_many, &many), SALVE_OK);
        assert_code(many.saved[0].code, SALVE_E_INVALID);
    }
}

/* Who does not say who they are ends no card. */
static void a_card_is_ended_by_nobody(void **state)
{
    (void)state;
    struct rec_enrolled who = carer("Adeyemi");
    assert_code(asked(rec_slip_done, .enrolled = who), SALVE_E_ROLE);
    assert_code(open_as(g.amina.actor, PURPOSE_CARE, who.card, NULL), SALVE_OK);
}

/* --- those who are in the way ------------------------------------------------------------------------------------- */

static void others_do_not_wait_for_who_reads_nothing(void **state)
{
    (void)state;
    struct door_handle handle;
    struct rec_enrolled who = carer("Ito");
    assert_code(open_as(g.amina.actor, PURPOSE_CARE, who.card, &handle), SALVE_OK);
    int deaf = connect_as(DOOR_WEB), slow = connect_as(DOOR_WEB);
    const struct door_ask_rec_all all = {.handle = handle};
    int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    struct door_bytes out = {0};
    t_must(door_message_put(&out, DOOR_MESSAGE_ASK, DOOR_ASK_rec_all, door_rows[DOOR_ASK_rec_all].in, &all, &err));
    for (int i = 0; i < 20000; i++) {
        if (send(deaf, out.at, out.len, flags) < 0) break;
        step(1);
    }
    assert_true(send(slow, out.at, out.len - 1, flags) > 0); /* all but its last byte */
    step(10);
    assert_code(asked(view_stands, .handle = handle), SALVE_OK);
    assert_true(send(slow, out.at + out.len - 1, 1, flags) > 0);
    struct door_ask_rec_all got;
    memset(&got, 0, sizeof got);
    assert_code(get(slow, DOOR_ASK_rec_all, &got), SALVE_OK);
    door_bytes_drop(&out);
    (void)close(deaf);
    (void)close(slow);
    step(3);
    assert_int_equal(door_server_figures(g.server).connections, 1);
}

static int listen_here(struct sockaddr_un *at)
{
    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    (void)snprintf(at->sun_path, sizeof at->sun_path, "%s/salve-taken-%d.sock", t_tmp(), (int)getpid());
    (void)unlink(at->sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)at, sizeof *at), 0);
    assert_int_equal(listen(fd, 128), 0);
    return fd;
}

/* Whoever comes too late hears nothing; whoever is there is served. */
static void a_thousand_connections_leave_room_for_those_before(void **state)
{
    (void)state;
    enum { CALLERS = 1000 };
    struct sockaddr_un at;
    int fds[CALLERS], listening = listen_here(&at);
    t_must(door_server_listen(g.server, listening, DOOR_COMMAND, &err));
    for (int i = 0; i < CALLERS; i++) {
        fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        assert_int_equal(connect(fds[i], (const struct sockaddr *)&at, sizeof at), 0);
        step(2);
    }
    assert_int_equal(door_server_figures(g.server).connections, DOOR_CONNECTIONS_MAX);
    struct door_ask_door_time time = {.end = 0};
    assert_code(ask_over(g.web, DOOR_ASK_door_time, &time), SALVE_OK);
    for (int i = 0; i < CALLERS; i++) (void)close(fds[i]);
    step(5);
    assert_int_equal(door_server_figures(g.server).connections, 1);
    (void)unlink(at.sun_path);
    door_server_close(&g.server);
    (void)close(listening);
    const struct door_serve_ask ask = {.site = g.t->site, .page = g.page};
    t_must(door_server_open(&ask, &g.server, &err));
}

/* --- guessing ----------------------------------------------------------------------------------------------------- */

/* Over many connections at once no more tries are free than over one. */
static void guesses_at_once_are_counted_one_by_one(void **state)
{
    (void)state;
    enum { GUESSERS = 24 };
    int fds[GUESSERS];
    for (int i = 0; i < GUESSERS; i++) fds[i] = connect_as(DOOR_WEB);
    for (int i = 0; i < GUESSERS; i++) {
        char guess[8];
        (void)snprintf(guess, sizeof guess, "%06d", 100000 + i);
        const struct door_ask_session_begin ask = {.id = T_CLINICIAN.id, .secret = str_of(guess)};
        put(fds[i], DOOR_ASK_session_begin, &ask);
    }
    for (int i = 0; i < GUESSERS; i++) {
        struct door_ask_session_begin ask = {.end = 0};
        assert_code(get(fds[i], DOOR_ASK_session_begin, &ask), SALVE_E_PIN);
        (void)close(fds[i]);
    }
    struct door_ask_session_begin right = {.id = T_CLINICIAN.id, .secret = T_PIN};
    assert_code(ask_over(g.web, DOOR_ASK_session_begin, &right), SALVE_E_PIN); /* the right one waits, too */
}

#define taken_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        taken_test(a_view_gives_nothing_when_its_session_does_not),
        taken_test(a_token_makes_nobody_of_another_role),
        taken_test(upkeep_is_nobodys_business_here),
        taken_test(no_purpose_opens_that_the_person_did_not_agree_to),
        taken_test(the_commons_are_written_by_their_own_calls_alone),
        taken_test(nobody_is_told_what_logins_rest_on),
        taken_test(an_empty_tape_is_nothing_to_keep),
        taken_test(a_card_is_ended_by_nobody),
        taken_test(others_do_not_wait_for_who_reads_nothing),
        taken_test(a_thousand_connections_leave_room_for_those_before),
        taken_test(guesses_at_once_are_counted_one_by_one),
    };
    return t_run(tests);
}
