/* SPDX-License-Identifier: Apache-2.0
 * The fields of a description in their order, with their limits; docs/formats/letter.md lists the same. */
#include "paper/paper_int.h"

enum {
    TEXT_MAX = 64 << 10, /* a name has 2,000 bytes at most, a text of a guideline some hundred */
    LINES_MAX = 1000,    /* results, steps, sources: some hundred guidelines' worth */
    NOTES_MAX = 4000,    /* one a value that nobody judges */
    SCALES_MAX = 2,      /* a finding has two values at most */
    BANDS_MAX = 64,
    POINTS_MAX = 256
};

/* STRUCT is the struct whose layout is written; each row says member, kind and limit. */
#define FIELD(member, how, limit)                                                                                      \
    {                                                                                                                  \
        .name = #member, .kind = (how), .at = offsetof(STRUCT, member), .bytes = sizeof((STRUCT *)NULL)->member,       \
        .max = (limit)                                                                                                 \
    }
#define LISTED(how, member, counter, layout, limit)                                                                    \
    {                                                                                                                  \
        .name = #member, .kind = (how), .at = offsetof(STRUCT, member), .count_at = offsetof(STRUCT, counter),         \
        .bytes = sizeof((STRUCT *)NULL)->member, .max = (limit), .of = &(layout)                                       \
    }
#define TEXT(member)                   FIELD(member, PAPER_TEXT, TEXT_MAX)
#define FLAG(member)                   FIELD(member, PAPER_FLAG, 1)
#define NUMBER(member)                 FIELD(member, PAPER_NUMBER, 0)
#define COUNT(member, max)             FIELD(member, PAPER_COUNT, max)
#define CHOICE(member, below)          FIELD(member, PAPER_CHOICE, (below)-1)
#define LIST(member, counter, of, max) LISTED(PAPER_LIST, member, counter, of, max)
#define ROWS(member, counter, of, max) LISTED(PAPER_ROWS, member, counter, of, max)
#define PART(member, layout)                                                                                           \
    {                                                                                                                  \
        .name = #member, .kind = PAPER_PART, .at = offsetof(STRUCT, member), .bytes = sizeof((STRUCT *)NULL)->member,  \
        .of = &(layout)                                                                                                \
    }
#define LAYOUT(of)                                                                                                     \
    {                                                                                                                  \
        sizeof(STRUCT), of, sizeof of / sizeof *of                                                                     \
    }

#define STRUCT struct str
static const struct paper_field text_fields[] = {
    {.name = "sources", .kind = PAPER_TEXT, .bytes = sizeof(struct str), .max = TEXT_MAX}};
static const struct paper_layout text_layout = LAYOUT(text_fields);
#undef STRUCT

#define STRUCT struct letter_band
static const struct paper_field band_fields[] = {NUMBER(to), TEXT(word), FLAG(is_here)};
static const struct paper_layout band_layout = LAYOUT(band_fields);
#undef STRUCT

#define STRUCT struct letter_scale
static const struct paper_field scale_fields[] = {
    TEXT(label), NUMBER(from), NUMBER(to), NUMBER(at), TEXT(at_text), LIST(bands, band_count, band_layout, BANDS_MAX)};
static const struct paper_layout scale_layout = LAYOUT(scale_fields);
#undef STRUCT

#define STRUCT struct chart_point
static const struct paper_field point_fields[] = {NUMBER(x), NUMBER(y)};
static const struct paper_layout point_layout = LAYOUT(point_fields);
#undef STRUCT

#define STRUCT struct letter_line
static const struct paper_field line_fields[] = {TEXT(name),
                                                 TEXT(headline),
                                                 TEXT(value),
                                                 TEXT(meaning),
                                                 TEXT(why),
                                                 COUNT(source, LINES_MAX),
                                                 CHOICE(mark, LETTER_MARK_COUNT),
                                                 CHOICE(urgency, URGENCY_COUNT),
                                                 FLAG(is_brief),
                                                 LIST(scales, scale_count, scale_layout, SCALES_MAX),
                                                 TEXT(before),
                                                 LIST(points, point_count, point_layout, POINTS_MAX),
                                                 COUNT(dots, LETTER_DOTS),
                                                 TEXT(dots_words)};
static const struct paper_layout line_layout = LAYOUT(line_fields);
#undef STRUCT

#define STRUCT struct letter_step
static const struct paper_field step_fields[] = {TEXT(what), TEXT(when), TEXT(why), TEXT(where),
                                                 CHOICE(urgency, URGENCY_COUNT)};
static const struct paper_layout step_layout = LAYOUT(step_fields);
#undef STRUCT

#define STRUCT struct letter_note
static const struct paper_field note_fields[] = {TEXT(name), TEXT(text)};
static const struct paper_layout note_layout = LAYOUT(note_fields);
#undef STRUCT

_Static_assert(LETTER_MARK_COUNT == 4, "one text a mark");
#define STRUCT struct letter
static const struct paper_field letter_fields[] = {TEXT(language),
                                                   TEXT(comma),
                                                   TEXT(fonts),
                                                   NUMBER(line_spacing),
                                                   CHOICE(paper, LETTER_PAPER_US + 1),
                                                   FLAG(has_arabic_digits),
                                                   FLAG(is_rtl),
                                                   TEXT(title),
                                                   TEXT(answer),
                                                   TEXT(banner),
                                                   TEXT(person),
                                                   TEXT(details),
                                                   FLAG(is_urgent),
                                                   COUNT(urgent_step_count, LINES_MAX),
                                                   TEXT(told),
                                                   TEXT(unconfirmed),
                                                   LIST(lines, line_count, line_layout, LINES_MAX),
                                                   LIST(steps, step_count, step_layout, LINES_MAX),
                                                   LIST(sources, source_count, text_layout, LINES_MAX),
                                                   LIST(notes, note_count, note_layout, NOTES_MAX),
                                                   TEXT(next_check),
                                                   TEXT(next_day),
                                                   TEXT(worse),
                                                   TEXT(diagnosis),
                                                   TEXT(apart),
                                                   TEXT(contact),
                                                   TEXT(record),
                                                   TEXT(code),
                                                   TEXT(code_words),
                                                   TEXT(signed_by),
                                                   TEXT(log_head),
                                                   TEXT(heading_lines),
                                                   TEXT(heading_steps),
                                                   TEXT(heading_notes),
                                                   TEXT(heading_next),
                                                   TEXT(heading_worse),
                                                   TEXT(heading_record),
                                                   TEXT(word_used),
                                                   TEXT(word_sources),
                                                   TEXT(word_page),
                                                   TEXT(word_shown_as),
                                                   TEXT(mark_words[0]),
                                                   TEXT(mark_words[1]),
                                                   TEXT(mark_words[2]),
                                                   TEXT(mark_words[3])};
const struct paper_layout paper_letter_layout = LAYOUT(letter_fields);
#undef STRUCT

#define STRUCT struct letter_form_row
static const struct paper_field row_fields[] = {
    CHOICE(kind, LETTER_FORM_KINDS),    TEXT(words), TEXT(answers[0]), TEXT(answers[1]), TEXT(unit),
    COUNT(boxes, LETTER_FORM_BOXES_MAX)};
static const struct paper_layout row_layout = LAYOUT(row_fields);
#undef STRUCT

#define STRUCT struct letter_form
static const struct paper_field form_fields[] = {PART(page, paper_letter_layout),
                                                 ROWS(rows, count, row_layout, LETTER_FORM_ROWS_MAX)};
const struct paper_layout paper_form_layout = LAYOUT(form_fields);
#undef STRUCT
