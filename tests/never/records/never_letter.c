/* SPDX-License-Identifier: Apache-2.0
 *
 * A letter carries no master key: its code, with the birth date, reads the results of that letter and does nothing else.
 * It is no card, whatever asks for one; it ends after 90 days, with the next letter, a new card, erasure, or ten wrong
 * dates, each of which is counted durably and seen by the person; and it is no way to many people. */
#include <sqlite3.h>

#include "records/who_int.h"
#include "db/db.h"
#include "t_site.h"

enum { HOUR_MS = 3600 * 1000, LIMIT = 60 };
static const int64_t DAY_MS = (int64_t)24 * HOUR_MS;
#define BORN STR("1980-01-01")
#define ELSE STR("1980-02-28")

static struct t_site *t;

static struct str code_from(struct rec_view *view)
{
    struct str code;
    int64_t until_unix_s;
    t_must(rec_letter_code(view, t->mem, &code, &until_unix_s, &err));
    return code;
}

/* A letter's code, made by the person with their card. */
static struct str code_of(struct str card)
{
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, card);
    struct str code = code_from(view);
    t_close_view(&view);
    return code;
}

static enum salve_code try_code(struct str code, struct str born)
{
    struct rec_view *view = NULL;
    enum salve_code opened = rec_letter_open(t->site, code, born, &view, NULL);
    assert_true((view != NULL) == (opened == SALVE_OK));
    t_must(rec_close(&view, &err));
    return opened;
}

static struct rec_enrolled somebody(void)
{
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct rec_view *view;
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    (void)t_save_weight(t, view, "61.5");
    t_close_view(&view);
    return who;
}

static void verify_is_clean(void)
{
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    struct site_verify_result result;
    t_must(site_verify(t->site, &ask, &result, &err));
}

/* Rows of keys.db that a query counts, read beside the closed site. */
static int rows(const char *sql)
{
    char path[600];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    t_site_close(t);
    (void)snprintf(path, sizeof path, "%s/keys.db", t->folder);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int count = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    t_site_open(t);
    return count;
}

static void nothing_of_a_letter_is_left(void)
{
    assert_int_equal(rows("SELECT count(*) FROM wrap WHERE purpose = 8"), 0);
    assert_int_equal(rows("SELECT count(*) FROM secret WHERE name LIKE 'letter/%'"), 0);
}

/* --- what it reads ------------------------------------------------------------------------------------------------ */

static void it_reads_the_results_of_its_letter_and_no_later_ones(void **state)
{
    (void)state;
    struct rec_enrolled who = somebody();
    struct str code = code_of(who.card);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    (void)t_save_weight(t, view, "77.7");
    t_close_view(&view);
    assert_true(rec_code_valid(REC_CODE_LETTER, code));
    t_must(rec_letter_open(t->site, code, BORN, &view, &err));
    const struct rec_resource *all = NULL;
    size_t count = 0;
    t_must(rec_all(view, 0, &all, &count, &err));
    assert_int_equal(count, 2);
    assert_str(all[0].type, "Patient");
    assert_true(str_find(t_json(t->mem, &all[1].tape), STR("61.5")) > 0);
    assert_int_equal(rec_classes(view), CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN));
    t_close_view(&view);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_int_equal(t_count(view), 3);
    t_close_view(&view);
}

static void it_does_nothing_else(void **state)
{
    (void)state;
    struct rec_enrolled who = somebody();
    struct str code = code_of(who.card), made;
    struct rec_view *view = NULL;
    int64_t until_unix_s;
    size_t count, missing;
    t_must(rec_letter_open(t->site, code, BORN, &view, &err));
    struct rec_look *looks;
    struct rec_consent *consents;
    const struct rec_resource *taken;
    assert_code(rec_looked(view, t->mem, &looks, &count, &missing, NULL), SALVE_E_CONSENT);
    assert_code(rec_consents(view, t->mem, &consents, &count, NULL), SALVE_E_CONSENT);
    assert_code(rec_take(view, t->mem, &taken, &count, NULL), SALVE_E_CONSENT);
    assert_code(rec_card_new(view, t->mem, &made, NULL), SALVE_E_ROLE);
    assert_code(rec_letter_code(view, t->mem, &made, &until_unix_s, NULL), SALVE_E_ROLE);
    for (int c = CLASS_SENS; c <= CLASS_LAST; c++)
        assert_code(rec_all(view, CLASS_BIT(c), &taken, &count, NULL), SALVE_E_CONSENT);
    struct tape weight = t_weight(t, view, STR("x"), "50");
    assert_code(t_save_code(t, view, &weight, 0), SALVE_E_ROLE);
    t_close_view(&view);
}

static void it_is_no_card(void **state)
{
    (void)state;
    struct rec_enrolled who = somebody();
    struct str code = code_of(who.card);
    struct rec_erasure erasure;
    static const struct actor *const actors[] = {&T_PERSON, &T_CLINICIAN, &T_ASSISTANT, &T_REGISTRAR, &T_MANAGER};
    struct rec_view *view;
    for (size_t a = 0; a < sizeof actors / sizeof actors[0]; a++)
        for (int p = PURPOSE_CARE; p <= PURPOSE_LAST; p++) {
            assert_true(t_open_code(t, *actors[a], (enum purpose)p, code, &view) != SALVE_OK);
            assert_null(view);
        }
    assert_code(t_give_code(t, code, PURPOSE_FOLLOW_UP), SALVE_E_NOT_FOUND);
    assert_code(rec_consent_withdraw(t->site, T_PERSON, code, PURPOSE_CARE, t->mem, NULL, NULL), SALVE_E_NOT_FOUND);
    assert_code(rec_erase(t->site, T_BESIDE, code, t->mem, &erasure, NULL), SALVE_E_NOT_FOUND);
    assert_code(try_code(who.card, BORN), SALVE_E_NOT_FOUND); /* nor is the card a letter's code */
    assert_code(try_code(code, BORN), SALVE_OK);
}

/* --- who makes it ------------------------------------------------------------------------------------------------- */

static void it_is_made_by_who_sees_these_results_and_for_a_whole_birth_date(void **state)
{
    (void)state;
    struct rec_enrolled who = somebody(), year = t_enrol(t, "Okafor", "1980");
    struct str code;
    int64_t until_unix_s = 1;
    struct rec_view *view = t_open(t, T_REGISTRAR, PURPOSE_CARE, who.card);
    assert_code(rec_letter_code(view, t->mem, &code, &until_unix_s, NULL), SALVE_E_ROLE); /* sees the identity only */
    t_close_view(&view);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    assert_code(try_code(code_from(view), BORN), SALVE_OK);
    t_close_view(&view);
    view = t_open(t, T_PERSON, PURPOSE_SELF, year.card);
    t_must(rec_letter_code(view, t->mem, &code, &until_unix_s, &err));
    assert_int_equal(code.len, 0);
    assert_int_equal(until_unix_s, 0);
    t_close_view(&view);
}

/* --- when it ends ------------------------------------------------------------------------------------------------- */

static void ten_wrong_dates_end_it_and_are_seen(void **state)
{
    (void)state;
    struct rec_enrolled who = somebody();
    struct str code = code_of(who.card);
    for (int i = 0; i < 9; i++) {
        assert_code(try_code(code, ELSE), SALVE_E_NOT_FOUND);
        if (i % 3 == 0) t_site_at(t, T_SITE_NOW + i); /* a restart forgets none */
    }
    for (int i = 0; i < 3; i++) assert_code(try_code(code, BORN), SALVE_OK); /* a right one costs nothing */
    assert_code(try_code(code, STR("1980-02")), SALVE_E_NOT_FOUND);          /* nor does what is no date */
    assert_code(try_code(code, STR("")), SALVE_E_NOT_FOUND);
    assert_code(try_code(code, BORN), SALVE_OK);
    assert_code(try_code(code, ELSE), SALVE_E_NOT_FOUND);
    assert_code(try_code(code, BORN), SALVE_E_NOT_FOUND);
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    struct rec_look *looks;
    size_t count, missing, by_letter = 0, denied = 0, letters = 0;
    t_must(rec_looked(view, t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i < count; i++) {
        letters += str_is(looks[i].kind, "letter");
        if (looks[i].purpose != PURPOSE_LETTER) continue;
        by_letter += str_is(looks[i].kind, "by-letter") && (looks[i].proved || looks[i].is_unsigned);
        denied += str_is(looks[i].kind, "denied");
    }
    assert_int_equal(letters, 1);
    assert_int_equal(by_letter, 14); /* ten wrong, four right */
    assert_int_equal(denied, 10);
    assert_int_equal(missing, 0);
    t_close_view(&view);
    verify_is_clean();
}

static void the_next_letter_a_new_card_and_erasure_end_it(void **state)
{
    (void)state;
    struct rec_enrolled who = somebody();
    struct str first = code_of(who.card), second = code_of(who.card), card;
    struct rec_view *view, *open = NULL;
    const struct rec_resource *all = NULL;
    size_t count;
    assert_code(try_code(first, BORN), SALVE_E_NOT_FOUND);
    t_must(rec_letter_open(t->site, second, BORN, &open, &err));
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    t_must(rec_card_new(view, t->mem, &card, &err));
    t_close_view(&view);
    assert_code(rec_all(open, 0, &all, &count, NULL), SALVE_E_CONSENT); /* also what is open */
    t_close_view(&open);
    assert_code(try_code(second, BORN), SALVE_E_NOT_FOUND);
    struct str third = code_of(card);
    struct rec_erasure erasure;
    assert_code(try_code(third, BORN), SALVE_OK);
    t_must(rec_erase(t->site, T_BESIDE, card, t->mem, &erasure, &err));
    assert_code(try_code(third, BORN), SALVE_E_NOT_FOUND);
    verify_is_clean();
}

/* The results are the person's own, so that taking back care does not end their letter; the keys it turns are not the
 * letter's to have. */
static void withdrawal_of_care_leaves_it_and_a_later_record_stays_closed(void **state)
{
    (void)state;
    struct rec_enrolled who = somebody();
    struct str code = code_of(who.card);
    struct rec_view *view;
    t_withdraw(t, who.card, PURPOSE_CARE);
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    (void)t_save_weight(t, view, "77.7");
    t_close_view(&view);
    t_must(rec_letter_open(t->site, code, BORN, &view, &err));
    assert_int_equal(t_count(view), 2);
    t_close_view(&view);
    verify_is_clean();
}

static void it_ends_after_90_days_and_lives_through_renewals_until_then(void **state)
{
    (void)state;
    struct t_site *shared = t;
    struct site_rotation rotation;
    t = t_site_make("never-letter-days", false);
    struct rec_enrolled who = somebody();
    struct str code = code_of(who.card);
    for (int days = 30; days < 90; days += 29) {
        t_site_at(t, T_SITE_NOW + days * DAY_MS);
        t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err));
        assert_code(try_code(code, BORN), SALVE_OK);
        verify_is_clean();
    }
    t_site_at(t, T_SITE_NOW + 90 * DAY_MS + 60000);
    assert_code(try_code(code, BORN), SALVE_E_NOT_FOUND);
    t_site_at(t, T_SITE_NOW + 92 * DAY_MS);
    t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err));
    nothing_of_a_letter_is_left();
    verify_is_clean();
    t_site_drop(t);
    t = shared;
}

/* --- many people, and damage -------------------------------------------------------------------------------------- */

static void a_pile_of_letters_is_no_bulk_key(void **state)
{
    (void)state;
    struct t_site *shared = t;
    struct str codes[LIMIT + 1];
    t = t_site_make("never-letter-bulk", false);
    for (int p = 0; p <= LIMIT; p++) codes[p] = code_of(t_enrol(t, "Haddad", "1980-01-01").card);
    t_site_at(t, T_SITE_NOW + 2 * HOUR_MS);
    for (int p = 0; p < LIMIT; p++) assert_code(try_code(codes[p], BORN), SALVE_OK);
    assert_code(try_code(codes[LIMIT], BORN), SALVE_E_QUOTA);
    t_site_drop(t);
    t = shared;
}

static void change(const char *sql)
{
    char path[600];
    struct db *db = NULL;
    const struct db_options options = {.schema_version = 2};
    (void)snprintf(path, sizeof path, "%s/keys.db", t->folder);
    t_site_close(t);
    t_must(db_open(path, &options, &db, &err));
    t_must(db_exec(db, sql, &err));
    t_must(db_close(&db, &err));
    t_site_open(t);
}

static void name_letter(void *with, const struct site_finding *finding)
{
    *(unsigned *)with += str_find(finding->what, STR("the code of the letter does not open")) >= 0;
}

/* A row that somebody wrote into is named, opens nothing, and keeps nobody from renewal or erasure. */
static void a_damaged_row_ends_its_letter_and_nothing_else(void **state)
{
    (void)state;
    struct t_site *shared = t;
    struct site_rotation rotation;
    struct site_verify_result result;
    struct rec_erasure erasure;
    unsigned named = 0;
    t = t_site_make("never-letter-row", false);
    struct rec_enrolled who = somebody(), other = somebody();
    struct str code = code_of(who.card), sound = code_of(other.card);
    change(
        "UPDATE secret SET sealed = zeroblob(72) WHERE name = (SELECT max(name) FROM secret WHERE name LIKE 'letter/%')");
    struct site_verify_ask ask = {.actor = T_TECHNICIAN, .finding = name_letter, .with = &named};
    assert_code(site_verify(t->site, &ask, &result, NULL), SALVE_E_INTEGRITY);
    assert_int_equal(named, 1);
    enum salve_code one = try_code(code, BORN), two = try_code(sound, BORN);
    assert_true((one == SALVE_OK) != (two == SALVE_OK) && (one == SALVE_E_INTEGRITY || two == SALVE_E_INTEGRITY));
    t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err));
    verify_is_clean();
    change("UPDATE secret SET sealed = zeroblob(72) WHERE name LIKE 'letter/%'");
    t_must(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, &err));
    t_must(rec_erase(t->site, T_BESIDE, other.card, t->mem, &erasure, &err));
    nothing_of_a_letter_is_left();
    verify_is_clean();
    t_site_drop(t);
    t = shared;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_the_results_of_its_letter_and_no_later_ones),
        cmocka_unit_test(it_does_nothing_else),
        cmocka_unit_test(it_is_no_card),
        cmocka_unit_test(it_is_made_by_who_sees_these_results_and_for_a_whole_birth_date),
        cmocka_unit_test(ten_wrong_dates_end_it_and_are_seen),
        cmocka_unit_test(the_next_letter_a_new_card_and_erasure_end_it),
        cmocka_unit_test(withdrawal_of_care_leaves_it_and_a_later_record_stays_closed),
        cmocka_unit_test(it_ends_after_90_days_and_lives_through_renewals_until_then),
        cmocka_unit_test(a_pile_of_letters_is_no_bulk_key),
        cmocka_unit_test(a_damaged_row_ends_its_letter_and_nothing_else),
    };
    t = t_site_make("never-letter", false);
    int failed = t_run(tests);
    t_site_drop(t);
    return failed;
}
