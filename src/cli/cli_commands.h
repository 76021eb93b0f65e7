/* SPDX-License-Identifier: Apache-2.0
 * cli_commands - one function a command; each is the whole of what its command does. */
#ifndef SALVE_CLI_COMMANDS_H
#define SALVE_CLI_COMMANDS_H

#include "cli/cli_int.h"

enum salve_code cli_completion(struct cli *cli, struct salve_err *err);
enum salve_code cli_consent_form(struct cli *cli, struct salve_err *err);
enum salve_code cli_consent_give(struct cli *cli, struct salve_err *err);
enum salve_code cli_consent_list(struct cli *cli, struct salve_err *err);
enum salve_code cli_cql_measure(struct cli *cli, struct salve_err *err);
enum salve_code cli_cql_run(struct cli *cli, struct salve_err *err);
enum salve_code cli_demo(struct cli *cli, struct salve_err *err);
enum salve_code cli_doctor(struct cli *cli, struct salve_err *err);
enum salve_code cli_enrol(struct cli *cli, struct salve_err *err);
enum salve_code cli_erase(struct cli *cli, struct salve_err *err);
enum salve_code cli_explain(struct cli *cli, struct salve_err *err);
enum salve_code cli_fhir_validate(struct cli *cli, struct salve_err *err);
enum salve_code cli_fhirpath(struct cli *cli, struct salve_err *err);
enum salve_code cli_guideline_accept(struct cli *cli, struct salve_err *err);
enum salve_code cli_guideline_check(struct cli *cli, struct salve_err *err);
enum salve_code cli_guideline_list(struct cli *cli, struct salve_err *err);
enum salve_code cli_guideline_new(struct cli *cli, struct salve_err *err);
enum salve_code cli_guideline_test(struct cli *cli, struct salve_err *err);
enum salve_code cli_help(struct cli *cli, struct salve_err *err);
enum salve_code cli_import(struct cli *cli, struct salve_err *err);
enum salve_code cli_init(struct cli *cli, struct salve_err *err);
enum salve_code cli_keys_change(struct cli *cli, struct salve_err *err);
enum salve_code cli_keys_rotate(struct cli *cli, struct salve_err *err);
enum salve_code cli_letter(struct cli *cli, struct salve_err *err);
enum salve_code cli_looked(struct cli *cli, struct salve_err *err);
enum salve_code cli_man(struct cli *cli, struct salve_err *err);
enum salve_code cli_screen(struct cli *cli, struct salve_err *err);
enum salve_code cli_sign(struct cli *cli, struct salve_err *err);
enum salve_code cli_staff(struct cli *cli, struct salve_err *err);
enum salve_code cli_take(struct cli *cli, struct salve_err *err);
enum salve_code cli_verify(struct cli *cli, struct salve_err *err);
enum salve_code cli_version(struct cli *cli, struct salve_err *err);
enum salve_code cli_withdraw(struct cli *cli, struct salve_err *err);

#endif
