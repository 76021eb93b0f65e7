/* SPDX-License-Identifier: Apache-2.0
 *
 * wire - structs as bytes and back, by tables that both ends share. Numbers are little-endian, of the size of their
 * member; a text, a tape or a list begins with its length as four bytes. Nothing of a length is believed before so many
 * bytes are there. */
#ifndef SALVE_DOOR_WIRE_INT_H
#define SALVE_DOOR_WIRE_INT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum door_field_kind {
    DOOR_INT,   /* a whole number or one of a list, 1 to 8 bytes; below `max` where that is not 0 */
    DOOR_BOOL,  /* one byte, 0 or 1 */
    DOOR_BYTES, /* an array of bytes in the struct */
    DOOR_CHARS, /* an array of chars in the struct that ends with a NUL */
    DOOR_TEXT,  /* struct str, of `max` bytes at most; absent stays absent */
    DOOR_PATH,  /* const char *, of `max` bytes at most; NULL stays NULL */
    DOOR_TAPE,  /* struct tape, checked when it is read */
    DOOR_ONE,   /* a struct */
    DOOR_MAYBE, /* a pointer to a struct; NULL stays NULL */
    DOOR_MANY,  /* a pointer to structs, `max` at most, their count beside it as size_t */
    DOOR_SOME,  /* an array of `max` structs in the struct, their count beside it as size_t */
    DOOR_END,
};

struct door_field {
    uint8_t kind;
    uint16_t offset, bytes, count_offset; /* in the struct; `bytes` is the size of the member */
    uint32_t max;
    const struct door_shape *shape;
};

struct door_shape {
    const struct door_field *fields; /* up to DOOR_END */
    size_t bytes;                    /* of the struct */
};

/* Bytes on the heap that are wiped before they are given back: people's data and secrets pass through. */
struct door_bytes {
    uint8_t *at;
    size_t len, room, max;
    enum salve_code code; /* the first failure: E_TOO_BIG, E_MEMORY */
};

void door_bytes_put(struct door_bytes *out, const void *bytes, size_t len);
/* door_bytes_room - room for `len` more behind what is there; NULL: the first failure, noted. */
uint8_t *door_bytes_room(struct door_bytes *out, size_t len);
void door_bytes_cut(struct door_bytes *bytes, size_t len); /* takes the first `len` away, and wipes where they were */
void door_bytes_drop(struct door_bytes *bytes);

/* door_write - appends the fields of *from. E_TOO_BIG: a text or list is longer than its field takes. */
SALVE_MUST_USE enum salve_code door_write(const struct door_field *fields, const void *from, struct door_bytes *out,
                                          struct salve_err *err);

/* door_read - fills *to, a struct of zeros, from all of `bytes`. Lists, paths and tapes live in mem; so do texts where
 * they are copied, else they view `bytes`.
 *   errors  E_INVALID the bytes are not these fields; E_MEMORY; E_INTEGRITY, E_UNSUPPORTED of a tape */
enum door_texts { DOOR_VIEWED, DOOR_COPIED };
SALVE_MUST_USE enum salve_code door_read(const struct door_field *fields, struct str bytes, enum door_texts texts,
                                         struct arena *mem, void *to, struct salve_err *err);

/* door_print - FNV-1a over what a table says, so that two programs know whether they mean the same. */
uint32_t door_print(const struct door_field *fields, uint32_t hash);

#endif
