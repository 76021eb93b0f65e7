/* SPDX-License-Identifier: Apache-2.0
 * salve letter --all: the letters that wait, each in a file named by the time of its signing and its ticket. A file is
 * whole ("NAME.part") before the record says that the letter is printed, and gets its name after that: who is killed
 * between finds out by the list which of the two it was. What was cut off on the way to NAME.part is made again. One
 * run at a time works in a folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli_inbox.h"
#include "cli/cli_letters.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "visit/content.h"
#include "visit/result.h"

#define PART  ".part"
#define SHAPE "00000000T000000-AAA-AAA" /* of a name: 0 a digit, A a digit or a capital letter */

struct queue {
    struct cli *cli;
    struct cli_reply reply;
    const char *folder;
    int lock; /* an open descriptor of the folder, or -1 */
    struct visit_waiting *list;
    size_t count, printed, waiting; /* waiting: for the card, or for somebody to be told */
};

/* A letter on its way to its file. */
struct one {
    struct visit_sheet sheet;
    const char *path, *part;
};

/* "20261130T031500-K7M-2QX": in the order of signing. */
static const char *name_of(const struct queue *queue, const struct visit_waiting *one)
{
    char at[CLOCK_TEXT_BYTES];
    struct str time = clock_text(one->since_unix_ms, at);
    return arena_printf(queue->cli->mem, "%.4s%.2s%.2sT%.2s%.2s%.2s-%.*s", time.ptr, time.ptr + 5, time.ptr + 8,
                        time.ptr + 11, time.ptr + 14, time.ptr + 17, STR_ARGS(one->ticket))
        .ptr;
}

static const char *path_of(const struct queue *queue, const char *name, const char *ending)
{
    return arena_printf(queue->cli->mem, "%s/%s.pdf%s", queue->folder, name, ending).ptr;
}

static bool waits(const struct queue *queue, struct str name)
{
    for (size_t i = 0; i < queue->count; i++)
        if (str_is(name, name_of(queue, &queue->list[i]))) return true;
    return false;
}

/* Has the name of a letter of this command, and `ending`? Whatever else lies in the folder is somebody else's. */
static bool is_ours(struct str name, struct str ending)
{
    static const char shape[] = SHAPE;
    if (name.len != sizeof shape - 1 + ending.len || !str_ends(name, ending)) return false;
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        bool is_digit = name.ptr[i] >= '0' && name.ptr[i] <= '9', is_letter = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z';
        bool fits = shape[i] == '0' ? is_digit : shape[i] == 'A' ? is_digit || is_letter : name.ptr[i] == shape[i];
        if (!fits) return false;
    }
    return true;
}

/* A letter that still waits is made again; another one was printed. One that was cut off is no letter yet. */
static enum salve_code take_up_one(const struct queue *queue, struct str file, struct salve_err *err)
{
    const struct str ending = STR(".pdf" PART);
    bool is_part = is_ours(file, ending), is_cut_off = is_ours(file_left_of(file), ending);
    if (!is_part && !is_cut_off) return SALVE_OK;
    struct str name = str_cut(file, 0, sizeof SHAPE - 1);
    struct str from = arena_printf(queue->cli->mem, "%s/%.*s", queue->folder, STR_ARGS(file));
    struct str to = arena_printf(queue->cli->mem, "%s/%.*s.pdf", queue->folder, STR_ARGS(name));
    if (from.ptr == NULL || to.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "letters");
    bool is_lost = is_cut_off || waits(queue, name);
    return (is_lost ? unlink(from.ptr) : rename(from.ptr, to.ptr)) == 0 ? SALVE_OK : file_fail(err, from.ptr);
}

/* What a run that was killed left. */
static enum salve_code take_up(const struct queue *queue, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    TRY(file_list(queue->folder, queue->cli->mem, &names, &count, err));
    for (size_t i = 0; i < count; i++) TRY(take_up_one(queue, names[i], err));
    return file_sync_folder(queue->folder, err);
}

/* Where the file system knows no such lock, the site's own keeps two runs of one site apart. */
static enum salve_code hold_folder(struct queue *queue, struct salve_err *err)
{
    if (mkdir(queue->folder, 0700) != 0 && errno != EEXIST) return file_fail(err, queue->folder);
    queue->lock = open(queue->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (queue->lock < 0) return file_fail(err, queue->folder);
    if (flock(queue->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return SALVE_OK;
    return salve_refuse(err, SALVE_E_BUSY, "letters are being printed into it", "%s", queue->folder);
}

static enum salve_code keep(void *context, struct salve_err *err)
{
    const struct one *one = context;
    return file_replace(one->part, one->sheet.bytes, 0600, err);
}

static void add(struct queue *queue, const struct visit_waiting *waiting, const char *state, const char *words)
{
    cli_reply_enter(&queue->reply, NULL, '{');
    cli_reply_text(&queue->reply, "ticket", waiting->ticket);
    cli_reply_text(&queue->reply, "state", str_of(state));
    cli_reply_words(&queue->reply, "  %.*s  %s\n", STR_ARGS(waiting->ticket), words);
    cli_reply_leave(&queue->reply);
}

static enum salve_code print_one(struct queue *queue, const struct visit_waiting *waiting, struct salve_err *err)
{
    const char *name = name_of(queue, waiting);
    struct one one = {.sheet = {.language = cli_option_or(queue->cli, OPT_LANG, "en"), .is_pdf = true},
                      .path = path_of(queue, name, ""),
                      .part = path_of(queue, name, PART)};
    struct visit_letters_ask ask = {.sheets = &one.sheet, .count = 1, .keep = keep, .context = &one};
    TRY(visit_letters(&queue->cli->visit, waiting->ticket, &ask, NULL, err));
    if (rename(one.part, one.path) != 0) return file_fail(err, one.part);
    TRY(file_sync_folder(queue->folder, err));
    queue->printed++;
    add(queue, waiting, "printed", one.path);
    return SALVE_OK;
}

/* What concerns one letter is said beside its ticket, and the next one goes on; what concerns all of them ends it. */
static enum salve_code print_all(struct queue *queue, struct salve_err *err)
{
    for (size_t i = 0; i < queue->count; i++) {
        const struct visit_waiting *one = &queue->list[i];
        enum salve_code code = SALVE_OK;
        struct salve_err why = {0};
        if (one->reach == WORK_BY_CARD)
            add(queue, one, "waits-for-card", "waits for the card: at the next visit");
        else
            code = print_one(queue, one, &why);
        bool is_of_all = code == SALVE_E_QUOTA || code == SALVE_E_ROLE || code == SALVE_E_IO || code == SALVE_E_FULL ||
                         code == SALVE_E_MEMORY;
        if (is_of_all && err != NULL) *err = why;
        if (is_of_all) return code;
        if (code != SALVE_OK) add(queue, one, salve_code_name(code), why.why[0] != '\0' ? why.why : why.element);
        queue->waiting += one->reach == WORK_BY_CARD || code != SALVE_OK;
    }
    return SALVE_OK;
}

static enum salve_code print_into(struct queue *queue, struct salve_err *err)
{
    TRY(hold_folder(queue, err));
    uint64_t unreadable = 0;
    TRY(visit_letter_queue(&queue->cli->visit, &queue->list, &queue->count, &unreadable, err));
    TRY(take_up(queue, err));
    cli_reply_open(&queue->reply, queue->cli, '[');
    enum salve_code code = print_all(queue, err);
    cli_reply_words(&queue->reply, "%zu printed, %zu wait, %zu not tried.\n", queue->printed, queue->waiting,
                    queue->count - queue->printed - queue->waiting);
    cli_work_unreadable(queue->cli, unreadable);
    enum salve_code said = cli_reply_done(&queue->reply, code == SALVE_OK ? err : NULL);
    return code == SALVE_OK ? said : code;
}

enum salve_code cli_letters(struct cli *cli, struct salve_err *err)
{
    struct queue queue = {.cli = cli, .folder = cli_option(cli, OPT_OUTPUT), .lock = -1};
    if (queue.folder == NULL || cli->word_count > 0 || cli_has(cli, OPT_PAPER) || cli_has(cli, OPT_INCLUDE))
        return salve_refuse(err, SALVE_E_USAGE, "give a folder (-o DIR), and no card", "--all");
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_GUIDELINES | VISIT_FRAMES}, err));
    enum salve_code code = print_into(&queue, err);
    if (queue.lock >= 0) (void)close(queue.lock);
    return code;
}
