/* SPDX-License-Identifier: Apache-2.0
 * Making a decision: ages, ends, and what a grant must have before it may be stored. What is refused here is not kept
 * anywhere: there is no object for a no. */
#include "consent/consent_int.h"

#include "base/assert.h"
#include "base/clock.h"

struct consent_ages consent_ages_default(void) { return (struct consent_ages){7, 16, 18}; }

int32_t consent_age_years(int64_t born_unix_s, int64_t at_unix_s)
{
    struct civil born = civil_from_unix_ms(born_unix_s * 1000), at = civil_from_unix_ms(at_unix_s * 1000);
    if (at_unix_s < born_unix_s) return -1;
    bool is_before_birthday = at.month < born.month || (at.month == born.month && at.day < born.day);
    return at.year - born.year - (is_before_birthday ? 1 : 0);
}

int64_t consent_majority(int64_t born_unix_s, const struct consent_ages *ages)
{
    struct civil born = civil_from_unix_ms(born_unix_s * 1000);
    salve_assert(ages->majority_years > 0);
    int32_t year = born.year + ages->majority_years, month = born.month, day = born.day;
    if (day > civil_month_days(year, month)) day = 1, month++; /* 29 February: 1 March */
    return civil_days(year, month, day) * CONSENT_DAY_S;
}

static int64_t sooner(int64_t a, int64_t b)
{
    if (a == 0 || b == 0) return a == 0 ? b : a;
    return a < b ? a : b;
}

static bool is_agreed_on(const struct consent_grant *grant, int64_t *unix_s)
{
    int64_t ms = 0;
    if (grant->agreed_on.len != sizeof "2026-01-31" - 1 || !clock_parse(grant->agreed_on, &ms)) return false;
    *unix_s = ms / 1000;
    return *unix_s > 0 && *unix_s <= grant->at_unix_s;
}

int64_t consent_agreed_unix_s(const struct consent_grant *grant)
{
    int64_t unix_s = 0;
    return is_agreed_on(grant, &unix_s) ? unix_s : grant->at_unix_s;
}

int64_t consent_end(enum purpose purpose, int64_t at_unix_s, int32_t days, int64_t majority_unix_s)
{
    salve_assert(days >= 0);
    int64_t end = 0;
    int32_t days_max = consent_days_max(purpose);
    if (days_max > 0) end = at_unix_s + (int64_t)days_max * CONSENT_DAY_S;
    if (days > 0) end = sooner(end, at_unix_s + (int64_t)days * CONSENT_DAY_S);
    return sooner(end, majority_unix_s);
}

int32_t consent_remind_days_max(void) { return CONSENT_REMIND_DAYS_MAX - CONSENT_REMIND_AFTER_DAYS; }

static bool is_remind_on(const struct consent_grant *grant, int64_t *unix_s)
{
    int64_t ms = 0;
    if (grant->remind_on.len != sizeof "2026-01-31" - 1 || !clock_parse(grant->remind_on, &ms)) return false;
    *unix_s = ms / 1000;
    int64_t from = consent_agreed_unix_s(grant);
    return *unix_s > grant->at_unix_s && *unix_s <= from + (int64_t)consent_remind_days_max() * CONSENT_DAY_S;
}

int64_t consent_remind_end(const struct consent_grant *grant)
{
    int64_t on = 0;
    if (grant->purpose != PURPOSE_FOLLOW_UP || grant->state != CONSENT_GIVEN || !is_remind_on(grant, &on)) return 0;
    int64_t latest = consent_agreed_unix_s(grant) + (int64_t)CONSENT_REMIND_DAYS_MAX * CONSENT_DAY_S;
    return sooner(sooner(on + (int64_t)CONSENT_REMIND_AFTER_DAYS * CONSENT_DAY_S, latest), grant->majority_unix_s);
}

/* --- what every stored yes has ------------------------------------------------------------------------------------ */

static bool lacks(const char **where, const char **why, const char *element, const char *rule)
{
    *where = element;
    *why = rule;
    return false;
}

static bool has_form(const struct consent_grant *grant)
{
    static const uint8_t NONE[CONSENT_SHA256_BYTES];
    return grant->form.id.len > 0 && grant->form.major > 0 && grant->form.lang.len > 0 &&
           memcmp(grant->form.sha256, NONE, sizeof NONE) != 0;
}

static bool classes_fit(const struct consent_grant *grant)
{
    class_mask allowed = purpose_classes(grant->purpose);
    if (consent_term_of(grant->purpose).may_choose_sens && grant->by == CONSENT_BY_PARTICIPANT)
        allowed |= CLASS_BIT(CLASS_SENS);
    return grant->classes != 0 && (grant->classes & ~allowed) == 0;
}

/* Words that ask for it stand in forms of follow-up from 1.1 on. */
static bool reminder_fits(const struct consent_grant *grant)
{
    int64_t unused;
    if (grant->remind_on.len == 0) return true;
    bool is_asked = grant->form.major > 1 || (grant->form.major == 1 && grant->form.minor >= 1);
    return grant->purpose == PURPOSE_FOLLOW_UP && is_asked && is_remind_on(grant, &unused);
}

bool consent_is_whole(const struct consent_grant *grant, const char **where, const char **why)
{
    if (!consent_is_asked(grant->purpose))
        return lacks(where, why, "Consent.purpose",
                     "one's own record needs no agreement, and other purposes do not exist");
    if (!has_form(grant))
        return lacks(where, why, "Consent.form", "form, version, language and hash belong to every yes");
    if (!classes_fit(grant)) return lacks(where, why, "Consent.classes", "only classes that the purpose delivers");
    if (grant->at_unix_s <= 0 || grant->at_unix_s % 60 != 0)
        return lacks(where, why, "Consent.at", "a time in whole minutes");
    int64_t unused;
    if (grant->agreed_on.len > 0 && !is_agreed_on(grant, &unused))
        return lacks(where, why, "Consent.agreed_on", "a date YYYY-MM-DD that is not to come");
    if (!reminder_fits(grant))
        return lacks(where, why, "Consent.remind_on",
                     "a date YYYY-MM-DD to come, within 370 days, in a follow-up whose form asks for it");
    if (grant->not_after_unix_s <= grant->at_unix_s)
        return lacks(where, why, "Consent.not_after", "every purpose ends, and later than it begins");
    if (grant->teach_back_rounds < 1 || grant->teach_back_rounds > 2)
        return lacks(where, why, "Consent.teach_back", "one or two rounds");
    if (grant->method == CONSENT_METHOD_SPOKEN && grant->witness != CONSENT_WITNESS_INDEPENDENT)
        return lacks(where, why, "Consent.witness", "a spoken yes needs an independent witness");
    if ((grant->by == CONSENT_BY_GUARDIAN) != (grant->majority_unix_s != 0))
        return lacks(where, why, "Consent.majority", "a guardian's yes ends at majority, and only a guardian's does");
    if (grant->by == CONSENT_BY_PARTICIPANT && grant->assent != CONSENT_ASSENT_NONE)
        return lacks(where, why, "Consent.assent", "only beside a guardian's permission");
    if (grant->by == CONSENT_BY_GUARDIAN && grant->of_age_by.len > 0)
        return lacks(where, why, "Consent.of_age_by", "only for who decides alone");
    if ((grant->purpose == PURPOSE_HELPER && grant->by == CONSENT_BY_PARTICIPANT) || grant->purpose == PURPOSE_TRANSFER)
        if (grant->to.len == 0) return lacks(where, why, "Consent.to", "names who may see it");
    return true;
}

/* --- may it be stored --------------------------------------------------------------------------------------------- */

static enum salve_code check_guardian(const struct consent_grant *grant, const struct consent_birth *birth,
                                      const struct consent_ages *ages, struct salve_err *err)
{
    if (consent_age_youngest(birth, grant->at_unix_s) >= ages->own_consent_years)
        return consent_refuse(err, SALVE_E_INVALID, "Consent.by", "at this age the person decides");
    if (grant->assent == CONSENT_ASSENT_DISSENT)
        return consent_refuse(err, SALVE_E_CONSENT, "Consent.assent", "the child does not want it, and that decides");
    if (grant->assent == CONSENT_ASSENT_NONE)
        return consent_refuse(err, SALVE_E_CONSENT, "Consent.assent", "the child was not asked");
    if (consent_age_oldest(birth, grant->at_unix_s) >= ages->assent_years && grant->assent == CONSENT_ASSENT_NOT_ABLE &&
        grant->witness != CONSENT_WITNESS_INDEPENDENT)
        return consent_refuse(err, SALVE_E_CONSENT, "Consent.assent",
                              "from this age on, an independent witness confirms that a child is not able to say");
    if (grant->majority_unix_s != consent_majority(birth->latest_unix_s, ages))
        return consent_refuse(err, SALVE_E_INVALID, "Consent.majority", "the day on which the child comes of age");
    return SALVE_OK;
}

/* The person alone. A statement of a clinician counts where the birth date leaves it open, and nowhere else. */
static enum salve_code check_alone(const struct consent_grant *grant, const struct consent_birth *birth,
                                   const struct consent_ages *ages, struct salve_err *err)
{
    int64_t agreed_unix_s = consent_agreed_unix_s(grant);
    if (consent_age_youngest(birth, agreed_unix_s) >= ages->own_consent_years) return SALVE_OK;
    if (consent_age_oldest(birth, agreed_unix_s) < ages->own_consent_years)
        return consent_refuse(err, SALVE_E_CONSENT, "Consent.by", "a child needs a guardian's permission as well");
    if (grant->of_age_by.len > 0) return SALVE_OK;
    return consent_refuse(err, SALVE_E_CONSENT, "Consent.by",
                          "by the birth date this may be a child: a guardian's permission is needed as well, or a "
                          "clinician who states that the person is of age");
}

static enum salve_code check_withdrawal(const struct consent_grant *grant, const struct consent_birth *birth,
                                        const struct consent_ages *ages, struct salve_err *err)
{
    if (!consent_is_asked(grant->purpose))
        return consent_refuse(err, SALVE_E_INVALID, "Consent.purpose", "only what was given can be taken back");
    if (grant->at_unix_s <= 0) return consent_refuse(err, SALVE_E_INVALID, "Consent.at", "a time");
    if (grant->state == CONSENT_WITHDRAWN && grant->by == CONSENT_BY_GUARDIAN &&
        consent_age_youngest(birth, grant->at_unix_s) >= ages->own_consent_years)
        return consent_refuse(err, SALVE_E_INVALID, "Consent.by", "at this age the person decides");
    return SALVE_OK;
}

enum salve_code consent_check(const struct consent_grant *grant, const struct consent_birth *birth,
                              const struct consent_ages *ages, struct salve_err *err)
{
    const char *where = "", *why = "";
    salve_assert(ages->assent_years <= ages->own_consent_years && ages->own_consent_years <= ages->majority_years);
    if (grant->state != CONSENT_GIVEN) return check_withdrawal(grant, birth, ages, err);
    if (grant->teach_back != CONSENT_TEACH_BACK_DONE)
        return consent_refuse(err, SALVE_E_CONSENT, "Consent.teach_back", "not yet understood: the purpose stays off");
    if (grant->by == CONSENT_BY_GUARDIAN) TRY(check_guardian(grant, birth, ages, err));
    if (!consent_is_whole(grant, &where, &why)) return consent_refuse(err, SALVE_E_INVALID, where, why);
    if (grant->by == CONSENT_BY_PARTICIPANT) TRY(check_alone(grant, birth, ages, err));
    if (grant->not_after_unix_s > consent_end(grant->purpose, grant->at_unix_s, 0, grant->majority_unix_s))
        return consent_refuse(err, SALVE_E_INVALID, "Consent.not_after", "longer than the purpose may last");
    return SALVE_OK;
}

void consent_withdrawal(const struct consent_grant *grant, int64_t at_unix_s, struct str taken_by,
                        struct consent_grant *out)
{
    salve_assert(at_unix_s >= 0);
    *out = *grant;
    out->state = CONSENT_WITHDRAWN;
    out->classes = 0;
    out->at_unix_s = at_unix_s - at_unix_s % 60;
    out->taken_by = taken_by;
    out->by = CONSENT_BY_PARTICIPANT; /* nobody has to show who they are to take something back */
    out->assent = CONSENT_ASSENT_NONE;
    out->majority_unix_s = 0;
    out->of_age_by = STR_NONE;
    out->remind_on = STR_NONE;
}
