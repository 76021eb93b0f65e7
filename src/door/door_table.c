/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of requests, and messages as bytes. */
#include "door/table_int.h"

#include "crypto/crypto.h"
#include "door/door.h"

#define FAR(name, parameters)
#define CALL(name, through, mem)

/* What goes there. */
#define REQUEST(name, who)              static const struct door_field in_##name[] = {
#define IN(name, kind, member, from)    DOOR_FIELD_##kind(struct door_ask_##name, member),
#define IN_ONE(name, tag, member, from) DOOR_NESTED(DOOR_ONE, struct door_ask_##name, member, tag),
#define IN_MANY(name, tag, member, most, from)                                                                         \
    DOOR_LISTED(DOOR_MANY, struct door_ask_##name, member, member##_count, tag, most),
#define OUT(name, kind, member, to)
#define OUT_ONE(name, tag, member, to)
#define OUT_MANY(name, tag, member, most, to)
#define NEAR(name, call)                                                                                               \
    {                                                                                                                  \
        .kind = DOOR_END                                                                                               \
    }                                                                                                                  \
    }                                                                                                                  \
    ;
#include "door/door_calls.def"
#include "door/door_own.def"
#undef REQUEST
#undef IN
#undef IN_ONE
#undef IN_MANY
#undef OUT
#undef OUT_ONE
#undef OUT_MANY
#undef NEAR

/* What comes back. */
#define REQUEST(name, who) static const struct door_field out_##name[] = {
#define IN(name, kind, member, from)
#define IN_ONE(name, tag, member, from)
#define IN_MANY(name, tag, member, most, from)
#define OUT(name, kind, member, to)    DOOR_FIELD_##kind(struct door_ask_##name, member),
#define OUT_ONE(name, tag, member, to) DOOR_NESTED(DOOR_ONE, struct door_ask_##name, member, tag),
#define OUT_MANY(name, tag, member, most, to)                                                                          \
    DOOR_LISTED(DOOR_MANY, struct door_ask_##name, member, member##_count, tag, most),
#define NEAR(name, call)                                                                                               \
    {                                                                                                                  \
        .kind = DOOR_END                                                                                               \
    }                                                                                                                  \
    }                                                                                                                  \
    ;
#include "door/door_calls.def"
#include "door/door_own.def"
#undef REQUEST
#undef OUT
#undef OUT_ONE
#undef OUT_MANY
#undef NEAR

#define OUT(name, kind, member, to)
#define OUT_ONE(name, tag, member, to)
#define OUT_MANY(name, tag, member, most, to)
#define NEAR(name, call)
#define REQUEST(row, may) {#row, (may), sizeof(struct door_ask_##row), in_##row, out_##row},
const struct door_row door_rows[DOOR_ASKS] = {
#include "door/door_calls.def"
#include "door/door_own.def"
};

uint64_t door_tables_print(void)
{
    uint32_t hash = DOOR_VERSION;
    for (size_t i = 0; i < DOOR_ASKS; i++) {
        hash ^= str_hash_32(str_of(door_rows[i].name));
        hash = door_print(door_rows[i].in, hash);
        hash = door_print(door_rows[i].out, hash);
    }
    return hash;
}

const struct door_step door_steps[DOOR_STEPS] = {{1000, "0.001"}, {2000, "0.002"}, {5000, "0.005"}, {10000, "0.01"},
                                                 {20000, "0.02"}, {100000, "0.1"}, {1000000, "1"}};

/* --- messages ----------------------------------------------------------------------------------------------------- */

bool door_head_read(const uint8_t bytes[DOOR_HEAD_BYTES], struct door_head *out)
{
    *out = (struct door_head){.bytes = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                                       (uint32_t)bytes[3] << 24,
                              .kind = (enum door_message)bytes[5],
                              .request = (uint16_t)(bytes[6] | bytes[7] << 8)};
    return out->bytes <= DOOR_MESSAGE_BYTES_MAX && bytes[4] == DOOR_VERSION && out->kind >= DOOR_MESSAGE_ASK &&
           out->kind <= DOOR_MESSAGE_PROGRESS && out->request < DOOR_ASKS;
}

/* The length is put in when it is known. */
static size_t begin(struct door_bytes *out, enum door_message kind, enum door_request request)
{
    const uint8_t head[DOOR_HEAD_BYTES] = {
        0, 0, 0, 0, DOOR_VERSION, (uint8_t)kind, (uint8_t)request, (uint8_t)((unsigned)request >> 8)};
    size_t from = out->len;
    out->max = from + DOOR_HEAD_BYTES + DOOR_MESSAGE_BYTES_MAX;
    door_bytes_put(out, head, sizeof head);
    return from;
}

static enum salve_code end(struct door_bytes *out, size_t from, enum salve_code code, struct salve_err *err)
{
    if (code == SALVE_OK && out->code != SALVE_OK) code = salve_fail(err, out->code, "message");
    if (code != SALVE_OK) {
        if (out->len > from) crypto_zero(out->at + from, out->len - from);
        out->len = from;
        out->code = SALVE_OK;
        return code;
    }
    size_t bytes = out->len - from - DOOR_HEAD_BYTES;
    for (size_t i = 0; i < 4; i++) out->at[from + i] = (uint8_t)(bytes >> (8 * i));
    return SALVE_OK;
}

enum salve_code door_message_put(struct door_bytes *out, enum door_message kind, enum door_request request,
                                 const struct door_field *fields, const void *from, struct salve_err *err)
{
    size_t start = begin(out, kind, request);
    return end(out, start, door_write(fields, from, out, err), err);
}

enum salve_code door_answer_put(struct door_bytes *out, enum door_request request, enum salve_code code,
                                const struct salve_err *why, const void *ask, struct salve_err *err)
{
    size_t start = begin(out, DOOR_MESSAGE_ANSWER, request);
    const uint8_t head[DOOR_CODE_BYTES] = {(uint8_t)code, (uint8_t)((unsigned)code >> 8)};
    door_bytes_put(out, head, sizeof head);
    enum salve_code written = code == SALVE_OK ? door_write(door_rows[request].out, ask, out, err)
                                               : door_write(door_shape_salve_err.fields, why, out, err);
    return end(out, start, written, err);
}
