/* SPDX-License-Identifier: Apache-2.0
 * What every disk in memory answers alike (db_int.h): files are found by the last part of their path, nobody else has
 * them, and nothing waits. */
#include <stdio.h>
#include <string.h>

#include "db/db_int.h"

const char *db_memory_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* --- a file ------------------------------------------------------------------------------------------------------- */

int db_memory_close(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

int db_memory_lock(sqlite3_file *f, int level)
{
    (void)f, (void)level;
    return SQLITE_OK;
}

int db_memory_reserved(sqlite3_file *f, int *out)
{
    (void)f;
    *out = 0;
    return SQLITE_OK;
}

int db_memory_control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

int db_memory_traits(sqlite3_file *f)
{
    (void)f;
    return 0;
}

/* --- the disk ----------------------------------------------------------------------------------------------------- */

int db_memory_full(sqlite3_vfs *vfs, const char *name, int len, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)len, "/%s", db_memory_name(name)) < len ? SQLITE_OK : SQLITE_CANTOPEN;
}

int db_memory_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}
