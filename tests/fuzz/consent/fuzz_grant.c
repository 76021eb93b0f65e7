/* SPDX-License-Identifier: Apache-2.0
 * CONSENT records: what reads is written again as a record that reads the same, its FHIR form can be made, and the
 * decision over it never says yes to more than the purpose delivers. */
#include <stdlib.h>

#include "consent/consent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(4 << 20);
    struct consent_grant grant, again;
    struct str first, second, fhir;
    struct salve_err err = {0};
    if (consent_read(str_make((const char *)data, size), mem, &grant, &err) == SALVE_OK) {
        enum salve_code code = consent_write(&grant, mem, &first, NULL);
        need(code == SALVE_OK || code == SALVE_E_TOO_BIG);
        if (code == SALVE_OK) {
            need(consent_read(first, mem, &again, NULL) == SALVE_OK);
            need(consent_write(&again, mem, &second, NULL) == SALVE_OK && str_eq(first, second));
            const struct consent_fhir_names names = {
                .id = STR("i"), .patient = STR("Patient/i"), .form_base = STR("https://example.org")};
            (void)!consent_fhir(&again, &names, 1775000000, mem, &fhir, NULL);
        }
        struct consent_decision decision = consent_stands(&grant, 1, grant.purpose, grant.at_unix_s + 60, NULL);
        need((decision.classes & ~(purpose_classes(grant.purpose) | CLASS_BIT(CLASS_SENS))) == 0);
        need(grant.state == CONSENT_GIVEN || !consent_is_asked(grant.purpose) || !decision.allowed);
    }
    arena_close(mem);
    return 0;
}
