/* SPDX-License-Identifier: Apache-2.0
 * Frames: a language of letters is one file and nothing in C. Works on a copy of the English frame in a folder of its
 * own; the third language has the words of English, and comma, fonts and direction of its own. */
#include "letter_case.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[256], command[20000];

static int copy(void **state)
{
    const char *tmp = getenv("TMPDIR");
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/salve-letter-%d", tmp == NULL ? "/tmp" : tmp, (int)getpid());
    (void)snprintf(command, sizeof command,
                   "rm -rf '%s' && mkdir -p '%s/guidelines' '%s/letters' && cp -R '%s/guidelines/lib' "
                   "'%s/guidelines/blood-pressure' '%s/guidelines' && cp '%s/ranges.json' '%s/'",
                   folder, folder, folder, share, share, folder, share, folder);
    return system(command);
}

static int drop(void **state)
{
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static struct str read_text(const char *root, const char *name)
{
    struct str text;
    assert_ok(file_read(arena_printf(mem, "%s/%s", root, name).ptr, 1 << 20, mem, &text, NULL));
    return text;
}

static struct str replaced(struct str text, const char *from, const char *to)
{
    ptrdiff_t at = str_find(text, str_of(from));
    if (at < 0) fail_msg("no %s", from);
    struct str rest = str_cut(text, (size_t)at + strlen(from), text.len);
    return arena_printf(mem, "%.*s%s%.*s", STR_ARGS(str_cut(text, 0, (size_t)at)), to, STR_ARGS(rest));
}

/* The English frame with one thing changed, as the frame of `language`. */
static enum salve_code load_changed(const char *language, const char *from, const char *to, struct salve_err *err)
{
    struct letter_frame *frame = NULL;
    struct str text = replaced(read_text(share, "letters/frame.en.json"), from, to);
    assert_ok(file_write(arena_printf(mem, "%s/letters/frame.%s.json", folder, language).ptr, text, 0644, NULL));
    memset(err, 0, sizeof *err);
    return letter_frame_load(folder, str_of(language), mem, &frame, err);
}

static void a_frame_without_a_word_is_refused_and_the_word_named(void **state)
{
    (void)state;
    static const char *const keys[] = {"language", "direction",   "comma",     "fonts",    "line-spacing",
                                       "title",    "answer.soon", "next.none", "month.12", "mark.see"};
    struct salve_err err;
    assert_code(load_changed("en", "\"title\"", "\"title\"", &err), SALVE_OK);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *key = arena_printf(mem, "\"%s\":", keys[i]).ptr;
        assert_code(load_changed("en", key, arena_printf(mem, "\"x%s\":", keys[i]).ptr, &err), SALVE_E_INVALID);
        if (strstr(t_where(&err), keys[i]) == NULL) fail_msg("%s: %s", keys[i], t_where(&err));
        assert_non_null(strstr(t_where(&err), "frame.en.json"));
    }
}

static void fonts_and_spacing_of_a_frame_are_checked(void **state)
{
    (void)state;
    static const char *const fonts[] = {"Noto Sans, Noto Sans Arabic", "</style><script>", "x';}", "Noto Sans;"};
    static const char *const spacings[] = {"1.08", "0", "0.4", "2.1", "wide", "-1"};
    struct salve_err err;
    for (size_t i = 0; i < sizeof fonts / sizeof *fonts; i++) {
        enum salve_code code = load_changed("en", fonts[0], fonts[i], &err);
        assert_code(code, i == 0 ? SALVE_OK : SALVE_E_INVALID);
        if (i > 0) assert_non_null(strstr(t_where(&err), "fonts"));
    }
    for (size_t i = 0; i < sizeof spacings / sizeof *spacings; i++) {
        enum salve_code code = load_changed("en", spacings[0], spacings[i], &err);
        assert_code(code, i == 0 ? SALVE_OK : SALVE_E_INVALID);
        if (i > 0) assert_non_null(strstr(t_where(&err), "line-spacing"));
    }
}

static void a_language_is_a_short_code(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "e", "EN", "e/n", "..", "en.json", "longlonglang"};
    struct letter_frame *frame = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_code(letter_frame_load(share, str_of(bad[i]), mem, &frame, NULL), SALVE_E_USAGE);
    assert_code(letter_frame_load(share, STR("zz"), mem, &frame, NULL), SALVE_E_NOT_FOUND);
}

static void a_broken_frame_is_told_with_its_place(void **state)
{
    (void)state;
    struct salve_err err;
    assert_code(load_changed("en", "\"title\": ", "\"title\": ,", &err), SALVE_E_SYNTAX);
}

/* Words of English under another code; the comma, the direction and the face are the new language's. */
static void a_third_language_is_one_frame_and_words_of_guidelines(void **state)
{
    (void)state;
    struct salve_err err;
    struct letter_frame *frame = NULL;
    struct guideline *guideline = NULL;
    struct letter *letter = NULL;
    struct str text = read_text(share, "letters/frame.en.json");
    text = replaced(text, "\"language\": \"en\"", "\"language\": \"xx\"");
    text = replaced(text, "\"comma\": \", \"", "\"comma\": \" | \"");
    text = replaced(text, "\"fonts\": \"Noto Sans, Noto Sans Arabic\"", "\"fonts\": \"Noto Sans\"");
    text = replaced(text, "\"direction\": \"ltr\"", "\"direction\": \"rtl\"");
    assert_ok(file_write(arena_printf(mem, "%s/letters/frame.xx.json", folder).ptr, text, 0644, NULL));
    text = read_text(share, "guidelines/blood-pressure/letter.en.json");
    text = replaced(text, "\"language\": \"en\"", "\"language\": \"xx\"");
    assert_ok(
        file_write(arena_printf(mem, "%s/guidelines/blood-pressure/letter.xx.json", folder).ptr, text, 0644, NULL));
    assert_ok(guideline_load(folder, STR("blood-pressure"), mem, &guideline, &err));
    assert_ok(letter_frame_load(folder, STR("xx"), mem, &frame, &err));
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    struct letter_ask ask = {.findings = &finding,
                             .finding_count = 1,
                             .guidelines = &guideline,
                             .guideline_count = 1,
                             .date = STR("2026-11-20")};
    assert_ok(letter_compose(&ask, frame, mem, &letter, &err));
    assert_true(says(letter->lines[0].why, "mmHg | lower number"));
    struct str html = html_of(letter);
    assert_true(says(html, "<html lang=\"xx\" dir=\"rtl\">"));
    assert_true(says(html, "font:18px/1.5 'Noto Sans',sans-serif"));
    assert_false(says(html, "Arabic"));
    assert_true(str_starts(pdf_of(letter), STR("%PDF-1.")));
}

static void a_missing_font_is_named_and_no_page_of_boxes(void **state)
{
    (void)state;
    struct finding finding = pressure("normal", "routine", URGENCY_NONE, "");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct letter letter = *compose(&ask, "en");
    struct salve_err err = {0};
    struct buf out;
    letter.fonts = STR("Noto Sans, No Such Face");
    buf_init(&out, mem, 1 << 20);
    assert_code(letter_pdf(&letter, &out, &err), SALVE_E_CONFIG);
    assert_non_null(strstr(t_where(&err), "No Such Face"));
    assert_int_equal(buf_str(&out).len, 0);
}

#define on_a_copy(test) cmocka_unit_test_setup_teardown(test, copy, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_a_copy(a_frame_without_a_word_is_refused_and_the_word_named),
        on_a_copy(fonts_and_spacing_of_a_frame_are_checked),
        cmocka_unit_test(a_language_is_a_short_code),
        on_a_copy(a_broken_frame_is_told_with_its_place),
        on_a_copy(a_third_language_is_one_frame_and_words_of_guidelines),
        cmocka_unit_test(a_missing_font_is_named_and_no_page_of_boxes),
    };
    return letter_run(tests);
}
