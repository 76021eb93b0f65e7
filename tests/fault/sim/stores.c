/* SPDX-License-Identifier: Apache-2.0
 *
 * Stores of another Salve (F13): each byte that says a version says another one. Whatever is then asked of the site - opening,
 * verify, a restore from it, an upgrade - refuses it or names it, opens nobody of whom that byte is, and leaves every file as it
 * is, byte by byte. So does a site of layout 1, until its upgrade; and an upgrade that is killed or cut from power at any
 * call leaves the site of layout 1 or the one of layout 2, whole, and goes on with the same call.
 *
 *     stores              with ALL=1 every call of an upgrade; else a spread
 *     stores AT           that one */
#include "crypto/crypto.h"
#include "db/db_int.h"
#include "life.h"

#define FIXTURE "tests/fixtures/layout-1"
#define MADE_AT 1795981500000 /* 2026-11-29T19:45:00Z, after the last look of the fixture */
enum { SHORT = T_IS_SANITIZED ? 6 : 24 };

static struct life *life;
static struct sim *base;

/* --- another version ---------------------------------------------------------------------------------------------- */

#define ROWS SIZE_MAX /* as another Salve would write them */

static const struct byte {
    const char *file, *magic; /* the text before the byte, or NULL and the place of it */
    size_t at;                /* the place, or bytes between text and byte; ROWS: the text changes rows */
    bool is_in_page, is_all;  /* of a database, whose page is summed anew; each place where the text stands */
    bool opens;               /* the site opens, and what has that byte does not */
} bytes[] = {
    {"site/site.db", NULL, 63, true, false, false}, /* user_version */
    {"site/keys.db", NULL, 63, true, false, false}, /* user_version */
    {"site/site.db", NULL, 18, true, false, false}, /* SQLite's own: of who writes, of who reads */
    {"site/site.db", NULL, 19, true, false, false},
    {"site/keys.db", "SLVK", 0, true, true, false}, /* layout of the site, beside its root secret */
    {"site/keys.epoch", "SLVE", 0, false, true, false},
    {"site/site.db", "UPDATE record SET tag = tag + 128", ROWS, true, true, true}, /* sealed records */
    {"site/keys.db", "UPDATE wrap SET bytes = CAST(bytes || x'00' AS BLOB)", ROWS, true, true, true}, /* wraps */
    {"site/site.db", "UPDATE record SET tag = tag % 64", ROWS, true, true, true},
    {"site/site.db", "UPDATE record SET tag = 80", ROWS, true, true, true},
    {"site/keys.db", "UPDATE wrap SET class = class + 128", ROWS, true, true, true},
    {"site/keys.db", "UPDATE wrap SET purpose = purpose - 100", ROWS, true, true, true},
    {"site/signed-head", "salve.test/", 0, false, true, false},
    {"data/*/backup", "\"version\":", 0, false, true, true},
};
enum { BYTES = sizeof bytes / sizeof bytes[0] };

static void read_file(const char *path, struct str *out)
{
    t_must(file_read(path, (size_t)1 << 28, life->t->mem, out, &err));
}

static void sum_page(char *text, size_t at)
{
    uint8_t *page = (uint8_t *)text + at / DB_PAGE_BYTES * DB_PAGE_BYTES;
    db_sum_of_page(page, (uint32_t)(at / DB_PAGE_BYTES) + 1, page + DB_PAGE_BYTES - DB_PAGE_SUM_BYTES);
}

/* The path of it: one star stands for the newest backup. */
static void path_of(const char *file, char path[600])
{
    const char *star = strchr(file, '*');
    struct str *names = NULL;
    size_t count = 0;
    (void)snprintf(path, 600, "%s/%s", life->root, file);
    if (star == NULL) return;
    t_must(file_list(life->data, life->t->mem, &names, &count, &err));
    while (count > 1 && names[count - 1].ptr[0] > '9') count--; /* the others are no backups */
    (void)snprintf(path, 600, "%s/%.*s%s", life->data, STR_ARGS(names[count - 1]), star + 1);
}

static int change_rows(const char *path, const char *sql)
{
    struct db *db = NULL;
    const struct db_options options = {.schema_version = 2};
    t_must(db_open(path, &options, &db, &err));
    t_must(db_exec(db, sql, &err));
    t_must(db_close(&db, &err));
    return 1;
}

/* How many bytes were changed. */
static int change(const struct byte *byte)
{
    char path[600];
    struct str text;
    int changed = 0;
    path_of(byte->file, path);
    if (byte->at == ROWS) return change_rows(path, byte->magic);
    read_file(path, &text);
    size_t len = byte->magic == NULL ? 0 : strlen(byte->magic);
    for (size_t from = 0; from + len + byte->at < text.len; from++) {
        if (byte->magic == NULL ? from > 0 : memcmp(text.ptr + from, byte->magic, len) != 0) continue;
        size_t at = from + len + byte->at;
        char *whole = (char *)(uintptr_t)text.ptr; /* of our own arena */
        whole[at] = (char)(whole[at] + 1);
        if (byte->is_in_page) sum_page(whole, at);
        changed++;
    }
    int fd = open(path, O_WRONLY);
    if (fd < 0 || pwrite(fd, text.ptr, text.len, 0) != (ssize_t)text.len) abort();
    close(fd);
    return changed;
}

/* --- nothing is written ------------------------------------------------------------------------------------------- */

static enum salve_code ask_all(bool *opened)
{
    struct site_verify_result result;
    const struct site_verify_ask verify = {.progress = NULL};
    struct site *site = NULL;
    struct site_restored restored;
    char fresh[300];
    (void)snprintf(fresh, sizeof fresh, "%s/fresh", life->root);
    const struct site_restore_ask from = {.from = life->data, .keys = life->keys};
    struct site_options to = life->t->options;
    to.path = fresh;
    enum salve_code code = site_open(&life->t->options, &site, NULL);
    *opened = code == SALVE_OK;
    (void)!site_close(&site, NULL);
    (void)!site_verify_path(&life->t->options, &verify, &result, NULL);
    (void)!site_upgrade(&life->t->options, &verify, false, &result, NULL);
    (void)!site_restore(&to, &from, life->t->mem, &restored, NULL);
    t_remove(fresh);
    return code;
}

/* Whatever was done, the calls changed nothing of what was there: names and bytes are as before. */
static uint64_t hash_of(const char *folder)
{
    uint64_t hash = 1;
    char path[900];
    struct str *names = NULL, text;
    size_t count = 0;
    t_must(file_list(folder, life->t->mem, &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        struct stat info;
        uint8_t sum[CRYPTO_SHA256_BYTES];
        (void)snprintf(path, sizeof path, "%s/%.*s", folder, STR_ARGS(names[i]));
        if (str_is(names[i], "lock") || stat(path, &info) != 0) continue;
        if (S_ISDIR(info.st_mode)) {
            hash = sim_mix(hash, hash_of(path));
            continue;
        }
        read_file(path, &text);
        crypto_sha256(text, sum);
        for (size_t b = 0; b < sizeof sum; b++) hash = sim_mix(hash, sum[b]);
        for (size_t b = 0; b < names[i].len; b++) hash = sim_mix(hash, (uint8_t)names[i].ptr[b]);
    }
    return hash;
}

static bool names_it(void)
{
    struct site_verify_result result = {0};
    const struct site_verify_ask verify = {.progress = NULL};
    return site_verify_path(&life->t->options, &verify, &result, NULL) != SALVE_OK;
}

/* Of a site that opens all the same: somebody's own view, which reads everything. */
static bool opens_somebody(void)
{
    bool is_any = false;
    if (site_open(&life->t->options, &life->t->site, NULL) != SALVE_OK) return false;
    for (int i = 0; i < 3; i++) {
        struct rec_view *view = NULL;
        const struct rec_resource *all = NULL;
        size_t count = 0;
        struct rec_ask ask = {.actor = T_PERSON, .purpose = PURPOSE_SELF, .who = life->cards[i]};
        is_any = is_any || (rec_open(life->t->site, &ask, &view, NULL) == SALVE_OK &&
                            rec_all(view, 0, &all, &count, NULL) == SALVE_OK);
        (void)!rec_close(&view, NULL);
    }
    (void)!site_close(&life->t->site, NULL);
    return is_any;
}

static void another_version(const struct byte *byte)
{
    bool opened = false, is_site = strncmp(byte->file, "site/", 5) == 0;
    struct arena_mark mark = arena_mark(life->t->mem);
    (void)sim_rebuild(base, &(struct sim_cut){.at = 0, .loss = SIM_KILL});
    (void)snprintf(life_where, sizeof life_where, "stores: another version in %s%s%s", byte->file,
                   byte->magic == NULL ? "" : " behind ", byte->magic == NULL ? "" : byte->magic);
    int changed = change(byte);
    uint64_t before = hash_of(life->root);
    enum salve_code code = byte->opens ? SALVE_OK : ask_all(&opened);
    if (changed == 0)
        t_fail("stores", "%s: there is no such byte", life_where);
    else if (opened || (!byte->opens && code != SALVE_E_UNSUPPORTED && code != SALVE_E_INTEGRITY))
        t_fail("stores", "%s: opening says %s", life_where, salve_code_name(code));
    else if (hash_of(life->root) != before)
        t_fail("stores", "%s: something was written", life_where);
    else if (is_site && !names_it())
        t_fail("stores", "%s: verify does not name it", life_where);
    else if (is_site && byte->opens && opens_somebody())
        t_fail("stores", "%s: it opens somebody", life_where);
    else
        t_pass();
    arena_rewind(life->t->mem, mark);
}

/* A backup of another version is not restored, and stays as it is. */
static void a_backup_of_another_version(void)
{
    struct salve_err err = {0};
    struct site_restored restored;
    char fresh[300];
    (void)sim_rebuild(base, &(struct sim_cut){.at = 0, .loss = SIM_KILL});
    (void)change(&bytes[BYTES - 1]);
    (void)snprintf(fresh, sizeof fresh, "%s/fresh", life->root);
    struct site_options to = life->t->options;
    to.path = fresh;
    const struct site_restore_ask from = {.from = life->data, .keys = life->keys};
    uint64_t before = hash_of(life->data);
    enum salve_code code = site_restore(&to, &from, life->t->mem, &restored, &err);
    bool is_refused = code == SALVE_E_INTEGRITY || code == SALVE_E_UNSUPPORTED;
    if (is_refused && access(fresh, F_OK) != 0 && hash_of(life->data) == before)
        t_pass();
    else
        t_fail("stores", "a backup of another version: %s", salve_code_name(code));
}

/* --- an earlier layout -------------------------------------------------------------------------------------------- */

static void bring_fixture(void)
{
    struct str key;
    (void)sim_rebuild(base, &(struct sim_cut){.at = 0, .loss = SIM_KILL});
    t_remove(life->t->folder);
    t_copy(FIXTURE, life->t->folder);
    read_file(FIXTURE ".key", &key);
    t_must(file_replace(life->t->key_file, key, 0600, &err));
    life_now_ms = MADE_AT;
}

static enum salve_code upgrade(void)
{
    struct site_verify_result result;
    const struct site_verify_ask verify = {.progress = NULL};
    return site_upgrade(&life->t->options, &verify, false, &result, NULL);
}

/* Everybody whose card is known opens, and verify finds nothing. */
static bool is_whole(void)
{
    struct str *names = NULL;
    size_t count = 0, people = 0;
    struct site_verify_result result;
    const struct site_verify_ask verify = {.progress = NULL};
    t_must(file_list(FIXTURE "-taken", life->t->mem, &names, &count, &err));
    if (site_open(&life->t->options, &life->t->site, NULL) != SALVE_OK) return false;
    for (size_t i = 0; i < count; i++) {
        struct rec_view *view = NULL;
        struct rec_ask ask = {.actor = t_person("1972-03-14"), .purpose = PURPOSE_SELF};
        if (!str_ends(names[i], STR(".json"))) continue;
        ask.who = str_cut(names[i], 0, names[i].len - 5);
        people += rec_open(life->t->site, &ask, &view, NULL) == SALVE_OK && t_count(view) > 0;
        (void)!rec_close(&view, NULL);
    }
    bool is_closed = site_close(&life->t->site, NULL) == SALVE_OK;
    return people == 3 && is_closed && site_verify_path(&life->t->options, &verify, &result, NULL) == SALVE_OK;
}

static void layout_1_is_left_alone(void)
{
    bool opened;
    bring_fixture();
    uint64_t before = hash_of(life->t->folder);
    struct site_verify_result result;
    const struct site_verify_ask verify = {.progress = NULL};
    enum salve_code code = site_open(&life->t->options, &life->t->site, NULL);
    opened = code == SALVE_OK;
    enum salve_code verified = site_verify_path(&life->t->options, &verify, &result, NULL);
    if (!opened && code == SALVE_E_UNSUPPORTED && verified == SALVE_OK && hash_of(life->t->folder) == before)
        t_pass();
    else
        t_fail("stores", "layout 1: opening says %s, verify %s", salve_code_name(code), salve_code_name(verified));
    (void)!site_close(&life->t->site, NULL);
}

static void cut_upgrade_at(const struct sim *sim, uint64_t at, uint64_t seed)
{
    char call[200];
    struct arena_mark mark = arena_mark(life->t->mem);
    sim_describe(sim, at, call, sizeof call);
    (void)snprintf(life_where, sizeof life_where, "stores %llu: an upgrade, %s at call %llu of %llu (%s)",
                   (unsigned long long)at, seed == 0 ? "killed" : "cut", (unsigned long long)at,
                   (unsigned long long)sim_calls(sim), call);
    struct sim_cut cut = {.at = at, .loss = seed == 0 ? SIM_KILL : seed == 1 ? SIM_NONE : SIM_POWER, .seed = seed};
    cut.sector_bytes = seed % 2 == 0 ? 512 : 4096;
    (void)sim_rebuild(sim, &cut);
    enum salve_code opened = site_open(&life->t->options, &life->t->site, NULL);
    (void)!site_close(&life->t->site, NULL);
    enum salve_code code = upgrade();
    bool is_new = opened == SALVE_OK && code == SALVE_E_CONFLICT, is_old = opened == SALVE_E_UNSUPPORTED && code == 0;
    if (!is_new && !is_old)
        t_fail("stores", "%s: opening says %s, the next upgrade %s", life_where, salve_code_name(opened),
               salve_code_name(code));
    else if (!is_whole())
        t_fail("stores", "%s: it is not whole", life_where);
    else
        t_pass();
    arena_rewind(life->t->mem, mark);
}

static void an_upgrade_is_all_or_nothing(int64_t only)
{
    bring_fixture();
    sim_chance(31);
    struct sim *sim = sim_begin(life->root);
    enum salve_code code = upgrade();
    sim_end(sim);
    if (code != SALVE_OK) t_fail("stores", "an upgrade says %s", salve_code_name(code));
    uint64_t calls = sim_calls(sim), step = t_is_all() ? 1 : calls / SHORT + 1, points = 0;
    for (uint64_t at = only >= 0 ? (uint64_t)only : 0; at <= calls; at += step, points++) {
        for (uint64_t i = 0; i < 4; i++)
            if (t_is_all() || only >= 0 || i == points % 4) cut_upgrade_at(sim, at, i);
        if (only >= 0) break;
    }
    printf("upgrades stopped at %llu of %llu calls\n", (unsigned long long)points, (unsigned long long)calls);
    sim_drop(sim);
}

int main(int argc, char **argv)
{
    int64_t only = -1;
    struct salve_err err = {0};
    if (argc == 2 && !str_to_i64(str_of(argv[1]), &only)) return 2;
    life = life_make(12);
    (void)snprintf(life_where, sizeof life_where, "stores");
    life->has_backups = true;
    bool good = life_record(life, 8);
    good = good && site_open(&life->t->options, &life->t->site, &err) == SALVE_OK &&
           life_step(life, LIFE_BACKUP, 0, PURPOSE_SELF, &err) == SALVE_OK &&
           site_close(&life->t->site, &err) == SALVE_OK;
    if (!good) t_fail("stores", "set-up: %s %s", t_where(&err), err.why);
    base = sim_begin(life->root);
    sim_end(base);
    for (int i = 0; i < BYTES - 1 && only < 0 && good; i++) another_version(&bytes[i]);
    if (only < 0 && good) a_backup_of_another_version();
    if (only < 0 && good) layout_1_is_left_alone();
    if (good) an_upgrade_is_all_or_nothing(only);
    sim_drop(base);
    life_drop(life);
    return t_end();
}
