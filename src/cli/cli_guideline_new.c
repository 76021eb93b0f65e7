/* SPDX-License-Identifier: Apache-2.0
 * salve guideline new: a folder for a new guideline from the template of the share folder, guidelines/lib/template. Its
 * files are copied; @ID@, @LIBRARY@, @DATE@ and @REVIEW@ in them are replaced. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/cli_commands.h"
#include "base/file.h"
#include "json/json.h"

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

static void make_words(const char *id, const struct clock *clock, struct words *out)
{
    time_t now = (time_t)(clock_ms(clock) / 1000);
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

static enum salve_code copy_file(struct cli *cli, const char *from, const char *to, const struct words *words,
                                 struct salve_err *err)
{
    struct str text, made;
    struct buf out;
    enum salve_code code = file_read(from, TEMPLATE_BYTES_MAX, cli->mem, &text, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, cli->mem, TEMPLATE_BYTES_MAX * 2);
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
static enum salve_code copy_folder(struct cli *cli, const char *from, const char *to, const struct words *words,
                                   int depth, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    enum salve_code code = file_list(from, cli->mem, &names, &count, err);
    if (code == SALVE_OK && mkdir(to, 0755) != 0) code = file_fail(err, to);
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        struct str source = arena_printf(cli->mem, "%s/%.*s", from, STR_ARGS(names[i]));
        struct str target = arena_printf(cli->mem, "%s/%.*s", to, STR_ARGS(names[i]));
        struct stat about;
        if (source.ptr == NULL || target.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "template");
        if (stat(source.ptr, &about) != 0) return file_fail(err, source.ptr);
        code = !S_ISDIR(about.st_mode) ? copy_file(cli, source.ptr, target.ptr, words, err)
               : depth < 2             ? copy_folder(cli, source.ptr, target.ptr, words, depth + 1, err)
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

static void print_steps(const struct cli *cli, const char *id, const char *folder)
{
    cli_say(cli,
            "%s is made: an example that works, about the resting heart rate.\n"
            "  1. make share                              translates; a mistake is shown as file:line:column\n"
            "  2. salve guideline check %-18s is the folder whole? runs its cases\n"
            "  3. edit logic.cql, then guideline.json, letter.*.json and cases/, and go back to 1\n"
            "  4. salve cql run --explain                 what decided, define by define\n"
            "docs/guide/writing-a-guideline.md goes through every part.",
            folder, id);
}

static enum salve_code print_made(struct cli *cli, const char *id, const char *folder, struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    buf_init(&out, cli->mem, CLI_LINE_BYTES_MAX * 2);
    json_open(&w, NULL, '{');
    json_put_text(&w, "id", str_of(id));
    json_put_text(&w, "folder", str_of(folder));
    json_close(&w);
    buf_add_char(&out, '\n');
    return cli_write_buf(&out, true, err);
}

enum salve_code cli_guideline_new(struct cli *cli, struct salve_err *err)
{
    const char *id = cli->words[0], *parent = cli->word_count > 1 ? cli->words[1] : "guidelines";
    struct words words;
    struct clock clock;
    struct str share;
    enum salve_code code = check_id(id, err);
    if (code == SALVE_OK) code = cli_now(cli, &clock, err);
    if (code == SALVE_OK) code = cli_share_dir(cli, &share, err);
    if (code != SALVE_OK) return code;
    struct str from = arena_printf(cli->mem, "%.*s/guidelines/lib/template", STR_ARGS(share));
    struct str folder = arena_printf(cli->mem, "%s/%s", parent, id);
    if (from.ptr == NULL || folder.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "template");
    code = check_target(parent, folder.ptr, err);
    make_words(id, &clock, &words);
    if (code == SALVE_OK) code = copy_folder(cli, from.ptr, folder.ptr, &words, 1, err);
    if (code != SALVE_OK) return code;
    if (cli->is_json) return print_made(cli, id, folder.ptr, err);
    print_steps(cli, id, folder.ptr);
    return SALVE_OK;
}
