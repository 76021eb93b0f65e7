/* SPDX-License-Identifier: Apache-2.0
 * Reads the lines of decide.cases; the form is described at the top of that file. */
#ifndef SALVE_TESTS_CONSENT_CASE_H
#define SALVE_TESTS_CONSENT_CASE_H

#include <stdlib.h>

#include "consent/consent.h"

enum { CASE_GRANTS_MAX = 16, CASE_DAY_0 = 1767225600 /* 2026-01-01 */, CASE_NOW_DAY = 100 };

struct consent_case {
    struct str name, answer;
    struct consent_grant grants[CASE_GRANTS_MAX];
    size_t grant_count;
    struct consent_ask ask;
    struct consent_forms_now forms;
};

static inline int64_t case_time(double day) { return (int64_t)CASE_DAY_0 + (int64_t)(day * 86400.0 + 0.5); }

/* "100" or "100+2h"; 0 stays 0: no time. */
static inline bool case_day(struct str text, int64_t *out)
{
    ptrdiff_t plus = str_find(text, STR("+"));
    int64_t day = 0, hours = 0;
    struct str days = plus < 0 ? text : str_cut(text, 0, (size_t)plus);
    if (!str_to_i64(days, &day)) return false;
    if (plus >= 0 && (!str_ends(text, STR("h")) ||
                      !str_to_i64(str_cut(text, (size_t)plus + 1, text.len - (size_t)plus - 2), &hours)))
        return false;
    *out = (int64_t)CASE_DAY_0 + day * 86400 + hours * 3600;
    return true;
}

static inline bool case_cut(struct str *rest, const char *separator, struct str *part)
{
    if (rest->ptr == NULL) return false;
    ptrdiff_t at = str_find(*rest, str_of(separator));
    *part = str_trim(at < 0 ? *rest : str_cut(*rest, 0, (size_t)at));
    *rest = at < 0 ? STR_NONE : str_cut(*rest, (size_t)at + strlen(separator), rest->len);
    return true;
}

static inline bool case_classes(struct str text, class_mask *out)
{
    struct str rest = text, part;
    *out = 0;
    if (str_is(text, "none")) return true;
    while (case_cut(&rest, "+", &part)) {
        int class = 1;
        while (class <= CLASS_LAST && !str_is(part, class_text((enum data_class) class))) class ++;
        if (class > CLASS_LAST) return false;
        *out |= CLASS_BIT(class);
    }
    return true;
}

/* Index of `text` in the texts of a list of consent.h; the enumerations count in the same order. */
static inline bool case_pick(struct str text, const char *const *texts, size_t count, int *out)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(text, texts[i])) return *out = (int)i, true;
    return false;
}

#define X(name, text, what) text,
static const char *const CASE_STATES[] = {CONSENT_STATES(X)};
static const char *const CASE_METHODS[] = {CONSENT_METHODS(X)};
static const char *const CASE_WITNESSES[] = {CONSENT_WITNESSES(X)};
static const char *const CASE_TEACH_BACKS[] = {CONSENT_TEACH_BACKS(X)};
static const char *const CASE_DECIDERS[] = {CONSENT_DECIDERS(X)};
static const char *const CASE_ASSENTS[] = {CONSENT_ASSENTS(X)};
#undef X
#define CASE_PICK(value, list, field)                                                                                  \
    {                                                                                                                  \
        int pick = 0;                                                                                                  \
        if (!case_pick(value, list, sizeof list / sizeof list[0], &pick)) return false;                                \
        (field) = pick;                                                                                                \
        return true;                                                                                                   \
    }

static inline bool case_setting(struct str word, struct consent_grant *grant, bool *has_end)
{
    ptrdiff_t equals = str_find(word, STR("="));
    int64_t number = 0;
    if (equals <= 0) return false;
    struct str key = str_cut(word, 0, (size_t)equals), value = str_cut(word, (size_t)equals + 1, word.len);
    if (str_is(key, "at")) return case_day(value, &grant->at_unix_s);
    if (str_is(key, "majority")) return case_day(value, &grant->majority_unix_s);
    if (str_is(key, "classes")) return case_classes(value, &grant->classes);
    if (str_is(key, "to")) return grant->to = value, true;
    if (str_is(key, "remind")) return grant->remind_on = value, true;
    if (str_is(key, "minor")) return str_to_i64(value, &number) && (grant->form.minor = (uint32_t)number, true);
    if (str_is(key, "until")) {
        *has_end = true;
        return str_is(value, "0") ? (grant->not_after_unix_s = 0, true) : case_day(value, &grant->not_after_unix_s);
    }
    if (str_is(key, "seq")) return str_to_i64(value, &number) && (grant->seq = (uint64_t)number, true);
    if (str_is(key, "form")) return str_to_i64(value, &number) && (grant->form.major = (uint32_t)number, true);
    if (str_is(key, "rounds")) return str_to_i64(value, &number) && (grant->teach_back_rounds = (uint32_t)number, true);
    if (str_is(key, "state")) CASE_PICK(value, CASE_STATES, grant->state)
    if (str_is(key, "by")) CASE_PICK(value, CASE_DECIDERS, grant->by)
    if (str_is(key, "assent")) CASE_PICK(value, CASE_ASSENTS, grant->assent)
    if (str_is(key, "teach-back")) CASE_PICK(value, CASE_TEACH_BACKS, grant->teach_back)
    if (str_is(key, "method")) CASE_PICK(value, CASE_METHODS, grant->method)
    if (str_is(key, "witness")) CASE_PICK(value, CASE_WITNESSES, grant->witness)
    return false;
}

/* A whole, valid yes to `purpose`, given on day 90. */
static inline struct consent_grant case_grant(enum purpose purpose, uint64_t seq)
{
    struct consent_grant grant = {.seq = seq,
                                  .purpose = purpose,
                                  .classes = purpose_classes(purpose),
                                  .at_unix_s = case_time(90),
                                  .teach_back_rounds = 1,
                                  .form = {.id = str_of(purpose_text(purpose)), .major = 1, .lang = STR("en")}};
    memset(grant.form.sha256, 0x11, sizeof grant.form.sha256);
    return grant;
}

static inline bool case_read_grant(struct str text, struct consent_case *out)
{
    struct str rest = text, word;
    enum purpose purpose;
    bool has_end = false;
    if (out->grant_count == CASE_GRANTS_MAX || !case_cut(&rest, " ", &word) || !purpose_find(word, &purpose))
        return false;
    struct consent_grant *grant = &out->grants[out->grant_count++];
    *grant = case_grant(purpose, out->grant_count);
    while (case_cut(&rest, " ", &word))
        if (word.len > 0 && !case_setting(word, grant, &has_end)) return false;
    if (!has_end) grant->not_after_unix_s = grant->at_unix_s + (int64_t)consent_days_max(purpose) * 86400;
    if (grant->state != CONSENT_GIVEN) grant->classes = 0;
    return true;
}

static inline bool case_read_ask(struct str text, struct consent_case *out)
{
    struct str rest = text, word;
    int64_t number = 0;
    out->ask.now_unix_s = case_time(CASE_NOW_DAY);
    if (!case_cut(&rest, " ", &word) || !role_find(word, &out->ask.actor.role)) return false;
    if (!case_cut(&rest, " ", &word) || !purpose_find(word, &out->ask.purpose)) return false;
    if (!case_cut(&rest, " ", &word) || !case_classes(word, &out->ask.classes)) return false;
    while (case_cut(&rest, " ", &word)) {
        struct str value = str_cut(word, (size_t)(str_find(word, STR("=")) + 1), word.len);
        if (word.len == 0) continue;
        if (str_is(word, "present"))
            out->ask.is_present = true;
        else if (str_is(word, "reminder"))
            out->ask.is_reminder = true;
        else if (str_starts(word, STR("id=")))
            out->ask.actor.id = value;
        else if (str_starts(word, STR("now="))) {
            if (!case_day(value, &out->ask.now_unix_s)) return false;
        } else if (str_starts(word, STR("form="))) {
            struct str major;
            if (!case_cut(&value, "@", &major) || !str_to_i64(major, &number)) return false;
            out->forms.of[out->ask.purpose].major = (uint32_t)number;
            if (!case_day(value, &out->forms.of[out->ask.purpose].since_unix_s)) return false;
        } else
            return false;
    }
    return true;
}

/* One line that is not empty and no comment. The case must stay where it is: ask.forms points into it. */
static inline bool consent_case_read(struct str line, struct consent_case *out)
{
    struct str rest = line, grants, ask, grant;
    memset(out, 0, sizeof *out);
    if (!case_cut(&rest, "|", &out->name) || !case_cut(&rest, "|", &grants) || !case_cut(&rest, "|", &ask))
        return false;
    if (!case_cut(&rest, "|", &out->answer) || rest.ptr != NULL) return false;
    while (grants.len > 0 && case_cut(&grants, ";", &grant))
        if (!case_read_grant(grant, out)) return false;
    out->ask.forms = &out->forms;
    return case_read_ask(ask, out);
}

#endif
