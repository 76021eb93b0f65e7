/* SPDX-License-Identifier: Apache-2.0
 * Content: loaded once, pinned by its bytes, broken parts stop only who needs them. */
#include "visit_world.h"

static void own_folder(char folder[64])
{
    (void)snprintf(folder, 64, "%s/salve-share-%d", t_tmp(), (int)getpid());
    t_remove(folder);
}

static void every_file_is_pinned_by_its_bytes(void **state)
{
    char folder[64];
    uint8_t first[32], again[32], changed[32];
    struct arena *mem = arena_open(64 << 20);
    (void)state;
    own_folder(folder);
    struct str frame = file_of_share("letters/frame.en.json", mem);
    put_file(folder, "letters/frame.en.json", frame);
    struct visit_content *content = content_of(folder, VISIT_FRAMES, NULL, mem);
    assert_int_equal(content->file_count, 1);
    assert_str(content->files[0].name, "letters/frame.en.json");
    t_must(visit_content_digest(content, mem, first, &err));
    t_must(visit_content_digest(content_of(folder, VISIT_FRAMES, NULL, mem), mem, again, &err));
    assert_memory_equal(first, again, 32);
    put_file(folder, "letters/frame.en.json", arena_printf(mem, "%.*s\n", STR_ARGS(frame)));
    t_must(visit_content_digest(content_of(folder, VISIT_FRAMES, NULL, mem), mem, changed, &err));
    assert_memory_not_equal(first, changed, 32);
    t_remove(folder);
    arena_close(mem);
}

static void what_is_not_asked_for_is_not_read(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct visit_content *content = content_of(share(), VISIT_RECEIPTS, NULL, mem);
    (void)state;
    assert_true(content->receipts_count > 0);
    assert_int_equal(content->form_count + content->frame_count + content->guideline_count, 0);
    arena_close(mem);
}

static void a_guideline_and_its_form_carry_the_digests_of_their_bytes(void **state)
{
    struct arena *mem = arena_open(256 << 20);
    struct visit_content *content = content_of(share(), VISIT_GUIDELINES | VISIT_FORMS, "body-measures", mem);
    const struct consent_form *form = NULL;
    size_t pinned = 0, of_guideline = 0;
    uint8_t sha256[CONSENT_SHA256_BYTES];
    (void)state;
    assert_int_equal(content->guideline_count, 1);
    t_must(visit_form(content, PURPOSE_CARE, STR_NONE, STR("ar"), &form, &err));
    for (size_t i = 0; i < content->file_count; i++) {
        crypto_sha256(content->files[i].bytes, sha256);
        pinned += memcmp(sha256, form->ref.sha256, 32) == 0;
        of_guideline += str_starts(content->files[i].name, STR("guidelines/body-measures/"));
    }
    assert_int_equal(pinned, 1);
    assert_true(of_guideline > 3);
    arena_close(mem);
}

static void broken_content_stops_only_who_needs_it(void **state)
{
    char folder[64];
    struct arena *mem = arena_open(256 << 20);
    struct salve_err err = {0};
    const struct consent_form *form = NULL;
    const struct letter_frame *frame = NULL;
    const struct guideline *guideline = NULL;
    (void)state;
    own_folder(folder);
    put_file(folder, "letters/frame.en.json", STR("{}"));
    put_file(folder, "letters/frame.ar.json", file_of_share("letters/frame.ar.json", mem));
    put_file(folder, "forms/care/1.0/form.en.json", file_of_share("forms/care/1.0/form.en.json", mem)); /* no Arabic */
    put_file(folder, "ranges.json", STR("{\"format\":\"salve-ranges\"}"));
    put_file(folder, "forms/receipts/en.json", file_of_share("forms/receipts/en.json", mem));
    put_file(folder, "guidelines/lib/README", STR("x"));
    put_file(folder, "guidelines/none/guideline.json", STR("{"));
    const struct ranges *ranges = NULL;
    struct visit_content *content = content_of(folder, VISIT_ALL, NULL, mem);
    assert_int_equal(content->broken_count, 1);
    assert_int_equal(visit_frame(content, STR("en"), &frame, &err), SALVE_E_INVALID);
    t_must(visit_frame(content, STR("ar"), &frame, &err));
    assert_int_equal(visit_ranges(content, &ranges, &err), SALVE_E_INVALID);
    assert_string_equal(t_where(&err), "ranges.json: ranges.kinds");
    assert_int_equal(visit_form(content, PURPOSE_CARE, STR_NONE, STR("en"), &form, &err), SALVE_E_CONFIG);
    assert_int_equal(visit_form(content, PURPOSE_HELPER, STR_NONE, STR("en"), &form, &err), SALVE_E_NOT_FOUND);
    assert_int_equal(visit_guideline(content, STR("none"), &guideline, &err), content->broken[0].err.code);
    assert_int_equal(visit_guideline(content, STR("other"), &guideline, &err), SALVE_E_NOT_FOUND);
    assert_int_equal(visit_guideline_of(content, STR("bmi"), &guideline, &err), SALVE_E_NOT_FOUND);
    assert_true(str_starts(str_of(err.why), STR("no guideline that loads declares it; broken is ")));
    t_remove(folder);
    arena_close(mem);
}

static void the_newest_form_stands_unless_another_is_asked_for(void **state)
{
    char folder[64];
    struct arena *mem = arena_open(64 << 20);
    const struct consent_form *form = NULL;
    (void)state;
    own_folder(folder);
    put_file(folder, "letters/frame.en.json", STR("{}")); /* a language of letters is one of forms */
    put_file(folder, "letters/frame.ar.json", STR("{}"));
    put_file(folder, "forms/care/1.0/form.en.json", file_of_share("forms/care/1.0/form.en.json", mem));
    put_file(folder, "forms/care/1.0/form.ar.json", file_of_share("forms/care/1.0/form.ar.json", mem));
    put_file(folder, "forms/care/1.10/form.en.json", file_of_share("forms/care/1.0/form.en.json", mem)); /* not whole */
    struct visit_content *content = content_of(folder, VISIT_FORMS, NULL, mem);
    assert_int_equal(visit_form(content, PURPOSE_CARE, STR_NONE, STR("en"), &form, NULL), SALVE_E_CONFIG);
    t_must(visit_form(content, PURPOSE_CARE, STR("1.0"), STR("en"), &form, &err));
    assert_int_equal(visit_form(content, PURPOSE_CARE, STR("1.0"), STR("xx"), &form, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(visit_form(content, PURPOSE_CARE, STR("1.2"), STR("en"), &form, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(visit_form(content, PURPOSE_CARE, STR("one"), STR("en"), &form, NULL), SALVE_E_NOT_FOUND);
    t_remove(folder);
    arena_close(mem);
}

static void a_language_that_is_none_is_wrong_use(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct visit_content *content = content_of(share(), VISIT_FRAMES, NULL, mem);
    const struct letter_frame *frame = NULL;
    (void)state;
    assert_int_equal(visit_frame(content, STR("../en"), &frame, NULL), SALVE_E_USAGE);
    assert_int_equal(visit_frame(content, STR("xx"), &frame, NULL), SALVE_E_NOT_FOUND);
    arena_close(mem);
}

static void a_use_case_reads_no_folder(void **state)
{
    char folder[64];
    struct visit_receipt receipt;
    struct world w = world_make("folder", NULL);
    (void)state;
    own_folder(folder);
    put_file(folder, "forms/receipts/en.json", file_of_share("forms/receipts/en.json", w.t->mem));
    w.visit.content = content_of(folder, VISIT_RECEIPTS, NULL, w.t->mem);
    t_remove(folder);
    t_must(visit_withdraw(as(&w, T_PERSON), w.card, PURPOSE_CARE, STR("en"), &receipt, &err));
    assert_true(receipt.body.len > 0);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_pinned_by_its_bytes),
        cmocka_unit_test(what_is_not_asked_for_is_not_read),
        cmocka_unit_test(a_guideline_and_its_form_carry_the_digests_of_their_bytes),
        cmocka_unit_test(broken_content_stops_only_who_needs_it),
        cmocka_unit_test(the_newest_form_stands_unless_another_is_asked_for),
        cmocka_unit_test(a_language_that_is_none_is_wrong_use),
        cmocka_unit_test(a_use_case_reads_no_folder),
    };
    return t_run(tests);
}
