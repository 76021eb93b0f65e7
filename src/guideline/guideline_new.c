/* SPDX-License-Identifier: Apache-2.0
 * A folder for a new guideline from the template of the share folder, guidelines/lib/template. Its
 * files are copied; @ID@, @LIBRARY@, @DATE@ and @REVIEW@ in them are replaced. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "guideline/guideline.h"

enum { ID_CHARS_MAX = 40, TEMPLATE_BYTES_MAX = 1 << 20 };

struct word { /* of the template, and what stands there in the new folder */
    struct str mark, text;
};
struct words {
    struct word word[4];
    char library[ID_CHARS_MAX + 1], date[16], review[16];
};

static enum salve_code check_id(const char *id, struct salve_err *err)
{
    size_t len = strlen(id);
    bool is_good = len > 0 && len <= ID_CHARS_MAX && id[0] >= 'a' && id[0] <= 'z' && strcmp(id, "lib") != 0;
    for (size_t i = 0; i < len; i++)
        is_good = is_good && ((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9') ||
                              (id[i] == '-' && i + 1 < len && id[i + 1] != '-'));
    if (is_good) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE,
                        "an id is up to 40 small letters, digits and single hyphens, as in heart-rate", "ID");
}

/* heart-rate becomes HeartRate. */
static void library_name(const char *id, char *out)
{
    bool is_first = true;
    for (; *id != '\0'; id++) {
        if (*id != '-') *out++ = (char)(is_first && *id >= 'a' && *id <= 'z' ? *id - 'a' + 'A' : *id);
        is_first = *id == '-';
    }
    *out = '\0';
}

static void make_words(const char *id, int64_t now_unix_ms, struct words *out)
{
    time_t now = (time_t)(now_unix_ms / 1000);
    struct tm day;
    (void)gmtime_r(&now, &day);
    library_name(id, out->library);
    (void)strftime(out->date, sizeof out->date, "%Y-%m-%d", &day);
    day.tm_year++;
    if (day.tm_mon == 1 && day.tm_mday == 29) day.tm_mday = 28;
    (void)strftime(out->review, sizeof out->review, "%Y-%m-%d", &day);
    out->word[0] = (struct word){STR("@ID@"), str_of(id)};
    out->word[1] = (struct word){STR("@LIBRARY@"), str_of(out->library)};
    out->word[2] = (struct word){STR("@DATE@"), str_of(out->date)};
    out->word[3] = (struct word){STR("@REVIEW@"), str_of(out->review)};
}

/* The word that `text` begins with, or NULL. */
static const struct word *word_at(const struct words *words, struct str text)
{
    for (size_t i = 0; i < sizeof words->word / sizeof *words->word; i++)
        if (str_starts(text, words->word[i].mark)) return &words->word[i];
    return NULL;
}

static enum salve_code copy_file(struct arena *mem, const char *from, const char *to, const struct words *words,
                                 struct salve_err *err)
{
    struct str text, made;
    struct buf out;
    enum salve_code code = file_read(from, TEMPLATE_BYTES_MAX, mem, &text, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, mem, TEMPLATE_BYTES_MAX * 2);
    while (text.len > 0) {
        const struct word *word = text.ptr[0] == '@' ? word_at(words, text) : NULL;
        if (word != NULL)
            buf_add(&out, word->text);
        else
            buf_add_char(&out, text.ptr[0]);
        text = str_cut(text, word != NULL ? word->mark.len : 1, text.len);
    }
    code = buf_done(&out, &made, err);
    return code == SALVE_OK ? file_write(to, made, 0644, err) : code;
}

/* `depth` 1: the folder itself; its folders are one deep. */
static enum salve_code copy_folder(struct arena *mem, const char *from, const char *to, const struct words *words,
                                   int depth, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    enum salve_code code = file_list(from, mem, &names, &count, err);
    if (code == SALVE_OK && mkdir(to, 0755) != 0) code = file_fail(err, to);
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        struct str source = arena_printf(mem, "%s/%.*s", from, STR_ARGS(names[i]));
        struct str target = arena_printf(mem, "%s/%.*s", to, STR_ARGS(names[i]));
        struct stat about;
        if (source.ptr == NULL || target.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "template");
        if (stat(source.ptr, &about) != 0) return file_fail(err, source.ptr);
        code = !S_ISDIR(about.st_mode) ? copy_file(mem, source.ptr, target.ptr, words, err)
               : depth < 2             ? copy_folder(mem, source.ptr, target.ptr, words, depth + 1, err)
                                       : SALVE_OK;
    }
    return code;
}

static enum salve_code check_target(const char *parent, const char *folder, struct salve_err *err)
{
    struct stat about;
    if (stat(parent, &about) != 0 || !S_ISDIR(about.st_mode))
        return salve_refuse(err, SALVE_E_NOT_FOUND,
                            "start where the folder guidelines is, or name it: salve guideline new ID FOLDER",
                            "folder %s", parent);
    if (lstat(folder, &about) != 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "it is there already; nothing was changed", "%s", folder);
}

enum salve_code guideline_new(const char *share, const char *parent, const char *id, int64_t now_unix_ms,
                              struct arena *mem, struct str *folder, struct salve_err *err)
{
    struct words words;
    struct str from = arena_printf(mem, "%s/guidelines/lib/template", share);
    TRY(check_id(id, err));
    *folder = arena_printf(mem, "%s/%s", parent, id);
    if (from.ptr == NULL || folder->ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "template");
    TRY(check_target(parent, folder->ptr, err));
    make_words(id, now_unix_ms, &words);
    return copy_folder(mem, from.ptr, folder->ptr, &words, 1, err);
}
