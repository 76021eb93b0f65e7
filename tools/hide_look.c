/* SPDX-License-Identifier: Apache-2.0
 *
 * hide_look SITE.DB BEFORE.DB - what somebody can do who can write the files of a site and has no secret: the records
 * that came since BEFORE are cut off, and the heads of then are put back. Page checksums, which have no key, are made
 * right by the way. For the demonstration (tools/demo): that this is found out. */
#include <stdio.h>
#include <string.h>

#include "db/db.h"

static enum salve_code cut(struct db *site, struct db *before, struct salve_err *err)
{
    struct db_stmt *heads = NULL, *records = NULL, *head = NULL;
    bool row = true;
    TRY(db_prepare(before, "SELECT name, bytes FROM head", &heads, err));
    TRY(db_prepare(site, "DELETE FROM record WHERE name = ?1 AND number > ?2", &records, err));
    TRY(db_prepare(site, "UPDATE head SET bytes = ?2 WHERE name = ?1", &head, err));
    for (;;) {
        TRY(db_step(heads, &row, err));
        if (!row) break;
        struct str name = db_column_blob(heads, 0), bytes = db_column_blob(heads, 1);
        int64_t seq = 0;
        for (size_t i = 0; i < 8 && i < bytes.len; i++) seq = seq << 8 | (uint8_t)bytes.ptr[i];
        db_bind_blob(records, 1, name);
        db_bind_i64(records, 2, seq);
        TRY(db_run(records, err));
        db_bind_blob(head, 1, name);
        db_bind_blob(head, 2, bytes);
        TRY(db_run(head, err));
    }
    db_reset(heads);
    return SALVE_OK;
}

int main(int argc, char **argv)
{
    struct salve_err err = {0};
    struct db *site = NULL, *before = NULL;
    const struct db_options options = {.schema_version = 0};
    if (argc != 3) return 2;
    enum salve_code code = db_open(argv[1], &options, &site, &err);
    if (code == SALVE_OK) code = db_open(argv[2], &options, &before, &err);
    if (code == SALVE_OK) code = cut(site, before, &err);
    db_abandon(&before);
    if (code == SALVE_OK) code = db_close(&site, &err);
    db_abandon(&site);
    if (code != SALVE_OK) (void)fprintf(stderr, "hide_look: %s\n", salve_code_what(code));
    return code != SALVE_OK;
}
