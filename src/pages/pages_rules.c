/* SPDX-License-Identifier: Apache-2.0
 * Guidelines and forms of the site: what is here, what is in force, what an acceptance would change. Nothing of it is
 * about a person. */
#include "pages/pages_int.h"

#include "form/form.h"
#include "visit/rules.h"

static void put_text(struct json_writer *w, const char *name, struct str text)
{
    json_put_text(w, name, text.len > 0 ? text : STR_NONE);
}

/* --- the lists ---------------------------------------------------------------------------------------------------- */

static void put_rule(struct json_writer *w, const struct visit_rule *rule)
{
    json_open(w, NULL, '{');
    json_put_text(w, "id", rule->id);
    put_text(w, "title", rule->title);
    put_text(w, "version", rule->version);
    json_put_text(w, "state", str_of(visit_rule_state_text(rule->state)));
    put_text(w, "inForce", rule->in_force);
    put_text(w, "by", rule->accepted_by);
    put_text(w, "at", rule->accepted_at);
    json_open(w, "words", '[');
    for (size_t i = 0; i < rule->waiting_count; i++) json_put_text(w, NULL, rule->waiting[i]);
    json_close(w);
    put_text(w, "broken", rule->broken);
    json_close(w);
}

static void put_form(struct json_writer *w, struct arena *mem, const struct visit_form *form)
{
    json_open(w, NULL, '{');
    json_put_text(w, "purpose", str_of(purpose_text(form->purpose)));
    json_put_text(w, "version", arena_printf(mem, "%u.%u", form->major, form->minor));
    json_open(w, "languages", '[');
    for (size_t i = 0; form->err.code == SALVE_OK && i < form->set.count; i++)
        json_put_text(w, NULL, form->set.forms[i].ref.lang);
    json_close(w);
    json_put_bool(w, "whole", form->err.code == SALVE_OK);
    json_close(w);
}

/* A questionnaire as it is in use: questions are read from the share folder when the program begins, and with it. */
static void put_questionnaire(struct pages_call *call, const struct visit_questionnaire *one)
{
    struct json_writer *w = &call->w;
    struct str language, first = call->language_count > 0 ? call->languages[0] : STR("en");
    size_t at = 0;
    bool is_whole = one->err.code == SALVE_OK && one->form != NULL;
    json_open(w, NULL, '{');
    json_put_text(w, "id", one->id);
    json_put_text(w, "title", is_whole ? form_title(one->form, first) : STR_NONE);
    json_put_text(w, "version", is_whole ? form_version(one->form) : STR_NONE);
    json_put_i64(w, "items", is_whole ? (int64_t)form_item_count(one->form) : 0);
    json_open(w, "languages", '[');
    while (is_whole && (language = form_language(one->form, &at)).len > 0) json_put_text(w, NULL, language);
    json_close(w);
    json_put_text(w, "broken",
                  is_whole ? STR_NONE
                           : arena_printf(call->visit.mem, "%s: %s", one->err.element,
                                          one->err.why[0] != '\0' ? one->err.why : salve_code_what(one->err.code)));
    json_close(w);
}

enum salve_code pages_call_rules(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct visit_rule *rules = NULL;
    struct visit_content *content = NULL;
    struct visit_content_ask ask = {.share = call->pages->config.share, .parts = VISIT_FORMS};
    size_t count = 0;
    TRY(visit_rules(&call->visit, &rules, &count, err));
    TRY(visit_content_open(&ask, call->visit.mem, &content, err));
    json_open(w, "rules", '[');
    for (size_t i = 0; i < count; i++) put_rule(w, &rules[i]);
    json_close(w);
    json_open(w, "forms", '[');
    for (size_t i = 0; i < content->form_count; i++) put_form(w, call->visit.mem, &content->forms[i]);
    json_close(w);
    json_open(w, "questionnaires", '[');
    const struct visit_content *used = call->visit.content;
    for (size_t i = 0; i < used->questionnaire_count; i++) put_questionnaire(call, &used->questionnaires[i]);
    json_close(w);
    return SALVE_OK;
}

/* --- one of them -------------------------------------------------------------------------------------------------- */

static void put_sources(struct json_writer *w, const struct guideline_info *info)
{
    json_open(w, "sources", '[');
    for (size_t i = 0; i < info->source_count; i++) {
        const struct guideline_source *source = &info->sources[i];
        json_open(w, NULL, '{');
        json_put_text(w, "issuer", source->issuer);
        json_put_text(w, "title", source->title);
        json_put_text(w, "year", source->year);
        put_text(w, "table", source->table);
        put_text(w, "doi", source->doi);
        json_close(w);
    }
    json_close(w);
}

static void put_choices(struct json_writer *w, const struct visit_rule_shown *shown)
{
    json_open(w, "choices", '[');
    for (size_t i = 0; i < shown->choice_count; i++) {
        const struct guideline_switch *of = shown->choices[i].of;
        json_open(w, NULL, '{');
        json_put_text(w, "name", of->name);
        put_text(w, "about", of->about);
        put_text(w, "value", shown->choices[i].value);
        json_open(w, "values", '[');
        for (size_t k = 0; k < of->value_count; k++) json_put_text(w, NULL, of->values[k]);
        json_close(w);
        json_close(w);
    }
    json_close(w);
}

static void put_texts(struct json_writer *w, const char *name, const struct str *list, size_t count)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) json_put_text(w, NULL, list[i]);
    json_close(w);
}

static void put_files(struct json_writer *w, const struct visit_rule_shown *shown)
{
    json_open(w, "files", '[');
    for (size_t i = 0; i < shown->file_count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "name", shown->files[i].name);
        json_put_text(w, "before", shown->files[i].before);
        json_put_text(w, "now", shown->files[i].now);
        json_close(w);
    }
    json_close(w);
}

/* What was sent is not told again where there is no such guideline. */
static enum salve_code unnamed(enum salve_code code, struct salve_err *err)
{
    if (code != SALVE_E_NOT_FOUND) return code;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such guideline", "id");
}

enum salve_code pages_call_rule(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct visit_rule_shown shown;
    TRY(unnamed(visit_rule_show(&call->visit, call->in.id, &shown, err), err));
    const struct guideline_info *info = guideline_info(shown.offer.here);
    const struct screen_acceptance *before = &shown.offer.before;
    json_put_text(w, "id", info->id);
    json_put_text(w, "version", info->version);
    json_put_text(w, "title", info->title);
    json_put_text(w, "digest", str_of(shown.digest));
    put_text(w, "inForce", shown.offer.has_before ? before->version : STR_NONE);
    put_text(w, "by", shown.offer.has_before ? before->accepted_by : STR_NONE);
    put_text(w, "at", shown.offer.has_before ? before->at : STR_NONE);
    json_put_bool(w, "apart", info->apart != 0);
    put_sources(w, info);
    put_choices(w, &shown);
    put_texts(w, "changes", shown.changes, shown.change_count);
    put_files(w, &shown);
    json_put_i64(w, "passed", shown.cases.passed);
    json_put_i64(w, "failed", shown.cases.failed);
    put_texts(w, "failures", shown.failures, shown.failure_count);
    return SALVE_OK;
}

enum salve_code pages_call_rule_accept(struct pages_call *call, struct salve_err *err)
{
    const struct pages_in *in = &call->in;
    return unnamed(visit_rule_accept(&call->visit, in->id, in->digest, in->choices, in->choices_count, err), err);
}
