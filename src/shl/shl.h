/* SPDX-License-Identifier: Apache-2.0
 *
 * shl - SMART Health Links: the text of a link, what is asked of its manifest and what that answers, and files sealed
 * under the link's key. Texts in, texts out; who has a link, for how long, and how often somebody may guess its
 * passcode is not its business (records/share.h).
 *
 *     struct shl_link link = {.url = url, .until_unix_s = until, .needs_passcode = true, .label = STR("Health check")};
 *     code = shl_seal(key, SHL_FHIR, bundle, mem, &file, err);            // a JWE: what a server may keep
 *     code = shl_write(&link, key, mem, &text, err);                      // "shlink:/eyJ1cmwi..": it opens the file
 *
 * Whoever has the text of a link has its key: it stands in private arenas alone, as a card does.
 * Sources: HL7 SMART Health Cards and Links 1.0.0, "SMART Health Links Specification"; RFC 7516 (JWE, compact), RFC
 * 7518 5.3 (A256GCM) and 4.5 (dir); RFC 1951 (DEFLATE). */
#ifndef SALVE_SHL_SHL_H
#define SALVE_SHL_SHL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    SHL_KEY_BYTES = 32,
    SHL_TOKEN_BYTES = 32,    /* of a manifest's address: 256 bits, which nobody guesses */
    SHL_TOKEN_CHARS = 43,    /* of it in base64url */
    SHL_URL_BYTES_MAX = 128, /* of a manifest's address */
    SHL_LABEL_BYTES_MAX = 80,
    SHL_FILE_BYTES_MAX = 8 << 20, /* of the content, before it is sealed */
    SHL_TEXT_BYTES_MAX = 200,     /* of a recipient, of a passcode */
};
#define SHL_FHIR   STR("application/fhir+json")
#define SHL_PREFIX "shlink:/"

/* --- files -------------------------------------------------------------------------------------------------------- */

/* shl_seal - a compact JWE of deflated content, under a fresh random nonce; alg dir, enc A256GCM, zip DEF.
 * shl_open - for tests: the reverse, and what the content says it is. E_INTEGRITY, whatever was wrong; E_TOO_BIG:
 * it grows to more than SHL_FILE_BYTES_MAX. */
SALVE_MUST_USE enum salve_code shl_seal(const uint8_t key[SHL_KEY_BYTES], struct str content_type, struct str content,
                                        struct arena *mem, struct str *jwe, struct salve_err *err);
SALVE_MUST_USE enum salve_code shl_open(const uint8_t key[SHL_KEY_BYTES], struct str jwe, struct arena *mem,
                                        struct str *content_type, struct str *content, struct salve_err *err);

/* --- links -------------------------------------------------------------------------------------------------------- */

struct shl_link {
    struct str url;       /* of the manifest */
    int64_t until_unix_s; /* 0: it is not said */
    bool needs_passcode;
    struct str label; /* what it is about, in words; STR_NONE: it is not said */
};

/* shl_write - "shlink:/" and the payload. E_INVALID: the url or the label is too long.
 * shl_read - for tests, and for whoever is handed one: the reverse; what stands before a '#' is skipped. E_INVALID,
 * E_SYNTAX. Members that it does not know are skipped. */
SALVE_MUST_USE enum salve_code shl_write(const struct shl_link *link, const uint8_t key[SHL_KEY_BYTES],
                                         struct arena *mem, struct str *text, struct salve_err *err);
SALVE_MUST_USE enum salve_code shl_read(struct str text, struct arena *mem, struct shl_link *link,
                                        uint8_t key[SHL_KEY_BYTES], struct salve_err *err);

/* --- the manifest ------------------------------------------------------------------------------------------------- */

struct shl_ask {
    struct str recipient; /* who says to be there, in words */
    struct str passcode;  /* STR_NONE: none came */
    int64_t embedded_max; /* bytes of a file that may stand in the manifest itself; -1: it is not said */
};

/* shl_ask_read - the body of a request for a manifest; texts in mem. E_SYNTAX, E_TOO_BIG; E_INVALID names a member. */
SALVE_MUST_USE enum salve_code shl_ask_read(struct str json, struct arena *mem, struct shl_ask *out,
                                            struct salve_err *err);

/* shl_manifest - the answer: one file of FHIR R4 that does not change any more; either `embedded` or `location`.
 * shl_refused - the answer to a wrong passcode: {"remainingAttempts":n}. */
struct shl_file {
    struct str content_type;
    struct str embedded, location; /* one of them; the other STR_NONE */
    int64_t updated_unix_ms;
};
SALVE_MUST_USE enum salve_code shl_manifest(const struct shl_file *file, struct arena *mem, struct str *json,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code shl_refused(unsigned remaining, struct arena *mem, struct str *json,
                                           struct salve_err *err);

#endif
