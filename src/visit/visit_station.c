/* SPDX-License-Identifier: Apache-2.0
 * One person as a station sees them: name, age, what was measured, what is open, findings with what was said. */
#include <stdlib.h>

#include "admit/same.h"
#include "base/zone.h"
#include "fhir/fhir.h"
#include "letter/letter.h"
#include "visit/clinic.h"
#include "visit/content.h"
#include "visit/inbox.h"
#include "visit/known_int.h"
#include "visit/person.h"
#include "visit/plan_int.h"
#include "visit/result.h"
#include "visit/release_int.h"
#include "visit/visit_int.h"

/* --- who it is ---------------------------------------------------------------------------------------------------- */

static bool read_digits(struct str text, size_t from, size_t len, int32_t *out)
{
    int64_t number = 0;
    if (text.len < from + len || !str_to_i64(str_cut(text, from, len), &number)) return false;
    *out = (int32_t)number;
    return true;
}

/* Completed years on `today` of who was born on the last, or the first, day that the text allows. */
static int32_t age_on(struct str born, struct str today, bool is_youngest)
{
    int32_t year = 0, month = is_youngest ? 12 : 1, day = is_youngest ? 31 : 1, now_year = 0, now_month = 1,
            now_day = 1;
    if (!read_digits(born, 0, 4, &year) || !read_digits(today, 0, 4, &now_year)) return -1;
    (void)read_digits(born, 5, 2, &month);
    (void)read_digits(born, 8, 2, &day);
    (void)read_digits(today, 5, 2, &now_month);
    (void)read_digits(today, 8, 2, &now_day);
    bool is_before = now_month < month || (now_month == month && now_day < day);
    return now_year - year - (is_before ? 1 : 0);
}

static enum salve_code read_who(const struct visit *visit, struct rec_view *view, struct visit_facts *out,
                                struct salve_err *err)
{
    const struct rec_resource *patient = NULL;
    struct str name, today;
    TRY(visit_patient(view, &patient, err));
    if (patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    tape_at root = tape_root(&patient->tape);
    TRY(visit_name_of(&patient->tape, root, visit->mem, &name, err));
    TRY(visit_name_on_paper(name, visit->mem, &out->name, err));
    TRY(arena_str(visit->mem, tape_child_text(&patient->tape, root, "birthDate"), &out->birth_date, err));
    TRY(arena_str(visit->mem, tape_child_text(&patient->tape, root, "gender"), &out->sex, err));
    if (!str_is(out->sex, "female") && !str_is(out->sex, "male")) out->sex = STR("");
    TRY(visit_date(visit, site_now_unix_ms(visit->site), &today, err));
    int32_t youngest = age_on(out->birth_date, today, true), oldest = age_on(out->birth_date, today, false);
    out->age_years = youngest == oldest ? oldest : -1;
    return SALVE_OK;
}

/* --- what was measured -------------------------------------------------------------------------------------------- */

struct past {
    const struct visit *visit;
    const struct zone *zone;
    int64_t day; /* the site's, now */
    struct visit_past *list;
    size_t count;
};

/* The day on which it was measured: a date is one, an instant lies on one of the site's. */
static bool day_of(const struct past *in, struct str at, int64_t *order_unix_ms, int64_t *day)
{
    if (!clock_parse(at, order_unix_ms)) return false;
    bool is_date = at.len == sizeof "2026-11-23" - 1;
    *day = is_date ? *order_unix_ms / (24 * 3600 * 1000) : zone_day(in->zone, *order_unix_ms).number;
    return true;
}

static enum salve_code copy_reading(struct arena *mem, struct visit_reading *reading, struct salve_err *err)
{
    struct str *const texts[] = {&reading->word,       &reading->loinc,      &reading->unit,  &reading->comparator,
                                 &reading->numbers[0], &reading->numbers[1], &reading->answer};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i]->ptr != NULL) TRY(arena_str(mem, *texts[i], texts[i], err));
    return SALVE_OK;
}

static bool is_kept_value(const struct rec_resource *one)
{
    static const char *const statuses[] = {"final", "amended", "corrected", "preliminary"};
    struct str status = tape_child_text(&one->tape, tape_root(&one->tape), "status");
    bool is = false;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) is = is || str_is(status, statuses[i]);
    return is && str_is(one->type, "Observation") && !screen_is_own(one);
}

static enum salve_code add_past(struct past *in, const struct rec_resource *one, bool is_today, struct salve_err *err)
{
    struct visit_past *to = &in->list[in->count];
    int64_t day = 0;
    tape_at root = tape_root(&one->tape);
    struct str at = tape_child_text(&one->tape, root, "effectiveDateTime");
    if (at.len == 0) at = tape_child_text(&one->tape, root, "effectiveInstant");
    if (!is_kept_value(one) || !visit_reading_of(&one->tape, &to->reading)) return SALVE_OK;
    if (!day_of(in, at, &to->order_unix_ms, &day) || is_today != (day == in->day) || day > in->day) return SALVE_OK;
    TRY(copy_reading(in->visit->mem, &to->reading, err));
    TRY(arena_str(in->visit->mem, at, &to->at, err));
    in->count++;
    return SALVE_OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct visit_past *x = a, *y = b;
    return x->order_unix_ms == y->order_unix_ms ? 0 : x->order_unix_ms > y->order_unix_ms ? -1 : 1;
}

static void newest_of_each_word(struct past *in)
{
    size_t kept = 0;
    for (size_t i = 0; i < in->count; i++) {
        size_t at = 0;
        while (at < kept && !str_eq(in->list[at].reading.word, in->list[i].reading.word)) at++;
        if (at == kept) in->list[kept++] = in->list[i];
    }
    in->count = kept;
}

static enum salve_code read_past(const struct visit *visit, const struct rec_resource *all, const bool *counts,
                                 size_t count, bool is_today, struct past *out, struct salve_err *err)
{
    *out = (struct past){.visit = visit};
    TRY(site_zone(visit->site, &out->zone, err));
    out->day = zone_day(out->zone, site_now_unix_ms(visit->site)).number;
    out->list = arena_array(visit->mem, struct visit_past, count + 1);
    if (out->list == NULL) return salve_fail(err, SALVE_E_MEMORY, "readings");
    for (size_t i = count; i > 0; i--)
        if (counts[i - 1]) TRY(add_past(out, &all[i - 1], is_today, err));
    qsort(out->list, out->count, sizeof *out->list, newest_first);
    if (!is_today) newest_of_each_word(out);
    return SALVE_OK;
}

static enum salve_code read_values(const struct visit *visit, struct rec_view *view, struct visit_facts *out,
                                   struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct past today, before;
    TRY(rec_all(view, 0, &all, &count, err));
    struct tape *tapes = arena_array(visit->mem, struct tape, count + 1);
    bool *counts = arena_array(visit->mem, bool, count + 1);
    if (tapes == NULL || counts == NULL) return salve_fail(err, SALVE_E_MEMORY, "readings");
    for (size_t i = 0; i < count; i++) tapes[i] = all[i].tape;
    TRY(same_standing(tapes, count, visit->mem, counts, err));
    TRY(read_past(visit, all, counts, count, true, &today, err));
    TRY(read_past(visit, all, counts, count, false, &before, err));
    out->today = today.list;
    out->today_count = today.count;
    out->last = before.list;
    out->last_count = before.count;
    return visit_noted_read(visit, all, counts, count, out, err);
}

/* --- findings ----------------------------------------------------------------------------------------------------- */

/* Who is named as on a letter. */
static void print_names(const struct visit_clinic *clinic, struct screen_told *told)
{
    if (told->is_told) told->by = visit_printed_name(clinic, told->by);
    if (told->is_closed) told->closed_by = visit_printed_name(clinic, told->closed_by);
    if (told->is_passed_on) told->passed_by = visit_printed_name(clinic, told->passed_by);
}

/* Without what the site says of itself pseudonyms stand: no alarm waits for a name. */
static void name_passed(const struct visit *visit, struct screen_alarm *list, size_t count)
{
    struct visit_clinic clinic = {0};
    bool is_any = false;
    for (size_t i = 0; i < count; i++) is_any = is_any || list[i].told.is_passed_on;
    if (!is_any || visit_clinic(visit, &clinic, NULL) != SALVE_OK) return;
    for (size_t i = 0; i < count; i++) print_names(&clinic, &list[i].told);
}

static enum salve_code read_untold(const struct visit *visit, struct rec_view *view, struct visit_facts *out,
                                   struct salve_err *err)
{
    struct screen_alarm *list = NULL;
    size_t count = 0;
    TRY(screen_alarms_open(view, visit->mem, &list, &count, err));
    name_passed(visit, list, count);
    out->urgent = arena_array(visit->mem, struct visit_shown, count + 1);
    if (out->urgent == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < count; i++)
        if (list[i].is_untold)
            out->urgent[out->urgent_count++] =
                (struct visit_shown){.finding = list[i].finding, .id = list[i].id, .told = list[i].told};
    return worklist_mine(view, visit->mem, &out->open, err);
}

enum salve_code visit_person_read(const struct visit *visit, struct str card, struct visit_facts *out,
                                  struct salve_err *err)
{
    struct rec_view *view = NULL;
    *out = (struct visit_facts){.age_years = -1};
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = read_who(visit, view, out, err);
    if (code == SALVE_OK) code = read_values(visit, view, out, err);
    if (code == SALVE_OK) code = read_untold(visit, view, out, err);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_untold(const struct visit *visit, struct str card, struct visit_facts *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    *out = (struct visit_facts){.age_years = -1};
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = read_untold(visit, view, out, err);
    return visit_view_close(visit, &view, code, err);
}

static enum salve_code shown_of(const struct visit *visit, const struct visit_clinic *clinic,
                                const struct screen_set *set, const struct screen_told *told, struct visit_shown **out,
                                size_t *count, struct salve_err *err)
{
    *out = arena_array(visit->mem, struct visit_shown, set->count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < set->count; i++) {
        struct visit_shown one = {.finding = set->findings[i], .id = set->ids[i], .told = told[i]};
        size_t at = i;
        print_names(clinic, &one.told);
        for (; at > 0 && (*out)[at - 1].finding.urgency > one.finding.urgency; at--) (*out)[at] = (*out)[at - 1];
        (*out)[at] = one;
    }
    *count = set->count;
    return SALVE_OK;
}

static enum salve_code read_state(const struct visit *visit, struct rec_view *view, struct visit_findings *out,
                                  struct salve_err *err)
{
    enum screen_state state = out->draft_count > 0 ? SCREEN_DRAFT : SCREEN_SIGNED;
    TRY(screen_age(view, state, visit->mem, &out->age, err));
    return screen_unjudged(view, &out->has_unjudged, err);
}

enum salve_code visit_findings(const struct visit *visit, struct str card, struct visit_findings *out,
                               struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct visit_told told = {0};
    struct visit_clinic clinic = {0};
    *out = (struct visit_findings){.draft_count = 0};
    TRY(visit_clinic(visit, &clinic, err));
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = visit_told_read(visit, view, &told, err);
    if (code == SALVE_OK)
        code = shown_of(visit, &clinic, &told.sets[SCREEN_DRAFT], told.told[SCREEN_DRAFT], &out->drafts,
                        &out->draft_count, err);
    if (code == SALVE_OK)
        code = shown_of(visit, &clinic, &told.sets[SCREEN_SIGNED], told.told[SCREEN_SIGNED], &out->signed_ones,
                        &out->signed_count, err);
    if (code == SALVE_OK) code = read_state(visit, view, out, err);
    if (code == SALVE_OK) code = visit_before(visit, view, &told, out, err);
    out->signed_by = visit_printed_name(&clinic, told.sets[SCREEN_SIGNED].signed_by);
    out->signed_at = told.sets[SCREEN_SIGNED].signed_at;
    return visit_view_close(visit, &view, code, err);
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static bool has_language(const struct guideline *guideline, struct str language)
{
    const struct guideline_info *info = guideline_info(guideline);
    for (size_t i = 0; i < info->language_count; i++)
        if (str_eq(info->languages[i], language)) return true;
    return false;
}

static struct str first_of(struct str a, struct str b, struct str c)
{
    if (a.len > 0) return a;
    return b.len > 0 ? b : c;
}

void visit_finding_words(const struct visit_content *content, const struct str *languages, size_t count, struct str sex,
                         const struct finding *finding, struct arena *mem, struct visit_said_words *out)
{
    size_t at = 0;
    *out = (struct visit_said_words){.guideline = NULL};
    if (visit_guideline(content, finding->guideline, &out->guideline, NULL) != SALVE_OK) return;
    while (at < count && !has_language(out->guideline, languages[at])) at++;
    out->language = at < count ? languages[at] : STR("en");
    struct guideline_words words = guideline_words(out->guideline, out->language, finding);
    struct finding certain = *finding;
    certain.action = finding->meanwhile;
    struct guideline_words meanwhile = guideline_words(out->guideline, out->language, &certain);
    out->name = letter_addressed(words.name, sex, mem);
    out->headline = letter_addressed(
        first_of(words.headline, words.excluded, first_of(words.missing, words.queried, words.name)), sex, mem);
    out->meaning = letter_addressed(words.meaning, sex, mem);
    out->action = letter_addressed(words.next, sex, mem);
    out->when = letter_addressed(words.when, sex, mem);
    out->excluded = letter_addressed(words.excluded, sex, mem);
    if (finding->meanwhile.len > 0) out->meanwhile = letter_addressed(meanwhile.next, sex, mem);
}
