/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as requests: how they are cut into pieces must not change what is read, and what is read lies in what came.
 * */
#include <stdint.h>
#include <stdlib.h>

#include "http/http_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_BYTES_MAX = 4096 };

static uint64_t mixed(uint64_t sum, struct str text) { return sum * 1099511628211u ^ (str_hash(text) + text.len); }

/* The reader goes on in another buffer, as large as it asks for and no larger. */
static void grow(struct http_reader *reader)
{
    char *old = reader->buffer, *larger = malloc(reader->wants);
    if (larger == NULL || reader->wants > HTTP_HEAD_BYTES_MAX + BODY_BYTES_MAX + 100) abort();
    http_reader_move(reader, larger, reader->wants);
    for (size_t i = 0; i < HTTP_HEAD_BYTES_MAX; i++)
        if (old[i] != 0) abort(); /* wiped */
    free(old);
}

/* A sum over all that was read. */
static uint64_t read_all(struct str bytes, size_t at_once)
{
    char *buffer = calloc(1, HTTP_HEAD_BYTES_MAX);
    struct http_reader reader;
    const struct http_request *r;
    uint64_t sum = 1;
    enum http_step step = HTTP_MORE;
    if (buffer == NULL) return 0;
    http_reader_open(&reader, buffer, HTTP_HEAD_BYTES_MAX, BODY_BYTES_MAX);
    while (bytes.len > 0 && step != HTTP_BAD) {
        size_t room, n = bytes.len < at_once ? bytes.len : at_once;
        char *to = http_reader_room(&reader, &room);
        if (room == 0) abort(); /* a full buffer is a bad request */
        if (n > room) n = room;
        memcpy(to, bytes.ptr, n);
        http_reader_took(&reader, n);
        bytes = str_cut(bytes, n, bytes.len);
        while ((step = http_reader_next(&reader, &r)) != HTTP_MORE && step != HTTP_BAD) {
            if (step == HTTP_ROOM) grow(&reader);
            if (step != HTTP_REQUEST) continue;
            sum = mixed(mixed(mixed(sum, r->path), r->query), r->body) + r->keeps_alive + (unsigned)r->method;
            for (size_t i = 0; i < r->header_count; i++)
                sum = mixed(mixed(sum, r->headers[i].name), r->headers[i].value);
            if (r->body.len > BODY_BYTES_MAX) abort();
            http_reader_done(&reader);
        }
    }
    free(reader.buffer);
    return step == HTTP_BAD ? sum * 1000 + (unsigned)reader.status : sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_make((const char *)data, size);
    uint64_t whole = read_all(text, SIZE_MAX);
    if (read_all(text, 1) != whole || read_all(text, 5) != whole) abort();
    return 0;
}
