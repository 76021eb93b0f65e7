/* SPDX-License-Identifier: Apache-2.0
 * CSV files of any length: their letters a piece at a time, and the window that rows are read from. */
#include <string.h>

#include "admit/admit_csv_int.h"
#include "base/assert.h"
#include "base/limits.h"

enum {
    AHEAD_BYTES = 2 * SALVE_CSV_LINE_BYTES_MAX + 16, /* no reading of one record looks further */
    WINDOW_BYTES = 4 * SALVE_CSV_LINE_BYTES_MAX,     /* that, empty lines before it, and a piece worth reading */
    ROOM_BYTES_MIN = 64
};

/* --- letters ------------------------------------------------------------------------------------------------------ */

static enum salve_code read_bytes(struct csv_letters *letters, char *into, size_t room, size_t *got,
                                  struct salve_err *err)
{
    TRY(letters->source.read(letters->source.with, into, room, got, err));
    letters->bytes += *got;
    return letters->bytes <= SALVE_CSV_FILE_BYTES_MAX ? SALVE_OK : salve_fail(err, SALVE_E_TOO_BIG, "file");
}

/* Read to the end of the room, so that they grow into letters in front of them and never over one that waits. */
static enum salve_code read_windows(struct csv_letters *letters, char *into, size_t room, size_t *got,
                                    struct salve_err *err)
{
    size_t want = room / 3, count = 0;
    const char *from = into + room - want;
    TRY(read_bytes(letters, into + room - want, want, &count, err));
    *got = 0;
    for (size_t i = 0; i < count; i++) {
        size_t len = csv_windows_letter((unsigned char)from[i], into + *got);
        if (len == 0) return salve_refuse(err, SALVE_E_INVALID, CSV_NOT_WINDOWS, "text");
        *got += len;
    }
    return SALVE_OK;
}

/* Bytes at the end that begin a letter and do not end it. */
static size_t cut_letter(struct str text)
{
    for (size_t back = 1; back <= 3 && back <= text.len; back++) {
        unsigned char c = (unsigned char)text.ptr[text.len - back];
        if ((c & 0xC0) == 0x80) continue;
        size_t letter = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        return letter > back ? back : 0;
    }
    return 0;
}

static enum salve_code read_utf8(struct csv_letters *letters, char *into, size_t room, size_t *got,
                                 struct salve_err *err)
{
    size_t len = letters->cut_len, came = 0;
    memcpy(into, letters->cut, len);
    do {
        TRY(read_bytes(letters, into + len, room - len, &came, err));
        len += came;
        letters->cut_len = came == 0 ? 0 : cut_letter(str_make(into, len));
    } while (came > 0 && letters->cut_len == len);
    *got = len - letters->cut_len;
    memcpy(letters->cut, into + *got, letters->cut_len);
    return str_is_utf8(str_make(into, *got)) ? SALVE_OK : salve_refuse(err, SALVE_E_INVALID, CSV_NOT_UTF8, "text");
}

enum salve_code csv_letters_read(struct csv_letters *letters, char *into, size_t room, size_t *got,
                                 struct salve_err *err)
{
    salve_assert(room >= ROOM_BYTES_MIN);
    return (letters->is_windows ? read_windows : read_utf8)(letters, into, room, got, err);
}

static enum salve_code read_text(void *with, char *into, size_t room, size_t *got, struct salve_err *err)
{
    struct str *rest = with;
    (void)err;
    *got = rest->len < room ? rest->len : room;
    if (*got > 0) memcpy(into, rest->ptr, *got);
    *rest = str_cut(*rest, *got, rest->len);
    return SALVE_OK;
}

struct csv_source csv_source_text(struct str *rest) { return (struct csv_source){read_text, rest}; }

enum salve_code csv_file_check(const struct csv_map *map, const struct csv_source *file, struct arena *mem,
                               uint64_t *lines, struct salve_err *err)
{
    struct csv_letters letters = {.source = *file, .is_windows = map->dialect.is_windows};
    char *piece = arena_alloc_raw(mem, WINDOW_BYTES, 1);
    bool has_text = false;
    size_t got = 1;
    *lines = 0;
    if (piece == NULL) return salve_fail(err, SALVE_E_MEMORY, "csv");
    while (got > 0) {
        TRY(csv_letters_read(&letters, piece, WINDOW_BYTES, &got, err));
        for (size_t i = 0; i < got; i++) {
            bool is_end = piece[i] == '\n';
            *lines += is_end && has_text;
            has_text = !is_end && (has_text || piece[i] != '\r');
        }
    }
    *lines += has_text;
    return SALVE_OK;
}

/* --- the window --------------------------------------------------------------------------------------------------- */

enum salve_code csv_window_open(const struct csv_map *map, const struct csv_source *file, struct arena *mem,
                                struct csv_window **out, struct str *rest, struct salve_err *err)
{
    struct csv_window *window = arena_new(mem, struct csv_window);
    if (window != NULL) window->bytes = arena_alloc_raw(mem, WINDOW_BYTES, 1);
    if (window == NULL || window->bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "csv");
    window->letters = (struct csv_letters){.source = *file, .is_windows = map->dialect.is_windows};
    *out = window;
    *rest = str_make(window->bytes, 0);
    return csv_window_fill(window, window->bytes, rest, err);
}

enum salve_code csv_window_fill(struct csv_window *window, const char *from, struct str *rest, struct salve_err *err)
{
    if (window->is_ended || rest->len >= AHEAD_BYTES) return SALVE_OK;
    size_t before = (size_t)(rest->ptr - from), len = before + rest->len, got = 0;
    salve_assert(len + ROOM_BYTES_MIN <= WINDOW_BYTES);
    memmove(window->bytes, from, len);
    while (!window->is_ended && WINDOW_BYTES - len >= ROOM_BYTES_MIN) {
        TRY(csv_letters_read(&window->letters, window->bytes + len, WINDOW_BYTES - len, &got, err));
        window->is_ended = got == 0;
        len += got;
    }
    *rest = str_make(window->bytes + before, len - before);
    return SALVE_OK;
}
