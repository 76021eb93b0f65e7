/* SPDX-License-Identifier: Apache-2.0
 * A questionnaire, NUL, answers: whatever is taken for a form is written as JSON in each of its languages,
 * and answers are reckoned to a state that is reckoned to itself. */
#include <stdlib.h>
#include <string.h>

#include "form/form.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

static const struct json *read_back(struct buf *text, struct arena *mem)
{
    struct json_opts opts = {.bytes_max = 64 << 20, .depth_max = 200};
    const struct json *doc = NULL;
    struct str out;
    need(buf_done(text, &out, NULL) == SALVE_OK);
    need(json_read(out, &opts, mem, &doc, NULL) == SALVE_OK);
    return doc;
}

static const struct json *state_of(const struct form *form, const struct form_answer *answers, size_t count,
                                   struct arena *mem, struct form_reckoned *reckoned)
{
    struct form_ask ask = {.answers = answers, .count = count, .today = STR("2026-11-30")};
    struct buf text;
    if (form_reckon(form, &ask, mem, reckoned, NULL) != SALVE_OK) return NULL;
    buf_init(&text, mem, 64 << 20);
    struct json_writer w = {.out = &text};
    form_state_write(reckoned, &w);
    return read_back(&text, mem);
}

static void write_all(const struct form *form, struct arena *mem)
{
    struct str language;
    for (size_t at = 0; (language = form_language(form, &at)).len > 0;) {
        struct buf text;
        buf_init(&text, mem, 64 << 20);
        struct json_writer w = {.out = &text};
        form_write(form, language, NULL, &w);
        need(str_eq(json_get_text(read_back(&text, mem), "id"), form_id(form)));
    }
}

/* The answers that count are answers again, and then nothing that counts is left out but what was calculated. */
static void reckon_twice(const struct form *form, struct str json, struct arena *mem)
{
    const struct json *doc = NULL;
    struct form_answer *answers = NULL, *again = NULL;
    struct form_reckoned first, second;
    struct form_response_ask ask = {.status = STR("completed"), .subject = STR("Patient/p"), .authored = STR("2026")};
    size_t count = 0, again_count = 0;
    if (json_read(json, NULL, mem, &doc, NULL) != SALVE_OK) return;
    if (form_answers_read(doc, mem, &answers, &count, NULL) != SALVE_OK) return;
    const struct json *state = state_of(form, answers, count, mem, &first);
    if (state == NULL) return;
    for (size_t i = 0; i < first.kept_count; i++) need(first.kept[i].value.len > 0);
    struct buf text;
    buf_init(&text, mem, 64 << 20);
    struct json_writer w = {.out = &text};
    if (form_response_write(&first, &ask, &w)) (void)read_back(&text, mem);
    if (first.fault_count > 0) return;
    need(form_answers_read(json_get(state, "answers"), mem, &again, &again_count, NULL) == SALVE_OK);
    need(state_of(form, again, again_count, mem, &second) != NULL && second.kept_count == first.kept_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(256 << 20);
    const uint8_t *end = size == 0 ? NULL : memchr(data, 0, size);
    struct str text = str_bytes(data, end == NULL ? size : (size_t)(end - data));
    struct form *form = NULL;
    struct salve_err err = {0};
    if (form_read(text, NULL, mem, &form, &err) == SALVE_OK) {
        write_all(form, mem);
        if (end != NULL) reckon_twice(form, str_bytes(end + 1, size - text.len - 1), mem);
    } else
        need(err.code != SALVE_OK);
    arena_close(mem);
    return 0;
}
