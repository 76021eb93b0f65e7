/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a ValueSet, a CodeSystem or a Bundle of them: refused with a reason, or worked out; every code that a set
 * lists is a member of it, and nothing is above or below itself wrongly. */
#include <stdlib.h>

#include "terms/terms.h"
#include "terms/terms_int.h"
#include "fhir/fhir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct terms *v, struct arena *mem)
{
    for (size_t slot = 0; slot < TERMS_SLOTS; slot++)
        for (const struct terms_set *s = v->sets[slot]; s != NULL; s = s->next) {
            const struct expr_code *codes;
            uint32_t count;
            bool is_whole = terms_set_codes(s, &codes, &count);
            for (uint32_t i = 0; i < count; i++)
                if (terms_set_has(s, &codes[i]) == EXPR_FALSE) abort();
            const struct expr_code none = {.code = STR("\x01"), .system = STR("\x02")};
            if (is_whole && terms_set_has(s, &none) == EXPR_TRUE) abort();
        }
    for (const struct terms_system *s = v->systems; s != NULL; s = s->next)
        for (uint32_t i = 0; i < s->bag.count && i < 20; i++)
            for (uint32_t k = 0; k < s->bag.count && k < 20; k++)
                if (terms_subsumes(v, &s->bag.codes[i], &s->bag.codes[k], mem) == EXPR_FALSE && i == k) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0}, ignored = {0};
    struct tape tape;
    struct terms *v = terms_make(mem);
    enum salve_code code = fhir_read(str_make((const char *)data, size), NULL, mem, &tape, NULL, &ignored);
    if (v != NULL && (code == SALVE_OK || code == SALVE_E_INVALID)) {
        code = terms_add(v, &tape, &err);
        if (code == SALVE_OK) code = terms_done(v, &err);
        if (code == SALVE_OK) ask(v, mem);
        if (code != SALVE_OK && err.code != code) abort(); /* an error says what it is */
    }
    arena_close(mem);
    return 0;
}
