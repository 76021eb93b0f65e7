/* SPDX-License-Identifier: Apache-2.0
 *
 * http_read - the strict reader of HTTP/1.1 requests (RFC 9110, RFC 9112): bytes in, one request at a time out. It
 * takes what Salve serves and nothing else, so that no two readers of the same bytes can disagree:
 * - lines end with CR LF alone; no line begins with white space; no space before a colon; header names are tokens,
 *   values have no control characters but the tab inside;
 * - a body has exactly one Content-Length of digits, or Transfer-Encoding "chunked" alone, never both; chunks have no
 *   extensions and no trailers;
 * - one Host, in HTTP/1.1 always, of letters, digits and "-._~:[]"; the target is a path ("/a/b?c=d"); HTTP/1.1 and 1.0
 *   only, and 1.0 without chunks;
 * - no upgrade, no CONNECT, no Expect but 100-continue.
 *
 *     struct http_reader reader;
 *     http_reader_open(&reader, buffer, HTTP_HEAD_BYTES_MAX, body_bytes_max);
 *     n = recv(fd, http_reader_room(&reader, &room), room); http_reader_took(&reader, n);
 *     while ((step = http_reader_next(&reader, &request)) == HTTP_REQUEST) { ...answer...; http_reader_done(&reader); }
 *     if (step == HTTP_ROOM) http_reader_move(&reader, larger, reader.wants)
 *     if (step == HTTP_BAD) answer reader.status and close
 *
 * Nothing is allocated: the caller's buffer holds one request, head and body; what came behind it stays for the next.
 * What was answered is wiped from it. */
#ifndef SALVE_HTTP_HTTP_READ_H
#define SALVE_HTTP_HTTP_READ_H

#include "base/str.h"

enum {
    HTTP_HEAD_BYTES_MAX = 16 << 10,
    HTTP_TARGET_BYTES_MAX = 4 << 10,
    HTTP_HEADERS_MAX = 64,
};

/* The methods of FHIR and of pages; http_method_text gives the word. */
enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS, HTTP_METHODS };
const char *http_method_text(enum http_method method);

struct http_header {
    struct str name, value; /* as they came; the value without white space around it */
};

/* Views of the reader's buffer, until http_reader_done. */
struct http_request {
    enum http_method method;
    struct str path, query; /* not decoded; the query without "?", absent if there is none */
    struct str host;        /* as it came: a name or address, perhaps with a port; absent in HTTP/1.0 at most */
    uint64_t source; /* tells clients apart by their address within one run of the server, and names none; 0: a pipe */
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t header_count;
    struct str body;
    bool keeps_alive; /* the connection may stay open */
    bool is_old;      /* HTTP/1.0 */
    bool is_tls;      /* it came sealed: http_server_listen_tls */
    bool is_near;     /* from this machine, or through a pipe */
};

/* http_request_header - the value of the header of that name (any case), absent if there is none or more than one. */
struct str http_request_header(const struct http_request *request, const char *name);

enum http_step {
    HTTP_MORE,     /* the request is not whole yet */
    HTTP_CONTINUE, /* the same, and the client waits for "100 Continue"; said once a request */
    HTTP_REQUEST,
    HTTP_ROOM, /* the request needs a buffer of reader.wants bytes: http_reader_move */
    HTTP_BAD,  /* reader.status says why; nothing behind it can be read */
};

struct http_reader {
    char *buffer;
    size_t size, have; /* bytes of the buffer; bytes in it */
    size_t dirty;      /* no byte that came stands behind this */
    size_t wants;      /* of HTTP_ROOM */
    size_t body_bytes_max;
    int status;        /* of HTTP_BAD: 400, 405, 411, 413, 414, 417, 431, 501, 505 */
    size_t scanned;    /* of the head: no end of it before this */
    size_t line_from;  /* where the line at hand begins */
    size_t head_bytes; /* 0: the head is not read yet */
    size_t body_from;  /* where what is left to read of the body begins */
    size_t body_bytes; /* of the body that were put together */
    uint64_t left;     /* of the body, or of the chunk at hand */
    uint8_t part;      /* of a chunked body */
    bool is_chunked, waits, was_told;
    struct http_request request; /* header and target views are set when it is whole */
};

/* http_reader_open - `size` is HTTP_HEAD_BYTES_MAX at least. http_reader_move - goes on in another buffer of `size`
 * bytes, which hold what is in the old one; views of the request move with it, the old one is wiped. */
void http_reader_open(struct http_reader *reader, char *buffer, size_t size, size_t body_bytes_max);
void http_reader_move(struct http_reader *reader, char *buffer, size_t size);

/* http_reader_room - where the next bytes go, and how many fit (0: the buffer is full; http_reader_next has told what
 * to do about it, or has a request that waits for http_reader_done).
 * http_reader_took - how many came. */
char *http_reader_room(struct http_reader *reader, size_t *room);
void http_reader_took(struct http_reader *reader, size_t bytes);

/* http_reader_next - reads on with what came. *request is set for HTTP_REQUEST. */
enum http_step http_reader_next(struct http_reader *reader, const struct http_request **request);

/* http_reader_done - the request was answered: it is wiped, and what came behind it moves to the front. */
void http_reader_done(struct http_reader *reader);

#endif
