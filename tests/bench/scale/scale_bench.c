/* SPDX-License-Identifier: Apache-2.0
 * What a site costs as it grows: scale_bench MAP PEOPLE... brings made-up people in by `import --enrol` (each with 20
 * results, agreements to care and to follow-up, all guidelines, their drafts kept) until the site has so many; a copy of
 * each size stays. Then what is done at a site is done at all of them by turns, so that a machine that is busy with
 * other things changes no ratio: opening the site; of one person opening, saving 20 results, judging them, who looked;
 * a letter in two languages; the list of open work, a page of it and its longest piece; verifying, renewing keys, a
 * backup. Lines "name people value": CPU of this process and its children, the median of five. */
#include <sys/resource.h>
#include <time.h>

#include "../../unit/visit/visit_world.h"
#include "people.h"
#include "records/gate.h"
#include "records/work_list_int.h"
#include "t_bench.h"
#include "t_choices.h"
#include "visit/check.h"
#include "visit/inbox.h"

enum {
    SITES_MAX = 4,
    TURNS = 5,
    EACH = 40,    /* people a turn */
    LETTERS = 10, /* letters a turn */
    RESULTS = 20,
    CARD_BYTES = REC_CODE_TEXT_BYTES + 1
};

/* One size of the site; the cards are those of the largest. */
struct grown {
    struct t_site *t;
    struct visit visit;
    struct visit_screening screening;
    char (*cards)[CARD_BYTES];
    size_t people, room;
    uint64_t random;
};

static double cpu_ms(void)
{
    double ms = 0;
    for (int i = 0; i < 2; i++) {
        struct rusage used;
        (void)getrusage(i == 0 ? RUSAGE_SELF : RUSAGE_CHILDREN, &used);
        ms += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
              (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    }
    return ms;
}

static void print(const struct grown *g, const char *what, double value)
{
    printf("%s\t%zu\t%.5g\n", what, g->people, value);
    (void)fflush(stdout);
}

/* Does one thing so many times at each site by turns. `run` gives back the ms of CPU that it does not want counted. */
static void timed(struct grown *sites, size_t count, const char *what, int each, double (*run)(struct grown *g))
{
    double took_ms[SITES_MAX][TURNS];
    for (int turn = 0; turn < TURNS; turn++)
        for (size_t at = 0; at < count; at++) {
            struct arena_mark mark = arena_mark(sites[at].t->mem);
            double begun_ms = cpu_ms(), other_ms = 0;
            for (int i = 0; i < each; i++) other_ms += run(&sites[at]);
            took_ms[at][turn] = (cpu_ms() - begun_ms - other_ms) / each;
            arena_rewind(sites[at].t->mem, mark);
        }
    for (size_t at = 0; at < count; at++) print(&sites[at], what, t_median(took_ms[at], TURNS));
}

/* --- people ------------------------------------------------------------------------------------------------------- */

static enum salve_code keep_card(void *with, struct str subject, struct str code, struct salve_err *e)
{
    struct grown *g = with;
    (void)subject;
    if (g->people == g->room || code.len >= CARD_BYTES) return salve_fail(e, SALVE_E_FULL, "cards");
    memcpy(g->cards[g->people], code.ptr, code.len);
    g->cards[g->people++][code.len] = '\0';
    return SALVE_OK;
}

static void grow(struct grown *g, struct str map_json, size_t people)
{
    struct csv_map *map = NULL;
    struct visit_imported sum = {0};
    struct visit_import_ask ask = {.alarms = &g->screening, .screening = &g->screening};
    size_t before = g->people;
    struct rusage used;
    ask.watch = (struct visit_watch){.card = keep_card, .with = g};
    t_must(csv_map_read(site_admission(g->t->site), map_json, g->t->mem, &map, &err));
    struct people rows = {.next = before, .end = people, .random = 20 + before};
    struct csv_source file = {people_read, &rows};
    double begun_ms = cpu_ms();
    t_must(visit_import_rows(&g->visit, map, &file, STR(""), &ask, &sum, &err));
    double took_ms = cpu_ms() - begun_ms;
    if (sum.people != people - before || sum.enrolled_only != 0) abort();
    (void)getrusage(RUSAGE_SELF, &used);
    print(g, "person_ms", took_ms / (double)sum.people);
    print(g, "urgent", (double)(sum.same_day + sum.emergency) / (double)sum.people);
    print(g, "memory_mb", (double)used.ru_maxrss / 1024);
}

/* --- of one person ------------------------------------------------------------------------------------------------ */

static struct str somebody(struct grown *g) { return str_of(g->cards[t_random(&g->random) % g->people]); }

/* Of the first half are those that are measured anew, of the second those whose letter is of their twenty results. */
static struct str somebody_of(struct grown *g, size_t half)
{
    size_t from = half * (g->people / 2);
    return str_of(g->cards[from + t_random(&g->random) % (g->people / 2)]);
}

static double open_one(struct grown *g)
{
    struct rec_view *view = t_open(g->t, T_CLINICIAN, PURPOSE_CARE, somebody(g));
    (void)t_count(view);
    t_close_view(&view);
    return 0;
}

/* A save alone: the record is open, and the tapes are there. */
static double save_one(struct grown *g)
{
    struct tape tapes[RESULTS];
    struct rec_item items[RESULTS];
    double begun_ms = cpu_ms();
    struct rec_view *view = t_open(g->t, T_ASSISTANT, PURPOSE_CARE, somebody_of(g, 0));
    for (int i = 0; i < RESULTS; i++) {
        tapes[i] = t_observation(g->t, view, i, (struct t_value){"29463-7", "82.5", "kg"});
        items[i] = (struct rec_item){.tape = &tapes[i]};
    }
    double before_ms = cpu_ms();
    t_must(rec_save(view, items, RESULTS, NULL, g->t->mem, &err));
    double after_ms = cpu_ms();
    t_close_view(&view);
    return before_ms - begun_ms + cpu_ms() - after_ms;
}

static double judge_one(struct grown *g)
{
    struct screen_found found;
    t_must(visit_screen(&g->visit, &g->screening, somebody(g), &found, &err));
    return 0;
}

static double looked_one(struct grown *g)
{
    struct visit_looks looks;
    struct visit own = g->visit;
    own.actor = T_BESIDE;
    t_must(visit_looked(&own, somebody(g), &looks, &err));
    if (looks.missing != 0) abort();
    return 0;
}

/* The PDF of what is signed, with a code of its own. Judging and signing are not counted. */
static double letter_in(struct grown *g, struct str language)
{
    struct str who = somebody_of(g, 1);
    struct visit_sheet sheet = {.language = language, .is_pdf = true};
    struct visit_letters_ask ask = {.sheets = &sheet, .count = 1, .is_untold = true};
    struct screen_found found;
    struct visit_signed done;
    double begun_ms = cpu_ms();
    t_must(visit_screen(&g->visit, &g->screening, who, &found, &err));
    t_must(visit_sign(&g->visit, who, NULL, &done, &err));
    double signed_ms = cpu_ms();
    t_must(visit_letters(&g->visit, who, &ask, NULL, &err));
    return signed_ms - begun_ms;
}
static double letter_en(struct grown *g) { return letter_in(g, STR("en")); }
static double letter_ar(struct grown *g) { return letter_in(g, STR("ar")); }

/* --- of the site -------------------------------------------------------------------------------------------------- */

/* The guidelines of the content, accepted once, ready to judge; to be made anew when the site was opened anew. */
static void make_ready(struct grown *g, bool is_new)
{
    g->visit = (struct visit){.site = g->t->site, .mem = g->t->mem, .actor = T_CLINICIAN};
    struct visit_content *content = content_of(share(), VISIT_ALL | VISIT_ALARMS, NULL, g->t->mem);
    g->visit.content = content;
    for (size_t i = 0; is_new && i < content->guideline_count; i++) {
        struct guideline_choice choices[8];
        const struct guideline *unused = NULL;
        size_t chosen = t_choices(content->guidelines[i], choices, 8);
        t_must(visit_accept(&g->visit, guideline_info(content->guidelines[i])->id, choices, chosen, &unused, &err));
    }
    t_must(visit_screening(&g->visit, &g->screening, &err));
}

static double open_site(struct grown *g)
{
    t_site_close(g->t);
    t_site_open(g->t);
    return 0;
}

static double inbox(struct grown *g)
{
    struct visit_work *list;
    size_t count;
    t_must(visit_inbox(&g->visit, &list, &count, NULL, &err));
    if (count == 0) abort();
    return 0;
}

static double inbox_page(struct grown *g)
{
    struct visit_work *list;
    struct work_page page;
    t_must(visit_inbox_page(&g->visit, STR(""), &list, &page, &err));
    if (page.count == 0) abort();
    return 0;
}

/* As behind a start: the orders are made of the rows. */
static double inbox_orders(struct grown *g)
{
    rec_work_list_lost(g->t->site);
    t_must(rec_work_list_whole(g->t->site, &err));
    return 0;
}

/* The longest time for which nobody else would be served while the orders are made and all pages are read. */
struct pieces {
    double since_ms, longest_ms;
};

static void piece_over(void *with, int until_fd)
{
    struct pieces *pieces = with;
    double now_ms = cpu_ms();
    (void)until_fd;
    if (now_ms - pieces->since_ms > pieces->longest_ms) pieces->longest_ms = now_ms - pieces->since_ms;
    pieces->since_ms = now_ms;
}

static void longest_piece(struct grown *g)
{
    double longest_ms[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
        struct pieces pieces = {.since_ms = cpu_ms()};
        struct work_ask ask = {.list = WORK_LIST_OPEN, .most = WORK_PAGE_MAX, .after = STR("")};
        struct work_page page;
        rec_work_list_lost(g->t->site);
        site_pause_use(g->t->site, piece_over, &pieces);
        do {
            struct arena_mark mark = arena_mark(g->t->mem);
            char after[128];
            t_must(worklist_page(g->t->site, g->visit.actor, &ask, g->t->mem, &page, &err));
            piece_over(&pieces, -1);
            (void)snprintf(after, sizeof after, "%.*s", STR_ARGS(page.next));
            arena_rewind(g->t->mem, mark);
            ask.after = arena_printf(g->t->mem, "%s", after);
        } while (ask.after.len > 0);
        site_pause_use(g->t->site, NULL, NULL);
        longest_ms[turn] = pieces.longest_ms;
    }
    print(g, "piece_ms", t_median(longest_ms, TURNS));
}

static double verify(struct grown *g)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    t_must(site_verify(g->t->site, &ask, &result, &err));
    return 0;
}

static double renew(struct grown *g)
{
    struct site_rotation rotation;
    t_must(site_rotate(g->t->site, T_TECHNICIAN, &rotation, &err));
    if (rotation.wraps_renewed < g->people) abort();
    return 0;
}

static void beside(const struct grown *g, const char *end, char path[600])
{
    (void)snprintf(path, 600, "%s-%s", g->t->folder, end);
    (void)mkdir(path, 0700);
}

static double backup(struct grown *g)
{
    char data[600], keys[600];
    struct site_backup done;
    beside(g, "data", data);
    beside(g, "keys", keys);
    struct site_backup_ask ask = {.actor = T_TECHNICIAN, .data = data, .keys = keys};
    t_must(site_backup(g->t->site, &ask, g->t->mem, &done, &err));
    double begun_ms = cpu_ms();
    t_remove(data);
    return cpu_ms() - begun_ms;
}

/* Bytes and rows a person, as they are right after the import; the logs are folded in. */
static void sizes(struct grown *g)
{
    (void)open_site(g);
    struct site_facts facts;
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    double n = (double)g->people;
    t_must(site_facts(g->t->site, g->t->mem, &facts, &err));
    t_must(site_verify(g->t->site, &ask, &result, &err));
    print(g, "data_bytes", (double)facts.site_db_bytes / n);
    print(g, "keys_bytes", (double)facts.keys_db_bytes / n);
    print(g, "leaves", (double)result.leaves / n);
    print(g, "records", (double)result.records / n);
    print(g, "wraps", (double)result.wraps / n);
}

static void measure(struct grown *sites, size_t count)
{
    for (size_t i = 0; i < count; i++) sizes(&sites[i]);
    timed(sites, count, "site_ms", 1, open_site);
    for (size_t i = 0; i < count; i++) make_ready(&sites[i], false);
    timed(sites, count, "open_ms", EACH, open_one);
    timed(sites, count, "save_ms", EACH, save_one);
    timed(sites, count, "judge_ms", EACH, judge_one);
    timed(sites, count, "looked_ms", EACH, looked_one);
    timed(sites, count, "letter_en_ms", LETTERS, letter_en);
    timed(sites, count, "letter_ar_ms", LETTERS, letter_ar);
    timed(sites, count, "inbox_orders_ms", 1, inbox_orders);
    timed(sites, count, "inbox_ms", 1, inbox);
    timed(sites, count, "inbox_page_ms", EACH, inbox_page);
    for (size_t i = 0; i < count; i++) longest_piece(&sites[i]);
    timed(sites, count, "verify_ms", 1, verify);
    timed(sites, count, "renew_ms", 1, renew);
    timed(sites, count, "backup_ms", 1, backup);
}

/* --- sites -------------------------------------------------------------------------------------------------------- */

/* The site as it is now, in a folder of its own; the site goes on. */
static struct grown copy_of(struct grown *g)
{
    struct grown copy = *g;
    char folder[600];
    (void)snprintf(folder, sizeof folder, "%s-%zu", g->t->folder, g->people);
    copy.t = calloc(1, sizeof *copy.t);
    if (copy.t == NULL) abort();
    t_site_close(g->t);
    *copy.t = *g->t;
    t_site_paths(copy.t, folder);
    copy.t->mem = arena_open_private((size_t)1 << 30);
    t_copy(g->t->folder, copy.t->folder);
    t_site_open(copy.t);
    make_ready(&copy, false);
    t_site_open(g->t);
    make_ready(g, false);
    return copy;
}

static void drop(struct grown *g)
{
    char keys[600];
    beside(g, "keys", keys);
    t_remove(keys);
    t_site_drop(g->t);
}

int main(int argc, char **argv)
{
    struct str map_json;
    struct grown sites[SITES_MAX];
    if (argc < 3 || argc - 2 > SITES_MAX) return 2;
    size_t count = (size_t)argc - 2;
    t_made_up = true;
    struct grown *last = &sites[count - 1];
    *last = (struct grown){.t = t_site_make("scale", false), .random = 20};
    last->t->options.clock = clock_system(); /* what is judged is of today */
    t_site_close(last->t);
    t_site_open(last->t);
    last->room = (size_t)strtoul(argv[argc - 1], NULL, 10);
    last->cards = calloc(last->room, sizeof *last->cards);
    if (last->cards == NULL) abort();
    make_ready(last, true);
    t_must(file_read(argv[1], 1 << 20, last->t->mem, &map_json, &err));
    for (size_t i = 0; i < count; i++) {
        grow(last, map_json, (size_t)strtoul(argv[2 + i], NULL, 10));
        if (i + 1 < count) sites[i] = copy_of(last);
    }
    measure(sites, count);
    free(last->cards);
    for (size_t i = 0; i < count; i++) drop(&sites[i]);
    return 0;
}
