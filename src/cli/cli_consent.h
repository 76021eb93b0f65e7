/* SPDX-License-Identifier: Apache-2.0
 * cli_consent - forms and agreements as several commands need them. */
#ifndef SALVE_CLI_CONSENT_H
#define SALVE_CLI_CONSENT_H

#include "cli/cli_int.h"
#include "consent/consent.h"
#include "records/rec.h"

/* cli_purpose - --purpose; E_USAGE if it is missing, unknown, or own access (which needs no agreement). */
SALVE_MUST_USE enum salve_code cli_purpose(const struct cli *cli, enum purpose *out, struct salve_err *err);

/* cli_form_load - the form of a purpose in --lang and version --form (the newest), its digest filled in. */
SALVE_MUST_USE enum salve_code cli_form_load(struct cli *cli, enum purpose purpose, struct consent_form *out,
                                             struct salve_err *err);

SALVE_MUST_USE enum salve_code cli_form_load_in(struct cli *cli, enum purpose purpose, struct str lang,
                                                struct consent_form *out, struct salve_err *err);

/* cli_grant_fill - one agreement from the options; without --read-back the form is gone through on the terminal. */
SALVE_MUST_USE enum salve_code cli_grant_fill(struct cli *cli, struct consent_grant *grant, struct salve_err *err);

/* cli_receipt_json - a receipt as JSON: what it is about, when, its leaf and proof; text STR_NONE: no words. */
struct rec_receipt;
SALVE_MUST_USE enum salve_code cli_receipt_json(struct cli *cli, const char *kind, enum purpose purpose,
                                                const char *until, const struct rec_receipt *receipt, struct str text,
                                                struct str *out, struct salve_err *err);

#endif
