/* SPDX-License-Identifier: Apache-2.0
 *
 * A view in which a program writes for long: what it hands out is right after each write, and what was handed out
 * before ends with the request (rec_rest), so that it holds no more than the record asks for. */
#ifdef T_SITE_FAR
#include "door/far_int.h"
#else
#include "records/view_int.h"
#endif
#include "t_site.h"

enum { RESOURCES = 1000, AT_ONCE = 100, NEW_EACH = 10 };

static struct t_site *t;
static struct {
    struct str id;
    int grams;
} known[2 * RESOURCES];
static size_t known_count;

#ifdef T_SITE_FAR
static size_t bytes_of(const struct arena *mem) { return mem == NULL ? 0 : arena_bytes(mem); }
static size_t held_bytes(const struct rec_view *opened)
{
    const struct far_view *view = far_view_of(opened);
    return bytes_of(view->mem) + bytes_of(view->tapes) + bytes_of(view->lists.mem) + view->room * sizeof *view->all;
}
enum { BYTES_A_WRITE = 0 }; /* versions that others took the place of go */
#else
static size_t held_bytes(const struct rec_view *view)
{
    return arena_bytes(view->mem) + (view->lists.mem == NULL ? 0 : arena_bytes(view->lists.mem));
}
enum { BYTES_A_WRITE = 2048 }; /* each version stays, for its history */
#endif

static struct tape weight_of(struct rec_view *view, size_t at, int grams)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d.%03d", grams / 1000, grams % 1000);
    known[at].grams = grams;
    return t_weight(t, view, known[at].id, text);
}

static void fill(struct rec_view *view)
{
    struct tape tapes[AT_ONCE];
    struct rec_item items[AT_ONCE];
    for (known_count = 0; known_count < RESOURCES;) {
        for (size_t i = 0; i < AT_ONCE; i++, known_count++) {
            t_must(rec_new_id(view, t->mem, &known[known_count].id, &err));
            tapes[i] = weight_of(view, known_count, 40000 + (int)known_count);
            items[i] = (struct rec_item){.tape = &tapes[i]};
        }
        t_must(rec_save(view, items, AT_ONCE, NULL, t->mem, &err));
    }
}

/* Another version, or now and then a new one. */
static size_t write_one(struct rec_view *view, int number)
{
    bool is_new = number % NEW_EACH == 0;
    size_t at = is_new ? known_count++ : (size_t)number * 7 % known_count;
    if (is_new) {
        struct str id;
        t_must(rec_new_id(view, t->mem, &id, &err));
        known[at].id = str_make(strndup(id.ptr, id.len), id.len); /* longer than what is rewound */
    }
    struct tape tape = weight_of(view, at, 50000 + number);
    assert_code(t_save_code(t, view, &tape, CLASS_CLIN), SALVE_OK);
    return at;
}

/* The Patient is the first of the whole record. */
static void assert_all(const struct rec_resource *all, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%d.%03d", known[i].grams / 1000, known[i].grams % 1000);
        assert_str(all[i + 1].id, known[i].id.ptr);
        assert_str(tape_text(&all[i + 1].tape, tape_get(&all[i + 1].tape, 0, "valueQuantity.value")), text);
    }
}

static void a_view_that_writes_for_long_stays_small(void **state)
{
    (void)state;
    int writes = t_is_all() ? 3000 : 300;
    struct rec_enrolled who = t_enrol(t, "Novak", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    fill(view);
    assert_int_equal(t_count(view), RESOURCES + 1);
    rec_rest(view);
    size_t begin_bytes = held_bytes(view);
    for (int number = 0; number < writes; number++) {
        const struct rec_resource *all = NULL, *some = NULL, *one = NULL;
        size_t count = 0, some_count = 0;
        struct arena_mark mark = arena_mark(t->mem);
        size_t at = write_one(view, number);
        t_must(rec_all(view, 0, &all, &count, &err));
        t_must(rec_all(view, CLASS_BIT(CLASS_CLIN), &some, &some_count, &err));
        t_must(rec_read(view, known[at].id, &one, &err));
        assert_int_equal(count, known_count + 1);
        assert_int_equal(some_count, known_count);
        bool is_whole = number % 100 == 99;
        assert_all(all, is_whole ? 0 : at, is_whole ? known_count : at + 1);
        assert_true(str_eq(some[at].id, known[at].id) && some[at].version == one->version);
        rec_rest(view);
        arena_rewind(t->mem, mark);
    }
    assert_in_range(held_bytes(view), 0, 4 * begin_bytes + (size_t)writes * BYTES_A_WRITE);
    t_close_view(&view);
}

/* Until then it stays as it was, whatever was written meanwhile. */
static void what_was_handed_out_stays_until_the_request_is_answered(void **state)
{
    (void)state;
    const struct rec_resource *before = NULL, *after = NULL, *again = NULL;
    size_t count = 0, now = 0;
    struct rec_enrolled who = t_enrol(t, "Silva", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    struct str id = t_save_weight(t, view, "70");
    t_must(rec_all(view, 0, &before, &count, &err));
    struct tape changed = t_weight(t, view, id, "71");
    assert_code(t_save_code(t, view, &changed, CLASS_CLIN), SALVE_OK);
    t_save_weight(t, view, "72");
    t_must(rec_all(view, 0, &after, &now, &err));
    assert_int_equal(count, 2);
    assert_int_equal(now, 3);
    assert_str(tape_text(&before[1].tape, tape_get(&before[1].tape, 0, "valueQuantity.value")), "70");
    assert_str(tape_text(&after[1].tape, tape_get(&after[1].tape, 0, "valueQuantity.value")), "71");
    rec_rest(view);
    t_must(rec_all(view, 0, &again, &now, &err));
    assert_int_equal(now, 3);
    assert_str(tape_text(&again[1].tape, tape_get(&again[1].tape, 0, "valueQuantity.value")), "71");
    t_close_view(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_that_writes_for_long_stays_small),
        cmocka_unit_test(what_was_handed_out_stays_until_the_request_is_answered),
    };
    t = t_site_make("rest", false);
    int status = t_run(tests);
    for (size_t i = RESOURCES; i < known_count; i++) free((char *)(uintptr_t)known[i].id.ptr);
    t_site_drop(t);
    return status;
}
