/* SPDX-License-Identifier: Apache-2.0
 *
 * verify on several cores says what verify on one says, in the same order: of a sound site, and of one that was damaged
 * in each of many ways. */
#include <stdatomic.h>

#include "db/db.h"
#include "records/verify_int.h"
#include "t_site.h"

enum { PEOPLE = 3, TEXT_BYTES = 1 << 20 };

static const struct {
    const char *file, *sql;
} damages[] = {
    {"site.db", "DELETE FROM head WHERE name = (SELECT min(name) FROM head)"},
    {"site.db", "DELETE FROM record WHERE number = 2"},
    {"site.db", "DELETE FROM record WHERE number = (SELECT max(number) FROM record)"},
    {"site.db", "UPDATE record SET bytes = zeroblob(length(bytes)) WHERE number = 1"},
    {"site.db", "UPDATE record SET tag = tag + 1 WHERE number = 3"},
    {"site.db", "INSERT INTO record (name, number, tag, bytes) VALUES (zeroblob(16), 1, 1, zeroblob(408))"},
    {"site.db",
     "INSERT INTO record (name, number, tag, bytes) SELECT name, 999, tag, bytes FROM record WHERE number = 1"},
    {"site.db", "UPDATE head SET bytes = zeroblob(length(bytes))"},
    {"site.db", "INSERT INTO head SELECT name, 1, tag, bytes FROM head"},
    {"site.db", "INSERT INTO head SELECT zeroblob(9), number, tag, bytes FROM head LIMIT 1"},
    {"site.db", "DELETE FROM log_entry WHERE number = 3"},
    {"site.db", "UPDATE log_entry SET bytes = zeroblob(34) WHERE number > 5"},
    {"site.db", "DELETE FROM owner WHERE number % 3 = 0"},
    {"site.db", "UPDATE owner SET bytes = zeroblob(length(bytes)) WHERE number % 2 = 0"},
    {"site.db", "INSERT INTO owner SELECT name, number + 100000, tag, bytes FROM owner"},
    {"site.db", "INSERT INTO owner SELECT zeroblob(16), number, tag, bytes FROM owner WHERE number < 4"},
    {"site.db", "DELETE FROM mark WHERE name = CAST('marks' AS BLOB)"},
    {"site.db", "DELETE FROM commons WHERE CAST(name AS TEXT) LIKE 'doc/%'"},
    {"site.db", "DELETE FROM tombstone"},
    {"keys.db", "DELETE FROM wrap WHERE purpose = (SELECT max(purpose) FROM wrap)"},
    {"keys.db", "UPDATE wrap SET bytes = zeroblob(length(bytes)) WHERE purpose = (SELECT min(purpose) FROM wrap)"},
    {"keys.db", "UPDATE wrap SET bytes = zeroblob(3) WHERE class = (SELECT max(class) FROM wrap)"},
    {"keys.db", "DELETE FROM token"},
    {"keys.db", "DELETE FROM compartment"},
    {"keys.db", "UPDATE compartment SET decided = decided - 1"},
};
enum { DAMAGES = sizeof damages / sizeof damages[0] };

/* --- the site ----------------------------------------------------------------------------------------------------- */

static struct t_site *make(void)
{
    struct t_site *t = t_site_make("verify-cores", false);
    struct rec_erasure erasure;
    for (int i = 0; i <= PEOPLE; i++) {
        struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
        t_give(t, card, PURPOSE_CARE);
        t_fill(t, T_CLINICIAN, card, 3);
        if (i == PEOPLE) t_must(rec_erase(t->site, T_BESIDE, card, t->mem, &erasure, &err));
    }
    t_sign(t);
    return t;
}

static void change(const char *folder, const char *file, const char *sql)
{
    char path[1024];
    struct db *db = NULL;
    const struct db_options options = {.schema_version = 0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    t_must(db_open(path, &options, &db, &err));
    t_must(db_exec(db, sql, &err));
    t_must(db_close(&db, &err));
}

/* A byte that no checksum knows of: it is in the last page, behind the row that lies there, or in it. */
static void flip(const char *folder, const char *file)
{
    char path[1024], byte;
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    int fd = open(path, O_RDWR);
    off_t at = lseek(fd, 0, SEEK_END) - 2000;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* --- what is said --------------------------------------------------------------------------------------------------- */

struct said {
    struct buf text;
    struct site_verify_result result;
    enum salve_code code;
};

static void note(void *with, const struct site_finding *finding)
{
    struct said *said = with;
    buf_addf(&said->text, "%.*s|%.*s|%.*s|%.*s\n", STR_ARGS(finding->file), STR_ARGS(finding->compartment),
             STR_ARGS(finding->element), STR_ARGS(finding->what));
}

static enum salve_code technician(void *with, struct site *site, struct actor *out, struct salve_err *err)
{
    (void)with, (void)site, (void)err;
    *out = T_TECHNICIAN;
    return SALVE_OK;
}

static void say(struct t_site *t, unsigned threads, struct said *out)
{
    const struct site_verify_ask ask = {.login = technician, .finding = note, .with = out, .threads = threads};
    *out = (struct said){.code = SALVE_OK};
    buf_init(&out->text, t->mem, TEXT_BYTES);
    out->code = site_verify_path(&t->options, &ask, &out->result, NULL);
}

static void assert_same(const struct said *one, const struct said *many, const char *what)
{
    struct str a = buf_str(&one->text), b = buf_str(&many->text);
    if (!str_eq(a, b)) fprintf(stderr, "%s\none:\n%.*smany:\n%.*s", what, STR_ARGS(a), STR_ARGS(b));
    assert_true(str_eq(a, b));
    assert_int_equal(one->code, many->code);
    assert_memory_equal(&one->result, &many->result, sizeof one->result);
}

static void compare(struct t_site *t, bool is_sound, const char *what)
{
    struct said one, many;
    static unsigned turn;
    say(t, 0, &one);
    if ((one.code == SALVE_OK) != is_sound) fprintf(stderr, "%s: %s\n", what, salve_code_name(one.code));
    assert_int_equal(one.code, is_sound ? SALVE_OK : SALVE_E_INTEGRITY);
    assert_true(is_sound == (buf_str(&one.text).len == 0));
    say(t, 1 + turn++ % 3, &many);
    assert_same(&one, &many, what);
}

static void restore(struct t_site *t, const char *kept)
{
    t_remove(t->folder);
    t_copy(kept, t->folder);
}

static void many_cores_say_what_one_says(void **state)
{
    (void)state;
    struct t_site *t = make();
    struct said sound;
    char kept[600];
    t_site_close(t);
    (void)snprintf(kept, sizeof kept, "%s-kept", t->folder);
    t_copy(t->folder, kept);
    compare(t, true, "sound");
    say(t, 2, &sound);
    assert_int_equal(sound.result.compartments, PEOPLE);
    assert_true(sound.result.records > 0 && sound.result.leaves > 0 && sound.result.wraps > 0);
    for (size_t i = 0; i < DAMAGES; i++) {
        restore(t, kept);
        change(t->folder, damages[i].file, damages[i].sql);
        compare(t, false, damages[i].sql);
    }
    for (int i = 0; i < 2; i++) {
        restore(t, kept);
        flip(t->folder, i == 0 ? "site.db" : "keys.db");
        compare(t, false, "a flipped bit");
    }
    t->site = NULL;
    t_remove(kept);
    t_site_drop(t);
}

/* --- they do work at the same time ---------------------------------------------------------------------------------- */

static atomic_int arrived;

/* Both have to be there at once: who is alone waits in vain. */
static enum salve_code meet(struct verify *v, struct salve_err *err)
{
    (void)v;
    atomic_fetch_add(&arrived, 1);
    for (int turns = 0; atomic_load(&arrived) < 2; turns++) {
        if (turns > 20000) return salve_fail(err, SALVE_E_BUSY, "nobody else came");
        (void)usleep(1000);
    }
    return SALVE_OK;
}

static enum salve_code find(struct verify *v, struct salve_err *err)
{
    (void)err;
    rec_found(v, "site.db", STR_NONE, STR("x"), "a finding");
    return SALVE_OK;
}

static void parts_are_done_beside_each_other_and_a_finding_is_told_by_nobody(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("verify-team", false);
    struct site_verify_result result = {0};
    struct said said = {.code = SALVE_OK};
    const struct site_verify_ask ask = {.finding = note, .with = &said, .threads = 1};
    struct verify v = {.ask = &ask, .site = t->site, .result = &result, .mem = t->mem};
    const struct rec_verify_part clean[] = {
        {"site.db", NULL, {{meet, false}, {meet, true}}},
        {"site.db", NULL, {{NULL, false}}},
        {"site.db", NULL, {{meet, false}}},
    };
    const struct rec_verify_part spoiled[] = {
        {"site.db", NULL, {{meet, false}, {meet, true}}},
        {"site.db", NULL, {{find, true}}},
        {"site.db", NULL, {{meet, false}, {find, false}}},
    };
    buf_init(&said.text, t->mem, TEXT_BYTES);
    assert_int_equal(rec_verify_beside(&v, clean, 3), 1 | 4);
    atomic_store(&arrived, 0);
    assert_int_equal(rec_verify_beside(&v, spoiled, 1), 1);
    atomic_store(&arrived, 0);
    assert_int_equal(rec_verify_beside(&v, spoiled, 3),
                     0); /* one who reads without sums is believed with all of them */
    assert_int_equal(result.findings, 0);
    assert_int_equal(buf_str(&said.text).len, 0);
    t_site_drop(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_cores_say_what_one_says),
        cmocka_unit_test(parts_are_done_beside_each_other_and_a_finding_is_told_by_nobody),
    };
    return t_run(tests);
}
