/* SPDX-License-Identifier: Apache-2.0
 * Consent forms: whatever is taken for a form is complete and plain. */
#include <stdlib.h>

#include "consent/consent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(32 << 20);
    struct str text = str_make((const char *)data, size);
    struct consent_form form;
    struct salve_err err = {0};
    if (consent_form_parse(text, "form", mem, &form, &err) == SALVE_OK) {
        bool is_whole = form.words <= CONSENT_FORM_WORDS_MAX && form.read_back_count >= CONSENT_READ_BACKS_MIN &&
                        form.days > 0 && form.days <= consent_days_max(form.purpose) && str_eq(form.bytes, text);
        for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++) is_whole = is_whole && form.sections[i].text.len > 0;
        if (!is_whole) abort();
    } else if (err.code == SALVE_OK || (err.line == 0 && err.element[0] == '\0')) {
        abort();
    }
    (void)consent_form_grade(text);
    if (consent_word_count(text) > size / 2 + 1) abort();
    arena_close(mem);
    return 0;
}
