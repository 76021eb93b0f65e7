/* SPDX-License-Identifier: Apache-2.0
 * The gate: the one process that has the site folder and the people's keys. It opens the site by a secret that it
 * forgets at once, is confined, and only then hears what others ask. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "door/door.h"
#include "records/gate.h"
#include "records/site.h"
#include "serve/serve_int.h"

enum {
    STEP_MS = 1000,
    WAIT_SECONDS = 2, /* for one that has the site and is just ending */
    PATHS_MAX = 6,
    BACKUP_BYTES_MAX = 64 << 10,
};

struct gate {
    struct serve_job *job;
    struct confine_path paths[PATHS_MAX];
    struct serve_confined confined;
    struct arena *mem; /* of the paths */
    struct site *site;
    struct door_page *page;
    int page_fd;
    struct door_server *server;
    bool is_over;
    enum salve_code code; /* of what the supervisor asked for, with err */
    struct salve_err err;
};

/* --- before it is confined ---------------------------------------------------------------------------------------- */

static void add_path(struct gate *gate, const char *path, bool is_written)
{
    if (gate->confined.path_count == PATHS_MAX) return;
    gate->paths[gate->confined.path_count++] = (struct confine_path){.path = path, .is_written = is_written};
}

/* The copy of the keys is brought up to date with each renewal, wherever it is. */
static enum salve_code add_backup_places(struct gate *gate, struct salve_err *err)
{
    struct site_backup_state state;
    TRY(site_backup_state(gate->site, gate->mem, &state, err));
    struct str keys = arena_printf(gate->mem, "%.*s", STR_ARGS(state.keys));
    struct str data = arena_printf(gate->mem, "%.*s", STR_ARGS(state.data));
    if (keys.ptr == NULL || data.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "backup");
    if (keys.len > 0) add_path(gate, keys.ptr, true);
    if (data.len > 0) add_path(gate, data.ptr, true);
    const struct serve_start *start = &gate->job->start;
    if (start->backup[0] != '\0') add_path(gate, start->backup, true);
    if (start->keys[0] != '\0') add_path(gate, start->keys, true);
    return SALVE_OK;
}

/* A log that cannot be written opens nobody; until then the site is there for who mends it. */
static void note_build(struct gate *gate)
{
    struct salve_err err = {0};
    const struct serve_start *start = &gate->job->start;
    const struct site_build build = {.version = str_of(start->version), .sha256 = str_of(start->build)};
    if (site_build_use(gate->site, &build, &err) != SALVE_OK)
        serve_log("warning", gate->job->kind->name, "the program is not in the log", &err);
}

static enum salve_code open_site(void *with, struct salve_err *err)
{
    struct gate *gate = with;
    struct serve_job *job = gate->job;
    bool has_file = job->start.key_file[0] != '\0';
    const struct site_options options = {.path = job->start.dir,
                                         .clock = clock_system(),
                                         .secret = {.passphrase = str_make(job->passphrase, job->passphrase_len),
                                                    .key_file = has_file ? job->start.key_file : NULL},
                                         .wait = {.seconds = WAIT_SECONDS}};
    enum salve_code code = site_open(&options, &gate->site, err);
    crypto_secret_free(job->passphrase);
    job->passphrase = NULL;
    if (code == SALVE_OK) note_build(gate);
    if (code == SALVE_OK) code = add_backup_places(gate, err);
    if (code == SALVE_OK) code = door_page_make(&gate->page, &gate->page_fd, err);
    return code;
}

/* --- what the supervisor says ------------------------------------------------------------------------------------- */

/* Of a web that was just started. The one before may be gone without its connections having been looked at yet. */
static void take_link(struct gate *gate, struct serve_fds *fds)
{
    door_server_new_web(gate->server);
    for (size_t i = 0; i < fds->count; i++) {
        struct salve_err err = {0};
        if (door_server_add(gate->server, fds->at[i], DOOR_WEB, &err) != SALVE_OK)
            serve_log("error", gate->job->kind->name, "a connection was refused", &err);
        fds->at[i] = -1; /* the server's in any case */
    }
}

static void take_listen(struct gate *gate, struct serve_fds *fds)
{
    if (fds->count == 0) return;
    gate->code = door_server_listen(gate->server, fds->at[0], DOOR_COMMAND, &gate->err);
    fds->at[0] = -1; /* stays open as long as this process */
}

static void hear(void *with)
{
    bool has = false;
    struct gate *gate = with;
    struct serve_fds fds;
    struct serve_message message;
    if (serve_receive(SERVE_CONTROL_FD, false, &message, &fds, &has, NULL) != SALVE_OK) {
        gate->is_over = true; /* the supervisor is gone: nobody can reach this process any more */
        return;
    }
    if (!has) return;
    if (message.word == SERVE_LINK) take_link(gate, &fds);
    if (message.word == SERVE_LISTEN) take_listen(gate, &fds);
    if (message.word == SERVE_PING) gate->is_over = serve_alive(NULL) != SALVE_OK;
    if (message.word == SERVE_DRAIN) gate->is_over = true;
    serve_fds_close(&fds);
}

/* --- a fork that verifies, or copies ------------------------------------------------------------------------------ */

/* It reads the site; a backup is written to its places, and the site is none of them. */
static enum salve_code give_up(void *with, bool is_backup, struct salve_err *err)
{
    const struct gate *gate = with;
    struct confine_path paths[PATHS_MAX];
    struct confine what = {.name = is_backup ? "backup" : "verify",
                           .may = CONFINE_FILES | CONFINE_THREADS | (is_backup ? CONFINE_STORE : 0),
                           .paths = paths,
                           .landlock_abi_max = gate->job->start.landlock_abi_max,
                           .may_lack_landlock = gate->job->start.may_lack_landlock};
    for (size_t i = 0; i < gate->confined.path_count; i++) {
        bool is_site = gate->paths[i].path == gate->job->start.dir;
        paths[i] = gate->paths[i];
        paths[i].is_written = is_backup && !is_site && gate->paths[i].is_written;
    }
    what.path_count = gate->confined.path_count;
    return confine_more(&what, err);
}

/* --- its work ----------------------------------------------------------------------------------------------------- */

static enum salve_code tell_names(struct gate *gate, struct salve_err *err)
{
    const struct serve_start *start = &gate->job->start;
    const struct site_names names = {.mode = start->mode,
                                     .rp_id = start->mode == SITE_LOCAL ? STR("localhost") : str_of(start->name),
                                     .origins = {str_of(start->origin)},
                                     .origin_count = 1};
    return site_names_use(gate->site, &names, err);
}

static enum salve_code begin(struct gate *gate, struct salve_err *err)
{
    gate->mem = arena_open(BACKUP_BYTES_MAX);
    if (gate->mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "gate");
    gate->confined = (struct serve_confined){.paths = gate->paths, .path_count = 0, .proved = open_site, .with = gate};
    add_path(gate, gate->job->start.dir, true);
    add_path(gate, "/usr/share/zoneinfo", false);
    TRY(serve_confine(gate->job, &gate->confined, err));
    TRY(tell_names(gate, err));
    const struct sigaction forgotten = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGCHLD, &forgotten, NULL); /* of forks: what they say is heard over a pipe */
    const struct door_serve_ask ask = {.site = gate->site, .page = gate->page, .confine = give_up, .with = gate};
    TRY(door_server_open(&ask, &gate->server, err));
    TRY(door_server_watch(gate->server, SERVE_CONTROL_FD, hear, gate, err));
    return serve_ready(gate->job, gate->page_fd, err);
}

static enum salve_code answer(struct gate *gate, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && gate->code == SALVE_OK && !gate->is_over) {
        code = door_server_step(gate->server, STEP_MS, err);
        if (code == SALVE_OK && site_has_failed(gate->site))
            code = salve_refuse(err, SALVE_E_IO, "the disk failed: the site is opened anew", "site");
    }
    if (code == SALVE_OK && gate->code != SALVE_OK) {
        *err = gate->err;
        code = gate->code;
    }
    return code;
}

/* What was asked is answered, the log is signed, the files are closed whole. */
static enum salve_code end(struct gate *gate, struct salve_err *err)
{
    door_server_close(&gate->server);
    enum salve_code code = site_close(&gate->site, err);
    door_page_drop(gate->page);
    arena_close(gate->mem);
    return code;
}

int serve_gate(struct serve_job *job)
{
    struct salve_err err = {0}, closing = {0};
    struct gate gate = {.job = job, .page_fd = -1};
    enum salve_code code = begin(&gate, &err);
    if (code == SALVE_OK) code = answer(&gate, &err);
    enum salve_code closed = end(&gate, &closing);
    if (code != SALVE_OK) return serve_fail(&err);
    return closed == SALVE_OK ? 0 : serve_fail(&closing);
}
