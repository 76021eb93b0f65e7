/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody with the files of a site and no secret does not read in them (N13, N14): whose record was opened within the
 * hour, when, and how many were; who agreed just now, and to what; in which order, over all people, records came; which
 * entry of the log an erasure is. */
#include "crypto/crypto.h"
#include "db/db.h"
#include "records/worklist.h"
#include "store/store.h"
#include "t_site.h"

enum { PEOPLE = 4 };

static struct db *open_data(const struct t_site *t)
{
    char path[1024];
    struct db *db = NULL;
    const struct db_options options = {.schema_version = STORE_LAYOUT};
    (void)snprintf(path, sizeof path, "%s/site.db", t->folder);
    t_must(db_open(path, &options, &db, &err));
    return db;
}

static bool has_row(struct db_stmt *stmt)
{
    bool row = false;
    t_must(db_step(stmt, &row, &err));
    return row;
}

static bool holds(struct str text, struct str part) { return str_find(text, part) >= 0; }

/* The bytes of the quota, of a closed site. */
static struct str quota_of(struct t_site *t)
{
    struct db *db = open_data(t);
    struct db_stmt *stmt = NULL;
    struct str out = STR_NONE;
    t_must(db_prepare(db, "SELECT bytes FROM mark WHERE CAST(name AS TEXT) = 'quota'", &stmt, &err));
    assert_true(has_row(stmt));
    t_must(arena_str(t->mem, db_column_blob(stmt, 0), &out, &err));
    db_reset(stmt);
    t_must(db_close(&db, &err));
    return out;
}

static void who_was_opened_when_and_how_many_is_sealed(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("clear-quota", false);
    struct rec_enrolled who[PEOPLE];
    struct str bytes[PEOPLE];
    uint8_t minute[8];
    for (int i = 0; i < PEOPLE; i++) who[i] = t_enrol(t, "Haddad", "1980-01-01");
    int64_t later = T_SITE_NOW + 2 * 3600 * 1000;
    crypto_put_u64(minute, (uint64_t)(later / 60000));
    t_site_at(t, later);
    for (int i = 0; i < PEOPLE; i++) {
        t_give(t, who[i].card, PURPOSE_CARE);
        t_site_close(t);
        bytes[i] = quota_of(t);
        t_site_open(t);
        for (int of = 0; of < PEOPLE; of++) {
            uint8_t sha256[CRYPTO_SHA256_BYTES];
            crypto_sha256(compartment_bytes(&who[of].compartment), sha256);
            assert_false(holds(bytes[i], str_bytes(sha256, 8)));
        }
        assert_false(holds(bytes[i], str_bytes(minute + 2, 6)));
        assert_int_equal(bytes[i].len, bytes[0].len);
    }
    t_site_drop(t);
}

static void who_just_agreed_is_sealed(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("clear-pending", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    char id[COMPARTMENT_TEXT_BYTES + 1];
    size_t seen = 0, len = 0;
    compartment_text(who.compartment, id);
    const enum purpose purposes[] = {PURPOSE_CARE, PURPOSE_FOLLOW_UP, PURPOSE_STATISTICS};
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        t_give(t, who.card, purposes[i]);
        struct str copy = arena_printf(t->mem, "%s-copy-%zu", t->folder, i);
        t_copy(t->folder, copy.ptr); /* as a killed process would leave it */
        struct t_site left = *t;
        (void)snprintf(left.folder, sizeof left.folder, "%s", copy.ptr);
        struct db *db = open_data(&left);
        struct db_stmt *stmt = NULL;
        t_must(db_prepare(db, "SELECT name, bytes FROM commons WHERE CAST(name AS TEXT) LIKE 'pending%'", &stmt, &err));
        while (has_row(stmt)) {
            struct str name = db_column_blob(stmt, 0), bytes = db_column_blob(stmt, 1);
            assert_false(holds(name, str_of(id)));
            assert_false(holds(bytes, str_of(id)));
            assert_false(holds(bytes, STR("classes")));
            assert_true(len == 0 || name.len + bytes.len == len);
            len = name.len + bytes.len;
            seen++;
        }
        db_reset(stmt);
        t_must(db_close(&db, &err));
        t_remove(copy.ptr);
    }
    assert_int_equal(seen, sizeof purposes / sizeof purposes[0]);
    t_site_drop(t);
}

/* Rows of open work are of one length whatever is open, and neither whose it is, its ticket nor what is to be done can be
 * read in them; nor does the list that staff get say more than tickets, tasks and times (N11, N12). */
static void open_work_is_sealed(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("clear-work", false);
    const struct work_entry all[] = {{.part = WORK_KEPT, .task = WORK_TELL, .urgency = 0, .due_unix_ms = T_SITE_NOW},
                                     {.part = WORK_KEPT, .task = WORK_SIGN, .urgency = 1, .due_unix_ms = T_SITE_NOW}};
    struct rec_enrolled who[PEOPLE];
    struct work *list = NULL;
    size_t count = 0, seen[2] = {0}, len[2] = {0};
    for (size_t i = 0; i < PEOPLE; i++) {
        who[i] = t_enrol(t, "Haddad", "1980-01-01");
        t_give(t, who[i].card, PURPOSE_CARE);
        struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who[i].card);
        worklist_set(view, WORK_KEPT, all, 1 + i % 2);
        t_must(worklist_write(view, &err));
        t_close_view(&view);
    }
    t_must(t_worklist(t->site, T_CLINICIAN, t->mem, &list, &count, &err));
    assert_int_equal(count, PEOPLE);
    t_site_close(t);
    struct db *db = open_data(t);
    struct db_stmt *stmt = NULL;
    t_must(db_prepare(db,
                      "SELECT name, bytes FROM commons WHERE CAST(name AS TEXT) LIKE 'work/%' OR CAST(name AS TEXT) "
                      "LIKE 'ticket/%'",
                      &stmt, &err));
    while (has_row(stmt)) {
        struct str name = db_column_blob(stmt, 0), bytes = db_column_blob(stmt, 1);
        size_t kind = str_starts(name, STR("work/")) ? 0 : 1;
        assert_true(seen[kind] == 0 || name.len + bytes.len == len[kind]);
        len[kind] = name.len + bytes.len;
        seen[kind]++;
        for (size_t i = 0; i < PEOPLE; i++) {
            char id[COMPARTMENT_TEXT_BYTES + 1];
            compartment_text(who[i].compartment, id);
            assert_false(holds(name, str_of(id)) || holds(bytes, compartment_bytes(&who[i].compartment)));
            assert_false(holds(name, list[i].ticket) || holds(bytes, list[i].ticket));
        }
    }
    db_reset(stmt);
    t_must(db_close(&db, &err));
    assert_int_equal(seen[0], PEOPLE);
    assert_int_equal(seen[1], PEOPLE);
    t_site_open(t);
    t_site_drop(t);
}

static void the_order_over_all_people_is_not_kept(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("clear-order", false);
    struct rec_enrolled who[PEOPLE];
    struct rec_erasure erasure;
    for (int i = 0; i < PEOPLE; i++) who[i] = t_enrol(t, "Haddad", "1980-01-01");
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < PEOPLE; i++) {
            struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, who[i].card);
            t_close_view(&view);
        }
    t_must(rec_erase(t->site, T_BESIDE, who[0].card, t->mem, &erasure, &err));
    t_site_close(t);
    struct db *db = open_data(t);
    struct db_stmt *by_place = NULL, *erased = NULL;
    size_t count = 0, runs = 0;
    uint8_t last[16] = {0};
    t_must(db_prepare(db, "SELECT name FROM record ORDER BY rowid", &by_place, &err));
    for (; has_row(by_place); count++) {
        struct str name = db_column_blob(by_place, 0);
        assert_int_equal(name.len, sizeof last);
        runs += memcmp(name.ptr, last, sizeof last) != 0;
        memcpy(last, name.ptr, sizeof last);
    }
    assert_int_equal(runs, PEOPLE - 1); /* person by person; written in turn, each has many */
    assert_true(count > 3 * (PEOPLE - 1));
    t_must(db_prepare(db, "SELECT length(bytes) FROM tombstone", &erased, &err));
    assert_true(has_row(erased));
    assert_int_equal(db_column_i64(erased, 0), 16); /* its MAC, and no entry of the log */
    db_reset(by_place);
    db_reset(erased);
    t_must(db_close(&db, &err));
    t_site_open(t);
    t_site_drop(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_opened_when_and_how_many_is_sealed),
        cmocka_unit_test(who_just_agreed_is_sealed),
        cmocka_unit_test(open_work_is_sealed),
        cmocka_unit_test(the_order_over_all_people_is_not_kept),
    };
    return t_run(tests);
}
