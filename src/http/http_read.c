/* SPDX-License-Identifier: Apache-2.0
 * Requests out of bytes, strictly. The head is looked for to its end first and read once; a chunked body is put
 * together in place, over its own chunk lines, so that it is one view. */
#include "http/http_read.h"

#include "base/assert.h"

enum { CHUNK_SIZE, CHUNK_DATA, CHUNK_END, CHUNK_LAST, CHUNK_DONE };
enum { CHUNK_LINE_BYTES_MAX = 18 }; /* 16 hexadecimal digits and CR LF */

const char *http_method_text(enum http_method method)
{
    static const char *const texts[HTTP_METHODS] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    return texts[method];
}

/* --- characters (RFC 9110 5.6.2, 5.5; RFC 3986 3.3, 3.4) ---------------------------------------------------------- */

static bool is_token(char c)
{
    return str_is_letter(c) || str_is_digit(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_value(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

static bool is_target(char c)
{
    return str_is_letter(c) || str_is_digit(c) || (c != '\0' && strchr("-._~%!$&'()*+,;=:@/?|", c) != NULL);
}

static bool is_host(char c)
{
    return str_is_letter(c) || str_is_digit(c) || (c != '\0' && strchr("-._~:[]", c) != NULL);
}

static bool all_are(struct str text, bool is(char c))
{
    for (size_t i = 0; i < text.len; i++)
        if (!is(text.ptr[i])) return false;
    return true;
}

static bool is_name(struct str text, struct str name)
{
    if (text.len != name.len) return false;
    for (size_t i = 0; i < name.len; i++)
        if (str_lower(text.ptr[i]) != str_lower(name.ptr[i])) return false;
    return true;
}

/* --- the first line ----------------------------------------------------------------------------------------------- */

static int read_method(struct str word, enum http_method *out)
{
    for (int i = 0; i < HTTP_METHODS; i++)
        if (str_is(word, http_method_text((enum http_method)i))) {
            *out = (enum http_method)i;
            return 0;
        }
    return word.len > 0 && all_are(word, is_token) ? 501 : 400;
}

/* "%" has two hexadecimal digits behind it. */
static bool is_escaped_well(struct str target)
{
    for (size_t i = 0; i < target.len; i++) {
        if (target.ptr[i] != '%') continue;
        if (i + 2 >= target.len || str_hex_digit(str_lower(target.ptr[i + 1])) < 0 ||
            str_hex_digit(str_lower(target.ptr[i + 2])) < 0)
            return false;
    }
    return true;
}

static int read_target(struct str target, struct http_request *request)
{
    ptrdiff_t question = str_find(target, STR("?"));
    if (target.len > HTTP_TARGET_BYTES_MAX) return 414;
    if (target.len == 0 || target.ptr[0] != '/' || !all_are(target, is_target) || !is_escaped_well(target)) return 400;
    request->path = question < 0 ? target : str_cut(target, 0, (size_t)question);
    request->query = question < 0 ? STR_NONE : str_cut(target, (size_t)question + 1, target.len);
    return 0;
}

static int read_version(struct str version, struct http_request *request)
{
    request->is_old = str_is(version, "HTTP/1.0");
    request->keeps_alive = !request->is_old;
    if (request->is_old || str_is(version, "HTTP/1.1")) return 0;
    return str_starts(version, STR("HTTP/")) && version.len == 8 ? 505 : 400;
}

static int read_first_line(struct str line, struct http_request *request)
{
    struct str method, rest, target, version;
    if (!str_split(line, ' ', &method, &rest) || !str_split(rest, ' ', &target, &version)) return 400;
    int status = read_method(method, &request->method);
    if (status == 0) status = read_target(target, request);
    return status == 0 ? read_version(version, request) : status;
}

/* --- headers ------------------------------------------------------------------------------------------------------ */

/* The headers that say how a request is read: how often each came, and what came first. */
enum known { HOST, LENGTH, CODING, CONNECTION, UPGRADE, EXPECT, KNOWN };
struct known_header {
    size_t count;
    struct str value;
};
static const struct str known_names[KNOWN] = {
    [HOST] = {"host", 4},
    [LENGTH] = {"content-length", 14},
    [CODING] = {"transfer-encoding", 17},
    [CONNECTION] = {"connection", 10},
    [UPGRADE] = {"upgrade", 7},
    [EXPECT] = {"expect", 6},
};

static int read_header(struct str line, struct http_request *request, struct known_header known[KNOWN])
{
    struct http_header *header = &request->headers[request->header_count];
    const char *colon = line.len == 0 ? NULL : memchr(line.ptr, ':', line.len);
    if (request->header_count == HTTP_HEADERS_MAX) return 431;
    if (colon == NULL || colon == line.ptr) return 400;
    header->name = str_make(line.ptr, (size_t)(colon - line.ptr));
    header->value = str_trim(str_cut(line, header->name.len + 1, line.len));
    request->header_count++;
    if (!all_are(header->name, is_token) || !all_are(header->value, is_value)) return 400;
    for (int i = 0; i < KNOWN; i++) {
        if (!is_name(header->name, known_names[i])) continue;
        if (known[i].count++ == 0) known[i].value = header->value;
        /* readers differ about what a tab beside a length is; none is needed there */
        if ((i == LENGTH || i == CODING) && memchr(line.ptr, '\t', line.len) != NULL) return 400;
    }
    return 0;
}

struct str http_request_header(const struct http_request *request, const char *name)
{
    struct str value = STR_NONE, wanted = str_of(name);
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++)
        if (is_name(request->headers[i].name, wanted) && count++ == 0) value = request->headers[i].value;
    return count == 1 ? value : STR_NONE;
}

static bool is_length(struct str value, uint64_t *out)
{
    *out = 0;
    if (value.len == 0 || value.len > 18) return false;
    for (size_t i = 0; i < value.len; i++) {
        if (!str_is_digit(value.ptr[i])) return false;
        *out = *out * 10 + (uint64_t)(value.ptr[i] - '0');
    }
    return true;
}

/* How long the body is, or that it comes in chunks: told once, in one way. */
static int read_framing(struct http_reader *reader, const struct known_header known[KNOWN])
{
    const struct known_header *length = &known[LENGTH], *coding = &known[CODING];
    if (length->count > 1 || coding->count > 1 || (length->count > 0 && coding->count > 0)) return 400;
    if (coding->count > 0 && reader->request.is_old) return 400;
    if (coding->count > 0 && !is_name(coding->value, STR("chunked"))) return 501;
    if (length->count > 0 && !is_length(length->value, &reader->left)) return 400;
    reader->is_chunked = coding->count > 0;
    return reader->left > reader->body_bytes_max ? 413 : 0;
}

/* Is the word in a list of them ("a, b")? */
static bool lists(struct str list, struct str word)
{
    while (list.len > 0) {
        ptrdiff_t comma = str_find(list, STR(","));
        size_t len = comma < 0 ? list.len : (size_t)comma;
        if (is_name(str_trim(str_cut(list, 0, len)), word)) return true;
        list = str_cut(list, len + 1, list.len);
    }
    return false;
}

static int read_connection(struct http_reader *reader, const struct known_header known[KNOWN])
{
    struct http_request *request = &reader->request;
    const struct known_header *host = &known[HOST], *connection = &known[CONNECTION], *expect = &known[EXPECT];
    if (host->count > 1 || (host->count == 0 && !request->is_old)) return 400;
    if (host->count == 1 && (host->value.len == 0 || !all_are(host->value, is_host))) return 400;
    request->host = host->value;
    if (known[UPGRADE].count > 0) return 501;
    if (connection->count > 1) return 400;
    if (lists(connection->value, STR("close"))) request->keeps_alive = false;
    if (request->is_old && lists(connection->value, STR("keep-alive"))) request->keeps_alive = true;
    if (expect->count > 1 || (expect->count == 1 && !is_name(expect->value, STR("100-continue")))) return 417;
    reader->waits = expect->count == 1 && !request->is_old;
    return 0;
}

/* The next line of the head, without its CR LF; false: a CR stands alone. (No LF does: find_head.) */
static bool cut_line(struct str *head, struct str *line)
{
    const char *end = head->len == 0 ? NULL : memchr(head->ptr, '\r', head->len);
    if (end == NULL || (size_t)(end - head->ptr) + 1 == head->len || end[1] != '\n') return false;
    *line = str_make(head->ptr, (size_t)(end - head->ptr));
    *head = str_cut(*head, line->len + 2, head->len);
    return true;
}

static int read_head(struct http_reader *reader)
{
    struct str head = str_make(reader->buffer, reader->head_bytes), line;
    struct known_header known[KNOWN] = {0};
    if (!cut_line(&head, &line)) return 400;
    int status = read_first_line(line, &reader->request);
    while (status == 0) {
        if (!cut_line(&head, &line)) return 400;
        if (line.len == 0) break;
        status = read_header(line, &reader->request, known);
    }
    if (status == 0) status = read_framing(reader, known);
    if (status == 0) status = read_connection(reader, known);
    return status;
}

/* --- the body ----------------------------------------------------------------------------------------------------- */

/* "1a" and CR LF: digits of a size, and no extension. */
static int read_chunk_size(struct http_reader *reader, size_t line_bytes)
{
    const char *line = reader->buffer + reader->body_from;
    uint64_t size = 0;
    if (line_bytes < 3 || line_bytes > CHUNK_LINE_BYTES_MAX) return 400;
    for (size_t i = 0; i < line_bytes - 2; i++) {
        int digit = str_hex_digit(str_lower(line[i]));
        if (digit < 0) return 400;
        size = size << 4 | (uint64_t)digit;
    }
    if (size > reader->body_bytes_max || size + reader->body_bytes > reader->body_bytes_max) return 413;
    reader->left = size;
    reader->part = size == 0 ? CHUNK_LAST : CHUNK_DATA;
    return 0;
}

/* A line that ends inside of what came: its bytes with CR LF; 0: not yet. *bad: it cannot be one. */
static size_t line_at(const struct http_reader *reader, size_t bytes_max, bool *bad)
{
    const char *from = reader->buffer + reader->body_from;
    size_t have = reader->have - reader->body_from;
    const char *end = memchr(from, '\n', have < bytes_max ? have : bytes_max);
    *bad = end == NULL ? have >= bytes_max : end == from || end[-1] != '\r';
    return end == NULL ? 0 : (size_t)(end - from) + 1;
}

/* What came of the chunk moves behind what was put together before. */
static void take_data(struct http_reader *reader)
{
    size_t have = reader->have - reader->body_from;
    size_t bytes = reader->left < have ? (size_t)reader->left : have;
    memmove(reader->buffer + reader->head_bytes + reader->body_bytes, reader->buffer + reader->body_from, bytes);
    reader->body_bytes += bytes;
    reader->body_from += bytes;
    reader->left -= bytes;
    if (reader->left == 0) reader->part = CHUNK_END;
}

/* The chunk lines that were read make room for what comes. */
static void close_gap(struct http_reader *reader)
{
    size_t to = reader->head_bytes + reader->body_bytes;
    memmove(reader->buffer + to, reader->buffer + reader->body_from, reader->have - reader->body_from);
    reader->have -= reader->body_from - to;
    reader->body_from = to;
}

static int read_chunk_line(struct http_reader *reader, bool *more)
{
    bool bad = false;
    size_t bytes = line_at(reader, reader->part == CHUNK_SIZE ? CHUNK_LINE_BYTES_MAX : 2, &bad);
    *more = bytes == 0;
    if (bad) return 400;
    if (bytes == 0) return 0;
    int status = 0;
    if (reader->part == CHUNK_SIZE)
        status = read_chunk_size(reader, bytes);
    else if (bytes != 2) /* behind data, and behind the last chunk: no trailers */
        status = 400;
    else
        reader->part = reader->part == CHUNK_LAST ? CHUNK_DONE : CHUNK_SIZE;
    reader->body_from += bytes;
    return status;
}

static int read_chunks(struct http_reader *reader, bool *more)
{
    int status = 0;
    *more = false;
    while (status == 0 && !*more && reader->part != CHUNK_DONE) {
        if (reader->part != CHUNK_DATA) {
            status = read_chunk_line(reader, more);
            continue;
        }
        *more = reader->body_from == reader->have;
        take_data(reader);
    }
    if (status == 0) close_gap(reader);
    return status;
}

static int read_length(struct http_reader *reader, bool *more)
{
    *more = reader->have - reader->head_bytes < reader->left;
    if (!*more) reader->body_bytes = (size_t)reader->left;
    reader->body_from = reader->head_bytes + reader->body_bytes;
    return 0;
}

/* --- the reader --------------------------------------------------------------------------------------------------- */

void http_reader_open(struct http_reader *reader, char *buffer, size_t size, size_t body_bytes_max)
{
    salve_assert(size >= HTTP_HEAD_BYTES_MAX);
    *reader = (struct http_reader){.buffer = buffer, .size = size, .body_bytes_max = body_bytes_max};
}

static void shift(struct str *view, ptrdiff_t by)
{
    if (view->ptr != NULL) view->ptr += by;
}

void http_reader_move(struct http_reader *reader, char *buffer, size_t size)
{
    struct http_request *request = &reader->request;
    ptrdiff_t by = buffer - reader->buffer;
    salve_assert(size >= reader->have && size >= HTTP_HEAD_BYTES_MAX);
    memcpy(buffer, reader->buffer, reader->have);
    shift(&request->path, by);
    shift(&request->query, by);
    shift(&request->host, by);
    shift(&request->body, by);
    for (size_t i = 0; i < request->header_count; i++) {
        shift(&request->headers[i].name, by);
        shift(&request->headers[i].value, by);
    }
    explicit_bzero(reader->buffer, reader->dirty);
    reader->dirty = reader->have;
    reader->buffer = buffer;
    reader->size = size;
}

char *http_reader_room(struct http_reader *reader, size_t *room)
{
    *room = reader->size - reader->have;
    return reader->buffer + reader->have;
}

void http_reader_took(struct http_reader *reader, size_t bytes)
{
    salve_assert(bytes <= reader->size - reader->have);
    reader->have += bytes;
    if (reader->dirty < reader->have) reader->dirty = reader->have;
}

static enum http_step bad(struct http_reader *reader, int status)
{
    reader->status = status;
    return HTTP_BAD;
}

/* The end of the head, looked for in what is new: an empty line. Lines end with CR LF, or it is none. */
static int find_head(struct http_reader *reader)
{
    const char *buffer = reader->buffer;
    size_t end = reader->have < HTTP_HEAD_BYTES_MAX ? reader->have : HTTP_HEAD_BYTES_MAX;
    while (reader->scanned < end) {
        const char *found = memchr(buffer + reader->scanned, '\n', end - reader->scanned);
        size_t at = found == NULL ? end : (size_t)(found - buffer);
        reader->scanned = at < end ? at + 1 : end;
        if (found == NULL) break;
        if (at == 0 || buffer[at - 1] != '\r') return 400;
        if (at - 1 == reader->line_from) {
            reader->head_bytes = at + 1;
            return 0;
        }
        reader->line_from = at + 1;
    }
    if (end < HTTP_HEAD_BYTES_MAX) return 0;
    return reader->line_from == 0 ? 414 : 431;
}

static enum http_step begin(struct http_reader *reader)
{
    int status = find_head(reader);
    if (status != 0) return bad(reader, status);
    if (reader->head_bytes == 0) return HTTP_MORE;
    status = read_head(reader);
    if (status != 0) return bad(reader, status);
    reader->body_from = reader->head_bytes;
    reader->part = CHUNK_SIZE;
    return HTTP_REQUEST;
}

/* How large the buffer must be for the request at hand; of a chunked one it is known only as it comes. */
static bool wants_room(struct http_reader *reader)
{
    size_t most = reader->head_bytes + reader->body_bytes_max + CHUNK_LINE_BYTES_MAX;
    if (!reader->is_chunked)
        reader->wants = reader->head_bytes + (size_t)reader->left;
    else if (reader->have == reader->size)
        reader->wants = 2 * reader->size < most ? 2 * reader->size : most;
    return reader->wants > reader->size;
}

enum http_step http_reader_next(struct http_reader *reader, const struct http_request **request)
{
    bool more = false;
    if (reader->status != 0) return HTTP_BAD;
    if (reader->head_bytes == 0) {
        enum http_step step = begin(reader);
        if (step != HTTP_REQUEST) return step;
    }
    int status = reader->is_chunked ? read_chunks(reader, &more) : read_length(reader, &more);
    if (status != 0) return bad(reader, status);
    if (more && wants_room(reader)) return HTTP_ROOM;
    if (more && reader->waits && !reader->was_told) {
        reader->was_told = true;
        return HTTP_CONTINUE;
    }
    if (more) return reader->have == reader->size ? bad(reader, 413) : HTTP_MORE;
    reader->request.body = str_make(reader->buffer + reader->head_bytes, reader->body_bytes);
    *request = &reader->request;
    return HTTP_REQUEST;
}

/* All but the buffer and what is in it begins anew. Header views that are not counted are never looked at. */
static void forget_request(struct http_reader *reader)
{
    struct http_request *request = &reader->request;
    request->path = request->query = request->host = request->body = STR_NONE;
    request->header_count = 0;
    reader->scanned = reader->line_from = reader->head_bytes = reader->body_from = reader->body_bytes = reader->wants =
        0;
    reader->left = 0;
    reader->is_chunked = reader->waits = reader->was_told = false;
}

void http_reader_done(struct http_reader *reader)
{
    size_t used = reader->body_from, rest = reader->have - used;
    salve_assert(reader->status == 0 && reader->head_bytes > 0);
    memmove(reader->buffer, reader->buffer + used, rest);
    explicit_bzero(reader->buffer + rest, reader->dirty - rest);
    reader->have = reader->dirty = rest;
    forget_request(reader);
}
