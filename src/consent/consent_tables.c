/* SPDX-License-Identifier: Apache-2.0
 * The closed lists of consent.h as functions. Adding a row there is all that a new value needs here. */
#include "consent/consent_int.h"
#include "consent/may.h"

class_mask consent_role_classes(enum role role, enum purpose purpose)
{
    const struct may *may = consent_may(role, ACT_OPEN, purpose);
    return may == NULL ? 0 : may->classes;
}

struct consent_term consent_term_of(enum purpose purpose)
{
#define X(name, days, sens, why)                                                                                       \
    if (purpose == PURPOSE_##name) return (struct consent_term){(days), (sens)};
    CONSENT_TERMS(X)
#undef X
    return (struct consent_term){-1, false};
}

int32_t consent_days_max(enum purpose purpose)
{
    int32_t days = consent_term_of(purpose).days_max;
    return days < 0 ? 0 : days;
}

bool consent_is_asked(enum purpose purpose)
{
    return consent_term_of(purpose).days_max >= 0 && purpose != PURPOSE_SELF && purpose != PURPOSE_LETTER;
}

bool consent_may_add_sensitive(enum purpose purpose) { return consent_term_of(purpose).may_choose_sens; }

struct reason_row {
    const char *text, *shown, *words;
};

static const struct reason_row *reason_row(enum consent_reason reason)
{
    static const struct reason_row ROWS[CONSENT_REASON_COUNT] = {
#define X(name, text, allowed, shown, words) [CONSENT_REASON_##name] = {text, shown, words},
        CONSENT_REASONS(X)
#undef X
    };
    return &ROWS[reason < CONSENT_REASON_COUNT ? reason : CONSENT_REASON_INVALID];
}

const char *consent_reason_text(enum consent_reason reason) { return reason_row(reason)->text; }
const char *consent_reason_shown(enum consent_reason reason) { return reason_row(reason)->shown; }
const char *consent_reason_words(enum consent_reason reason) { return reason_row(reason)->words; }

/* For each list: its texts by value, consent_<list>_text and consent_<list>_find. */
/* clang-format off */
#define LIST(list, type, LIST_OF, COUNT)                                                                               \
    static const char *const list##_texts[] = {LIST_OF(X)};                                                            \
    const char *consent_##list##_text(type value) { return (unsigned)value < (COUNT) ? list##_texts[value] : "?"; }    \
    bool consent_##list##_find(struct str text, type *out)                                                             \
    {                                                                                                                  \
        for (unsigned i = 0; i < (COUNT); i++) {                                                                       \
            if (!str_is(text, list##_texts[i])) continue;                                                              \
            *out = (type)i;                                                                                            \
            return true;                                                                                               \
        }                                                                                                              \
        return false;                                                                                                  \
    }
/* clang-format on */
#define X(name, text, what) text,
LIST(state, enum consent_state, CONSENT_STATES, CONSENT_STATE_COUNT)
LIST(method, enum consent_method, CONSENT_METHODS, CONSENT_METHOD_COUNT)
LIST(witness, enum consent_witness, CONSENT_WITNESSES, CONSENT_WITNESS_COUNT)
LIST(teach_back, enum consent_teach_back, CONSENT_TEACH_BACKS, CONSENT_TEACH_BACK_COUNT)
LIST(decider, enum consent_decider, CONSENT_DECIDERS, CONSENT_DECIDER_COUNT)
LIST(assent, enum consent_assent, CONSENT_ASSENTS, CONSENT_ASSENT_COUNT)
#undef X
