/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes on paper, of every kind: any one wrong character and any two that changed places are noticed; typing is
 * forgiving; a code of one kind is none of another, however it is typed. */
#include "records/who_int.h"
#include "t.h"

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static const struct {
    enum rec_code_kind kind;
    size_t chars, group;
} KINDS[] = {{REC_CODE_CARD, 20, 4},
             {REC_CODE_LETTER, 21, 7},
             {REC_CODE_SLIP, 18, 6},
             {REC_CODE_TICKET, 6, 3},
             {REC_CODE_REPLY, 22, 8}};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

static void a_new_code_is_valid_and_well_formed(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        for (size_t k = 0; k < KIND_COUNT; k++) {
            struct rec_code code, again;
            char text[REC_CODE_TEXT_BYTES + 1];
            rec_code_make(KINDS[k].kind, &code);
            struct str words = rec_code_text(&code, text);
            assert_true(rec_code_valid(KINDS[k].kind, words));
            assert_true(rec_code_read(KINDS[k].kind, words, &again));
            assert_memory_equal(&code, &again, sizeof code);
            assert_int_equal(words.len, KINDS[k].chars + (KINDS[k].chars - 1) / KINDS[k].group);
            for (size_t at = 0; at < words.len; at++) {
                bool is_between = at % (KINDS[k].group + 1) == KINDS[k].group;
                assert_true(is_between ? text[at] == '-' : strchr(ALPHABET, text[at]) != NULL);
            }
        }
}

static void a_code_of_one_kind_is_none_of_another(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++)
        for (size_t k = 0; k < KIND_COUNT; k++) {
            struct rec_code code;
            char text[REC_CODE_TEXT_BYTES + 1];
            rec_code_make(KINDS[k].kind, &code);
            struct str words = rec_code_text(&code, text);
            for (size_t other = 0; other < KIND_COUNT; other++)
                assert_int_equal(rec_code_valid(KINDS[other].kind, words), other == k);
            assert_int_equal(rec_card_valid(words), KINDS[k].kind == REC_CODE_CARD);
        }
}

static void every_single_wrong_character_is_noticed(void **state)
{
    (void)state;
    for (size_t k = 0; k < KIND_COUNT; k++) {
        struct rec_code code;
        char text[REC_CODE_TEXT_BYTES + 1];
        rec_code_make(KINDS[k].kind, &code);
        struct str words = rec_code_text(&code, text);
        for (size_t at = 0; at < words.len; at++) {
            if (text[at] == '-') continue;
            char right = text[at];
            for (int c = 0; c < 32; c++) {
                text[at] = ALPHABET[c];
                assert_int_equal(rec_code_valid(KINDS[k].kind, words), ALPHABET[c] == right);
            }
            text[at] = right;
        }
    }
}

static void every_exchange_of_two_characters_is_noticed(void **state)
{
    (void)state;
    for (size_t k = 0; k < KIND_COUNT; k++) {
        struct rec_code code, swapped;
        rec_code_make(KINDS[k].kind, &code);
        for (size_t a = 0; a < KINDS[k].chars; a++)
            for (size_t b = a + 1; b < KINDS[k].chars; b++) {
                char text[REC_CODE_TEXT_BYTES + 1];
                swapped = code;
                swapped.values[a] = code.values[b];
                swapped.values[b] = code.values[a];
                struct str words = rec_code_text(&swapped, text);
                assert_int_equal(rec_code_valid(KINDS[k].kind, words), code.values[a] == code.values[b]);
            }
    }
}

static void typing_is_forgiving(void **state)
{
    (void)state;
    struct rec_code card = {.kind = REC_CODE_CARD, .values = {0, 1, 0, 1}}, again;
    uint8_t check = 0;
    for (; check < 32; check++) {
        char text[REC_CODE_TEXT_BYTES + 1];
        card.values[KINDS[0].chars - 1] = check;
        if (rec_card_valid(rec_code_text(&card, text))) break;
    }
    assert_true(check < 32);
    char typed[64];
    (void)snprintf(typed, sizeof typed, " oIoL 0000 0000 0000 000%c", ALPHABET[check] | 0x20);
    if (ALPHABET[check] < 'A') typed[strlen(typed) - 1] = ALPHABET[check];
    assert_true(rec_code_read(REC_CODE_CARD, str_of(typed), &again));
    assert_memory_equal(&card, &again, sizeof card);
}

static void other_texts_are_no_codes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",         "7QK4", "UUUU-UUUU-UUUU-UUUU-UUUU", "7QK4-M2ZP-9XTR-C5HW-A3NE-0000", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "7QK4_M2ZP"};
    for (size_t k = 0; k < KIND_COUNT; k++) {
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            assert_false(rec_code_valid(KINDS[k].kind, str_of(texts[i])));
        assert_false(rec_code_valid(KINDS[k].kind, str_make("\0\0\0\0", 4)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_code_is_valid_and_well_formed),
        cmocka_unit_test(a_code_of_one_kind_is_none_of_another),
        cmocka_unit_test(every_single_wrong_character_is_noticed),
        cmocka_unit_test(every_exchange_of_two_characters_is_noticed),
        cmocka_unit_test(typing_is_forgiving),
        cmocka_unit_test(other_texts_are_no_codes),
    };
    return t_run(tests);
}
