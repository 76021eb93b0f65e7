/* SPDX-License-Identifier: Apache-2.0
 * Referrals of the open person, the list of those that are followed up, and the answer of a place, which has no
 * account and is told nothing. */
#include "pages/pages_int.h"

#include "visit/refer.h"

static const char *const reaches[] = {
    [WORK_BY_TICKET] = "ticket", [WORK_BY_CARD] = "next-visit", [WORK_BY_SHOWN] = "card-shown"};

static void put_text(struct json_writer *w, const char *name, struct str text)
{
    json_put_text(w, name, text.len > 0 ? text : STR(""));
}

/* null: it is kept apart, or of a record that is not seen here. */
static void put_of(struct pages_call *call, const struct visit_shown *of)
{
    if (of->id.len > 0)
        pages_put_finding(call, "finding", of);
    else
        json_put_null(&call->w, "finding");
}

static void put_request(struct pages_call *call, const struct visit_request *one)
{
    struct json_writer *w = &call->w;
    json_open(w, NULL, '{');
    json_put_text(w, "id", one->id);
    put_text(w, "until", one->until);
    put_text(w, "place", one->place);
    json_put_bool(w, "referred", one->has_referral);
    put_of(call, &one->of);
    json_close(w);
}

static void put_referral(struct pages_call *call, const char *name, const struct visit_referral *one)
{
    struct json_writer *w = &call->w;
    json_open(w, name, '{');
    json_put_text(w, "id", one->id);
    json_put_text(w, "state", str_of(referral_text(one->state)));
    put_text(w, "place", one->place);
    put_text(w, "until", one->until);
    put_text(w, "referredAt", one->referred_at);
    put_text(w, "by", one->by);
    put_text(w, "at", one->at);
    put_text(w, "words", one->words);
    if (one->said == REFERRAL_SAID_NOTHING) {
        json_put_null(w, "reply");
    } else {
        json_open(w, "reply", '{');
        json_put_text(w, "said", str_of(referral_said_text(one->said)));
        pages_put_instant(call, "at", one->said_at_unix_ms);
        json_close(w);
    }
    put_of(call, &one->of);
    json_close(w);
}

static enum salve_code answer_referrals(struct pages_call *call, struct salve_err *err)
{
    struct visit_referrals all;
    struct json_writer *w = &call->w;
    TRY(visit_referrals(&call->visit, call->session->held.who, &all, err));
    json_open(w, "requests", '[');
    for (size_t i = 0; i < all.request_count; i++) put_request(call, &all.requests[i]);
    json_close(w);
    json_open(w, "referrals", '[');
    for (size_t i = 0; i < all.referral_count; i++) put_referral(call, NULL, &all.referrals[i]);
    json_close(w);
    put_text(w, "telephones", all.telephones);
    pages_put_work(call, "work", &all.open);
    return SALVE_OK;
}

enum salve_code pages_call_referrals(struct pages_call *call, struct salve_err *err)
{
    return answer_referrals(call, err);
}

enum salve_code pages_call_refer(struct pages_call *call, struct salve_err *err)
{
    struct str id;
    struct visit_refer_ask ask = {.request = call->in.id, .place = call->in.place, .until = call->in.until};
    TRY(visit_refer(&call->visit, call->session->held.who, &ask, &id, err));
    json_put_text(&call->w, "id", id);
    return answer_referrals(call, err);
}

enum salve_code pages_call_follow(struct pages_call *call, struct salve_err *err)
{
    struct visit_follow_ask ask = {.referral = call->in.id, .until = call->in.until, .words = call->in.words};
    if (!referral_find(call->in.state, &ask.state))
        return salve_refuse(err, SALVE_E_INVALID, "there is no such state", "state");
    TRY(visit_follow(&call->visit, call->session->held.who, &ask, err));
    return answer_referrals(call, err);
}

enum salve_code pages_call_refer_slip(struct pages_call *call, struct salve_err *err)
{
    struct visit_slip slip;
    struct json_writer *w = &call->w;
    call->languages[0] = call->in.language; /* of the words of the finding */
    call->language_count = 1;
    TRY(visit_refer_slip(&call->visit, call->session->held.who, call->in.id, &slip, err));
    put_text(w, "site", slip.site);
    put_text(w, "siteTelephone", slip.telephone);
    put_text(w, "siteAddress", slip.address);
    put_text(w, "name", slip.name);
    put_text(w, "bornYear", slip.born_year);
    json_put_text(w, "sex", slip.sex.len > 0 ? slip.sex : STR_NONE);
    put_text(w, "by", slip.by);
    put_text(w, "placeAddress", slip.place.address);
    put_text(w, "placeTelephone", slip.place.telephone);
    put_text(w, "placeHours", slip.place.hours);
    json_put_text(w, "code", slip.code);
    put_referral(call, "referral", &slip.referral);
    return SALVE_OK;
}

enum salve_code pages_call_follow_list(struct pages_call *call, struct salve_err *err)
{
    struct visit_due *list = NULL;
    size_t count = 0;
    uint64_t unreadable = 0;
    struct json_writer *w = &call->w;
    TRY(visit_follow_list(&call->visit, &list, &count, &unreadable, err));
    json_put_i64(w, "unreadable", (int64_t)unreadable);
    json_open(w, "tickets", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "ticket", list[i].work.ticket);
        json_put_text(w, "reach", str_of(reaches[list[i].work.reach]));
        json_put_bool(w, "answered", list[i].is_answered);
        pages_put_tasks(call, &list[i].work);
        json_close(w);
    }
    json_close(w);
    return SALVE_OK;
}

enum salve_code pages_call_reply(struct pages_call *call, struct salve_err *err)
{
    enum referral_said said;
    if (!referral_said_find(call->in.said, &said))
        return salve_refuse(err, SALVE_E_INVALID, "there is no such answer", "said");
    return referral_answer(call->visit.site, str_trim(call->in.slip), said, err);
}
