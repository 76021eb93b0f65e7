/* SPDX-License-Identifier: Apache-2.0
 * Statuses in words, answers of fixed words, header lines, and which form of a body goes out (RFC 9110 8, 12, 13). */
#include <stdio.h>

#include "http/http_int.h"

static const struct {
    int status;
    const char *text;
} statuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
    {0, ""},
};
enum { ROWS = sizeof statuses / sizeof statuses[0] };

size_t http_status_rows(void) { return ROWS; }
int http_status_of_row(size_t row) { return statuses[row].status; }

size_t http_status_row(int status)
{
    size_t row = 0;
    while (row + 1 < ROWS && statuses[row].status != status) row++;
    return row;
}

const char *http_status_text(int status) { return statuses[http_status_row(status)].text; }

/* --- what an answer is made of ------------------------------------------------------------------------------------ */

void http_reply_header(struct http_reply *reply, const char *name, struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (((unsigned char)value.ptr[i] < 0x20 && value.ptr[i] != '\t') || value.ptr[i] == 0x7F) return;
    buf_add(&reply->lines, str_of(name));
    buf_add(&reply->lines, STR(": "));
    buf_add(&reply->lines, value);
    buf_add(&reply->lines, STR("\r\n"));
}

void http_reply_error(struct http_reply *reply, int status)
{
    reply->status = status;
    reply->type = STR("text/plain; charset=utf-8");
    reply->body = arena_printf(reply->mem, "%s\n", http_status_text(status));
    reply->body_gzip = reply->etag = STR_NONE;
    http_reply_header(reply, "Cache-Control", STR("no-store"));
}

void http_reply_allow(struct http_reply *reply, const char *methods)
{
    http_reply_error(reply, 405);
    http_reply_header(reply, "Allow", str_of(methods));
}

void http_reply_later(struct http_reply *reply, unsigned seconds)
{
    http_reply_error(reply, 503);
    buf_add(&reply->lines, STR("Retry-After: "));
    buf_add_u64(&reply->lines, seconds);
    buf_add(&reply->lines, STR("\r\n"));
}

/* --- lists in header values --------------------------------------------------------------------------------------- */

static bool same_word(struct str a, struct str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (str_lower(a.ptr[i]) != str_lower(b.ptr[i])) return false;
    return true;
}

/* The next member of "a, b", trimmed. */
static bool next_member(struct str *list, struct str *out)
{
    if (list->len == 0) return false;
    ptrdiff_t comma = str_find(*list, STR(","));
    size_t len = comma < 0 ? list->len : (size_t)comma;
    *out = str_trim(str_cut(*list, 0, len));
    *list = str_cut(*list, len + 1, list->len);
    return true;
}

/* "0.8" in thousandths; 0 for what is no weight: what is not understood is not wanted. */
static unsigned weight_of(struct str text)
{
    unsigned sum = 0, unit = 1000;
    if (text.len == 0 || text.len > 5 || (text.len > 1 && text.ptr[1] != '.')) return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (i == 1) continue;
        if (!str_is_digit(text.ptr[i])) return 0;
        sum += unit * (unsigned)(text.ptr[i] - '0');
        unit /= 10;
    }
    return sum <= 1000 ? sum : 0;
}

/* "gzip;q=0.8" -> word and weight; 1000 where there is none. */
static unsigned member_weight(struct str member, struct str *word)
{
    struct str parameters;
    *word = member;
    if (!str_split(member, ';', word, &parameters)) return 1000;
    *word = str_trim(*word);
    parameters = str_trim(parameters);
    if (parameters.len < 2 || str_lower(parameters.ptr[0]) != 'q' || parameters.ptr[1] != '=') return 0;
    return weight_of(str_cut(parameters, 2, parameters.len));
}

/* Weights of gzip and of the plain form, over all lines of the header; not named: the weight of "*", -1 if that is not
 * there either. */
static void weigh(const struct http_request *request, int *gzip, int *plain)
{
    int any = -1;
    *gzip = *plain = -1;
    for (size_t i = 0; i < request->header_count; i++) {
        struct str list = request->headers[i].value, member, word;
        if (!same_word(request->headers[i].name, STR("accept-encoding"))) continue;
        while (next_member(&list, &member)) {
            int weight = (int)member_weight(member, &word);
            if (same_word(word, STR("gzip")) || same_word(word, STR("x-gzip"))) *gzip = weight;
            if (same_word(word, STR("identity"))) *plain = weight;
            if (str_is(word, "*")) any = weight;
        }
    }
    if (*gzip < 0) *gzip = any;
    if (*plain < 0) *plain = any;
}

/* gzip where it is wanted, and not less than the plain form; that is sent to whoever asks for neither. */
static bool takes_gzip(const struct http_request *request)
{
    int gzip, plain;
    weigh(request, &gzip, &plain);
    return gzip > 0 && gzip >= plain;
}

/* --- what the client has already (RFC 9110 13.1.2: compared weakly) ----------------------------------------------- */

/* Forms of one body have tags of their own. */
static const char *tag_end(bool is_gzip) { return is_gzip ? "-gzip" : ""; }

static bool is_tag(struct str member, struct str etag, bool is_gzip)
{
    struct str end = str_of(tag_end(is_gzip));
    if (str_starts(member, STR("W/"))) member = str_cut(member, 2, member.len);
    if (member.len != etag.len + end.len + 2 || member.ptr[0] != '"' || member.ptr[member.len - 1] != '"') return false;
    member = str_cut(member, 1, member.len - 2);
    return str_starts(member, etag) && str_ends(member, end);
}

static bool is_known(const struct http_reply *reply, const struct http_request *request, bool is_gzip)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct str list = request->headers[i].value, member;
        if (!same_word(request->headers[i].name, STR("if-none-match"))) continue;
        if (str_is(list, "*")) return true;
        while (next_member(&list, &member))
            if (is_tag(member, reply->etag, is_gzip)) return true;
    }
    return false;
}

static bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

struct http_choice http_choose(const struct http_reply *reply, const struct http_request *request)
{
    struct http_choice choice = {.status = reply->status, .body = reply->body, .varies = reply->body_gzip.ptr != NULL};
    bool reads = request != NULL && (request->method == HTTP_GET || request->method == HTTP_HEAD);
    choice.is_gzip = choice.varies && request != NULL && takes_gzip(request);
    if (choice.is_gzip) choice.body = reply->body_gzip;
    if (reads && choice.status == 200 && reply->etag.len > 0 && is_known(reply, request, choice.is_gzip))
        choice.status = 304;
    choice.length_bytes = choice.body.len;
    if (!has_body(choice.status) || (request != NULL && request->method == HTTP_HEAD)) choice.body.len = 0;
    return choice;
}

/* --- the head ----------------------------------------------------------------------------------------------------- */

struct str http_date(int64_t unix_ms, char text[HTTP_DATE_BYTES])
{
    static const char days[] = "ThuFriSatSunMonTueWed", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil at = civil_from_unix_ms(unix_ms);
    int64_t day = civil_days(at.year, at.month, at.day);
    int len = snprintf(text, HTTP_DATE_BYTES, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                       days + 3 * (size_t)(((day % 7) + 7) % 7), at.day, months + 3 * (size_t)(at.month - 1), at.year,
                       at.hour, at.minute, at.second);
    return str_make(text, len > 0 && len < HTTP_DATE_BYTES ? (size_t)len : 0);
}

static void add_line(struct buf *head, struct str name, struct str value)
{
    buf_add(head, name);
    buf_add(head, value);
    buf_add(head, STR("\r\n"));
}

static void add_form(struct buf *head, const struct http_reply *reply, const struct http_choice *choice)
{
    if (choice->varies) buf_add(head, STR("Vary: Accept-Encoding\r\n"));
    if (reply->etag.len > 0 && (choice->status == 200 || choice->status == 304)) {
        buf_add(head, STR("ETag: \""));
        buf_add(head, reply->etag);
        buf_add(head, str_of(tag_end(choice->is_gzip)));
        buf_add(head, STR("\"\r\n"));
    }
    if (!has_body(choice->status)) return;
    if (choice->is_gzip) buf_add(head, STR("Content-Encoding: gzip\r\n"));
    if (reply->type.len > 0) add_line(head, STR("Content-Type: "), reply->type);
    buf_add(head, STR("Content-Length: "));
    buf_add_u64(head, choice->length_bytes);
    buf_add(head, STR("\r\n"));
}

enum { HEAD_BYTES_USUAL = 512, HEAD_BYTES_MAX = 64 << 10 };

enum salve_code http_head_of(const struct http_reply *reply, const struct http_choice *choice, struct str date,
                             enum http_ending ending, struct str *out)
{
    struct buf head;
    buf_init(&head, reply->mem, HEAD_BYTES_MAX);
    if (buf_code(&reply->lines) != SALVE_OK) return buf_code(&reply->lines);
    (void)buf_room(&head, HEAD_BYTES_USUAL);
    buf_add(&head, STR("HTTP/1.1 "));
    buf_add_u64(&head, (uint64_t)choice->status);
    add_line(&head, STR(" "), str_of(http_status_text(choice->status)));
    add_line(&head, STR("Date: "), date);
    add_form(&head, reply, choice);
    buf_add(&head, buf_str(&reply->lines));
    add_line(&head, STR("X-Request-Id: "), str_make(reply->id, HTTP_ID_BYTES - 1));
    if (ending == HTTP_CLOSES) buf_add(&head, STR("Connection: close\r\n"));
    if (ending == HTTP_KEEPS_OLD) buf_add(&head, STR("Connection: keep-alive\r\n"));
    buf_add(&head, STR("\r\n"));
    return buf_done(&head, out, NULL);
}
