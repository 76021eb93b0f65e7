/* SPDX-License-Identifier: Apache-2.0
 * What gate, web and paper begin and end with: they hear from the supervisor what they are about, and are confined. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "serve/serve_int.h"

enum { PIECE_BYTES = 256 << 10, SPARE_BYTES = 4 << 20 };

const struct serve_kind serve_kinds[SERVE_PROCESSES] = {
#define KIND(id, name_, may_, end_seconds_)                                                                            \
    {.name = #name_, .word = "serve:" #name_, .may = (may_), .end_seconds = (end_seconds_), .run = serve_##name_},
#include "serve/serve_kinds.def"
#undef KIND
};

/* --- hearing ------------------------------------------------------------------------------------------------------ */

static enum salve_code keep_secret(struct serve_job *job, struct serve_message *message, struct salve_err *err)
{
    size_t len = message->secret.len <= sizeof message->secret.text ? message->secret.len : 0;
    job->passphrase = crypto_secret_alloc(SERVE_SECRET_BYTES_MAX);
    if (job->passphrase != NULL) memcpy(job->passphrase, message->secret.text, len);
    job->passphrase_len = len;
    explicit_bzero(message, sizeof *message);
    return job->passphrase == NULL ? salve_fail(err, SALVE_E_MEMORY, "passphrase") : SALVE_OK;
}

static enum salve_code hear_start(struct serve_job *job, struct salve_err *err)
{
    for (;;) {
        bool has;
        struct serve_message message;
        TRY(serve_receive(SERVE_CONTROL_FD, true, &message, &job->fds, &has, err));
        if (message.word == SERVE_SECRET) {
            TRY(keep_secret(job, &message, err));
        } else if (message.word == SERVE_START) {
            job->start = message.start;
            return SALVE_OK;
        } else {
            return salve_refuse(err, SALVE_E_IO, "it begins with something else", "control");
        }
    }
}

/* --- saying ------------------------------------------------------------------------------------------------------- */

enum salve_code serve_ready(const struct serve_job *job, int page_fd, struct salve_err *err)
{
    const struct serve_message message = {.word = SERVE_READY, .landlock_abi = job->landlock_abi};
    const struct serve_fds fds = {.at = {page_fd}, .count = page_fd >= 0};
    return serve_send(SERVE_CONTROL_FD, &message, &fds, err);
}

enum salve_code serve_alive(struct salve_err *err)
{
    const struct serve_message message = {.word = SERVE_ALIVE};
    return serve_send(SERVE_CONTROL_FD, &message, NULL, err);
}

int serve_fail(const struct salve_err *err)
{
    struct serve_message message = {.word = SERVE_FAILED, .err = *err};
    (void)!serve_send(SERVE_CONTROL_FD, &message, NULL, NULL);
    return salve_code_exit(err->code);
}

/* --- confinement -------------------------------------------------------------------------------------------------- */

enum salve_code serve_confine(struct serve_job *job, const struct serve_confined *ask, struct salve_err *err)
{
    int fds[SERVE_FDS_MAX + 1] = {SERVE_CONTROL_FD};
    char share_file[PATH_MAX];
    bool is_gate = job->kind == &serve_kinds[SERVE_GATE];
    struct confine_state state;
    struct confine what = {.name = job->kind->name,
                           .may = job->kind->may & ~ask->may_not,
                           .paths = ask->paths,
                           .path_count = ask->path_count,
                           .fds = fds,
                           .fd_count = 1 + job->fds.count,
                           .landlock_abi_max = job->start.landlock_abi_max,
                           .may_lack_landlock = job->start.may_lack_landlock};
    memcpy(fds + 1, job->fds.at, job->fds.count * sizeof fds[0]);
    (void)snprintf(share_file, sizeof share_file, "%.*s/ranges.json", PATH_MAX - 16, job->start.share);
    const struct confine_trial trial = {.closed = is_gate ? job->start.share : job->start.dir, /* of the others */
                                        .shared = is_gate ? NULL : job->start.share,
                                        .shared_file = is_gate ? NULL : share_file};
    TRY(confine_prove(&what, &trial, err));
    if (ask->proved != NULL) TRY(ask->proved(ask->with, err));
    what.keeps_fds = ask->proved != NULL; /* it has just opened them, and perhaps found more paths */
    what.path_count = ask->path_count;
    TRY(confine_enter(&what, &state, err));
    job->landlock_abi = state.landlock_abi;
    return SALVE_OK;
}

/* --- the end of main ---------------------------------------------------------------------------------------------- */

static const struct serve_kind *kind_of(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < SERVE_PROCESSES; i++)
        if (strcmp(argv[1], serve_kinds[i].word) == 0) return &serve_kinds[i];
    return NULL;
}

/* Arenas of requests and views come and go in large pieces. Each of those is given back to the system, and not kept in
 * case: what a busy hour held would stay for months. */
static void give_back_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, PIECE_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, SPARE_BYTES);
}

int serve_inner(int argc, char **argv)
{
    char name[16];
    struct salve_err err = {0};
    struct serve_job job = {.kind = kind_of(argc, argv)};
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    if (job.kind == NULL) return -1;
    (void)snprintf(name, sizeof name, "salve-%s", job.kind->name);
    (void)prctl(PR_SET_NAME, name, 0, 0, 0);
    (void)sigaction(SIGPIPE, &ignored, NULL);
    (void)sigaction(SIGXFSZ, &ignored, NULL); /* a file that may not grow is an error of its write */
    (void)sigaction(SIGINT, &ignored, NULL);  /* Ctrl-C on a terminal: the supervisor says in which order they end */
    (void)sigaction(SIGTERM, &ignored, NULL);
    (void)sigaction(SIGHUP, &ignored, NULL);
    give_back_memory();
    enum salve_code code = crypto_init(&err);
    if (code == SALVE_OK) code = hear_start(&job, &err);
    int status = code == SALVE_OK ? job.kind->run(&job) : serve_fail(&err);
    crypto_secret_free(job.passphrase);
    return status;
}
