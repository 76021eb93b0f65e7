/* SPDX-License-Identifier: Apache-2.0
 * A visit at the gate, for instruction counts: visit_bench enrol|save|screen|judge|person TURNS SHARE. `enrol` is a new
 * person with consent to care; `save` is one save of 20 results into an open record; `screen` is all guidelines of SHARE
 * over a person with 20 results, drafts kept; `judge` is the evaluation of that alone, with its reasons, of one person
 * TURNS times, and prints the median of its CPU; `person` is all but `judge`, with 23 results and one look. valgrind
 * counts what happens inside enrol_turn, save_turn, screen_turn, judge_turn and person_turn. */
#include "visit_turns.h"

#include "t_bench.h"

__attribute__((noinline)) void judge_turn(struct t_site *t, const struct screen *screen, const struct screen_ask *ask)
{
    struct finding *list;
    size_t count;
    t_must(screen_evaluate(screen, ask, t->mem, &list, &count, &err));
}

static void save(struct t_site *t, struct str card, bool is_counted)
{
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, card);
    struct rec_item items[RESULTS];
    make_results(t, view, items, RESULTS);
    if (is_counted) save_turn(t, view, items);
    if (!is_counted) t_must(rec_save(view, items, RESULTS, NULL, t->mem, &err));
    t_close_view(&view);
}

/* What a view of the person shows, judged `turns` times. */
static void judge(struct t_site *t, const struct screen *screen, struct str card, int turns)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    t_must(rec_all(view, 0, &all, &count, &err));
    struct tape *tapes = arena_array(t->mem, struct tape, count + 1);
    double *took = arena_array(t->mem, double, (size_t)turns);
    for (size_t i = 0; i < count; i++) tapes[i] = all[i].tape;
    struct screen_ask ask = {.tapes = tapes, .tape_count = count, .now_unix_ms = rec_opened_at_unix_ms(view)};
    for (int i = 0; i < turns; i++) {
        struct arena_mark mark = arena_mark(t->mem);
        double before = t_cpu_ms();
        judge_turn(t, screen, &ask);
        took[i] = t_cpu_ms() - before;
        arena_rewind(t->mem, mark);
    }
    printf("judge_ms\t%.3f\n", t_median(took, (size_t)turns));
    t_close_view(&view);
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2;
    struct t_site *t = t_site_make("visit-bench", false);
    bool is_enrol = strcmp(argv[1], "enrol") == 0, is_save = strcmp(argv[1], "save") == 0;
    bool is_judge = strcmp(argv[1], "judge") == 0, is_person = strcmp(argv[1], "person") == 0;
    struct screen *screen = is_enrol || is_save ? NULL : accept_all(t, argv[3]);
    int turns = atoi(argv[2]);
    for (int i = 0; i < (is_judge ? 1 : turns); i++) {
        struct arena_mark mark = arena_mark(t->mem);
        struct rec_enrolled who = is_person ? person_turn(t, screen) : enrol_turn(t);
        if (!is_enrol && !is_person) save(t, who.card, is_save);
        if (is_judge && turns > 0) judge(t, screen, who.card, turns);
        if (screen != NULL && !is_judge && !is_person) {
            struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
            screen_turn(t, screen, view);
            t_close_view(&view);
        }
        arena_rewind(t->mem, mark);
    }
    t_site_drop(t);
    return 0;
}
