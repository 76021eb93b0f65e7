/* SPDX-License-Identifier: Apache-2.0
 *
 * serve - the end beside the site: connections, open views by their handles, and requests carried out. */
#ifndef SALVE_DOOR_SERVE_INT_H
#define SALVE_DOOR_SERVE_INT_H

#include "door/door.h"
#include "door/table_int.h"
#include "records/gate.h"

enum { DOOR_SESSIONS_HELD = 128, DOOR_WATCHED_MAX = 8 };

struct door_call;

struct door_conn {
    int fd; /* -1: the place is free */
    enum door_kind kind;
    uint64_t number; /* of all connections so far, from 1 */
    uint64_t owner;  /* of its views: its number, or that of its web */
    struct door_bytes in, out;
    size_t sent;              /* of `out` */
    bool is_waiting;          /* for the desk, a commit, a fork: no other request is begun */
    enum door_request asked;  /* what waits for the desk */
    struct door_call *saving; /* what waits for a commit or a fork; its texts are in `in` */
    bool is_busy;             /* its request is carried out, and others are served meanwhile */
    bool is_broken;
    struct rec_rows *rows;                                 /* the file of many people that it began */
    uint8_t held[DOOR_SESSIONS_HELD][SESSION_TOKEN_BYTES]; /* sessions that end with it */
    size_t held_count;
};

struct door_open {
    struct rec_view *view; /* NULL: the place is free */
    struct door_handle handle;
    uint64_t owner;               /* of the connections that find it */
    bool is_of_web, is_handed_on; /* handed_on: by a command, for web */
    bool is_busy;                 /* a request of it is carried out: no other is begun */
    uint64_t numbers_given;
    uint64_t left_until_ms; /* its web is gone, and its session may ask for it until then; 0: it is held */
};

struct door_span { /* two clocks at one moment */
    uint64_t wall_us, cpu_us;
};

struct door_watch {
    int fd;
    void (*ready)(void *with);
    void *with;
};

struct door_listen {
    int fd;
    enum door_kind kind;
};

/* Work that a fork of this process does (door_aside.c). */
struct door_aside {
    struct door_call *call; /* who asked; NULL: there is none */
    int fd;                 /* what it says comes here */
    struct door_bytes in;
    struct site_backup_plan *plan; /* of a backup */
    bool shows_records;            /* of verifying */
    enum salve_code code;          /* of site_backup_keys, with err */
    struct salve_err err;
};

/* door_figures while they are counted: tests read them from another thread. */
struct door_counts {
    _Atomic uint64_t requests, refused, broken, commits, grouped;
    _Atomic size_t connections, views;
};

struct door_server {
    struct site *site;
    struct door_page *page;
    struct desk *desk;
    struct door_conn conns[DOOR_CONNECTIONS_MAX];
    struct door_open open[DOOR_VIEWS_MAX];
    struct door_watch watched[DOOR_WATCHED_MAX];
    struct door_listen listening[DOOR_WATCHED_MAX];
    size_t watched_count, listening_count;
    uint64_t number, web; /* given last; that of web */
    bool has_more;        /* is due by the clock */
    uint64_t ticked_us;
    struct door_call *group[DOOR_CONNECTIONS_MAX]; /* saves that wait for the next commit, as they came */
    size_t group_count;
    struct door_aside aside;
    struct door_call *running; /* what is carried out; NULL: nothing in whose middle others could be served */
    struct door_span slice;    /* since when the gate has served nobody else */
    unsigned depth;            /* of requests in the middle of others */
    enum salve_code (*confine)(void *with, bool is_backup, struct salve_err *err);
    void *confine_with;
    unsigned left_ms; /* how long a view waits for its session when its web was lost */
    struct door_counts figures;
    uint64_t worst_us[DOOR_ASKS]; /* the longest that one of each row worked at once */
};

/* One request on its way. */
struct door_call {
    struct door_server *server;
    struct door_conn *conn;
    struct site *site;
    const struct door_row *row;
    enum door_request request;
    void *ask;
    struct rec_view *view; /* of DOOR_OF_VIEW */
    struct arena *mem;
    struct salve_err *err;
    size_t bytes; /* of its fields */
};

/* door_carry_out - the near call of a request whose struct is filled; its code. */
SALVE_MUST_USE enum salve_code door_carry_out(struct door_call *call);

/* door_begin - reads the fields of a request and answers it into conn->out, or leaves it to the desk. E_INVALID: what
 * came is no request, and the connection ends; what the near call meets is in the answer. */
SALVE_MUST_USE enum salve_code door_begin(struct door_server *server, struct door_conn *conn, enum door_request request,
                                          struct str body, struct salve_err *err);

/* door_answer - the answer into conn->out. E_TOO_BIG, E_MEMORY: it cannot be said, and the connection ends. */
SALVE_MUST_USE enum salve_code door_answer(struct door_call *call, enum salve_code code, struct salve_err *err);

/* door_saving_view - the view of a save, with the ids and the open work that go along with it. E_CONSENT: none; of
 * tapes that are none E_INVALID. door_saved - others look again at what they read. */
SALVE_MUST_USE enum salve_code door_saving_view(struct door_call *call, const struct door_saving *saving,
                                                struct rec_view **view, struct salve_err *err);
void door_saved(struct door_server *server);

/* --- saves that share a commit (door_group.c) --------------------------------------------------------------------- */

/* door_group_add - a save that waits for the next commit, which it shares with others. Its arena, its error and what
 * came over its connection stay until then.
 * door_group_commit - saves of as many as one commit takes, each in its savepoint, and answers each of them; the rest
 * waits for the next. Of one person there is one save in a commit, since a save is judged by what stands. */
void door_group_add(struct door_call *call);
void door_group_leave(struct door_conn *conn); /* a connection that ends: what waits of it is not saved */
void door_group_commit(struct door_server *server);

/* door_finish - the answer to a call that waited, and its connection may ask again. */
void door_finish(struct door_call *call, enum salve_code code);

/* --- verifying and backing up beside the others (door_aside.c) ---------------------------------------------------- */

/* door_aside_begin - starts it; the call is answered when it is done. E_BUSY, E_IO; the codes of site_verify_begin and
 * site_backup_begin. door_aside_hear - there is something to read at aside.fd. door_aside_leave - who asked is gone. */
SALVE_MUST_USE enum salve_code door_aside_begin(struct door_call *call);
void door_aside_hear(struct door_server *server);
void door_aside_leave(struct door_conn *conn);

/* door_serve_others - one look at all connections but those whose request is carried out, for at most so long. */
void door_serve_others(struct door_server *server, int timeout_ms);

/* door_desk_done - answers what waited for the desk. */
void door_desk_done(struct door_server *server);

/* --- views -------------------------------------------------------------------------------------------------------- */

SALVE_MUST_USE enum salve_code door_view_keep(struct door_call *call, struct rec_view *view, struct door_handle *handle,
                                              struct door_facts *facts);
/* door_view_find - NULL: there is none of that handle for this connection. */
struct door_open *door_view_find(struct door_server *server, const struct door_conn *conn,
                                 const struct door_handle *handle);
SALVE_MUST_USE enum salve_code door_view_end(struct door_server *server, struct door_open *open, struct salve_err *err);
/* door_views_end - those of a connection that ended; of web those of all, with the last of it, but for what waits for
 * its session. door_views_lapse - what waited long enough, or stands no more. door_views_close - all that waits. */
void door_views_end(struct door_server *server, const struct door_conn *conn);
void door_views_lapse(struct door_server *server);
void door_views_close(struct door_server *server);

/* door_held - `code`, and where it is OK the actor becomes that of a session which ends with the connection. */
SALVE_MUST_USE enum salve_code door_held(struct door_call *call, enum salve_code code, struct actor *actor);

#endif
