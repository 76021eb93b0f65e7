/* SPDX-License-Identifier: Apache-2.0
 *
 * t_referral - a person of a test site with a request that was signed, and referrals as one would write them. */
#ifndef SALVE_TESTS_T_REFERRAL_H
#define SALVE_TESTS_T_REFERRAL_H

#include "records/deeds.h"
#include "records/referral.h"
#include "t_site.h"

/* --- a person with a request -------------------------------------------------------------------------------------- */

struct world {
    struct t_site *t;
    struct rec_enrolled person;
    struct str request; /* "ServiceRequest/<id>" */
};

static inline struct str patient_of(struct world *w, struct rec_view *view)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(rec_compartment(view), text);
    return arena_printf(w->t->mem, "Patient/%s.1", text);
}

static inline struct str new_id(struct world *w, struct rec_view *view)
{
    struct str id;
    t_must(rec_new_id(view, w->t->mem, &id, &err));
    return id;
}

static inline struct rec_view *open_as(struct world *w, struct actor actor)
{
    return t_open(w->t, actor, PURPOSE_CARE, w->person.card);
}

static inline enum salve_code save(struct world *w, struct rec_view *view, const struct tape *tape)
{
    struct rec_item item = {.tape = tape};
    return rec_save(view, &item, 1, NULL, w->t->mem, NULL);
}

static inline struct tape request_of(struct world *w, struct rec_view *view, struct str id, const char *status)
{
    struct str json =
        arena_printf(w->t->mem,
                     "{\"resourceType\":\"ServiceRequest\",\"id\":\"%.*s\",\"status\":\"%s\",\"intent\":\"proposal\","
                     "\"code\":{\"coding\":[{\"system\":\"urn:salve:guideline:blood-pressure:action\",\"code\":"
                     "\"confirm-within-1-month\"}]},\"subject\":{\"reference\":\"%.*s\"}}",
                     STR_ARGS(id), status, STR_ARGS(patient_of(w, view)));
    return t_read(w->t->mem, json.ptr);
}

static inline struct tape signing_of(struct world *w, struct rec_view *view, struct str request)
{
    char at[CLOCK_TEXT_BYTES];
    struct str json = arena_printf(
        w->t->mem,
        "{\"resourceType\":\"Provenance\",\"id\":\"%.*s\",\"target\":[{\"reference\":\"ServiceRequest/%.*s\"}],"
        "\"recorded\":\"%.*s\",\"activity\":{\"coding\":[{\"system\":\"" DEED_ACTIVITY "\",\"code\":\"sign\"}]},"
        "\"agent\":[{\"who\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"dr-amina\"}}}]}",
        STR_ARGS(new_id(w, view)), STR_ARGS(request), STR_ARGS(clock_text(rec_opened_at_unix_ms(view), at)));
    return t_read(w->t->mem, json.ptr);
}

/* What a guideline asks for, as nobody signed it. */
static inline struct str ask_for(struct world *w, struct rec_view *view, const char *status, enum data_class class)
{
    struct str id = new_id(w, view);
    struct tape tape = request_of(w, view, id, status);
    struct rec_item item = {.tape = &tape, .class = class};
    t_must(rec_save(view, &item, 1, NULL, w->t->mem, &err));
    w->request = arena_printf(w->t->mem, "ServiceRequest/%.*s", STR_ARGS(id));
    return id;
}

static inline void sign(struct world *w, struct rec_view *view, struct str request, enum data_class class)
{
    struct tape tape = request_of(w, view, request, "active"), note = signing_of(w, view, request);
    struct rec_item items[] = {{.tape = &tape, .class = class}, {.tape = &note, .class = class}};
    t_must(rec_save(view, items, 2, NULL, w->t->mem, &err));
}

/* A request that the clinician signed. */
static inline void sign_another(struct world *w)
{
    struct rec_view *view = open_as(w, T_CLINICIAN);
    struct str id = ask_for(w, view, "draft", CLASS_CLIN);
    sign(w, view, id, CLASS_CLIN);
    t_close_view(&view);
}

static inline struct world world_make(const char *name, bool follows)
{
    struct world w = {.t = t_site_make(name, false)};
    w.person = t_enrol(w.t, "Adeyemi", "1980-01-01");
    t_give(w.t, w.person.card, PURPOSE_CARE);
    if (follows) t_give(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    sign_another(&w);
    return w;
}

/* What a referral says, as one would write it. */
struct said {
    const char *status, *until, *priority, *requester, *owner, *at;
};
static const struct said AS_IT_IS = {"requested", "2026-12-07", "urgent", "dr-amina", "dr-amina", NULL};

static inline struct tape task_of(struct world *w, struct rec_view *view, struct str id, const struct said *said)
{
    char at[CLOCK_TEXT_BYTES];
    struct str now = clock_text(rec_opened_at_unix_ms(view), at);
    struct str json = arena_printf(
        w->t->mem,
        "{\"resourceType\":\"Task\",\"id\":\"%.*s\",\"status\":\"%s\",\"intent\":\"order\",\"priority\":\"%s\","
        "\"code\":{\"coding\":[{\"system\":\"" REFERRAL_SYSTEM "\",\"code\":\"" REFERRAL_FULFILL "\"}]},"
        "\"focus\":{\"reference\":\"%.*s\"},\"for\":{\"reference\":\"%.*s\"},\"executionPeriod\":{\"end\":\"%s\"},"
        "\"authoredOn\":\"2026-11-23T09:30:00Z\",\"lastModified\":\"%.*s\","
        "\"requester\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"%s\"}},"
        "\"owner\":{\"identifier\":{\"system\":\"" DEED_STAFF "\",\"value\":\"%s\"}}}",
        STR_ARGS(id), said->status, said->priority, STR_ARGS(w->request), STR_ARGS(patient_of(w, view)), said->until,
        STR_ARGS(said->at == NULL ? now : str_of(said->at)), said->requester, said->owner);
    return t_read(w->t->mem, json.ptr);
}

static inline enum salve_code write_as(struct world *w, struct actor actor, struct str *id, struct said said)
{
    struct rec_view *view = open_as(w, actor);
    if (id->len == 0) *id = new_id(w, view);
    struct tape tape = task_of(w, view, *id, &said);
    enum salve_code code = save(w, view, &tape);
    t_close_view(&view);
    return code;
}

static inline struct str refer(struct world *w)
{
    struct str id = STR("");
    assert_ok(write_as(w, T_CLINICIAN, &id, AS_IT_IS));
    return id;
}

static inline enum salve_code note(struct world *w, struct actor actor, struct str id, const char *status,
                                   const char *until)
{
    struct said said = AS_IT_IS;
    said.status = status;
    said.until = until;
    said.owner = arena_printf(w->t->mem, "%.*s", STR_ARGS(actor.id)).ptr;
    return write_as(w, actor, &id, said);
}

#endif
