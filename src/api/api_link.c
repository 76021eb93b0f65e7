/* SPDX-License-Identifier: Apache-2.0
 * The addresses behind health links (SMART Health Links 1.0.0): a manifest, for who has address and passcode, and the
 * file. Nobody is logged in; the gate counts, and hands out what neither it nor this process can read. */
#include "api/api_int.h"
#include "records/share.h"
#include "shl/shl.h"

static struct str json_type(void) { return STR("application/json"); }

/* Viewers are pages of anybody: what they read is sealed, and no cookie or token is looked at. */
static void let_any_origin(struct api_call *call)
{
    http_reply_header(call->reply, "Access-Control-Allow-Origin", STR("*"));
}

static enum salve_code take_site(struct api_call *call, struct salve_err *err)
{
    TRY(pages_lend(call->api->config.pages, call->worker, call->request, call->reply, STR_NONE, &call->lent, err));
    call->visit = call->lent.visit;
    return SALVE_OK;
}

static void put(struct api_call *call, int status, struct str type, struct str body)
{
    call->reply->status = status;
    call->reply->type = type;
    call->reply->body = body;
}

/* "https://salve.example/shl/<token>/<ticket>" */
static struct str location_of(const struct api_call *call, struct str ticket)
{
    struct str origin = str_cut(call->base, 0, call->base.len - strlen("/fhir"));
    return arena_printf(call->mem, "%.*s/shl/%.*s/%.*s", STR_ARGS(origin), STR_ARGS(call->name), STR_ARGS(ticket));
}

static enum salve_code put_manifest(struct api_call *call, const struct shl_ask *asked,
                                    const struct share_opened *opened, struct salve_err *err)
{
    struct str json;
    bool is_inside = asked->embedded_max < 0 || (uint64_t)asked->embedded_max >= opened->copy.len;
    const struct shl_file file = {.content_type = SHL_FHIR,
                                  .embedded = is_inside ? opened->copy : STR_NONE,
                                  .location = is_inside ? STR_NONE : location_of(call, opened->ticket),
                                  .updated_unix_ms = opened->made_unix_ms};
    TRY(shl_manifest(&file, call->mem, &json, err));
    put(call, 200, json_type(), json);
    return SALVE_OK;
}

enum salve_code api_link_manifest(struct api_call *call, struct salve_err *err)
{
    struct shl_ask asked;
    struct share_opened opened;
    struct str json;
    let_any_origin(call);
    call->error_status = 415;
    TRY(api_body_is(call, "application/json", false, err));
    call->error_status = 400;
    TRY(shl_ask_read(call->request->body, call->mem, &asked, err));
    call->error_status = 0;
    TRY(take_site(call, err));
    const struct share_by by = {.recipient = asked.recipient, .passcode = asked.passcode};
    TRY(share_open(call->visit->site, call->name, &by, call->mem, &opened, err));
    if (!opened.is_wrong) return put_manifest(call, &asked, &opened, err);
    TRY(shl_refused(opened.tries_left, call->mem, &json, err));
    put(call, 401, json_type(), json);
    return SALVE_OK;
}

enum salve_code api_link_file(struct api_call *call, struct salve_err *err)
{
    struct str copy;
    let_any_origin(call);
    TRY(take_site(call, err));
    TRY(share_fetch(call->visit->site, call->name, call->id, call->mem, &copy, err));
    put(call, 200, STR("application/jose"), copy);
    return SALVE_OK;
}

/* A viewer's browser asks before it sends JSON (Fetch, CORS-preflight). */
enum salve_code api_link_may(struct api_call *call, struct salve_err *err)
{
    (void)err;
    let_any_origin(call);
    http_reply_header(call->reply, "Access-Control-Allow-Methods", STR("GET, POST"));
    http_reply_header(call->reply, "Access-Control-Allow-Headers", STR("Content-Type"));
    http_reply_header(call->reply, "Access-Control-Max-Age", STR("600"));
    call->reply->status = 204;
    return SALVE_OK;
}
