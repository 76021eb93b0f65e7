/* SPDX-License-Identifier: Apache-2.0
 * The description of a letter: what is written reads back, field by field and to the last byte of what is made of it; what is cut,
 * changed or not fit to be drawn is refused, or is a letter like any other. */
#include <math.h>

#include "letter_case.h"
#include "paper_case.h"

#include "paper/paper_int.h"

static struct letter_drawn read_back(struct str bytes)
{
    struct letter_drawn out;
    struct salve_err err = {0};
    enum salve_code code = paper_read(bytes, mem, &out, &err);
    if (code != SALVE_OK) fail_msg("%s %s %s", salve_code_name(code), t_where(&err), err.why);
    return out;
}

#define SAME(member)      assert_true(a->member == b->member)
#define SAME_TEXT(member) assert_true(str_eq(a->member, b->member))

static void same_scale(const struct letter_scale *a, const struct letter_scale *b)
{
    SAME_TEXT(label);
    SAME(from);
    SAME(to);
    SAME(at);
    SAME_TEXT(at_text);
    SAME(band_count);
    for (size_t i = 0; i < a->band_count; i++) {
        SAME(bands[i].to);
        SAME_TEXT(bands[i].word);
        SAME(bands[i].is_here);
    }
}

static void same_line(const struct letter_line *a, const struct letter_line *b)
{
    SAME_TEXT(name);
    SAME_TEXT(headline);
    SAME_TEXT(value);
    SAME_TEXT(meaning);
    SAME_TEXT(why);
    SAME(source);
    SAME(mark);
    SAME(urgency);
    SAME(is_brief);
    SAME(scale_count);
    for (size_t i = 0; i < a->scale_count; i++) same_scale(&a->scales[i], &b->scales[i]);
    SAME_TEXT(before);
    SAME(point_count);
    for (size_t i = 0; i < a->point_count; i++)
        assert_true(a->points[i].x == b->points[i].x && a->points[i].y == b->points[i].y);
    SAME(dots);
    SAME_TEXT(dots_words);
}

static void same_lists(const struct letter *a, const struct letter *b)
{
    SAME(line_count);
    for (size_t i = 0; i < a->line_count; i++) same_line(&a->lines[i], &b->lines[i]);
    SAME(step_count);
    for (size_t i = 0; i < a->step_count; i++) {
        SAME_TEXT(steps[i].what);
        SAME_TEXT(steps[i].when);
        SAME_TEXT(steps[i].why);
        SAME_TEXT(steps[i].where);
        SAME(steps[i].urgency);
    }
    SAME(source_count);
    for (size_t i = 0; i < a->source_count; i++) SAME_TEXT(sources[i]);
    SAME(note_count);
    for (size_t i = 0; i < a->note_count; i++) {
        SAME_TEXT(notes[i].name);
        SAME_TEXT(notes[i].text);
    }
}

static void same_letter(const struct letter *a, const struct letter *b)
{
    SAME_TEXT(language);
    SAME_TEXT(comma);
    SAME_TEXT(fonts);
    SAME(line_spacing);
    SAME(paper);
    SAME(has_arabic_digits);
    SAME(is_rtl);
    SAME_TEXT(title);
    SAME_TEXT(answer);
    SAME_TEXT(banner);
    SAME_TEXT(person);
    SAME_TEXT(details);
    SAME(is_urgent);
    SAME(urgent_step_count);
    SAME_TEXT(told);
    SAME_TEXT(unconfirmed);
    same_lists(a, b);
    SAME_TEXT(next_check);
    SAME_TEXT(next_day);
    SAME_TEXT(worse);
    SAME_TEXT(diagnosis);
    SAME_TEXT(apart);
    SAME_TEXT(contact);
    SAME_TEXT(record);
    SAME_TEXT(code);
    SAME_TEXT(code_words);
    SAME_TEXT(signed_by);
    SAME_TEXT(log_head);
    SAME_TEXT(heading_lines);
    SAME_TEXT(heading_steps);
    SAME_TEXT(heading_notes);
    SAME_TEXT(heading_next);
    SAME_TEXT(heading_worse);
    SAME_TEXT(heading_record);
    SAME_TEXT(word_used);
    SAME_TEXT(word_sources);
    SAME_TEXT(word_page);
    SAME_TEXT(word_shown_as);
    for (size_t i = 0; i < LETTER_MARK_COUNT; i++) SAME_TEXT(mark_words[i]);
}

static void same_form(const struct letter_form *a, const struct letter_form *b)
{
    same_letter(&a->page, &b->page);
    SAME(count);
    for (size_t i = 0; i < a->count; i++) {
        SAME(rows[i].kind);
        SAME_TEXT(rows[i].words);
        SAME_TEXT(rows[i].answers[0]);
        SAME_TEXT(rows[i].answers[1]);
        SAME_TEXT(rows[i].unit);
        SAME(rows[i].boxes);
    }
}

/* The rows of a table follow each other as the members do: a member without a row leaves a hole where it is. */
static void has_no_hole(const char *name, const struct paper_layout *layout)
{
    size_t end = 0;
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct paper_field *field = &layout->fields[i];
        if (field->at < end || field->at - end >= 8)
            fail_msg("%s: before %s: %zu to %zu", name, field->name, end, field->at);
        end = field->at + field->bytes;
        if (field->kind == PAPER_LIST || field->kind == PAPER_ROWS) {
            if (field->count_at != end) fail_msg("%s: behind %s", name, field->name);
            end += sizeof(size_t);
        }
        if (field->of != NULL) has_no_hole(field->name, field->of);
    }
    if (layout->bytes - end >= 8) fail_msg("%s: at its end", name);
}

static void every_member_has_a_row(void **state)
{
    (void)state;
    has_no_hole("letter", &paper_letter_layout);
    has_no_hole("form", &paper_form_layout);
}

/* --- round trips -------------------------------------------------------------------------------------------------- */

static void every_field_reads_back(void **state)
{
    (void)state;
    for (int rtl = 0; rtl < 2; rtl++) {
        struct letter *letter = full_letter(rtl == 1);
        struct letter_drawn back = read_back(described(letter, NULL));
        assert_null(back.form);
        same_letter(letter, back.letter);
        assert_true(str_eq(html_of(letter), html_of(back.letter)));
        assert_true(str_eq(drawn_here(letter, NULL), drawn_here(back.letter, NULL)));
        assert_true(str_eq(described(letter, NULL), described(back.letter, NULL)));
    }
}

static void composed_letters_read_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < (T_IS_SANITIZED ? 40 : 280); i++) {
        struct letter *letter = composed(i);
        struct letter_drawn back = read_back(described(letter, NULL));
        same_letter(letter, back.letter);
        assert_true(str_eq(html_of(letter), html_of(back.letter)));
        if (i % 10 == 3) assert_true(str_eq(drawn_here(letter, NULL), drawn_here(back.letter, NULL)));
    }
}

static void forms_read_back(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "ar"};
    for (int i = 0; i < 2; i++) {
        struct letter_form *form = full_form(languages[i]);
        struct letter_drawn back = read_back(described(NULL, form));
        assert_null(back.letter);
        same_form(form, back.form);
        assert_true(str_eq(drawn_here(NULL, form), drawn_here(NULL, back.form)));
    }
}

/* --- what is not whole -------------------------------------------------------------------------------------------- */

static enum salve_code refused(struct str bytes, struct salve_err *err)
{
    struct arena *own = arena_open(16 << 20);
    struct letter_drawn out;
    enum salve_code code = paper_read(bytes, own, &out, err);
    arena_close(own);
    return code;
}

static void what_is_cut_off_or_longer_is_refused(void **state)
{
    (void)state;
    const struct str all[] = {described(full_letter(false), NULL), described(NULL, full_form("en"))};
    for (int a = 0; a < 2; a++) {
        for (size_t len = 0; len < all[a].len; len++) {
            char *exact = malloc(len + 1); /* so that the sanitizer sees a byte too many */
            memcpy(exact, all[a].ptr, len);
            char *cut = realloc(exact, len == 0 ? 1 : len);
            assert_non_null(cut);
            assert_code(refused(str_make(cut, len), NULL), SALVE_E_SYNTAX);
            free(cut);
        }
        struct str longer = arena_printf(mem, "%c", 0);
        char *more = arena_alloc(mem, all[a].len + 1);
        (void)longer;
        memcpy(more, all[a].ptr, all[a].len);
        assert_code(refused(str_make(more, all[a].len + 1), NULL), SALVE_E_SYNTAX);
    }
}

/* A bit that is turned is refused, or makes another letter that is as fit as any; which is written again as it came. */
static void a_turned_bit_is_refused_or_harmless(void **state)
{
    (void)state;
    struct str bytes = described(full_letter(true), NULL);
    size_t refused_count = 0, harmless = 0;
    char *copy = arena_alloc(mem, bytes.len);
    memcpy(copy, bytes.ptr, bytes.len);
    for (size_t bit = 0; bit < 8 * bytes.len; bit += T_IS_SANITIZED ? 7 : 1) {
        struct arena *own = arena_open(16 << 20);
        struct letter_drawn out;
        struct buf again;
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        buf_init(&again, own, 4 << 20);
        if (paper_read(str_make(copy, bytes.len), own, &out, NULL) == SALVE_OK) {
            assert_ok(paper_write(&out, &again, NULL));
            assert_true(str_eq(buf_str(&again), str_make(copy, bytes.len)));
            harmless++;
        } else {
            refused_count++;
        }
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        arena_close(own);
    }
    assert_true(refused_count > 0 && harmless > 0);
}

#define UNFIT(change, member)                                                                                          \
    do {                                                                                                               \
        struct letter *letter = full_letter(false);                                                                    \
        struct salve_err err = {0};                                                                                    \
        change;                                                                                                        \
        assert_code(refused(described(letter, NULL), &err), SALVE_E_INVALID);                                          \
        assert_non_null(strstr(err.element, member));                                                                  \
    } while (0)

static void what_is_not_fit_to_be_drawn_is_refused(void **state)
{
    (void)state;
    UNFIT(letter->fonts = STR("Noto Sans:file=x"), "fonts");
    UNFIT(letter->fonts = arena_printf(mem, "%0600d", 1), "fonts");
    UNFIT(letter->language = STR("en/../x"), "language");
    UNFIT(letter->line_spacing = 0.4, "line_spacing");
    UNFIT(letter->line_spacing = NAN, "line_spacing");
    UNFIT(letter->urgent_step_count = letter->step_count + 1, "urgent_step_count");
    UNFIT(letter->lines[2].source = (unsigned)letter->source_count + 1, "source");
    static const struct chart_point outside[] = {{0, 0}, {1.5, 0}};
    UNFIT((letter->lines[2].points = outside, letter->lines[2].point_count = 2), "points");
    UNFIT(letter->lines[1].scales[0].bands[0].to = INFINITY, "to");
    UNFIT(letter->person = STR("\xff"), "person");
}

static void limits_hold_for_writer_and_reader(void **state)
{
    (void)state;
    struct salve_err err = {0};
    struct buf out;
    struct letter *letter = full_letter(false);
    const struct letter_drawn what = {.letter = letter};
    buf_init(&out, mem, 4 << 20);
    letter->person = str_make(arena_alloc(mem, (64 << 10) + 1), (64 << 10) + 1);
    assert_code(paper_write(&what, &out, &err), SALVE_E_TOO_BIG);
    assert_string_equal(err.element, "letter: person");
    struct str bytes = described(full_letter(false), NULL);
    char *copy = arena_alloc(mem, bytes.len);
    memcpy(copy, bytes.ptr, bytes.len);
    copy[4] = 2; /* the length of the language: 131,074 */
    assert_code(refused(str_make(copy, bytes.len), &err), SALVE_E_TOO_BIG);
    copy[4] = 0;
    copy[0] = 2;
    assert_code(refused(str_make(copy, bytes.len), &err), SALVE_E_UNSUPPORTED);
    copy[0] = 1;
    copy[1] = 3;
    assert_code(refused(str_make(copy, bytes.len), &err), SALVE_E_INVALID);
    char *large = arena_alloc(mem, (2 << 20) + 1);
    large[0] = large[1] = 1;
    assert_code(refused(str_make(large, (2 << 20) + 1), &err), SALVE_E_TOO_BIG);
}

/* A count is believed only where so many structs can follow: a short input makes no large memory. */
static void a_count_that_cannot_be_makes_no_memory(void **state)
{
    (void)state;
    struct letter *letter = full_letter(false);
    letter->line_count = letter->step_count = letter->source_count = letter->note_count = letter->urgent_step_count = 0;
    struct str bytes = described(letter, NULL);
    ptrdiff_t at = str_find(bytes, letter->unconfirmed) + (ptrdiff_t)letter->unconfirmed.len;
    char *copy = arena_alloc(mem, bytes.len);
    memcpy(copy, bytes.ptr, bytes.len);
    copy[at] = (char)0xe8, copy[at + 1] = 3; /* 1,000 lines */
    struct arena *own = arena_open(1 << 20);
    struct letter_drawn out;
    assert_code(paper_read(str_make(copy, bytes.len), own, &out, NULL), SALVE_E_SYNTAX);
    assert_true(arena_bytes(own) < 4096);
    arena_close(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_has_a_row),
        cmocka_unit_test(every_field_reads_back),
        cmocka_unit_test(composed_letters_read_back),
        cmocka_unit_test(forms_read_back),
        cmocka_unit_test(what_is_cut_off_or_longer_is_refused),
        cmocka_unit_test(a_turned_bit_is_refused_or_harmless),
        cmocka_unit_test(what_is_not_fit_to_be_drawn_is_refused),
        cmocka_unit_test(limits_hold_for_writer_and_reader),
        cmocka_unit_test(a_count_that_cannot_be_makes_no_memory),
    };
    return letter_run(tests);
}
