/* SPDX-License-Identifier: Apache-2.0
 *
 * Saves that share a commit. While one commit waits for the disk others come, and they are the next: who waits with
 * many waits for one sync, and each is answered when its own save is durable. Each is in its savepoint, so one that is
 * refused leaves the others. */
#include "base/assert.h"
#include "door/serve_int.h"

/* What one commit takes: as much as the gate does in a few milliseconds, so that nobody else waits for longer. */
enum { GROUP_MAX = 32, GROUP_BYTES_MAX = 256 << 10 };

void door_group_add(struct door_call *call)
{
    struct door_server *server = call->server;
    salve_assert(server->group_count < DOOR_CONNECTIONS_MAX); /* a connection has one request under way */
    server->group[server->group_count++] = call;
    call->conn->saving = call;
    call->conn->is_waiting = true;
}

void door_group_leave(struct door_conn *conn)
{
    size_t left = 0;
    struct door_call *call = conn->saving;
    if (call == NULL) return;
    struct door_server *server = call->server;
    for (size_t i = 0; i < server->group_count; i++)
        if (server->group[i] != call) server->group[left++] = server->group[i];
    server->group_count = left;
    conn->saving = NULL;
    arena_close(call->mem);
}

/* --- who is in the next one --------------------------------------------------------------------------------------- */

struct group {
    struct door_call *calls[GROUP_MAX];
    struct rec_batch batches[GROUP_MAX];
    size_t count, bytes;
};

static const struct door_saving *saving_of(const struct door_call *call)
{
    return &((const struct door_ask_rec_save *)call->ask)->saving;
}

/* Somebody's save is in it already, and this one has to see what that leaves. */
static bool is_in(const struct group *group, struct compartment id)
{
    for (size_t i = 0; i < group->count; i++)
        if (compartment_eq(rec_compartment(group->batches[i].view), id)) return true;
    return false;
}

static bool has_room(const struct group *group, const struct door_call *call)
{
    return group->count == 0 || (group->count < GROUP_MAX && group->bytes + call->bytes <= GROUP_BYTES_MAX);
}

/* false: it waits for the next commit. One that cannot be saved is answered at once. */
static bool take(struct group *group, struct door_call *call)
{
    struct rec_view *view = NULL;
    struct door_ask_rec_save *ask = call->ask;
    const struct door_saving *saving = saving_of(call);
    const struct door_open *open = door_view_find(call->server, call->conn, &saving->handle);
    if (!has_room(group, call) || (open != NULL && is_in(group, rec_compartment(open->view)))) return false;
    enum salve_code code = door_saving_view(call, saving, &view, call->err);
    if (code != SALVE_OK) {
        door_finish(call, code);
        return true;
    }
    group->batches[group->count] = (struct rec_batch){.view = view,
                                                      .items = saving->items,
                                                      .item_count = saving->items_count,
                                                      .receipt = saving->wants_receipt ? &ask->receipt : NULL};
    group->calls[group->count++] = call;
    group->bytes += call->bytes;
    return true;
}

static void take_all(struct door_server *server, struct group *group)
{
    size_t left = 0;
    for (size_t i = 0; i < server->group_count; i++)
        if (!take(group, server->group[i])) server->group[left++] = server->group[i];
    server->group_count = left;
}

/* --- the commit --------------------------------------------------------------------------------------------------- */

void door_group_commit(struct door_server *server)
{
    struct group group = {.count = 0};
    struct salve_err why = {0};
    struct door_call *outer = server->running;
    take_all(server, &group);
    if (group.count == 0) return;
    server->running = NULL;                  /* nobody is served in the middle of it */
    struct arena *mem = group.calls[0]->mem; /* of receipts, which are written into the answers before it is closed */
    enum salve_code code = rec_save_many(server->site, group.batches, group.count, mem, &why);
    (void)code; /* each batch has its own */
    server->running = outer;
    door_saved(server);
    server->figures.commits++;
    server->figures.grouped += group.count;
    for (size_t i = group.count; i-- > 0;) {
        *group.calls[i]->err = group.batches[i].err;
        door_finish(group.calls[i], group.batches[i].code);
    }
}
