/* SPDX-License-Identifier: Apache-2.0
 * cli_screen - guidelines, findings and letters as several commands need them. */
#ifndef SALVE_CLI_SCREEN_H
#define SALVE_CLI_SCREEN_H

#include "cli/cli_int.h"
#include "fhir/tape.h"
#include "letter/letter.h"
#include "screen/screen.h"

struct cli_broken_guideline {
    struct str id;
    struct salve_err err;
};
struct cli_guidelines {
    struct str share;
    struct guideline **list;
    size_t count;
    struct cli_broken_guideline *broken;
    size_t broken_count;
    size_t left_out; /* folders that are not accepted at the site and were not looked at */
};

/* cli_guidelines_load - every guideline that loads; a folder that does not stands in `broken`, with why. */
SALVE_MUST_USE enum salve_code cli_guidelines_load(struct cli *cli, struct cli_guidelines *out, struct salve_err *err);

/* cli_guidelines_accepted - those that this site accepted in any version, and no others: what nobody uses here cannot
 * stop a check. One that is accepted and broken is the error. */
SALVE_MUST_USE enum salve_code cli_guidelines_accepted(struct cli *cli, struct site *site, struct cli_guidelines *out,
                                                       struct salve_err *err);

/* cli_guidelines_one - the guideline `id` alone. */
SALVE_MUST_USE enum salve_code cli_guidelines_one(struct cli *cli, const char *id, struct cli_guidelines *out,
                                                  struct salve_err *err);

/* cli_findings_print - a line a finding with its reason, or JSON. */
SALVE_MUST_USE enum salve_code cli_findings_print(const struct cli *cli, const struct cli_guidelines *guidelines,
                                                  const struct finding *findings, size_t count, struct salve_err *err);

/* cli_counts_print - how many people of one run fell into each category. */
SALVE_MUST_USE enum salve_code cli_counts_print(const struct cli *cli, struct screen_counts *counts,
                                                struct salve_err *err);

/* cli_tapes_read - the resources of a file about one person (Bundle, NDJSON or one resource). */
SALVE_MUST_USE enum salve_code cli_tapes_read(struct cli *cli, const char *path, struct tape **out, size_t *count,
                                              struct salve_err *err);

/* cli_bundle_split - each entry's resource as a tape of its own. */
SALVE_MUST_USE enum salve_code cli_bundle_split(const struct tape *bundle, struct arena *mem, struct tape **out,
                                                size_t *count, struct salve_err *err);

/* cli_is_patient - is the resource the Patient? */
bool cli_is_patient(const struct tape *tape);

/* cli_letter_write - composes the letter in `language` and writes it: .pdf or .html by the ending of path; NULL: HTML
 * on standard output. person may be NULL. */
SALVE_MUST_USE enum salve_code cli_letter_write(struct cli *cli, const struct cli_guidelines *guidelines,
                                                struct letter_ask *ask, const struct tape *patient,
                                                const char *language, const char *path, struct salve_err *err);

#endif
