/* SPDX-License-Identifier: Apache-2.0
 *
 * The Encounter of a visit. What is measured names it: the first Observation of the site's day opens one, or of the
 * hours before its midnight that a visit outlasts; later ones join it. A laboratory result belongs to the visit of its
 * sample, whenever it comes. Encounters that came with a file count like ours. */
#include "base/zone.h"
#include "fhir/elements.h"
#include "fhir/tape_edit.h"
#include "visit/visit_int.h"

enum { HOUR_MS = 3600 * 1000 };
#define LATE_MS (GUIDELINE_VISIT_LATE_HOURS * (int64_t)HOUR_MS)

struct stay {
    struct str id;
    int64_t start_unix_ms, end_unix_ms;
    int64_t day; /* of its start, by the site's calendar */
};

struct naming {
    const struct visit *visit;
    struct rec_view *view;
    const struct zone *zone;
    int64_t now_unix_ms;
    struct stay *stays;
    size_t count;
    struct tape opened; /* no node: nothing was opened */
};

/* When something was measured: its day, and the instant where it is known to one. */
struct taken {
    int64_t day, unix_ms;
    bool is_instant;
};

/* A visit ends with the site's day, or some hours later where it begins late. */
static int64_t latest_end(const struct naming *in, int64_t start_unix_ms)
{
    int64_t end = zone_day(in->zone, start_unix_ms).end_unix_ms, late = start_unix_ms + LATE_MS;
    return late > end ? late : end;
}

static void add_stay(struct naming *in, const struct tape *tape)
{
    static const char *const never[] = {"planned", "cancelled", "entered-in-error"};
    struct stay *stay = &in->stays[in->count];
    tape_at root = tape_root(tape);
    if (tape_type(tape, root) != FHIR_T_Encounter) return;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (str_is(tape_child_text(tape, root, "status"), never[i])) return;
    tape_at start = tape_get(tape, root, "period.start"), end = tape_get(tape, root, "period.end");
    if (start == TAPE_NONE || !clock_parse(tape_text(tape, start), &stay->start_unix_ms)) return;
    stay->id = tape_child_text(tape, root, "id");
    stay->day = zone_day(in->zone, stay->start_unix_ms).number;
    if (end == TAPE_NONE || !clock_parse(tape_text(tape, end), &stay->end_unix_ms))
        stay->end_unix_ms = latest_end(in, stay->start_unix_ms);
    in->count++;
}

static enum salve_code find_stays(struct naming *in, const struct rec_item *items, size_t count, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t all_count = 0;
    TRY(rec_all(in->view, CLASS_BIT(CLASS_CLIN), &all, &all_count, err));
    in->stays = arena_array(in->visit->mem, struct stay, all_count + count + 2);
    if (in->stays == NULL) return salve_fail(err, SALVE_E_MEMORY, "Encounter");
    for (size_t i = 0; i < all_count; i++)
        if (str_is(all[i].type, "Encounter")) add_stay(in, &all[i].tape);
    for (size_t i = 0; i < count; i++) add_stay(in, items[i].tape);
    return SALVE_OK;
}

/* What has no time is of now; false: its time says no day. */
static bool taken_of(const struct naming *in, const struct tape *tape, struct taken *out)
{
    static const char *const times[] = {"effectiveDateTime", "effectiveInstant", "effectivePeriod.start", "issued"};
    struct str text = STR_NONE;
    for (size_t i = 0; text.len == 0 && i < sizeof times / sizeof *times; i++) {
        tape_at at = tape_get(tape, tape_root(tape), times[i]);
        if (at != TAPE_NONE) text = tape_text(tape, at);
    }
    out->unix_ms = in->now_unix_ms;
    if (text.len > 0 && !clock_parse(text, &out->unix_ms)) return false;
    out->is_instant = text.len != sizeof "2026-11-23" - 1;
    out->day = out->is_instant ? zone_day(in->zone, out->unix_ms).number : out->unix_ms / (24 * HOUR_MS);
    return true;
}

/* The newest visit that holds the instant, else the newest that began on its day; NULL: there is none. */
static const struct stay *stay_at(const struct naming *in, const struct taken *taken)
{
    const struct stay *found = NULL;
    bool holds_found = false;
    for (size_t i = 0; i < in->count; i++) {
        const struct stay *one = &in->stays[i];
        bool holds = taken->is_instant && one->start_unix_ms <= taken->unix_ms && taken->unix_ms <= one->end_unix_ms;
        bool is_better = found == NULL || (holds && !holds_found) ||
                         (holds == holds_found && one->start_unix_ms > found->start_unix_ms);
        if (!(holds || one->day == taken->day) || !is_better) continue;
        found = one;
        holds_found = holds;
    }
    return found;
}

static enum salve_code open_stay(struct naming *in, const struct tape *observation, int64_t start_unix_ms,
                                 struct salve_err *err)
{
    struct tape_builder make;
    struct str id;
    char text[CLOCK_TEXT_BYTES];
    tape_at subject = tape_get(observation, tape_root(observation), "subject.reference");
    if (subject == TAPE_NONE) return SALVE_OK;
    TRY(rec_new_id(in->view, in->visit->mem, &id, err));
    tape_build(&make, in->visit->mem, FHIR_T_Encounter);
    tape_add_text(&make, "id", id);
    tape_add_text(&make, "status", STR("in-progress"));
    tape_open(&make, "class");
    tape_add_text(&make, "system", STR("http://terminology.hl7.org/CodeSystem/v3-ActCode"));
    tape_add_text(&make, "code", STR("AMB"));
    tape_close(&make);
    tape_add_reference(&make, "subject", tape_text(observation, subject));
    tape_open(&make, "period");
    tape_add_text(&make, "start", clock_text(start_unix_ms, text));
    tape_add_text(&make, "end", clock_text(latest_end(in, start_unix_ms), text));
    tape_close(&make);
    TRY(tape_built(&make, &in->opened, err));
    add_stay(in, &in->opened);
    return SALVE_OK;
}

static enum salve_code with_encounter(const struct naming *in, const struct tape *from, struct str id,
                                      const struct tape **out, struct salve_err *err)
{
    struct tape_builder make;
    struct tape *tape = arena_new(in->visit->mem, struct tape);
    struct str reference = arena_printf(in->visit->mem, "Encounter/%.*s", STR_ARGS(id));
    if (tape == NULL || reference.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "Encounter");
    tape_build(&make, in->visit->mem, FHIR_T_Observation);
    for (tape_at c = tape_first(from, 0); c != TAPE_NONE; c = tape_next(from, 0, c)) tape_add_child(&make, from, c);
    tape_add_reference(&make, "encounter", reference);
    *out = tape;
    return tape_built(&make, tape, err);
}

/* Does it begin a visit that goes on now? Of the site's day, or of the hours before midnight that a visit outlasts. */
static bool is_of_now(const struct naming *in, const struct taken *taken)
{
    if (taken->day == zone_day(in->zone, in->now_unix_ms).number) return true;
    return taken->is_instant && taken->unix_ms <= in->now_unix_ms && in->now_unix_ms - taken->unix_ms <= LATE_MS;
}

/* The first moment of the measurements that have no visit yet and begin one, at most now. */
static int64_t first_of_now(const struct naming *in, const struct rec_item *items, size_t count)
{
    int64_t first = in->now_unix_ms;
    struct taken taken;
    for (size_t i = 0; i < count; i++)
        if (tape_type(items[i].tape, 0) == FHIR_T_Observation && taken_of(in, items[i].tape, &taken) &&
            taken.is_instant && is_of_now(in, &taken) && stay_at(in, &taken) == NULL && taken.unix_ms < first)
            first = taken.unix_ms;
    return first;
}

enum salve_code visit_encounter(const struct visit *visit, struct rec_view *view, struct rec_item *items, size_t *count,
                                struct salve_err *err)
{
    struct naming in = {.visit = visit, .view = view, .now_unix_ms = site_now_unix_ms(visit->site)};
    size_t item_count = *count;
    if (!rec_shows(view, CLASS_CLIN)) return SALVE_OK;
    TRY(site_zone(visit->site, &in.zone, err));
    TRY(find_stays(&in, items, item_count, err));
    for (size_t i = 0; i < item_count; i++) {
        const struct tape *tape = items[i].tape;
        struct taken taken;
        if (tape_type(tape, 0) != FHIR_T_Observation || tape_get(tape, 0, "encounter") != TAPE_NONE ||
            !taken_of(&in, tape, &taken))
            continue;
        if (stay_at(&in, &taken) == NULL && is_of_now(&in, &taken) && in.opened.node_count == 0)
            TRY(open_stay(&in, tape, first_of_now(&in, items, item_count), err));
        const struct stay *stay = stay_at(&in, &taken);
        if (stay != NULL) TRY(with_encounter(&in, tape, stay->id, &items[i].tape, err));
    }
    if (in.opened.node_count == 0) return SALVE_OK;
    struct tape *opened = arena_new(visit->mem, struct tape);
    if (opened == NULL) return salve_fail(err, SALVE_E_MEMORY, "Encounter");
    *opened = in.opened;
    items[(*count)++] = (struct rec_item){.tape = opened};
    return SALVE_OK;
}
