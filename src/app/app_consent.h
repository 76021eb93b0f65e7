/* SPDX-License-Identifier: Apache-2.0
 * app_consent - forms and agreements as several commands need them. */
#ifndef SALVE_APP_CONSENT_H
#define SALVE_APP_CONSENT_H

#include "app/app_int.h"
#include "consent/consent.h"

/* app_purpose - --purpose; E_USAGE if it is missing, unknown, or own access (which needs no agreement). */
SALVE_MUST_USE enum salve_code app_purpose(const struct app *app, enum purpose *out, struct salve_err *err);

/* app_form_load - the form of a purpose in --lang and version --form (the newest), its digest filled in. */
SALVE_MUST_USE enum salve_code app_form_load(struct app *app, enum purpose purpose, struct consent_form *out,
                                             struct salve_err *err);

SALVE_MUST_USE enum salve_code app_form_load_in(struct app *app, enum purpose purpose, struct str lang,
                                                struct consent_form *out, struct salve_err *err);

/* app_grant_fill - one agreement from the options; without --read-back the form is gone through on the terminal. */
SALVE_MUST_USE enum salve_code app_grant_fill(struct app *app, struct consent_grant *grant, struct salve_err *err);

/* app_receipt_json - a receipt as JSON: what it is about, when, its leaf and proof; text STR_NONE: no words. */
struct rec_receipt;
SALVE_MUST_USE enum salve_code app_receipt_json(struct app *app, const char *kind, enum purpose purpose,
                                                const char *until, const struct rec_receipt *receipt, struct str text,
                                                struct str *out, struct salve_err *err);

#endif
