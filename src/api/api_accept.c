/* SPDX-License-Identifier: Apache-2.0
 * What the client takes, wants and sends: Accept, _format, Prefer, Content-Type (RFC 9110 12.5.1, RFC 7240; R4
 * http.html 3.1.0.1.10, 3.1.0.1.11). */
#include "api/api_int.h"

#define ONLY_JSON "resources are given as JSON alone: ask for application/fhir+json"

static bool same_word(struct str a, const char *b)
{
    size_t len = strlen(b);
    bool is = a.len == len;
    for (size_t i = 0; is && i < len; i++) is = str_lower(a.ptr[i]) == b[i];
    return is;
}

/* The next part before `at`, trimmed; false: there is none. */
static bool next_part(struct str *rest, char at, struct str *out)
{
    size_t end = 0;
    if (rest->len == 0) return false;
    while (end < rest->len && rest->ptr[end] != at) end++;
    *out = str_trim(str_cut(*rest, 0, end));
    *rest = str_cut(*rest, end + 1, rest->len);
    return true;
}

/* "name=value" without quotes around the value. */
static void cut_pair(struct str part, struct str *name, struct str *value)
{
    size_t equals = 0;
    while (equals < part.len && part.ptr[equals] != '=') equals++;
    *name = str_trim(str_cut(part, 0, equals));
    *value = str_trim(str_cut(part, equals + 1, part.len));
    if (value->len >= 2 && value->ptr[0] == '"' && value->ptr[value->len - 1] == '"')
        *value = str_cut(*value, 1, value->len - 2);
}

/* --- media types -------------------------------------------------------------------------------------------------- */

enum media { MEDIA_OTHER, MEDIA_JSON, MEDIA_FHIR_JSON };

static enum media media_of(struct str word)
{
    static const struct {
        const char *word;
        enum media is;
    } words[] = {
        {"application/fhir+json", MEDIA_FHIR_JSON},
        {"application/fhir json", MEDIA_FHIR_JSON}, /* "+" of a query */
        {"application/json+fhir", MEDIA_FHIR_JSON},
        {"application/json", MEDIA_JSON},
        {"text/json", MEDIA_JSON},
        {"json", MEDIA_FHIR_JSON},
        {"*/*", MEDIA_FHIR_JSON},
        {"application/*", MEDIA_FHIR_JSON},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (same_word(word, words[i].word)) return words[i].is;
    return MEDIA_OTHER;
}

static bool is_other_version(struct str version) { return !str_is(version, "4.0") && !str_is(version, "4.0.1"); }

/* One item of Accept, or a Content-Type: what it is, if it is wanted at all and of this version of FHIR. */
static enum media item_media(struct str item)
{
    struct str part, name, value;
    double q = 1;
    if (!next_part(&item, ';', &part)) return MEDIA_OTHER;
    enum media is = media_of(part);
    while (next_part(&item, ';', &part)) {
        cut_pair(part, &name, &value);
        if (same_word(name, "q") && str_to_double(value, &q) && q <= 0) return MEDIA_OTHER;
        if (same_word(name, "fhirversion") && is_other_version(value)) return MEDIA_OTHER;
    }
    return is;
}

static bool same_header(struct str name, const char *wanted) { return same_word(name, wanted); }

/* The best of all Accept lines; without any all is taken. */
static enum media accepted(const struct http_request *request)
{
    bool has_any = false;
    enum media best = MEDIA_OTHER;
    for (size_t i = 0; i < request->header_count; i++) {
        struct str rest = request->headers[i].value, item;
        if (!same_header(request->headers[i].name, "accept")) continue;
        while (next_part(&rest, ',', &item)) {
            enum media is = item.len == 0 ? MEDIA_OTHER : item_media(item);
            has_any = has_any || item.len > 0;
            if (is > best) best = is;
        }
    }
    return has_any ? best : MEDIA_FHIR_JSON;
}

enum salve_code api_body_is(const struct api_call *call, const char *type, bool or_json, struct salve_err *err)
{
    struct str item = http_request_header(call->request, "content-type"), part, rest = item;
    bool is_json = or_json && item_media(item) != MEDIA_OTHER;
    bool is =
        next_part(&rest, ';', &part) && (same_word(part, type) || (or_json && same_word(part, "application/json")));
    if (is && (!or_json || is_json)) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_USAGE, "Content-Type");
    return salve_why(err, SALVE_E_USAGE, "%s is wanted", type);
}

/* --- Prefer ------------------------------------------------------------------------------------------------------- */

static void take_preference(struct str item, struct api_wants *wants)
{
    static const struct {
        const char *word;
        enum api_return is;
    } returns[] = {{"minimal", API_RETURN_MINIMAL},
                   {"representation", API_RETURN_REPRESENTATION},
                   {"operationoutcome", API_RETURN_OUTCOME}};
    struct str name, value;
    cut_pair(item, &name, &value);
    if (same_word(name, "handling")) wants->is_strict = same_word(value, "strict");
    if (same_word(name, "handling")) wants->is_lenient = same_word(value, "lenient");
    for (size_t i = 0; same_word(name, "return") && i < sizeof returns / sizeof *returns; i++)
        if (same_word(value, returns[i].word)) wants->returned = returns[i].is;
}

static void read_prefer(const struct http_request *request, struct api_wants *wants)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct str rest = request->headers[i].value, item, part;
        if (!same_header(request->headers[i].name, "prefer")) continue;
        while (next_part(&rest, ',', &item))
            while (next_part(&item, ';', &part)) take_preference(part, wants);
    }
}

/* --- parameters of every answer ----------------------------------------------------------------------------------- */

static enum salve_code read_summary(struct str text, struct api_wants *wants, struct salve_err *err)
{
    static const char *const words[] = {
        [API_SUMMARY_FALSE] = "false", [API_SUMMARY_TRUE] = "true",   [API_SUMMARY_TEXT] = "text",
        [API_SUMMARY_DATA] = "data",   [API_SUMMARY_COUNT] = "count",
    };
    if (text.ptr == NULL) return SALVE_OK;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(text, words[i])) return wants->summary = (enum api_summary)i, SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "true, false, text, data or count", "_summary");
}

static enum salve_code read_pretty(struct str text, struct api_wants *wants, struct salve_err *err)
{
    wants->is_pretty = str_is(text, "true");
    if (text.ptr == NULL || wants->is_pretty || str_is(text, "false")) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "true or false", "_pretty");
}

enum salve_code api_wants_read(struct api_call *call, int *status, struct salve_err *err)
{
    struct api_wants *wants = &call->wants;
    struct str format = api_query_get(&call->query, "_format");
    enum media is = format.ptr != NULL ? item_media(format) : accepted(call->request);
    *status = 406;
    wants->is_plain_json = is == MEDIA_JSON;
    if (is == MEDIA_OTHER)
        return salve_refuse(err, SALVE_E_USAGE, ONLY_JSON, "%s", format.ptr != NULL ? "_format" : "Accept");
    *status = 400;
    read_prefer(call->request, wants);
    wants->elements = api_query_get(&call->query, "_elements");
    TRY(read_pretty(api_query_get(&call->query, "_pretty"), wants, err));
    return read_summary(api_query_get(&call->query, "_summary"), wants, err);
}
