/* SPDX-License-Identifier: Apache-2.0
 * Resources as they go out: with the version and the time of their saving, cut to what was asked for, and not again to
 * who has them already (R4 http.html 3.1.0.1.3, search.html 3.1.1.5.8 and .9). */
#include "api/api_int.h"

#include "fhir/tape_edit.h"

enum { BODY_BYTES_MAX = 16 << 20 };
#define SUBSETTED_SYSTEM STR("http://terminology.hl7.org/CodeSystem/v3-ObservationValue")

/* --- a cut -------------------------------------------------------------------------------------------------------- */

/* "code,value": is the element one of them? */
static bool is_named(struct str list, struct str name)
{
    while (list.len > 0) {
        size_t end = 0;
        while (end < list.len && list.ptr[end] != ',') end++;
        if (str_eq(str_trim(str_cut(list, 0, end)), name)) return true;
        list = str_cut(list, end + 1, list.len);
    }
    return false;
}

static bool is_cut(const struct api_wants *wants)
{
    return wants->elements.len > 0 || wants->summary == API_SUMMARY_TRUE || wants->summary == API_SUMMARY_TEXT ||
           wants->summary == API_SUMMARY_DATA;
}

/* Does the element stay? What a resource cannot be without always does. */
static bool stays(const struct api_wants *wants, const struct fhir_element *element)
{
    bool is_text = str_is(fhir_name(element->path_name), "text");
    if (element->min > 0) return true;
    if (wants->elements.len > 0)
        return is_named(wants->elements, fhir_name(element->path_name)) ||
               is_named(wants->elements, fhir_name(element->name));
    if (wants->summary == API_SUMMARY_TRUE) return (element->flags & FHIR_SUMMARY) != 0;
    if (wants->summary == API_SUMMARY_TEXT) return is_text;
    return wants->summary == API_SUMMARY_DATA ? !is_text : true;
}

/* --- meta --------------------------------------------------------------------------------------------------------- */

struct str api_version(struct arena *mem, uint32_t version) { return arena_printf(mem, "%u", version); }
struct str api_tag(struct arena *mem, uint32_t version) { return arena_printf(mem, "W/\"%u\"", version); }

struct str api_instant(struct arena *mem, int64_t unix_ms)
{
    struct civil at = civil_from_unix_ms(unix_ms);
    return arena_printf(mem, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", at.year, at.month, at.day, at.hour, at.minute,
                        at.second, at.ms);
}

/* What was saved of it stays behind what the gate knows. */
static void put_meta(struct tape_builder *make, struct api_call *call, const struct rec_resource *stored, tape_at meta)
{
    const struct tape *tape = &stored->tape;
    tape_open(make, "meta");
    tape_add_text(make, "versionId", arena_printf(call->mem, "%u", stored->version));
    tape_add_text(make, "lastUpdated", api_instant(call->mem, stored->saved_at_unix_ms));
    for (tape_at c = meta == TAPE_NONE ? TAPE_NONE : tape_first(tape, meta); c != TAPE_NONE;
         c = tape_next(tape, meta, c)) {
        struct str name = fhir_name(tape_path_name(tape, c));
        if (!str_is(name, "versionId") && !str_is(name, "lastUpdated")) tape_add_child(make, tape, c);
    }
    if (is_cut(&call->wants)) {
        tape_open(make, "tag");
        tape_add_text(make, "system", SUBSETTED_SYSTEM);
        tape_add_text(make, "code", STR("SUBSETTED"));
        tape_close(make);
    }
    tape_close(make);
}

enum salve_code api_shape(struct api_call *call, const struct rec_resource *stored, struct tape *out,
                          struct salve_err *err)
{
    struct tape_builder make;
    const struct tape *tape = &stored->tape;
    tape_at root = tape_root(tape);
    bool is_less = is_cut(&call->wants);
    tape_build(&make, call->mem, tape_type(tape, root));
    tape_add_text(&make, "id", stored->id);
    put_meta(&make, call, stored, tape_child(tape, root, FHIR_N_meta));
    for (tape_at c = tape_first(tape, root); c != TAPE_NONE; c = tape_next(tape, root, c)) {
        const struct fhir_element *element = &fhir_elements[tape_element(tape, c)];
        if (element->path_name == FHIR_N_id || element->path_name == FHIR_N_meta) continue;
        if (!is_less || stays(&call->wants, element)) tape_add_child(&make, tape, c);
    }
    return tape_built(&make, out, err);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

void api_answer_text(struct api_call *call, int status, struct str json)
{
    call->reply->status = status;
    call->reply->type = call->wants.is_plain_json ? STR("application/json") : STR("application/fhir+json");
    call->reply->body = json;
}

enum salve_code api_answer_tape(struct api_call *call, int status, const struct tape *tape, struct salve_err *err)
{
    struct buf out;
    struct str json;
    buf_init(&out, call->mem, BODY_BYTES_MAX);
    fhir_write(tape, tape_root(tape), call->wants.is_pretty ? FHIR_PRETTY : FHIR_COMPACT, &out);
    TRY(buf_done(&out, &json, err));
    api_answer_text(call, status, json);
    return SALVE_OK;
}

/* W/"3", "3" and * are all the third version: one version has one form here (RFC 9110 13.1.2). */
static bool is_known_tag(struct str list, struct str tag)
{
    struct str bare = str_cut(tag, 2, tag.len);
    while (list.len > 0) {
        size_t end = 0;
        while (end < list.len && list.ptr[end] != ',') end++;
        struct str one = str_trim(str_cut(list, 0, end));
        if (str_is(one, "*") || str_eq(one, tag) || str_eq(one, bare)) return true;
        list = str_cut(list, end + 1, list.len);
    }
    return false;
}

/* The digits at a place of a date; 0: there are none, which is no day and no year. */
static int32_t digits(struct str text, size_t at, size_t len)
{
    int64_t number = 0;
    return str_to_i64(str_cut(text, at, len), &number) && number >= 0 ? (int32_t)number : 0;
}

/* Of a header line, "Mon, 30 Nov 2026 09:30:00 GMT"; false: it is no date of RFC 9110 (5.6.7) as they are written
 * today. */
static bool read_date(struct str text, int64_t *unix_ms)
{
    char again[HTTP_DATE_BYTES];
    if (text.len != HTTP_DATE_BYTES - 1) return false;
    ptrdiff_t month = str_find(STR("JanFebMarAprMayJunJulAugSepOctNovDec"), str_cut(text, 8, 3));
    struct civil at = {.year = digits(text, 12, 4),
                       .month = (int32_t)(month / 3 + 1),
                       .day = digits(text, 5, 2),
                       .hour = digits(text, 17, 2),
                       .minute = digits(text, 20, 2),
                       .second = digits(text, 23, 2)};
    if (month < 0 || at.day < 1 || at.day > 31 || at.hour > 23 || at.minute > 59 || at.second > 59) return false;
    *unix_ms = civil_to_unix_ms(at);
    return str_eq(http_date(*unix_ms, again), text); /* what is written otherwise is none */
}

/* Dates have seconds: what was saved later within the same one is no newer. */
static bool is_known(const struct http_request *request, const struct rec_resource *stored, struct str tag)
{
    int64_t since_unix_ms = 0;
    struct str none_match = http_request_header(request, "if-none-match");
    struct str since = http_request_header(request, "if-modified-since");
    if (none_match.ptr != NULL) return is_known_tag(none_match, tag);
    return since.ptr != NULL && read_date(since, &since_unix_ms) &&
           stored->saved_at_unix_ms / 1000 <= since_unix_ms / 1000;
}

enum salve_code api_answer_stored(struct api_call *call, int status, const struct rec_resource *stored,
                                  struct salve_err *err)
{
    struct tape tape;
    char date[HTTP_DATE_BYTES];
    struct str tag = api_tag(call->mem, stored->version);
    bool is_read = call->request->method == HTTP_GET || call->request->method == HTTP_HEAD;
    http_reply_header(call->reply, "ETag", tag);
    http_reply_header(call->reply, "Last-Modified", http_date(stored->saved_at_unix_ms, date));
    if (is_read && status == 200 && is_known(call->request, stored, tag)) {
        call->reply->status = 304;
        return SALVE_OK;
    }
    TRY(api_shape(call, stored, &tape, err));
    return api_answer_tape(call, status, &tape, err);
}
