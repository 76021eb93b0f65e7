/* SPDX-License-Identifier: Apache-2.0
 *
 * The file `revoked`: one line for each withdrawal, erasure, and end of an app or a health link, written before
 * anything else of it, so that neither a crash nor a restored backup can bring back what a person took away. A line is
 * a keyed hash: without the opened key store it says nothing about anybody.
 *     <32 hex characters of the token> <8 hex characters of BLAKE2b over line number and token>
 * The mark "revoked" in site.db says how many lines both databases have carried out. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "records/revoked_int.h"

enum { SUM_BYTES = 4, LINE_BYTES = 2 * KEYS_TOKEN_BYTES + 1 + 2 * SUM_BYTES + 1, FILE_BYTES_MAX = 64 << 20 };

static void line_sum(uint64_t number, const uint8_t token[KEYS_TOKEN_BYTES], char hex[2 * SUM_BYTES + 1])
{
    uint8_t bytes[8 + KEYS_TOKEN_BYTES], sum[16];
    crypto_put_u64(bytes, number);
    memcpy(bytes + 8, token, KEYS_TOKEN_BYTES);
    crypto_blake2b(str_bytes(bytes, sizeof bytes), sum, sizeof sum);
    str_hex(sum, SUM_BYTES, hex);
}

static bool line_read(struct str line, uint64_t number, uint8_t token[KEYS_TOKEN_BYTES])
{
    char sum[2 * SUM_BYTES + 1];
    if (line.len != LINE_BYTES || line.ptr[2 * KEYS_TOKEN_BYTES] != ' ' || line.ptr[LINE_BYTES - 1] != '\n')
        return false;
    if (!str_hex_parse(str_cut(line, 0, 2 * KEYS_TOKEN_BYTES), token, KEYS_TOKEN_BYTES)) return false;
    line_sum(number, token, sum);
    return memcmp(line.ptr + 2 * KEYS_TOKEN_BYTES + 1, sum, 2 * SUM_BYTES) == 0;
}

static void put_line(uint64_t number, const uint8_t token[KEYS_TOKEN_BYTES], char line[LINE_BYTES + 1])
{
    char hex[2 * KEYS_TOKEN_BYTES + 1], sum[2 * SUM_BYTES + 1];
    str_hex(token, KEYS_TOKEN_BYTES, hex);
    line_sum(number, token, sum);
    snprintf(line, LINE_BYTES + 1, "%s %s\n", hex, sum);
}

/* All of it synced, or nothing of it there. */
static enum salve_code write_lines(int fd, const char *path, uint64_t at_bytes, struct str lines, struct salve_err *err)
{
    ssize_t wrote = write(fd, lines.ptr, lines.len);
    if (wrote >= 0 && (size_t)wrote != lines.len) errno = ENOSPC;
    if (wrote == (ssize_t)lines.len && fdatasync(fd) == 0) return SALVE_OK;
    int reason = errno;
    if (ftruncate(fd, (off_t)at_bytes) != 0) errno = reason;
    errno = reason;
    return file_fail(err, path);
}

static enum salve_code append(const struct site *site, const uint8_t (*tokens)[KEYS_TOKEN_BYTES], size_t count,
                              struct salve_err *err)
{
    char path[DB_PATH_BYTES], lines[REC_REVOKE_MAX * LINE_BYTES + 1];
    int fd = -1;
    TRY(db_path(site->path, "revoked", path, err));
    for (size_t i = 0; i < count; i++) put_line(site->revoked_count + i, tokens[i], lines + i * LINE_BYTES);
    TRY(file_open_plain(path, O_WRONLY | O_APPEND | O_CREAT, 0600, &fd, err));
    enum salve_code code =
        write_lines(fd, path, site->revoked_count * LINE_BYTES, str_make(lines, count * LINE_BYTES), err);
    (void)close(fd);
    if (code == SALVE_OK && site->revoked_count == 0) code = file_sync_folder(site->path, err); /* it is new */
    return code;
}

static enum salve_code token_of(struct site *site, struct compartment id, enum purpose purpose, uint64_t seq,
                                uint8_t token[KEYS_TOKEN_BYTES], struct salve_err *err)
{
    char text[96], id_text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(id, id_text);
    int len = purpose == 0
                  ? snprintf(text, sizeof text, "erased %s", id_text)
                  : snprintf(text, sizeof text, "withdrawn %s %d %llu", id_text, (int)purpose, (unsigned long long)seq);
    return keys_token(site->keys, KEYS_TOKEN_CARD, str_make(text, (size_t)len), token, err);
}

static int by_token(const void *a, const void *b) { return memcmp(a, b, KEYS_TOKEN_BYTES); }

static enum salve_code make_room(struct site *site, size_t count, struct salve_err *err)
{
    struct rec_revoked *set = site->revoked;
    if (set->count + count <= set->room) return SALVE_OK;
    size_t room = 2 * (set->count + count);
    void *grown = arena_grow(site->revoked_mem, set->tokens, set->count * KEYS_TOKEN_BYTES, room * KEYS_TOKEN_BYTES);
    if (grown == NULL) return salve_fail(err, SALVE_E_MEMORY, "revoked");
    set->tokens = grown;
    set->room = room;
    return SALVE_OK;
}

static void remember(struct rec_revoked *set, const uint8_t token[KEYS_TOKEN_BYTES])
{
    size_t from = 0, to = set->count;
    salve_assert(set->count < set->room);
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (by_token(set->tokens[middle], token) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    memmove(set->tokens + from + 1, set->tokens + from, (set->count - from) * KEYS_TOKEN_BYTES);
    memcpy(set->tokens[from], token, KEYS_TOKEN_BYTES);
    set->count++;
}

static enum salve_code add_lines(struct site *site, const uint8_t (*tokens)[KEYS_TOKEN_BYTES], size_t count,
                                 struct salve_err *err)
{
    salve_assert(site->revoked != NULL && count > 0 && count <= REC_REVOKE_MAX);
    enum salve_code code = make_room(site, count, err);
    if (code == SALVE_OK) code = append(site, tokens, count, err);
    if (code != SALVE_OK) return code;
    for (size_t i = 0; i < count; i++) remember(site->revoked, tokens[i]);
    site->revoked_count += count;
    return SALVE_OK;
}

enum salve_code rec_revoke_erasure(struct site *site, struct compartment id, struct salve_err *err)
{
    uint8_t token[1][KEYS_TOKEN_BYTES];
    enum salve_code code = token_of(site, id, 0, 0, token[0], err);
    return code == SALVE_OK ? add_lines(site, (const uint8_t(*)[KEYS_TOKEN_BYTES])token, 1, err) : code;
}

enum salve_code rec_revoke_purpose(struct site *site, struct compartment id, enum purpose purpose,
                                   const uint64_t *consent_seqs, size_t count, struct salve_err *err)
{
    uint8_t tokens[REC_REVOKE_MAX][KEYS_TOKEN_BYTES];
    enum salve_code code = SALVE_OK;
    salve_assert(count <= REC_REVOKE_MAX);
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        code = token_of(site, id, purpose, consent_seqs[i], tokens[i], err);
    return code == SALVE_OK ? add_lines(site, (const uint8_t(*)[KEYS_TOKEN_BYTES])tokens, count, err) : code;
}

static enum salve_code token_of_text(struct site *site, struct str text, uint8_t token[KEYS_TOKEN_BYTES],
                                     struct salve_err *err)
{
    return keys_token(site->keys, KEYS_TOKEN_CARD, text, token, err);
}

enum salve_code rec_revoke_text(struct site *site, struct str text, struct salve_err *err)
{
    uint8_t token[1][KEYS_TOKEN_BYTES];
    TRY(token_of_text(site, text, token[0], err));
    return add_lines(site, (const uint8_t(*)[KEYS_TOKEN_BYTES])token, 1, err);
}

void rec_revoke_text_done(struct site *site)
{
    if (site->revoked_done + 1 == site->revoked_count) site->revoked_done = site->revoked_count;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static enum salve_code read_file(struct site *site, struct arena *mem, struct str *bytes, struct salve_err *err)
{
    struct salve_err why = {0};
    enum salve_code code = rec_file_text(site, "revoked", FILE_BYTES_MAX, mem, bytes, &why);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND && err != NULL) *err = why;
    if (code != SALVE_E_NOT_FOUND) return code;
    *bytes = STR("");
    return SALVE_OK;
}

/* Cuts off what a crash left of a line: it was never acknowledged. */
static enum salve_code cut_tail(struct site *site, size_t keep, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    int fd = -1;
    TRY(db_path(site->path, "revoked", path, err));
    TRY(file_open_plain(path, O_WRONLY, 0, &fd, err));
    enum salve_code code = ftruncate(fd, (off_t)keep) == 0 ? SALVE_OK : file_fail(err, path);
    (void)close(fd);
    return code;
}

static enum salve_code check_lines(struct site *site, struct str bytes, struct salve_err *err)
{
    uint8_t token[KEYS_TOKEN_BYTES];
    size_t count = bytes.len / LINE_BYTES;
    for (size_t i = 0; i < count; i++)
        if (!line_read(str_cut(bytes, i * LINE_BYTES, LINE_BYTES), i, token))
            return salve_refuse(
                err, SALVE_E_INTEGRITY,
                "the line does not match its checksum: 'salve revoked' with a copy of the file mends it",
                "revoked: line %zu", i + 1);
    if (count < site->revoked_done && !site->is_lenient)
        return salve_refuse(err, SALVE_E_INTEGRITY,
                            "lines are missing: bring the newest copy of the file back, or go on with 'salve revoked'",
                            "revoked: %zu lines", count);
    site->revoked_count = count;
    return bytes.len % LINE_BYTES == 0 ? SALVE_OK : cut_tail(site, count * LINE_BYTES, err);
}

/* The lines of `bytes` from number `from` on. */
static enum salve_code gather(struct str bytes, uint64_t from, struct arena *mem, struct rec_revoked *out,
                              struct salve_err *err)
{
    size_t lines = bytes.len / LINE_BYTES;
    *out = (struct rec_revoked){
        .from = from, .room = lines + 1, .tokens = arena_alloc(mem, (lines + 1) * KEYS_TOKEN_BYTES)};
    if (out->tokens == NULL) return salve_fail(err, SALVE_E_MEMORY, "revoked");
    for (size_t i = (size_t)from; i < lines; i++)
        line_read(str_cut(bytes, i * LINE_BYTES, LINE_BYTES), i, out->tokens[out->count++]);
    qsort(out->tokens, out->count, KEYS_TOKEN_BYTES, by_token);
    return SALVE_OK;
}

enum salve_code rec_revoked_load(struct site *site, struct salve_err *err)
{
    struct str bytes;
    struct arena *mem = arena_open_private(FILE_BYTES_MAX + (1 << 20));
    if (site->revoked_mem == NULL) site->revoked_mem = arena_open_private(FILE_BYTES_MAX);
    struct rec_revoked *set = site->revoked_mem == NULL ? NULL : arena_new(site->revoked_mem, struct rec_revoked);
    enum salve_code code = mem == NULL || set == NULL ? salve_fail(err, SALVE_E_MEMORY, "revoked") : SALVE_OK;
    if (code == SALVE_OK) code = read_file(site, mem, &bytes, err);
    if (code == SALVE_OK) code = check_lines(site, bytes, err);
    if (code == SALVE_OK) code = gather(bytes, 0, site->revoked_mem, set, err);
    if (code == SALVE_OK) site->revoked = set;
    arena_close(mem);
    return code;
}

enum salve_code rec_revoked_read(struct site *site, uint64_t from, struct arena *mem, struct rec_revoked *out,
                                 struct salve_err *err)
{
    struct str bytes;
    enum salve_code code = read_file(site, mem, &bytes, err);
    if (code == SALVE_OK) code = check_lines(site, bytes, err);
    return code == SALVE_OK ? gather(bytes, from, mem, out, err) : code;
}

/* --- several copies made one -------------------------------------------------------------------------------------- */

struct merged {
    uint8_t token[KEYS_TOKEN_BYTES];
    size_t place;
};

static int by_token_and_place(const void *a, const void *b)
{
    const struct merged *x = a, *y = b;
    int order = memcmp(x->token, y->token, KEYS_TOKEN_BYTES);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *a, const void *b)
{
    const struct merged *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* The good lines of one copy, behind those that are there. A copy that is not there has none. */
static enum salve_code add_copy(const char *path, struct arena *mem, struct merged **list, size_t *count,
                                struct salve_err *err)
{
    struct str bytes;
    enum salve_code code = file_read_plain(path, FILE_BYTES_MAX, mem, &bytes, err);
    if (code != SALVE_OK) return code;
    size_t lines = bytes.len / LINE_BYTES;
    *list = arena_grow(mem, *list, *count * sizeof **list, (*count + lines + 1) * sizeof **list);
    if (*list == NULL) return salve_fail(err, SALVE_E_MEMORY, "revoked");
    for (size_t i = 0; i < lines; i++) {
        struct merged *next = &(*list)[*count];
        if (!line_read(str_cut(bytes, i * LINE_BYTES, LINE_BYTES), i, next->token)) continue;
        next->place = *count;
        ++*count;
    }
    return SALVE_OK;
}

static size_t each_once(struct merged *list, size_t count)
{
    size_t n = 0;
    if (count == 0) return 0;
    qsort(list, count, sizeof *list, by_token_and_place);
    for (size_t i = 0; i < count; i++)
        if (n == 0 || memcmp(list[n - 1].token, list[i].token, KEYS_TOKEN_BYTES) != 0) list[n++] = list[i];
    qsort(list, n, sizeof *list, by_place);
    return n;
}

static enum salve_code merge(const char *const *paths, size_t path_count, const char *to, struct arena *mem,
                             uint64_t *lines, struct salve_err *err)
{
    struct merged *list = NULL;
    size_t count = 0;
    for (size_t i = 0; i < path_count; i++) TRY(add_copy(paths[i], mem, &list, &count, err));
    count = each_once(list, count);
    char *text = arena_alloc_raw(mem, count * LINE_BYTES + 1, 1);
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "revoked");
    for (size_t i = 0; i < count; i++) put_line(i, list[i].token, text + i * LINE_BYTES);
    *lines = count;
    return file_replace(to, str_make(text, count * LINE_BYTES), 0600, err);
}

enum salve_code rec_revoked_merge(const char *const *paths, size_t path_count, const char *to, uint64_t *lines,
                                  struct salve_err *err)
{
    struct arena *mem = arena_open_private((size_t)8 * FILE_BYTES_MAX);
    enum salve_code code =
        mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "revoked") : merge(paths, path_count, to, mem, lines, err);
    arena_close(mem);
    return code;
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static bool has_token(const struct rec_revoked *revoked, const uint8_t token[KEYS_TOKEN_BYTES])
{
    return bsearch(token, revoked->tokens, revoked->count, KEYS_TOKEN_BYTES, by_token) != NULL;
}

static enum salve_code has(struct site *site, const struct rec_revoked *revoked, struct compartment id,
                           enum purpose purpose, uint64_t seq, bool *out, struct salve_err *err)
{
    uint8_t token[KEYS_TOKEN_BYTES];
    *out = false;
    if (revoked->count == 0) return SALVE_OK;
    enum salve_code code = token_of(site, id, purpose, seq, token, err);
    if (code == SALVE_OK) *out = has_token(revoked, token);
    return code;
}

enum salve_code rec_revoked_has_text(struct site *site, struct str text, bool *out, struct salve_err *err)
{
    uint8_t token[KEYS_TOKEN_BYTES];
    *out = false;
    if (site->revoked->count == 0) return SALVE_OK;
    enum salve_code code = token_of_text(site, text, token, err);
    if (code == SALVE_OK) *out = has_token(site->revoked, token);
    return code;
}

enum salve_code rec_revoked_has_erasure(struct site *site, const struct rec_revoked *revoked, struct compartment id,
                                        bool *out, struct salve_err *err)
{
    return has(site, revoked, id, 0, 0, out, err);
}

enum salve_code rec_revoked_has_purpose(struct site *site, const struct rec_revoked *revoked, struct compartment id,
                                        enum purpose purpose, uint64_t consent_seq, bool *out, struct salve_err *err)
{
    return has(site, revoked, id, purpose, consent_seq, out, err);
}
