/* SPDX-License-Identifier: Apache-2.0
 *
 * The plaintext of a record: a header with its time and the leaf that allowed it, and a body compressed with zstd
 * and a dictionary of payload_dictionary.h. Nothing here is secret-dependent in size beyond what the padding to 256
 * hides: one record holds one class of one person, so nothing of another secrecy is compressed together
 * (docs/internals/records.md). */
#include <stdlib.h>
#define ZSTD_STATIC_LINKING_ONLY /* for memory of ours */
#include <zstd.h>

#include "base/assert.h"
#include "crypto/crypto.h"
#include "payload/payload.h"
#include "payload/payload_dictionary.h"

/* off len: 0 1 version, 1 1 kind, 2 1 coding, 3 1 flags, 4 8 time in ms, 12 4 log, 16 8 leaf, 24 4 bytes of the body */
enum { VERSION = 1, HEADER_BYTES = 28, FLAG_SUSPECT = 1 };
enum { CODING_PLAIN = 0, CODING_ZSTD = 1, CODING_ZSTD_DICTIONARY_1 = 2, CODING_ZSTD_DICTIONARY_2 = 3 };
enum { DICTIONARIES = CODING_ZSTD_DICTIONARY_2 - CODING_ZSTD };
enum { LEVEL_LARGE = 9, DICTIONARY_BODY_BYTES = 256 << 10, ROOM_BODY_BYTES = 32 << 10, SMALL_BODY_BYTES = 4 << 10 };

/* A greedy search with tables that fit a dictionary of this size: by the curve in docs/internals/payload.md. */
static const ZSTD_compressionParameters how = {.windowLog = 17,
                                               .chainLog = 15,
                                               .hashLog = 15,
                                               .searchLog = 4,
                                               .minMatch = 4,
                                               .targetLength = 4,
                                               .strategy = ZSTD_greedy};

/* The digested dictionary is made once for an open site: that takes longer than one small save. The contexts keep
 * pieces of what went through them. They are made in rooms that stay, so that payload_codec_wipe costs a pass over
 * these and no page of the system; larger bodies have a context of their own, which goes with them. */
struct payload_codec {
    ZSTD_CCtx *packer; /* in the first packer_bytes of pack_room; NULL: what the room holds is wiped */
    size_t packer_bytes;
    ZSTD_DCtx *unpacker;
    void *pack_room, *unpack_room, *pack_memory;
    const ZSTD_CDict *pack_dictionary; /* in pack_memory */
    ZSTD_DDict *unpack_dictionaries[DICTIONARIES];
};

/* What a context for bodies up to so many bytes needs. */
static size_t packer_bytes(size_t body_bytes)
{
    return ZSTD_estimateCCtxSize_usingCParams(ZSTD_adjustCParams(how, body_bytes, 0));
}

/* Memory that is wiped when it is given back; its length stands before it. */
enum { LENGTH_BYTES = 16 };

static void *wiped_alloc(void *unused, size_t bytes)
{
    char *at = malloc(LENGTH_BYTES + bytes);
    (void)unused;
    if (at == NULL) return NULL;
    memcpy(at, &bytes, sizeof bytes);
    return at + LENGTH_BYTES;
}

static void wiped_free(void *unused, void *bytes)
{
    size_t len;
    (void)unused;
    if (bytes == NULL) return;
    char *at = (char *)bytes - LENGTH_BYTES;
    memcpy(&len, at, sizeof len);
    crypto_zero(bytes, len);
    free(at);
}

static const ZSTD_customMem wiped = {.customAlloc = wiped_alloc, .customFree = wiped_free};

void payload_codec_wipe(struct payload_codec *codec)
{
    if (codec->packer != NULL) crypto_zero(codec->pack_room, codec->packer_bytes);
    if (codec->unpacker != NULL) crypto_zero(codec->unpack_room, ZSTD_estimateDCtxSize());
    codec->packer = NULL;
    codec->packer_bytes = 0;
    codec->unpacker = NULL;
}

void payload_codec_close(struct payload_codec **codec)
{
    if (*codec == NULL) return;
    payload_codec_wipe(*codec);
    free((*codec)->pack_room);
    free((*codec)->unpack_room);
    free((*codec)->pack_memory);
    for (int i = 0; i < DICTIONARIES; i++) ZSTD_freeDDict((*codec)->unpack_dictionaries[i]);
    free(*codec);
    *codec = NULL;
}

/* ZSTD_createCDict of zstd 1.5.4 uses memory that it was not given, so the memory is ours. */
static void digest(struct payload_codec *codec)
{
    size_t bytes = ZSTD_estimateCDictSize_advanced(rec_dictionary_2_bytes, how, ZSTD_dlm_byRef);
    codec->pack_memory = malloc(bytes);
    if (codec->pack_memory == NULL) return;
    codec->pack_dictionary = ZSTD_initStaticCDict(codec->pack_memory, bytes, rec_dictionary_2, rec_dictionary_2_bytes,
                                                  ZSTD_dlm_byRef, ZSTD_dct_auto, how);
}

enum salve_code payload_codec_open(struct payload_codec **out, struct salve_err *err)
{
    struct payload_codec *codec = calloc(1, sizeof *codec);
    if (codec == NULL) return salve_fail(err, SALVE_E_MEMORY, "compression");
    digest(codec);
    codec->unpack_dictionaries[0] = ZSTD_createDDict_byReference(rec_dictionary_1, rec_dictionary_1_bytes);
    codec->unpack_dictionaries[1] = ZSTD_createDDict_byReference(rec_dictionary_2, rec_dictionary_2_bytes);
    codec->pack_room = malloc(packer_bytes(ROOM_BODY_BYTES));
    codec->unpack_room = malloc(ZSTD_estimateDCtxSize());
    bool is_whole = codec->pack_dictionary != NULL && codec->pack_room != NULL && codec->unpack_room != NULL;
    for (int i = 0; i < DICTIONARIES; i++) is_whole = is_whole && codec->unpack_dictionaries[i] != NULL;
    *out = codec;
    if (is_whole) return SALVE_OK;
    payload_codec_close(out);
    return salve_fail(err, SALVE_E_MEMORY, "compression");
}

static size_t compress_by(ZSTD_CCtx *zstd, const ZSTD_CDict *dictionary, struct str body, char *at, size_t room)
{
    ZSTD_CCtx_reset(zstd, ZSTD_reset_session_and_parameters);
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, LEVEL_LARGE);
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 0); /* the header has it */
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_dictIDFlag, 0);      /* the coding says it */
    if (dictionary != NULL) ZSTD_CCtx_refCDict(zstd, dictionary);
    return ZSTD_compress2(zstd, at, room, body.ptr, body.len);
}

static size_t compress_apart(const ZSTD_CDict *dictionary, struct str body, char *at, size_t room)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx_advanced(wiped);
    size_t got = zstd == NULL ? 0 : compress_by(zstd, dictionary, body, at, room);
    ZSTD_freeCCtx(zstd);
    return got;
}

/* The context of the room for a body of this length; what was used of the room for a longer one since the last wipe
 * stays with it. */
static ZSTD_CCtx *packer(struct payload_codec *codec, size_t body_bytes)
{
    size_t bytes = packer_bytes(body_bytes <= SMALL_BODY_BYTES ? SMALL_BODY_BYTES : ROOM_BODY_BYTES);
    if (bytes <= codec->packer_bytes) return codec->packer;
    codec->packer = ZSTD_initStaticCCtx(codec->pack_room, bytes);
    codec->packer_bytes = bytes;
    salve_assert(codec->packer != NULL);
    return codec->packer;
}

/* Compresses `body` behind `at`; 0 if that failed or did not help. */
static size_t compress(struct payload_codec *codec, struct str body, char *at, size_t room, uint8_t *coding)
{
    const ZSTD_CDict *dictionary = body.len <= DICTIONARY_BODY_BYTES ? codec->pack_dictionary : NULL;
    size_t got = body.len <= ROOM_BODY_BYTES ? compress_by(packer(codec, body.len), dictionary, body, at, room)
                                             : compress_apart(dictionary, body, at, room);
    *coding = dictionary != NULL ? CODING_ZSTD_DICTIONARY_2 : CODING_ZSTD;
    return ZSTD_isError(got) || got >= body.len ? 0 : got;
}

enum salve_code payload_pack(struct payload_codec *codec, const struct payload *payload, struct arena *mem,
                             struct str *out, struct salve_err *err)
{
    if (payload->body.len > PAYLOAD_RAW_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "record");
    size_t room = HEADER_BYTES + ZSTD_compressBound(payload->body.len);
    uint8_t *bytes = arena_alloc_raw(mem, room, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    uint8_t coding = CODING_PLAIN;
    size_t packed = compress(codec, payload->body, (char *)bytes + HEADER_BYTES, room - HEADER_BYTES, &coding);
    if (packed == 0) {
        coding = CODING_PLAIN;
        packed = payload->body.len;
        if (packed > 0) memcpy(bytes + HEADER_BYTES, payload->body.ptr, packed);
    }
    bytes[0] = VERSION;
    bytes[1] = (uint8_t)payload->kind;
    bytes[2] = coding;
    bytes[3] = payload->is_suspect ? FLAG_SUSPECT : 0;
    crypto_put_u64(bytes + 4, (uint64_t)payload->at_unix_ms);
    crypto_put_u32(bytes + 12, payload->log_number);
    crypto_put_u64(bytes + 16, payload->leaf_index);
    crypto_put_u32(bytes + 24, (uint32_t)payload->body.len);
    *out = str_bytes(bytes, HEADER_BYTES + packed);
    return SALVE_OK;
}

/* The context for what comes out; NULL cannot be. */
static ZSTD_DCtx *unpacker(struct payload_codec *codec)
{
    if (codec->unpacker == NULL) codec->unpacker = ZSTD_initStaticDCtx(codec->unpack_room, ZSTD_estimateDCtxSize());
    salve_assert(codec->unpacker != NULL);
    return codec->unpacker;
}

static bool decompress(struct payload_codec *codec, struct str packed, uint8_t coding, char *out, size_t out_len)
{
    const ZSTD_DDict *dictionary = coding > CODING_ZSTD ? codec->unpack_dictionaries[coding - CODING_ZSTD - 1] : NULL;
    size_t got = ZSTD_decompress_usingDDict(unpacker(codec), out, out_len, packed.ptr, packed.len, dictionary);
    return !ZSTD_isError(got) && got == out_len;
}

enum salve_code payload_unpack(struct payload_codec *codec, struct str bytes, struct arena *mem, struct payload *out,
                               struct salve_err *err)
{
    const uint8_t *at = (const uint8_t *)bytes.ptr;
    if (bytes.len < HEADER_BYTES) return salve_fail(err, SALVE_E_INTEGRITY, "record content");
    if (at[0] != VERSION) return salve_fail(err, SALVE_E_UNSUPPORTED, "record content of version %u", at[0]);
    uint32_t body_bytes = crypto_get_u32(at + 24);
    uint8_t coding = at[2];
    if (at[1] < PAYLOAD_RESOURCES || at[1] > PAYLOAD_APP || coding > CODING_ZSTD_DICTIONARY_2 ||
        (at[3] & ~FLAG_SUSPECT) != 0 || body_bytes > PAYLOAD_RAW_BYTES_MAX)
        return salve_fail(err, SALVE_E_INTEGRITY, "record content");
    out->kind = (enum payload_kind)at[1];
    out->is_suspect = (at[3] & FLAG_SUSPECT) != 0;
    out->at_unix_ms = (int64_t)crypto_get_u64(at + 4);
    out->log_number = crypto_get_u32(at + 12);
    out->leaf_index = crypto_get_u64(at + 16);
    struct str packed = str_cut(bytes, HEADER_BYTES, bytes.len);
    out->body = packed;
    if (coding == CODING_PLAIN)
        return packed.len == body_bytes ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "record content");
    char *body = arena_alloc_raw(mem, (size_t)body_bytes + 1, 16);
    if (body == NULL) return salve_fail(err, SALVE_E_MEMORY, "record content");
    if (!decompress(codec, packed, coding, body, body_bytes))
        return salve_fail(err, SALVE_E_INTEGRITY, "record content");
    body[body_bytes] = '\0';
    out->body = str_make(body, body_bytes);
    return SALVE_OK;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

enum { BYTES_HEADER = 4 };

enum salve_code payload_bytes_pack(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err)
{
    size_t room = BYTES_HEADER + ZSTD_compressBound(bytes.len);
    uint8_t *packed = arena_alloc_raw(mem, room, 1);
    if (packed == NULL) return salve_fail(err, SALVE_E_MEMORY, "compression");
    if (bytes.len > PAYLOAD_RAW_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "file");
    size_t got = ZSTD_compress(packed + BYTES_HEADER, room - BYTES_HEADER, bytes.ptr, bytes.len, LEVEL_LARGE);
    if (ZSTD_isError(got)) return salve_fail(err, SALVE_E_MEMORY, "compression");
    crypto_put_u32(packed, (uint32_t)bytes.len);
    *out = str_bytes(packed, BYTES_HEADER + got);
    return SALVE_OK;
}

enum salve_code payload_bytes_unpack(struct payload_codec *codec, struct str packed, size_t bytes_max,
                                     struct arena *mem, struct str *out, struct salve_err *err)
{
    if (packed.len < BYTES_HEADER) return salve_fail(err, SALVE_E_INTEGRITY, "file");
    size_t len = crypto_get_u32((const uint8_t *)packed.ptr);
    if (len > bytes_max) return salve_fail(err, SALVE_E_TOO_BIG, "file");
    char *bytes = arena_alloc_raw(mem, len + 1, 16);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "file");
    struct str frame = str_cut(packed, BYTES_HEADER, packed.len);
    size_t got = ZSTD_decompressDCtx(unpacker(codec), bytes, len, frame.ptr, frame.len);
    if (ZSTD_isError(got) || got != len) return salve_fail(err, SALVE_E_INTEGRITY, "file");
    bytes[len] = '\0';
    *out = str_make(bytes, len);
    return SALVE_OK;
}
