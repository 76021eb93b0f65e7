/* SPDX-License-Identifier: Apache-2.0
 *
 * ips - an International Patient Summary: one FHIR document Bundle of what is recorded of one person, for somebody who
 * has to treat them and never saw them. Resources in, JSON out; no I/O, no clock.
 *
 *     struct ips_ask ask = {.resources = list, .count = n, .custodian = name, .uuid = uuid, .now_unix_ms = now};
 *     code = ips_write(&ask, mem, &json, err);                  // E_NOT_FOUND: there is no Patient among them
 *
 * What stands in it:
 * - What counts: drafts, first results, what was taken back, refuted or not done is left out. Of each measurement and
 *   result the newest IPS_NEWEST_OF_EACH; a member or result of a report comes with it.
 * - A section in which nothing is says "not asked", never "none known": that nothing is recorded is no finding.
 * - Resources are as they were saved. References to what is not in the document are left out, since they lead nowhere.
 * - What is not known of a Patient and has to be there says so (data-absent-reason).
 *
 * Source: HL7 International Patient Summary 2.0.0 (Bundle-uv-ips, Composition-uv-ips, "Empty Sections and Missing
 * Data"); FHIR R4, documents. */
#ifndef SALVE_IPS_IPS_H
#define SALVE_IPS_IPS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "fhir/tape.h"

#define IPS_BUNDLE      "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"
#define IPS_COMPOSITION "http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips"
#define IPS_VERSION     "2.0.0"

enum { IPS_NEWEST_OF_EACH = 3, IPS_UUID_CHARS = 36 };

/* A resource of the person, in its newest version. */
struct ips_resource {
    struct str type, id;
    const struct tape *tape;
};

struct ips_ask {
    const struct ips_resource *resources; /* those of the summary's classes; the caller leaves out what is not shared */
    size_t count;
    struct str custodian; /* name of the clinic, which answers for the record */
    struct str uuid;      /* of this document, in lower case: a number that no other document has */
    int64_t now_unix_ms;
};

/* ips_write - the document, compact, in mem; nothing of it refers to the ask.
 *   errors   E_NOT_FOUND: no Patient; E_TOO_BIG; E_MEMORY */
SALVE_MUST_USE enum salve_code ips_write(const struct ips_ask *ask, struct arena *mem, struct str *json,
                                         struct salve_err *err);

#endif
