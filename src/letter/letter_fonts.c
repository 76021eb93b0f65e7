/* SPDX-License-Identifier: Apache-2.0
 * Fonts before they are needed. Which file a character comes from depends on the character, its neighbours' script, the
 * language and the weight: so every character that the words of the share folder have is set once in each language, in
 * both weights, and thrown away. */
#include <dirent.h>
#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <fts.h>
#include <time.h>

#include "base/file.h"
#include "base/limits.h"
#include "letter/draw.h"
#include "letter/letter_int.h"

enum {
    WARM_BYTES = 128 << 20,
    CHARACTERS = 0x110000,
    CHARACTERS_A_ROW = 64,
    CHARACTERS_A_MARK = 16,
    THREADS_WAIT_MS = 2000
};

/* --- characters of the words -------------------------------------------------------------------------------------- */

struct characters {
    uint8_t *has; /* one a code point */
    struct arena *mem;
};

static unsigned decode(const char *at, size_t bytes)
{
    static const uint8_t first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    unsigned c = (uint8_t)at[0] & first[bytes];
    for (size_t i = 1; i < bytes; i++) c = c << 6 | ((uint8_t)at[i] & 0x3f);
    return c;
}

static void note(const struct characters *set, struct str text)
{
    for (size_t at = 0, bytes; at<text.len; at += bytes> 0 ? bytes : 1) {
        bytes = str_utf8_bytes(text.ptr + at, text.ptr + text.len);
        if (bytes > 0) set->has[decode(text.ptr + at, bytes)] = 1;
    }
}

/* frame.ar.json, letter.ar.json, words.ar.json, form.ar.json */
static bool is_of_words(struct str name)
{
    static const char *const heads[] = {"frame.", "letter.", "words.", "form."};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_starts(name, str_of(heads[i])) && str_ends(name, STR(".json"))) return true;
    return false;
}

static enum salve_code note_files(const struct characters *set, const char *share, struct salve_err *err)
{
    char *const roots[] = {(char *)share, NULL};
    enum salve_code code = SALVE_OK;
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
    if (walk == NULL) return file_fail(err, share);
    for (FTSENT *at; code == SALVE_OK && (at = fts_read(walk)) != NULL;) {
        struct str text = STR("");
        if (at->fts_info == FTS_D || at->fts_info == FTS_DP || !is_of_words(str_of(at->fts_name))) continue;
        code = file_read_plain(at->fts_path, SALVE_CONFIG_BYTES_MAX, set->mem, &text, err);
        note(set, text);
    }
    (void)fts_close(walk);
    return code;
}

static void put_character(struct buf *out, unsigned c)
{
    if (c < 0x80) {
        buf_add_char(out, (char)c);
    } else {
        int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        static const uint8_t first[] = {0, 0xc0, 0xe0, 0xf0};
        buf_add_char(out, (char)(first[more] | c >> 6 * more));
        while (more-- > 0) buf_add_char(out, (char)(0x80 | (c >> 6 * more & 0x3f)));
    }
}

/* --- setting them ------------------------------------------------------------------------------------------------- */

/* Marks of direction, which a letter puts between characters of any script: where their font lacks them, the width of
 * nothing is asked of one more font. */
#define MARKS "\u2066\u2069\u2068\u2069\u200e\u200f"

/* Rows of characters, both weights of each; control characters are no part of any text. */
static enum salve_code fill(const struct characters *set, struct letter_form *form, struct salve_err *err)
{
    unsigned c = 0x20;
    while (c < CHARACTERS && form->count + 2 <= LETTER_FORM_ROWS_MAX) {
        struct buf row;
        struct str words;
        buf_init(&row, set->mem, 1 << 10);
        for (int n = 0; c < CHARACTERS && n < CHARACTERS_A_ROW; c++)
            if (set->has[c]) {
                put_character(&row, c);
                if (n++ % CHARACTERS_A_MARK == 0) buf_add(&row, STR(MARKS));
            }
        TRY(buf_done(&row, &words, err));
        letter_form_add(form, (struct letter_form_row){.kind = LETTER_FORM_TEXT, .words = words});
        letter_form_add(form, (struct letter_form_row){.kind = LETTER_FORM_CHOICE, .words = words});
    }
    return SALVE_OK;
}

static enum salve_code warm_language(const struct characters *set, const char *share, struct str language,
                                     struct salve_err *err)
{
    struct letter_frame *frame = NULL;
    struct letter_form *form = NULL;
    struct buf out;
    TRY(letter_frame_load(share, language, set->mem, &frame, err));
    TRY(letter_form_open(frame, letter_frame_word(frame, "sheet.title"), set->mem, &form, err));
    TRY(fill(set, form, err));
    buf_init(&out, set->mem, WARM_BYTES / 4);
    return letter_form_pdf(form, &out, err);
}

static enum salve_code warm_languages(const struct characters *set, const char *share, struct salve_err *err)
{
    struct str *names;
    size_t count;
    struct str folder = arena_printf(set->mem, "%s/letters", share), head = STR("frame."), end = STR(".json");
    if (folder.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "fonts");
    TRY(file_list(folder.ptr, set->mem, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!str_starts(names[i], head) || !str_ends(names[i], end)) continue;
        struct str language = str_cut(names[i], head.len, names[i].len - head.len - end.len);
        TRY(warm_language(set, share, language, err));
    }
    return SALVE_OK;
}

/* --- the process -------------------------------------------------------------------------------------------------- */

static size_t thread_count(void)
{
    size_t count = 0;
    DIR *list = opendir("/proc/self/task");
    for (struct dirent *entry; list != NULL && (entry = readdir(list)) != NULL;) count += entry->d_name[0] != '.';
    if (list != NULL) (void)closedir(list);
    return count;
}

/* Pango lets threads of its own ask for fonts, and does not wait for their end. */
static enum salve_code wait_for_threads(size_t before, struct salve_err *err)
{
    static const struct timespec ms = {.tv_nsec = 1000000};
    for (int i = 0; i < THREADS_WAIT_MS; i++) {
        if (thread_count() <= before) return SALVE_OK;
        (void)nanosleep(&ms, NULL);
    }
    return salve_refuse(err, SALVE_E_IO, "a helper thread does not end", "fonts");
}

enum salve_code letter_fonts_warm(const char *share, struct salve_err *err)
{
    size_t threads = thread_count();
    struct arena *mem = arena_open(WARM_BYTES);
    struct characters set = {.has = mem == NULL ? NULL : arena_alloc(mem, CHARACTERS), .mem = mem};
    enum salve_code code = set.has == NULL ? salve_fail(err, SALVE_E_MEMORY, "fonts") : SALVE_OK;
    if (code == SALVE_OK) code = note_files(&set, share, err);
    if (code == SALVE_OK) code = warm_languages(&set, share, err);
    if (code == SALVE_OK && !FcConfigSetRescanInterval(NULL, 0)) code = salve_fail(err, SALVE_E_CONFIG, "fonts");
    if (code == SALVE_OK) code = wait_for_threads(threads, err);
    arena_close(mem);
    return code;
}

enum salve_code letter_fonts_folders(struct arena *mem, struct str **out, size_t *count, struct salve_err *err)
{
    enum { FOLDERS_MAX = 1000 };
    FcStrList *list = FcConfigGetFontDirs(NULL);
    if (list == NULL) return salve_fail(err, SALVE_E_CONFIG, "fonts");
    struct str *folders = arena_array(mem, struct str, FOLDERS_MAX);
    enum salve_code code = folders == NULL ? salve_fail(err, SALVE_E_MEMORY, "fonts") : SALVE_OK;
    *count = 0;
    for (const FcChar8 *one; code == SALVE_OK && *count < FOLDERS_MAX && (one = FcStrListNext(list)) != NULL;)
        code = arena_str(mem, str_of((const char *)one), &folders[(*count)++], err);
    FcStrListDone(list);
    *out = folders;
    return code;
}
