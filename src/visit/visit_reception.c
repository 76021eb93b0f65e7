/* SPDX-License-Identifier: Apache-2.0
 * The desk: who decides, and what is switched on. */
#include "visit/reception.h"

#include <stdio.h>

#include "records/rec.h"
#include "visit/visit_int.h"

static const enum purpose asked[VISIT_CHOICES] = {PURPOSE_CARE, PURPOSE_FOLLOW_UP, PURPOSE_STATISTICS,
                                                  PURPOSE_RESEARCH};

void visit_choice_purposes(enum purpose out[VISIT_CHOICES])
{
    for (size_t i = 0; i < VISIT_CHOICES; i++) out[i] = asked[i];
}

const char *visit_decider_text(enum visit_decider who)
{
    return who == VISIT_DECIDES_SELF ? "self" : who == VISIT_DECIDES_GUARDIAN ? "guardian" : "either";
}

/* As the gate will judge it when something is given (consent_check). */
static void read_decider(const struct visit *visit, const struct rec_resource *patient, struct visit_choices *out)
{
    const struct site_settings *settings = site_settings(visit->site);
    int64_t now_unix_s = site_now_unix_ms(visit->site) / 60000 * 60;
    struct str born =
        patient == NULL ? STR("") : tape_child_text(&patient->tape, tape_root(&patient->tape), "birthDate");
    struct consent_birth birth = consent_birth_read(born, now_unix_s);
    bool is_grown = consent_age_youngest(&birth, now_unix_s) >= settings->consent_age_years;
    bool is_child = consent_age_oldest(&birth, now_unix_s) < settings->consent_age_years;
    out->who = is_grown ? VISIT_DECIDES_SELF : is_child ? VISIT_DECIDES_GUARDIAN : VISIT_DECIDES_EITHER;
    out->asks_child = !is_grown && consent_age_oldest(&birth, now_unix_s) >= settings->assent_age_years;
}

/* The texts of decisions end with their view. */
static enum salve_code read_choices(const struct rec_consent *list, size_t count, struct arena *mem,
                                    struct visit_choices *out, struct salve_err *err)
{
    for (size_t i = 0; i < VISIT_CHOICES; i++) {
        out->list[i] = (struct visit_choice){.purpose = asked[i]};
        for (size_t k = 0; k < count; k++) {
            const struct consent_grant *grant = &list[k].grant;
            if (grant->purpose != asked[i] || !list[k].in_force) continue;
            out->list[i].is_on = true;
            out->list[i].keeps_apart = (grant->classes & CLASS_BIT(CLASS_SENS)) != 0;
            out->list[i].until_unix_ms = grant->not_after_unix_s * 1000;
            TRY(arena_str(mem, grant->remind_on, &out->list[i].remind_on, err));
        }
    }
    return SALVE_OK;
}

enum salve_code visit_choices(const struct visit *visit, struct str card, struct visit_choices *out,
                              struct salve_err *err)
{
    struct visit own = *visit;
    struct rec_view *view = NULL;
    struct rec_consent *list = NULL;
    const struct rec_resource *patient = NULL;
    size_t count = 0;
    *out = (struct visit_choices){0};
    own.actor = visit_beside(visit->site, visit->actor);
    own.held = NULL;
    enum salve_code code = visit_view_open(&own, card, CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CONSENT), &view, err);
    if (code == SALVE_OK) code = visit_patient(view, &patient, err);
    if (code == SALVE_OK) code = rec_consents(view, visit->mem, &list, &count, err);
    if (code == SALVE_OK) read_decider(visit, patient, out);
    if (code == SALVE_OK) code = read_choices(list, count, visit->mem, out, err);
    return visit_view_close(&own, &view, code, err);
}

enum salve_code visit_year_of_age(struct str age, int64_t now_unix_ms, char out[VISIT_YEAR_BYTES],
                                  struct salve_err *err)
{
    enum { YEARS_MAX = 130 };
    int64_t years = 0;
    if (!str_to_i64(str_trim(age), &years) || years < 0)
        return salve_refuse(err, SALVE_E_USAGE, "whole years, such as 54", "age");
    if (years > YEARS_MAX) return salve_refuse(err, SALVE_E_RANGE, "nobody is older than 130", "age");
    int32_t year = civil_from_unix_ms(now_unix_ms).year - (int32_t)years;
    (void)snprintf(out, VISIT_YEAR_BYTES, "%04d", (int)year);
    return SALVE_OK;
}
