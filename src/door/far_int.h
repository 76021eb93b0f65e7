/* SPDX-License-Identifier: Apache-2.0
 *
 * far - the other end: a struct site and views that begin with their ops and know the way to a gate. */
#ifndef SALVE_DOOR_FAR_INT_H
#define SALVE_DOOR_FAR_INT_H

#include <pthread.h>

#include "door/door.h"
#include "door/table_int.h"
#include "records/lists.h"

/* One connection; of one thread at a time. */
struct far_line {
    struct door_bytes out, in;
    int fd; /* -1: it is broken */
    bool is_taken;
    size_t sent; /* of `out` */
    bool owes;   /* an answer that nobody waits for any more */
};

/* What is known of the settings. Older ones stay until the site is closed: somebody may still read them. */
struct far_state {
    struct far_state *before;
    struct arena *mem;
    struct door_ask_door_state is;
    const struct zone *zone;
    enum salve_code zone_code;
    struct salve_err zone_err;
    struct admit_rules *rules;
    uint64_t changes; /* of the page, from before it was asked for */
    int64_t at_unix_ms;
};

struct far_site {
    const struct gate_ops *ops;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t is_free;
    struct far_line lines[DOOR_CONNECTIONS_MAX];
    size_t line_count;
    int wait_ms;                  /* 0: as long as it takes */
    bool is_silent;               /* the last answer did not come in time */
    const struct door_page *page; /* NULL: none */
    struct clock clock;
    bool is_made_up;
    struct far_state *state; /* the newest */
    struct salve_err copy_error;
    int64_t seen_unix_ms; /* the latest time that the gate said */
};

/* Where a resource of `all` is, by its id: made when somebody asks by id for the first time since `all` changed. */
struct far_index {
    uint32_t *slots; /* of malloc; its place and 1; 0: empty */
    size_t room;     /* a power of two */
    uint64_t made;   /* what it was made of */
    size_t of;
};

struct far_view {
    const struct gate_ops *ops;
    struct far_site *site;
    struct arena *mem;
    struct door_handle handle;
    struct door_facts facts;
    uint64_t first_number, ids_given;
    enum salve_code over; /* OK: it stood when it was asked about */
    struct salve_err why;
    bool is_asked;           /* since then the numbers are these */
    uint64_t changes, saves; /* of the page */
    int64_t asked_unix_ms;
    class_mask known;          /* classes whose resources are in `all` */
    uint64_t since[CLASS_END]; /* the newest record of each */
    uint64_t known_saves;      /* of the page, from before they were asked for */
    int64_t known_unix_ms;
    struct arena *tapes;             /* of what came from the gate; NULL: nothing did */
    const struct rec_resource **all; /* of malloc */
    size_t count, room, old_count;   /* old_count: resources in `tapes` that others took the place of */
    uint64_t made;                   /* times that `all` was made anew; else only more came behind it */
    struct rec_lists lists;          /* what was handed out */
    struct far_index index;
    uint32_t parts_meant;
    struct work_entry entries[WORK_ENTRIES_MAX];
    size_t entry_count;
};

/* Both are what the gate's near ones are to it; the const of the headers is about what they show. */
static inline struct far_site *far_of(const struct site *site) { return (struct far_site *)(uintptr_t)site; }
static inline struct far_view *far_view_of(const struct rec_view *view) { return (struct far_view *)(uintptr_t)view; }
static inline struct far_site *far_under(const struct rec_view *view) { return far_view_of(view)->site; }
static inline struct door_handle far_handle(const struct rec_view *view) { return far_view_of(view)->handle; }
void far_receipt(struct rec_receipt *to, const struct rec_receipt *from); /* to NULL: nobody wants it */

/* What comes before an answer. The text of a step is the same as long as the step goes on, and stands until the end of
 * the call. */
enum { FAR_STEPS_MAX = 16, FAR_STEP_BYTES = 64 };
struct far_steps {
    char text[FAR_STEPS_MAX][FAR_STEP_BYTES];
    size_t count;
};
struct far_events {
    struct far_steps *steps;
    void (*finding)(void *with, const struct site_finding *finding);
    void (*progress)(void *with, const char *step, uint64_t done, uint64_t of);
    void *with;
};

/* far_call - asks, waits, fills what comes back of *ask, whose texts live in mem (NULL: there are none).
 *   errors  those of the near call; E_IO the gate is not there */
SALVE_MUST_USE enum salve_code far_call(struct far_site *site, enum door_request request, void *ask, struct arena *mem,
                                        struct salve_err *err);
SALVE_MUST_USE enum salve_code far_call_with(struct far_site *site, enum door_request request, void *ask,
                                             struct arena *mem, const struct far_events *events, struct salve_err *err);

/* far_is_fresh - neither the numbers nor much of the time went on since they were these. Without a page nothing is. */
bool far_is_fresh(const struct far_site *site, uint64_t changes, const uint64_t *saves, int64_t at_unix_ms);

/* far_state_first - asks for the settings and whether both ends mean the same. far_states_drop - all of them. */
SALVE_MUST_USE enum salve_code far_state_first(struct far_site *site, struct salve_err *err);
void far_states_drop(struct far_site *site);

/* The far makings of all rows. */
#define GATE(type, name, through, parameters, arguments) type far_##name parameters;
#define GATE_VOID(name, through, parameters, arguments)  void far_##name parameters;
#include "records/gate.def"
#undef GATE
#undef GATE_VOID

#endif
