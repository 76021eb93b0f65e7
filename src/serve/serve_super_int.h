/* SPDX-License-Identifier: Apache-2.0
 * Inside the supervisor: the processes as it knows them. */
#ifndef SALVE_SERVE_SUPER_INT_H
#define SALVE_SERVE_SUPER_INT_H

#include "paper/paper.h"
#include "serve/serve_int.h"

enum serve_state { SERVE_GONE, SERVE_STARTING, SERVE_UP, SERVE_ENDING };

struct serve_child {
    const struct serve_kind *kind;
    enum serve_state state;
    pid_t pid;
    int control;          /* below 0: closed */
    int page_fd;          /* the gate's; below 0: none */
    int64_t up_ms;        /* when it was ready; 0: not yet */
    int64_t again_ms;     /* GONE: when it is started again */
    int64_t heard_ms;     /* the last answer to a ping, or its start */
    int64_t end_by_ms;    /* ENDING: when it is killed */
    unsigned short_lives; /* in a row */
    bool has_failed;
    struct salve_err why; /* has_failed: what it said */
};

struct serve_super {
    const struct serve_options *options;
    struct serve_child children[SERVE_PROCESSES]; /* by enum serve_process */
    int http_fd, plain_fd, local_fd, signal_fd;
    int given[2], fresh[2];  /* certificate and key: those in use, those that web has not taken yet; below 0: none */
    struct paper_ends paper; /* kept: whoever takes the place of one that died has the same end */
    char address[SERVE_ADDRESS_BYTES], origin[SERVE_ADDRESS_BYTES], local_path[PATH_MAX], build[65];
    bool is_up;           /* all were ready once */
    int64_t told_ms;      /* when it was told to end */
    bool is_ending;       /* told to, or given up */
    enum salve_code code; /* why it was given up, with err */
    struct salve_err err;
    double crashes;        /* of the last minute, fading */
    int64_t crashes_at_ms; /* when that was worked out */
    int64_t pinged_ms, watchdog_ms;
};

/* serve_child_start - another process for it, and connections to those that are up. E_IO, E_MEMORY.
 * serve_child_up - it is ready: connections for those that wait for it. */
SALVE_MUST_USE enum salve_code serve_child_start(struct serve_super *super, enum serve_process which,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code serve_child_up(struct serve_super *super, enum serve_process which,
                                              struct salve_err *err);
/* serve_child_drop - what this process holds of one that is gone. */
void serve_child_drop(struct serve_child *child);
/* serve_child_tell - a word alone; one that is gone does not hear it. */
void serve_child_tell(const struct serve_child *child, enum serve_word word);

/* What this process hands over to web, and never looks into (serve_given.c). serve_given_first - as it starts, where a
 * certificate is given. serve_given_again - on SIGHUP: the files of `again` are read and go to web. serve_given_heard -
 * what web made of it. serve_given_lost - web is gone before it said. */
SALVE_MUST_USE enum salve_code serve_given_first(struct serve_super *super, struct salve_err *err);
void serve_given_again(struct serve_super *super, const struct serve_again *again);
void serve_given_heard(struct serve_super *super, const struct serve_message *message);
void serve_given_lost(struct serve_super *super);
void serve_given_drop(struct serve_super *super);

#endif
