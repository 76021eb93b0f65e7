/* SPDX-License-Identifier: Apache-2.0
 *
 * What was taken back stays back, and what was erased stays erased, also when somebody who can write every file of the
 * folder, and has no secret, puts older rows back: rows are changed with SQLite and page checksums are right. And keys
 * are renewed by the gate itself, so that older copies of the folder end on the day that a receipt names. A record that
 * somebody damaged is missed. */
#include "keys/keys.h"
#include "records/site_int.h"
#include "store/store.h"
#include "t_rows.h"
#include "t_site.h"

enum { DAY_MS = 24 * 3600 * 1000 };

/* --- what somebody with the folder does --------------------------------------------------------------------------- */

static void put_person_back(struct t_site *t, struct str backup)
{
    t_site_close(t);
    t_rows_put_back(backup.ptr, t->folder, "head");
    t_rows_put_back(backup.ptr, t->folder, "record");
    t_rows_change(t->folder, "site.db", "DELETE FROM tombstone");
    t_rows_copy_file(backup.ptr, t->folder, "keys.db");
    t_site_open(t);
}

/* --- verify ------------------------------------------------------------------------------------------------------- */

struct named {
    const char *words;
    struct str compartment;
    unsigned times;
};
static void note(void *with, const struct site_finding *finding)
{
    struct named *named = with;
    if (str_find(finding->what, str_of(named->words)) < 0) return;
    if (named->compartment.len > 0 && !str_eq(named->compartment, finding->compartment)) return;
    named->times++;
}

static unsigned verify_names(struct t_site *t, const char *words, const struct compartment *id)
{
    char text[COMPARTMENT_TEXT_BYTES + 1] = "";
    struct named named = {.words = words};
    if (id != NULL) compartment_text(*id, text);
    named.compartment = str_of(text);
    struct site_verify_ask ask = {.actor = T_TECHNICIAN, .finding = note, .with = &named};
    struct site_verify_result result;
    enum salve_code code = site_verify(t->site, &ask, &result, NULL);
    assert_true(code == (result.findings == 0 ? SALVE_OK : SALVE_E_INTEGRITY));
    return named.times;
}

static void verify_is_clean(struct t_site *t)
{
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    struct site_verify_result result;
    t_must(site_verify(t->site, &ask, &result, &err));
}

/* --- erased ------------------------------------------------------------------------------------------------------- */

static void an_erased_person_stays_erased_when_rows_and_keys_are_put_back(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-back", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01"), other = t_enrol(t, "Okafor", "1980-01-01");
    struct rec_erasure erasure;
    struct site_rotation rotation;
    struct rec_view *view;
    char id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(who.compartment, id);
    t_give(t, who.card, PURPOSE_CARE);
    struct str backup = t_rows_backup(t, "old");
    t_must(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, &err));
    const struct str ways[] = {who.card, str_of(id)};
    for (size_t way = 0; way < 2; way++) {
        put_person_back(t, backup);
        assert_int_equal(verify_names(t, "records of an erased person", &who.compartment), 1);
        assert_int_equal(verify_names(t, "keys of an erased person", &who.compartment), 1);
        assert_int_equal(verify_names(t, "tombstone", &who.compartment), 1);
        assert_int_equal(verify_names(t, "erased", &other.compartment), 0);
        assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, ways[way], &view), SALVE_E_NOT_FOUND);
        assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, ways[way], &view), SALVE_E_NOT_FOUND);
        assert_code(t_give_code(t, ways[way], PURPOSE_CARE), SALVE_E_NOT_FOUND);
        assert_code(rec_erase(t->site, T_BESIDE, ways[way], t->mem, &erasure, NULL), SALVE_E_NOT_FOUND);
        t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err)); /* which takes all of it away again */
        verify_is_clean(t);
    }
    view = t_open(t, T_PERSON, PURPOSE_SELF, other.card);
    t_close_view(&view);
    t_remove(backup.ptr);
    t_site_drop(t);
}

static void records_alone_that_were_put_back_are_named_and_taken_away(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-back", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct rec_erasure erasure;
    struct site_rotation rotation;
    struct str backup = t_rows_backup(t, "old");
    t_must(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, &err));
    t_site_close(t);
    t_rows_put_back(backup.ptr, t->folder, "head");
    t_rows_put_back(backup.ptr, t->folder, "record");
    t_site_open(t);
    assert_int_equal(verify_names(t, "records of an erased person", &who.compartment), 1);
    t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err));
    verify_is_clean(t);
    t_remove(backup.ptr);
    t_site_drop(t);
}

static void a_tombstone_that_was_taken_away_is_named(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-tomb", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01"), other = t_enrol(t, "Okafor", "1980-01-01");
    struct rec_erasure erasure;
    struct site_rotation rotation;
    t_must(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, &err));
    t_must(rec_erase(t->site, T_BESIDE, other.card, t->mem, &erasure, &err));
    t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err));
    assert_int_equal(rotation.tombstones, 2);
    t_site_close(t);
    t_site_open(t);
    verify_is_clean(t);
    t_site_close(t);
    t_rows_change(t->folder, "site.db", "DELETE FROM tombstone WHERE name = (SELECT max(name) FROM tombstone)");
    t_site_open(t);
    assert_int_equal(verify_names(t, "fewer than the log counted", NULL), 1);
    t_site_drop(t);
}

/* The token of an erased person's card, put back, says no more than a card that never was. */
static void a_token_that_was_put_back_answers_nothing(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-token", true);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct rec_erasure erasure;
    struct rec_view *view = NULL;
    struct salve_err never = {0}, back = {0};
    struct compartment *found = NULL;
    size_t count = 0;
    struct str backup = t_rows_backup(t, "old");
    t_must(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, &err));
    struct rec_ask ask = {.actor = T_PERSON, .purpose = PURPOSE_SELF, .who = who.card};
    assert_code(rec_open(t->site, &ask, &view, &never), SALVE_E_NOT_FOUND);
    t_site_close(t);
    struct db *old = t_rows_open(backup.ptr, "keys.db"), *now = t_rows_open(t->folder, "keys.db");
    struct db_stmt *from = NULL, *to = NULL;
    t_must(db_prepare(old, "SELECT token, compartment FROM token", &from, &err));
    t_must(db_prepare(now, "INSERT INTO token VALUES (?1, ?2)", &to, &err));
    while (t_rows_next(from)) {
        db_bind_blob(to, 1, db_column_blob(from, 0));
        db_bind_blob(to, 2, db_column_blob(from, 1));
        t_must(db_run(to, &err));
    }
    db_reset(from);
    t_must(db_close(&old, &err));
    t_must(db_close(&now, &err));
    t_site_open(t);
    assert_code(rec_open(t->site, &ask, &view, &back), SALVE_E_NOT_FOUND);
    assert_string_equal(never.why, back.why);
    assert_string_equal(t_where(&never), t_where(&back));
    t_must(rec_find(t->site, T_REGISTRAR, STR("Tala Haddad"), STR("1980-01-01"), t->mem, &found, &count, &err));
    assert_int_equal(count, 0);
    t_remove(backup.ptr);
    t_site_drop(t);
}

/* --- taken back --------------------------------------------------------------------------------------------------- */

/* Whoever puts an older chain back has cut the newer one, and its leaves tell: nothing opens. Where they are taken away
 * as well, it is `revoked` that keeps closed what was taken back. */
static void take_owners_away(struct t_site *t)
{
    t_site_close(t);
    t_rows_change(t->folder, "site.db", "DELETE FROM owner");
    t_site_open(t);
}

/* Older rows of a time when the purpose was open: with the decision that was taken back, and with the one that this
 * one had replaced. */
static void a_purpose_that_was_taken_back_stays_closed_when_rows_are_put_back(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-taken", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct rec_view *view;
    t_give(t, who.card, PURPOSE_CARE);
    t_give(t, who.card, PURPOSE_FOLLOW_UP);
    struct str first = t_rows_backup(t, "first");
    t_give(t, who.card, PURPOSE_CARE); /* once more: another decision, other wraps */
    struct str second = t_rows_backup(t, "second");
    t_withdraw(t, who.card, PURPOSE_CARE);
    const struct str backups[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        put_person_back(t, backups[i]);
        assert_int_equal(verify_names(t, "taken back", &who.compartment), 1);
        if (i == 0) {
            assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, who.card, &view), SALVE_E_INTEGRITY);
            assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, who.card, &view), SALVE_E_INTEGRITY);
            assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, who.card, &view), SALVE_E_INTEGRITY);
            assert_true(verify_names(t, "newer records of this person were taken away", &who.compartment) > 0);
        }
        take_owners_away(t);
        assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, who.card, &view), SALVE_E_CONSENT);
        view = t_open(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, who.card); /* what was not taken back stands */
        t_close_view(&view);
    }
    t_give(t, who.card, PURPOSE_CARE); /* and may be given again */
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_close_view(&view);
    t_remove(first.ptr);
    t_remove(second.ptr);
    t_site_drop(t);
}

/* Who agreed to less than before took the rest back: rows of the wider agreement open nothing. */
static void a_wider_agreement_does_not_come_back(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct t_site *t = t_site_make("never-wider", false);
        struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
        struct consent_grant less = t_grant(PURPOSE_CARE);
        struct rec_view *view;
        t_give(t, who.card, PURPOSE_CARE);
        struct str backup = t_rows_backup(t, "wide");
        if (way == 0) less.classes = CLASS_BIT(CLASS_CLIN);
        if (way == 1) less.not_after_unix_s = T_SITE_NOW / 1000 + 600;
        t_must(rec_consent_give(t->site, T_REGISTRAR, who.card, &less, t->mem, NULL, &err));
        view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
        t_close_view(&view);
        put_person_back(t, backup);
        assert_int_equal(verify_names(t, "taken back", &who.compartment), 1);
        assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, who.card, &view), SALVE_E_INTEGRITY);
        take_owners_away(t);
        assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, who.card, &view), SALVE_E_CONSENT);
        t_remove(backup.ptr);
        t_site_drop(t);
    }
}

/* --- renewal ------------------------------------------------------------------------------------------------------ */

static uint32_t epoch_of(struct t_site *t)
{
    struct site_facts facts;
    t_must(site_facts(t->site, t->mem, &facts, &err));
    return facts.kek_epoch;
}

static void the_gate_renews_keys_that_are_older_than_a_day(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-old", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct site_rotation rotation;
    struct rec_view *view;
    t_give(t, who.card, PURPOSE_CARE);
    assert_int_equal(epoch_of(t), 1);
    t_site_at(t, T_SITE_NOW + DAY_MS);
    assert_int_equal(epoch_of(t), 1);
    t_site_at(t, T_SITE_NOW + DAY_MS + 1000);
    assert_int_equal(epoch_of(t), 2);
    t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err)); /* the same one, not a second */
    assert_int_equal(rotation.epoch, 2);
    assert_int_equal(epoch_of(t), 2);
    t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err));
    assert_int_equal(epoch_of(t), 3);
    t->site->clock = clock_fixed(T_SITE_NOW + 3 * (int64_t)DAY_MS); /* a run of days: the next opening renews */
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_close_view(&view);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_close_view(&view);
    assert_int_equal(epoch_of(t), 4);
    t_site_at(t, T_SITE_NOW); /* a clock that was set back renews nothing, and reading goes on */
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_close_view(&view);
    assert_int_equal(epoch_of(t), 4);
    t_site_at(t, T_SITE_NOW + 4 * (int64_t)DAY_MS + 1);
    verify_is_clean(t);
    t_site_drop(t);
}

/* After a week without any use both living epochs go at the next opening, before anything opens. */
static void a_site_that_was_not_used_is_renewed_twice_before_anything_opens(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-rest", false);
    t_site_at(t, T_SITE_NOW + 7 * (int64_t)DAY_MS);
    assert_int_equal(epoch_of(t), 2);
    t_site_at(t, T_SITE_NOW + 15 * (int64_t)DAY_MS);
    assert_int_equal(epoch_of(t), 4);
    verify_is_clean(t);
    t_site_drop(t);
}

/* Nobody turned anything by hand: after two days of use the old copies are closed, with today's keys.epoch. */
static void old_copies_of_a_site_in_use_open_nothing_after_two_renewals(void **state)
{
    (void)state;
    static const char *const files[] = {"site.db", "keys.db", "signed-head", "checkpoint"};
    struct t_site *t = t_site_make("never-copy", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct rec_erasure erasure;
    struct str backup = t_rows_backup(t, "old");
    t_must(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, &err));
    for (int day = 2; day <= 4; day += 2) t_site_at(t, T_SITE_NOW + day * (int64_t)DAY_MS);
    assert_true(erasure.horizon_unix_ms > T_SITE_NOW + 4 * (int64_t)DAY_MS);
    t_site_close(t);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) t_rows_copy_file(backup.ptr, t->folder, files[i]);
    unlink(arena_printf(t->mem, "%s/revoked", t->folder).ptr);
    assert_code(site_open(&t->options, &t->site, NULL), SALVE_E_INTEGRITY);
    t_remove(backup.ptr);
    t_site_drop(t);
}

/* --- the log ------------------------------------------------------------------------------------------------------ */

static const char *const backed_up[] = {"site.db", "checkpoint", "signed-head"};

static void look(struct t_site *t, struct str card)
{
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, card);
    (void)t_count(view);
    t_close_view(&view);
}

/* A backup of data, restored as one: its files agree with each other, and the key store of today knows that more was
 * signed. The site signs nothing below it, and goes on with a successor that names what is lost. */
static void a_restored_backup_does_not_sign_below_what_was_signed(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-fork", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct site_facts facts;
    struct salve_err err = {0};
    struct site_verify_result result;
    struct named named = {.words = "signed"};
    struct site_verify_ask ask = {.actor = T_TECHNICIAN, .finding = note, .with = &named};
    struct str backup = t_rows_backup(t, "old");
    for (int i = 0; i < 12; i++) look(t, who.card);
    t_sign(t);
    t_must(site_facts(t->site, t->mem, &facts, &err));
    assert_str(facts.origin, "salve.test/1");
    t_site_close(t);
    for (size_t i = 0; i < 3; i++) t_rows_copy_file(backup.ptr, t->folder, backed_up[i]);
    assert_code(site_open(&t->options, &t->site, &err), SALVE_E_INTEGRITY);
    assert_non_null(strstr(t_where(&err), "keys.db"));
    assert_non_null(strstr(err.why, "salve log successor"));
    assert_code(site_verify_path(&t->options, &ask, &result, NULL), SALVE_E_INTEGRITY);
    assert_true(named.times > 0);
    t_must(site_log_successor(&t->options, &err));
    t_site_open(t);
    t_must(site_facts(t->site, t->mem, &facts, &err));
    assert_str(facts.origin, "salve.test/2");
    look(t, who.card);
    verify_is_clean(t);
    /* and once more, from before the successor began: there is no second log of that name */
    t_site_close(t);
    for (size_t i = 0; i < 3; i++) t_rows_copy_file(backup.ptr, t->folder, backed_up[i]);
    assert_code(site_open(&t->options, &t->site, NULL), SALVE_E_INTEGRITY);
    assert_code(site_log_successor(&t->options, NULL), SALVE_E_INTEGRITY);
    t_remove(backup.ptr);
    t_site_drop(t);
}

/* The same size and more, but another history: grown elsewhere from the backup. */
static void another_history_does_not_take_the_place_of_what_was_signed(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-other", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct str backup = t_rows_backup(t, "old");
    struct t_site other = *t;
    for (int i = 0; i < 4; i++) look(t, who.card);
    t_sign(t);
    t_site_close(t);
    t_site_paths(&other, backup.ptr);
    memcpy(other.key_file, t->key_file, sizeof other.key_file);
    t_site_open(&other);
    for (int i = 0; i < 20; i++) look(&other, who.card);
    t_sign(&other);
    t_site_close(&other);
    for (size_t i = 0; i < 3; i++) t_rows_copy_file(backup.ptr, t->folder, backed_up[i]);
    assert_code(site_open(&t->options, &t->site, NULL), SALVE_E_INTEGRITY);
    t_remove(backup.ptr);
    t_site_drop(t);
}

/* What the key store knows is not changed without the secret. */
static void the_signed_head_in_the_key_store_is_not_made_smaller(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-smaller", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct str backup = t_rows_backup(t, "old");
    struct salve_err err = {0};
    for (int i = 0; i < 12; i++) look(t, who.card);
    t_site_close(t);
    unlink(arena_printf(t->mem, "%s/keys.signed", t->folder).ptr); /* what the row knows is older, and stands */
    t_site_open(t);
    t_site_close(t);
    t_rows_change(t->folder, "keys.db", "UPDATE meta SET bytes = zeroblob(length(bytes)) WHERE name = 'signed'");
    for (size_t i = 0; i < 3; i++) t_rows_copy_file(backup.ptr, t->folder, backed_up[i]);
    assert_code(site_open(&t->options, &t->site, &err), SALVE_E_INTEGRITY);
    assert_non_null(strstr(t_where(&err), "keys.db"));
    t_remove(backup.ptr);
    t_site_drop(t);
}

/* --- damage ------------------------------------------------------------------------------------------------------- */

/* The weight that corrected another does not open any more: nobody is shown the one before as if it stood. */
static void a_record_that_does_not_open_is_refused_however_often_it_is_asked_for(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-skipped", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    const struct rec_resource *all = NULL;
    size_t count = 0;
    t_give(t, who.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    struct str id = t_save_weight(t, view, "71");
    struct tape corrected = t_weight(t, view, id, "171");
    assert_code(t_save_code(t, view, &corrected, CLASS_CLIN), SALVE_OK);
    t_must(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, &err));
    assert_int_equal(count, 1);
    struct str damage = arena_printf(t->mem, "UPDATE record SET bytes = zeroblob(length(bytes)) WHERE number = %llu",
                                     (unsigned long long)all[0].record_seq);
    (void)t_save_weight(t, view, "70");
    t_close_view(&view);
    t_site_close(t);
    t_rows_change(t->folder, "site.db", damage.ptr);
    t_site_open(t);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    for (int i = 0; i < 3; i++) {
        assert_code(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, NULL), SALVE_E_INTEGRITY);
        assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_INTEGRITY);
    }
    t_must(rec_all(view, CLASS_BIT(CLASS_IDENT), &all, &count, &err)); /* who it is can be read all the same */
    assert_int_equal(count, 1);
    t_close_view(&view);
    t_site_drop(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_erased_person_stays_erased_when_rows_and_keys_are_put_back),
        cmocka_unit_test(records_alone_that_were_put_back_are_named_and_taken_away),
        cmocka_unit_test(a_tombstone_that_was_taken_away_is_named),
        cmocka_unit_test(a_token_that_was_put_back_answers_nothing),
        cmocka_unit_test(a_purpose_that_was_taken_back_stays_closed_when_rows_are_put_back),
        cmocka_unit_test(a_wider_agreement_does_not_come_back),
        cmocka_unit_test(the_gate_renews_keys_that_are_older_than_a_day),
        cmocka_unit_test(a_site_that_was_not_used_is_renewed_twice_before_anything_opens),
        cmocka_unit_test(a_restored_backup_does_not_sign_below_what_was_signed),
        cmocka_unit_test(another_history_does_not_take_the_place_of_what_was_signed),
        cmocka_unit_test(the_signed_head_in_the_key_store_is_not_made_smaller),
        cmocka_unit_test(old_copies_of_a_site_in_use_open_nothing_after_two_renewals),
        cmocka_unit_test(a_record_that_does_not_open_is_refused_however_often_it_is_asked_for),
    };
    return t_run(tests);
}
