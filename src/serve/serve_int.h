/* SPDX-License-Identifier: Apache-2.0
 * Inside serve: the kinds of processes, what the supervisor and they say to each other, and the small parts. */
#ifndef SALVE_SERVE_INT_H
#define SALVE_SERVE_INT_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#include "confine/confine.h"
#include "serve/serve.h"
#include "tls/tls.h"

/* --- kinds of processes (serve_kinds.def) ------------------------------------------------------------------------- */

enum serve_process {
#define KIND(id, name, may, end_seconds) SERVE_##id,
#include "serve/serve_kinds.def"
#undef KIND
    SERVE_PROCESSES
};

struct serve_job;
struct serve_kind {
    const char *name, *word;           /* word: the first argument, "serve:gate" */
    unsigned may;                      /* of enum confine_may */
    unsigned end_seconds;              /* that it has to end when told so */
    int (*run)(struct serve_job *job); /* to the end; the exit status */
};

extern const struct serve_kind serve_kinds[SERVE_PROCESSES];

/* --- between the supervisor and a process (serve_control.c) ------------------------------------------------------- */

/* The two ends are the same program, so a message is a struct. Over a SOCK_SEQPACKET pair, with descriptors. */
enum serve_word {
    /* down */
    SERVE_START,  /* what it needs to begin; web: the socket it listens at, its end of paper's; paper: the other */
    SERVE_SECRET, /* gate: the passphrase, where there is one; before START */
    SERVE_LINK,   /* web and gate: connections to each other; for web the gate's page behind them */
    SERVE_LOST,   /* web: the gate is gone, and a LINK will come */
    SERVE_LISTEN, /* gate: the socket of the command line */
    SERVE_GIVEN,  /* web: another certificate and its key, two descriptors to read from */
    SERVE_PING,
    SERVE_DRAIN, /* end well */
    /* up */
    SERVE_READY,   /* it does its work; the gate sends its page with it */
    SERVE_FAILED,  /* it ends by an error: err */
    SERVE_ALIVE,   /* to PING */
    SERVE_TAKEN,   /* to GIVEN: it is in use; or: */
    SERVE_REFUSED, /* what was in use stays; err */
};

/* LINES: workers of web, each with a line to the gate: so many saves wait at once, and share a commit. */
enum { SERVE_FDS_MAX = 24, SERVE_SECRET_BYTES_MAX = 1024, SERVE_LINES = 16, SERVE_CONTROL_FD = 3 };

struct serve_member { /* of struct serve_demo */
    char name[65], role[16], secret[65];
};
struct serve_start {
    char dir[PATH_MAX], share[PATH_MAX], key_file[PATH_MAX]; /* key_file empty: the passphrase */
    char backup[PATH_MAX], keys[PATH_MAX];                   /* of the gate; empty: none */
    char version[64], build[65];       /* build: SHA-256 of the program's file; empty: it cannot be read */
    char name[TLS_NAME_BYTES_MAX + 1]; /* of the server; empty: local */
    char origin[SERVE_ADDRESS_BYTES];  /* "https://clinic.example:8443" */
    enum site_mode mode;
    bool has_plain, has_given;                /* web: behind its two descriptors one more, two more */
    struct serve_member demo[SERVE_DEMO_MAX]; /* for web */
    unsigned demo_count;
    int landlock_abi_max;
    bool may_lack_landlock;
};

struct serve_message {
    enum serve_word word;
    union {
        struct serve_start start;
        struct salve_err err; /* FAILED, REFUSED; its source position is left out */
        int landlock_abi;     /* READY */
        struct {
            uint32_t len;
            char text[SERVE_SECRET_BYTES_MAX];
        } secret;
    };
};

struct serve_fds {
    int at[SERVE_FDS_MAX];
    size_t count;
};

/* serve_send - the descriptors stay the caller's. E_IO: the other end is gone.
 * serve_receive - the descriptors are the caller's, closed on exec. E_IO the same; *has false: nothing is there yet. */
SALVE_MUST_USE enum salve_code serve_send(int control, const struct serve_message *message, const struct serve_fds *fds,
                                          struct salve_err *err);
SALVE_MUST_USE enum salve_code serve_receive(int control, bool waits, struct serve_message *message,
                                             struct serve_fds *fds, bool *has, struct salve_err *err);
void serve_fds_close(struct serve_fds *fds);
/* serve_take_error - the error of a FAILED, made fit to be shown: who sent it may not be what it was any more. */
void serve_take_error(const struct salve_err *sent, struct salve_err *out);

/* --- inside a process (serve_inner.c) ----------------------------------------------------------------------------- */

/* What gate, web and paper begin with. */
struct serve_job {
    const struct serve_kind *kind;
    struct serve_start start;
    char *passphrase; /* crypto_secret_alloc; NULL: a key file */
    size_t passphrase_len;
    struct serve_fds fds; /* listening sockets */
    int landlock_abi;     /* in force, once it is confined */
};

/* What a process is confined to beside its kind. `proved` runs between the proof and the confinement: it opens what is
 * the process's own, and what it opened stays open; NULL: nothing. */
struct serve_confined {
    const struct confine_path *paths;
    size_t path_count;
    enum salve_code (*proved)(void *with, struct salve_err *err);
    void *with;
    unsigned may_not; /* of what its kind may */
};
SALVE_MUST_USE enum salve_code serve_confine(struct serve_job *job, const struct serve_confined *ask,
                                             struct salve_err *err);

/* serve_ready, serve_alive - said to the supervisor. E_IO: it is gone. */
SALVE_MUST_USE enum salve_code serve_ready(const struct serve_job *job, int page_fd, struct salve_err *err);
SALVE_MUST_USE enum salve_code serve_alive(struct salve_err *err);
int serve_fail(const struct salve_err *err); /* says why it ends; returns the exit status */

/* serve_watch_start - a thread that answers pings, gives LINK, LOST and DRAIN to `heard` (what descriptors it takes, it
 * sets to -1), and ends the process when the supervisor is gone. heard NULL: DRAIN ends the process at once. */
struct serve_watch {
    const struct serve_job *job;
    void (*heard)(void *with, enum serve_word word, struct serve_fds *fds);
    void *with;
};
SALVE_MUST_USE enum salve_code serve_watch_start(struct serve_watch *watch, struct salve_err *err);

int serve_gate(struct serve_job *job);
int serve_web(struct serve_job *job);
int serve_paper(struct serve_job *job);

/* --- small parts of the supervisor -------------------------------------------------------------------------------- */

/* serve_listen - the socket that browsers connect to; `address` gets what they open, with the port that it has. Only
 * this machine's own addresses; serve_listen_any - others too.
 * serve_listen_local - the socket of the command line: <dir>.sock, 0600, or where `named` is not NULL that, 0660; in
 * place of one that was left there. `path` is what to remove at the end. */
SALVE_MUST_USE enum salve_code serve_listen(const char *where, int *fd, char address[SERVE_ADDRESS_BYTES],
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code serve_listen_any(const char *where, int *fd, char address[SERVE_ADDRESS_BYTES],
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code serve_listen_local(const char *dir, const char *named, int *fd, char path[PATH_MAX],
                                                  struct salve_err *err);

/* serve_origin - of a server with this name at the port of this address: "https://clinic.example", with the port where
 * it is not 443. PROXY: whatever the proxy's port is, browsers use the usual one. */
void serve_origin(enum site_mode mode, const char *name, const char *address, char out[SERVE_ADDRESS_BYTES]);

/* serve_given_open - both files as they are now, copied into memory that has descriptors, which the caller closes.
 *   errors  E_CONFIG: one cannot be read, or is too long */
SALVE_MUST_USE enum salve_code serve_given_open(const char *certificate, const char *key, int fds[2],
                                                struct salve_err *err);

/* serve_notify - one message to the service manager (sd_notify(3)): $NOTIFY_SOCKET; nothing where there is none. */
void serve_notify(const char *message);
/* serve_watchdog_ms - how often it wants to hear WATCHDOG=1, half of what it allows; 0: never. */
int serve_watchdog_ms(void);

/* serve_log - one line of JSON to standard error: what happened to which process. `err` and `more` may be NULL. */
void serve_log(const char *level, const char *process, const char *what, const struct salve_err *err);
void serve_log_end(const char *process, pid_t pid, int status, int64_t again_ms);

/* serve_now_ms - of a clock that nobody sets. */
int64_t serve_now_ms(void);

#endif
