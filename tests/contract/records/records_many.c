/* SPDX-License-Identifier: Apache-2.0
 *
 * Many saves in one commit: each stands or falls by itself, all that stand are durable after one sync. */
#include <sys/syscall.h>

#include "crypto/crypto.h"
#include "records/site_int.h"
#include "store/store_backend.h"
#include "t_site.h"

enum { PEOPLE = 64 };

/* These stand before those of the C library, also for SQLite. */
static unsigned syncs;
#define COUNTED __attribute__((visibility("default")))
COUNTED int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}
COUNTED int fsync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fsync, fd);
}

static struct t_site *t;
static struct rec_view *views[PEOPLE];
static struct str ids[PEOPLE];
static struct tape tapes[PEOPLE];
static struct rec_item items[PEOPLE];
static struct rec_batch batches[PEOPLE];
static struct rec_receipt receipts[PEOPLE];
static struct str cards[PEOPLE];

static void begin(const char *name, size_t people)
{
    t = t_site_make(name, false);
    for (size_t i = 0; i < people; i++) {
        char kilograms[16];
        cards[i] = t_enrol(t, "Haddad", "1980-01-01").card;
        t_give(t, cards[i], PURPOSE_CARE);
        views[i] = t_open(t, T_ASSISTANT, PURPOSE_CARE, cards[i]);
        t_must(rec_new_id(views[i], t->mem, &ids[i], &err));
        (void)snprintf(kilograms, sizeof kilograms, "%d", 40 + (int)i);
        tapes[i] = t_weight(t, views[i], ids[i], kilograms);
        items[i] = (struct rec_item){.tape = &tapes[i]};
        batches[i] = (struct rec_batch){.view = views[i], .items = &items[i], .item_count = 1};
    }
}

static void end(size_t people)
{
    for (size_t i = 0; i < people; i++) t_close_view(&views[i]);
    t_site_drop(t);
}

static bool is_there(struct str card, struct str id)
{
    const struct rec_resource *one = NULL;
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, card);
    enum salve_code code = rec_read(view, id, &one, NULL);
    assert_true(code == SALVE_OK || code == SALVE_E_NOT_FOUND);
    t_close_view(&view);
    return code == SALVE_OK;
}

static void verify(void)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    t_must(site_verify(t->site, &ask, &result, &err));
}

static void sixty_four_saves_are_one_sync_and_one_refusal_is_its_own(void **state)
{
    (void)state;
    enum { REFUSED = 17 };
    struct site_facts before, after;
    begin("many", PEOPLE);
    char id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(rec_compartment(views[REFUSED]), id);
    tapes[REFUSED] = t_read(
        t->mem,
        arena_printf(t->mem, "{\"resourceType\":\"Patient\",\"id\":\"%s.1\",\"photo\":[{\"url\":\"p\"}]}", id).ptr);
    t_must(site_facts(t->site, t->mem, &before, &err));
    syncs = 0;
    assert_ok(rec_save_many(t->site, batches, PEOPLE, t->mem, NULL));
    assert_in_range(syncs, 1, 2); /* SQLite has one more where it begins its log file anew */
    t_must(site_facts(t->site, t->mem, &after, &err));
    assert_int_equal(after.log_size, before.log_size + PEOPLE - 1); /* a leaf each */
    for (size_t i = 0; i < PEOPLE; i++) assert_code(batches[i].code, i == REFUSED ? SALVE_E_NOT_ADMITTED : SALVE_OK);
    assert_non_null(strstr(t_where(&batches[REFUSED].err), "photo"));
    for (size_t i = 0; i < PEOPLE; i++) t_close_view(&views[i]);
    t_site_close(t);
    t_site_open(t);
    verify();
    for (size_t i = 0; i < PEOPLE; i++) assert_int_equal(is_there(cards[i], ids[i]), i != REFUSED);
    t_site_drop(t);
}

static void each_has_its_own_line_and_receipt(void **state)
{
    (void)state;
    enum { FEW = 3 };
    begin("many-lines", FEW);
    for (size_t i = 0; i < FEW; i++) batches[i].receipt = &receipts[i];
    assert_ok(rec_save_many(t->site, batches, FEW, t->mem, NULL));
    for (size_t i = 0; i < FEW; i++) {
        struct rec_look *looks;
        size_t count, missing, writes = 0;
        assert_ok(batches[i].code);
        struct rec_view *own = t_open(t, T_PERSON, PURPOSE_SELF, cards[i]);
        t_must(rec_looked(own, t->mem, &looks, &count, &missing, &err));
        assert_int_equal(missing, 0);
        for (size_t n = 0; n < count; n++) {
            if (!str_is(looks[n].kind, "write")) continue;
            assert_int_equal(looks[n].leaf_index, receipts[i].leaf_index);
            writes++;
        }
        assert_int_equal(writes, 1);
        t_close_view(&own);
    }
    end(FEW);
}

/* The same person several times: in the order given, and a new version of what an earlier one of them saved. */
static void saves_of_one_person_follow_each_other(void **state)
{
    (void)state;
    const struct rec_resource *one = NULL;
    begin("many-same", 1);
    struct tape second = t_weight(t, views[0], ids[0], "99");
    struct rec_view *other = t_open(t, T_CLINICIAN, PURPOSE_CARE, cards[0]);
    struct str other_id;
    t_must(rec_new_id(other, t->mem, &other_id, &err));
    struct tape third = t_weight(t, other, other_id, "50");
    struct rec_item more[] = {{.tape = &second}, {.tape = &third}};
    struct rec_batch row[] = {batches[0],
                              {.view = views[0], .items = &more[0], .item_count = 1},
                              {.view = views[0], .items = NULL, .item_count = 0},
                              {.view = other, .items = &more[1], .item_count = 1}};
    assert_ok(rec_save_many(t->site, row, 4, t->mem, NULL));
    for (size_t i = 0; i < 4; i++) assert_code(row[i].code, i == 2 ? SALVE_E_INVALID : SALVE_OK);
    assert_ok(rec_read(views[0], ids[0], &one, NULL));
    assert_int_equal(one->version, 2);
    assert_ok(rec_read(views[0], other_id, &one, NULL));
    t_close_view(&other);
    verify();
    end(1);
}

static void a_view_that_is_over_saves_nothing_and_stops_nobody(void **state)
{
    (void)state;
    begin("many-over", 3);
    t_withdraw(t, cards[1], PURPOSE_CARE);
    assert_ok(rec_save_many(t->site, batches, 3, t->mem, NULL));
    for (size_t i = 0; i < 3; i++) assert_code(batches[i].code, i == 1 ? SALVE_E_CONSENT : SALVE_OK);
    assert_ok(rec_save_many(t->site, &batches[1], 1, t->mem, NULL)); /* nobody is left: nothing is written */
    assert_code(batches[1].code, SALVE_E_CONSENT);
    assert_ok(rec_save_many(t->site, NULL, 0, t->mem, NULL));
    end(3);
}

/* The site's store, opened again so that its n-th call fails. */
static void make_faulty(void)
{
    struct store_options options = {
        .where = "sqlite:site.db", .folder = t->folder, .row_key = crypto_keys_at(t->site->row_keys, SITE_KEY_ROWS)};
    t_must(store_close(&t->site->store, &err));
    t_must(store_open_faulty(&options, &t->site->store, &err));
}

/* Any call of the store fails once: what was told to stand is there, what was told not to is not. */
static void a_store_that_fails_once_leaves_what_it_acknowledged(void **state)
{
    (void)state;
    enum { FEW = 3 };
    unsigned mixed = 0;
    bool has_fired = true;
    begin("many-faulty", FEW);
    make_faulty();
    for (uint64_t nth = 1; has_fired && nth < 1000; nth += t_is_all() ? 1 : 3) {
        size_t stand = 0;
        for (size_t i = 0; i < FEW; i++) {
            t_must(rec_new_id(views[i], t->mem, &ids[i], &err));
            tapes[i] = t_weight(t, views[i], ids[i], "60");
        }
        store_faulty_arm(t->site->store, nth, false, nth % 2 ? SALVE_E_IO : SALVE_E_FULL);
        enum salve_code code = rec_save_many(t->site, batches, FEW, t->mem, NULL);
        has_fired = store_faulty_fired(t->site->store);
        store_faulty_arm(t->site->store, 0, false, SALVE_E_IO);
        for (size_t i = 0; i < FEW; i++) {
            const struct rec_resource *one = NULL;
            assert_true(code == SALVE_OK || batches[i].code != SALVE_OK);
            assert_true(has_fired || batches[i].code == SALVE_OK);
            assert_code(rec_read(views[i], ids[i], &one, NULL),
                        batches[i].code == SALVE_OK ? SALVE_OK : SALVE_E_NOT_FOUND);
            stand += batches[i].code == SALVE_OK;
        }
        mixed += stand > 0 && stand < FEW;
    }
    assert_false(has_fired);
    assert_true(mixed > 3); /* so some fell alone */
    verify();
    end(FEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixty_four_saves_are_one_sync_and_one_refusal_is_its_own),
        cmocka_unit_test(each_has_its_own_line_and_receipt),
        cmocka_unit_test(saves_of_one_person_follow_each_other),
        cmocka_unit_test(a_view_that_is_over_saves_nothing_and_stops_nobody),
        cmocka_unit_test(a_store_that_fails_once_leaves_what_it_acknowledged),
    };
    return t_run(tests);
}
