/* SPDX-License-Identifier: Apache-2.0
 *
 * payload - what is inside a sealed record (docs/formats/site.md), before it is sealed: a header, and a body compressed
 * with zstd. Pure functions over bytes; it knows no key, no person and no site.
 *
 *     code = payload_codec_open(&codec, err);                        // once: the dictionary is digested
 *     code = payload_tapes_pack(tapes, count, mem, &what.body, err); // struct payload what
 *     code = payload_pack(codec, &what, mem, &plain, err);           // to be sealed
 *     code = payload_unpack(codec, plain, mem, &what, err);          // E_INTEGRITY: these bytes are none
 *     payload_codec_close(&codec);
 */
#ifndef SALVE_PAYLOAD_PAYLOAD_H
#define SALVE_PAYLOAD_PAYLOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "fhir/tape.h"

enum { PAYLOAD_RAW_BYTES_MAX = 256 << 20 }; /* resources of one record before compression */

enum payload_kind {
    PAYLOAD_RESOURCES = 1, /* tapes */
    PAYLOAD_OPENING = 2,   /* salt and event of a leaf */
    PAYLOAD_GRANT = 3,     /* a consent_grant in JSON */
    PAYLOAD_ENROLMENT = 4, /* empty: on it rests own access */
    PAYLOAD_APP = 5,       /* what an app was let do, or its end, in JSON */
};

struct payload {
    enum payload_kind kind;
    bool is_suspect;
    int64_t at_unix_ms;
    uint32_t log_number;
    uint64_t leaf_index; /* OPENING: its own leaf; else the leaf of the access that allowed it */
    struct str body;
};

struct payload_codec; /* compression, made once for an open site */
SALVE_MUST_USE enum salve_code payload_codec_open(struct payload_codec **out, struct salve_err *err);
void payload_codec_close(struct payload_codec **codec); /* sets NULL; NULL is fine */
/* payload_codec_wipe - what went through it is in its memory no more. */
void payload_codec_wipe(struct payload_codec *codec);
SALVE_MUST_USE enum salve_code payload_pack(struct payload_codec *codec, const struct payload *payload,
                                            struct arena *mem, struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code payload_unpack(struct payload_codec *codec, struct str bytes, struct arena *mem,
                                              struct payload *out, struct salve_err *err);

/* payload_bytes_pack - a file that is about no person: 4 bytes its length, then a zstd frame. payload_bytes_unpack -
 * the way back; nothing above bytes_max. E_INTEGRITY, E_TOO_BIG */
SALVE_MUST_USE enum salve_code payload_bytes_pack(struct str bytes, struct arena *mem, struct str *out,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code payload_bytes_unpack(struct payload_codec *codec, struct str packed, size_t bytes_max,
                                                    struct arena *mem, struct str *out, struct salve_err *err);

/* Tapes in the body of PAYLOAD_RESOURCES. */
SALVE_MUST_USE enum salve_code payload_tapes_pack(const struct tape *const *tapes, size_t count, struct arena *mem,
                                                  struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code payload_tapes_unpack(struct str body, struct arena *mem, struct tape **out,
                                                    size_t *count, struct salve_err *err);

#endif
