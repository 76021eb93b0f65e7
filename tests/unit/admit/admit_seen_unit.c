/* SPDX-License-Identifier: Apache-2.0
 * Texts that were judged keep their rule, by their kind: as many as a table has places for and more, in any order. */
#include "admit/admit_int.h"
#include "t.h"

enum { KINDS = ADMIT_TEXT_PROSE + 1, NUMBERED = 4000 };

static struct arena *mem;
static struct admit_rules *rules;

static const struct str texts[] = {
#define X(rule, word) {"its " word " here", sizeof word + 9}, {word " is a word", sizeof word + 10},
    ADMIT_NEVER_LABELS(X)
#undef X
        {"Systolic blood pressure", 23},
    {"BRAF V600E and more", 19},
    {"c.76A>T is a change", 19},
    {"123-45-6789", 11},
    {"data:image/png;base64,iVBORw0KGgo=", 34},
    {"https://example.org/a/b-c", 25},
    {"the same beginning, A, the same end", 35},
    {"the same beginning, race, the same end", 38},
    {"race", 4},
    {"", 0}};
enum { TEXTS = sizeof texts / sizeof texts[0] };

static void every_kind_has_its_own_rule(void **state)
{
    (void)state;
    size_t differ = 0;
    struct admit_seen *seen = admit_seen_make(mem);
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < TEXTS; i++)
            for (int k = 0; k < KINDS; k++) {
                enum admit_text kind = (enum admit_text)(turn == 1 ? KINDS - 1 - k : k);
                enum admit_rule rule = admit_text_rule(rules, texts[i], kind);
                assert_int_equal(admit_seen_rule(seen, rules, texts[i], kind), rule);
                assert_int_equal(admit_seen_rule(NULL, rules, texts[i], kind), rule);
                differ += rule != admit_text_rule(rules, texts[i], ADMIT_TEXT_LABEL);
            }
    assert_true(differ > 0); /* else the kind would not matter */
}

/* Far more than it has places, alike at both ends, with a word in every seventh. */
static void a_full_table_judges_anew(void **state)
{
    (void)state;
    struct admit_seen *seen = admit_seen_make(mem);
    size_t refused = 0;
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < NUMBERED; i++) {
            struct str text = arena_printf(mem, "observed %s%d at the visit", i % 7 == 0 ? "race " : "", i);
            enum admit_rule rule = admit_seen_rule(seen, rules, text, ADMIT_TEXT_LABEL);
            assert_int_equal(rule, i % 7 == 0 ? ADMIT_N5 : ADMIT_OK);
            refused += rule != ADMIT_OK;
        }
    assert_int_equal(refused, 2 * ((NUMBERED + 6) / 7));
}

int main(void)
{
    static const struct str pattern[] = {{"999-99-9999", 11}};
    const struct admit_site site = {.national_patterns = pattern, .national_pattern_count = 1};
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind_has_its_own_rule),
                                       cmocka_unit_test(a_full_table_judges_anew)};
    mem = arena_open(64 << 20);
    if (mem == NULL || admit_rules_make(&site, mem, &rules, NULL) != SALVE_OK) return 1;
    int status = t_run(tests);
    arena_close(mem);
    return status;
}
