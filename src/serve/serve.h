/* SPDX-License-Identifier: Apache-2.0
 *
 * serve - a running site: four processes of the same program, each with as little as its work needs.
 *
 *     serve   the listening sockets, signals, readiness; starts the others and mends what crashed (this process)
 *     gate    the site folder and the people's keys; answers the table of requests of `door`
 *     web     HTTP, pages, guidelines; no file but the share folder, no key
 *     paper   letters: a description in, bytes out
 *
 * docs/internals/processes.md says who holds what, and why. The others are /proc/self/exe with a first word that no
 * command has; what they need comes over one socket, and they are confined (confine/confine.h) before they read what
 * somebody else wrote.
 *
 *     int status = serve_inner(argc, argv);            // first thing in main: below 0 for everybody else
 *     if (status >= 0) return status;
 *     ..
 *     code = serve_run(&options, err);                 // until SIGTERM or SIGINT, or something that cannot be mended
 *
 * One line of JSON for each event goes to standard error; a line holds nothing about people. */
#ifndef SALVE_SERVE_SERVE_H
#define SALVE_SERVE_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "records/proof.h"

enum { SERVE_ADDRESS_BYTES = 128, SERVE_DEMO_MAX = 8 };

/* Somebody who works at a site of made-up people: anybody may act as them (pages.h). */
struct serve_demo {
    const char *name, *role, *secret;
};

/* What reading the configuration anew found. */
enum { SERVE_CHANGES_MAX = 32 };
struct serve_again {
    struct {
        const char *key;  /* "listen.address" */
        bool needs_start; /* it counts from the next start; else from now on */
    } changes[SERVE_CHANGES_MAX];
    size_t count;
    const char *certificate, *certificate_key; /* as they are now; the files are read anew in any case */
    struct salve_err err;                      /* it could not be read: all stays as it is */
};

struct serve_options {
    const char *dir;           /* of the site */
    const char *share;         /* guidelines, forms, letters */
    const char *key_file;      /* NULL: the passphrase opens the site */
    const char *backup, *keys; /* where backups may go beside the places of the last one; NULL: nowhere else */
    struct str passphrase;     /* in memory that the caller locked and wipes; lives as long as serve_run */
    const char *socket;        /* of the command line, for user and group; NULL: <dir>.sock, for the owner */
    const char *listen;        /* "127.0.0.1:8080", "[::1]:0"; LOCAL and PROXY: this machine's own addresses */
    enum site_mode mode;       /* how browsers reach it (records/proof.h) */
    const char *name;          /* of the server; NULL: LOCAL */
    const char *certificate, *certificate_key; /* PUBLIC: files in PEM, read again on SIGHUP */
    const char *plain;  /* SITE, PUBLIC: another address, where who speaks without TLS is told what to do; or NULL */
    struct str version; /* of the program */
    const struct serve_demo *demo; /* at most SERVE_DEMO_MAX; of no use at a real site */
    size_t demo_count;
    bool may_lack_landlock; /* goes on where the kernel has none; said by doctor, /healthz and the log */

    /* Once all is ready: what a browser opens, "http://127.0.0.1:8080/". May be NULL. */
    void (*ready)(void *with, const char *address);
    /* Whether an end was asked for before serve_run took the signals: then nothing is started. May be NULL. */
    bool (*is_over)(void);
    /* SIGHUP: reads the configuration anew. May be NULL. */
    void (*again)(void *with, struct serve_again *out);
    void *with;

    /* Tests: another program than this one, fewer rights of Landlock, more crashes. Zeros: as it is meant. */
    const char *program;
    int landlock_abi_max;
    unsigned crashes_max; /* of all processes in a minute; one more ends the service */
};

/* serve_run - runs a site until it is told to end. What was acknowledged is durable whatever ends it.
 *   errors  E_USAGE, E_CONFIG the address cannot be listened at; E_CONFLICT somebody else listens there;
 *           those of site_open (E_BUSY names the pid of who has the site, E_SECRET, ...); E_UNSUPPORTED no Landlock;
 *           E_CONFIG the self-test of a confinement, or too many crashes in a minute, which are named */
SALVE_MUST_USE enum salve_code serve_run(const struct serve_options *options, struct salve_err *err);

/* serve_inner - the work of gate, web or paper, where argv asks for one, and its exit status; else -1 at once. */
int serve_inner(int argc, char **argv);

#endif
