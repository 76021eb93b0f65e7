/* SPDX-License-Identifier: Apache-2.0
 * The steps of a made-up visit at the gate, for visit_bench and person_bench: a new person with consent to care, a save
 * of 20 results, all guidelines over what is there, and all of it with 23 results and one look. Each is a function of
 * its own, so that valgrind can count what happens inside. */
#ifndef SALVE_TESTS_VISIT_TURNS_H
#define SALVE_TESTS_VISIT_TURNS_H

#include "screen/screen.h"
#include "t_choices.h"
#include "t_site.h"

enum { RESULTS = 20, PERSON_RESULTS = 23 };

static const struct t_value results[PERSON_RESULTS] = {
    {"8480-6", "148", "mm[Hg]"}, {"8462-4", "92", "mm[Hg]"},   {"8302-2", "168", "cm"},     {"29463-7", "82.5", "kg"},
    {"8280-0", "101", "cm"},     {"8867-4", "72", "/min"},     {"2708-6", "97", "%"},       {"8310-5", "36.8", "Cel"},
    {"4548-4", "6.1", "%"},      {"14749-6", "6.4", "mmol/L"}, {"2160-0", "1.21", "mg/dL"}, {"9318-7", "42", "mg/g"},
    {"2093-3", "212", "mg/dL"},  {"2085-9", "41", "mg/dL"},    {"2571-8", "188", "mg/dL"},  {"13457-7", "133", "mg/dL"},
    {"1742-6", "38", "U/L"},     {"1920-8", "35", "U/L"},      {"777-3", "231", "10*9/L"},  {"718-7", "13.1", "g/dL"},
    {"8480-6", "144", "mm[Hg]"}, {"8462-4", "90", "mm[Hg]"},   {"8867-4", "70", "/min"}};

__attribute__((noinline)) struct rec_enrolled enrol_turn(struct t_site *t)
{
    struct rec_enrolled who = t_enrol(t, "Adeyemi", "1976-05-14");
    t_give(t, who.card, PURPOSE_CARE);
    return who;
}

__attribute__((noinline)) void save_turn(struct t_site *t, struct rec_view *view, const struct rec_item *items)
{
    t_must(rec_save(view, items, RESULTS, NULL, t->mem, &err));
}

__attribute__((noinline)) void screen_turn(struct t_site *t, const struct screen *screen, struct rec_view *view)
{
    struct screen_found found;
    t_must(screen_run(screen, view, NULL, t->mem, &found, &err));
}

static void make_results(struct t_site *t, struct rec_view *view, struct rec_item *items, int count)
{
    for (int i = 0; i < count; i++) {
        struct tape *tape = arena_array(t->mem, struct tape, 1);
        *tape = t_observation(t, view, i, results[i]);
        items[i] = (struct rec_item){.tape = tape};
    }
}

__attribute__((noinline)) struct rec_enrolled person_turn(struct t_site *t, const struct screen *screen)
{
    struct rec_enrolled who = enrol_turn(t);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    struct rec_item items[PERSON_RESULTS];
    make_results(t, view, items, PERSON_RESULTS);
    t_must(rec_save(view, items, PERSON_RESULTS, NULL, t->mem, &err));
    screen_turn(t, screen, view);
    t_close_view(&view);
    return who;
}

/* Guidelines of a folder that the site accepted. */
struct accepted {
    struct guideline **list;
    size_t count;
};

static struct accepted accept_folder(struct t_site *t, const char *folder)
{
    struct accepted in;
    t_must(guideline_load_all(folder, t->mem, &in.list, &in.count, &err));
    for (size_t i = 0; i < in.count; i++) {
        struct guideline_choice choices[8];
        size_t chosen = t_choices(in.list[i], choices, 8);
        t_must(screen_accept(t->site, T_CLINICIAN, in.list[i], choices, chosen, t->mem, &err));
    }
    return in;
}

/* All of them over people of the site, as long as it stays open. */
static struct screen *screen_of(struct t_site *t, const struct accepted *in)
{
    struct screen *screen;
    t_must(screen_open(t->site, in->list, in->count, t->mem, &screen, NULL, &err));
    return screen;
}

static inline struct screen *accept_all(struct t_site *t, const char *folder)
{
    struct accepted in = accept_folder(t, folder);
    return screen_of(t, &in);
}

#endif
