/* SPDX-License-Identifier: Apache-2.0
 * Upkeep of a site of so many people, each with two agreements and a visit of ten saves: a verify, and a renewal of
 * the keys in the pieces between which requests go on, alone and with saves between them. bench_upkeep PEOPLE [FOLDER [verify | renew]]: in a folder the
 * site is kept, and is made only where there is none; "-" is none. Time, CPU time, the most memory that was used. */
#include <sys/resource.h>
#include <time.h>

#include "records/gate.h"
#include "t_bench.h"
#include "t_site.h"

enum { SAVES = 10, BESIDE = 50, DAY_MS = 24 * 3600 * 1000 };

static int64_t wall_ms = T_SITE_NOW;
static int64_t wall(const struct clock *clock)
{
    (void)clock;
    return wall_ms;
}

static double seconds(clockid_t clock)
{
    struct timespec at;
    (void)clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* own_s: of this thread alone. On a machine that has much to do the longer of own_s and the rest is what two cores of
 * their own would take. */
struct timing {
    double wall_s, cpu_s, own_s;
};
static struct timing begin(void)
{
    return (struct timing){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID),
                           seconds(CLOCK_THREAD_CPUTIME_ID)};
}
static struct timing since(struct timing from)
{
    struct timing now = begin();
    return (struct timing){now.wall_s - from.wall_s, now.cpu_s - from.cpu_s, now.own_s - from.own_s};
}

static double peak_mib(void)
{
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void person(struct t_site *t)
{
    struct arena_mark mark = arena_mark(t->mem);
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    t_give(t, card, PURPOSE_CARE);
    t_give(t, card, PURPOSE_FOLLOW_UP);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    for (int i = 0; i < SAVES; i++) (void)t_save_weight(t, view, "72");
    t_close_view(&view);
    arena_rewind(t->mem, mark);
}

static void fill(struct t_site *t, int people)
{
    struct timing from = begin();
    for (int i = 0; i < people; i++) person(t);
    struct timing took = since(from);
    printf("%d people enrolled, each with %d saves: %.1f s, %.2f ms of CPU a person\n", people, SAVES, took.wall_s,
           took.cpu_s * 1e3 / people);
}

static struct t_site *site_of(int people, const char *folder)
{
    struct t_site *t = NULL;
    char made[600];
    if (folder == NULL || access(folder, F_OK) != 0) {
        t = t_site_make("bench-upkeep", false);
        fill(t, people);
        t_site_close(t);
        (void)snprintf(made, sizeof made, "%s.key", folder == NULL ? "" : folder);
        if (folder != NULL && (rename(t->folder, folder) != 0 || rename(t->key_file, made) != 0)) abort();
    }
    if (folder != NULL) {
        t = t == NULL ? calloc(1, sizeof *t) : t;
        if (t->mem == NULL) t->mem = arena_open_private((size_t)1 << 30);
        t->options.pin_cost = CRYPTO_COST_MIN;
        t_site_paths(t, folder);
        (void)snprintf(t->key_file, sizeof t->key_file, "%.290s.key", folder);
    }
    t->options.clock = (struct clock){.now_unix_ms = wall};
    t_site_open(t);
    return t;
}

/* What tests/property/cli/instructions.sh counts. */
void verify_turn(struct site *site, struct site_verify_result *result);
__attribute__((noinline)) void verify_turn(struct site *site, struct site_verify_result *result)
{
    struct site_verify_ask ask = {.finding = NULL};
    t_must(site_verify(site, &ask, result, &err));
}

static void verify(struct t_site *t)
{
    struct site_verify_result result = {0};
    struct timing from = begin();
    verify_turn(t->site, &result);
    struct timing took = since(from);
    printf("verify: %llu people, %llu records, %llu leaves, %llu wraps: %.2f s, %.2f s of CPU, %.2f of "
           "them in the first thread; at most %.0f MiB\n",
           (unsigned long long)result.compartments, (unsigned long long)result.records,
           (unsigned long long)result.leaves, (unsigned long long)result.wraps, took.wall_s, took.cpu_s, took.own_s,
           peak_mib());
}

static void renew(struct t_site *t)
{
    bool has_more = true;
    int pieces = 0;
    double longest_s = 0;
    struct timing from = begin();
    wall_ms += (int64_t)DAY_MS + 60000;
    for (; has_more; pieces++) {
        struct timing before = begin();
        t_must(site_tick(t->site, &has_more, &err));
        struct timing took = since(before);
        if (took.cpu_s > longest_s) longest_s = took.cpu_s;
    }
    struct timing took = since(from);
    printf("renewal: %d pieces, %.2f s, %.2f s of CPU, the longest piece %.2f ms; at most %.0f MiB\n", pieces,
           took.wall_s, took.cpu_s, longest_s * 1e3, peak_mib());
}

static double save_ms(struct t_site *t, struct rec_view *view)
{
    struct arena_mark mark = arena_mark(t->mem);
    struct timing from = begin();
    (void)t_save_weight(t, view, "72");
    double took = since(from).cpu_s * 1e3;
    arena_rewind(t->mem, mark);
    return took;
}

/* The same while a station goes on: a save behind each of the first pieces. */
static void renew_beside_work(struct t_site *t)
{
    double alone[BESIDE], beside[BESIDE], longest_ms = 0;
    bool has_more = true;
    size_t pieces = 0, count = 0;
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    t_give(t, card, PURPOSE_CARE);
    wall_ms += (int64_t)DAY_MS + 60000;
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    for (size_t i = 0; i < BESIDE; i++) alone[i] = save_ms(t, view);
    for (; has_more; pieces++) {
        struct timing before = begin();
        t_must(site_tick(t->site, &has_more, &err));
        double took_ms = since(before).cpu_s * 1e3;
        if (took_ms > longest_ms) longest_ms = took_ms;
        if (count < BESIDE) beside[count++] = save_ms(t, view);
    }
    t_close_view(&view);
    printf("renewal beside work: %zu pieces; a save %.2f ms of CPU alone, %.2f between pieces (medians of %d and %zu); "
           "who comes as a piece begins waits %.2f ms at most\n",
           pieces, t_median(alone, BESIDE), t_median(beside, count), BESIDE, count, longest_ms);
}

int main(int argc, char **argv)
{
    int people = argc > 1 ? atoi(argv[1]) : 1000;
    const char *folder = argc > 2 && strcmp(argv[2], "-") != 0 ? argv[2] : NULL;
    struct t_site *t = site_of(people, folder);
    const char *only = argc > 3 ? argv[3] : "";
    if (strcmp(only, "renew") != 0) verify(t);
    if (strcmp(only, "verify") != 0) renew(t);
    if (strcmp(only, "verify") != 0) renew_beside_work(t);
    if (folder == NULL)
        t_site_drop(t);
    else
        t_site_close(t);
    return 0;
}
