/* SPDX-License-Identifier: Apache-2.0
 *
 * N13: no bulk export. The 61st person in an hour without their card stays closed, whoever asks and however often the
 * program starts anew; with cards it is told in the site's log.
 * N14: nothing of a person is readable in any file of a site, in messages, or in what the process prints; core
 * files are off. N15 in part: one look, one leaf, durable before anything can be read. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "records/gate_int.h"
#include "records/session.h"
#include "records/site_int.h"
#include "store/store_backend.h"
#include "t_site.h"
#include "tlog/tlog.h"

enum { HOUR_MS = 3600 * 1000, LIMIT = 60, PEOPLE = 63 };

/* How many denials the person sees. */
static size_t denials(struct t_site *t, struct str card)
{
    struct rec_look *looks;
    size_t count, missing, denied = 0;
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, card);
    t_must(rec_looked(view, t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i < count; i++) denied += str_is(looks[i].kind, "denied");
    t_close_view(&view);
    return denied;
}

static void the_61st_person_in_an_hour_stays_closed(void **state)
{
    (void)state;
    static const struct actor *const staff[] = {&T_CLINICIAN, &T_REGISTRAR};
    struct t_site *t = t_site_make("never-bulk", false);
    struct str cards[PEOPLE], ids[PEOPLE];
    struct rec_view *view;
    for (int p = 0; p < PEOPLE; p++) {
        char text[COMPARTMENT_TEXT_BYTES + 1];
        struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
        compartment_text(who.compartment, text);
        cards[p] = who.card;
        ids[p] = arena_printf(t->mem, "%s", text);
        t_give(t, cards[p], PURPOSE_CARE);
        t_give(t, cards[p], PURPOSE_FOLLOW_UP);
    }
    t_site_at(t, T_SITE_NOW + HOUR_MS + 60000);
    for (int p = 0; p < LIMIT; p++) { /* the person is not there */
        view = t_open(t, *staff[p % 2], PURPOSE_FOLLOW_UP, ids[p]);
        t_close_view(&view);
        if (p % 20 == 0) t_site_at(t, T_SITE_NOW + HOUR_MS + 60000 + p); /* a restart forgets nothing */
    }
    for (int p = LIMIT; p < PEOPLE; p++) {
        assert_code(t_open_code(t, *staff[p % 2], PURPOSE_FOLLOW_UP, ids[p], &view), SALVE_E_QUOTA);
        assert_null(view);
    }
    view = t_open(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ids[0]); /* the same people again: allowed */
    t_close_view(&view);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, cards[LIMIT]); /* whoever comes with a card is seen to */
    t_close_view(&view);
    assert_code(t_give_code(t, cards[LIMIT], PURPOSE_STATISTICS), SALVE_OK);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ids[LIMIT], &view),
                SALVE_E_QUOTA);                    /* nor is it open then */
    t_withdraw(t, cards[LIMIT], PURPOSE_CARE);     /* taking back: always */
    assert_int_equal(denials(t, cards[LIMIT]), 2); /* and the attempts are seen */
    assert_int_equal(denials(t, cards[LIMIT + 1]), 1);
    t_site_at(t, T_SITE_NOW + 2 * HOUR_MS + 180000);
    view = t_open(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ids[LIMIT + 1]);
    t_close_view(&view);
    t_site_drop(t);
}

/* The newest document of the month about it; *at is empty: there is none. */
static void alert(struct t_site *t, const char *id, struct str *by, struct str *at)
{
    struct str bytes;
    const struct json *doc = NULL;
    *by = *at = STR("");
    enum salve_code code = commons_get(t->site, STR("alert"), str_of(id), t->mem, &bytes, NULL);
    if (code == SALVE_E_NOT_FOUND) return;
    t_must(code);
    t_must(json_read(bytes, NULL, t->mem, &doc, &err));
    *by = json_get_text(doc, "by");
    *at = json_get_text(doc, "at");
}

/* A pile of cards, with or without their birth dates, is no bulk key that nobody hears of: each opening is the person's
 * to see, and many in an hour are told in the log of the site, once an hour, with who it was. */
static void many_cards_of_one_session_are_told(void **state)
{
    (void)state;
    enum { MANY = REC_OPENINGS_TOLD };
    struct t_site *t = t_site_make("never-cards", false);
    struct session one, other;
    struct str cards[MANY + 1], by, at;
    struct rec_view *view;
    for (int p = 0; p <= MANY; p++) {
        cards[p] = t_enrol(t, "Haddad", "1980-01-01").card;
        t_give(t, cards[p], PURPOSE_CARE);
    }
    t_site_at(t, T_SITE_NOW + HOUR_MS + 60000);
    t_must(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &one, &err));
    t_must(session_begin(t->site, T_CLINICIAN.id, T_PIN, t->mem, &other, &err));
    for (int p = 0; p < MANY; p++) {
        view = t_open(t, one.actor, PURPOSE_CARE, cards[p]);
        t_close_view(&view);
        view = t_open(t, one.actor, PURPOSE_CARE, cards[p]); /* the same one counts once */
        t_close_view(&view);
    }
    view = t_open(t, other.actor, PURPOSE_CARE, cards[MANY]); /* counts for itself */
    t_close_view(&view);
    alert(t, "many-cards-2026-11", &by, &at);
    assert_int_equal(at.len, 0);
    view = t_open(t, one.actor, PURPOSE_CARE, cards[MANY]);
    t_close_view(&view);
    alert(t, "many-cards-2026-11", &by, &at);
    assert_str(by, "nurse-ben");
    assert_str(at, "2026-11-23T10:31:00Z");
    for (int p = 0; p <= MANY; p++) { /* with birth dates, and nobody there: the same */
        view = t_open(t, T_PERSON, PURPOSE_SELF, cards[p]);
        t_close_view(&view);
    }
    alert(t, "many-cards-2026-11", &by, &at);
    assert_str(by, "");
    assert_code(commons_put(t->site, T_MANAGER, STR("alert"), STR("many-cards-2026-11"), STR("{}"), NULL),
                SALVE_E_INVALID);
    t_site_drop(t);
}

static bool holds(struct str bytes, const char *canary)
{
    return memmem(bytes.ptr, bytes.len, canary, strlen(canary)) != NULL;
}

static const char *const canaries[] = {"Canaryfamily", "1961-07-19", "canary-street",    "61.337",
                                       "Canarynote",   "29463-7",    "mother of canary", "clinic-of-the-river"};

static void scan(const char *folder, struct arena *mem)
{
    struct str *names;
    size_t count;
    t_must(file_list(folder, mem, &names, &count, &err));
    for (size_t f = 0; f < count; f++) {
        struct str bytes;
        t_must(file_read(arena_printf(mem, "%s/%.*s", folder, STR_ARGS(names[f])).ptr, (size_t)1 << 28, mem, &bytes,
                         &err));
        for (size_t c = 0; c < sizeof canaries / sizeof canaries[0]; c++)
            if (holds(bytes, canaries[c])) fail_msg("%s in %.*s", canaries[c], STR_ARGS(names[f]));
    }
}

/* Everything that a visit stores, looked at while it is open and after it was closed. */
static void no_file_of_the_site_holds_anything_readable(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-plain", true);
    struct rec_enrolled who;
    struct rec_erasure erasure;
    struct tape patient = t_read(
        t->mem, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Canaryfamily\",\"given\":[\"Canarynote\"]}],"
                "\"birthDate\":\"1961-07-19\",\"address\":[{\"line\":[\"canary-street 9\"]}]}");
    t_must(rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &who, &err));
    t_give(t, who.card, PURPOSE_CARE);
    t_give(t, who.card, PURPOSE_TRANSFER);
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    t_save_weight(t, view, "61.337");
    scan(t->folder, t->mem);
    t_close_view(&view);
    t_must(rec_consent_withdraw(t->site, T_BESIDE, who.card, PURPOSE_CARE, t->mem, NULL, &err));
    view = t_open(t, t_person("1961-07-19"), PURPOSE_SELF, who.card);
    const struct rec_resource *all;
    size_t count;
    t_must(rec_take(view, t->mem, &all, &count, &err));
    t_close_view(&view);
    t_site_close(t);
    scan(t->folder, t->mem);
    t_site_open(t);
    char card[64];
    (void)snprintf(card, sizeof card, "%.*s", STR_ARGS(who.card));
    struct str bytes;
    static const char *const files[] = {"site.db", "keys.db", "revoked", "checkpoint"};
    for (size_t f = 0; f < 4; f++) {
        t_must(
            file_read(arena_printf(t->mem, "%s/%s", t->folder, files[f]).ptr, (size_t)1 << 28, t->mem, &bytes, &err));
        assert_false(holds(bytes, card));
    }
    t_must(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, &err));
    t_site_close(t);
    char id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(who.compartment, id);
    for (size_t f = 0; f < 4; f++) {
        t_must(
            file_read(arena_printf(t->mem, "%s/%s", t->folder, files[f]).ptr, (size_t)1 << 28, t->mem, &bytes, &err));
        assert_null(
            memmem(bytes.ptr, bytes.len, who.compartment.bytes, COMPARTMENT_BYTES)); /* not even the random id */
        assert_false(holds(bytes, id));
    }
    t_site_open(t);
    t_site_drop(t);
}

static void messages_tell_no_value(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-words", false);
    struct rec_enrolled who;
    struct salve_err err = {0};
    static const char *const bad[] = {
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Canaryfamily\"}],\"photo\":[{\"url\":\"canary-street\"}]}",
        "{\"resourceType\":\"Patient\",\"birthDate\":\"1961-07-19\",\"maritalStatus\":{\"text\":\"mother of canary\"}}",
        "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"Canarynote\",\"value\":\"61.337\"}]}"};
    for (size_t i = 0; i < 3; i++) {
        struct tape patient = t_read(t->mem, bad[i]);
        assert_code(rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &who, &err), SALVE_E_NOT_ADMITTED);
        for (size_t c = 0; c < sizeof canaries / sizeof canaries[0]; c++) {
            assert_null(strstr(t_where(&err), canaries[c]));
            assert_null(strstr(err.why, canaries[c]));
        }
    }
    t_site_drop(t);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_SANITIZER 1 /* the leak check attaches to the process */
#endif
#endif

static void an_open_site_leaves_no_core_file(void **state)
{
    (void)state;
#ifdef WITH_SANITIZER
    skip();
#endif
    struct t_site *t = t_site_make("never-core", false);
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
    t_site_drop(t);
}

/* Opening adds the leaf before it gives anything. */
static void a_look_without_a_leaf_does_not_happen(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-leaf", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct site_facts before, after;
    struct rec_view *view;
    t_give(t, who.card, PURPOSE_CARE);
    for (int i = 0; i < 5; i++) {
        t_must(site_facts(t->site, t->mem, &before, &err));
        view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
        t_must(site_facts(t->site, t->mem, &after, &err));
        assert_int_equal(after.log_size, before.log_size + 1);
        t_close_view(&view);
    }
    t_site_drop(t);
}

/* Every kind of look, when nothing more can be written (each file is as large as it may be): nobody is opened, no leaf
 * is there afterwards, and when the log can be written again all goes on. */
static void a_site_whose_log_cannot_be_written_opens_nobody(void **state)
{
    (void)state;
    static const struct {
        const struct actor *actor;
        enum purpose purpose;
    } looks[] = {{&T_CLINICIAN, PURPOSE_CARE}, {&T_REGISTRAR, PURPOSE_CARE}, {&T_PERSON, PURPOSE_SELF}, {NULL, 0}};
    struct t_site *t = t_site_make("never-full", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct rlimit limit, none;
    struct rec_view *view = NULL;
    t_give(t, who.card, PURPOSE_CARE);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    none = (struct rlimit){.rlim_cur = 1, .rlim_max = limit.rlim_max};
    void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < 4; i++) {
        struct site_facts before, after;
        t_must(site_facts(t->site, t->mem, &before, &err));
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
        enum salve_code code = looks[i].actor == NULL
                                   ? t_give_code(t, who.card, PURPOSE_CARE) /* reads the identity */
                                   : t_open_code(t, *looks[i].actor, looks[i].purpose, who.card, &view);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        assert_true(code == SALVE_E_FULL || code == SALVE_E_IO);
        assert_null(view);
        (void)!site_close(&t->site, NULL);
        t_site_open(t);
        t_must(site_facts(t->site, t->mem, &after, &err));
        assert_int_equal(after.log_size, before.log_size);
    }
    signal(SIGXFSZ, was);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    assert_int_equal(t_count(view), 1);
    t_close_view(&view);
    t_site_drop(t);
}

/* The store fails once at each of its calls in turn: no view comes out of an opening without its leaf, and none at all
 * of one that failed. */
static void an_opening_that_fails_gives_nothing(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-fails", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct store_options options = {
        .where = "sqlite:site.db", .folder = t->folder, .row_key = crypto_keys_at(t->site->row_keys, SITE_KEY_ROWS)};
    struct site_facts before, after;
    struct rec_view *view;
    bool has_fired = true;
    unsigned failed = 0;
    t_give(t, who.card, PURPOSE_CARE);
    t_must(store_close(&t->site->store, &err));
    t_must(store_open_faulty(&options, &t->site->store, &err));
    for (uint64_t nth = 1; has_fired && nth < 1000; nth++) {
        t_must(site_facts(t->site, t->mem, &before, &err));
        store_faulty_arm(t->site->store, nth, false, SALVE_E_IO);
        enum salve_code code = t_open_code(t, T_CLINICIAN, PURPOSE_CARE, who.card, &view);
        has_fired = store_faulty_fired(t->site->store);
        store_faulty_arm(t->site->store, 0, false, SALVE_E_IO);
        t_must(site_facts(t->site, t->mem, &after, &err));
        assert_true(code == SALVE_OK || (code == SALVE_E_IO && has_fired)); /* cleaning up after the commit may fail */
        assert_int_equal(view != NULL, code == SALVE_OK);
        failed += code != SALVE_OK;
        if (view != NULL) assert_int_equal(after.log_size, before.log_size + 1);
        if (view != NULL) t_close_view(&view);
    }
    assert_false(has_fired);
    assert_true(failed > 20);
    t_site_drop(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_61st_person_in_an_hour_stays_closed),
        cmocka_unit_test(many_cards_of_one_session_are_told),
        cmocka_unit_test(no_file_of_the_site_holds_anything_readable),
        cmocka_unit_test(messages_tell_no_value),
        cmocka_unit_test(an_open_site_leaves_no_core_file),
        cmocka_unit_test(a_look_without_a_leaf_does_not_happen),
        cmocka_unit_test(a_site_whose_log_cannot_be_written_opens_nobody),
        cmocka_unit_test(an_opening_that_fails_gives_nothing),
    };
    return t_run(tests);
}
