/* SPDX-License-Identifier: Apache-2.0
 *
 * verify on several cores. Threads of their own, each with a connection that reads the records as they are now, do the
 * pieces that need no keys; the caller does those that do, then helps, by such a connection too. Nothing is told here:
 * all is clean or it is not, and then the caller of this does it again, alone and in order. So findings are the same,
 * in the same order, as those of one thread. And so the connections need not sum the pages that they read: one piece
 * sums all of them, and what the others read is bound by chains, MACs and hashes besides. */
#include "base/crew.h"
#include "records/verify_int.h"
#include "store/store.h"

enum { WORK_BYTES = 256 << 20, OTHERS_MAX = 3, PIECES_MAX = REC_VERIFY_PARTS_MAX * REC_VERIFY_PIECES };
enum { LEAVES_MIN = 1 << 14 }; /* of a site where threads and connections win more than they cost */

struct piece {
    rec_verify_run *run;
    size_t part;
    bool is_clean;
    struct site_verify_result result;
};

/* One of the threads. Its site is that of the caller with another connection, and without keys. */
struct member {
    struct verify v;
    const struct verify *keyed; /* with the site of the caller itself, who has the keys; NULL: another thread */
    size_t keyed_count;         /* of the pieces, the first ones */
    struct site_verify_ask ask;
    struct site site;
    const struct rec_verify_part *parts;
    struct piece *pieces;
};

static void do_piece(void *with, size_t nr)
{
    struct member *member = with;
    struct piece *piece = &member->pieces[nr];
    struct verify v = nr < member->keyed_count ? *member->keyed : member->v;
    v.result = &piece->result;
    enum salve_code code = rec_verify_part(&v, member->parts[piece->part].file, piece->run, NULL);
    piece->is_clean = code == SALVE_OK && piece->result.findings == 0;
}

/* --- who takes part ----------------------------------------------------------------------------------------------- */

static unsigned others_wanted(const struct verify *v)
{
    uint64_t leaves = 0;
    struct store_tx *tx = NULL;
    if (v->ask->threads > 0) return v->ask->threads < OTHERS_MAX ? v->ask->threads : OTHERS_MAX;
    if (store_begin(v->site->store, true, &tx, NULL) != SALVE_OK) return 0;
    bool is_large = store_log_size(tx, &leaves, NULL) == SALVE_OK && leaves >= LEAVES_MIN;
    store_abandon(&tx);
    return is_large ? crew_others(OTHERS_MAX) : 0;
}

static bool join(struct member *member, const struct verify *v)
{
    member->site = *v->site;
    member->site.keys = NULL;
    member->v = (struct verify){.ask = &member->ask, .site = &member->site, .mem = arena_open_private(WORK_BYTES)};
    if (member->v.mem != NULL && store_beside(v->site->store, &member->site.store, NULL) == SALVE_OK) return true;
    arena_close(member->v.mem);
    return false;
}

static void leave(struct member *member)
{
    (void)!store_close(&member->site.store, NULL);
    arena_close(member->v.mem);
}

/* --- the work ----------------------------------------------------------------------------------------------------- */

/* Pieces with keys come first: they are the caller's. */
static size_t list(const struct rec_verify_part *parts, size_t count, bool needs_keys, struct piece *out)
{
    size_t used = 0;
    for (size_t i = 0; i < count * REC_VERIFY_PIECES; i++) {
        const struct rec_verify_part *part = &parts[i / REC_VERIFY_PIECES];
        rec_verify_run *run = part->pieces[i % REC_VERIFY_PIECES].run;
        if (run == NULL || part->pieces[i % REC_VERIFY_PIECES].needs_keys != needs_keys) continue;
        out[used++] = (struct piece){.run = run, .part = i / REC_VERIFY_PIECES};
    }
    return used;
}

static void add(struct site_verify_result *sum, const struct site_verify_result *more)
{
    sum->compartments += more->compartments;
    sum->records += more->records;
    sum->wraps += more->wraps;
    sum->leaves += more->leaves;
    sum->keys_kept += more->keys_kept;
}

/* A bit for each part that has pieces, if all are clean. */
static uint32_t clean_parts(const struct piece *pieces, size_t count, struct site_verify_result *result)
{
    uint32_t done = 0;
    for (size_t i = 0; i < count; i++) {
        if (!pieces[i].is_clean) return 0;
        done |= 1u << pieces[i].part;
    }
    for (size_t i = 0; i < count; i++) add(result, &pieces[i].result);
    return done;
}

uint32_t rec_verify_beside(struct verify *v, const struct rec_verify_part *parts, size_t count)
{
    struct piece pieces[PIECES_MAX];
    unsigned wanted = others_wanted(v);
    size_t joined = 0;
    uint32_t done = 0;
    salve_assert(count <= REC_VERIFY_PARTS_MAX);
    struct member *members = wanted == 0 ? NULL : arena_array(v->mem, struct member, wanted + 1);
    if (members == NULL) return 0;
    size_t own = list(parts, count, true, pieces), all = own + list(parts, count, false, pieces + own);
    /* how far the caller comes is told, since what it does is the longest of all */
    const struct site_verify_ask ask = {.progress = v->ask->progress, .with = v->ask->with};
    const struct verify keyed = {.ask = &ask, .site = v->site, .mem = v->mem};
    for (size_t i = 0; i <= wanted; i++) members[i] = (struct member){.parts = parts, .pieces = pieces};
    members[0].keyed = &keyed;
    members[0].keyed_count = own;
    members[0].ask = ask;
    while (joined <= wanted && join(&members[joined], v)) joined++;
    if (joined > 1) crew_run(own, all, members, sizeof *members, joined, do_piece);
    for (size_t i = 0; i < joined; i++) leave(&members[i]);
    if (joined > 1) done = clean_parts(pieces, all, v->result);
    return done;
}
