/* SPDX-License-Identifier: Apache-2.0
 *
 * What is inside a sealed record (docs/formats/site.md), before it is sealed: pure functions over bytes. */
#ifndef SALVE_RECORDS_PAYLOAD_INT_H
#define SALVE_RECORDS_PAYLOAD_INT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "fhir/tape.h"

enum { REC_RAW_BYTES_MAX = 256 << 20 }; /* resources of one record before compression */

enum rec_kind {
    REC_KIND_RESOURCES = 1, /* tapes */
    REC_KIND_OPENING = 2,   /* salt and event of a leaf */
    REC_KIND_GRANT = 3,     /* a consent_grant in JSON */
    REC_KIND_ENROLMENT = 4, /* empty: on it rests own access */
};

struct rec_payload {
    enum rec_kind kind;
    bool is_suspect;
    int64_t at_unix_ms;
    uint32_t log_number;
    uint64_t leaf_index; /* OPENING: its own leaf; else the leaf of the access that allowed it */
    struct str body;
};

struct rec_codec; /* compression, made once for an open site */
SALVE_MUST_USE enum salve_code rec_codec_open(struct rec_codec **out, struct salve_err *err);
void rec_codec_close(struct rec_codec **codec); /* sets NULL; NULL is fine */
/* rec_codec_wipe - what went through it is in its memory no more. */
void rec_codec_wipe(struct rec_codec *codec);
SALVE_MUST_USE enum salve_code rec_payload_pack(struct rec_codec *codec, const struct rec_payload *payload,
                                                struct arena *mem, struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_payload_unpack(struct rec_codec *codec, struct str bytes, struct arena *mem,
                                                  struct rec_payload *out, struct salve_err *err);

/* Tapes in the body of REC_KIND_RESOURCES. */
SALVE_MUST_USE enum salve_code rec_tapes_pack(const struct tape *const *tapes, size_t count, struct arena *mem,
                                              struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_tapes_unpack(struct str body, struct arena *mem, struct tape **out, size_t *count,
                                                struct salve_err *err);

/* rec_with_id - a copy of a resource under another id. rec_id_number - the number of an id ("<compartment>.<number>",
 * with or without its type before it); E_INVALID if it is not of this compartment. */
SALVE_MUST_USE enum salve_code rec_with_id(const struct tape *tape, struct str id, struct arena *mem, struct tape *out,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_id_number(struct compartment of, struct str id, uint64_t *number,
                                             struct salve_err *err);

#endif
