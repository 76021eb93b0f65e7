/* SPDX-License-Identifier: Apache-2.0
 * How long each thing holds the gate that runs for long: CPU time of this thread, so that a busy machine changes little.
 * No peer does the same; the aim is 10 ms for a request and 5 ms for a piece of upkeep (docs/internals/records.md). */
#include <time.h>

#include "records/gate.h"
#include "records/worklist.h"
#include "t_site.h"

enum { TURNS = 200, RESULTS = 1000, PEOPLE = 300, DAY_MS = 24 * 3600 * 1000 };

static struct t_site *t;
static int64_t wall_ms = T_SITE_NOW;
static int64_t wall(const struct clock *clock)
{
    (void)clock;
    return wall_ms;
}

static double now_us(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static void print(const char *what, double begun_us, int turns)
{
    printf("%-48s %10.1f us\n", what, (now_us() - begun_us) / turns);
}

static void tick(void)
{
    bool has_more = true;
    while (has_more) t_must(site_tick(t->site, &has_more, &err));
}

static void sessions(void)
{
    struct session session;
    struct actor actor;
    t_must(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &session, &err));
    double begun = now_us();
    for (int i = 0; i < TURNS; i++) t_must(session_actor(t->site, session.token, t->mem, &actor, &err));
    print("session_actor, the look of each request", begun, TURNS);
    begun = now_us();
    for (int i = 0; i < TURNS; i++) tick();
    print("site_tick with nothing to do", begun, TURNS);
}

static void saves(void)
{
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    t_give(t, card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    struct rec_item *items = arena_array(t->mem, struct rec_item, RESULTS);
    for (int i = 0; i < RESULTS; i++) {
        struct str id;
        struct tape *tape = arena_new(t->mem, struct tape);
        t_must(rec_new_id(view, t->mem, &id, &err));
        *tape = t_weight(t, view, id, "71.5");
        items[i] = (struct rec_item){.tape = tape};
    }
    t_must(rec_save(view, items, RESULTS, NULL, t->mem, &err));
    double begun = now_us();
    for (int i = 0; i < TURNS; i++) (void)t_save_weight(t, view, "72");
    print("a save of one, in a record of 1,000", begun, TURNS);
    const struct work_entry entry = {.part = WORK_KEPT, .task = WORK_SCREEN, .urgency = 1};
    begun = now_us();
    for (int i = 0; i < TURNS; i++) {
        worklist_set(view, WORK_KEPT, &entry, 1);
        (void)t_save_weight(t, view, "72");
    }
    print("the same, with open work looked at", begun, TURNS);
    t_close_view(&view);
    wall_ms += 6000;
    begun = now_us();
    tick();
    print("site_tick that signs", begun, 1);
}

static void upkeep(void)
{
    struct rec_erasure erasure;
    for (int i = 0; i < PEOPLE; i++) {
        struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
        t_give(t, card, PURPOSE_CARE);
        if (i == 0) t_must(rec_erase_ask(t->site, T_PERSON, card, t->mem, &erasure, &err));
    }
    tick();
    bool has_more = true;
    double longest_us = 0, all_us = 0, last_us = 0;
    int pieces = 0;
    wall_ms += (int64_t)DAY_MS + 60000;
    for (; has_more; pieces++) { /* the last one erases, or signs */
        double begun = now_us();
        t_must(site_tick(t->site, &has_more, &err));
        last_us = now_us() - begun;
        all_us += last_us;
        if (last_us > longest_us) longest_us = last_us;
    }
    printf("%-48s %10.1f us, %d pieces, the longest %.1f us\n", "site_tick: keys of 300 people, one erasure", all_us,
           pieces, longest_us);
    printf("%-48s %10.1f us\n", "site_tick that erases one person", last_us);
}

int main(void)
{
    t = t_site_make("bench-gate", false);
    t_site_close(t);
    t->options.clock = (struct clock){.now_unix_ms = wall};
    t_site_open(t);
    sessions();
    saves();
    upkeep();
    t_site_drop(t);
    return 0;
}
