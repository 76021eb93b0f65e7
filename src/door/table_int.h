/* SPDX-License-Identifier: Apache-2.0
 *
 * table - the requests: what each carries, in both directions, and who may ask. Made of door_calls.def and
 * door_own.def; the place of a row is its number on the way. */
#ifndef SALVE_DOOR_TABLE_INT_H
#define SALVE_DOOR_TABLE_INT_H

#include "door/shapes_int.h"

/* Who may ask, and how it is answered. */
enum {
    DOOR_BY_NOBODY = 0, /* it takes what opens the site, and is done where that opens it */
    DOOR_BY_WEB = 1,
    DOOR_BY_COMMAND = 2,
    DOOR_BY_ANY = DOOR_BY_WEB | DOOR_BY_COMMAND,
    DOOR_OF_VIEW = 4,   /* through a view: its handle is the first member */
    DOOR_OF_ROWS = 8,   /* within a file of many people that this connection began */
    DOOR_OF_STAFF = 16, /* its first member is an actor, who has a session: no register is so new that it needs none */
    DOOR_AT_DESK = 32,  /* a secret is checked, on a thread of its own */
    DOOR_IN_GROUP = 64, /* it shares a commit with others that wait */
    DOOR_AT_ONCE = 128, /* nobody is served in the middle of it: it is of views that others may close */
};

enum door_request {
#define REQUEST(name, who) DOOR_ASK_##name,
#define FAR(name, parameters)
#define IN(name, kind, member, from)
#define IN_ONE(name, tag, member, from)
#define IN_MANY(name, tag, member, most, from)
#define CALL(name, through, mem)
#define OUT(name, kind, member, to)
#define OUT_ONE(name, tag, member, to)
#define OUT_MANY(name, tag, member, most, to)
#define NEAR(name, call)
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
    DOOR_ASKS
};

/* struct door_ask_<name>: what goes there and what comes back, in one. */
#define REQUEST(name, who)              struct door_ask_##name {
#define IN(name, kind, member, from)    DOOR_MEMBER_##kind(member)
#define IN_ONE(name, tag, member, from) struct tag member;
#define IN_MANY(name, tag, member, most, from)                                                                         \
    struct tag *member;                                                                                                \
    size_t member##_count;
#define OUT(name, kind, member, to)    DOOR_MEMBER_##kind(member)
#define OUT_ONE(name, tag, member, to) struct tag member;
#define OUT_MANY(name, tag, member, most, to)                                                                          \
    struct tag *member;                                                                                                \
    size_t member##_count;
#define NEAR(name, call)                                                                                               \
    char end;                                                                                                          \
    }                                                                                                                  \
    ;
#include "door/door_calls.def"
#include "door/door_own.def"
#undef REQUEST
#undef FAR
#undef IN
#undef IN_ONE
#undef IN_MANY
#undef CALL
#undef OUT
#undef OUT_ONE
#undef OUT_MANY
#undef NEAR

struct door_row {
    const char *name;
    unsigned who;
    size_t bytes; /* of its struct */
    const struct door_field *in, *out;
};
extern const struct door_row door_rows[DOOR_ASKS];

/* door_tables_print - of all rows: two ends with another one do not understand each other. */
uint64_t door_tables_print(void);

/* The steps of struct door_held. */
struct door_step {
    uint64_t us;
    const char *seconds;
};
extern const struct door_step door_steps[];

/* --- messages ----------------------------------------------------------------------------------------------------- */

/* length u32 of what follows it, version u8, kind u8, request u16, then its fields; of an answer first its code u16,
 * which is not OK where a salve_err follows. */
enum { DOOR_VERSION = 1, DOOR_HEAD_BYTES = 8, DOOR_CODE_BYTES = 2 };
enum door_message { DOOR_MESSAGE_ASK = 1, DOOR_MESSAGE_ANSWER, DOOR_MESSAGE_FINDING, DOOR_MESSAGE_PROGRESS };

struct door_head {
    uint32_t bytes; /* behind the head */
    enum door_message kind;
    uint16_t request; /* below DOOR_ASKS */
};

/* door_head_read - false: it is none. */
bool door_head_read(const uint8_t bytes[DOOR_HEAD_BYTES], struct door_head *out);

/* door_message_* - whole messages behind what is in `out`; on an error `out` is as before. */
SALVE_MUST_USE enum salve_code door_message_put(struct door_bytes *out, enum door_message kind,
                                                enum door_request request, const struct door_field *fields,
                                                const void *from, struct salve_err *err);
SALVE_MUST_USE enum salve_code door_answer_put(struct door_bytes *out, enum door_request request, enum salve_code code,
                                               const struct salve_err *why, const void *ask, struct salve_err *err);

#endif
