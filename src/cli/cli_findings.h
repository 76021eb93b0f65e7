/* SPDX-License-Identifier: Apache-2.0
 * cli_findings - findings, for people and as JSON. */
#ifndef SALVE_CLI_FINDINGS_H
#define SALVE_CLI_FINDINGS_H

#include "cli/cli_int.h"
#include "visit/import.h"

/* cli_urgency_status - the exit status that says what cannot wait: 10 emergency-now, 11 same-day, else 0. */
int cli_urgency_status(enum urgency worst);

/* cli_alarms_tell - alarms of what just came, on standard error: they are said at once, and not kept. With a line (of
 * a file of many people) no value is shown; else the findings stand as cli_findings_print shows them. Also when
 * quiet. */
void cli_alarms_tell(const struct cli *cli, uint64_t line, const struct screen_found *findings);

/* cli_findings_print - a line a finding with its reason, or JSON. */
SALVE_MUST_USE enum salve_code cli_findings_print(const struct cli *cli, const struct screen_found *findings,
                                                  struct salve_err *err);

/* cli_drafts_print - what is about to be signed: a line a finding. cli_draft_json - one as an object. */
struct cli_reply;
void cli_drafts_print(const struct cli *cli, const struct visit_drafts *drafts);
void cli_draft_json(const struct finding *finding, const struct screen_told *told, struct cli_reply *reply);

/* cli_outcome_print - why a file was refused, as an OperationOutcome on standard output. */
struct fhir_issues;
void cli_outcome_print(const struct cli *cli, const struct fhir_issues *issues);

/* What is kept apart goes to standard error, always, and never beside what may be kept.
 * cli_apart_screened - what a run did with it. cli_apart_came - what came of it and was judged now: to a clinician
 * with the findings, to others that one has to be called. */
void cli_apart_screened(const struct screen_found *found);
void cli_apart_came(const struct cli *cli, const struct visit_apart *apart);

#endif
