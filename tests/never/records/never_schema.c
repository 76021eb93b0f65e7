/* SPDX-License-Identifier: Apache-2.0
 *
 * N1: what a site can hold does not grow silently. The schemas of both databases, the closed lists (classes, purposes,
 * roles, events, record contents, leaf types) must equal the reviewed copy tests/never/schema.golden; a change
 * needs the number of its impact assessment in the commit that changes the copy. The admission list has its own
 * reviewed copy (tests/never/admit/allowlist.txt).
 * `never_schema print` prints what there is now. */
#include <sqlite3.h>

#include "records/gate_int.h"
#include "t_site.h"

#define REVIEWED "tests/never/schema.golden"

static void add_schema(const char *folder, const char *file, struct buf *out)
{
    char path[1024];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    (void)snprintf(path, sizeof path, "file:%s/%s?immutable=1", folder, file);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name", -1, &stmt, NULL) !=
            SQLITE_OK)
        buf_addf(out, "%s does not open: %s\n", file, sqlite3_errmsg(db));
    while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
        buf_addf(out, "%s %s %s ", file, sqlite3_column_text(stmt, 0), sqlite3_column_text(stmt, 1));
        const char *sql = (const char *)sqlite3_column_text(stmt, 2);
        bool space = false;
        for (; sql != NULL && *sql != '\0'; sql++) {
            bool is_space = *sql == ' ' || *sql == '\n';
            if (!is_space)
                buf_add_char(out, *sql);
            else if (!space)
                buf_add_char(out, ' ');
            space = is_space;
        }
        buf_add_char(out, '\n');
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void add_lists(struct buf *out)
{
    for (int c = 1; c <= CLASS_LAST; c++) buf_addf(out, "class %d %s\n", c, class_text((enum data_class)c));
    for (int p = 1; p <= PURPOSE_LAST; p++)
        buf_addf(out, "purpose %d %s %s classes %x days %d\n", p, purpose_text((enum purpose)p),
                 purpose_reason((enum purpose)p), (unsigned)purpose_classes((enum purpose)p),
                 consent_days_max((enum purpose)p));
    for (int r = 0; r < ROLE_COUNT; r++) buf_addf(out, "role %s\n", role_text((enum role)r));
    for (int e = 0; e < REC_EVENT_COUNT; e++) buf_addf(out, "event %s\n", rec_event_text((enum rec_event_kind)e));
    buf_addf(out, "record contents resources %d opening %d grant %d enrolment %d\n", PAYLOAD_RESOURCES, PAYLOAD_OPENING,
             PAYLOAD_GRANT, PAYLOAD_ENROLMENT);
#define X(name, type, what) buf_addf(out, "leaf %d %s\n", type, what);
    TLOG_ENTRIES(X)
#undef X
    buf_addf(out, "quota %d compartments an hour\n", REC_QUOTA_COMPARTMENTS);
}

static struct str now(struct arena *mem)
{
    struct buf out;
    struct t_site *t = t_site_make("never-schema", false);
    t_site_close(t);
    buf_init(&out, mem, 1 << 20);
    add_schema(t->folder, "site.db", &out);
    add_schema(t->folder, "keys.db", &out);
    add_lists(&out);
    t_site_drop(t);
    return buf_str(&out);
}

static void what_a_site_can_hold_equals_the_reviewed_copy(void **state)
{
    (void)state;
    struct arena *mem = arena_open(16 << 20);
    struct str reviewed, want, got, got_line;
    t_must(file_read(REVIEWED, 1 << 20, mem, &reviewed, &err));
    got = now(mem);
    while (str_next_line(&reviewed, &want)) {
        if (str_starts(want, STR("#"))) continue;
        if (!str_next_line(&got, &got_line)) got_line = STR("(end)");
        if (!str_eq(want, got_line)) fail_msg("reviewed: %.*s; now: %.*s", STR_ARGS(want), STR_ARGS(got_line));
    }
    assert_false(str_next_line(&got, &got_line));
    arena_close(mem);
}

static void no_column_or_table_is_about_who_stayed_away(void **state)
{
    (void)state;
    struct arena *mem = arena_open(16 << 20);
    struct str got = now(mem);
    static const char *const never[] = {"refus", "absent", "invit",  "attend", "declin",  "name",
                                        "birth", "photo",  "finger", "ethnic", "religio", "national"};
    struct str line;
    while (str_next_line(&got, &line)) {
        if (!str_starts(line, STR("site.db")) && !str_starts(line, STR("keys.db"))) continue;
        ptrdiff_t paren = str_find(line, STR("("));
        struct str columns = paren < 0 ? line : str_cut(line, (size_t)paren, line.len);
        for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
            if (strcmp(never[i], "name") == 0) continue; /* names of marks and documents */
            assert_true(str_find(columns, str_of(never[i])) < 0);
        }
    }
    arena_close(mem);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "print") == 0) {
        struct arena *mem = arena_open(16 << 20);
        struct str text = now(mem);
        printf("%.*s", STR_ARGS(text));
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_site_can_hold_equals_the_reviewed_copy),
        cmocka_unit_test(no_column_or_table_is_about_who_stayed_away),
    };
    return t_run(tests);
}
