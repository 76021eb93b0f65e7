/* SPDX-License-Identifier: Apache-2.0
 * The alarms of a file as it came: before anything in it is refused, left out or kept, and whatever the person agreed
 * to. Nothing of it is stored. */
#include "admit/admit.h"
#include "consent/consent.h"
#include "fhir/tape_edit.h"
#include "visit/check.h"
#include "visit/known_int.h"
#include "visit/visit_int.h"

/* Resources that are judged together: what the record holds, and what came. */
struct together {
    struct tape *tapes;
    family_mask *families;
    size_t count;
    const struct tape *patient; /* of the record; NULL: it has none */
    const struct str *replaced; /* ids of what is in the record and takes no part: what came takes its place */
    size_t replaced_count;
};

static bool is_replaced(const struct together *to, struct str id)
{
    for (size_t i = 0; i < to->replaced_count; i++)
        if (str_eq(to->replaced[i], id)) return true;
    return false;
}

static enum salve_code make_room(struct together *to, size_t more, struct arena *mem, struct salve_err *err)
{
    struct tape *tapes = arena_array(mem, struct tape, to->count + more + 1);
    family_mask *families = arena_array(mem, family_mask, to->count + more + 1);
    if (tapes == NULL || families == NULL) return salve_fail(err, SALVE_E_MEMORY, "alarms");
    for (size_t i = 0; i < to->count; i++) {
        tapes[i] = to->tapes[i];
        families[i] = to->families[i];
    }
    to->tapes = tapes;
    to->families = families;
    return SALVE_OK;
}

static enum salve_code add_record(struct together *to, struct rec_view *view, struct arena *mem, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    TRY(rec_all(view, 0, &all, &count, err));
    TRY(make_room(to, count, mem, err));
    for (size_t i = 0; i < count; i++) {
        if (!str_is(all[i].type, "Patient") && is_replaced(to, all[i].id)) continue;
        if (all[i].class == CLASS_SENS) to->families[to->count] = all[i].families != 0 ? all[i].families : FAMILY_ALL;
        to->tapes[to->count++] = all[i].tape;
        if (!str_is(all[i].type, "Patient")) continue;
        to->patient = &all[i].tape;
    }
    return SALVE_OK;
}

static enum salve_code add_file(struct together *to, const struct visit *visit, const struct tape *file,
                                struct salve_err *err)
{
    size_t more = 0;
    const struct admit_rules *rules = site_admission(visit->site);
    for (tape_at at = TAPE_NONE; tape_each_resource(file, &at);) more++;
    TRY(make_room(to, more, visit->mem, err));
    for (tape_at at = TAPE_NONE; tape_each_resource(file, &at);) {
        if (to->patient != NULL && at == tape_patient(file)) continue;
        to->families[to->count] = admit_families(rules, file, at);
        TRY(tape_copy(file, at, NULL, NULL, visit->mem, &to->tapes[to->count++], err));
    }
    return SALVE_OK;
}

/* Who may not see what is kept apart hears that it is urgent, and to call a clinician; not what it is. */
static void hide_apart(const struct visit *visit, struct finding *list, size_t count)
{
    if ((consent_role_classes(visit->actor.role, PURPOSE_CARE) & CLASS_BIT(CLASS_SENS)) != 0) return;
    for (size_t i = 0; i < count; i++)
        if (list[i].apart != 0)
            list[i] = (struct finding){.guideline = list[i].guideline,
                                       .version = list[i].version,
                                       .item = STR(VISIT_KEPT_APART),
                                       .status = FINDING_ASSESSED,
                                       .category = STR("alarm"),
                                       .action = STR("clinician-today"),
                                       .urgency = list[i].urgency,
                                       .apart = list[i].apart};
}

static enum salve_code put_together(const struct visit *visit, struct rec_view *view, const struct tape *file,
                                    const struct together *but, struct screen_ask *out, struct salve_err *err)
{
    struct together to = *but;
    struct salve_err unread = {0};
    if (view != NULL && add_record(&to, view, visit->mem, &unread) != SALVE_OK) to = (struct together){.count = 0};
    /* a file about somebody else is not judged with this person's facts */
    if (file != NULL && to.patient != NULL && !visit_is_theirs(to.patient, 0, file)) to = (struct together){.count = 0};
    if (file != NULL) TRY(add_file(&to, visit, file, err));
    *out = (struct screen_ask){.tapes = to.tapes,
                               .tape_count = to.count,
                               .families = to.families,
                               .now_unix_ms = site_now_unix_ms(visit->site)};
    return SALVE_OK;
}

enum salve_code visit_alarms(const struct visit *visit, const struct visit_screening *screening, struct rec_view *view,
                             const struct tape *file, struct screen_found *out, struct salve_err *err)
{
    return visit_alarms_of(visit, screening, view, &(struct visit_came){.file = file}, out, err);
}

enum salve_code visit_alarms_of(const struct visit *visit, const struct visit_screening *screening,
                                struct rec_view *view, const struct visit_came *came, struct screen_found *out,
                                struct salve_err *err)
{
    struct screen_ask ask;
    struct finding *list = NULL;
    struct together but = {.replaced = came->replaced, .replaced_count = came->replaced_count};
    *out = (struct screen_found){0};
    TRY(put_together(visit, view, came->file, &but, &ask, err));
    TRY(screen_alarms(screening->screen, &ask, visit->mem, &list, &out->count, err));
    hide_apart(visit, list, out->count);
    out->list = list;
    return SALVE_OK;
}

/* Of who may not see them what wants something done is left, without what it is. */
enum salve_code visit_unkept(const struct visit *visit, const struct visit_screening *screening, struct rec_view *view,
                             const struct tape *file, struct screen_found *out, struct salve_err *err)
{
    struct screen_ask ask;
    struct finding *list = NULL;
    size_t count = 0, n = 0;
    bool sees_all = (consent_role_classes(visit->actor.role, PURPOSE_CARE) & CLASS_BIT(CLASS_SENS)) != 0;
    *out = (struct screen_found){0};
    TRY(put_together(visit, view, file, &(struct together){.count = 0}, &ask, err));
    TRY(screen_evaluate(screening->screen, &ask, visit->mem, &list, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool says_nothing = list[i].status == FINDING_NOT_ASSESSED && list[i].action.len == 0;
        if (list[i].apart == 0 || says_nothing || (!sees_all && list[i].urgency == URGENCY_NONE)) continue;
        list[n++] = list[i];
    }
    hide_apart(visit, list, n);
    *out = (struct screen_found){.list = list, .count = n, .said_count = n};
    return SALVE_OK;
}

enum salve_code visit_evaluate(const struct visit *visit, const struct visit_screening *screening,
                               struct rec_view *view, struct screen_found *out, struct salve_err *err)
{
    struct screen_ask ask;
    struct finding *list = NULL;
    const struct rec_resource *all = NULL;
    *out = (struct screen_found){0};
    TRY(rec_all(view, 0, &all, &out->count, err)); /* a view that is over is no empty record */
    TRY(put_together(visit, view, NULL, &(struct together){.count = 0}, &ask, err));
    TRY(screen_evaluate(screening->screen, &ask, visit->mem, &list, &out->count, err));
    hide_apart(visit, list, out->count);
    out->list = list;
    return SALVE_OK;
}
