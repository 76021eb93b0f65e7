/* SPDX-License-Identifier: Apache-2.0
 *
 * What a leaf about a person commits to (docs/formats/site.md). */
#ifndef SALVE_RECORDS_EVENT_INT_H
#define SALVE_RECORDS_EVENT_INT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "store/store.h"

enum rec_event_kind {
#define EVENT(name, text, what) REC_EVENT_##name,
#include "records/events.def"
#undef EVENT
    REC_EVENT_COUNT
};

struct rec_event {
    enum rec_event_kind kind;
    int64_t at_unix_s;
    bool is_suspect; /* the clock had been set back */
    bool is_made_up; /* the site is for demonstrations and tests */
    struct actor actor;
    struct str app;       /* name of the app that asked, or that it is about; empty: none */
    struct str by;        /* who they say they are, proved by nothing: whoever opens a health link; else empty */
    enum purpose purpose; /* 0: none */
    class_mask classes;
    bool is_reminder;        /* to call the person before their next check */
    uint64_t consent_seq;    /* the decision this is about; 0: none */
    uint64_t resource_count; /* READ, WRITE */
    struct store_head head;  /* of the chain before the event's own record */
};

const char *rec_event_text(enum rec_event_kind kind);
/* rec_event_write - canonical JSON (RFC 8785). rec_event_read - the reverse; texts in mem. E_INTEGRITY. */
SALVE_MUST_USE enum salve_code rec_event_write(const struct rec_event *event, struct arena *mem, struct str *json,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_event_read(struct str json, struct arena *mem, struct rec_event *out,
                                              struct salve_err *err);

#endif
