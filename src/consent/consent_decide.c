/* SPDX-License-Identifier: Apache-2.0
 * The decision. Each rule can only take away: it either says why not, or lets the next one look. The order of the rules
 * decides which reason is told, never whether the answer is yes. */
#include "consent/consent_int.h"

#include "base/assert.h"

static struct consent_decision deny(enum consent_reason reason, const struct consent_grant *grant)
{
    return (struct consent_decision){.reason = reason, .grant = grant};
}

/* The newest object of the purpose; it decides alone. Equal numbers cannot come from a record chain: if they do, the
 * one that gives less wins. */
static const struct consent_grant *newest(const struct consent_grant *grants, size_t count, enum purpose purpose)
{
    const struct consent_grant *best = NULL;
    for (size_t i = 0; i < count; i++) {
        if (grants[i].purpose != purpose) continue;
        bool is_newer = best == NULL || grants[i].seq > best->seq;
        bool gives_less = best != NULL && grants[i].seq == best->seq && grants[i].state != CONSENT_GIVEN;
        if (is_newer || gives_less) best = &grants[i];
    }
    return best;
}

/* When the grant ends, whatever it says itself: the compiled maximum always holds. */
static int64_t end_of(const struct consent_grant *grant)
{
    int64_t end = consent_end(grant->purpose, grant->at_unix_s, 0, grant->majority_unix_s);
    if (grant->not_after_unix_s != 0 && (end == 0 || grant->not_after_unix_s < end)) end = grant->not_after_unix_s;
    return end;
}

static bool form_is_old(const struct consent_grant *grant, int64_t now_unix_s, const struct consent_forms_now *forms)
{
    if (forms == NULL || forms->of[grant->purpose].major <= grant->form.major) return false;
    return now_unix_s >= forms->of[grant->purpose].since_unix_s + (int64_t)CONSENT_GRACE_DAYS * CONSENT_DAY_S;
}

/* ALLOWED, or what stands against the grant at `now`, before anybody asks who is asking. */
static enum consent_reason standing(const struct consent_grant *grant, int64_t end, int64_t now_unix_s,
                                    const struct consent_forms_now *forms)
{
    const char *where, *why;
    if (grant->state == CONSENT_WITHDRAWN) return CONSENT_REASON_WITHDRAWN;
    if (grant->state == CONSENT_USED) return CONSENT_REASON_USED;
    if (grant->assent == CONSENT_ASSENT_DISSENT) return CONSENT_REASON_DISSENT;
    if (grant->by == CONSENT_BY_GUARDIAN && grant->assent == CONSENT_ASSENT_NONE) return CONSENT_REASON_NO_ASSENT;
    if (grant->teach_back != CONSENT_TEACH_BACK_DONE) return CONSENT_REASON_NOT_READ_BACK;
    if (!consent_is_whole(grant, &where, &why)) return CONSENT_REASON_INVALID;
    if (now_unix_s < grant->at_unix_s) return CONSENT_REASON_NOT_YET;
    if (grant->by == CONSENT_BY_GUARDIAN && now_unix_s >= grant->majority_unix_s) return CONSENT_REASON_OF_AGE;
    if (end != 0 && now_unix_s >= end) return CONSENT_REASON_EXPIRED;
    return form_is_old(grant, now_unix_s, forms) ? CONSENT_REASON_FORM_OLD : CONSENT_REASON_ALLOWED;
}

/* What the grant can deliver at most. The sensitive class is only there if it was ticked; purposes of others never. */
static class_mask delivers(const struct consent_grant *grant)
{
    class_mask classes = purpose_classes(grant->purpose);
    if (consent_term_of(grant->purpose).may_choose_sens) classes |= CLASS_BIT(CLASS_SENS);
    classes &= grant->classes;
    return grant->by == CONSENT_BY_GUARDIAN ? classes & ~CLASS_BIT(CLASS_SENS) : classes;
}

struct consent_decision consent_stands(const struct consent_grant *grants, size_t count, enum purpose purpose,
                                       int64_t now_unix_s, const struct consent_forms_now *forms)
{
    salve_assert(grants != NULL || count == 0);
    const struct consent_grant *grant = newest(grants, count, purpose);
    if (consent_term_of(purpose).days_max < 0) return deny(CONSENT_REASON_ROLE, NULL);
    if (!consent_is_asked(purpose))
        return (struct consent_decision){true, CONSENT_REASON_OWN_RECORD, purpose_classes(purpose), NULL};
    if (grant == NULL) return deny(CONSENT_REASON_NO_GRANT, NULL);
    enum consent_reason reason = standing(grant, end_of(grant), now_unix_s, forms);
    if (reason != CONSENT_REASON_ALLOWED) return deny(reason, grant);
    return (struct consent_decision){true, reason, delivers(grant), grant};
}

struct consent_decision consent_reminds(const struct consent_grant *grants, size_t count, int64_t now_unix_s,
                                        const struct consent_forms_now *forms)
{
    const struct consent_grant *grant = newest(grants, count, PURPOSE_FOLLOW_UP);
    int64_t end = grant == NULL ? 0 : consent_remind_end(grant);
    if (end == 0) return deny(CONSENT_REASON_NO_GRANT, grant);
    enum consent_reason reason = standing(grant, end, now_unix_s, forms);
    if (reason != CONSENT_REASON_ALLOWED) return deny(reason, grant);
    return (struct consent_decision){true, reason, CLASS_BIT(CLASS_IDENT) & delivers(grant), grant};
}

static struct consent_decision stands_for(const struct consent_grant *grants, size_t count,
                                          const struct consent_ask *ask)
{
    if (!ask->is_reminder) return consent_stands(grants, count, ask->purpose, ask->now_unix_s, ask->forms);
    if (ask->purpose != PURPOSE_FOLLOW_UP) return deny(CONSENT_REASON_NO_GRANT, NULL);
    return consent_reminds(grants, count, ask->now_unix_s, ask->forms);
}

/* A helper must be the one who was named; a guardian needs a guardian's grant, and nobody else may use one. */
static bool is_for_another(const struct consent_grant *grant, const struct consent_ask *ask)
{
    if (ask->actor.role == ROLE_GUARDIAN) return grant->by != CONSENT_BY_GUARDIAN;
    if (ask->actor.role == ROLE_HELPER) return grant->to.len == 0 || !str_eq(grant->to, ask->actor.id);
    return false;
}

struct consent_decision consent_decide(const struct consent_grant *grants, size_t count, const struct consent_ask *ask)
{
    salve_assert((ask->classes & ~CONSENT_CLASSES_ALL) == 0);
    class_mask role_classes = consent_role_classes(ask->actor.role, ask->purpose);
    if (role_classes == 0 || ask->classes == 0) return deny(CONSENT_REASON_ROLE, NULL);
    struct consent_decision decision = stands_for(grants, count, ask);
    if (!decision.allowed) return decision;
    if (decision.grant != NULL && is_for_another(decision.grant, ask))
        return deny(CONSENT_REASON_NOT_THIS_ONE, decision.grant);
    if (ask->purpose == PURPOSE_CARE && !ask->is_present) return deny(CONSENT_REASON_ABSENT, decision.grant);
    if ((ask->classes & ~role_classes) != 0) return deny(CONSENT_REASON_ROLE, decision.grant);
    if ((ask->classes & ~decision.classes) != 0) return deny(CONSENT_REASON_CLASS, decision.grant);
    decision.classes = ask->classes;
    return decision;
}
