/* SPDX-License-Identifier: Apache-2.0
 *
 * Nothing vanishes, and nothing comes back: over every table of a small site with a history, every row is taken away,
 * every row of an earlier time is put back, and rows of a table change places; verify names each. Who does it can write
 * every file, makes page checksums right, and has no secret. ALL=1 does it for every row, otherwise large tables are
 * sampled. For the person concerned the next opening names what it can see; the rest is in never_put_back.c. */
#include "db/db.h"
#include "keys/keys.h"
#include "records/site_int.h"
#include "t_site.h"

enum { DAY_MS = 24 * 3600 * 1000, BACKUPS = 4, SAMPLE = T_IS_SANITIZED ? 12 : 60 };

struct table {
    const char *file, *name, *key, *rest;
};
static const struct table tables[] = {
    {"site.db", "record", "name,number", "tag,bytes"},
    {"site.db", "head", "name,number", "tag,bytes"},
    {"site.db", "log_entry", "name,number", "tag,bytes"},
    {"site.db", "log_tile", "name,number", "tag,bytes"},
    {"site.db", "owner", "name,number", "tag,bytes"},
    {"site.db", "tombstone", "name,number", "tag,bytes"},
    {"site.db", "commons", "name,number", "tag,bytes"},
    {"site.db", "mark", "name,number", "tag,bytes"},
    {"keys.db", "meta", "name", "bytes"},
    {"keys.db", "kek", "purpose,epoch", "sealed"},
    {"keys.db", "secret", "name", "sealed"},
    {"keys.db", "wrap", "compartment,purpose,class,version", "presence,bytes"},
    {"keys.db", "token", "token", "compartment"},
    {"keys.db", "compartment", "compartment", "decided,mac"},
};
enum { TABLES = sizeof tables / sizeof tables[0] };

/* What is not named, and why that is no loss. */
static const struct {
    const char *table, *how, *why;
} exceptions[] = {
    {"kek", "taken away", "of the epoch before: the turn brought every wrap to the one of today"},
    {"meta", "put back over it", "'signed' of the same epoch: the file keys.signed beside it knows more"},
    {"wrap", "put back over it", "the same grant, as it was wrapped before the turn of the keys"},
};

/* --- the site ----------------------------------------------------------------------------------------------------- */

struct history {
    struct t_site *t;
    struct str backups[BACKUPS];
    size_t backup_count;
    struct rec_enrolled who[3];
};

static void keep(struct history *h)
{
    struct t_site *t = h->t;
    struct str backup = arena_printf(t->mem, "%s-then-%zu", t->folder, h->backup_count);
    t_site_close(t);
    t_remove(backup.ptr);
    t_copy(t->folder, backup.ptr);
    t_site_open(t);
    h->backups[h->backup_count++] = backup;
}

static void visit(struct t_site *t, struct str card, enum purpose purpose)
{
    struct rec_view *view = t_open(t, T_CLINICIAN, purpose, card);
    (void)t_save_weight(t, view, "71");
    (void)t_count(view);
    t_close_view(&view);
}

static void save_statistics(struct t_site *t, struct str card)
{
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    struct str id;
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct tape tape = t_weight(t, view, id, "71");
    assert_ok(t_save_code(t, view, &tape, CLASS_STAT));
    t_close_view(&view);
}

static struct history history_make(void)
{
    struct history h = {.t = t_site_make("never-away", true)};
    struct t_site *t = h.t;
    struct rec_erasure erasure;
    struct site_rotation rotation;
    struct str card;
    for (size_t i = 0; i < 3; i++) h.who[i] = t_enrol(t, i == 0 ? "Haddad" : i == 1 ? "Okafor" : "Silva", "1980-01-01");
    for (size_t i = 0; i < 3; i++) t_give(t, h.who[i].card, PURPOSE_CARE);
    t_give(t, h.who[0].card, PURPOSE_STATISTICS);
    t_give(t, h.who[1].card, PURPOSE_FOLLOW_UP);
    save_statistics(t, h.who[0].card);
    t_must(commons_put(t->site, T_CLINICIAN, STR("accepted"), STR("bp"), STR("{\"v\":1}"), &err));
    keep(&h);
    for (size_t i = 0; i < 3; i++) visit(t, h.who[i].card, PURPOSE_CARE);
    t_must(commons_put(t->site, T_CLINICIAN, STR("accepted"), STR("bp"), STR("{\"v\":2}"), &err));
    t_must(staff_retire(t->site, T_MANAGER, NULL, T_ASSISTANT.id, &err));
    keep(&h);
    t_withdraw(t, h.who[0].card, PURPOSE_STATISTICS);
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, h.who[1].card);
    t_must(rec_card_new(view, t->mem, &card, &err));
    t_close_view(&view);
    h.who[1].card = card;
    t_must(rec_erase(t->site, T_BESIDE, h.who[2].card, t->mem, &erasure, &err));
    keep(&h);
    struct site_settings settings = *site_settings(t->site);
    settings.consent_age_years = 17;
    t_must(site_settings_set(t->site, T_MANAGER, &settings, &err));
    t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err));
    visit(t, h.who[0].card, PURPOSE_CARE);
    visit(t, h.who[1].card, PURPOSE_FOLLOW_UP);
    keep(&h);
    t_give(t, h.who[0].card, PURPOSE_FOLLOW_UP);
    visit(t, h.who[0].card, PURPOSE_CARE);
    t_site_close(t);
    return h;
}

static void history_drop(struct history *h)
{
    for (size_t i = 0; i < h->backup_count; i++) t_remove(h->backups[i].ptr);
    t_site_drop(h->t);
}

/* --- rows ----------------------------------------------------------------------------------------------------------- */

struct row {
    struct str key, rest; /* as SQL writes them, with commas */
};
struct rows {
    struct row *at;
    size_t count;
};

static struct db *open_db(const char *folder, const char *file)
{
    char path[1024];
    struct db *db = NULL;
    const struct db_options options = {.schema_version = 0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    t_must(db_open(path, &options, &db, &err));
    return db;
}

static struct str quoted(struct arena *mem, const char *columns)
{
    struct str list = str_of(columns), out = STR("");
    while (list.len > 0) {
        ptrdiff_t comma = str_find(list, STR(","));
        struct str one = str_cut(list, 0, comma < 0 ? list.len : (size_t)comma);
        out = arena_printf(mem, "%.*s%squote(%.*s)", STR_ARGS(out), out.len > 0 ? "||','||" : "", STR_ARGS(one));
        list = comma < 0 ? STR("") : str_cut(list, (size_t)comma + 1, list.len);
    }
    return out;
}

static struct rows read_rows(struct arena *mem, const char *folder, const struct table *table)
{
    struct rows rows = {.at = arena_array(mem, struct row, 4096)};
    struct db *db = open_db(folder, table->file);
    struct db_stmt *stmt = NULL;
    bool row = true;
    struct str sql = arena_printf(mem, "SELECT %.*s, %.*s FROM %s ORDER BY %s", STR_ARGS(quoted(mem, table->key)),
                                  STR_ARGS(quoted(mem, table->rest)), table->name, table->key);
    t_must(db_prepare(db, sql.ptr, &stmt, &err));
    for (;;) {
        t_must(db_step(stmt, &row, &err));
        if (!row) break;
        assert_true(rows.count < 4096);
        struct row *to = &rows.at[rows.count++];
        t_must(arena_str(mem, db_column_text(stmt, 0), &to->key, &err));
        t_must(arena_str(mem, db_column_text(stmt, 1), &to->rest, &err));
    }
    db_reset(stmt);
    t_must(db_close(&db, &err));
    return rows;
}

/* --- one trial ------------------------------------------------------------------------------------------------------ */

struct trial {
    struct history *h;
    const struct table *table;
    struct str pristine; /* the bytes of the file */
    unsigned tried, unnamed;
};

static void write_file(struct trial *trial)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", trial->h->t->folder, trial->table->file);
    int fd = open(path, O_WRONLY | O_TRUNC);
    if (fd < 0 || write(fd, trial->pristine.ptr, trial->pristine.len) != (ssize_t)trial->pristine.len) abort();
    close(fd);
}

static bool is_excepted(const struct trial *trial, struct str key, const char *how)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
        if (strcmp(exceptions[i].table, trial->table->name) != 0 || strcmp(exceptions[i].how, how) != 0) continue;
        if (strcmp(exceptions[i].table, "kek") == 0 && !str_ends(key, STR(",1"))) continue; /* epoch 1 of 2 */
        if (strcmp(exceptions[i].table, "meta") == 0 && !str_is(key, "'signed'")) continue;
        return true;
    }
    return false;
}

static void attempt(struct trial *trial, const char *how, struct str key, struct str sql)
{
    struct t_site *t = trial->h->t;
    struct site_verify_ask ask = {.progress = NULL};
    struct site_verify_result result;
    struct db *db = open_db(t->folder, trial->table->file);
    t_must(db_exec(db, sql.ptr, &err));
    t_must(db_close(&db, &err));
    bool is_named = site_verify_path(&t->options, &ask, &result, NULL) != SALVE_OK;
    trial->tried++;
    if (!is_named && !is_excepted(trial, key, how)) {
        trial->unnamed++;
        fprintf(stderr, "not named: %s: %s %.*s %s\n", trial->table->file, trial->table->name,
                (int)(key.len > 120 ? 120 : key.len), key.ptr, how);
    }
    write_file(trial);
}

static size_t step_of(const struct rows *rows)
{
    return t_is_all() || rows->count <= SAMPLE ? 1 : rows->count / SAMPLE + 1;
}

static void take_away(struct trial *trial, const struct rows *now)
{
    struct arena *mem = arena_open((size_t)1 << 28);
    for (size_t i = 0; i < now->count; i += step_of(now)) {
        struct row *row = &now->at[i];
        attempt(trial, "taken away", row->key,
                arena_printf(mem, "DELETE FROM %s WHERE (%s) = (%.*s)", trial->table->name, trial->table->key,
                             STR_ARGS(row->key)));
    }
    arena_close(mem);
}

static const struct row *find(const struct rows *rows, struct str key)
{
    for (size_t i = 0; i < rows->count; i++)
        if (str_eq(rows->at[i].key, key)) return &rows->at[i];
    return NULL;
}

static void put_back(struct trial *trial, const struct rows *now, const struct rows *then)
{
    struct arena *mem = arena_open((size_t)1 << 28);
    for (size_t i = 0; i < then->count; i++) {
        struct row *row = &then->at[i];
        const struct row *here = find(now, row->key);
        if (here != NULL && str_eq(here->rest, row->rest)) continue;
        attempt(trial, here == NULL ? "put back" : "put back over it", row->key,
                arena_printf(mem, "INSERT OR REPLACE INTO %s (%s,%s) VALUES (%.*s,%.*s)", trial->table->name,
                             trial->table->key, trial->table->rest, STR_ARGS(row->key), STR_ARGS(row->rest)));
    }
    arena_close(mem);
}

static void change_places(struct trial *trial, const struct rows *now)
{
    struct arena *mem = arena_open((size_t)1 << 28);
    for (size_t i = 0; i + 1 < now->count; i += step_of(now)) {
        struct row *a = &now->at[i], *b = &now->at[i + 1];
        if (str_eq(a->rest, b->rest)) continue;
        attempt(trial, "swapped", a->key,
                arena_printf(mem, "REPLACE INTO %s (%s,%s) VALUES (%.*s,%.*s),(%.*s,%.*s)", trial->table->name,
                             trial->table->key, trial->table->rest, STR_ARGS(a->key), STR_ARGS(b->rest),
                             STR_ARGS(b->key), STR_ARGS(a->rest)));
    }
    arena_close(mem);
}

static void every_row_that_is_taken_away_put_back_or_swapped_is_named(void **state)
{
    (void)state;
    struct history h = history_make();
    unsigned tried = 0, unnamed = 0;
    struct site_verify_ask ask = {.progress = NULL};
    struct site_verify_result result;
    t_must(site_verify_path(&h.t->options, &ask, &result, &err));
    for (size_t i = 0; i < TABLES; i++) {
        struct trial trial = {.h = &h, .table = &tables[i]};
        char path[1024];
        struct rows now = read_rows(h.t->mem, h.t->folder, &tables[i]);
        assert_true(now.count > 0);
        (void)snprintf(path, sizeof path, "%s/%s", h.t->folder, tables[i].file);
        t_must(file_read(path, (size_t)1 << 25, h.t->mem, &trial.pristine, &err));
        take_away(&trial, &now);
        change_places(&trial, &now);
        for (size_t b = 0; b < h.backup_count; b++) {
            struct rows then = read_rows(h.t->mem, h.backups[b].ptr, &tables[i]);
            put_back(&trial, &now, &then);
        }
        tried += trial.tried;
        unnamed += trial.unnamed;
    }
    t_must(site_verify_path(&h.t->options, &ask, &result, &err)); /* what was put right again is clean */
    assert_true(tried > (T_IS_SANITIZED ? 200 : 500));
    assert_int_equal(unnamed, 0);
    h.t->site = NULL;
    history_drop(&h);
}

/* --- more than one row ---------------------------------------------------------------------------------------------- */

static void run(const char *folder, const char *file, const char *sql)
{
    struct db *db = open_db(folder, file);
    t_must(db_exec(db, sql, &err));
    t_must(db_close(&db, &err));
}

static void become(struct arena *mem, const char *folder, const char *from, const struct table *table)
{
    struct rows then = read_rows(mem, from, table);
    struct db *db = open_db(folder, table->file);
    t_must(db_exec(db, arena_printf(mem, "DELETE FROM %s", table->name).ptr, &err));
    for (size_t i = 0; i < then.count; i++)
        t_must(db_exec(db,
                       arena_printf(mem, "INSERT INTO %s (%s,%s) VALUES (%.*s,%.*s)", table->name, table->key,
                                    table->rest, STR_ARGS(then.at[i].key), STR_ARGS(then.at[i].rest))
                           .ptr,
                       &err));
    t_must(db_close(&db, &err));
}

struct copy {
    struct t_site t; /* its folder is a copy */
    unsigned findings;
    char words[4000];
};

static void note(void *with, const struct site_finding *finding)
{
    struct copy *copy = with;
    size_t used = strlen(copy->words);
    copy->findings++;
    (void)snprintf(copy->words + used, sizeof copy->words - used, "%.*s %.*s %.*s; ", STR_ARGS(finding->compartment),
                   STR_ARGS(finding->element), STR_ARGS(finding->what));
}

static void copy_make(const struct history *h, struct copy *out)
{
    char folder[480];
    *out = (struct copy){.t = *h->t};
    (void)snprintf(folder, sizeof folder, "%.400s-copy", h->t->folder);
    t_remove(folder);
    t_copy(h->t->folder, folder);
    t_site_paths(&out->t, folder);
    out->t.options.path = out->t.folder;
    out->t.options.secret.key_file = h->t->key_file;
}

/* Which record is concerned is told to those who mend it. */
static enum salve_code log_in(void *with, struct site *site, struct actor *out, struct salve_err *err)
{
    (void)with;
    (void)site;
    (void)err;
    *out = T_TECHNICIAN;
    return SALVE_OK;
}

static bool verify_names(struct copy *copy)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.login = log_in, .finding = note, .with = copy};
    copy->words[0] = '\0';
    return site_verify_path(&copy->t.options, &ask, &result, NULL) != SALVE_OK && copy->findings > 0;
}

/* But for 'signed', as above. */
static bool are_same(struct arena *mem, const char *now_folder, const char *then_folder, const struct table *table)
{
    struct rows now = read_rows(mem, now_folder, table), then = read_rows(mem, then_folder, table);
    bool are = now.count == then.count;
    for (size_t i = 0; are && i < now.count; i++)
        are = str_eq(now.at[i].key, then.at[i].key) &&
              (str_eq(now.at[i].rest, then.at[i].rest) || str_is(now.at[i].key, "'signed'"));
    return are;
}

/* Whole tables as they once were, alone and all of a file together but the log, whose tree does not go back. */
static void tables_of_an_earlier_time_are_named(void **state)
{
    (void)state;
    struct history h = history_make();
    struct copy copy;
    for (size_t b = 0; b < h.backup_count; b++) {
        for (size_t i = 0; i < TABLES; i++) {
            struct arena *mem = arena_open((size_t)1 << 28);
            copy_make(&h, &copy);
            become(mem, copy.t.folder, h.backups[b].ptr, &tables[i]);
            if (!verify_names(&copy) && !are_same(mem, h.t->folder, h.backups[b].ptr, &tables[i]))
                fail_msg("%s as it was at time %zu", tables[i].name, b);
            arena_close(mem);
        }
        struct arena *mem = arena_open((size_t)1 << 28);
        copy_make(&h, &copy);
        for (size_t i = 0; i < TABLES; i++)
            if (strcmp(tables[i].file, "site.db") == 0 && strncmp(tables[i].name, "log", 3) != 0)
                become(mem, copy.t.folder, h.backups[b].ptr, &tables[i]);
        assert_true(verify_names(&copy));
        assert_int_not_equal(site_open(&copy.t.options, &copy.t.site, NULL), SALVE_OK);
        arena_close(mem);
    }
    t_remove(copy.t.folder);
    h.t->site = NULL;
    history_drop(&h);
}

/* A person who is taken out of both databases, as if they had never been: with and without the owners of their leaves. */
static void a_person_who_is_taken_out_is_named(void **state)
{
    (void)state;
    struct history h = history_make();
    struct copy copy;
    for (int with_owners = 0; with_owners < 2; with_owners++) {
        char id[2 * COMPARTMENT_BYTES + 1], text[COMPARTMENT_TEXT_BYTES + 1];
        static const char *const tables_of_file[][2] = {{"site.db", "record WHERE name"},
                                                        {"site.db", "head WHERE name"},
                                                        {"keys.db", "wrap WHERE compartment"},
                                                        {"keys.db", "token WHERE substr(compartment, 1, 16)"},
                                                        {"keys.db", "compartment WHERE compartment"}};
        copy_make(&h, &copy);
        str_hex(h.who[1].compartment.bytes, COMPARTMENT_BYTES, id);
        compartment_text(h.who[1].compartment, text);
        for (size_t i = 0; i < 5; i++)
            run(copy.t.folder, tables_of_file[i][0],
                arena_printf(h.t->mem, "DELETE FROM %s = x'%s'", tables_of_file[i][1], id).ptr);
        if (with_owners) run(copy.t.folder, "site.db", "DELETE FROM owner");
        assert_true(verify_names(&copy));
        assert_non_null(strstr(copy.words, "do not add up"));
        assert_non_null(
            strstr(copy.words, with_owners ? "whose it is was taken away" : "all records of a person were"));
        if (!with_owners) assert_non_null(strstr(copy.words, text));
    }
    t_remove(copy.t.folder);
    h.t->site = NULL;
    history_drop(&h);
}

/* Not only named: what is planted, or older than the log, is refused where it is used. */
static void planted_and_older_documents_open_nothing(void **state)
{
    (void)state;
    struct history h = history_make();
    struct copy copy;
    struct rec_view *view = NULL;
    struct str bytes;
    const struct actor eve = {.id = STR("eve"), .role = ROLE_CLINICIAN};
    static const char plant[] = "INSERT INTO commons SELECT CAST('doc/staff/eve/00000001' AS BLOB), 0, 0, bytes FROM "
                                "commons WHERE name = CAST('doc/staff/dr-amina/00000001' AS BLOB)";
    static const char *const cuts[] = {"DELETE FROM commons WHERE name = CAST('doc/staff/nurse-ben/00000002' AS BLOB)",
                                       "DELETE FROM commons WHERE name = CAST('doc/staff/dr-amina/00000001' AS BLOB)",
                                       "DELETE FROM commons WHERE name = CAST('doc/accepted/bp/00000002' AS BLOB)",
                                       plant};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        copy_make(&h, &copy);
        run(copy.t.folder, "site.db", cuts[i]);
        t_site_open(&copy.t);
        struct actor who = i == 0 ? T_ASSISTANT : i == 1 ? T_CLINICIAN : eve;
        enum salve_code code = i == 2 ? commons_get(copy.t.site, STR("accepted"), STR("bp"), h.t->mem, &bytes, NULL)
                                      : t_open_code(&copy.t, who, PURPOSE_CARE, h.who[0].card, &view);
        assert_code(code, SALVE_E_INTEGRITY);
        t_site_close(&copy.t);
    }
    for (size_t b = 0; b < h.backup_count; b++) { /* clock, quota and counts of another time */
        struct arena *mem = arena_open((size_t)1 << 28);
        copy_make(&h, &copy);
        become(mem, copy.t.folder, h.backups[b].ptr, &tables[7]);
        assert_code(site_open(&copy.t.options, &copy.t.site, NULL), SALVE_E_INTEGRITY);
        arena_close(mem);
    }
    t_remove(copy.t.folder);
    h.t->site = NULL;
    history_drop(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_that_is_taken_away_put_back_or_swapped_is_named),
        cmocka_unit_test(tables_of_an_earlier_time_are_named),
        cmocka_unit_test(a_person_who_is_taken_out_is_named),
        cmocka_unit_test(planted_and_older_documents_open_nothing),
    };
    return t_run(tests);
}
