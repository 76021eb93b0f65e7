/* SPDX-License-Identifier: Apache-2.0
 *
 * What the last run on an open view found, and by which resources: the next one, at the same moment of the same visit,
 * evaluates the guidelines alone that would be given something else. Resources are told by their version in the record;
 * what a guideline is given is what its retrieves asked for (guideline_asking). Alarms are not of it. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "screen/screen_int.h"

enum { MEMBERS_MAX = 64 }; /* those beyond are evaluated each time */

/* A resource of the last run, and the guidelines that were given something of it. */
struct seen {
    struct screen_mark mark;
    uint64_t gave;
};

struct judged {
    struct arena *mem;
    const struct elm_watch *what; /* NULL: it is evaluated */
    const struct finding *list;
    size_t count;
};

struct screen_known {
    uint8_t screen[SCREEN_TAG_BYTES];
    int64_t now_unix_ms;
    struct guideline_visit visit;
    struct seen *seen, *next; /* next: of the run that is on */
    size_t seen_count, next_count;
    uint64_t changed; /* guidelines that were given something that is not there, or not so, any more */
    struct guideline_ask fresh;
    const struct guideline_person *has_fresh; /* NULL: nothing is new */
    uint64_t spared;                          /* evaluations, from the beginning */
    bool is_good, is_on;                      /* on: a run has begun, and it is not known to have ended */
    struct judged members[MEMBERS_MAX];
};

struct screen_memo {
    struct screen_known of[2]; /* with all, and without what is kept apart */
};

/* --- the memory --------------------------------------------------------------------------------------------------- */

static void forget_member(struct judged *one)
{
    arena_close(one->mem);
    *one = (struct judged){0};
}

static void forget(struct screen_known *known)
{
    for (size_t i = 0; i < MEMBERS_MAX; i++) forget_member(&known->members[i]);
    free((void *)(uintptr_t)known->visit.days);
    free(known->seen);
    free(known->next);
    *known = (struct screen_known){.spared = known->spared};
}

struct screen_memo *screen_memo_open(void) { return calloc(1, sizeof(struct screen_memo)); }

void screen_memo_close(struct screen_memo **memo)
{
    for (size_t i = 0; *memo != NULL && i < 2; i++) forget(&(*memo)->of[i]);
    free(*memo);
    *memo = NULL;
}

struct screen_known *screen_memo_of(struct screen_memo *memo, bool is_plain)
{
    return memo == NULL ? NULL : &memo->of[is_plain];
}

uint64_t screen_known_spared(const struct screen_known *known) { return known->spared; }

bool screen_mark_of(const struct rec_resource *one, struct screen_mark *out)
{
    int64_t number;
    size_t at = COMPARTMENT_TEXT_BYTES + 1;
    bool is = one->id.len > at && str_to_i64(str_cut(one->id, at, one->id.len), &number);
    if (is) *out = (struct screen_mark){(uint64_t)number, one->record_seq, one->version};
    return is;
}

/* --- what is different -------------------------------------------------------------------------------------------- */

static bool is_same(const struct screen_mark *a, const struct screen_mark *b)
{
    return a->number == b->number && a->record_seq == b->record_seq && a->version == b->version;
}

static bool is_same_visit(const struct guideline_visit *a, const struct guideline_visit *b)
{
    bool is = a->start_unix_ms == b->start_unix_ms && a->end_unix_ms == b->end_unix_ms && a->zone == b->zone &&
              a->offset_minutes == b->offset_minutes && a->day_count == b->day_count;
    for (size_t i = 0; is && i < a->day_count; i++)
        is = a->days[i].start_unix_ms == b->days[i].start_unix_ms && a->days[i].end_unix_ms == b->days[i].end_unix_ms &&
             a->days[i].number == b->days[i].number && a->days[i].offset_minutes == b->days[i].offset_minutes;
    return is;
}

/* Where the resources of the last run stand, by their numbers. */
struct places {
    uint32_t *slots; /* + 1; 0: free */
    size_t room;
};

static uint32_t *slot_of(const struct places *in, const struct seen *seen, const struct screen_mark *mark)
{
    size_t at = (size_t)(mark->number * 0x9E3779B97F4A7C15u >> 20) & (in->room - 1);
    while (in->slots[at] != 0 && !is_same(&seen[in->slots[at] - 1].mark, mark)) at = (at + 1) & (in->room - 1);
    return &in->slots[at];
}

static bool make_places(const struct screen_known *known, struct arena *mem, struct places *out)
{
    out->room = 16;
    while (out->room < 2 * known->seen_count) out->room *= 2;
    out->slots = arena_array(mem, uint32_t, out->room);
    for (size_t i = 0; out->slots != NULL && i < known->seen_count; i++)
        *slot_of(out, known->seen, &known->seen[i].mark) = (uint32_t)i + 1;
    return out->slots != NULL;
}

/* Takes over who was given what stands as it was; *fresh gets the others. False: their order is another one. */
static bool compare(struct screen_known *known, const struct screen_ask *ask, struct arena *mem, struct tape *fresh,
                    size_t *fresh_count)
{
    struct places places;
    size_t after = 0;
    uint64_t gone = 0;
    bool *is_there = arena_array(mem, bool, known->seen_count + 1);
    if (is_there == NULL || !make_places(known, mem, &places)) return false;
    for (size_t i = 0; i < ask->tape_count; i++) {
        uint32_t at = *slot_of(&places, known->seen, &ask->marks[i]);
        if (at == 0) {
            fresh[(*fresh_count)++] = ask->tapes[i];
            continue;
        }
        if (at <= after) return false;
        after = at;
        is_there[at - 1] = true;
        known->next[i].gave = known->seen[at - 1].gave;
    }
    for (size_t i = 0; i < known->seen_count; i++)
        if (!is_there[i]) gone |= known->seen[i].gave;
    known->changed = gone;
    return true;
}

/* What is new, as a person: whether a guideline asks for any of it is looked up there. */
static bool make_fresh(struct screen_known *known, const struct guideline_ask *all, const struct tape *tapes,
                       size_t count, struct arena *mem)
{
    known->has_fresh = NULL;
    if (count == 0) return true;
    known->fresh = *all;
    known->fresh.tapes = tapes;
    known->fresh.tape_count = count;
    known->fresh.person = NULL;
    if (guideline_person_make(&known->fresh, mem, &known->fresh.person, NULL) != SALVE_OK) return false;
    known->has_fresh = known->fresh.person;
    return true;
}

static bool is_comparable(const struct screen_known *known, const struct screen *screen,
                          const struct guideline_ask *all)
{
    return known->seen != NULL && crypto_equal(known->screen, screen->tag, sizeof known->screen) &&
           known->now_unix_ms == all->now_unix_ms && is_same_visit(&known->visit, all->visit);
}

void screen_known_begin(struct screen_known *known, const struct screen *screen, const struct screen_ask *ask,
                        const struct guideline_ask *all, struct arena *mem)
{
    size_t fresh_count = 0;
    struct tape *fresh = arena_array(mem, struct tape, ask->tape_count + 1);
    if (known->is_on) forget(known);
    known->is_on = true;
    free(known->next);
    known->next_count = ask->tape_count;
    known->next = ask->marks == NULL ? NULL : calloc(ask->tape_count + 1, sizeof *known->next);
    known->is_good = fresh != NULL && known->next != NULL && is_comparable(known, screen, all);
    known->is_good = known->is_good && compare(known, ask, mem, fresh, &fresh_count) &&
                     make_fresh(known, all, fresh, fresh_count, mem);
    for (size_t i = 0; known->next != NULL && i < ask->tape_count; i++) {
        known->next[i].mark = ask->marks[i];
        if (!known->is_good) known->next[i].gave = 0;
    }
}

/* --- one guideline ------------------------------------------------------------------------------------------------ */

/* Where the machine ends with an error it is evaluated, and ends with it there or not. */
static bool stands(const struct screen_known *known, size_t member, const struct guideline *guideline,
                   struct arena *mem)
{
    bool fits = false;
    const struct judged *one = &known->members[member];
    if (!known->is_good || one->what == NULL || (known->changed >> member & 1) != 0) return false;
    if (known->has_fresh == NULL) return true;
    return guideline_fits(guideline, one->what, &known->fresh, mem, &fits, NULL) == SALVE_OK && !fits;
}

static enum salve_code copy(const struct finding *list, size_t count, struct arena *mem, struct finding **out,
                            struct salve_err *err)
{
    *out = arena_array(mem, struct finding, count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < count; i++) TRY(finding_copy(&list[i], mem, &(*out)[i], err));
    return SALVE_OK;
}

/* One evaluation that is on, and the bit of its guideline. */
struct giving {
    struct screen_known *known;
    uint64_t bit;
};

static void gave(void *with, size_t tape)
{
    struct giving *to = with;
    salve_assert(tape < to->known->next_count);
    to->known->next[tape].gave |= to->bit;
}

static void keep(struct judged *one, const struct elm_watch *what, const struct finding *list, size_t count)
{
    struct finding *copied = NULL;
    if (copy(list, count, one->mem, &copied, NULL) != SALVE_OK) return;
    one->what = what;
    one->list = copied;
    one->count = count;
}

enum salve_code screen_known_judge(struct screen_known *known, size_t member, const struct guideline *guideline,
                                   struct guideline_ask *ask, struct arena *mem, struct finding **out, size_t *count,
                                   struct salve_err *err)
{
    bool is_kept = known != NULL && known->next != NULL && member < MEMBERS_MAX && ask->person != NULL;
    if (!is_kept) return guideline_evaluate(guideline, ask, mem, out, count, err);
    struct judged *one = &known->members[member];
    if (stands(known, member, guideline, mem)) {
        *count = one->count;
        known->spared++;
        return copy(one->list, one->count, mem, out, err);
    }
    struct giving to = {known, (uint64_t)1 << member};
    struct guideline_asking asking = {.gave = gave, .with = &to};
    forget_member(one);
    for (size_t i = 0; i < known->next_count; i++) known->next[i].gave &= ~to.bit;
    asking.mem = one->mem = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    if (one->mem != NULL) ask->asking = &asking;
    enum salve_code code = guideline_evaluate(guideline, ask, mem, out, count, err);
    if (one->mem != NULL && code == SALVE_OK) keep(one, asking.what, *out, *count);
    ask->asking = NULL;
    return code;
}

void screen_known_end(struct screen_known *known, const struct screen *screen, const struct guideline_ask *all)
{
    struct zone_day *days = calloc(all->visit->day_count + 1, sizeof *days);
    if (days == NULL || known->next == NULL) {
        free(days);
        forget(known);
        return;
    }
    for (size_t i = 0; i < all->visit->day_count; i++) days[i] = all->visit->days[i];
    free((void *)(uintptr_t)known->visit.days);
    free(known->seen);
    known->visit = *all->visit;
    known->visit.days = days;
    known->now_unix_ms = all->now_unix_ms;
    known->seen = known->next;
    known->seen_count = known->next_count;
    known->next = NULL;
    known->has_fresh = NULL;
    known->is_on = false;
    for (size_t i = 0; i < sizeof known->screen; i++) known->screen[i] = screen->tag[i];
}
