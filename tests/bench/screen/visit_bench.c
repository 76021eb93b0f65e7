/* SPDX-License-Identifier: Apache-2.0
 * A visit at the gate, for instruction counts: visit_bench enrol|save|screen|person TURNS SHARE. `enrol` is a new person
 * with consent to care; `save` is one save of 20 results into an open record; `screen` is all guidelines of SHARE over a
 * person with 20 results, drafts kept; `person` is all of it, with 23 results and one look. valgrind counts what happens
 * inside enrol_turn, save_turn, screen_turn and person_turn. */
#include "visit_turns.h"

static void save(struct t_site *t, struct str card, bool is_counted)
{
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, card);
    struct rec_item items[RESULTS];
    make_results(t, view, items, RESULTS);
    if (is_counted) save_turn(t, view, items);
    if (!is_counted) t_must(rec_save(view, items, RESULTS, NULL, t->mem, &err));
    t_close_view(&view);
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2;
    struct t_site *t = t_site_make("visit-bench", false);
    bool is_enrol = strcmp(argv[1], "enrol") == 0, is_save = strcmp(argv[1], "save") == 0;
    bool is_person = strcmp(argv[1], "person") == 0;
    struct screen *screen = is_enrol || is_save ? NULL : accept_all(t, argv[3]);
    for (int i = 0; i < atoi(argv[2]); i++) {
        struct arena_mark mark = arena_mark(t->mem);
        struct rec_enrolled who = is_person ? person_turn(t, screen) : enrol_turn(t);
        if (!is_enrol && !is_person) save(t, who.card, is_save);
        if (screen != NULL && !is_person) {
            struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
            screen_turn(t, screen, view);
            t_close_view(&view);
        }
        arena_rewind(t->mem, mark);
    }
    t_site_drop(t);
    return 0;
}
