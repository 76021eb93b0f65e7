/* SPDX-License-Identifier: Apache-2.0
 *
 * A finding as JSON, from the rows of finding.def. */
#include "guideline/finding.h"
#include "json/json.h"

static void put_texts(struct json_writer *w, const struct finding *finding, enum finding_part wanted)
{
#define FINDING_TEXT(name, part, ...)                                                                                  \
    if (FINDING_PART_##part == wanted) json_put_text(w, #name, finding->name);
#define FINDING_NUMBER FINDING_TEXT
#define FINDING_WORD(name, type, otherwise, part, ...)                                                                 \
    if (FINDING_PART_##part == wanted) json_put_text(w, #name, str_of(type##_text(finding->name)));
#include "guideline/finding.def"
}

static void put_list(struct json_writer *w, const char *name, const struct str *texts, size_t count)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) json_put_text(w, NULL, texts[i]);
    json_close(w);
}

static void put_lists(struct json_writer *w, const struct finding *finding, enum finding_part wanted)
{
#define FINDING_LIST(name, part, ...)                                                                                  \
    if (FINDING_PART_##part == wanted) put_list(w, #name, finding->name, finding->name##_count);
#include "guideline/finding.def"
}

static void put_inputs(struct json_writer *w, const char *name, const struct finding_input *inputs, size_t count)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
#define FINDING_INPUT(name, what) json_put_text(w, #name, inputs[i].name);
#include "guideline/finding.def"
        json_close(w);
    }
    json_close(w);
}

/* What was found, then why, then the lists the other way round. */
void finding_json_members(const struct finding *finding, struct json_writer *w)
{
    put_texts(w, finding, FINDING_PART_FOUND);
    put_texts(w, finding, FINDING_PART_WHY);
#define FINDING_INPUTS(name, ...) put_inputs(w, #name, finding->name, finding->input_count);
#include "guideline/finding.def"
    put_lists(w, finding, FINDING_PART_WHY);
    put_lists(w, finding, FINDING_PART_FOUND);
}

void finding_json(const struct finding *finding, struct json_writer *w)
{
    json_open(w, NULL, '{');
    finding_json_members(finding, w);
    json_close(w);
}
