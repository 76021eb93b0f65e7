/* SPDX-License-Identifier: Apache-2.0
 *
 * commons - what is about no person: documents of a site (accepted guidelines, forms, ...). The second door of the
 * gate; a site is opened with site.h, staff is in staff.h.
 *
 *     code = commons_put(site, clinician, STR("accepted"), STR("bp"), STR("{}"), err);
 *     if (code == SALVE_OK) code = commons_get(site, STR("accepted"), STR("bp"), mem, &bytes, err);
 */
#ifndef SALVE_RECORDS_COMMONS_H
#define SALVE_RECORDS_COMMONS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

struct site;

/* Checksummed documents, readable by all staff, versions kept: accepted guidelines, forms, settings, staff. kind and id
 * are 1..64 of [a-z0-9._-]. A new version leaves a public leaf (0x07) with the hash. */
SALVE_MUST_USE enum salve_code commons_put(struct site *site, struct actor actor, struct str kind, struct str id,
                                           struct str bytes, struct salve_err *err);

/* A file beside documents: kept once, by its SHA-256, compressed; it has no versions and no leaf of its own, since the
 * documents that name it do. */
enum { COMMONS_SHA256_BYTES = 32 };
struct commons_file {
    uint8_t sha256[COMMONS_SHA256_BYTES];
    struct str bytes;
};

/* commons_put_with - commons_put, and the files that the document names, in one transaction: all of it or nothing.
 * commons_files - the bytes of each sha256, at most bytes_max together. E_NOT_FOUND;
 * E_INTEGRITY: it is not what was kept */
SALVE_MUST_USE enum salve_code commons_put_with(struct site *site, struct actor actor, struct str kind, struct str id,
                                                struct str bytes, const struct commons_file *files, size_t count,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code commons_files(struct site *site, struct commons_file *files, size_t count,
                                             size_t bytes_max, struct arena *mem, struct salve_err *err);

/* commons_get - newest version. E_NOT_FOUND; E_INTEGRITY if its checksum fails; E_INVALID: staff, see staff.h. */
SALVE_MUST_USE enum salve_code commons_get(struct site *site, struct str kind, struct str id, struct arena *mem,
                                           struct str *bytes, struct salve_err *err);

/* commons_list - for tests: ids of a kind, sorted. */
SALVE_MUST_USE enum salve_code commons_list(struct site *site, struct str kind, struct arena *mem, struct str **ids,
                                            size_t *count, struct salve_err *err);

#endif
