/* SPDX-License-Identifier: Apache-2.0
 * Findings with their reasons. */
#include "cli/cli_findings.h"

#include "cli/cli_reply.h"
#include "fhir/outcome.h"
#include "visit/content.h"

int cli_urgency_status(enum urgency worst)
{
    if (worst == URGENCY_EMERGENCY_NOW) return 10;
    return worst == URGENCY_SAME_DAY ? 11 : 0;
}

static void add_label(struct buf *out, const struct guideline *guideline, struct str key)
{
    struct str label = guideline == NULL ? STR_NONE : guideline_word(guideline, STR("en"), "inputs", key);
    buf_add(out, label.len == 0 ? key : label);
}

/* Nothing came, too old, came and is not used, not asked: a line each. */
static void add_unmet(struct buf *out, const struct guideline *guideline, const struct finding *finding)
{
    static const char *const heads[] = {"missing:", "too old:", "queried:", "ask:"};
    struct finding_unmet unmet;
    enum finding_answer before = FINDING_MISSING;
    for (size_t i = 0; finding_unmet(finding, i, &unmet); i++) {
        bool is_first = i == 0 || unmet.answer != before;
        if (is_first) buf_addf(out, "%s    %-8s", i == 0 ? "" : "\n", heads[unmet.answer]);
        buf_add(out, is_first ? STR("") : STR(","));
        buf_add_char(out, ' ');
        add_label(out, guideline, unmet.label);
        if (unmet.note.len > 0) buf_addf(out, " (%.*s)", STR_ARGS(unmet.note));
        before = unmet.answer;
    }
    if (finding_unmet(finding, 0, &unmet)) buf_add_char(out, '\n');
}

static void add_inputs(struct buf *out, const struct guideline *guideline, const struct finding *finding)
{
    for (size_t i = 0; i < finding->input_count; i++) {
        const struct finding_input *input = &finding->inputs[i];
        buf_add(out, i == 0 ? STR("    used:   ") : STR(", "));
        add_label(out, guideline, input->label);
        buf_addf(out, " %.*s%s%.*s", STR_ARGS(input->value), input->unit.len > 0 ? " " : "", STR_ARGS(input->unit));
        if (input->date.len >= 10) buf_addf(out, " (%.10s)", input->date.ptr);
    }
    if (finding->input_count > 0) buf_add_char(out, '\n');
}

static void add_value(struct buf *out, const struct finding *finding)
{
    if (finding->value.len == 0) return;
    buf_addf(out, "  [%.*s", STR_ARGS(finding->value));
    if (finding->value2.len > 0) buf_addf(out, "/%.*s", STR_ARGS(finding->value2));
    bool has_unit = finding->unit.len > 0 && !str_is(finding->unit, "1");
    buf_addf(out, "%s%.*s]", has_unit ? " " : "", has_unit ? (int)finding->unit.len : 0, finding->unit.ptr);
}

static void add_action(struct buf *out, const struct finding *finding)
{
    if (finding->action.len > 0) buf_addf(out, " -> %.*s", STR_ARGS(finding->action));
    if (finding->meanwhile.len > 0) buf_addf(out, ", meanwhile %.*s", STR_ARGS(finding->meanwhile));
    buf_add_char(out, '\n');
}

/* "item: what was found  urgency -> action" */
static void add_answer(struct buf *out, const struct finding *finding)
{
    buf_addf(out, "  %.*s", STR_ARGS(finding->item));
    switch (finding->status) {
    case FINDING_ASSESSED:
        buf_addf(out, ": %.*s", STR_ARGS(finding->category));
        add_value(out, finding);
        if (finding->urgency != URGENCY_NONE) buf_addf(out, "  %s", urgency_text(finding->urgency));
        break;
    case FINDING_NOT_JUDGED:
        buf_add(out, STR(": not judged, its guideline ended with an error"));
        if (finding->action.len > 0) buf_addf(out, "  %s", urgency_text(finding->urgency));
        break;
    case FINDING_EXCLUDED:
        buf_addf(out, ": does not apply (%.*s)", STR_ARGS(finding->excluded));
        break;
    default:
        buf_add(out, finding->status == FINDING_QUERIED ? STR(": not assessed, measure again") : STR(": not assessed"));
        if (finding->action.len > 0) buf_addf(out, "  %s", urgency_text(finding->urgency));
    }
    add_action(out, finding);
}

static void finding_text(struct buf *out, const struct cli *cli, const struct finding *finding)
{
    const struct guideline *guideline = NULL;
    if (visit_guideline(cli->visit.content, finding->guideline, &guideline, NULL) != SALVE_OK) guideline = NULL;
    add_answer(out, finding);
    add_unmet(out, guideline, finding);
    if (str_is(finding->standing, "unconfirmed"))
        buf_add(out, STR("    note:   not yet confirmed by this clinic's doctor\n"));
    if (str_is(finding->standing, "site-lines"))
        buf_add(out, STR("    note:   judged by this site's own lines for its height above the sea\n"));
    add_inputs(out, guideline, finding);
    if (finding->status == FINDING_ASSESSED)
        buf_addf(out, "    why:    %.*s (%.*s %.*s), %.*s\n", STR_ARGS(finding->define), STR_ARGS(finding->guideline),
                 STR_ARGS(finding->version), STR_ARGS(finding->source));
    for (size_t i = 0; i < finding->because_count; i++)
        buf_addf(out, "            %.*s\n", STR_ARGS(finding->because[i]));
}

/* What cannot wait stands first, under a word that nobody reads past. */
static void add_heading(struct buf *out, const struct screen_found *findings, size_t at)
{
    enum urgency now = findings->list[at].urgency, before = at == 0 ? URGENCY_NONE : findings->list[at - 1].urgency;
    if (at > 0 && now == before) return;
    if (now == URGENCY_EMERGENCY_NOW) buf_add(out, STR("EMERGENCY NOW\n"));
    if (now == URGENCY_SAME_DAY) buf_add(out, STR("SAME DAY\n"));
    if (now > URGENCY_SAME_DAY && at > 0 && before <= URGENCY_SAME_DAY) buf_add(out, STR("NOT URGENT\n"));
}

enum salve_code cli_findings_print(const struct cli *cli, const struct screen_found *findings, struct salve_err *err)
{
    struct cli_reply reply;
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < findings->count; i++) {
        if (cli->is_json)
            finding_json(&findings->list[i], &reply.w);
        else {
            add_heading(&reply.out, findings, i);
            finding_text(&reply.out, cli, &findings->list[i]);
        }
    }
    return cli_reply_done(&reply, err);
}

void cli_drafts_print(const struct cli *cli, const struct visit_drafts *drafts)
{
    struct buf out;
    struct str text;
    struct screen_found all = {.list = drafts->set.findings, .count = drafts->set.count};
    buf_init(&out, cli->mem, 4 << 20);
    for (size_t i = 0; i < all.count; i++) {
        add_heading(&out, &all, i);
        add_answer(&out, &all.list[i]);
        if (screen_needs_told(&all.list[i]))
            buf_add(&out, drafts->told[i].is_told ? STR("    told\n") : STR("    NOT TOLD yet: salve told\n"));
    }
    if (buf_done(&out, &text, NULL) == SALVE_OK) cli_write_text(text);
}

void cli_draft_json(const struct finding *finding, const struct screen_told *told, struct cli_reply *reply)
{
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "guideline", finding->guideline);
    cli_reply_text(reply, "item", finding->item);
    cli_reply_text(reply, "status", str_of(finding_status_text(finding->status)));
    cli_reply_text(reply, "category", finding->category);
    cli_reply_text(reply, "urgency", str_of(urgency_text(finding->urgency)));
    cli_reply_text(reply, "value", finding->value);
    if (finding->value2.len > 0) cli_reply_text(reply, "value2", finding->value2);
    cli_reply_text(reply, "unit", finding->unit);
    cli_reply_bool(reply, "told", told->is_told);
    cli_reply_leave(reply);
}

/* The words that stand before everything else. */
static const char *call_for(enum urgency worst)
{
    if (worst == URGENCY_EMERGENCY_NOW) return "NOW: a clinician must come to this person";
    return worst == URGENCY_SAME_DAY ? "TODAY: a clinician must see this person" : NULL;
}

void cli_alarms_tell(const struct cli *cli, uint64_t line, const struct screen_found *findings)
{
    struct buf out;
    struct str text;
    enum urgency worst = visit_urgency(findings);
    buf_init(&out, cli->mem, 4 << 20);
    if (line > 0)
        buf_addf(&out, "line %llu: %s:", (unsigned long long)line, urgency_text(worst));
    else if (call_for(worst) != NULL)
        buf_addf(&out, "%s.\n", call_for(worst));
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *one = &findings->list[i];
        if (line > 0)
            buf_addf(&out, " %.*s", STR_ARGS(one->item));
        else if (!str_is(one->item, VISIT_KEPT_APART)) /* how many, and whether they are kept, is said with them */
            finding_text(&out, cli, one);
    }
    if (buf_done(&out, &text, NULL) == SALVE_OK && text.len > 0) cli_warn("%.*s", STR_ARGS(str_trim(text)));
}

void cli_outcome_print(const struct cli *cli, const struct fhir_issues *issues)
{
    struct buf out;
    struct str text;
    buf_init(&out, cli->mem, 4 << 20);
    outcome_add(issues, &out);
    buf_add_char(&out, '\n');
    if (buf_done(&out, &text, NULL) == SALVE_OK) cli_write(text);
}

/* --- what is kept apart ------------------------------------------------------------------------------------------- */

void cli_apart_screened(const struct screen_found *found)
{
    if (found->is_blind)
        cli_warn("What this person has kept apart was not judged: a clinician runs 'salve screen' for it.");
    if (found->said_count > 0)
        cli_warn("%zu of these findings are about what is kept apart (mood, alcohol, infections). The person did not "
                 "tick that: they\nare said here and not kept, and stand in no letter.",
                 found->said_count);
}

static void say_findings(const struct cli *cli, const struct visit_apart *apart)
{
    struct buf out;
    struct str text;
    buf_init(&out, cli->mem, 1 << 20);
    for (size_t i = 0; i < apart->found_count; i++) finding_text(&out, cli, &apart->found[i]);
    if (buf_done(&out, &text, NULL) == SALVE_OK) cli_warn("%.*s", STR_ARGS(text));
}

void cli_apart_came(const struct cli *cli, const struct visit_apart *apart)
{
    bool is_urgent = apart->urgency <= URGENCY_SAME_DAY;
    bool is_row = apart->subject.len > 0;
    if (is_urgent) cli_warn("%s%s%.*s.", call_for(apart->urgency), is_row ? ", row " : "", STR_ARGS(apart->subject));
    cli_warn("%zu of what came is kept apart (mood, alcohol, infections)%s", apart->count,
             apart->is_kept ? " and was stored so." : ". The person did not tick that: it was NOT STORED.");
    bool is_judged = apart->is_judged && apart->found_count > 0;
    if (!is_judged) cli_warn("It was NOT JUDGED: no guideline that is accepted here makes anything of it.");
    if (is_judged && apart->may_see) cli_warn("Judged now, and said here only:");
    if (is_judged && apart->may_see) say_findings(cli, apart);
    if (is_judged && !apart->may_see)
        cli_warn("It was judged: %zu findings, for a clinician to hear ('salve screen%s' as one shows them).",
                 apart->found_count, apart->is_kept ? "" : " --paper FILE");
}
