/* SPDX-License-Identifier: Apache-2.0
 * What creates, updates, patches, deletes and transactions share: a resource that came, what is told of its alarms
 * whatever becomes of it, and the answer (R4 http.html 3.1.0.1.7, 3.1.0.4 to 3.1.0.8). */
#include "api/api_int.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"
#include "fhir/index.h"
#include "fhir/tape_edit.h"
#include "screen/told.h"
#include "visit/content.h"
#include "visit/person.h"

/* --- what came ---------------------------------------------------------------------------------------------------- */

/* The reference as it is within this server. */
static enum tape_verdict without_base(void *context, const struct tape *from, tape_at at, struct str *text)
{
    const struct api_call *call = context;
    struct str reference = tape_element(from, at) == FHIR_E_Reference_reference ? tape_text(from, at) : STR_NONE;
    if (reference.len <= call->base.len + 1 || !str_starts(reference, call->base) ||
        reference.ptr[call->base.len] != '/')
        return TAPE_KEEP;
    *text = str_cut(reference, call->base.len + 1, reference.len);
    return TAPE_REPLACE;
}

/* What was wrong before the body is the error, not what is wrong with the body. */
static enum salve_code wrong_before(struct api_call *call, int status, const struct salve_err *wrong,
                                    struct salve_err *why)
{
    fhir_issues_init(&call->issues, call->mem);
    call->error_status = status;
    *why = *wrong;
    return wrong->code;
}

enum salve_code api_body_resource(struct api_call *call, struct tape *out, struct salve_err *why)
{
    struct salve_err other_type = {0};
    struct tape came = {0};
    int status = call->error_status;
    *out = (struct tape){0};
    call->error_status = 0;
    enum salve_code typed = api_body_is(call, "application/fhir+json", true, &other_type);
    enum salve_code code = fhir_read(call->request->body, NULL, call->mem, &came, &call->issues, why);
    if (code != SALVE_OK) call->error_status = code == SALVE_E_TOO_BIG ? 413 : 400;
    if (came.node_count > 0) TRY(tape_copy(&came, 0, without_base, call, call->mem, out, why));
    if (call->wrong.code != SALVE_OK) return wrong_before(call, status, &call->wrong, why);
    return typed != SALVE_OK ? wrong_before(call, 415, &other_type, why) : code;
}

enum salve_code api_if_match(struct str text, bool *is_any, uint32_t *version, struct salve_err *err)
{
    int64_t number = 0;
    *version = 0;
    *is_any = str_is(text, "*");
    if (text.ptr == NULL || *is_any) return SALVE_OK;
    if (str_starts(text, STR("W/"))) text = str_cut(text, 2, text.len);
    bool is_quoted = text.len > 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"';
    if (is_quoted) text = str_cut(text, 1, text.len - 2);
    if (text.len == 0 || !str_to_i64(text, &number) || number < 1 || number > INT32_MAX)
        return salve_refuse(err, SALVE_E_USAGE, "one version is wanted, as ETag gives it: W/\"3\"", "If-Match");
    *version = (uint32_t)number;
    return SALVE_OK;
}

uint32_t api_meta_version(const struct tape *tape)
{
    int64_t number = 0;
    tape_at at = tape->node_count == 0 ? TAPE_NONE : tape_get(tape, 0, "meta.versionId");
    bool is = at != TAPE_NONE && str_to_i64(tape_text(tape, at), &number) && number > 0 && number <= INT32_MAX;
    return is ? (uint32_t)number : 0;
}

/* --- what is heard while it is kept ------------------------------------------------------------------------------- */

static void add_languages(const struct http_request *request, struct str *list, size_t *count)
{
    struct str rest = http_request_header(request, "accept-language");
    *count = 0;
    while (rest.len > 0 && *count < API_LANGUAGES_MAX) {
        struct str tag = str_trim(rest);
        size_t end = 0, letters = 0;
        while (end < rest.len && rest.ptr[end] != ',') end++;
        while (letters < tag.len && str_is_letter(tag.ptr[letters])) letters++;
        if (letters == 2) list[(*count)++] = str_cut(tag, 0, letters);
        rest = str_cut(rest, end + 1, rest.len);
    }
    list[(*count)++] = STR("en");
}

static const char *sentence(struct api_call *call, const struct finding *finding, const struct visit_said_words *words)
{
    if (words->guideline == NULL)
        return "an alarm about what is kept apart: a clinician has to come today; "
               "the screens show more to who may see it";
    return arena_printf(call->mem, "%s: %.*s. %.*s %.*s %.*s", urgency_text(finding->urgency), STR_ARGS(words->name),
                        STR_ARGS(words->headline), STR_ARGS(words->action), STR_ARGS(words->when))
        .ptr;
}

/* An alarm is said in the answer, and the session of the token holds the person until it has its outcome. */
static void hear_alarms(void *with, const struct screen_found *found)
{
    struct api_writing *in = with;
    struct api_call *call = in->call;
    struct str languages[API_LANGUAGES_MAX + 1];
    size_t count = 0;
    add_languages(call->request, languages, &count);
    if (!in->is_trial) pages_lent_hold(&call->lent, found);
    in->alarms = *found;
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *one = &found->list[i];
        struct visit_said_words words;
        if (!screen_needs_told(one)) continue;
        visit_finding_words(call->visit->content, languages, count, STR(""), one, call->mem, &words);
        const char *text = sentence(call, one, &words);
        struct str rule = arena_printf(call->mem, "salve-alarm/%.*s", STR_ARGS(one->item));
        in->has_alarm = true;
        fhir_issue_add(&call->issues, FHIR_WARNING, "business-rule", STR(""),
                       rule.ptr == NULL ? "salve-alarm" : rule.ptr, text == NULL ? "an alarm" : text);
    }
}

/* "Bundle.entry[0].resource.code" of one resource alone is "Observation.code"; in a Bundle it is counted anew, since
 * not every entry is a write. */
static struct str path_of(const struct api_writing *in, struct str path)
{
    struct str head = STR("Bundle.entry["), number, rest;
    int64_t at = 0;
    if (str_is(path, "Bundle") && in->places == NULL && in->count > 0) return fhir_type_name(in->list[0].type);
    if (!str_starts(path, head)) return path;
    if (!str_split(str_cut(path, head.len, path.len), ']', &number, &rest)) return path;
    if (!str_to_i64(number, &at) || at < 0 || (size_t)at >= in->count) return path; /* made of an answer */
    if (in->places != NULL)
        return arena_printf(in->call->mem, "Bundle.entry[%zu]%.*s", in->places[at].entry, STR_ARGS(rest));
    struct str inside = STR(".resource"), type = fhir_type_name(in->list[0].type);
    if (str_starts(rest, inside)) rest = str_cut(rest, inside.len, rest.len);
    return arena_printf(in->call->mem, "%.*s%.*s", STR_ARGS(type), STR_ARGS(rest));
}

/* The place of an error, as the client knows it. */
static void place(const struct api_writing *in, struct salve_err *err)
{
    char text[SALVE_ERR_TEXT_BYTES];
    if (err == NULL) return;
    struct str path = path_of(in, str_of(err->element));
    (void)snprintf(text, sizeof text, "%.*s", STR_ARGS(path));
    (void)snprintf(err->element, sizeof err->element, "%s", text);
}

static void hear_issues(void *with, const struct fhir_issues *issues, bool is_refused)
{
    struct api_writing *in = with;
    for (size_t i = 0; i < issues->count; i++) {
        const struct fhir_issue *one = &issues->items[i];
        fhir_issue_add(&in->call->issues, is_refused ? one->severity : FHIR_WARNING, one->code, path_of(in, one->path),
                       one->rule, one->text);
    }
}

static void hear_apart(void *with, const struct visit_apart *apart)
{
    struct api_writing *in = with;
    bool is_urgent = apart->urgency <= URGENCY_SAME_DAY;
    in->has_alarm = in->has_alarm || is_urgent;
    fhir_issue_add(&in->call->issues, FHIR_WARNING, "business-rule", STR(""), "salve-admit/apart",
                   is_urgent ? "what is kept apart holds something that is due "
                               "today or now: a clinician has to come"
                             : "what is kept apart is kept with the person's "
                               "tick alone; it was judged, and nothing of "
                               "it is kept");
}

static void hear_unlikely(void *with, const struct visit_unlikely *list, size_t count)
{
    struct api_writing *in = with;
    for (size_t i = 0; i < count; i++) {
        struct str text = arena_printf(in->call->mem,
                                       "%.*s is outside of %.*s to %.*s %.*s, which is usual: it "
                                       "waits as a first result (preliminary), until the "
                                       "same is put again as final",
                                       STR_ARGS(list[i].name), STR_ARGS(list[i].usual_low),
                                       STR_ARGS(list[i].usual_high), STR_ARGS(list[i].unit));
        fhir_issue_add(&in->call->issues, FHIR_WARNING, "business-rule", STR(""), "salve-unlikely",
                       text.ptr == NULL ? "an unlikely number waits as a first result" : text.ptr);
    }
}

/* --- keeping ------------------------------------------------------------------------------------------------------ */

static int status_of(const struct api_writing *in)
{
    const struct visit_write_sum *sum = &in->sum;
    const struct visit_write *one = &in->list[sum->wrong_at];
    switch (sum->wrong) {
    case VISIT_WRITE_UNKNOWN:
        return one->act == VISIT_UPDATE ? 405 : 404; /* no client chooses an id */
    case VISIT_WRITE_DELETED:
        return 410;
    case VISIT_WRITE_VERSION:
        return (in->places == NULL ? in->is_precondition : in->places[sum->wrong_at].is_precondition) ? 412 : 409;
    case VISIT_WRITE_NO_VERSION:
        return 400;
    case VISIT_WRITE_LASTING:
        return 405;
    default:
        return 0;
    }
}

enum salve_code api_write(struct api_writing *in, const struct salve_err *impossible, struct salve_err *err)
{
    struct api_call *call = in->call;
    struct visit_write_ask ask = {.list = in->list,
                                  .count = in->count,
                                  .minimise = call->wants.is_lenient,
                                  .impossible = impossible,
                                  .is_trial = in->is_trial,
                                  .alarms = hear_alarms,
                                  .issues = hear_issues,
                                  .apart = hear_apart,
                                  .unlikely = hear_unlikely,
                                  .with = in};
    TRY(pages_lent_screening(&call->lent, &ask.screening, err));
    TRY(visit_ranges(call->visit->content, &ask.ranges, err));
    enum salve_code code = visit_write(call->visit, call->visit->held->who, &ask, &in->sum, err);
    if (code != SALVE_OK && impossible == NULL) call->error_status = status_of(in);
    if (code != SALVE_OK && impossible == NULL) place(in, err);
    for (size_t i = 0; code == SALVE_OK && i < in->count; i++)
        in->is_changed = in->is_changed || in->sum.list[i].word == VISIT_WRITE_NEW ||
                         in->sum.list[i].word == VISIT_WRITE_NEXT || in->list[i].act == VISIT_DELETE;
    return code;
}

enum salve_code api_write_stored(struct api_writing *in, struct salve_err *err)
{
    return in->is_changed ? pages_lent_stored(&in->call->lent, &in->alarms, err) : SALVE_OK;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

enum salve_code api_written(struct api_writing *in, size_t at, const struct rec_resource **out, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct str type = fhir_type_name(in->list[at].type), id = in->sum.list[at].id;
    TRY(rec_all(in->call->view, 0, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (str_eq(all[i].id, id) && str_eq(all[i].type, type)) return *out = &all[i], SALVE_OK;
    *out = NULL; /* of a class that this role writes and does not read */
    return SALVE_OK;
}

struct str api_location(struct api_call *call, const struct rec_resource *one)
{
    return arena_printf(call->mem, "%.*s/%.*s/%.*s/_history/%u", STR_ARGS(call->base), STR_ARGS(one->type),
                        STR_ARGS(one->id), one->version);
}

static void put_version(struct api_call *call, const struct rec_resource *one)
{
    char date[HTTP_DATE_BYTES];
    http_reply_header(call->reply, "ETag", api_tag(call->mem, one->version));
    http_reply_header(call->reply, "Last-Modified", http_date(one->saved_at_unix_ms, date));
}

/* An alarm is the answer, whatever else was wished for: what nobody reads of the resource can be read again. */
enum salve_code api_answer_written(struct api_writing *in, struct salve_err *err)
{
    struct api_call *call = in->call;
    const struct rec_resource *one = NULL;
    bool is_new = in->sum.list[0].word == VISIT_WRITE_NEW;
    int status = is_new ? 201 : 200;
    TRY(api_written(in, 0, &one, err));
    if (one != NULL && (is_new || in->list[0].act == VISIT_CREATE))
        http_reply_header(call->reply, "Location", api_location(call, one));
    if (one == NULL || in->has_alarm || call->wants.returned == API_RETURN_OUTCOME) {
        if (one != NULL) put_version(call, one);
        api_answer_outcome(call, status);
        return SALVE_OK;
    }
    if (call->wants.returned != API_RETURN_MINIMAL) return api_answer_stored(call, status, one, err);
    put_version(call, one);
    call->reply->status = status;
    return SALVE_OK;
}

/* --- one resource ------------------------------------------------------------------------------------------------- */

/* What is wrong with a body as the content of this address. */
static enum salve_code check_body(const struct api_call *call, const struct tape *tape, bool is_update,
                                  struct salve_err *err)
{
    struct str type = tape->node_count == 0 ? STR_NONE : fhir_type_name(tape_type(tape, 0));
    if (!str_eq(type, call->type_name))
        return salve_refuse(err, SALVE_E_USAGE, "it is of another type than its address", "resourceType");
    if (is_update && !str_eq(tape_child_text(tape, 0, "id"), call->id))
        return salve_refuse(err, SALVE_E_USAGE, "it is the id of the address", "id");
    return SALVE_OK;
}

/* One create or update of the body; `why` is what is wrong with it so far. */
enum salve_code api_write_one(struct api_writing *in, struct visit_write *one, const struct tape *tape,
                              struct salve_err *why, struct salve_err *err)
{
    struct api_call *call = in->call;
    if (why->code == SALVE_OK) {
        why->code = check_body(call, tape, one->act == VISIT_UPDATE && !in->is_found, why);
        if (why->code != SALVE_OK) call->error_status = 400;
    }
    one->resource = tape;
    one->type = tape->node_count == 0 ? call->type->id : tape_type(tape, 0);
    in->list = one;
    in->count = 1;
    TRY(api_write(in, why->code == SALVE_OK ? NULL : why, err));
    return api_write_stored(in, err);
}

enum salve_code api_judge_unkept(struct api_writing *in, struct salve_err *err)
{
    struct salve_err here = {0}, why = {0};
    int status = in->call->error_status;
    here.code = salve_refuse(&here, SALVE_E_CONFLICT, "what its condition asks for is here already", "condition");
    enum salve_code code = api_write(in, &here, &why);
    in->call->error_status = status;
    if (code == here.code && strcmp(why.why, here.why) == 0) return SALVE_OK;
    return *err = why, code;
}

enum salve_code api_judge(struct api_writing *in, const struct tape *tape, struct salve_err *err)
{
    struct visit_write one = {.act = VISIT_CREATE, .type = tape_type(tape, 0), .resource = tape};
    in->is_trial = true;
    in->list = &one;
    in->count = 1;
    return api_write(in, NULL, err);
}
