/* SPDX-License-Identifier: Apache-2.0
 * What is about nobody: the questionnaires of the share folder that may be used. They are read and searched by whoever
 * has somebody open; they come with the program and its content, and nothing writes them from here. */
#include "api/api_int.h"

#include "base/clock.h"
#include "visit/content.h"

/* The file that a questionnaire was read from. */
static struct str file_of(const struct visit_content *content, struct str id, struct arena *mem)
{
    struct str name = arena_printf(mem, "forms/questionnaires/%.*s.json", STR_ARGS(id));
    for (size_t i = 0; i < content->file_count; i++)
        if (str_eq(content->files[i].name, name)) return content->files[i].bytes;
    return STR_NONE;
}

/* It was last changed on the day that it says itself. */
static enum salve_code read_one(struct api_call *call, struct str id, uint64_t number, struct rec_resource *out,
                                struct salve_err *err)
{
    *out = (struct rec_resource){.id = id, .type = STR("Questionnaire"), .version = 1, .record_seq = number};
    TRY(fhir_read(file_of(call->visit->content, id, call->mem), NULL, call->mem, &out->tape, NULL, err));
    (void)clock_parse(tape_child_text(&out->tape, tape_root(&out->tape), "date"), &out->saved_at_unix_ms);
    return SALVE_OK;
}

static enum salve_code questionnaires(struct api_call *call, struct rec_resource **out, size_t *count,
                                      struct salve_err *err)
{
    const struct visit_content *content = call->visit->content;
    size_t all = content == NULL ? 0 : content->questionnaire_count;
    *count = 0;
    *out = arena_array(call->mem, struct rec_resource, all + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "questionnaires");
    for (size_t i = 0; i < all; i++) {
        const struct visit_questionnaire *one = &content->questionnaires[i];
        if (one->err.code != SALVE_OK) continue;
        TRY(read_one(call, one->id, *count + 1, &(*out)[*count], err));
        (*count)++;
    }
    return SALVE_OK;
}

enum salve_code api_questionnaire_find(struct api_call *call, struct str canonical, struct str *id,
                                       struct salve_err *err)
{
    struct rec_resource *list = NULL;
    struct str url = canonical, version = STR_NONE;
    size_t count = 0;
    (void)str_split(canonical, '|', &url, &version);
    TRY(questionnaires(call, &list, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool is_version = version.len == 0 || str_eq(tape_child_text(&list[i].tape, 0, "version"), version);
        if (is_version && str_eq(tape_child_text(&list[i].tape, 0, "url"), url)) return *id = list[i].id, SALVE_OK;
    }
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such questionnaire here", "canonical");
}

enum salve_code api_commons_search(struct api_call *call, struct salve_err *err)
{
    struct rec_resource *list = NULL;
    size_t count = 0;
    TRY(questionnaires(call, &list, &count, err));
    return api_search_in(call, FHIR_T_Questionnaire, list, count, true, err);
}

enum salve_code api_commons_read(struct api_call *call, struct salve_err *err)
{
    struct rec_resource *list = NULL;
    size_t count = 0;
    TRY(questionnaires(call, &list, &count, err));
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].id, call->id)) return api_answer_stored(call, 200, &list[i], err);
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such questionnaire here", "id");
}
