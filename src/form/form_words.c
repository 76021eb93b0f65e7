/* SPDX-License-Identifier: Apache-2.0
 * Words of a form: English, and by the extension `translation` every other language that its title has. */
#include "form/form_int.h"

#define TRANSLATION STR("http://hl7.org/fhir/StructureDefinition/translation")

/* The language and the words of a translation; false: it is another extension, or says not both. */
static bool translation_of(const struct tape *tape, tape_at extension, struct str *language, struct str *content)
{
    *language = *content = STR_NONE;
    if (!str_eq(tape_child_text(tape, extension, "url"), TRANSLATION)) return false;
    for (tape_at c = tape_first(tape, extension); c != TAPE_NONE; c = tape_next(tape, extension, c)) {
        if (tape_type(tape, c) != FHIR_T_Extension) continue;
        tape_at value = form_value_of(tape, c);
        if (value == TAPE_NONE) continue;
        if (str_is(tape_child_text(tape, c, "url"), "lang")) *language = tape_text(tape, value);
        if (str_is(tape_child_text(tape, c, "url"), "content")) *content = tape_text(tape, value);
    }
    return language->len > 0 && content->len > 0;
}

size_t form_language_number(const struct form *form, struct str language)
{
    for (size_t i = 0; i < form->language_count; i++)
        if (str_eq(form->languages[i], language)) return i;
    return 0;
}

struct str form_word(const struct form_words *words, size_t language)
{
    return words->in[language].len > 0 ? words->in[language] : words->in[0];
}

enum salve_code form_languages_read(const struct form_reading *r, tape_at title)
{
    struct form *form = r->form;
    form->languages[form->language_count++] = STR("en");
    for (tape_at c = tape_first(r->tape, title); c != TAPE_NONE; c = tape_next(r->tape, title, c)) {
        struct str language, content;
        if (!translation_of(r->tape, c, &language, &content))
            return form_bad(r, NULL, "title", "a translation has its language and its words");
        if (form->language_count == FORM_LANGUAGES_MAX) return form_bad(r, NULL, "title", "too many languages");
        if (form_language_number(form, language) > 0 || str_is(language, "en"))
            return form_bad(r, NULL, "title", "a language is there twice");
        form->languages[form->language_count++] = language;
    }
    return SALVE_OK;
}

enum salve_code form_words_read(const struct form_reading *r, const struct form_item *item, tape_at primitive,
                                const char *what, struct form_words *out)
{
    const struct form *form = r->form;
    out->in[0] = tape_text(r->tape, primitive);
    if (out->in[0].len == 0) return form_bad(r, item, what, "it has no words");
    for (tape_at c = tape_first(r->tape, primitive); c != TAPE_NONE; c = tape_next(r->tape, primitive, c)) {
        struct str language, content;
        if (!translation_of(r->tape, c, &language, &content))
            return form_bad(r, item, what, "a translation has its language and its words");
        size_t number = form_language_number(form, language);
        if (number == 0) return form_bad(r, item, what, "it is in a language that the title does not have");
        if (out->in[number].len > 0) return form_bad(r, item, what, "a language is there twice");
        out->in[number] = content;
    }
    for (size_t i = 1; i < form->language_count; i++)
        if (out->in[i].len == 0) return form_bad(r, item, what, "a language of the title is missing");
    return SALVE_OK;
}
