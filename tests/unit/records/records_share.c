/* SPDX-License-Identifier: Apache-2.0
 *
 * Health links at the gate: who makes and ends them, what opens them, what counts, what ends them, and what the person
 * sees of all that. */
#include "records/session.h"
#include "records/share.h"
#include "t_site.h"

enum { DAY_MS = 24 * 3600 * 1000 };
#define COPY     STR("header..iv.text.tag")
#define PASSCODE STR("7QK4-M2ZP")

struct world {
    struct t_site *t;
    struct rec_enrolled person;
};

static struct world world_make(const char *name)
{
    struct world w = {.t = t_site_make(name, false)};
    w.person = t_enrol(w.t, "Adeyemi", "1980-01-01");
    t_give(w.t, w.person.card, PURPOSE_CARE);
    return w;
}

static struct rec_view *own(struct world *w) { return t_open(w->t, T_PERSON, PURPOSE_SELF, w->person.card); }

static enum salve_code make_until(struct world *w, int64_t until_unix_s, struct share_made *made)
{
    struct rec_view *view = own(w);
    const struct share_ask ask = {
        .copy = COPY, .passcode = PASSCODE, .label = STR("for Dr. O"), .until_unix_s = until_unix_s};
    enum salve_code code = share_make(view, &ask, w->t->mem, made, NULL);
    t_close_view(&view);
    return code;
}

static struct share_made make(struct world *w)
{
    struct share_made made;
    assert_ok(make_until(w, 0, &made));
    return made;
}

static enum salve_code open_with(struct world *w, struct str token, struct str passcode, struct share_opened *out)
{
    const struct share_by by = {.recipient = STR("Dr. Okafor"), .passcode = passcode};
    return share_open(w->t->site, token, &by, w->t->mem, out, NULL);
}

static size_t list(struct world *w, struct share **out)
{
    size_t count = 0;
    struct rec_view *view = own(w);
    assert_ok(share_list(view, w->t->mem, out, &count, NULL));
    t_close_view(&view);
    return count;
}

static struct rec_look *looks(struct world *w, size_t *count)
{
    struct rec_look *all = NULL;
    size_t missing = 0;
    struct rec_view *view = own(w);
    assert_ok(rec_looked(view, w->t->mem, &all, count, &missing, NULL));
    assert_int_equal(missing, 0);
    t_close_view(&view);
    return all;
}

static size_t seen(struct world *w, const char *kind, const char *by)
{
    size_t count = 0, n = 0;
    const struct rec_look *all = looks(w, &count);
    for (size_t i = 0; i < count; i++)
        n += str_is(all[i].kind, kind) && (by == NULL || str_is(all[i].by, by)) && all[i].actor.id.len == 0;
    return n;
}

static void verify(struct world *w)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    t_must(site_verify(w->t->site, &ask, &result, &err));
    assert_int_equal(result.findings, 0);
}

/* Rows of the commons whose names begin so, in the file. */
static bool is_in_file(struct world *w, const char *text)
{
    char path[600];
    struct str bytes;
    struct arena *mem = arena_open((size_t)256 << 20);
    bool is = false;
    static const char *const files[] = {"site.db", "site.db-wal"};
    for (int i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", w->t->folder, files[i]);
        if (file_read(path, (size_t)128 << 20, mem, &bytes, NULL) == SALVE_OK)
            is = is || str_find(bytes, str_of(text)) >= 0;
    }
    arena_close(mem);
    return is;
}

static void opens_for_whoever_has_address_and_passcode_and_the_person_sees_it(void **state)
{
    struct world w = world_make("share-opens");
    struct share_opened opened;
    struct share *all = NULL;
    struct str copy;
    (void)state;
    struct share_made made = make(&w);
    assert_int_equal(made.token.len, 43);
    assert_int_equal(made.number, 1);
    assert_ok(open_with(&w, made.token, PASSCODE, &opened));
    assert_false(opened.is_wrong);
    assert_true(str_eq(opened.copy, COPY));
    assert_ok(share_fetch(w.t->site, made.token, opened.ticket, w.t->mem, &copy, NULL));
    assert_true(str_eq(copy, COPY));
    assert_int_equal(list(&w, &all), 1);
    assert_true(all[0].opened_count == 1 && all[0].tries_left == SHARE_TRIES_MAX && all[0].opened_unix_ms != 0);
    assert_str(all[0].label, "for Dr. O");
    assert_int_equal(seen(&w, "shared", NULL), 1);
    assert_int_equal(seen(&w, "by-link", "Dr. Okafor"), 1);
    assert_false(is_in_file(&w, "Okafor"));
    assert_false(is_in_file(&w, "7QK4-M2ZP"));
    assert_false(is_in_file(&w, "header..iv.text.tag"));
    verify(&w);
    t_site_drop(w.t);
}

static void opens_for_nobody_else(void **state)
{
    struct world w = world_make("share-closed");
    struct share_opened opened;
    struct str copy;
    char text[44] = {0};
    (void)state;
    struct share_made made = make(&w);
    for (size_t i = 0; i < made.token.len; i++) {
        memcpy(text, made.token.ptr, 43);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        assert_code(open_with(&w, str_make(text, 43), PASSCODE, &opened), SALVE_E_NOT_FOUND);
    }
    assert_code(open_with(&w, STR(""), PASSCODE, &opened), SALVE_E_NOT_FOUND);
    assert_code(open_with(&w, str_cut(made.token, 0, 42), PASSCODE, &opened), SALVE_E_NOT_FOUND);
    assert_ok(open_with(&w, made.token, PASSCODE, &opened));
    for (size_t i = 0; i < opened.ticket.len; i++) {
        char ticket[49] = {0};
        memcpy(ticket, opened.ticket.ptr, opened.ticket.len);
        ticket[i] = ticket[i] == '0' ? '1' : '0';
        assert_code(share_fetch(w.t->site, made.token, str_make(ticket, 48), w.t->mem, &copy, NULL), SALVE_E_NOT_FOUND);
    }
    struct share_made other = make(&w);
    assert_code(share_fetch(w.t->site, other.token, opened.ticket, w.t->mem, &copy, NULL), SALVE_E_NOT_FOUND);
    t_site_at(w.t, T_SITE_NOW + (SHARE_FILE_SECONDS + 1) * 1000);
    assert_code(share_fetch(w.t->site, made.token, opened.ticket, w.t->mem, &copy, NULL), SALVE_E_NOT_FOUND);
    const struct share_by nobody = {.passcode = PASSCODE}, lines = {.recipient = STR("a\nb"), .passcode = PASSCODE};
    assert_code(share_open(w.t->site, made.token, &nobody, w.t->mem, &opened, NULL), SALVE_E_INVALID);
    assert_code(share_open(w.t->site, made.token, &lines, w.t->mem, &opened, NULL), SALVE_E_INVALID);
    t_site_drop(w.t);
}

static void ends_with_the_tenth_wrong_passcode(void **state)
{
    struct world w = world_make("share-tries");
    struct share_opened opened;
    struct share *all = NULL;
    (void)state;
    struct share_made made = make(&w);
    for (unsigned i = 1; i <= SHARE_TRIES_MAX; i++) {
        if (i == 5) { /* a right one gives none back, nor does another run of the program */
            assert_ok(open_with(&w, made.token, PASSCODE, &opened));
            assert_false(opened.is_wrong);
            assert_int_equal(opened.tries_left, SHARE_TRIES_MAX - i + 1);
            t_site_at(w.t, T_SITE_NOW + 1000);
        }
        assert_ok(open_with(&w, made.token, STR_NONE, &opened)); /* which is no guess */
        assert_true(opened.is_wrong && opened.tries_left == SHARE_TRIES_MAX - i + 1);
        assert_ok(open_with(&w, made.token, i % 2 ? STR("wrong") : STR("7QK4-M2ZQ"), &opened));
        assert_true(opened.is_wrong && opened.copy.len == 0 && opened.ticket.len == 0);
        assert_int_equal(opened.tries_left, SHARE_TRIES_MAX - i);
    }
    assert_code(open_with(&w, made.token, PASSCODE, &opened), SALVE_E_NOT_FOUND);
    assert_int_equal(list(&w, &all), 0);
    assert_int_equal(seen(&w, "denied", "Dr. Okafor"), SHARE_TRIES_MAX);
    assert_int_equal(seen(&w, "by-link", NULL), 1);
    verify(&w);
    t_site_drop(w.t);
}

static void ends_when_the_person_says_so(void **state)
{
    struct world w = world_make("share-end");
    struct share_opened opened;
    struct share *all = NULL;
    (void)state;
    struct share_made first = make(&w), second = make(&w);
    struct rec_view *view = own(&w);
    assert_code(share_end(view, 0, NULL), SALVE_E_NOT_FOUND);
    assert_code(share_end(view, 3, NULL), SALVE_E_NOT_FOUND);
    assert_ok(share_end(view, first.number, NULL));
    assert_code(share_end(view, first.number, NULL), SALVE_E_NOT_FOUND);
    t_close_view(&view);
    assert_code(open_with(&w, first.token, PASSCODE, &opened), SALVE_E_NOT_FOUND);
    assert_ok(open_with(&w, second.token, PASSCODE, &opened));
    assert_int_equal(list(&w, &all), 1);
    assert_int_equal(all[0].number, second.number);
    assert_int_equal(seen(&w, "share-ended", NULL), 1);
    verify(&w);
    t_site_drop(w.t);
}

static void ends_with_its_time_and_is_gone_though_nobody_asks(void **state)
{
    struct world w = world_make("share-time");
    struct share_opened opened;
    struct share_made soon, later, never;
    struct share *all = NULL;
    (void)state;
    assert_ok(make_until(&w, T_SITE_NOW / 1000 + 3600, &soon));
    assert_ok(make_until(&w, T_SITE_NOW / 1000 + 400 * 86400, &later));
    assert_int_equal(soon.until_unix_s, T_SITE_NOW / 1000 + 3600);
    assert_int_equal(later.until_unix_s, T_SITE_NOW / 1000 + SHARE_DAYS_MAX * 86400);
    assert_code(make_until(&w, T_SITE_NOW / 1000, &never), SALVE_E_RANGE);
    t_site_at(w.t, T_SITE_NOW + 3600 * 1000);
    assert_code(open_with(&w, soon.token, PASSCODE, &opened), SALVE_E_NOT_FOUND);
    assert_int_equal(list(&w, &all), 1); /* opening a record carries out what is due */
    verify(&w);
    t_site_at(w.t, T_SITE_NOW + (int64_t)SHARE_DAYS_MAX * DAY_MS - 1000);
    assert_ok(open_with(&w, later.token, PASSCODE, &opened));
    t_site_at(w.t, T_SITE_NOW + (int64_t)SHARE_DAYS_MAX * DAY_MS);
    struct rec_enrolled somebody = t_enrol(w.t, "Else", "1980-01-01");
    struct rec_view *view = t_open(w.t, T_PERSON, PURPOSE_SELF, somebody.card);
    t_close_view(&view);
    t_site_close(w.t);
    t_site_open(w.t);
    assert_false(is_in_file(&w, "share-copy/"));
    assert_code(open_with(&w, later.token, PASSCODE, &opened), SALVE_E_NOT_FOUND);
    t_site_drop(w.t);
}

static void goes_with_the_record(void **state)
{
    struct world w = world_make("share-erased");
    struct share_opened opened;
    struct rec_erasure erasure;
    (void)state;
    struct share_made made = make(&w);
    struct actor beside = T_BESIDE;
    beside.told = T_PERSON.told;
    t_must(rec_erase(w.t->site, beside, w.person.card, w.t->mem, &erasure, &err));
    assert_code(open_with(&w, made.token, PASSCODE, &opened), SALVE_E_NOT_FOUND);
    verify(&w);
    t_site_close(w.t);
    t_site_open(w.t);
    assert_false(is_in_file(&w, "share-copy/"));
    t_site_drop(w.t);
}

static void is_the_persons_alone_and_eight_at_a_time(void **state)
{
    struct world w = world_make("share-may");
    struct share_made made;
    struct share *all = NULL;
    size_t count = 0;
    const struct share_ask ask = {.copy = COPY, .passcode = PASSCODE};
    (void)state;
    struct rec_view *view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    assert_code(share_make(view, &ask, w.t->mem, &made, NULL), SALVE_E_ROLE);
    assert_code(share_list(view, w.t->mem, &all, &count, NULL), SALVE_E_ROLE);
    assert_code(share_end(view, 1, NULL), SALVE_E_ROLE);
    t_close_view(&view);
    for (size_t i = 0; i < SHARES_MAX; i++) made = make(&w);
    assert_code(make_until(&w, 0, &made), SALVE_E_FULL);
    view = own(&w);
    assert_ok(share_end(view, 4, NULL));
    t_close_view(&view);
    assert_int_equal(make(&w).number, SHARES_MAX + 1);
    assert_int_equal(list(&w, &all), SHARES_MAX);
    for (size_t i = 1; i < SHARES_MAX; i++) assert_true(all[i - 1].number < all[i].number);
    t_site_drop(w.t);
}

static void one_that_was_opened_too_often_is_shown_nowhere_and_in_nobodys_way(void **state)
{
    struct world w = world_make("share-often");
    struct share_made made, first;
    struct share_opened opened;
    struct share *all = NULL;
    (void)state;
    for (size_t i = 0; i < SHARES_MAX; i++) {
        made = make(&w);
        if (i == 0) first = made;
    }
    for (size_t i = 0; i < SHARE_OPENINGS_MAX; i++) assert_ok(open_with(&w, first.token, PASSCODE, &opened));
    struct str copy;
    assert_ok(share_fetch(w.t->site, first.token, opened.ticket, w.t->mem, &copy, NULL)); /* it was opened in time */
    assert_code(open_with(&w, first.token, PASSCODE, &opened), SALVE_E_QUOTA);
    assert_int_equal(list(&w, &all), SHARES_MAX - 1);
    struct rec_view *view = own(&w);
    assert_code(share_end(view, first.number, NULL), SALVE_E_NOT_FOUND);
    t_close_view(&view);
    assert_int_equal(make(&w).number, SHARES_MAX + 1);
    assert_int_equal(list(&w, &all), SHARES_MAX);
    assert_code(open_with(&w, first.token, PASSCODE, &opened), SALVE_E_NOT_FOUND);
    verify(&w);
    t_site_drop(w.t);
}

static void refuses_what_is_too_long_or_too_short(void **state)
{
    struct world w = world_make("share-ask");
    struct share_made made;
    char text[SHARE_LABEL_BYTES_MAX + 1];
    memset(text, 'a', sizeof text);
    const struct share_ask good = {.copy = COPY, .passcode = PASSCODE};
    struct share_ask asks[] = {good, good, good, good, good};
    static const enum salve_code codes[] = {SALVE_E_RANGE, SALVE_E_RANGE, SALVE_E_RANGE, SALVE_E_RANGE,
                                            SALVE_E_TOO_BIG};
    (void)state;
    asks[0].passcode = STR("12345");
    asks[1].passcode = str_make(text, SHARE_PASSCODE_BYTES_MAX + 1);
    asks[2].label = str_make(text, sizeof text);
    asks[3].label = STR("two\nlines");
    asks[4].copy = STR("");
    struct rec_view *view = own(&w);
    for (size_t i = 0; i < 5; i++) assert_code(share_make(view, &asks[i], w.t->mem, &made, NULL), codes[i]);
    assert_ok(share_make(view, &good, w.t->mem, &made, NULL));
    t_close_view(&view);
    t_site_drop(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_for_whoever_has_address_and_passcode_and_the_person_sees_it),
        cmocka_unit_test(opens_for_nobody_else),
        cmocka_unit_test(ends_with_the_tenth_wrong_passcode),
        cmocka_unit_test(ends_when_the_person_says_so),
        cmocka_unit_test(ends_with_its_time_and_is_gone_though_nobody_asks),
        cmocka_unit_test(goes_with_the_record),
        cmocka_unit_test(is_the_persons_alone_and_eight_at_a_time),
        cmocka_unit_test(one_that_was_opened_too_often_is_shown_nowhere_and_in_nobodys_way),
        cmocka_unit_test(refuses_what_is_too_long_or_too_short),
    };
    return t_run(tests);
}
