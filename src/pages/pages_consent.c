/* SPDX-License-Identifier: Apache-2.0
 * Agreements at the desk: the words of the forms, what is switched on, giving and taking back, one purpose a call. A no
 * has no call, and what is off looks the same however it came to be off. */
#include "pages/pages_int.h"

#include "visit/enrol.h"
#include "visit/reception.h"
#include "visit/remind.h"
#include "visit/rights.h"

/* --- whose -------------------------------------------------------------------------------------------------------- */

enum salve_code pages_card_at_desk(const struct pages_call *call, struct str *out, struct salve_err *err)
{
    const struct pages_session *session = call->session;
    *out = str_trim(call->in.card);
    if (out->len > 0) return SALVE_OK;
    if (call->in.person.len == 0) return salve_refuse(err, SALVE_E_INVALID, "the card, or who is open", "card");
    bool is_theirs = session->person[0] != '\0' && str_is(call->in.person, session->person);
    if (!is_theirs) return salve_refuse(err, SALVE_E_CONSENT, "nobody is open by it", "person");
    *out = session->held.who;
    return SALVE_OK;
}

/* --- the words ---------------------------------------------------------------------------------------------------- */

static void put_sections(struct json_writer *w, const struct consent_form *form)
{
    json_open(w, "sections", '[');
    for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "id", form->sections[i].id);
        json_put_text(w, "heading", form->sections[i].heading);
        json_put_text(w, "text", form->sections[i].text);
        json_close(w);
    }
    json_close(w);
}

static void put_read_back(struct json_writer *w, const struct consent_form *form)
{
    json_open(w, "readBack", '[');
    for (size_t i = 0; i < form->read_back_count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "ask", form->read_back[i].ask);
        json_open(w, "points", '[');
        for (size_t p = 0; p < form->read_back[i].point_count; p++)
            json_put_text(w, NULL, form->read_back[i].points[p]);
        json_close(w);
        json_close(w);
    }
    json_close(w);
}

static void put_form(struct pages_call *call, const struct consent_form *form)
{
    struct json_writer *w = &call->w;
    json_put_text(w, "purpose", str_of(purpose_text(form->purpose)));
    json_put_text(w, "version",
                  arena_printf(call->visit.mem, "%u.%u", (unsigned)form->ref.major, (unsigned)form->ref.minor));
    json_put_text(w, "title", form->title);
    put_sections(w, form);
    json_put_text(w, "yes", form->yes);
    put_read_back(w, form);
    json_put_i64(w, "days", form->days);
    json_put_bool(w, "mayKeepApart", consent_may_add_sensitive(form->purpose));
}

/* The question about a reminder, with the day that it is about; null: the form has none, or that day cannot be. */
static enum salve_code put_reminder(struct pages_call *call, const struct consent_form *form, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct str day = STR("");
    bool may_remind = false;
    if (form->reminder.yes.len > 0) TRY(visit_next_check(&call->visit, &day, &may_remind, err));
    if (!may_remind) {
        json_put_null(w, "reminder");
        return SALVE_OK;
    }
    json_open(w, "reminder", '{');
    json_put_text(w, "heading", form->reminder.heading);
    json_put_text(w, "text", form->reminder.text);
    json_put_text(w, "yes", form->reminder.yes);
    json_put_text(w, "nextDate", day);
    json_close(w);
    return SALVE_OK;
}

static void put_choice(struct pages_call *call, const struct visit_choice *choice)
{
    json_put_bool(&call->w, "on", choice->is_on);
    json_put_bool(&call->w, "keepsApart", choice->keeps_apart);
    json_put_text(&call->w, "remindOn", choice->remind_on.len > 0 ? choice->remind_on : STR_NONE);
    if (choice->until_unix_ms == 0)
        json_put_null(&call->w, "until");
    else
        pages_put_instant(call, "until", choice->until_unix_ms);
}

/* Languages in which all of these forms are there. */
static void put_languages(struct pages_call *call, const struct visit_form *form)
{
    json_open(&call->w, "languages", '[');
    for (size_t i = 0; form != NULL && i < form->set.count; i++)
        json_put_text(&call->w, NULL, form->set.forms[i].ref.lang);
    json_close(&call->w);
}

static const struct visit_form *newest(const struct visit_content *content, enum purpose purpose)
{
    const struct visit_form *found = NULL;
    for (size_t i = 0; i < content->form_count; i++) {
        const struct visit_form *one = &content->forms[i];
        bool is_newer =
            found == NULL || one->major > found->major || (one->major == found->major && one->minor > found->minor);
        if (one->purpose == purpose && is_newer) found = one;
    }
    return found;
}

static enum salve_code put_purposes(struct pages_call *call, const struct visit_choices *choices, bool has_card,
                                    struct salve_err *err)
{
    json_open(&call->w, "purposes", '[');
    for (size_t i = 0; i < VISIT_CHOICES; i++) {
        const struct consent_form *form = NULL;
        TRY(visit_form(call->visit.content, choices->list[i].purpose, STR_NONE, call->in.language, &form, err));
        json_open(&call->w, NULL, '{');
        put_form(call, form);
        TRY(put_reminder(call, form, err));
        if (has_card) put_choice(call, &choices->list[i]);
        json_close(&call->w);
    }
    json_close(&call->w);
    return SALVE_OK;
}

enum salve_code pages_call_consent(struct pages_call *call, struct salve_err *err)
{
    struct str card = STR_NONE;
    struct visit_choices choices = {0};
    enum purpose purposes[VISIT_CHOICES];
    bool has_card = call->in.card.len > 0 || call->in.person.len > 0; /* else the words alone */
    visit_choice_purposes(purposes);
    for (size_t i = 0; i < VISIT_CHOICES; i++) choices.list[i].purpose = purposes[i];
    if (has_card) TRY(pages_card_at_desk(call, &card, err));
    if (has_card) TRY(visit_choices(&call->visit, card, &choices, err));
    json_put_text(&call->w, "language", call->in.language);
    put_languages(call, newest(call->visit.content, PURPOSE_CARE));
    if (has_card) json_put_text(&call->w, "who", str_of(visit_decider_text(choices.who)));
    if (has_card) json_put_bool(&call->w, "asksChild", choices.asks_child);
    return put_purposes(call, &choices, has_card, err);
}

/* --- giving and taking back --------------------------------------------------------------------------------------- */

static void put_receipt(struct pages_call *call, const struct visit_receipt *receipt)
{
    struct json_writer *w = &call->w;
    json_open(w, "receipt", '{');
    json_put_text(w, "purpose", str_of(purpose_text(receipt->proof.purpose)));
    pages_put_instant(call, "at", receipt->proof.at_unix_ms);
    json_put_text(w, "title", receipt->title.len > 0 ? receipt->title : STR_NONE);
    json_put_text(w, "body", receipt->body.len > 0 ? receipt->body : STR_NONE);
    json_put_i64(w, "leaf", (int64_t)receipt->proof.leaf_index);
    json_put_text(w, "proof", receipt->proof.text.len > 0 ? receipt->proof.text : STR_NONE);
    if (receipt->proof.proof_from_unix_ms == 0)
        json_put_null(w, "proofFrom");
    else
        pages_put_instant(call, "proofFrom", receipt->proof.proof_from_unix_ms);
    json_put_bool(w, "endsUntold", receipt->proof.ends_untold);
    json_close(w);
}

static enum salve_code read_purpose(const struct pages_call *call, enum purpose *out, struct salve_err *err)
{
    if (purpose_find(call->in.purpose, out) && consent_is_asked(*out)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "one purpose that people agree to", "purpose");
}

static enum salve_code read_grant(struct pages_call *call, struct consent_grant *out, struct salve_err *err)
{
    const struct pages_in *in = &call->in;
    struct visit_grant_ask ask = {.language = in->language,
                                  .version = in->version.len > 0 ? in->version : STR_NONE,
                                  .method = in->method,
                                  .assent = in->assent,
                                  .agreed_on = in->agreedOn,
                                  .of_age_by = in->ofAge ? call->visit.actor.id : STR_NONE,
                                  .has_witness = str_is(in->witness, "independent"),
                                  .is_by_guardian = in->isGuardian,
                                  .with_sensitive = in->keepApart};
    TRY(read_purpose(call, &ask.purpose, err));
    if (in->witness.len > 0 && !ask.has_witness && !str_is(in->witness, "none"))
        return salve_refuse(err, SALVE_E_INVALID, "none or independent", "witness");
    if (!str_is(in->rounds, "1") && !str_is(in->rounds, "2"))
        return salve_refuse(err, SALVE_E_INVALID, "the round, 1 or 2, in which every question was met", "rounds");
    ask.read_back_rounds = str_is(in->rounds, "1") ? 1 : 2;
    TRY(visit_grant(call->visit.content, &ask, out, err));
    return in->remind ? visit_grant_reminder(&call->visit, out, err) : SALVE_OK;
}

enum salve_code pages_call_consent_give(struct pages_call *call, struct salve_err *err)
{
    struct str card;
    struct consent_grant grant;
    struct visit_receipt receipt = {0};
    TRY(pages_card_at_desk(call, &card, err));
    TRY(read_grant(call, &grant, err));
    TRY(visit_consent_give(&call->visit, card, &grant, &receipt.proof, err));
    put_receipt(call, &receipt);
    return SALVE_OK;
}

enum salve_code pages_call_consent_withdraw(struct pages_call *call, struct salve_err *err)
{
    struct str card;
    enum purpose purpose;
    struct visit_receipt receipt;
    TRY(pages_card_at_desk(call, &card, err));
    TRY(read_purpose(call, &purpose, err));
    TRY(visit_withdraw(&call->visit, card, purpose, call->in.language, &receipt, err));
    put_receipt(call, &receipt);
    return SALVE_OK;
}
