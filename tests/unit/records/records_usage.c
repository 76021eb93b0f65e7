/* SPDX-License-Identifier: Apache-2.0
 *
 * The usage at the head of each door of records, compiled and run: the lines between "usage of" and "end" below are
 * those of the header, but for comments. */
#include "t_site.h"

#define HERE "tests/unit/records/records_usage.c"

#define nurse     T_ASSISTANT
#define person    T_PERSON
#define clinician T_CLINICIAN

static enum salve_code code, close_code;
static struct salve_err whole, *err = &whole;

static void the_usage_of_site_runs(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("usage", false);
    struct arena *mem = t->mem;
    struct site_options options = t->options;
    struct site_settings settings = {.name = STR("Usage"), .log_name = STR("usage")};
    struct site_facts facts;
    struct site_rotation rotation;
    struct site_verify_result result;
    struct site_verify_ask verify = {.progress = NULL};
    struct actor manager = {.role = ROLE_MANAGER};
    const struct staff_new first = {.id = STR("mia"), .role = ROLE_MANAGER, .secret = T_PIN};
    t_site_close(t);
    t_remove(t->folder);
    /* usage of src/records/site.h */
    struct site *site = NULL;
    code = site_create(&options, &settings, NULL, err);
    if (code == SALVE_OK) code = site_open(&options, &site, err);
    if (code == SALVE_OK) code = staff_register(site, manager, &first, err);
    if (code == SALVE_OK) code = staff_login(site, first.id, first.secret, mem, &manager, err);
    if (code == SALVE_OK) code = site_facts(site, mem, &facts, err);
    if (code == SALVE_OK) code = site_rotate(site, manager, &rotation, err);
    if (code == SALVE_OK) code = site_verify(site, &verify, &result, err);
    close_code = site_close(&site, err);
    /* end */
    assert_ok(code);
    assert_ok(close_code);
    assert_null(site);
    assert_int_equal(rotation.epoch, 2);
    t_site_drop(t);
}

static void the_usage_of_commons_runs(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("usage", false);
    struct arena *mem = t->mem;
    struct site *site = t->site;
    struct str bytes = STR("");
    /* usage of src/records/commons.h */
    code = commons_put(site, clinician, STR("accepted"), STR("bp"), STR("{}"), err);
    if (code == SALVE_OK) code = commons_get(site, STR("accepted"), STR("bp"), mem, &bytes, err);
    /* end */
    assert_ok(code);
    assert_str(bytes, "{}");
    t_site_drop(t);
}

static void the_usage_of_staff_runs(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("usage", false);
    struct arena *mem = t->mem;
    struct site *site = t->site;
    struct actor manager, registrar;
    /* usage of src/records/staff.h */
    code = staff_login(site, STR("mia"), STR("246802"), mem, &manager, err);
    struct staff_new leila = {.id = STR("leila"), .role = ROLE_REGISTRAR, .secret = STR("135791")};
    if (code == SALVE_OK) code = staff_register(site, manager, &leila, err);
    if (code == SALVE_OK) code = staff_login(site, leila.id, leila.secret, mem, &registrar, err);
    if (code == SALVE_OK) code = staff_retire(site, manager, NULL, leila.id, err);
    /* end */
    assert_ok(code);
    t_site_drop(t);
}

static struct t_site *t;
static const struct tape *observation(struct rec_view *view, struct str id)
{
    static struct tape tape;
    tape = t_weight(t, view, id, "61");
    return &tape;
}

static void the_usage_of_rec_runs(void **state)
{
    (void)state;
    t = t_site_make("usage", false);
    struct arena *mem = t->mem;
    struct site *site = t->site;
    struct str id = STR_NONE, card = t_enrol(t, "Haddad", "1980-01-01").card;
    const struct rec_resource *all = NULL;
    size_t count = 0;
    t_give(t, card, PURPOSE_CARE);
    /* usage of src/records/rec.h */
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = nurse, .purpose = PURPOSE_CARE, .who = card};
    code = rec_open(site, &ask, &view, err);
    if (code == SALVE_OK) code = rec_all(view, 0, &all, &count, err);
    if (code == SALVE_OK) code = rec_new_id(view, mem, &id, err);
    struct rec_item items[] = {{.tape = observation(view, id)}};
    if (code == SALVE_OK) code = rec_save(view, items, 1, NULL, mem, err);
    close_code = rec_close(&view, err);
    /* end */
    assert_ok(code);
    assert_ok(close_code);
    assert_int_equal(count, 1);
    t_site_drop(t);
}

static void the_usage_of_rights_runs(void **state)
{
    (void)state;
    t = t_site_make("usage", false);
    struct arena *mem = t->mem;
    struct site *site = t->site;
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    struct rec_receipt receipt;
    struct rec_consent *consents = NULL;
    struct rec_erasure erasure;
    size_t count = 0;
    struct rec_view *own = t_open(t, T_PERSON, PURPOSE_SELF, card);
    /* usage of src/records/rights.h */
    code = rec_consent_give(site, nurse, card, &grant, mem, &receipt, err);
    if (code == SALVE_OK) code = rec_consents(own, mem, &consents, &count, err);
    if (code == SALVE_OK) code = rec_consent_withdraw(site, person, card, PURPOSE_CARE, mem, NULL, err);
    if (code == SALVE_OK) code = rec_erase_ask(site, person, card, mem, &erasure, err);
    /* end */
    assert_ok(code);
    assert_int_equal(count, 0); /* when the view was opened there was none */
    t_close_view(&own);
    t_site_drop(t);
}

/* --- the same lines --------------------------------------------------------------------------------------------- */

static struct str without_comment(struct str line)
{
    ptrdiff_t at = str_find(line, STR("//"));
    return str_trim(at < 0 ? line : str_cut(line, 0, (size_t)at));
}

/* The next line of a header's usage: those that are indented by four in the comment at its head. */
static bool header_line(struct str *rest, struct str *line)
{
    while (str_next_line(rest, line) && !str_starts(*line, STR("#ifndef"))) {
        if (!str_starts(*line, STR(" *     "))) continue;
        *line = without_comment(str_cut(*line, 2, line->len));
        return true;
    }
    return false;
}

static void compare(struct arena *mem, struct str path, struct str *source)
{
    struct str header, want, got = STR_NONE;
    t_must(file_read(arena_printf(mem, "%.*s", STR_ARGS(path)).ptr, 1 << 20, mem, &header, &err));
    while (header_line(&header, &want)) {
        if (!str_next_line(source, &got) || !str_eq(str_trim(got), want))
            fail_msg("%.*s shows \"%.*s\", the test has \"%.*s\"", STR_ARGS(path), STR_ARGS(want), STR_ARGS(got));
    }
    assert_true(str_next_line(source, &got));
    assert_str(str_trim(got), "/* end */");
}

static void they_are_what_the_headers_show(void **state)
{
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    struct str source, line;
    int count = 0;
    t_must(file_read(HERE, 1 << 20, mem, &source, &err));
    while (str_next_line(&source, &line)) {
        const struct str mark = STR("/* usage of ");
        line = str_trim(line);
        if (!str_starts(line, mark)) continue;
        compare(mem, str_cut(line, mark.len, line.len - mark.len - 3), &source);
        count++;
    }
    assert_int_equal(count, 5);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usage_of_site_runs),   cmocka_unit_test(the_usage_of_commons_runs),
        cmocka_unit_test(the_usage_of_staff_runs),  cmocka_unit_test(the_usage_of_rec_runs),
        cmocka_unit_test(the_usage_of_rights_runs), cmocka_unit_test(they_are_what_the_headers_show),
    };
    return t_run(tests);
}
