/* SPDX-License-Identifier: Apache-2.0
 * The desk: a new person, and cards that take the place of others. A card is in the answer and nowhere else, but for
 * that of the newest enrolment, whose answer may have been lost. */
#include <stdio.h>

#include "pages/pages_int.h"

#include "visit/enrol.h"
#include "visit/reception.h"

enum { ENROLLED_MS = 5 * 60 * 1000 };

/* --- a new person ------------------------------------------------------------------------------------------------- */

/* How old they say they are stands for a birth date that nobody knows. */
static enum salve_code read_born(struct pages_call *call, int64_t now_unix_ms, char year[VISIT_YEAR_BYTES],
                                 struct str *out, struct salve_err *err)
{
    const struct pages_in *in = &call->in;
    *out = in->birthDate;
    if (in->age.len == 0) return SALVE_OK;
    if (in->birthDate.len > 0) return salve_refuse(err, SALVE_E_INVALID, "a birth date or an age, not both", "age");
    TRY(visit_year_of_age(in->age, now_unix_ms, year, err));
    *out = str_of(year);
    return SALVE_OK;
}

enum salve_code pages_told(struct pages_call *call, bool needs_name, struct visit_patient_form *form, bool *asks,
                           struct salve_err *err)
{
    char *year = arena_alloc(call->visit.mem, VISIT_YEAR_BYTES);
    const struct pages_in *in = &call->in;
    enum visit_answer answer[VISIT_QUESTIONS] = {VISIT_FINE};
    int64_t now_unix_ms = site_now_unix_ms(call->visit.site);
    struct str born;
    if (year == NULL) return salve_fail(err, SALVE_E_MEMORY, "birth date");
    *form = (struct visit_patient_form){.telephone = str_trim(in->telephone), .language = in->language};
    TRY(read_born(call, now_unix_ms, year, &born, err));
    bool has_name = needs_name || in->family.len > 0 || in->givenNames.len > 0;
    TRY(visit_patient_answer(VISIT_FAMILY, in->family, now_unix_ms, form, &answer[VISIT_FAMILY], err));
    if (has_name) TRY(visit_patient_answer(VISIT_GIVEN, in->givenNames, now_unix_ms, form, &answer[VISIT_GIVEN], err));
    TRY(visit_patient_answer(VISIT_BIRTH_DATE, born, now_unix_ms, form, &answer[VISIT_BIRTH_DATE], err));
    if (needs_name || in->sex.len > 0)
        TRY(visit_patient_answer(VISIT_SEX, in->sex, now_unix_ms, form, &answer[VISIT_SEX], err));
    *asks = answer[VISIT_BIRTH_DATE] == VISIT_ASK && !in->sure;
    return SALVE_OK;
}

static void answer_enrolled(struct pages_call *call)
{
    json_put_text(&call->w, "state", STR("enrolled"));
    json_put_text(&call->w, "card", str_of(call->session->enrolled.card));
}

enum salve_code pages_call_enrol(struct pages_call *call, struct salve_err *err)
{
    struct pages_enrolled *kept = &call->session->enrolled;
    struct visit_patient_form form;
    struct rec_enrolled enrolled;
    bool asks = false;
    if (!pages_is_key(call->in.key)) return salve_refuse(err, SALVE_E_INVALID, "a UUID in lower case is wanted", "key");
    if (str_is(call->in.key, kept->key)) { /* the answer was lost */
        answer_enrolled(call);
        return SALVE_OK;
    }
    TRY(pages_told(call, true, &form, &asks, err));
    if (asks) {
        json_put_text(&call->w, "state", STR("asks"));
        return SALVE_OK;
    }
    TRY(visit_enrol_form(&call->visit, &form, call->in.ownWord, &enrolled, err));
    (void)snprintf(kept->key, sizeof kept->key, "%.*s", STR_ARGS(call->in.key));
    (void)snprintf(kept->card, sizeof kept->card, "%.*s", STR_ARGS(enrolled.card));
    kept->until_ms = pages_now_ms() + ENROLLED_MS;
    answer_enrolled(call);
    return SALVE_OK;
}

/* --- another card ------------------------------------------------------------------------------------------------- */

enum salve_code pages_call_slip(struct pages_call *call, struct salve_err *err)
{
    struct str card;
    TRY(visit_slip_claim(&call->visit, str_trim(call->in.slip), &card, err));
    json_put_text(&call->w, "card", card);
    return SALVE_OK;
}

/* The look of who is open goes with the card that it was opened by. */
enum salve_code pages_call_card_new(struct pages_call *call, struct salve_err *err)
{
    struct str card, old = str_trim(call->in.old);
    bool is_open = call->session->person[0] != '\0' && pages_same_code(old, call->session->held.who);
    if (is_open) TRY(pages_may_leave(call, err));
    if (is_open) TRY(pages_person_end(call->session, err));
    if (is_open) call->visit.held = NULL;
    TRY(visit_card_new(&call->visit, old, &card, err));
    json_put_text(&call->w, "card", card);
    return SALVE_OK;
}

enum salve_code pages_call_card_by_name(struct pages_call *call, struct salve_err *err)
{
    struct str card;
    TRY(visit_card_by_name(&call->visit, call->in.names, call->in.birthDate, &card, err));
    json_put_text(&call->w, "card", card);
    return SALVE_OK;
}
