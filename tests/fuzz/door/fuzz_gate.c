/* SPDX-License-Identifier: Apache-2.0
 *
 * What anybody sends to the gate: the first byte says over which kind of connection, and whether the rest is a stream
 * of its own making or the fields of the request that the second byte names. 32 times 'T' in it is the token of a
 * session of staff, 16 times 'V' the handle of a view that is open. Behind it is a small site. Whatever comes, the
 * gate answers or ends the connection, and the next one is served. */
#include <sys/socket.h>

#include "base/assert.h"
#include "t_site.h"
#include "door/door.h"
#include "door/table_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct scene {
    struct t_site *t;
    struct door_server *server;
    struct session session;
    struct rec_enrolled who;
};

static struct scene *made;

static void drop(void)
{
    door_server_close(&made->server);
    t_site_drop(made->t);
    free(made);
}

static struct scene *scene(void)
{
    if (made != NULL) return made;
    made = calloc(1, sizeof *made);
    if (made == NULL) abort();
    made->t = t_site_make("fuzz-gate", true);
    made->who = t_enrol(made->t, "Haddad", "1980-01-01");
    t_give(made->t, made->who.card, PURPOSE_CARE);
    t_must(session_begin(made->t->site, T_CLINICIAN.id, T_PIN, made->t->mem, &made->session, &err));
    const struct door_serve_ask ask = {.site = made->t->site};
    t_must(door_server_open(&ask, &made->server, &err));
    atexit(drop);
    return made;
}

/* One message there, and what comes back into `out`; false: the connection ended. */
static bool exchange(int fd, const void *bytes, size_t len, uint8_t *out, size_t room)
{
    bool is_open = true;
    ssize_t got = 0;
    if (len > 0 && send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return false;
    for (int step = 0; step < 4; step++) t_must(door_server_step(scene()->server, 0, &err));
    for (;;) {
        got = recv(fd, out, room, MSG_DONTWAIT);
        if (got == 0) is_open = false;
        if (got <= 0) break;
    }
    return is_open;
}

static int connect_as(enum door_kind kind)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
    t_must(door_server_add(scene()->server, ends[0], kind, &err));
    return ends[1];
}

/* A view over this connection; its handle is in the answer, behind head and code. */
static void open_view(int fd, uint8_t handle[DOOR_HANDLE_BYTES])
{
    struct door_bytes out = {0};
    static uint8_t answer[4096];
    struct door_ask_rec_open ask = {
        .given = {.actor = scene()->session.actor, .purpose = PURPOSE_CARE, .who = scene()->who.card}};
    t_must(door_message_put(&out, DOOR_MESSAGE_ASK, DOOR_ASK_rec_open, door_rows[DOOR_ASK_rec_open].in, &ask, &err));
    (void)exchange(fd, out.at, out.len, answer, sizeof answer);
    memcpy(handle, answer + DOOR_HEAD_BYTES + DOOR_CODE_BYTES, DOOR_HANDLE_BYTES);
    door_bytes_drop(&out);
}

static void put_real(uint8_t *at, size_t len, uint8_t mark, const void *real, size_t real_len)
{
    for (size_t i = 0, run = 0; i < len; i++) {
        run = at[i] == mark ? run + 1 : 0;
        if (run < real_len) continue;
        memcpy(at + i + 1 - real_len, real, real_len);
        run = 0;
    }
}

static void send_one(int fd, const uint8_t *data, size_t size, bool is_stream)
{
    static uint8_t answer[64 << 10];
    uint8_t handle[DOOR_HANDLE_BYTES] = {0}, head[DOOR_HEAD_BYTES] = {0};
    size_t from = is_stream ? 0 : DOOR_HEAD_BYTES, fields = is_stream ? size : size - 1;
    uint8_t *message = calloc(1, DOOR_HEAD_BYTES + size);
    if (message == NULL) abort();
    if (memmem(data, size, "VVVVVVVVVVVVVVVV", DOOR_HANDLE_BYTES) != NULL) open_view(fd, handle);
    memcpy(message + from, is_stream ? data : data + 1, fields);
    put_real(message + from, fields, 'T', scene()->session.token, SESSION_TOKEN_BYTES);
    put_real(message + from, fields, 'V', handle, sizeof handle);
    if (!is_stream) {
        for (size_t i = 0; i < 4; i++) head[i] = (uint8_t)(fields >> (8 * i));
        head[4] = DOOR_VERSION;
        head[5] = DOOR_MESSAGE_ASK;
        head[6] = (uint8_t)(data[0] % DOOR_ASKS);
        memcpy(message, head, sizeof head);
    }
    (void)exchange(fd, message, from + fields, answer, sizeof answer);
    free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t answer[64 << 10];
    if (size < 2 || size > 64 << 10) return 0;
    int fd = connect_as((data[0] & 1) != 0 ? DOOR_COMMAND : DOOR_WEB);
    send_one(fd, data + 1, size - 1, (data[0] & 2) != 0);
    (void)close(fd);
    for (int step = 0; step < 2; step++) t_must(door_server_step(scene()->server, 0, &err));
    salve_assert(door_server_figures(scene()->server).connections == 0);
    salve_assert(door_server_figures(scene()->server).views == 0);
    struct door_bytes ask = {0}; /* the next one is served */
    struct door_ask_door_time time = {0};
    fd = connect_as(DOOR_WEB);
    t_must(door_message_put(&ask, DOOR_MESSAGE_ASK, DOOR_ASK_door_time, door_rows[DOOR_ASK_door_time].in, &time, &err));
    salve_assert(exchange(fd, ask.at, ask.len, answer, sizeof answer));
    door_bytes_drop(&ask);
    (void)close(fd);
    t_must(door_server_step(scene()->server, 0, &err));
    return 0;
}
