/* SPDX-License-Identifier: Apache-2.0
 *
 * N16: an app that was ended and a health link that was ended stay so when somebody who can write every file of the
 * folder, and has no secret, puts older rows or older files back: rows of tokens, grants, links and registrations,
 * whole records, and every mixture of the files before and after. Nor is any of it shown as if it opened. */
#include "records/share.h"
#include "records/site_int.h"
#include "t_app.h"
#include "t_rows.h"
#include "t_site.h"

#define COPY     STR("header..iv.text.tag")
#define PASSCODE STR("7QK4-M2ZP")

struct world {
    struct t_site *t;
    struct rec_enrolled who;
    struct app_tokens tokens;
    struct share_made link;
};

static void open_again(struct world *w)
{
    t_site_open(w->t);
    t_app_names(w->t);
}

static struct rec_view *own(struct world *w) { return t_open(w->t, T_PERSON, PURPOSE_SELF, w->who.card); }

static struct world world_make(const char *name)
{
    struct world w = {.t = t_site_make(name, false)};
    const struct share_ask ask = {.copy = COPY, .passcode = PASSCODE, .label = STR("for Dr. O")};
    t_app_names(w.t);
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "heart", ""), &err));
    w.who = t_enrol(w.t, "Haddad", "1980-01-01");
    w.tokens = t_app_let_in(w.t, w.who.card, 30);
    struct rec_view *view = own(&w);
    t_must(share_make(view, &ask, w.t->mem, &w.link, &err));
    t_close_view(&view);
    return w;
}

/* What opens of it: the link, a new token of the app, and a look with one. */
static unsigned opens(struct world *w)
{
    struct share_opened opened = {0};
    struct app_tokens next;
    struct app_seen seen;
    struct rec_view *view = NULL;
    const struct share_by by = {.recipient = STR("Dr. Okafor"), .passcode = PASSCODE};
    const struct app_token_ask ask = {.client = STR("heart"), .refresh = w->tokens.refresh};
    unsigned n = share_open(w->t->site, w->link.token, &by, w->t->mem, &opened, NULL) == SALVE_OK;
    if (app_token(w->t->site, &ask, w->t->mem, &next, NULL) != SALVE_OK) return n;
    w->tokens = next;
    n++;
    n += app_open(w->t->site, next.access, w->t->mem, &seen, &view, NULL) == SALVE_OK;
    if (view != NULL) t_close_view(&view);
    return n;
}

static size_t links_shown(struct world *w)
{
    struct rec_view *view = NULL;
    struct share *list;
    size_t count = 0;
    if (t_open_code(w->t, T_PERSON, PURPOSE_SELF, w->who.card, &view) != SALVE_OK) return 0;
    t_must(share_list(view, w->t->mem, &list, &count, &err));
    t_close_view(&view);
    return count;
}

static size_t shown(struct world *w) { return t_app_standing(w->t, w->who.card) + links_shown(w); }

static void end_link(struct world *w)
{
    struct rec_view *view = own(w);
    t_must(share_end(view, w->link.number, &err));
    t_close_view(&view);
}

static void end_all(struct world *w)
{
    t_must(app_end(w->t->site, T_PERSON, w->who.card, STR("heart"), &err));
    end_link(w);
}

static void put_back(struct world *w, struct str backup, const char *const *tables, size_t count)
{
    t_site_close(w->t);
    for (size_t i = 0; i < count; i++) t_rows_put_back(backup.ptr, w->t->folder, tables[i]);
    open_again(w);
}

static void rows_of_before_open_nothing_and_show_nothing(void **state)
{
    (void)state;
    static const char *const commons[] = {"commons"}, *const all[] = {"commons", "head", "record"};
    struct world w = world_make("never-let-rows");
    struct str backup = t_rows_backup(w.t, "old");
    t_app_names(w.t);
    assert_int_equal(opens(&w), 3);
    assert_int_equal(shown(&w), 2);
    backup = t_rows_backup(w.t, "newer"); /* with the refresh token that is good now */
    t_app_names(w.t);
    end_all(&w);
    assert_int_equal(opens(&w) + shown(&w), 0);
    put_back(&w, backup, commons, 1);
    assert_int_equal(opens(&w) + shown(&w), 0);
    put_back(&w, backup, all, 3);
    assert_int_equal(opens(&w) + shown(&w), 0);
    t_site_close(w.t);
    t_rows_change(w.t->folder, "site.db", "DELETE FROM owner");
    open_again(&w);
    assert_int_equal(opens(&w) + shown(&w), 0);
    struct rec_view *view = own(&w); /* who opens as before, with the record of before */
    t_close_view(&view);
    t_site_drop(w.t);
}

/* The person let the same app in twice: neither of the two grants comes back. */
static void what_a_newer_yes_replaced_does_not_come_back(void **state)
{
    (void)state;
    static const char *const all[] = {"commons", "head", "record"};
    struct world w = world_make("never-let-twice");
    struct str backup = t_rows_backup(w.t, "old");
    struct app_tokens first = w.tokens;
    t_app_names(w.t);
    w.tokens = t_app_let_in(w.t, w.who.card, 1);
    end_all(&w);
    put_back(&w, backup, all, 3);
    t_site_close(w.t);
    t_rows_change(w.t->folder, "site.db", "DELETE FROM owner");
    open_again(&w);
    assert_int_equal(opens(&w) + shown(&w), 0);
    w.tokens = first;
    assert_int_equal(opens(&w) + shown(&w), 0);
    t_site_drop(w.t);
}

static void a_registration_that_was_ended_does_not_come_back(void **state)
{
    (void)state;
    static const char *const commons[] = {"commons"};
    struct world w = world_make("never-let-app");
    struct str backup = t_rows_backup(w.t, "old");
    t_app_names(w.t);
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "heart", ",\"ended\":true"), &err));
    end_link(&w);
    put_back(&w, backup, commons, 1);
    t_site_close(w.t);
    t_rows_change(w.t->folder, "site.db", "DELETE FROM owner");
    open_again(&w);
    assert_int_equal(opens(&w) + shown(&w), 0);
    const struct app_allow asked = t_app_asked(w.t, T_APP_PLAIN, 1);
    struct str code;
    assert_code(app_allow(w.t->site, T_PERSON, w.who.card, &asked, w.t->mem, &code, NULL), SALVE_E_INVALID);
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "heart", ""), &err)); /* a manager may, by their word */
    assert_int_equal(opens(&w) + shown(&w), 0);
    w.tokens = t_app_let_in(w.t, w.who.card, 1);
    assert_int_equal(shown(&w), 1);
    t_site_drop(w.t);
}

/* Ten passcodes were wrong: the row of before has ten more tries, and opens nothing. */
static void a_link_that_was_guessed_at_does_not_come_back(void **state)
{
    (void)state;
    static const char *const commons[] = {"commons"};
    struct world w = world_make("never-let-tries");
    struct share_opened opened;
    const struct share_by wrong = {.recipient = STR("Dr. Okafor"), .passcode = STR("0000-0000")};
    struct str backup = t_rows_backup(w.t, "old");
    t_app_names(w.t);
    for (int i = 0; i < SHARE_TRIES_MAX; i++)
        t_must(share_open(w.t->site, w.link.token, &wrong, w.t->mem, &opened, &err));
    put_back(&w, backup, commons, 1);
    const struct share_by right = {.recipient = STR("Dr. Okafor"), .passcode = PASSCODE};
    assert_code(share_open(w.t->site, w.link.token, &right, w.t->mem, &opened, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(links_shown(&w), 0);
    t_site_drop(w.t);
}

enum { FILES = 7 };
static const char *const files[FILES] = {"site.db",     "keys.db",    "keys.epoch", "revoked",
                                         "signed-head", "checkpoint", "keys.signed"};

static void read_files(struct world *w, struct str list[FILES])
{
    t_site_close(w->t);
    for (int f = 0; f < FILES; f++)
        t_must(file_read(arena_printf(w->t->mem, "%s/%s", w->t->folder, files[f]).ptr, 1 << 24, w->t->mem, &list[f],
                         &err));
}

static void write_files(struct world *w, const struct str old[FILES], const struct str new[FILES], unsigned mix)
{
    for (int f = 0; f < FILES; f++)
        t_must(file_write(arena_printf(w->t->mem, "%s/%s", w->t->folder, files[f]).ptr, mix & 1u << f ? old[f] : new[f],
                          0600, &err));
}

/* Only the whole site as it was cannot be told from the site as it was: neither keys.db nor keys.epoch changes with the
 * end of an app or a link. */
static void no_mixture_of_older_files_revives_an_app_or_a_link(void **state)
{
    (void)state;
    struct world w = world_make("never-let-mixed");
    struct str old[FILES], new[FILES];
    int opened = 0, refused = 0;
    struct app_tokens other = t_app_let_in(w.t, t_enrol(w.t, "Okafor", "1980-01-01").card, 30);
    const struct app_token_ask revoke = {.client = STR("heart")};
    t_must(app_revoke(w.t->site, &revoke, other.refresh, &err)); /* so that `revoked` is there */
    t_sign(w.t);
    read_files(&w, old);
    open_again(&w);
    end_all(&w);
    t_sign(w.t);
    read_files(&w, new);
    for (unsigned mix = 0; mix < 1u << FILES; mix++) {
        write_files(&w, old, new, mix);
        if ((mix | 2 | 4) == (1u << FILES) - 1) continue;
        enum salve_code code = site_open(&w.t->options, &w.t->site, NULL);
        refused += code == SALVE_E_INTEGRITY;
        if (code != SALVE_OK) continue;
        opened++;
        t_app_names(w.t);
        unsigned got = opens(&w) + (unsigned)shown(&w);
        if (got > 0) fail_msg("mixture %u: %u open or are shown", mix, got);
        t_site_close(w.t);
    }
    printf("%d mixtures open, %d are refused\n", opened, refused);
    assert_true(opened >= 8 && refused >= 8);
    write_files(&w, old, new, 0);
    t_site_open(w.t);
    t_site_drop(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_before_open_nothing_and_show_nothing),
        cmocka_unit_test(what_a_newer_yes_replaced_does_not_come_back),
        cmocka_unit_test(a_registration_that_was_ended_does_not_come_back),
        cmocka_unit_test(a_link_that_was_guessed_at_does_not_come_back),
        cmocka_unit_test(no_mixture_of_older_files_revives_an_app_or_a_link),
    };
    return t_run(tests);
}
