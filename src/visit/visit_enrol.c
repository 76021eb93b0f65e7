/* SPDX-License-Identifier: Apache-2.0
 * A new person, and the rules of what counts as an agreement. */
#include "visit/enrol.h"

#include <string.h>

#include "fhir/fhir.h"
#include "visit/content.h"
#include "visit/visit_int.h"

enum { YEARS_ASKED = 110, YEARS_MAX = 130, DATE_BYTES = 10, HOURS_AHEAD = 14 };

/* --- what a person is asked --------------------------------------------------------------------------------------- */

/* A year, a month or a day of the calendar; *first: its first day. */
static bool is_date(struct str text, int64_t *first_unix_ms)
{
    char whole[DATE_BYTES + 1] = "0000-01-01";
    if (text.len != 4 && text.len != 7 && text.len != DATE_BYTES) return false;
    memcpy(whole, text.ptr, text.len);
    return clock_parse(str_make(whole, DATE_BYTES), first_unix_ms);
}

enum salve_code visit_born_check(struct str birth_date, int64_t now_unix_ms, enum visit_answer *out,
                                 struct salve_err *err)
{
    int64_t first = 0;
    *out = VISIT_FINE;
    if (birth_date.len == 0) return SALVE_OK;
    if (!is_date(birth_date, &first))
        return salve_refuse(err, SALVE_E_USAGE,
                            "write year, month and day, such as 1972-03-14; only the year, 1972, where no more is "
                            "known; nothing where that is not known either",
                            "birth date");
    if (first > now_unix_ms + (int64_t)HOURS_AHEAD * 3600 * 1000) /* today, where it is today first */
        return salve_refuse(err, SALVE_E_RANGE, "it is in the future", "birth date");
    struct civil now = civil_from_unix_ms(now_unix_ms), born = civil_from_unix_ms(first);
    bool is_ahead = now.month < born.month || (now.month == born.month && now.day < born.day);
    int32_t years = now.year - born.year - (is_ahead ? 1 : 0);
    if (years > YEARS_MAX)
        return salve_refuse(err, SALVE_E_RANGE, "nobody is older than 130; leave it empty where it is not known",
                            "birth date");
    if (years > YEARS_ASKED) *out = VISIT_ASK;
    return SALVE_OK;
}

/* A word for a sex, whole or its first letter, in small or capital letters. */
static bool is_word(struct str text, const char *word)
{
    struct str whole = str_of(word);
    bool is_it = text.len == 1 || text.len == whole.len;
    for (size_t i = 0; is_it && i < text.len; i++) is_it = str_lower(text.ptr[i]) == whole.ptr[i];
    return is_it && text.len > 0;
}

static enum salve_code read_sex(struct str answer, struct str *out, struct salve_err *err)
{
    static const struct {
        const char *word, *sex;
    } words[] = {{"female", "female"}, {"woman", "female"}, {"male", "male"},
                 {"man", "male"},      {"other", "other"},  {"unknown", "unknown"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(answer, words[i].word)) return *out = str_of(words[i].sex), SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "female, male, other or unknown; the first letter is enough", "sex");
}

enum salve_code visit_patient_answer(enum visit_question question, struct str answer, int64_t now_unix_ms,
                                     struct visit_patient_form *form, enum visit_answer *out, struct salve_err *err)
{
    struct str text = str_trim(answer);
    *out = VISIT_FINE;
    if (question == VISIT_SEX) return read_sex(text, &form->sex, err);
    if (question == VISIT_BIRTH_DATE) {
        if (is_word(text, "unknown")) text = STR("");
        TRY(visit_born_check(text, now_unix_ms, out, err));
        form->birth_date = text;
        return SALVE_OK;
    }
    if (!str_is_utf8(text)) return salve_refuse(err, SALVE_E_USAGE, "this is no text", "name");
    if (question == VISIT_FAMILY) form->family = text;
    if (question == VISIT_GIVEN) form->given = text;
    if (question == VISIT_FAMILY || form->family.len > 0 || form->given.len > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "one name at least is needed", "given names");
}

/* --- enrolment ---------------------------------------------------------------------------------------------------- */

enum salve_code visit_enrol(const struct visit *visit, const struct tape *patient, struct str sex, struct str word,
                            struct rec_enrolled *out, struct salve_err *err)
{
    enum visit_answer ignored;
    struct str born = tape_child_text(patient, tape_root(patient), "birthDate");
    if (born.len > 0) TRY(visit_born_check(born, site_now_unix_ms(visit->site), &ignored, err));
    TRY(rec_enrol_told(visit->site, visit->actor, patient, sex, visit->mem, out, err));
    if (word.len == 0) return SALVE_OK;
    enum salve_code code = rec_word_set(visit->site, visit->actor, out->card, word, err);
    if (code != SALVE_OK) TRY(visit_enrol_undo(visit, out->card, NULL));
    return code;
}

/* The form of a language code, "ar" or "pt-BR"; none is fine. */
static bool is_language(struct str text)
{
    enum { BYTES_MAX = 20 };
    bool is = text.len <= BYTES_MAX && text.len != 1;
    for (size_t i = 0; is && i < text.len; i++) {
        char low = str_lower(text.ptr[i]);
        bool is_letter = low >= 'a' && low <= 'z', is_digit = low >= '0' && low <= '9';
        is = is_letter || (i >= 2 && (is_digit || low == '-'));
    }
    return is;
}

enum salve_code visit_enrol_form(const struct visit *visit, const struct visit_patient_form *form, struct str word,
                                 struct rec_enrolled *out, struct salve_err *err)
{
    struct str json;
    struct tape patient;
    struct fhir_issues issues;
    struct fhir_read_opts opts = {.type = FHIR_T_Patient};
    fhir_issues_init(&issues, visit->mem);
    if (!is_language(form->language)) return salve_refuse(err, SALVE_E_USAGE, "a code such as ar or pt-BR", "language");
    TRY(visit_patient_json(form, visit->mem, &json, err));
    TRY(fhir_read(json, &opts, visit->mem, &patient, &issues, err));
    return visit_enrol(visit, &patient, form->sex, word, out, err);
}

enum salve_code visit_enrol_undo(const struct visit *visit, struct str card, struct salve_err *err)
{
    struct rec_erasure erasure;
    return rec_erase(visit->site, visit_beside(visit->site, visit->actor), card, visit->mem, &erasure, err);
}

enum salve_code visit_card_new(const struct visit *visit, struct str who, struct str *card, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct compartment ignored;
    struct rec_ask ask = {.actor = visit->actor, .purpose = PURPOSE_FOLLOW_UP, .who = who};
    enum salve_code code = compartment_parse(who, &ignored) ? rec_open(visit->site, &ask, &view, err)
                                                            : visit_view_open(visit, who, 0, &view, err);
    if (code == SALVE_OK) code = rec_card_new(view, visit->mem, card, err);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_card_by_name(const struct visit *visit, struct str names, struct str birth_date, struct str *card,
                                   struct salve_err *err)
{
    struct compartment *found = NULL;
    size_t count = 0;
    char who[COMPARTMENT_TEXT_BYTES + 1];
    TRY(rec_find(visit->site, visit->actor, names, birth_date, visit->mem, &found, &count, err));
    enum salve_code code = SALVE_E_NOT_FOUND;
    if (count == 1) {
        compartment_text(found[0], who);
        code = visit_card_new(visit, str_of(who), card, err);
    }
    if (code != SALVE_E_CONSENT && code != SALVE_E_NOT_FOUND) return code;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "no one record opens in that way", "name and birth date");
}

/* How it was agreed, by whom, and for whom. */
static enum salve_code fill_manner(const struct visit_grant_ask *ask, struct consent_grant *grant,
                                   struct salve_err *err)
{
    bool is_for_one = ask->purpose == PURPOSE_HELPER || ask->purpose == PURPOSE_TRANSFER;
    grant->method = CONSENT_METHOD_CARD;
    if (ask->method.len > 0 && !consent_method_find(ask->method, &grant->method))
        return salve_refuse(err, SALVE_E_USAGE, "a method is one of: signed, pin, card, spoken", "method");
    if (ask->assent.len > 0 &&
        (!consent_assent_find(ask->assent, &grant->assent) || grant->assent == CONSENT_ASSENT_NONE))
        return salve_refuse(err, SALVE_E_USAGE, "the child's answer is one of: given, not-able, dissent", "assent");
    if (ask->to.len == 0 && is_for_one && !ask->is_by_guardian)
        return salve_refuse(err, SALVE_E_USAGE,
                            "this purpose is for one person or place only; name them, such as daughter-1", "to");
    grant->to = ask->to;
    grant->agreed_on = ask->agreed_on;
    grant->of_age_by = ask->of_age_by;
    if (ask->with_sensitive) grant->classes = purpose_classes(ask->purpose) | CLASS_BIT(CLASS_SENS);
    if (ask->has_witness) grant->witness = CONSENT_WITNESS_INDEPENDENT;
    if (ask->is_by_guardian) grant->by = CONSENT_BY_GUARDIAN;
    return SALVE_OK;
}

enum salve_code visit_grant(const struct visit_content *content, const struct visit_grant_ask *ask,
                            struct consent_grant *out, struct salve_err *err)
{
    struct consent_grant grant = {.purpose = ask->purpose, .teach_back = CONSENT_TEACH_BACK_NOT_DONE};
    const struct consent_form *form = NULL;
    if (!consent_is_asked(ask->purpose))
        return salve_refuse(err, SALVE_E_USAGE, "one purpose that people agree to; own access needs no agreement",
                            "purpose");
    TRY(fill_manner(ask, &grant, err));
    TRY(visit_form(content, ask->purpose, ask->version, ask->language, &form, err));
    grant.form = form->ref;
    if (ask->read_back_rounds > 2)
        return salve_refuse(err, SALVE_E_USAGE, "give the round, 1 or 2, in which every question was met", "read-back");
    if (ask->read_back_rounds > 0) grant.teach_back = CONSENT_TEACH_BACK_DONE;
    grant.teach_back_rounds = ask->read_back_rounds;
    *out = grant;
    return SALVE_OK;
}

enum salve_code visit_grant_words(const struct visit_content *content, enum purpose purpose, struct str words,
                                  struct consent_grant *out, struct salve_err *err)
{
    enum { FORM, METHOD, DATE, WITNESS, ROUNDS, WORDS };
    struct str word[WORDS] = {0};
    struct visit_grant_ask ask = {.purpose = purpose};
    size_t count = 0;
    for (struct str rest = str_trim(words), one; rest.len > 0 && count < WORDS; rest = str_trim(rest)) {
        if (!str_split(rest, ' ', &one, &rest)) one = rest, rest = STR("");
        word[count++] = one;
        if (count == WORDS && str_trim(rest).len > 0) count = 0; /* more than these */
        if (count == 0) break;
    }
    bool is_none = str_is(word[WITNESS], "none"), is_first = str_is(word[ROUNDS], "1");
    bool is_whole = count == WORDS && str_split(word[FORM], '/', &ask.version, &ask.language) &&
                    (is_none || str_is(word[WITNESS], "independent")) && (is_first || str_is(word[ROUNDS], "2"));
    if (!is_whole)
        return salve_refuse(err, SALVE_E_USAGE,
                            "form, method, date, witness and round of the reading back, such as 1.0/en signed "
                            "2026-01-31 none 1",
                            "%s", purpose_text(purpose));
    ask.method = word[METHOD];
    ask.agreed_on = word[DATE];
    ask.has_witness = !is_none;
    ask.read_back_rounds = is_first ? 1 : 2;
    return visit_grant(content, &ask, out, err);
}

enum salve_code visit_slip_claim(const struct visit *visit, struct str slip, struct str *card, struct salve_err *err)
{
    return rec_slip_claim(visit->site, visit->actor, slip, visit->mem, card, err);
}

enum salve_code visit_consent_give(const struct visit *visit, struct str card, const struct consent_grant *grant,
                                   struct rec_receipt *receipt, struct salve_err *err)
{
    return rec_consent_give(visit->site, visit->actor, card, grant, visit->mem, receipt, err);
}
