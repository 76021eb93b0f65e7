/* SPDX-License-Identifier: Apache-2.0
 *
 * visit_world - a small site with the content of $BUILD/share, a person who agreed to care, and files about people. */
#ifndef SALVE_TESTS_VISIT_WORLD_H
#define SALVE_TESTS_VISIT_WORLD_H

#include "t_site.h"

#include "visit/content.h"
#include "visit/enrol.h"
#include "visit/import.h"
#include "visit/result.h"
#include "visit/rights.h"
#include "visit/site.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

struct world {
    struct t_site *t;
    struct visit visit;
    struct str card;
};

static const char *share(void)
{
    static char path[512];
    const char *build = getenv("BUILD");
    (void)snprintf(path, sizeof path, "%s/share", build == NULL ? "build" : build);
    return path;
}

static struct visit_content *content_of(const char *folder, unsigned parts, const char *guideline, struct arena *mem)
{
    struct visit_content *content = NULL;
    struct visit_content_ask ask = {.share = folder, .parts = parts, .guideline = str_of(guideline)};
    t_must(visit_content_open(&ask, mem, &content, &err));
    return content;
}

/* A site with nobody enrolled; guideline NULL: no guidelines are loaded. */
static struct world empty_world(const char *name, const char *guideline)
{
    struct world w = {.t = t_site_make(name, false)};
    unsigned parts = guideline == NULL ? VISIT_ALL & ~(unsigned)VISIT_GUIDELINES : VISIT_ALL | VISIT_ALARMS;
    w.visit = (struct visit){.site = w.t->site, .mem = w.t->mem, .actor = T_REGISTRAR};
    w.visit.content = content_of(share(), parts, guideline, w.t->mem);
    return w;
}

static struct world world_make(const char *name, const char *guideline)
{
    struct world w = empty_world(name, guideline);
    w.card = t_enrol(w.t, "Adeyemi", "1980-01-01").card;
    t_give(w.t, w.card, PURPOSE_CARE);
    return w;
}

static void world_drop(struct world *w) { t_site_drop(w->t); }

static struct visit *as(struct world *w, struct actor actor)
{
    w->visit.actor = actor;
    return &w->visit;
}

/* A Bundle with a Patient and two readings of blood pressure; `more` goes into the Patient. */
static struct str file_about(struct world *w, const char *birth_date, const char *more)
{
    static const char reading[] =
        "{\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
        "\"http://loinc.org\",\"code\":\"%s\"}]},\"effectiveDateTime\":\"2026-11-23T09:0%d:00Z\",\"subject\":{"
        "\"reference\":\"Patient/p\"},%s}}";
    struct str patient =
        arena_printf(w->t->mem,
                     "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"Adeyemi\","
                     "\"given\":[\"Tala\"]}],\"gender\":\"female\",\"birthDate\":\"%s\"%s}}",
                     birth_date, more);
    struct str weight = arena_printf(w->t->mem, reading, "29463-7", 1,
                                     "\"valueQuantity\":{\"value\":71.5,\"system\":\"http://unitsofmeasure.org\","
                                     "\"code\":\"kg\"}");
    struct str height = arena_printf(w->t->mem, reading, "8302-2", 2,
                                     "\"valueQuantity\":{\"value\":168,\"system\":\"http://unitsofmeasure.org\","
                                     "\"code\":\"cm\"}");
    return arena_printf(w->t->mem, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[%s,%s,%s]}",
                        patient.ptr, weight.ptr, height.ptr);
}

#define PHOTO ",\"photo\":[{\"contentType\":\"image/png\",\"data\":\"AAAA\"}]"

/* Everything that is kept about the person, as one text. */
static struct str record_of(struct world *w, struct str card)
{
    struct visit_taken taken;
    struct visit own = w->visit;
    own.actor = T_BESIDE;
    t_must(visit_take(&own, card, &taken, &err));
    return taken.bundle;
}

/* Everything of one visit: measured, judged, signed. */
static void visit_once(struct world *w, struct str file)
{
    struct visit_screening screening;
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    struct screen_found findings;
    struct visit_signed done;
    t_must(visit_screening(&w->visit, &screening, &err));
    t_must(visit_import(as(w, T_ASSISTANT), w->card, file, &ask, &sum, &err));
    t_must(visit_screen(&w->visit, &screening, w->card, &findings, &err));
    t_must(visit_sign(as(w, T_CLINICIAN), w->card, NULL, &done, &err));
}

static bool holds(struct str text, const char *what) { return str_find(text, str_of(what)) >= 0; }

/* A folder of content of one test's own. */
static void put_file(const char *root, const char *name, struct str bytes)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        (void)mkdir(path, 0700);
        *at = '/';
    }
    t_must(file_write(path, bytes, 0600, &err));
}

static struct str file_of_share(const char *name, struct arena *mem)
{
    struct str bytes, path = arena_printf(mem, "%s/%s", share(), name);
    t_must(file_read(path.ptr, 1 << 20, mem, &bytes, &err));
    return bytes;
}

#pragma GCC diagnostic pop
#endif
