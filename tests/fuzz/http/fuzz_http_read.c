/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as requests: how they are cut into pieces must not change what is read, and what is read lies in what came. */
#include <stdint.h>
#include <stdlib.h>

#include "http/http_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_BYTES_MAX = 4096 };

static uint64_t mixed(uint64_t sum, struct str text) { return sum * 1099511628211u ^ (str_hash(text) + text.len); }

/* A sum over all that was read. */
static uint64_t read_all(struct str bytes, size_t at_once, char *buffer, size_t buffer_bytes)
{
    struct http_reader reader;
    const struct http_request *r;
    uint64_t sum = 1;
    enum http_step step = HTTP_MORE;
    http_reader_open(&reader, buffer, buffer_bytes, BODY_BYTES_MAX);
    while (bytes.len > 0 && step != HTTP_BAD) {
        size_t room, n = bytes.len < at_once ? bytes.len : at_once;
        char *to = http_reader_room(&reader, &room);
        if (room == 0) abort(); /* a full buffer is a bad request */
        if (n > room) n = room;
        memcpy(to, bytes.ptr, n);
        http_reader_took(&reader, n);
        bytes = str_cut(bytes, n, bytes.len);
        while ((step = http_reader_next(&reader, &r)) == HTTP_REQUEST || step == HTTP_CONTINUE) {
            if (step == HTTP_CONTINUE) continue;
            sum = mixed(mixed(mixed(sum, r->path), r->query), r->body) + r->keeps_alive + (unsigned)r->method;
            for (size_t i = 0; i < r->header_count; i++)
                sum = mixed(mixed(sum, r->headers[i].name), r->headers[i].value);
            if (r->body.len > BODY_BYTES_MAX) abort();
            http_reader_done(&reader);
        }
    }
    return step == HTTP_BAD ? sum * 1000 + (unsigned)reader.status : sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t bytes = HTTP_HEAD_BYTES_MAX + BODY_BYTES_MAX;
    char *buffer = malloc(bytes);
    struct str text = str_make((const char *)data, size);
    if (buffer == NULL) return 0;
    uint64_t whole = read_all(text, SIZE_MAX, buffer, bytes);
    if (read_all(text, 1, buffer, bytes) != whole || read_all(text, 5, buffer, bytes) != whole) abort();
    free(buffer);
    return 0;
}
