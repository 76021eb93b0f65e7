/* SPDX-License-Identifier: Apache-2.0
 * SQLite's codes turned into ours. */
#include "db/db_int.h"

static enum salve_code code_of(int sqlite_code)
{
    if (sqlite_code == SQLITE_IOERR_DATA) return SALVE_E_INTEGRITY;
    if (sqlite_code == SQLITE_IOERR_NOMEM) return SALVE_E_MEMORY;
    switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return SALVE_E_BUSY;
    case SQLITE_NOMEM:
        return SALVE_E_MEMORY;
    case SQLITE_FULL:
        return SALVE_E_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return SALVE_E_INTEGRITY;
    case SQLITE_CONSTRAINT:
        return SALVE_E_CONFLICT;
    case SQLITE_TOOBIG:
        return SALVE_E_TOO_BIG;
    default:
        return SALVE_E_IO;
    }
}

enum salve_code db_fail(struct db *db, int sqlite_code, struct salve_err *err)
{
    enum salve_code code = code_of(sqlite_code);
    if (code == SALVE_E_IO && (sqlite_code & 0xff) == SQLITE_IOERR) db->is_broken = true;
    if (sqlite_code == SQLITE_IOERR_DATA)
        (void)salve_fail(err, code, "%s page %u", db->path, db_sum_bad_page(db->sums));
    else
        (void)salve_fail(err, code, "%s", db->path);
    return salve_why(err, code, "%s", sqlite3_errstr(sqlite_code));
}
