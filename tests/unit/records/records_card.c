/* SPDX-License-Identifier: Apache-2.0
 *
 * Card codes: any one wrong character and any two that changed places are noticed; typing is forgiving. */
#include "records/who_int.h"
#include "t.h"

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void a_new_card_is_valid_and_well_formed(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct rec_card card, again;
        char text[REC_CARD_TEXT_BYTES + 1];
        rec_card_make(&card);
        rec_card_text(&card, text);
        assert_true(rec_card_valid(str_of(text)));
        assert_true(rec_card_read(str_of(text), &again));
        assert_memory_equal(&card, &again, sizeof card);
        for (int at = 0; at < REC_CARD_TEXT_BYTES; at++)
            assert_true(at % 5 == 4 ? text[at] == '-' : strchr(ALPHABET, text[at]) != NULL);
    }
}

static void every_single_wrong_character_is_noticed(void **state)
{
    (void)state;
    struct rec_card card;
    char text[REC_CARD_TEXT_BYTES + 1];
    rec_card_make(&card);
    rec_card_text(&card, text);
    for (int at = 0; at < REC_CARD_TEXT_BYTES; at++) {
        if (text[at] == '-') continue;
        char right = text[at];
        for (int c = 0; c < 32; c++) {
            text[at] = ALPHABET[c];
            assert_int_equal(rec_card_valid(str_of(text)), ALPHABET[c] == right);
        }
        text[at] = right;
    }
}

static void every_exchange_of_two_characters_is_noticed(void **state)
{
    (void)state;
    struct rec_card card, swapped;
    rec_card_make(&card);
    for (int a = 0; a < REC_CARD_CHARS; a++)
        for (int b = a + 1; b < REC_CARD_CHARS; b++) {
            char text[REC_CARD_TEXT_BYTES + 1];
            swapped = card;
            swapped.values[a] = card.values[b];
            swapped.values[b] = card.values[a];
            rec_card_text(&swapped, text);
            assert_int_equal(rec_card_valid(str_of(text)), card.values[a] == card.values[b]);
        }
}

static void typing_is_forgiving(void **state)
{
    (void)state;
    struct rec_card card = {.values = {0, 1, 0, 1}}, again;
    uint8_t check = 0;
    for (; check < 32; check++) {
        char text[REC_CARD_TEXT_BYTES + 1];
        card.values[REC_CARD_CHARS - 1] = check;
        rec_card_text(&card, text);
        if (rec_card_valid(str_of(text))) break;
    }
    assert_true(check < 32);
    char typed[64];
    (void)snprintf(typed, sizeof typed, " oIoL 0000 0000 0000 000%c", ALPHABET[check] | 0x20);
    if (ALPHABET[check] < 'A') typed[strlen(typed) - 1] = ALPHABET[check];
    assert_true(rec_card_read(str_of(typed), &again));
    assert_memory_equal(&card, &again, sizeof card);
}

static void other_texts_are_no_cards(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",         "7QK4", "UUUU-UUUU-UUUU-UUUU-UUUU", "7QK4-M2ZP-9XTR-C5HW-A3NE-0000", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "7QK4_M2ZP"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) assert_false(rec_card_valid(str_of(texts[i])));
    assert_false(rec_card_valid(str_make("\0\0\0\0", 4)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_card_is_valid_and_well_formed),
        cmocka_unit_test(every_single_wrong_character_is_noticed),
        cmocka_unit_test(every_exchange_of_two_characters_is_noticed),
        cmocka_unit_test(typing_is_forgiving),
        cmocka_unit_test(other_texts_are_no_cards),
    };
    return t_run(tests);
}
