/* SPDX-License-Identifier: Apache-2.0
 * What is told to a person before a sample is taken: each test, and when they hear of it. */
#include <stdlib.h>

#include "letter/letter.h"
#include "visit/content.h"
#include "visit/release_int.h"
#include "visit/visit_int.h"

/* The tests of one guideline: what is measured, each label once. */
struct gathering {
    const struct visit *visit;
    const struct str *languages;
    size_t language_count;
    struct visit_test *tests;
    size_t count;
};

static bool is_test(const struct visit_content *content, const struct guideline_input *input)
{
    if (input->code.len == 0 || (input->is_question && !input->has_release)) return false;
    if (str_is(input->code, "8480-6") || str_is(input->code, "8462-4")) return false; /* of the blood pressure */
    return content->packages == NULL || !letter_packages_is_fact(content->packages, input->code);
}

/* What has the same name is one test: what is said of it counts, and of that the strictest. */
static void add_test(struct gathering *in, const struct visit_test *test)
{
    for (size_t i = 0; i < in->count; i++) {
        struct visit_test *known = &in->tests[i];
        if (!str_eq(known->name, test->name)) continue;
        bool is_stricter = test->is_said == known->is_said && test->release > known->release;
        if (is_stricter || (test->is_said && !known->is_said)) *known = *test;
        return;
    }
    in->tests[in->count++] = *test;
}

static void gather(struct gathering *in, const struct guideline *guideline)
{
    const struct guideline_info *info = guideline_info(guideline);
    struct visit_said_words words;
    const struct finding none = {.guideline = info->id, .item = info->items[0].name};
    visit_finding_words(in->visit->content, in->languages, in->language_count, STR(""), &none, in->visit->mem, &words);
    for (size_t i = 0; i < info->input_count; i++) {
        const struct guideline_input *input = &info->inputs[i];
        if (!is_test(in->visit->content, input)) continue;
        struct str name = guideline_word(guideline, words.language, "inputs", input->label);
        struct visit_test test = {info->id, input->label, name.len > 0 ? name : input->label, input->release,
                                  input->has_release};
        test.name = letter_addressed(test.name, STR(""), in->visit->mem);
        add_test(in, &test);
    }
}

static int strictest_first(const void *a, const void *b)
{
    const struct visit_test *x = a, *y = b;
    if (x->release != y->release) return x->release > y->release ? -1 : 1;
    return str_cmp(x->name, y->name);
}

enum salve_code visit_releases(const struct visit *visit, const struct str *languages, size_t count,
                               struct visit_test **out, size_t *test_count, struct salve_err *err)
{
    const struct visit_content *content = visit->content;
    struct gathering in = {visit, languages, count, NULL, 0};
    size_t room = 1;
    for (size_t i = 0; i < content->guideline_count; i++) room += guideline_info(content->guidelines[i])->input_count;
    in.tests = arena_array(visit->mem, struct visit_test, room);
    if (in.tests == NULL) return salve_fail(err, SALVE_E_MEMORY, "tests");
    for (size_t i = 0; i < content->guideline_count; i++)
        if (!screen_is_alarms(guideline_info(content->guidelines[i])->id)) gather(&in, content->guidelines[i]);
    qsort(in.tests, in.count, sizeof *in.tests, strictest_first);
    *out = in.tests;
    *test_count = in.count;
    return SALVE_OK;
}
