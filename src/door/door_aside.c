/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifying and backing up while people work: a fork of the gate does it, over files that stand still (records/gate.h).
 * It has the secrets that it needs because it is a fork; it gives up every connection and whatever else its work does
 * not need, and says what it finds over a pipe, in the messages of the door. The gate passes them on. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "door/serve_int.h"

enum { READ_BYTES = 64 << 10, FDS_MAX = 4096, TAKEN_MS = 10 * 1000, ENDED_BADLY = 1 };

static bool is_backup(const struct door_call *call) { return call->request == DOOR_ASK_site_backup; }

/* --- in the fork -------------------------------------------------------------------------------------------------- */

struct worker {
    struct door_call *call;
    int fd;
    struct door_bytes out;
};

/* Nobody listens any more: there is nothing left to be done. */
static void say(struct worker *worker)
{
    for (size_t sent = 0; sent < worker->out.len;) {
        ssize_t n = write(worker->fd, worker->out.at + sent, worker->out.len - sent);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(ENDED_BADLY);
        sent += (size_t)n;
    }
    door_bytes_cut(&worker->out, worker->out.len);
}

static void tell(struct worker *worker, enum door_message kind, const struct door_shape *shape, const void *what)
{
    if (door_message_put(&worker->out, kind, worker->call->request, shape->fields, what, NULL) != SALVE_OK)
        _exit(ENDED_BADLY);
    say(worker);
}

static void tell_finding(void *with, const struct site_finding *finding)
{
    tell(with, DOOR_MESSAGE_FINDING, &door_shape_site_finding, finding);
}

static void tell_progress(void *with, const char *step, uint64_t done, uint64_t of)
{
    const struct door_progress progress = {.step = str_of(step), .done = done, .of = of};
    tell(with, DOOR_MESSAGE_PROGRESS, &door_shape_door_progress, &progress);
}

/* Of a backup this says to the gate that the copy of the keys is there. */
static enum salve_code tell_keys(void *with, struct salve_err *err)
{
    (void)err;
    tell_progress(with, "keys", 1, 1);
    return SALVE_OK;
}

static enum salve_code verify(struct worker *worker, struct site *copy)
{
    struct door_ask_site_verify *ask = worker->call->ask;
    const struct site_verify_ask given = {.finding = ask->wants_findings ? tell_finding : NULL,
                                          .progress = ask->wants_progress ? tell_progress : NULL,
                                          .with = worker,
                                          .against = ask->against};
    ask->code = site_verify_frozen(copy, &given, worker->call->server->aside.shows_records, &ask->result, &ask->why);
    return SALVE_OK;
}

/* Connections of others, too: they would not end with the gate's. */
static void give_up_descriptors(int kept)
{
    for (int fd = STDERR_FILENO + 1; fd < FDS_MAX; fd++)
        if (fd != kept) (void)close(fd);
}

__attribute__((noreturn)) static void work(struct door_call *call, int fd)
{
    const char taken = 1;
    struct site *copy = NULL;
    struct worker worker = {.call = call, .fd = fd};
    const struct door_server *server = call->server;
    struct door_ask_site_backup *backup = call->ask;
    (void)prctl(PR_SET_NAME, "salve-aside", 0, 0, 0);
    give_up_descriptors(fd);
    enum salve_code code = site_frozen_open(call->site, &copy, call->err);
    if (write(fd, &taken, 1) != 1) _exit(ENDED_BADLY);
    if (code == SALVE_OK && server->confine != NULL)
        code = server->confine(server->confine_with, is_backup(call), call->err);
    if (code == SALVE_OK && is_backup(call))
        code = site_backup_files(copy, server->aside.plan, call->mem, &backup->backup, tell_keys, &worker, call->err);
    else if (code == SALVE_OK)
        code = verify(&worker, copy);
    if (door_answer_put(&worker.out, call->request, code, call->err, call->ask, NULL) == SALVE_OK) say(&worker);
    _exit(0);
}

/* --- in the gate -------------------------------------------------------------------------------------------------- */

/* Until the fork has what does not stand still. */
static bool is_taken(int fd)
{
    char byte = 0;
    struct pollfd at = {.fd = fd, .events = POLLIN};
    return poll(&at, 1, TAKEN_MS) == 1 && read(fd, &byte, 1) == 1 && byte == 1;
}

static enum salve_code is_lost(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_IO, "the process that did it ended before it was done", "gate");
}

static enum salve_code start(struct door_call *call)
{
    int fds[2];
    struct door_aside *aside = &call->server->aside;
    if (pipe2(fds, O_CLOEXEC) != 0) return salve_fail(call->err, SALVE_E_IO, "gate");
    pid_t child = fork();
    if (child == 0) work(call, fds[1]);
    (void)close(fds[1]);
    if (child < 0 || !is_taken(fds[0])) {
        (void)close(fds[0]);
        return is_lost(call->err);
    }
    (void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
    aside->call = call;
    aside->fd = fds[0];
    aside->in.max = DOOR_HEAD_BYTES + DOOR_MESSAGE_BYTES_MAX;
    call->conn->saving = call;
    call->conn->is_waiting = true;
    return SALVE_OK;
}

static enum salve_code may_begin(struct door_call *call)
{
    struct door_aside *aside = &call->server->aside;
    struct door_ask_site_backup *backup = call->ask;
    struct door_ask_site_verify *verifying = call->ask;
    if (aside->call != NULL)
        return salve_refuse(call->err, SALVE_E_BUSY, "it is being verified or copied already; try again later", "site");
    *aside = (struct door_aside){.fd = -1};
    if (is_backup(call)) return site_backup_begin(call->site, &backup->given, call->mem, &aside->plan, call->err);
    return site_verify_begin(call->site, verifying->actor, &aside->shows_records, call->err);
}

enum salve_code door_aside_begin(struct door_call *call)
{
    TRY(may_begin(call));
    TRY(site_freeze(call->site, call->err));
    enum salve_code code = start(call);
    if (code != SALVE_OK) site_thaw(call->site);
    return code;
}

static void drop(struct door_server *server)
{
    struct door_aside *aside = &server->aside;
    (void)close(aside->fd);
    door_bytes_drop(&aside->in);
    aside->call = NULL;
    site_thaw(server->site);
}

void door_aside_leave(struct door_conn *conn)
{
    struct door_call *call = conn->saving;
    if (call == NULL || call->server->aside.call != call) return;
    drop(call->server); /* who has nobody to tell it to ends */
    conn->saving = NULL;
    arena_close(call->mem);
}

/* What follows the work, in this process. */
static enum salve_code follow(struct door_call *call, enum salve_code code)
{
    struct door_aside *aside = &call->server->aside;
    struct door_ask_site_backup *backup = call->ask;
    struct door_ask_site_verify *verifying = call->ask;
    if (code == SALVE_OK && !is_backup(call))
        verifying->code = site_verify_done(call->site, &verifying->result, verifying->code, &verifying->why);
    if (code == SALVE_OK && aside->code != SALVE_OK) {
        *call->err = aside->err;
        code = aside->code;
    }
    if (code == SALVE_OK && is_backup(call))
        code = site_backup_done(call->site, &backup->given, aside->plan, &backup->backup, call->mem, call->err);
    return code;
}

static void end(struct door_server *server, enum salve_code code)
{
    struct door_call *call = server->aside.call;
    site_thaw(server->site);
    code = follow(call, code);
    drop(server);
    door_finish(call, code);
}

static enum salve_code read_answer(struct door_call *call, struct str body)
{
    if (body.len < DOOR_CODE_BYTES) return is_lost(call->err);
    unsigned number = (uint8_t)body.ptr[0] | (unsigned)(uint8_t)body.ptr[1] << 8;
    struct str rest = str_cut(body, DOOR_CODE_BYTES, body.len);
    if (number >= SALVE_CODE_COUNT) return is_lost(call->err);
    enum salve_code code = (enum salve_code)number;
    const struct door_field *fields = code == SALVE_OK ? call->row->out : door_shape_salve_err.fields;
    enum salve_code read =
        door_read(fields, rest, DOOR_COPIED, call->mem, code == SALVE_OK ? call->ask : (void *)call->err, NULL);
    return read == SALVE_OK ? code : is_lost(call->err);
}

/* false: it was the last. */
static bool take(struct door_server *server, const struct door_head *head, struct str message)
{
    struct door_aside *aside = &server->aside;
    struct door_call *call = aside->call;
    if (head->request != call->request || head->kind == DOOR_MESSAGE_ASK) return end(server, is_lost(call->err)), false;
    if (head->kind == DOOR_MESSAGE_ANSWER)
        return end(server, read_answer(call, str_cut(message, DOOR_HEAD_BYTES, message.len))), false;
    if (is_backup(call))
        aside->code = site_backup_keys(server->site, aside->plan, &aside->err);
    else
        door_bytes_put(&call->conn->out, message.ptr, message.len);
    return true;
}

void door_aside_hear(struct door_server *server)
{
    struct door_head head;
    struct door_aside *aside = &server->aside;
    uint8_t *at = door_bytes_room(&aside->in, READ_BYTES);
    ssize_t got = at == NULL ? 0 : read(aside->fd, at, READ_BYTES);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
        end(server, is_lost(aside->call->err));
        return;
    }
    aside->in.len += (size_t)got;
    while (aside->in.len >= DOOR_HEAD_BYTES) {
        if (!door_head_read(aside->in.at, &head)) {
            end(server, is_lost(aside->call->err));
            return;
        }
        size_t bytes = DOOR_HEAD_BYTES + (size_t)head.bytes;
        if (aside->in.len < bytes || !take(server, &head, str_bytes(aside->in.at, bytes))) return;
        door_bytes_cut(&aside->in, bytes);
    }
}
