/* SPDX-License-Identifier: Apache-2.0
 *
 * door - the doors of records from another process: one end beside the open site, the gate, and one that is a struct
 * site like any other. Between them are UNIX stream sockets and a table of requests (door_calls.def, door_own.def):
 * framed messages with a version, fixed layouts, a limit on every length; resources travel as the bytes of their tapes
 * and are checked when they are read. What cannot be read ends its connection and nothing else.
 *
 * In the gate:
 *
 *     door_page_make(&page, &page_fd, err);                              // others may read it, by that descriptor
 *     struct door_serve_ask ask = {.site = site, .page = page};
 *     door_server_open(&ask, &server, err);
 *     door_server_add(server, fds[i], DOOR_WEB, err);                    // one end of a socketpair a worker
 *     door_server_listen(server, listening_fd, DOOR_COMMAND, err);       // gate.sock
 *     while (code == SALVE_OK && !is_over) code = door_server_step(server, 1000, err);
 *     door_server_close(&server);                                        // before site_close
 *
 * At the other end:
 *
 *     struct door_connect ask = {.fds = fds, .fd_count = 4, .page_fd = page_fd, .clock = clock_system()};
 *     door_connect(&ask, &site, err);                                    // site_close ends it
 *
 * What the other end may ask is checked in the gate. Who acts there has a session (records/session.h): a pass of
 * staff_login in the gate's own process never leaves it, and none is taken from outside; staff_login over the door
 * gives the token of a session that ends with its connection. A view that is open is a random handle here; on a command
 * line it closes with its connection. When the last connection of web is lost, what has a text with it (rec_keep) waits
 * a minute for its session to ask for it (rec_again), and the rest closes. */
#ifndef SALVE_DOOR_DOOR_H
#define SALVE_DOOR_DOOR_H

#include <limits.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "base/clock.h"
#include "records/ops.h"

enum {
    DOOR_CONNECTIONS_MAX = 128,         /* at one gate */
    DOOR_VIEWS_MAX = 256,               /* open at one gate */
    DOOR_MESSAGE_BYTES_MAX = 256 << 20, /* a person's whole record, taken at once */
};

/* Numbers that the gate writes and others read: what the first stands for is said in records/gate.h; the second grows
 * with each save. While neither has grown, what was read of an open view still stands and is all there is. */
enum { DOOR_STEPS = 7 };
struct door_held { /* how often the gate was held by one thing, by how long; and all together */
    _Atomic uint64_t steps[DOOR_STEPS + 1]; /* up to 1, 2, 5, 10, 20, 100, 1000 ms; more */
    _Atomic uint64_t us;
};
struct door_page {
    _Atomic uint64_t changes;
    _Atomic uint64_t saves;
    struct door_held held;   /* a request, or the saves of one commit, by the clock: also while it waits for the disk */
    struct door_held worked; /* the same by the processor's time */
    struct door_held ticks;  /* a piece of what is due by the clock (site_tick) */
};

/* door_page_make - the page, for writing, and a descriptor through which it can be read alone; closed on exec.
 * door_page_drop - unmaps; NULL is fine. */
SALVE_MUST_USE enum salve_code door_page_make(struct door_page **out, int *read_fd, struct salve_err *err);
void door_page_drop(struct door_page *page);

/* --- beside the site ---------------------------------------------------------------------------------------------- */

/* Who is at the other end. Upkeep of the whole site (secrets, keys, backups, checking, files of many people) is asked
 * for at a command line alone. */
enum door_kind { DOOR_WEB, DOOR_COMMAND };

struct door_serve_ask {
    struct site *site;      /* open in this process; outlives the server */
    struct door_page *page; /* outlives it, too; NULL: nobody looks */
    /* Verifying and backing up is done by a fork of this process while requests go on. There this is called first, to
     * give up what that work does not need; NULL: nothing is given up. */
    enum salve_code (*confine)(void *with, bool is_backup, struct salve_err *err);
    void *with;
};

struct door_server;

/* Counts since the opening: no ids, no people. */
struct door_figures {
    uint64_t requests, refused; /* refused: answered with an error */
    uint64_t broken;            /* connections that were ended for what came over them */
    uint64_t commits, grouped;  /* of saves that waited, and how many saves they were */
    size_t connections, views;
};

SALVE_MUST_USE enum salve_code door_server_open(const struct door_serve_ask *ask, struct door_server **out,
                                                struct salve_err *err);

/* door_server_close - ends the connections, closes the views. Sets *server to NULL; NULL is fine. */
void door_server_close(struct door_server **server);

/* door_server_new_web - connections of DOOR_WEB that are added from now on are of another process than those before.
 * They find none of its views, which close with the last connection that was its, or wait for their session. */
void door_server_new_web(struct door_server *server);

/* door_server_add - a connected UNIX stream socket, which is the server's from now on, also after an error. E_BUSY
 * there are too many. door_server_listen - takes what connects there; the caller keeps the socket. */
SALVE_MUST_USE enum salve_code door_server_add(struct door_server *server, int fd, enum door_kind kind,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code door_server_listen(struct door_server *server, int fd, enum door_kind kind,
                                                  struct salve_err *err);

/* door_server_watch - `ready` is called when there is something to read at fd, or its other end is closed. */
SALVE_MUST_USE enum salve_code door_server_watch(struct door_server *server, int fd, void (*ready)(void *with),
                                                 void *with, struct salve_err *err);

/* A site is verified, and backed up, beside the other requests: by a fork of this process, one at a time (E_BUSY), over
 * files that stand still meanwhile (records/gate.h). It ends with the connection that asked. */

/* door_server_step - waits until something comes, at most so long, and answers it: one request of each connection.
 * Saves that came meanwhile share a commit (door_group.c).
 * Then, once a second, what is due by the clock (site_tick), piece by piece. What a request meets is its own error.
 * E_IO: it cannot wait. */
SALVE_MUST_USE enum salve_code door_server_step(struct door_server *server, int timeout_ms, struct salve_err *err);

/* For tests. */
struct door_figures door_server_figures(const struct door_server *server);

/* --- from another process ----------------------------------------------------------------------------------------- */

struct door_connect {
    const int *fds; /* connected to a gate; as many requests may be under way at once; the site's from now on */
    size_t fd_count;
    int page_fd;        /* of door_page_make; -1: the gate is asked before each answer */
    struct clock clock; /* that of the gate */
    int wait_ms; /* for an answer; 0: as long as it takes. What is late is E_BUSY, and may be done all the same */
};

/* door_socket_path - of the socket beside the folder of a site; false: the path is too long. */
bool door_socket_path(const char *dir, char path[PATH_MAX]);

/* door_dial - connects a command line to the gate that serves the site in the folder `dir`, by the socket beside it,
 * <dir>.sock, or by `socket` where that is not NULL: then a folder that the caller may not look into will do. *out is
 * NULL where nobody serves it. Errors as door_connect; E_CONFIG: somebody else listens there; E_IO: this user may not
 * connect. */
SALVE_MUST_USE enum salve_code door_dial(const char *dir, const char *socket, struct clock clock, struct site **out,
                                         struct salve_err *err);

/* door_connect - an open site at the other end. Unlike one of this process it may be used by many threads at once, as
 * many as there are connections, the rest waits; a view by one thread at a time. What site_settings, site_zone and
 * site_admission gave stays good until site_close, and is looked at anew by calling them again.
 *   errors  E_UNSUPPORTED another version of the program serves the site; E_IO; after it the fds are closed */
SALVE_MUST_USE enum salve_code door_connect(const struct door_connect *ask, struct site **out, struct salve_err *err);

/* door_metrics - of a far site with a page: how long requests held the gate, as lines of Prometheus. Asks nobody. */
void door_metrics(const struct site *site, struct buf *out);

#endif
