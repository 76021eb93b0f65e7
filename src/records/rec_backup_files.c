/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of a backup, and the file `backup` that names them: one line of canonical JSON, and one with the keyed hash
 * of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "json/json.h"
#include "records/backup_int.h"
#include "records/log_int.h"

enum { PIECE_BYTES = 1 << 18, NOTE_BYTES_MAX = 16384 };

const char *const rec_backup_files[REC_BACKUP_FILES] = {"site.db", "checkpoint", "signed-head", "revoked"};

struct digest {
    struct crypto_sha256 *hasher;
    uint64_t bytes;
};

static enum salve_code hash_piece(void *with, struct str piece, struct salve_err *err)
{
    struct digest *digest = with;
    digest->bytes += piece.len;
    return crypto_sha256_add(digest->hasher, piece, err);
}

static enum salve_code hash_file(const char *path, uint64_t *bytes, uint8_t sha256[CRYPTO_SHA256_BYTES],
                                 struct salve_err *err)
{
    struct digest digest = {.hasher = crypto_sha256_open()};
    enum salve_code code = crypto_sha256_begin(digest.hasher, err);
    if (code == SALVE_OK) code = db_file_pieces(path, hash_piece, &digest, err);
    if (code == SALVE_OK) code = crypto_sha256_end(digest.hasher, sha256, err);
    crypto_sha256_close(digest.hasher);
    *bytes = digest.bytes;
    return code;
}

/* --- the file `backup` -------------------------------------------------------------------------------------------- */

static enum salve_code token_of(struct site *site, struct str line, uint8_t token[KEYS_TOKEN_BYTES],
                                struct salve_err *err)
{
    uint8_t sha256[CRYPTO_SHA256_BYTES];
    char text[16 + 2 * CRYPTO_SHA256_BYTES], hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_sha256(line, sha256);
    str_hex(sha256, sizeof sha256, hex);
    int len = snprintf(text, sizeof text, "backup %s", hex);
    return keys_token(site->keys, KEYS_TOKEN_CARD, str_make(text, (size_t)len), token, err);
}

static enum salve_code write_line(const struct rec_backup *backup, struct arena *mem, struct str *out,
                                  struct salve_err *err)
{
    struct buf text;
    char hex[2 * CRYPTO_SHA256_BYTES + 1], when[CLOCK_TEXT_BYTES];
    buf_init(&text, mem, NOTE_BYTES_MAX);
    struct json_writer w = {.out = &text};
    json_open(&w, NULL, '{');
    json_put_text(&w, "at", clock_text(backup->at_unix_ms, when));
    json_open(&w, "files", '[');
    for (size_t i = 0; i < backup->file_count; i++) {
        str_hex(backup->files[i].sha256, CRYPTO_SHA256_BYTES, hex);
        json_open(&w, NULL, '{');
        json_put_i64(&w, "bytes", (int64_t)backup->files[i].bytes);
        json_put_text(&w, "name", backup->files[i].name);
        json_put_text(&w, "sha256", str_of(hex));
        json_close(&w);
    }
    json_close(&w);
    json_put_text(&w, "log", backup->log);
    json_put_i64(&w, "size", (int64_t)backup->log_size);
    json_put_i64(&w, "version", 1);
    json_close(&w);
    return buf_done(&text, out, err);
}

enum salve_code rec_backup_write(struct site *site, const char *folder, int64_t at_unix_ms, uint64_t log_size,
                                 struct arena *mem, struct rec_backup *out, struct salve_err *err)
{
    char path[DB_PATH_BYTES], hex[2 * KEYS_TOKEN_BYTES + 1];
    *out = (struct rec_backup){.at_unix_ms = at_unix_ms, .log = site->log->origin, .log_size = log_size};
    for (size_t i = 0; i < REC_BACKUP_FILES; i++) {
        struct rec_backup_file *file = &out->files[out->file_count];
        if (!db_file_is_there(folder, rec_backup_files[i])) continue;
        file->name = str_of(rec_backup_files[i]);
        TRY(db_path(folder, rec_backup_files[i], path, err));
        TRY(hash_file(path, &file->bytes, file->sha256, err));
        out->file_count++;
    }
    TRY(write_line(out, mem, &out->line, err));
    TRY(token_of(site, out->line, out->token, err));
    str_hex(out->token, KEYS_TOKEN_BYTES, hex);
    struct str text = arena_printf(mem, "%.*s\n%s\n", STR_ARGS(out->line), hex);
    if (text.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "backup");
    TRY(db_path(folder, "backup", path, err));
    return file_replace(path, text, 0600, err);
}

/* Only names of files that a backup has: nothing is read or written elsewhere because a file says so. */
static bool read_file(const struct json *item, struct rec_backup_file *out)
{
    int64_t bytes = 0;
    bool is_known = false;
    out->name = json_get_text(item, "name");
    for (size_t i = 0; i < REC_BACKUP_FILES; i++) is_known = is_known || str_is(out->name, rec_backup_files[i]);
    if (!is_known || !json_i64(json_get(item, "bytes"), &bytes) || bytes < 0) return false;
    out->bytes = (uint64_t)bytes;
    return str_hex_parse(json_get_text(item, "sha256"), out->sha256, CRYPTO_SHA256_BYTES);
}

static bool read_line(struct str line, struct arena *mem, struct rec_backup *out)
{
    const struct json *doc = NULL;
    int64_t version = 0, size = 0;
    bool is_good = json_read(line, NULL, mem, &doc, NULL) == SALVE_OK && json_i64(json_get(doc, "version"), &version) &&
                   version == 1 && json_i64(json_get(doc, "size"), &size) && size >= 0 &&
                   clock_parse(json_get_text(doc, "at"), &out->at_unix_ms);
    out->log_size = (uint64_t)size;
    out->log = json_get_text(doc, "log");
    for (const struct json *item = json_first(json_get(doc, "files")); is_good && item != NULL; item = item->next) {
        is_good = out->file_count < REC_BACKUP_FILES && read_file(item, &out->files[out->file_count]);
        out->file_count++;
    }
    return is_good && out->log.len > 0 && out->file_count > 0 && str_is(out->files[0].name, rec_backup_files[0]);
}

enum salve_code rec_backup_read(const char *folder, struct arena *mem, struct rec_backup *out, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    struct str text, rest;
    *out = (struct rec_backup){0};
    TRY(db_path(folder, "backup", path, err));
    TRY(file_read_plain(path, NOTE_BYTES_MAX, mem, &text, err));
    bool is_good = str_split(text, '\n', &out->line, &rest) && rest.len == 2 * KEYS_TOKEN_BYTES + 1 &&
                   rest.ptr[rest.len - 1] == '\n' &&
                   str_hex_parse(str_cut(rest, 0, rest.len - 1), out->token, KEYS_TOKEN_BYTES) &&
                   read_line(out->line, mem, out);
    return is_good ? SALVE_OK : salve_refuse(err, SALVE_E_INTEGRITY, "it is damaged: take another backup", "%s", path);
}

enum salve_code rec_backup_check(const char *folder, const struct rec_backup *backup, struct salve_err *err)
{
    char path[DB_PATH_BYTES], name[64];
    for (size_t i = 0; i < backup->file_count; i++) {
        const struct rec_backup_file *file = &backup->files[i];
        uint8_t sha256[CRYPTO_SHA256_BYTES];
        uint64_t bytes = 0;
        (void)snprintf(name, sizeof name, "%.*s", STR_ARGS(file->name));
        TRY(db_path(folder, name, path, err));
        enum salve_code code = hash_file(path, &bytes, sha256, err);
        if (code == SALVE_E_NOT_FOUND)
            return salve_refuse(err, SALVE_E_INTEGRITY, "it is missing from the backup: take another one", "%s", path);
        if (code != SALVE_OK) return code;
        if (bytes != file->bytes || memcmp(sha256, file->sha256, sizeof sha256) != 0)
            return salve_refuse(err, SALVE_E_INTEGRITY, "it is not what was backed up: take another backup", "%s",
                                path);
    }
    return SALVE_OK;
}

enum salve_code rec_backup_is_of(struct site *site, const char *folder, const struct rec_backup *backup,
                                 struct salve_err *err)
{
    uint8_t token[KEYS_TOKEN_BYTES];
    TRY(token_of(site, backup->line, token, err));
    if (crypto_equal(token, backup->token, sizeof token)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY, "it is not of the site that these keys are of, or somebody changed it",
                        "%s/backup", folder);
}
