/* SPDX-License-Identifier: Apache-2.0
 * app_commands - one function a command; each is the whole of what its command does. */
#ifndef SALVE_APP_COMMANDS_H
#define SALVE_APP_COMMANDS_H

#include "app/app_int.h"

enum salve_code app_completion(struct app *app, struct salve_err *err);
enum salve_code app_consent_form(struct app *app, struct salve_err *err);
enum salve_code app_consent_give(struct app *app, struct salve_err *err);
enum salve_code app_consent_list(struct app *app, struct salve_err *err);
enum salve_code app_cql_measure(struct app *app, struct salve_err *err);
enum salve_code app_cql_run(struct app *app, struct salve_err *err);
enum salve_code app_demo(struct app *app, struct salve_err *err);
enum salve_code app_doctor(struct app *app, struct salve_err *err);
enum salve_code app_enrol(struct app *app, struct salve_err *err);
enum salve_code app_erase(struct app *app, struct salve_err *err);
enum salve_code app_explain(struct app *app, struct salve_err *err);
enum salve_code app_fhir_validate(struct app *app, struct salve_err *err);
enum salve_code app_fhirpath(struct app *app, struct salve_err *err);
enum salve_code app_guideline_accept(struct app *app, struct salve_err *err);
enum salve_code app_guideline_check(struct app *app, struct salve_err *err);
enum salve_code app_guideline_list(struct app *app, struct salve_err *err);
enum salve_code app_guideline_new(struct app *app, struct salve_err *err);
enum salve_code app_guideline_test(struct app *app, struct salve_err *err);
enum salve_code app_help(struct app *app, struct salve_err *err);
enum salve_code app_import(struct app *app, struct salve_err *err);
enum salve_code app_init(struct app *app, struct salve_err *err);
enum salve_code app_keys_change(struct app *app, struct salve_err *err);
enum salve_code app_keys_rotate(struct app *app, struct salve_err *err);
enum salve_code app_letter(struct app *app, struct salve_err *err);
enum salve_code app_looked(struct app *app, struct salve_err *err);
enum salve_code app_man(struct app *app, struct salve_err *err);
enum salve_code app_screen(struct app *app, struct salve_err *err);
enum salve_code app_sign(struct app *app, struct salve_err *err);
enum salve_code app_staff(struct app *app, struct salve_err *err);
enum salve_code app_take(struct app *app, struct salve_err *err);
enum salve_code app_verify(struct app *app, struct salve_err *err);
enum salve_code app_version(struct app *app, struct salve_err *err);
enum salve_code app_withdraw(struct app *app, struct salve_err *err);

#endif
