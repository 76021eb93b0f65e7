/* SPDX-License-Identifier: Apache-2.0
 *
 * verify on several cores. Threads of their own, each with a connection that reads the records as they are now, do the
 * pieces that need no keys; the caller does those that do, then helps. Nothing is told here: a part is clean or it is
 * not, and the caller of this does again, alone and in order, whatever is not. So findings are the same, in the same
 * order, as those of one thread. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "records/verify_int.h"
#include "store/store.h"

enum { WORK_BYTES = 256 << 20, THREADS_MAX = 3, PIECES_MAX = REC_VERIFY_PARTS_MAX * REC_VERIFY_PIECES };
enum { LEAVES_MIN = 1 << 14 }; /* of a site where threads and connections win more than they cost */

struct piece {
    const char *file;
    rec_verify_run *run;
    bool is_clean;
    struct site_verify_result result;
};

struct team {
    struct piece pieces[PIECES_MAX];
    size_t of_all[PIECES_MAX], of_keys[PIECES_MAX]; /* which of them: for anybody, for who has the keys */
    size_t all_count, keys_count;
    atomic_size_t taken; /* of those for anybody */
};

/* One of the threads. Its site is that of the caller with another connection. */
struct member {
    struct team *team;
    struct site site;
    struct store *store;
    struct arena *mem;
    pthread_t thread;
};

static void do_piece(struct piece *piece, struct verify *v)
{
    piece->result = (struct site_verify_result){.findings = 0};
    v->result = &piece->result;
    enum salve_code code = rec_verify_part(v, piece->file, piece->run, NULL);
    piece->is_clean = code == SALVE_OK && piece->result.findings == 0;
}

static void do_pieces(struct team *team, struct verify *v)
{
    for (;;) {
        size_t nr = atomic_fetch_add(&team->taken, 1);
        if (nr >= team->all_count) return;
        do_piece(&team->pieces[team->of_all[nr]], v);
    }
}

static void *help(void *with)
{
    struct member *member = with;
    const struct site_verify_ask ask = {.threads = 0};
    struct verify v = {.ask = &ask, .site = &member->site, .mem = member->mem};
    do_pieces(member->team, &v);
    return NULL;
}

/* --- who takes part ----------------------------------------------------------------------------------------------- */

static unsigned threads_wanted(const struct verify *v)
{
    cpu_set_t cores;
    uint64_t leaves = 0;
    struct store_tx *tx = NULL;
    if (v->ask->threads > 0) return v->ask->threads < THREADS_MAX ? v->ask->threads : THREADS_MAX;
    if (store_begin(v->site->store, true, &tx, NULL) != SALVE_OK) return 0;
    bool is_large = store_log_size(tx, &leaves, NULL) == SALVE_OK && leaves >= LEAVES_MIN;
    store_abandon(&tx);
    if (!is_large || sched_getaffinity(0, sizeof cores, &cores) != 0) return 0;
    unsigned others = (unsigned)CPU_COUNT(&cores) - 1;
    return others < THREADS_MAX ? others : THREADS_MAX;
}

static void leave(struct member *member)
{
    if (member->store != NULL) (void)!store_close(&member->store, NULL);
    arena_close(member->mem);
}

/* The signals are for the thread that was there before. */
static bool join(struct member *member, struct team *team, const struct verify *v)
{
    sigset_t all, before;
    *member = (struct member){.team = team, .site = *v->site, .mem = arena_open_private(WORK_BYTES)};
    bool is_in = member->mem != NULL && store_beside(v->site->store, &member->store, NULL) == SALVE_OK;
    member->site.store = member->store;
    member->site.keys = NULL; /* of one thread */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    if (is_in) is_in = pthread_create(&member->thread, NULL, help, member) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!is_in) leave(member);
    return is_in;
}

/* --- the work ----------------------------------------------------------------------------------------------------- */

static void list(struct team *team, const struct rec_verify_part *parts, size_t count)
{
    for (size_t i = 0; i < count * REC_VERIFY_PIECES; i++) {
        const struct rec_verify_part *part = &parts[i / REC_VERIFY_PIECES];
        team->pieces[i] = (struct piece){.file = part->file, .run = part->pieces[i % REC_VERIFY_PIECES].run};
        if (team->pieces[i].run == NULL) continue;
        if (part->pieces[i % REC_VERIFY_PIECES].needs_keys)
            team->of_keys[team->keys_count++] = i;
        else
            team->of_all[team->all_count++] = i;
    }
}

static void add(struct site_verify_result *sum, const struct site_verify_result *more)
{
    sum->compartments += more->compartments;
    sum->records += more->records;
    sum->wraps += more->wraps;
    sum->leaves += more->leaves;
    sum->keys_kept += more->keys_kept;
}

/* Of each part whose pieces are all clean. */
static uint32_t clean_parts(const struct team *team, size_t count, struct site_verify_result *result)
{
    uint32_t clean = 0;
    for (size_t i = 0; i < count; i++) {
        const struct piece *pieces = &team->pieces[i * REC_VERIFY_PIECES];
        bool is_clean = pieces[0].run != NULL;
        for (size_t p = 0; p < REC_VERIFY_PIECES; p++) is_clean &= pieces[p].run == NULL || pieces[p].is_clean;
        for (size_t p = 0; is_clean && p < REC_VERIFY_PIECES; p++) add(result, &pieces[p].result);
        if (is_clean) clean |= 1u << i;
    }
    return clean;
}

/* The caller's own part of it; how far it comes is told, since that is the longest of all. */
static void work(struct team *team, const struct verify *v)
{
    const struct site_verify_ask ask = {.progress = v->ask->progress, .with = v->ask->with};
    struct verify own = {.ask = &ask, .site = v->site, .mem = v->mem};
    for (size_t i = 0; i < team->keys_count; i++) do_piece(&team->pieces[team->of_keys[i]], &own);
    do_pieces(team, &own);
}

uint32_t rec_verify_beside(struct verify *v, const struct rec_verify_part *parts, size_t count)
{
    struct team team = {.taken = 0};
    struct member *members[THREADS_MAX];
    size_t joined = 0;
    salve_assert(count <= REC_VERIFY_PARTS_MAX);
    list(&team, parts, count);
    for (unsigned wanted = threads_wanted(v); joined < wanted; joined++) {
        members[joined] = arena_new(v->mem, struct member);
        if (members[joined] == NULL || !join(members[joined], &team, v)) break;
    }
    if (joined == 0) return 0;
    work(&team, v);
    for (size_t i = 0; i < joined; i++) {
        (void)pthread_join(members[i]->thread, NULL);
        leave(members[i]);
    }
    return clean_parts(&team, count, v->result);
}
