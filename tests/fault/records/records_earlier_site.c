/* SPDX-License-Identifier: Apache-2.0
 *
 * A site that an earlier Salve made (tests/fixtures/layout-1 and layout-2, made-up people) opens, verifies, gives
 * everybody what it gave then, keeps closed what was withdrawn and gone what was erased, and goes on. What `take` gave
 * then stands line by line in tests/fixtures/layout-N-taken/CARD.json. */
#include "t_site.h"

/* layout-2 is of the first Salve with that layout, whose files lack what came since. */
struct fixture {
    const char *path;
    int64_t made_unix_ms; /* after the last look of the fixture */
    bool is_layout_1;     /* it is upgraded first, and its staff have no PINs */
    const char *technician;
    size_t people, resources; /* that were taken */
};
static const struct fixture fixtures[] = {
    {"tests/fixtures/layout-1", 1795981500000, true, "tech-li", 3, 106},
    {"tests/fixtures/layout-2", 1796030700000, false, "tom", 4, 95},
};

static struct actor LINA = {.id = {"lina", 4}, .role = ROLE_ASSISTANT};
static struct actor KOFI = {.id = {"kofi", 4}, .role = ROLE_REGISTRAR};
static struct actor BESIDE = {.role = ROLE_PARTICIPANT}; /* the person, with the registrar there */
static struct actor LI = {.role = ROLE_TECHNICIAN};
static const struct fixture *the;

/* The first manager's PIN is set by whoever opens the site, the others' by that manager. */
static void first_pins(struct t_site *t)
{
    struct actor manager = {.id = STR("mia"), .role = ROLE_MANAGER}, nobody = {.role = ROLE_PARTICIPANT};
    struct actor *const others[] = {&LINA, &KOFI, &LI};
    for (size_t i = 0; i < 3; i++)
        assert_code(staff_pin_set(t->site, nobody, NULL, others[i]->id, T_PIN, NULL), SALVE_E_ROLE);
    t_must(staff_pin_set(t->site, nobody, NULL, manager.id, T_PIN, &err));
    assert_code(staff_pin_set(t->site, nobody, NULL, manager.id, STR("999999"), NULL), SALVE_E_ROLE);
    t_login(t, &manager);
    for (size_t i = 0; i < 3; i++) t_must(staff_pin_set(t->site, manager, NULL, others[i]->id, T_PIN, &err));
}

static void log_in(struct t_site *t)
{
    struct actor *const all[] = {&LINA, &KOFI, &LI};
    if (the->is_layout_1) first_pins(t);
    for (size_t i = 0; i < 3; i++) t_login(t, all[i]);
    BESIDE.id = KOFI.id;
    memcpy(BESIDE.pass, KOFI.pass, sizeof BESIDE.pass);
}

static struct t_site *open_copy(void)
{
    struct t_site *t = calloc(1, sizeof *t);
    char folder[200], key_file[200];
    if (t == NULL) abort();
    (void)snprintf(folder, sizeof folder, "%s/salve-earlier-%d", t_tmp(), (int)getpid());
    t_remove(folder);
    t_copy(the->path, folder);
    t_site_paths(t, folder);
    (void)snprintf(t->key_file, sizeof t->key_file, "%s.key", folder);
    (void)snprintf(key_file, sizeof key_file, "%s.key", the->path);
    t->mem = arena_open((size_t)1 << 30);
    struct str key;
    t_must(file_read(key_file, 4096, t->mem, &key, &err));
    t_must(file_write(t->key_file, key, 0600, &err));
    t->options.clock = clock_fixed(the->made_unix_ms);
    t->options.pin_cost = CRYPTO_COST_MIN;
    return t;
}

/* As `salve upgrade` does it, where it has to. */
static struct t_site *open_earlier(void **state)
{
    the = *state;
    LI.id = str_of(the->technician);
    struct t_site *t = open_copy();
    struct site_verify_ask ask = {.actor = LI};
    struct site_verify_result result;
    if (the->is_layout_1) t_must(site_upgrade(&t->options, &ask, false, &result, &err));
    t_site_open(t);
    log_in(t);
    return t;
}

static struct site_verify_result verify(struct t_site *t)
{
    struct site_verify_ask ask = {.actor = LI};
    struct site_verify_result result;
    t_must(site_verify(t->site, &ask, &result, &err));
    return result;
}

/* The JSON as it was written before an AuditEvent had the text of its proof, too. */
static struct str without_proof(struct t_site *t, struct str json)
{
    ptrdiff_t at = str_find(json, STR(",{\"url\":\"urn:salve:extension:leaf-proof\""));
    if (at < 0) return json;
    struct str rest = str_cut(json, (size_t)at, json.len);
    ptrdiff_t end = str_find(rest, STR("\"}"));
    assert_true(end > 0);
    struct str before = str_cut(json, 0, (size_t)at), behind = str_cut(rest, (size_t)end + 2, rest.len);
    return arena_printf(t->mem, "%.*s%.*s", STR_ARGS(before), STR_ARGS(behind));
}

static bool has(struct t_site *t, const struct rec_resource *all, size_t count, struct str line)
{
    for (size_t i = 0; i < count; i++)
        if (str_find(line, without_proof(t, t_json(t->mem, &all[i].tape))) >= 0) return true;
    return false;
}

/* Every line of the file is a resource in an entry, but the first and the last one. */
static size_t compare_taken(struct t_site *t, struct str file)
{
    char path[300];
    struct str text, line, card = str_cut(file, 0, file.len - 5);
    size_t compared = 0;
    (void)snprintf(path, sizeof path, "%s-taken/%.*s", the->path, STR_ARGS(file));
    t_must(file_read(path, (size_t)1 << 24, t->mem, &text, &err));
    struct rec_view *view = t_open(t, BESIDE, PURPOSE_SELF, card);
    const struct rec_resource *all = NULL;
    size_t count = 0;
    t_must(rec_take(view, t->mem, &all, &count, &err));
    while (str_next_line(&text, &line)) {
        if (str_find(line, STR("\"resource\":")) < 0) continue;
        if (!has(t, all, count, line)) fail_msg("not given any more: %.*s", STR_ARGS(line));
        compared++;
    }
    t_close_view(&view);
    return compared;
}

static const char *taken_folder(void)
{
    static char path[300];
    (void)snprintf(path, sizeof path, "%s-taken", the->path);
    return path;
}

static void an_earlier_site_gives_what_it_gave(void **state)
{
    struct t_site *t = open_earlier(state);
    struct str *names;
    size_t count, people = 0, resources = 0;
    assert_int_equal(verify(t).findings, 0);
    t_must(file_list(taken_folder(), t->mem, &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        if (!str_ends(names[i], STR(".json"))) continue;
        people++;
        resources += compare_taken(t, names[i]);
    }
    assert_int_equal(people, the->people);
    assert_int_equal(resources, the->resources);
    assert_int_equal(verify(t).findings, 0);
    t_site_drop(t);
}

static struct str card_of(struct t_site *t, bool is_withdrawn)
{
    struct str *names;
    size_t count;
    t_must(file_list(taken_folder(), t->mem, &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        struct str card = str_cut(names[i], 0, names[i].len - 5);
        struct rec_view *view = NULL;
        if (!str_ends(names[i], STR(".json"))) continue;
        enum salve_code code = t_open_code(t, LINA, PURPOSE_CARE, card, &view);
        if (code == SALVE_OK) t_close_view(&view);
        if ((code == SALVE_E_CONSENT) == is_withdrawn) return card;
    }
    fail_msg("no such person in the fixture");
    return STR_NONE;
}

static void what_was_withdrawn_or_erased_there_stays_so(void **state)
{
    struct t_site *t = open_earlier(state);
    struct rec_view *view = NULL;
    struct str erased;
    char path[300];
    (void)card_of(t, true);
    (void)snprintf(path, sizeof path, "%s-taken/erased", the->path);
    t_must(file_read(path, 100, t->mem, &erased, &err));
    assert_code(t_open_code(t, BESIDE, PURPOSE_SELF, str_trim(erased), &view), SALVE_E_NOT_FOUND);
    t_site_drop(t);
}

static void an_earlier_site_goes_on(void **state)
{
    struct t_site *t = open_earlier(state);
    struct str card = card_of(t, false);
    struct rec_view *view = t_open(t, LINA, PURPOSE_CARE, card);
    size_t before = t_count(view);
    (void)t_save_weight(t, view, "71.5");
    t_close_view(&view);
    struct rec_enrolled fresh;
    struct tape newcomer =
        t_read(t->mem, "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"New\"}],\"birthDate\":\"1971-02-03\"}");
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    t_must(rec_enrol(t->site, KOFI, &newcomer, t->mem, &fresh, &err));
    t_must(rec_consent_give(t->site, KOFI, fresh.card, &grant, t->mem, NULL, &err));
    struct site_rotation rotation;
    t_must(site_rotate(t->site, LI, &rotation, &err));
    t_must(rec_consent_withdraw(t->site, BESIDE, fresh.card, PURPOSE_CARE, t->mem, NULL, &err));
    t_site_close(t);
    t_site_open(t);
    view = t_open(t, LINA, PURPOSE_CARE, card);
    assert_int_equal(t_count(view), before + 1);
    t_close_view(&view);
    assert_int_equal(verify(t).findings, 0);
    t_site_drop(t);
}

#define WITH(test, at) cmocka_unit_test_prestate(test, (void *)&fixtures[at])

int main(void)
{
    const struct CMUnitTest tests[] = {WITH(an_earlier_site_gives_what_it_gave, 0),
                                       WITH(an_earlier_site_gives_what_it_gave, 1),
                                       WITH(what_was_withdrawn_or_erased_there_stays_so, 0),
                                       WITH(what_was_withdrawn_or_erased_there_stays_so, 1),
                                       WITH(an_earlier_site_goes_on, 0),
                                       WITH(an_earlier_site_goes_on, 1)};
    return t_run(tests);
}
