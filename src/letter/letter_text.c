/* SPDX-License-Identifier: Apache-2.0
 * The third rendering of the description: plain lines for a terminal, in the order of the page. */
#include "letter/letter_int.h"

static void line(struct buf *out, const char *before, struct str text)
{
    if (text.len > 0) buf_addf(out, "%s%.*s\n", before, STR_ARGS(text));
}

static void step(struct buf *out, const struct letter_step *one)
{
    buf_addf(out, "  %.*s", STR_ARGS(one->what));
    if (one->when.len > 0) buf_addf(out, " %.*s", STR_ARGS(one->when));
    if (one->why.len > 0) buf_addf(out, " %.*s", STR_ARGS(one->why));
    buf_add_char(out, '\n');
    line(out, "    ", one->where);
}

static void result(const struct letter *letter, const struct letter_line *of, struct buf *out)
{
    buf_addf(out, "\n%.*s (%.*s)\n", STR_ARGS(of->name), STR_ARGS(letter->mark_words[of->mark]));
    line(out, "  ", of->value);
    line(out, "  ", of->headline);
    if (of->is_brief) return;
    line(out, "  ", of->meaning);
    line(out, "  ", of->before);
    line(out, "  ", of->dots_words);
}

void letter_text(const struct letter *letter, struct buf *out)
{
    line(out, "", letter->banner);
    line(out, "", letter->title);
    line(out, "", letter->person);
    line(out, "", letter->details);
    line(out, "\n", letter->answer);
    line(out, "", letter->told);
    line(out, "", letter->unconfirmed);
    if (letter->step_count > 0) line(out, "\n", letter->heading_steps);
    for (size_t i = 0; i < letter->step_count; i++) step(out, &letter->steps[i]);
    for (size_t i = 0; i < letter->line_count; i++) result(letter, &letter->lines[i], out);
    if (letter->note_count > 0) line(out, "\n", letter->heading_notes);
    for (size_t i = 0; i < letter->note_count; i++)
        buf_addf(out, "  %.*s: %.*s\n", STR_ARGS(letter->notes[i].name), STR_ARGS(letter->notes[i].text));
    line(out, "\n", letter->next_check);
    line(out, "", letter->worse);
    line(out, "", letter->diagnosis);
    line(out, "", letter->contact);
    line(out, "\n", letter->signed_by);
}
