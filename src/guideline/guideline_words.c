/* SPDX-License-Identifier: Apache-2.0
 * Words for people: looks up the texts of a finding in letter.<language>.json. */
#include "base/assert.h"
#include "guideline/guideline_int.h"

const struct json *guideline_texts(const struct guideline *guideline, struct str language)
{
    for (size_t i = 0; i < guideline->info.language_count; i++)
        if (str_eq(guideline->languages[i].name, language)) return guideline->languages[i].texts;
    return NULL;
}

static const struct json *entry(const struct json *item, const char *group, struct str key)
{
    return json_get_str(json_get(item, group), key);
}

struct guideline_words guideline_words(const struct guideline *guideline, struct str language,
                                       const struct finding *finding)
{
    salve_assert(finding->item.len > 0);
    struct guideline_words words = {0};
    const struct json *item = json_get_str(json_get(guideline_texts(guideline, language), "items"), finding->item);
    const struct json *category = entry(item, "categories", finding->category);
    const struct json *action = entry(item, "actions", finding->action);
    words.name = json_get_text(item, "name");
    words.about = json_get_text(item, "about");
    words.headline = json_get_text(category, "headline");
    words.meaning = json_get_text(category, "meaning");
    words.next = json_get_text(action, "next");
    words.when = json_get_text(action, "when");
    if (finding->status == FINDING_EXCLUDED) words.excluded = json_text(entry(item, "excluded", finding->excluded));
    if (finding->missing_count + finding->too_old_count + finding->not_asked_count > 0)
        words.missing = json_get_text(item, "missing");
    if (finding->queried_count > 0) words.queried = json_get_text(item, "queried");
    return words;
}

struct str guideline_word(const struct guideline *guideline, struct str language, const char *group, struct str key)
{
    return json_text(entry(guideline_texts(guideline, language), group, key));
}

struct str guideline_title(const struct guideline *guideline, struct str language)
{
    struct str title = json_get_text(guideline_texts(guideline, language), "title");
    return title.ptr == NULL ? guideline->info.title : title;
}
