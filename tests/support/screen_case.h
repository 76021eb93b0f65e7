/* SPDX-License-Identifier: Apache-2.0
 *
 * screen_case - a small site with one person who agreed to care, and the guidelines of $BUILD/share: examined, screened,
 * signed. Include it from one test program; everything is static. */
#ifndef SALVE_TESTS_SCREEN_CASE_H
#define SALVE_TESTS_SCREEN_CASE_H

#include "screen/screen.h"
#include "t_site.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

struct world {
    struct t_site *t;
    struct guideline **list;
    size_t count;
    struct screen *screen;
    struct rec_enrolled person;
};

static const char *share(void)
{
    static char path[512];
    const char *build = getenv("BUILD");
    (void)snprintf(path, sizeof path, "%s/share", build == NULL ? "build" : build);
    return path;
}

static struct world world_make(const char *name)
{
    struct world w = {.t = t_site_make(name, false)};
    static const char *const ids[] = {"blood-pressure", "body-measures", "glycaemia",
                                      "kidney",         "lung-health",   "alarms"};
    w.count = sizeof ids / sizeof *ids;
    w.list = arena_array(w.t->mem, struct guideline *, w.count);
    for (size_t i = 0; i < w.count; i++) t_must(guideline_load(share(), str_of(ids[i]), w.t->mem, &w.list[i], &err));
    w.person = t_enrol(w.t, "Adeyemi", "1976-05-14");
    t_give(w.t, w.person.card, PURPOSE_CARE);
    return w;
}

static void accept_all(struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        t_must(screen_accept(w->t->site, T_CLINICIAN, w->list[i], NULL, 0, w->t->mem, &err));
    t_must(screen_open(w->t->site, w->list, w->count, w->t->mem, &w->screen, NULL, &err));
}

static void keep(struct world *w, struct rec_view *view, struct tape tape)
{
    struct rec_item item = {.tape = &tape};
    t_must(rec_save(view, &item, 1, NULL, w->t->mem, &err));
}

static void measure(struct world *w, struct rec_view *view, const char *code, const char *value, const char *unit)
{
    keep(w, view, t_observation(w->t, view, 0, (struct t_value){code, value, unit}));
}

static void measure_pressure(struct world *w, struct rec_view *view, int minute, const char *systolic,
                             const char *diastolic)
{
    const struct t_value parts[] = {{"8480-6", systolic, "mm[Hg]"}, {"8462-4", diastolic, "mm[Hg]"}};
    keep(w, view, t_panel(w->t, view, minute, "85354-9", parts));
}

static void examine(struct world *w)
{
    struct rec_view *view = t_open(w->t, T_ASSISTANT, PURPOSE_CARE, w->person.card);
    measure(w, view, "46098-0", "248152002", NULL); /* sex: female */
    measure(w, view, "82810-3", "60001007", NULL);  /* not pregnant */
    measure(w, view, "birth-within-6-weeks", "false", NULL);
    measure_pressure(w, view, 1, "150", "95");
    measure_pressure(w, view, 3, "148", "92");
    measure(w, view, "8302-2", "17", "cm"); /* implausible */
    measure(w, view, "29463-7", "70.5", "kg");
    measure(w, view, "2160-0", "1.21", "mg/dL");
    t_close_view(&view);
}

static void run(struct world *w, const struct finding **findings, size_t *count)
{
    struct rec_view *view = t_open(w->t, T_ASSISTANT, PURPOSE_CARE, w->person.card);
    struct screen_found found;
    t_must(screen_run(w->screen, view, NULL, w->t->mem, &found, &err));
    *findings = found.list;
    *count = found.count;
    t_close_view(&view);
}

static void sign(struct world *w, size_t *count)
{
    struct rec_view *view = t_open(w->t, T_CLINICIAN, PURPOSE_CARE, w->person.card);
    t_must(screen_sign(view, T_CLINICIAN, NULL, w->t->mem, count, &err));
    t_close_view(&view);
}

static const struct finding *of_item(const struct finding *findings, size_t count, const char *item)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(findings[i].item, item)) return &findings[i];
    fail_msg("there is no finding of %s", item);
    return NULL;
}

static struct screen_set kept(struct world *w, struct rec_view *view, enum screen_state state)
{
    struct screen_set set = {0};
    t_must(screen_findings(view, state, w->t->mem, &set, &err));
    return set;
}

static size_t with_status(struct rec_view *view, const char *type, const char *status)
{
    const struct rec_resource *all = NULL;
    size_t count = 0, found = 0;
    t_must(rec_all(view, 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++)
        found += str_is(all[i].type, type) &&
                 str_is(tape_child_text(&all[i].tape, tape_root(&all[i].tape), "status"), status);
    return found;
}

#pragma GCC diagnostic pop
#endif
