/* SPDX-License-Identifier: Apache-2.0
 * The log as the static files of C2SP tlog-tiles, so that any verifier of that family can check it. The checkpoint is
 * written last: a folder that has one has all that it needs. */
#include "tlog/tlog_int.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"

struct export
{
    struct tlog *log;
    struct arena *mem;
    const char *folder;
    uint64_t size;
    uint64_t files;
};

/* Makes every folder above the file at `path`. */
static enum salve_code make_folders(char *path, struct salve_err *err)
{
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        bool is_made = mkdir(path, 0755) == 0 || errno == EEXIST;
        enum salve_code code = is_made ? SALVE_OK : file_fail(err, path);
        *at = '/';
        if (code != SALVE_OK) return code;
    }
    return SALVE_OK;
}

/* *path also becomes a C string in mem that may be changed for a moment. */
static enum salve_code path_of(struct export *export, struct str name, char **path, struct salve_err *err)
{
    size_t len = strlen(export->folder);
    char *text = arena_alloc_raw(export->mem, len + name.len + 2, 1);
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "path");
    memcpy(text, export->folder, len);
    text[len] = '/';
    memcpy(text + len + 1, name.ptr, name.len);
    text[len + 1 + name.len] = '\0';
    *path = text;
    return SALVE_OK;
}

static bool is_there(const char *path, off_t bytes)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == bytes;
}

static enum salve_code put(struct export *export, struct str name, struct str bytes, bool may_be_there,
                           struct salve_err *err)
{
    char *path = NULL;
    enum salve_code code = path_of(export, name, &path, err);
    if (code != SALVE_OK || (may_be_there && is_there(path, (off_t)bytes.len))) return code;
    code = make_folders(path, err);
    if (code == SALVE_OK) code = file_write(path, bytes, 0644, err);
    if (code == SALVE_OK) export->files++;
    return code;
}

static enum salve_code put_tile(struct export *export, int32_t level, uint64_t number, struct salve_err *err)
{
    struct arena_mark mark = arena_mark(export->mem);
    struct str name = STR_NONE, bytes = STR_NONE;
    uint32_t width = tlog_tile_width(level < 0 ? 0 : (uint32_t)level, number, export->size);
    enum salve_code code = tlog_tile_path(level, number, width, export->mem, &name, err);
    if (code == SALVE_OK) code = tlog_tile(export->log, level, number, export->size, export->mem, &bytes, err);
    if (code == SALVE_OK) code = put(export, name, bytes, width == TLOG_TILE_WIDTH, err);
    arena_rewind(export->mem, mark);
    return code;
}

enum salve_code tlog_export(struct tlog *log, struct str note, const char *path, uint64_t *files, struct salve_err *err)
{
    struct tlog_checkpoint head;
    struct tlog_hash root;
    enum salve_code code = tlog_checkpoint_parse(note, &head, err);
    if (code == SALVE_OK && head.size > log->tree.size) code = salve_fail(err, SALVE_E_RANGE, "log size");
    if (code == SALVE_OK) code = tlog_root_at(log, head.size, &root, err);
    if (code != SALVE_OK) return code;
    if (!tlog_hash_eq(&root, &head.root)) return salve_fail(err, SALVE_E_INTEGRITY, "checkpoint of the export");
    struct export export = {.log = log, .mem = log->mem, .folder = path, .size = head.size};
    for (int32_t level = -1; level < TLOG_LEVELS && code == SALVE_OK; level++) {
        uint64_t hashes = head.size >> (level < 0 ? 0 : level * TLOG_TILE_HEIGHT);
        uint64_t tiles = hashes / TLOG_TILE_WIDTH + (hashes % TLOG_TILE_WIDTH != 0);
        for (uint64_t i = 0; i < tiles && code == SALVE_OK; i++) code = put_tile(&export, level, i, err);
    }
    if (code == SALVE_OK) code = put(&export, STR("checkpoint"), note, false, err);
    if (code == SALVE_OK && files != NULL) *files = export.files;
    return code;
}
