/* SPDX-License-Identifier: Apache-2.0
 *
 * A run that remembers the one before finds what a run that does not finds: over the people of all cases of all
 * guidelines, resource by resource, with some that others brought, some in a newer version, taken back or gone again,
 * and some kept apart, each finding with its reasons and its place in the list is the same in all its fields. And it
 * spares most evaluations. The seed is printed; SALVE_SEED repeats a run. ALL=1: every case, else one in STRIDE. */
#include "t_site.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "screen/screen_int.h"

enum { STRIDE = 25, HELD_MAX = 400, STRANGERS_MAX = 6 };

static uint64_t seed;

static uint64_t pick(uint64_t count) { return t_random(&seed) % count; }

/* All guidelines as one screen, each with its initial switches. */
struct all {
    struct arena *mem;
    struct guideline **list;
    struct str *cases; /* paths */
    size_t count, case_count;
    struct screen screen;
};

/* A person as a view would show them. */
struct person {
    struct tape tapes[HELD_MAX];
    struct screen_mark marks[HELD_MAX];
    family_mask families[HELD_MAX];
    size_t count;
    uint64_t next; /* number of the next resource */
};

static const char *share(void)
{
    static char path[512];
    const char *build = getenv("BUILD");
    (void)snprintf(path, sizeof path, "%s/share", build == NULL ? "build" : build);
    return path;
}

static void add_cases(struct all *all, struct str id)
{
    struct str *names = NULL;
    size_t count = 0;
    char folder[700];
    (void)snprintf(folder, sizeof folder, "%s/guidelines/%.*s/cases", share(), STR_ARGS(id));
    if (file_list(folder, all->mem, &names, &count, NULL) != SALVE_OK) return;
    for (size_t i = 0; i < count; i++)
        if (str_ends(names[i], STR(".json")))
            all->cases[all->case_count++] = arena_printf(all->mem, "%s/%.*s", folder, STR_ARGS(names[i]));
}

static struct all *load(struct arena *mem)
{
    enum { CASES_MAX = 5000 };
    struct all *all = arena_new(mem, struct all);
    all->mem = mem;
    all->cases = arena_array(mem, struct str, CASES_MAX);
    t_must(guideline_load_all(share(), mem, &all->list, &all->count, &err));
    struct screen *screen = &all->screen;
    screen->zone = zone_utc();
    screen->members = arena_array(mem, struct screen_member, all->count);
    memset(screen->tag, 7, sizeof screen->tag);
    for (size_t i = 0; i < all->count; i++) {
        struct str id = guideline_info(all->list[i])->id;
        add_cases(all, id);
        if (screen_is_alarms(id))
            screen->layers[0] = (struct screen_layer){.member.guideline = all->list[i], .is_wanted = true};
        else
            screen->members[screen->count++].guideline = all->list[i];
    }
    assert_true(all->case_count > 1000 && all->case_count < CASES_MAX);
    return all;
}

/* --- people ------------------------------------------------------------------------------------------------------- */

/* The resources of a case; false: it has no person. */
static bool read_case(struct str path, struct arena *mem, struct tape *tapes, size_t *count, int64_t *now_unix_ms)
{
    struct str text, bundle;
    const struct json *root = NULL;
    struct tape whole;
    struct buf out;
    *count = 0;
    t_must(file_read(path.ptr, SALVE_RESOURCE_BYTES_MAX, mem, &text, &err));
    if (json_read(text, NULL, mem, &root, NULL) != SALVE_OK || json_get(root, "subject") == NULL) return false;
    if (!clock_parse(json_get_text(root, "now"), now_unix_ms)) return false;
    buf_init(&out, mem, SALVE_RESOURCE_BYTES_MAX);
    json_write(json_get(root, "subject"), false, &out);
    t_must(buf_done(&out, &bundle, &err));
    if (fhir_read(bundle, NULL, mem, &whole, NULL, NULL) != SALVE_OK) return false;
    for (tape_at at = TAPE_NONE; *count < HELD_MAX / 2 && tape_each_resource(&whole, &at);)
        t_must(tape_copy(&whole, at, NULL, NULL, mem, &tapes[(*count)++], &err));
    return *count > 0;
}

static void add(struct person *to, struct tape tape)
{
    if (to->count == HELD_MAX) return;
    to->tapes[to->count] = tape;
    to->families[to->count] = pick(8) == 0 ? FAMILY_ALL : 0;
    to->marks[to->count++] = (struct screen_mark){.number = to->next, .record_seq = to->next + 7, .version = 1};
    to->next++;
}

static void take_out(struct person *from, size_t at)
{
    size_t rest = from->count - at - 1;
    memmove(&from->tapes[at], &from->tapes[at + 1], rest * sizeof *from->tapes);
    memmove(&from->marks[at], &from->marks[at + 1], rest * sizeof *from->marks);
    memmove(&from->families[at], &from->families[at + 1], rest * sizeof *from->families);
    from->count--;
}

/* One of them in a newer version: taken back, doubted, or with what another one said. */
static void change(struct person *who, const struct tape *stranger, struct arena *mem)
{
    static const char *const words[] = {"entered-in-error", "preliminary", "amended", "final"};
    size_t at = pick(who->count);
    if (tape_type(&who->tapes[at], 0) == FHIR_T_Patient) return;
    struct tape next = *stranger;
    bool is_same =
        pick(3) != 0 && screen_with_status(&who->tapes[at], str_of(words[pick(4)]), mem, &next, NULL) == SALVE_OK;
    if (!is_same) next = *stranger;
    if (tape_type(&next, 0) == FHIR_T_Patient) return;
    who->tapes[at] = next;
    who->marks[at].version++;
    who->marks[at].record_seq = ++who->next + 7;
}

/* --- both ways ---------------------------------------------------------------------------------------------------- */

static bool is_same(const struct finding *a, size_t a_count, const struct finding *b, size_t b_count)
{
    for (size_t i = 0; i < a_count && a_count == b_count; i++)
        if (!finding_eq(&a[i], &b[i]) || a[i].apart != b[i].apart) return false;
    return a_count == b_count;
}

static void judge_both(const struct all *all, const struct person *who, struct screen_memo *memo, int64_t now_unix_ms)
{
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    struct finding *whole = NULL, *narrowed = NULL;
    size_t whole_count = 0, narrowed_count = 0;
    struct screen_ask ask = {
        .tapes = who->tapes, .tape_count = who->count, .families = who->families, .now_unix_ms = now_unix_ms};
    t_must(screen_evaluate(&all->screen, &ask, mem, &whole, &whole_count, &err));
    ask.marks = who->marks;
    ask.known = screen_memo_of(memo, false);
    ask.known_plain = screen_memo_of(memo, true);
    t_must(screen_evaluate(&all->screen, &ask, mem, &narrowed, &narrowed_count, &err));
    assert_true(is_same(whole, whole_count, narrowed, narrowed_count));
    arena_close(mem);
}

struct told {
    uint64_t steps, spared;
};

/* Resource by resource, with strangers' between them, and something changed or gone now and then. */
static void live(const struct all *all, struct str path, struct str other, struct told *told)
{
    static struct tape own[HELD_MAX], strangers[HELD_MAX];
    static struct person who;
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    struct screen_memo *memo = screen_memo_open();
    int64_t now_unix_ms = 0, unused = 0;
    size_t count = 0, stranger_count = 0, at = 0;
    who.count = who.next = 0;
    bool has =
        read_case(path, mem, own, &count, &now_unix_ms) && read_case(other, mem, strangers, &stranger_count, &unused);
    for (size_t strange = 0; has && at < count;) {
        const struct tape *stranger = &strangers[pick(stranger_count)];
        switch (who.count < 2 ? 0 : pick(8)) {
        case 5:
            if (strange++ < STRANGERS_MAX && tape_type(stranger, 0) != FHIR_T_Patient) add(&who, *stranger);
            break;
        case 6:
            change(&who, stranger, mem);
            break;
        case 7:
            if (tape_type(&who.tapes[who.count - 1], 0) != FHIR_T_Patient) take_out(&who, pick(who.count - 1) + 1);
            break;
        default:
            add(&who, own[at++]);
        }
        judge_both(all, &who, memo, now_unix_ms);
        told->steps++;
    }
    told->spared += screen_known_spared(screen_memo_of(memo, false)) + screen_known_spared(screen_memo_of(memo, true));
    screen_memo_close(&memo);
    arena_close(mem);
}

static void what_it_remembers_changes_nothing(void **state)
{
    (void)state;
    struct arena *mem = arena_open((size_t)1 << 30);
    const struct all *all = load(mem);
    struct told told = {0};
    size_t stride = t_is_all() ? 1 : STRIDE;
    for (size_t i = pick(stride); i < all->case_count; i += stride)
        live(all, all->cases[i], all->cases[pick(all->case_count)], &told);
    print_message("%llu runs, %llu evaluations spared\n", (unsigned long long)told.steps,
                  (unsigned long long)told.spared);
    assert_true(told.spared > told.steps * all->count / 2);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_it_remembers_changes_nothing)};
    const char *given = getenv("SALVE_SEED");
    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("seed %llu\n", (unsigned long long)seed);
    return t_run(tests);
}
