/* SPDX-License-Identifier: Apache-2.0
 * What opening a person costs: open_bench YEARS TURNS SHARE. A person with a visit a year, 20 results each, judged by
 * all guidelines of SHARE and signed; then TURNS looks by a clinician who had nobody open, with all that a station
 * shows of them (visit_person_read). Prints how much there is and the median of the CPU. valgrind counts what happens
 * inside open_turn. */
#include "../screen/visit_turns.h"

#include "t_bench.h"
#include "visit/content.h"
#include "visit/person.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

__attribute__((noinline)) void open_turn(const struct visit *visit, struct str card)
{
    struct visit_facts facts;
    t_must(visit_person_read(visit, card, &facts, &err));
    t_must(facts.noted_count > 0 ? SALVE_OK : SALVE_E_NOT_FOUND);
}

static void save_results(struct t_site *t, struct rec_view *view, int year)
{
    struct rec_item items[RESULTS];
    for (int i = 0; i < RESULTS; i++) {
        struct str taken = arena_printf(t->mem, "%d-11-23T09:%02d:00Z", 2026 + year, i);
        struct tape *tape = arena_array(t->mem, struct tape, 1);
        *tape = t_observation_on(t, view, taken.ptr, results[i].code, t_value_json(t->mem, results[i]));
        items[i] = (struct rec_item){.tape = tape};
    }
    t_must(rec_save(view, items, RESULTS, NULL, t->mem, &err));
}

static void visit_of_year(struct t_site *t, const struct screen *screen, struct str card, int year)
{
    size_t count = 0;
    t_give(t, card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    save_results(t, view, year);
    screen_turn(t, screen, view);
    t_must(screen_sign(view, T_CLINICIAN, NULL, t->mem, &count, &err));
    t_close_view(&view);
}

static size_t resources_of(struct t_site *t, struct str card)
{
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    size_t count = t_count(view);
    t_close_view(&view);
    return count;
}

static void look(struct t_site *t, struct str card, int turns, const char *share)
{
    struct visit_content_ask ask = {.share = share, .parts = VISIT_ALL | VISIT_ALARMS, .accepted_at = t->site};
    struct visit_content *content = NULL;
    t_must(visit_content_open(&ask, t->mem, &content, &err));
    struct visit visit = {.site = t->site, .content = content, .actor = T_CLINICIAN, .mem = t->mem};
    double *took = arena_array(t->mem, double, (size_t)turns);
    for (int i = 0; i < turns; i++) {
        struct arena_mark mark = arena_mark(t->mem);
        double before = t_cpu_ms();
        open_turn(&visit, card);
        took[i] = t_cpu_ms() - before;
        arena_rewind(t->mem, mark);
    }
    printf("resources\t%zu\nopen_ms\t%.3f\n", resources_of(t, card), t_median(took, (size_t)turns));
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2;
    int years = atoi(argv[1]), turns = atoi(argv[2]);
    struct t_site *t = t_site_make("open-bench", false);
    struct str card = t_enrol(t, "Adeyemi", "1976-05-14").card;
    struct accepted guidelines = accept_folder(t, argv[3]);
    for (int year = 0; year < years; year++) {
        if (year > 0) t_site_at(t, T_SITE_NOW + year * 365 * DAY_MS);
        visit_of_year(t, screen_of(t, &guidelines), card, year);
    }
    if (turns > 0) look(t, card, turns, argv[3]);
    t_site_drop(t);
    return 0;
}
