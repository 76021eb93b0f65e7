/* SPDX-License-Identifier: Apache-2.0
 * What the files of the simulated machine share; see sim.h. */
#ifndef SALVE_TESTS_SIM_INT_H
#define SALVE_TESTS_SIM_INT_H

#include "sim.h"

#define SIM_EXPORT __attribute__((visibility("default")))

enum { SIM_FDS = 1024, SIM_PATH = 1024, SIM_NODES = 4096, SIM_NAMES = 512 };

enum sim_op_kind {
    OP_WRITE,
    OP_SIZE,
    OP_SYNC,
    OP_SYNC_FAILED,
    OP_MAKE, /* names from here on */
    OP_UNLINK,
    OP_RENAME,
    OP_EXCHANGE,
    OP_MKDIR,
    OP_RMDIR,
    OP_SYNC_FOLDER,
};

struct sim_op {
    enum sim_op_kind kind;
    int node;
    uint64_t at, len;
    uint8_t *bytes;
    char *name, *to; /* below the folder */
};

struct sim_bytes {
    uint8_t *ptr;
    size_t len, room;
};

struct sim_name {
    char *name;
    int node; /* -1: a folder */
};

struct sim {
    char folder[SIM_PATH];
    struct sim_op *ops;
    size_t op_count, op_room;
    struct sim_name base[SIM_NAMES], live[SIM_NAMES];
    size_t base_count, live_count;
    struct sim_bytes contents[SIM_NODES]; /* of the files that were there at the beginning */
    int node_count;
};

extern struct sim *sim_watched; /* NULL: none */

/* What the calls note. sim_node_of - of the file `name`; -1: not known. */
int sim_node_of(const struct sim *sim, const char *name);
int sim_note_make(struct sim *sim, const char *name);
void sim_note_write(struct sim *sim, int node, uint64_t at, const void *bytes, size_t len);
void sim_note(struct sim *sim, enum sim_op_kind kind, int node, uint64_t len);
void sim_note_name(struct sim *sim, enum sim_op_kind kind, const char *name, const char *to);

/* Whether this call fails; errno is set. *is_short: half of it is to be written. */
bool sim_call_fails(enum sim_kind kind, const char *name, bool *is_short);

/* sim_random_fill - of the stream; sim_random_fd - a descriptor that reads it, in the place of /dev/urandom; -1: chance is
 * not simulated. */
bool sim_random_fill(void *out, size_t len);
int sim_random_fd(void);

/* Memory of the simulation, which never fails. */
void *sim_must_grow(void *old, size_t bytes);
char *sim_must_text(const char *text);

#endif
