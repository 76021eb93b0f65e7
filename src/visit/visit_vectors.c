/* SPDX-License-Identifier: Apache-2.0
 * Vector families and who answers them: a guideline by its vectors.cql, or a plain function of the programme on the
 * cells of a row. */
#include "letter/letter.h"
#include "visit/content.h"

/* --- ranges ------------------------------------------------------------------------------------------------------- */

static struct str answer_range(void *with, const struct guideline_row *row, struct str column)
{
    const struct ranges *ranges = with;
    struct expr_decimal value;
    if (!expr_decimal_parse(guideline_cell(row, "value"), &value)) return STR_NONE;
    struct range_answer answer = ranges_judge(ranges, guideline_cell(row, "code"), value, guideline_cell(row, "unit"));
    return str_is(column, "exp_other_unit") ? answer.other_unit : str_of(range_state_text(answer.state));
}

static struct str answer_age(void *with, const struct guideline_row *row, struct str column)
{
    const struct ranges *ranges = with;
    int64_t days, limit;
    (void)column;
    if (!str_to_i64(guideline_cell(row, "days"), &days) ||
        !ranges_kind_days(ranges, guideline_cell(row, "kind"), &limit))
        return STR_NONE;
    return limit >= 0 && days > limit ? STR("too-old") : STR("ok");
}

/* --- the letter's headline ---------------------------------------------------------------------------------------- */

static uint32_t count_in(const struct guideline_row *row, const char *name)
{
    int64_t count;
    return str_to_i64(guideline_cell(row, name), &count) && count >= 0 ? (uint32_t)count : 0;
}

static struct str answer_headline(void *with, const struct guideline_row *row, struct str column)
{
    struct letter_tally tally = {.measured = count_in(row, "measured"),
                                 .judged = count_in(row, "judged"),
                                 .usual = count_in(row, "usual"),
                                 .danger_yes = str_is(guideline_cell(row, "danger_yes"), "yes"),
                                 .told = str_is(guideline_cell(row, "told"), "yes")};
    (void)with;
    bool is_whole = urgency_find(guideline_cell(row, "urgency"), &tally.urgency) && tally.usual <= tally.judged &&
                    tally.judged <= tally.measured;
    if (!is_whole) return STR_NONE;
    if (str_is(column, "exp_headline")) return str_of(letter_headline_text(letter_headline(&tally)));
    return str_is(column, "exp_words") ? str_of(letter_words(&tally))
           : letter_is_held(&tally)    ? STR("hold")
                                       : STR("print");
}

/* --- the next check ----------------------------------------------------------------------------------------------- */

static struct str answer_next_check(void *with, const struct guideline_row *row, struct str column)
{
    static const char *const reasons[] = {"a_reason", "b_reason"}, *const days[] = {"programme_days", "a_days",
                                                                                    "b_days"};
    struct letter_due dues[2];
    int64_t programme_days, of_cell;
    size_t count = 0;
    (void)with;
    for (size_t i = 0; i < 2; i++) {
        dues[count].reason = guideline_cell(row, reasons[i]);
        count += str_to_i64(guideline_cell(row, days[i + 1]), &dues[count].days);
    }
    if (!str_to_i64(guideline_cell(row, days[0]), &programme_days)) return STR_NONE;
    struct letter_due due = letter_next_check(programme_days, dues, count);
    if (str_is(column, "exp_reason")) return due.reason;
    for (size_t i = 0; i < 3; i++) /* the text of the number */
        if (str_to_i64(guideline_cell(row, days[i]), &of_cell) && of_cell == due.days)
            return guideline_cell(row, days[i]);
    return STR_NONE;
}

/* --- who answers -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *family;
    guideline_answer *answer;
} plain[] = {{"ranges", answer_range},
             {"input_age", answer_age},
             {"headline", answer_headline},
             {"next_check", answer_next_check}};

enum salve_code visit_test_vectors(const struct visit_content *content, struct str family, struct str csv,
                                   guideline_report *report, void *ctx, struct guideline_tally *tally,
                                   struct salve_err *err)
{
    const struct guideline *guideline = NULL;
    const struct ranges *ranges = NULL;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (str_is(family, plain[i].family)) {
            TRY(visit_ranges(content, &ranges, err));
            return guideline_test_plain(csv, plain[i].answer, (void *)ranges, report, ctx, tally, err);
        }
    TRY(visit_guideline_of(content, family, &guideline, err));
    return guideline_test_vectors(guideline, family, csv, report, ctx, tally, err);
}
