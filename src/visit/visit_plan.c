/* SPDX-License-Identifier: Apache-2.0
 * What a person is asked at this visit, from the packages, and what of it was noted. */
#include "visit/plan.h"

#include <stdlib.h>

#include "base/zone.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "letter/letter.h"
#include "screen/screen.h"
#include "visit/clinic.h"
#include "visit/content.h"
#include "visit/order.h"
#include "visit/plan_int.h"

enum { ANY_MAX = (int)(sizeof((struct visit_asked *)0)->any / sizeof(struct str)) };

const char *visit_asked_text(enum visit_asked_state state)
{
    static const char *const texts[VISIT_ASKED_COUNT] = {
#define ASKED(id, text, what) [VISIT_ASKED_##id] = (text),
#include "visit/asked.def"
#undef ASKED
    };
    return (unsigned)state < VISIT_ASKED_COUNT ? texts[state] : "";
}

/* --- what was noted ----------------------------------------------------------------------------------------------- */

struct noting {
    const struct zone *zone;
    struct visit_noted *list;
    size_t count, room;
    struct visit_drawn *drawn;
    size_t drawn_count;
};

static bool has_status(const struct rec_resource *one, const char *const *statuses, size_t count)
{
    struct str status = tape_child_text(&one->tape, tape_root(&one->tape), "status");
    bool has = false;
    for (size_t i = 0; i < count; i++) has = has || str_is(status, statuses[i]);
    return has;
}

/* The day of the site on which it was, or the one that a date names. */
static bool day_of(const struct zone *zone, struct str at, int64_t *day)
{
    int64_t unix_ms = 0;
    if (!clock_parse(at, &unix_ms)) return false;
    bool is_date = at.len == sizeof "2026-11-23" - 1;
    *day = is_date ? unix_ms / (24 * 3600 * 1000) : zone_day(zone, unix_ms).number;
    return true;
}

static void note(struct noting *in, struct str what, struct str at)
{
    int64_t day = 0;
    if (what.len == 0 || in->count == in->room || !day_of(in->zone, at, &day)) return;
    in->list[in->count++] = (struct visit_noted){what, day};
}

static void note_observation(struct noting *in, const struct rec_resource *one)
{
    static const char *const kept[] = {"final", "amended", "corrected", "preliminary"};
    const struct tape *tape = &one->tape;
    tape_at root = tape_root(tape), code = tape_get(tape, root, "code");
    struct str at = tape_child_text(tape, root, "effectiveDateTime");
    if (!has_status(one, kept, sizeof kept / sizeof *kept) || screen_is_own(one) || code == TAPE_NONE) return;
    if (at.len == 0) at = tape_child_text(tape, root, "effectiveInstant");
    for (tape_at c = tape_first(tape, code); c != TAPE_NONE; c = tape_next(tape, code, c))
        if (tape_type(tape, c) == FHIR_T_Coding) note(in, tape_child_text(tape, c, "code"), at);
}

/* "urn:salve:form:phq-9|1.0" is the form phq-9. */
static struct str form_id(struct str canonical)
{
    size_t end = 0, begin = 0;
    while (end < canonical.len && canonical.ptr[end] != '|') end++;
    for (size_t i = 0; i < end; i++)
        if (canonical.ptr[i] == '/' || canonical.ptr[i] == ':') begin = i + 1;
    return str_cut(canonical, begin, end - begin);
}

static void note_response(struct noting *in, const struct rec_resource *one)
{
    static const char *const kept[] = {"completed", "amended"};
    tape_at root = tape_root(&one->tape);
    if (!has_status(one, kept, sizeof kept / sizeof *kept)) return;
    note(in, form_id(tape_child_text(&one->tape, root, "questionnaire")),
         tape_child_text(&one->tape, root, "authored"));
}

/* A request under a label of ours; one that was called off waits for nothing. */
static void note_request(struct noting *in, const struct rec_resource *one)
{
    static const char *const open[] = {"active", "completed"};
    const struct tape *tape = &one->tape;
    tape_at root = tape_root(tape), label = tape_get(tape, root, "requisition.value"),
            code = tape_get(tape, root, "code.coding.code");
    struct visit_drawn *to = &in->drawn[in->drawn_count];
    if (label == TAPE_NONE || code == TAPE_NONE || !visit_label_fits(tape_text(tape, label))) return;
    if (!has_status(one, open, sizeof open / sizeof *open)) return;
    if (!day_of(in->zone, tape_child_text(tape, root, "authoredOn"), &to->day)) return;
    to->label = tape_text(tape, label);
    to->code = tape_text(tape, code);
    in->drawn_count++;
}

static int by_day(const void *a, const void *b)
{
    const struct visit_drawn *x = a, *y = b;
    return x->day == y->day ? 0 : x->day < y->day ? -1 : 1;
}

static int by_what_newest_first(const void *a, const void *b)
{
    const struct visit_noted *x = a, *y = b;
    int order = str_cmp(x->what, y->what);
    return order != 0 ? order : x->day == y->day ? 0 : x->day > y->day ? -1 : 1;
}

/* Each once, and a copy that outlives the view. */
static enum salve_code settle(struct noting *in, struct arena *mem, struct salve_err *err)
{
    size_t kept = 0;
    qsort(in->list, in->count, sizeof *in->list, by_what_newest_first);
    for (size_t i = 0; i < in->count; i++) {
        if (kept > 0 && str_eq(in->list[kept - 1].what, in->list[i].what)) continue;
        in->list[kept] = in->list[i];
        TRY(arena_str(mem, in->list[kept].what, &in->list[kept].what, err));
        kept++;
    }
    in->count = kept;
    qsort(in->drawn, in->drawn_count, sizeof *in->drawn, by_day);
    for (size_t i = 0; i < in->drawn_count; i++) {
        TRY(arena_str(mem, in->drawn[i].label, &in->drawn[i].label, err));
        TRY(arena_str(mem, in->drawn[i].code, &in->drawn[i].code, err));
    }
    return SALVE_OK;
}

/* A resource is noted under each coding of its code; most have one. */
static size_t codings_of(const struct rec_resource *one)
{
    size_t count = 0;
    tape_at code = tape_get(&one->tape, tape_root(&one->tape), "code");
    if (!str_is(one->type, "Observation") || code == TAPE_NONE) return 1;
    for (tape_at c = tape_first(&one->tape, code); c != TAPE_NONE; c = tape_next(&one->tape, code, c)) count++;
    return count;
}

enum salve_code visit_noted_read(const struct visit *visit, const struct rec_resource *all, const bool *counts,
                                 size_t count, struct visit_facts *out, struct salve_err *err)
{
    struct noting in = {0};
    TRY(site_zone(visit->site, &in.zone, err));
    out->day = zone_day(in.zone, site_now_unix_ms(visit->site)).number;
    for (size_t i = 0; i < count; i++) in.room += counts[i] ? codings_of(&all[i]) : 0;
    in.list = arena_array(visit->mem, struct visit_noted, in.room + 1);
    in.drawn = arena_array(visit->mem, struct visit_drawn, in.room + 1);
    if (in.list == NULL || in.drawn == NULL) return salve_fail(err, SALVE_E_MEMORY, "readings");
    for (size_t i = 0; i < count; i++) {
        if (!counts[i]) continue;
        if (str_is(all[i].type, "ServiceRequest")) note_request(&in, &all[i]);
        if (str_is(all[i].type, "Observation")) note_observation(&in, &all[i]);
        if (str_is(all[i].type, "QuestionnaireResponse")) note_response(&in, &all[i]);
    }
    TRY(settle(&in, visit->mem, err));
    out->noted = in.list;
    out->noted_count = in.count;
    out->drawn = in.drawn;
    out->drawn_count = in.drawn_count;
    return SALVE_OK;
}

/* --- how old it may be -------------------------------------------------------------------------------------------- */

struct planning {
    const struct visit_content *content;
    const struct visit_facts *facts;
    struct letter_person person;
    struct visit_plan *plan;
    size_t room;
};

static bool is_word_of(struct str word, struct str code)
{
    return str_eq(word, code) || (str_is(word, "bp") && str_is(code, "85354-9")) || visit_measure_has(word, code);
}

static bool is_measured(struct str word)
{
    size_t at = 0;
    struct str unit;
    return str_is(word, "bp") || visit_measure_unit(word, &at, &unit);
}

static bool has_text(const struct json *list, struct str text)
{
    for (const struct json *it = json_first(list); it != NULL; it = it->next)
        if (str_eq(json_text(it), text)) return true;
    return false;
}

/* Is the guideline of a package that is meant for this person? */
static bool is_of_packages(const struct planning *in, struct str guideline)
{
    const struct letter_packages *packages = in->content->packages;
    for (const struct json *it = NULL; (it = letter_package_next(packages, &in->person, it)) != NULL;)
        if (has_text(json_get(it, "guidelines"), guideline)) return true;
    return false;
}

/* The days for which every guideline of these packages takes a number of that word; an answer, and what no guideline
 * looks at, are of today. A number whose date is part of a rule has no limit there, and is
 * measured anew all the same. */
static int64_t days_of(const struct planning *in, struct str word)
{
    int64_t least = INT64_MAX;
    if (!is_measured(word)) return 0;
    for (size_t g = 0; g < in->content->guideline_count; g++) {
        const struct guideline_info *info = guideline_info(in->content->guidelines[g]);
        if (!is_of_packages(in, info->id)) continue;
        for (size_t i = 0; i < info->input_count; i++) {
            const struct guideline_input *input = &info->inputs[i];
            int64_t days = input->max_age_days < 0 ? 0 : input->max_age_days;
            if (!input->is_question && is_word_of(word, input->code) && days < least) least = days;
        }
    }
    return least == INT64_MAX ? 0 : least;
}

/* --- the plan ----------------------------------------------------------------------------------------------------- */

/* Was it noted lately enough? A day ahead is no day of this visit. */
static bool is_noted(const struct planning *in, struct str word, int64_t *day)
{
    bool is = false;
    int64_t days = days_of(in, word), today = in->facts->day;
    for (size_t i = 0; i < in->facts->noted_count; i++) {
        const struct visit_noted *one = &in->facts->noted[i];
        if (!is_word_of(word, one->what) || one->day > today || one->day < today - days) continue;
        if (!is || one->day > *day) *day = one->day;
        is = true;
    }
    return is;
}

static bool are_all_noted(const struct planning *in, const struct json *all, int64_t *day)
{
    bool are = json_first(all) != NULL;
    for (const struct json *it = json_first(all); it != NULL; it = it->next)
        are = are && is_noted(in, json_text(it), day);
    return are;
}

static struct visit_asked *find(const struct planning *in, struct str item)
{
    for (size_t i = 0; i < in->plan->count; i++)
        if (str_eq(in->plan->list[i].item, item)) return &in->plan->list[i];
    return NULL;
}

/* The newest label under which a sample for it was drawn, and no result came since. */
static struct str label_of(const struct planning *in, struct str word)
{
    struct str label = STR_NONE;
    int64_t drawn = 0;
    for (size_t i = 0; i < in->facts->drawn_count; i++)
        if (is_word_of(word, in->facts->drawn[i].code)) {
            label = in->facts->drawn[i].label;
            drawn = in->facts->drawn[i].day;
        }
    for (size_t i = 0; i < in->facts->noted_count; i++)
        if (is_word_of(word, in->facts->noted[i].what) && in->facts->noted[i].day >= drawn) label = STR_NONE;
    return label;
}

static void add_any(const struct planning *in, struct visit_asked *to, struct str word)
{
    bool has = to->any_count == ANY_MAX;
    for (size_t i = 0; i < to->any_count; i++) has = has || str_eq(to->any[i], word);
    if (has) return;
    to->tubes[to->any_count] = letter_packages_tube(in->content->packages, word);
    to->labels[to->any_count] = label_of(in, word);
    to->any[to->any_count++] = word;
}

static bool is_true(const struct json *asked, const char *member)
{
    bool is = false;
    return json_bool(json_get(asked, member), &is) && is;
}

/* What two packages ask stands where the first one has it. */
static void add_asked(struct planning *in, struct str station, const struct json *asked)
{
    struct str item = json_is(asked, JSON_OBJECT) ? json_get_text(asked, "item") : json_text(asked);
    struct visit_asked *to = find(in, item);
    if (to == NULL) {
        to = &in->plan->list[in->plan->count++];
        *to = (struct visit_asked){.item = item, .station = station, .is_form = !is_measured(item)};
        add_any(in, to, item);
    }
    for (const struct json *it = json_first(json_get(asked, "any")); it != NULL; it = it->next)
        add_any(in, to, json_text(it));
    bool is_done = to->state == VISIT_ASKED_DONE || are_all_noted(in, json_get(asked, "all"), &to->day),
         is_drawn = false;
    for (size_t i = 0; i < to->any_count; i++) {
        is_done = is_noted(in, to->any[i], &to->day) || is_done;
        is_drawn = is_drawn || to->labels[i].len > 0;
    }
    if (is_done)
        to->state = VISIT_ASKED_DONE;
    else if (is_drawn)
        to->state = VISIT_ASKED_DRAWN;
    else if (is_true(asked, "apart"))
        to->state = VISIT_ASKED_UNSEEN;
}

static void add_package(struct planning *in, const struct json *package)
{
    const struct json *asks = json_get(package, "asks");
    for (const struct json *station = json_first(asks); station != NULL; station = station->next)
        for (const struct json *it = json_first(station); it != NULL; it = it->next) add_asked(in, station->name, it);
}

static size_t asks_of(const struct json *package)
{
    size_t count = 0;
    for (const struct json *it = json_first(json_get(package, "asks")); it != NULL; it = it->next) count += it->count;
    return count;
}

enum salve_code visit_plan(const struct visit *visit, const struct visit_facts *facts, struct visit_plan *out,
                           struct salve_err *err)
{
    const struct visit_content *content = visit->content;
    struct planning in = {.content = content, .facts = facts, .plan = out};
    struct visit_clinic clinic = {0};
    *out = (struct visit_plan){.list = NULL};
    if (content->packages == NULL && content->packages_err.code != SALVE_OK) {
        if (err != NULL) *err = content->packages_err;
        return content->packages_err.code;
    }
    if (content->packages == NULL) return SALVE_OK;
    TRY(visit_clinic(visit, &clinic, err));
    in.person = (struct letter_person){clinic.packages, facts->sex, facts->age_years};
    for (const struct json *it = NULL; (it = letter_package_next(content->packages, &in.person, it)) != NULL;)
        in.room += asks_of(it);
    out->list = arena_array(visit->mem, struct visit_asked, in.room + 1);
    if (out->list == NULL) return salve_fail(err, SALVE_E_MEMORY, "plan");
    for (const struct json *it = NULL; (it = letter_package_next(content->packages, &in.person, it)) != NULL;)
        add_package(&in, it);
    return SALVE_OK;
}

size_t visit_plan_left(const struct visit_plan *plan, struct str station)
{
    size_t left = 0;
    for (size_t i = 0; i < plan->count; i++)
        left +=
            plan->list[i].state == VISIT_ASKED_MISSING && (station.len == 0 || str_eq(plan->list[i].station, station));
    return left;
}
