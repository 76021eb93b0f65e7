/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads guideline.json: what the guideline is, its sources, switches, inputs, items with their closed lists, number
 * lines and vector families. Strict: a key that is not known is an error, so that a slip of the pen cannot pass as
 * "not given". Everything is told as "guideline.json: element". */
#include "guideline/guideline_int.h"

/* One object or list being read; `where` is its path for messages. */
struct place {
    const struct guideline_doc *doc;
    const struct json *value;
    struct str where;
};

static unsigned line_of(const struct guideline_doc *doc, const struct json *value)
{
    unsigned line = 1, column = 1;
    if (value != NULL) json_where(doc->text, value->offset, &line, &column);
    return line;
}

/* Adds file and line of a value to an error. */
static enum salve_code told(const struct place *place, const struct json *value, struct salve_err *err)
{
    salve_err_in(err, "%s", place->doc->file);
    salve_err_place(err, line_of(place->doc, value), 0);
    return SALVE_E_INVALID;
}

/* The line of the member, or of what should have it. */
static enum salve_code broken(const struct place *place, const char *name, const char *why, struct salve_err *err)
{
    const struct json *member = json_get(place->value, name);
    (void)salve_refuse(err, SALVE_E_INVALID, why, "%.*s%s%s", STR_ARGS(place->where),
                       place->where.len > 0 && *name != '\0' ? "." : "", name);
    return told(place, member == NULL ? place->value : member, err);
}

/* keys - every member of the object must be one of the space-separated names. */
static enum salve_code only_keys(const struct place *place, const char *names, struct salve_err *err)
{
    if (!json_is(place->value, JSON_OBJECT)) return broken(place, "", "must be an object", err);
    for (const struct json *it = json_first(place->value); it != NULL; it = it->next) {
        const char *at = names;
        bool is_known = false;
        while (!is_known && *at != '\0') {
            size_t len = strcspn(at, " ");
            is_known = it->name.len == len && memcmp(it->name.ptr, at, len) == 0;
            at += len;
            at += *at == ' ';
        }
        if (!is_known) {
            struct str key = str_cut(it->name, 0, 40);
            (void)salve_refuse(err, SALVE_E_INVALID, "this key is not known here", "%.*s%s%.*s", STR_ARGS(place->where),
                               place->where.len > 0 ? "." : "", STR_ARGS(key));
            return told(place, it, err);
        }
    }
    return SALVE_OK;
}

static enum salve_code text_of(const struct place *place, const char *name, bool is_needed, struct str *out,
                               struct salve_err *err)
{
    const struct json *member = json_get(place->value, name);
    if (member == NULL && !is_needed) {
        *out = STR("");
        return SALVE_OK;
    }
    if (!json_is(member, JSON_STRING)) return broken(place, name, member == NULL ? "is missing" : "must be text", err);
    *out = json_text(member);
    return is_needed && out->len == 0 ? broken(place, name, "must not be empty", err) : SALVE_OK;
}

/* token_of - a text of letters, digits and -_.: that stands in closed lists and file names. */
static bool is_token(struct str text)
{
    if (text.len == 0 || text.len > 64) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_ok = str_is_letter(c) || str_is_digit(c) || c == '-' || c == '_' || c == '.' || c == ':';
        if (!is_ok) return false;
    }
    return true;
}

static enum salve_code token_of(const struct place *place, const char *name, struct str *out, struct salve_err *err)
{
    enum salve_code code = text_of(place, name, true, out, err);
    if (code == SALVE_OK && !is_token(*out)) return broken(place, name, "must be letters, digits, - _ . :", err);
    return code;
}

static enum salve_code number_text_of(const struct place *place, const struct json *value, const char *name,
                                      struct str *out, struct salve_err *err)
{
    struct expr_decimal decimal;
    *out = json_text(value);
    if (out->ptr == NULL || !expr_decimal_parse(*out, &decimal))
        return broken(place, name, "must be a decimal number written as text", err);
    return SALVE_OK;
}

static enum salve_code tokens_of(const struct place *place, const char *name, bool may_be_empty, const struct str **out,
                                 size_t *count, struct salve_err *err)
{
    const struct json *list = json_get(place->value, name);
    if (!json_is(list, JSON_ARRAY)) return broken(place, name, "must be a list of texts", err);
    if (list->count == 0 && !may_be_empty) return broken(place, name, "must not be empty", err);
    struct str *texts = arena_array(place->doc->mem, struct str, list->count + 1);
    if (texts == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", place->doc->file);
    size_t n = 0;
    for (const struct json *it = json_first(list); it != NULL; it = it->next) {
        if (!is_token(json_text(it))) return broken(place, name, "every item must be letters, digits, - _ . :", err);
        if (guideline_listed(texts, n, json_text(it))) return broken(place, name, "an item stands there twice", err);
        texts[n++] = json_text(it);
    }
    *out = texts;
    *count = n;
    return SALVE_OK;
}

/* list_of - the list `name` of `place` with room for its items; reads each by `read`. */
typedef enum salve_code read_item(const struct place *item, void *into, struct salve_err *err);
static enum salve_code list_of(const struct place *place, const char *name, size_t item_bytes, read_item *read,
                               const void **out, size_t *count, struct salve_err *err)
{
    const struct json *list = json_get(place->value, name);
    if (!json_is(list, JSON_ARRAY)) return broken(place, name, "must be a list", err);
    char *items = arena_alloc_array(place->doc->mem, item_bytes, list->count + (size_t)1);
    if (items == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", place->doc->file);
    size_t n = 0;
    for (const struct json *it = json_first(list); it != NULL; it = it->next, n++) {
        struct place item = {place->doc, it,
                             arena_printf(place->doc->mem, "%.*s%s%s[%zu]", STR_ARGS(place->where),
                                          place->where.len > 0 ? "." : "", name, n)};
        enum salve_code code = read(&item, items + n * item_bytes, err);
        if (code != SALVE_OK) return code;
    }
    *out = items;
    *count = n;
    return SALVE_OK;
}

static enum salve_code read_source(const struct place *at, void *into, struct salve_err *err)
{
    struct guideline_source *source = into;
    enum salve_code code = only_keys(at, "issuer title year table doi", err);
    if (code == SALVE_OK) code = text_of(at, "issuer", true, &source->issuer, err);
    if (code == SALVE_OK) code = text_of(at, "title", true, &source->title, err);
    if (code == SALVE_OK) code = text_of(at, "year", true, &source->year, err);
    if (code == SALVE_OK) code = text_of(at, "table", false, &source->table, err);
    if (code == SALVE_OK) code = text_of(at, "doi", false, &source->doi, err);
    return code;
}

static enum salve_code read_switch(const struct place *at, void *into, struct salve_err *err)
{
    struct guideline_switch *sw = into;
    enum salve_code code = only_keys(at, "name parameter values initial about", err);
    if (code == SALVE_OK) code = token_of(at, "name", &sw->name, err);
    if (code == SALVE_OK) code = text_of(at, "parameter", true, &sw->parameter, err);
    if (code == SALVE_OK) code = tokens_of(at, "values", false, &sw->values, &sw->value_count, err);
    if (code == SALVE_OK) code = text_of(at, "about", false, &sw->about, err);
    sw->initial = STR(""); /* none: the site chooses at acceptance */
    if (code != SALVE_OK || json_get(at->value, "initial") == NULL) return code;
    code = token_of(at, "initial", &sw->initial, err);
    if (code == SALVE_OK && !guideline_listed(sw->values, sw->value_count, sw->initial))
        return broken(at, "initial", "must be one of the values", err);
    return code;
}

/* The oldest that may count, in days; null: no limit. What is only worked out of others has none. */
static enum salve_code max_age_of(const struct place *at, struct guideline_input *input, struct salve_err *err)
{
    const struct json *days = json_get(at->value, "max-age-days");
    input->max_age_days = -1;
    if (input->code.len == 0)
        return days == NULL ? SALVE_OK : broken(at, "max-age-days", "without a code nothing can be old", err);
    if (days == NULL) return broken(at, "max-age-days", "is missing; null says that there is no limit", err);
    if (days->type == JSON_NULL) return SALVE_OK;
    if (!json_i64(days, &input->max_age_days) || input->max_age_days < 0)
        return broken(at, "max-age-days", "must be days, 0 for this visit, or null for no limit", err);
    return SALVE_OK;
}

static enum salve_code release_of(const struct place *at, struct guideline_input *input, struct salve_err *err)
{
    struct str word;
    TRY(text_of(at, "release", false, &word, err));
    input->release = GUIDELINE_AFTER_REVIEW;
    input->has_release = word.len > 0;
    if (!input->has_release) return SALVE_OK;
    for (int i = 0; i < GUIDELINE_RELEASES; i++) {
        input->release = (enum guideline_release)i;
        if (str_is(word, guideline_release_text(input->release))) return SALVE_OK;
    }
    return broken(at, "release", "must be at-once, after-review or in-person", err);
}

static enum salve_code read_input(const struct place *at, void *into, struct salve_err *err)
{
    struct guideline_input *input = into;
    struct str loinc, question;
    enum salve_code code = only_keys(at, "label loinc question unit max-age-days release", err);
    if (code == SALVE_OK) code = token_of(at, "label", &input->label, err);
    if (code == SALVE_OK) code = text_of(at, "loinc", false, &loinc, err);
    if (code == SALVE_OK) code = text_of(at, "question", false, &question, err);
    if (code == SALVE_OK) code = text_of(at, "unit", false, &input->unit, err);
    if (code != SALVE_OK) return code;
    if (loinc.len > 0 && question.len > 0) return broken(at, "question", "stands beside loinc; one is meant", err);
    if (input->unit.len > 0 && !expr_ucum_valid(input->unit)) return broken(at, "unit", "must be a UCUM unit", err);
    input->code = loinc.len > 0 ? loinc : question;
    input->is_question = question.len > 0 || input->unit.len == 0 || str_is(input->unit, "{score}");
    TRY(release_of(at, input, err));
    return max_age_of(at, input, err);
}

static enum salve_code decimals_of(const struct place *at, uint8_t *out, struct salve_err *err)
{
    int64_t decimals = 0;
    if (!json_i64(json_get(at->value, "decimals"), &decimals) || decimals < 0 || decimals > 8)
        return broken(at, "decimals", "must be a number from 0 to 8", err);
    *out = (uint8_t)decimals;
    return SALVE_OK;
}

/* The place of a word among categories; `count` where it is none of them. */
static size_t category_at(const struct guideline_item *item, struct str word)
{
    size_t at = 0;
    while (at < item->category_count && !str_eq(item->categories[at], word)) at++;
    return at;
}

/* marks_of - {"usual": [categories], "watch": [...], "see": [...], "neutral": [...]}: each category once. */
static enum salve_code marks_of(const struct place *at, struct guideline_item *item, struct salve_err *err)
{
    static const char *const names[] = {"neutral", "usual", "watch", "see"}; /* by enum guideline_mark */
    const struct place marks = {at->doc, json_get(at->value, "marks"),
                                arena_printf(at->doc->mem, "%.*s.marks", STR_ARGS(at->where))};
    size_t marked = 0;
    if (marks.value == NULL) return SALVE_OK;
    TRY(only_keys(&marks, "neutral usual watch see", err));
    enum guideline_mark *list = arena_array(at->doc->mem, enum guideline_mark, item->category_count + 1);
    bool *is_marked = arena_array(at->doc->mem, bool, item->category_count + 1);
    if (list == NULL || is_marked == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", at->doc->file);
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        const struct str *words = NULL;
        size_t count = 0;
        if (json_get(marks.value, names[m]) == NULL) continue;
        TRY(tokens_of(&marks, names[m], true, &words, &count, err));
        for (size_t i = 0; i < count; i++) {
            size_t category = category_at(item, words[i]);
            if (category == item->category_count)
                return broken(&marks, names[m], "must be categories of the item", err);
            if (is_marked[category]) return broken(&marks, names[m], "a category has two marks", err);
            is_marked[category] = true;
            list[category] = (enum guideline_mark)m;
            marked++;
        }
    }
    item->marks = list;
    item->has_marks = marked == item->category_count;
    return SALVE_OK;
}

enum guideline_mark guideline_mark(const struct guideline_item *item, struct str category)
{
    size_t at = category_at(item, category);
    return item->marks == NULL || at == item->category_count ? GUIDELINE_NEUTRAL : item->marks[at];
}

static enum salve_code read_guideline_item(const struct place *at, void *into, struct salve_err *err)
{
    struct guideline_item *item = into;
    enum salve_code code =
        only_keys(at, "name system code parts source decimals categories marks actions exclusions", err);
    if (code == SALVE_OK) code = token_of(at, "name", &item->name, err);
    if (code == SALVE_OK) code = text_of(at, "system", false, &item->system, err);
    if (code == SALVE_OK) code = text_of(at, "code", false, &item->code, err);
    if (code == SALVE_OK) code = text_of(at, "source", true, &item->source, err);
    if (code == SALVE_OK) code = tokens_of(at, "categories", false, &item->categories, &item->category_count, err);
    if (code == SALVE_OK) code = marks_of(at, item, err);
    if (code == SALVE_OK) code = tokens_of(at, "actions", false, &item->actions, &item->action_count, err);
    if (code == SALVE_OK) code = tokens_of(at, "exclusions", true, &item->exclusions, &item->exclusion_count, err);
    if (code == SALVE_OK && json_get(at->value, "parts") != NULL)
        code = tokens_of(at, "parts", false, &item->parts, &item->part_count, err);
    return code == SALVE_OK ? decimals_of(at, &item->decimals, err) : code;
}

static enum salve_code read_band(const struct place *at, void *into, struct salve_err *err)
{
    struct guideline_band *band = into;
    const struct json *below = json_get(at->value, "below"), *up_to = json_get(at->value, "up-to");
    enum salve_code code = only_keys(at, "name below up-to", err);
    if (code == SALVE_OK) code = token_of(at, "name", &band->name, err);
    if (code != SALVE_OK) return code;
    band->limit = STR("");
    band->inclusive = up_to != NULL;
    if (below != NULL && up_to != NULL) return broken(at, "below", "stands beside up-to; one of them is meant", err);
    if (below != NULL) return number_text_of(at, below, "below", &band->limit, err);
    return up_to != NULL ? number_text_of(at, up_to, "up-to", &band->limit, err) : SALVE_OK;
}

/* Bands follow each other upwards; all but the last have a limit. */
static enum salve_code check_bands(const struct place *at, const struct guideline_scale *scale, struct salve_err *err)
{
    struct expr_decimal limit, before;
    if (scale->band_count == 0) return broken(at, "bands", "must not be empty", err);
    for (size_t i = 0; i < scale->band_count; i++) {
        bool is_last = i + 1 == scale->band_count;
        if ((scale->bands[i].limit.len == 0) != is_last)
            return broken(at, "bands", "all bands but the last need a limit, and only they", err);
        if (is_last || !expr_decimal_parse(scale->bands[i].limit, &limit)) continue;
        if (i > 0 && expr_decimal_cmp(before, limit) >= 0) return broken(at, "bands", "limits must rise", err);
        before = limit;
    }
    return SALVE_OK;
}

static enum salve_code read_scale(const struct place *at, void *into, struct salve_err *err)
{
    struct guideline_scale *scale = into;
    const void *bands = NULL;
    enum salve_code code = only_keys(at, "label from to bands", err);
    if (code == SALVE_OK) code = token_of(at, "label", &scale->label, err);
    if (code == SALVE_OK) code = number_text_of(at, json_get(at->value, "from"), "from", &scale->from, err);
    if (code == SALVE_OK) code = number_text_of(at, json_get(at->value, "to"), "to", &scale->to, err);
    if (code == SALVE_OK)
        code = list_of(at, "bands", sizeof(struct guideline_band), read_band, &bands, &scale->band_count, err);
    scale->bands = bands;
    return code == SALVE_OK ? check_bands(at, scale, err) : code;
}

/* picture_of - "dots": ten rows of ten, for a number out of 100 people and nothing else. */
static enum salve_code picture_of(const struct place *at, struct guideline_line *line, struct salve_err *err)
{
    struct str picture;
    enum salve_code code = text_of(at, "picture", false, &picture, err);
    if (code != SALVE_OK || picture.len == 0) return code;
    if (!str_is(picture, "dots")) return broken(at, "picture", "must be dots, or not there", err);
    if (!str_is(line->unit, "%") || line->scale_count > 1)
        return broken(at, "picture", "dots show one number out of 100: the unit must be %, with one scale or none",
                      err);
    line->has_dots = true;
    return SALVE_OK;
}

static enum salve_code read_line(const struct place *at, void *into, struct salve_err *err)
{
    struct guideline_line *line = into;
    const void *scales = NULL;
    enum salve_code code = only_keys(at, "name unit decimals source picture scales", err);
    if (code == SALVE_OK) code = token_of(at, "name", &line->name, err);
    if (code == SALVE_OK) code = text_of(at, "unit", true, &line->unit, err);
    if (code == SALVE_OK)
        code = list_of(at, "scales", sizeof(struct guideline_scale), read_scale, &scales, &line->scale_count, err);
    line->scales = scales;
    if (code == SALVE_OK) code = text_of(at, "source", false, &line->source, err);
    line->has_decimals = json_get(at->value, "decimals") != NULL;
    if (code == SALVE_OK && line->has_decimals) code = decimals_of(at, &line->decimals, err);
    if (code == SALVE_OK) code = picture_of(at, line, err);
    if (code == SALVE_OK && (line->scale_count > 2 || (line->scale_count == 0 && !line->has_dots)))
        return broken(at, "scales", "must be one scale, or two for a pair", err);
    return code;
}

static bool type_of(struct str text, enum guideline_type *out)
{
    static const char *const names[] = {"decimal", "integer", "string", "boolean"};
    for (unsigned i = 0; i < GUIDELINE_TYPE_COUNT; i++) {
        *out = (enum guideline_type)i;
        if (str_is(text, names[i])) return true;
    }
    return false;
}

static enum salve_code read_column(const struct place *at, struct guideline_column *column, struct salve_err *err)
{
    struct str type;
    column->name = at->value->name;
    column->is_output = json_is(at->value, JSON_STRING);
    column->target = json_text(at->value);
    if (column->is_output) return SALVE_OK;
    enum salve_code code = only_keys(at, "parameter type", err);
    if (code == SALVE_OK) code = text_of(at, "parameter", true, &column->target, err);
    if (code == SALVE_OK) code = text_of(at, "type", true, &type, err);
    if (code == SALVE_OK && !type_of(type, &column->type))
        return broken(at, "type", "must be decimal, integer, string or boolean", err);
    return code;
}

static enum salve_code read_columns(const struct place *family, const char *name, struct guideline_column *columns,
                                    size_t *count, struct salve_err *err)
{
    const struct json *object = json_get(family->value, name);
    for (const struct json *it = json_first(object); it != NULL; it = it->next) {
        struct place at = {family->doc, it,
                           arena_printf(family->doc->mem, "%.*s.%s.%.*s", STR_ARGS(family->where), name,
                                        STR_ARGS(str_cut(it->name, 0, 40)))};
        enum salve_code code = read_column(&at, &columns[*count], err);
        if (code != SALVE_OK) return code;
        if (columns[*count].is_output != (strcmp(name, "outputs") == 0))
            return broken(&at, "", "an input is {parameter, type}, an output the name of a define", err);
        *count += 1;
    }
    return SALVE_OK;
}

static enum salve_code read_family(const struct place *at, struct guideline_family *family, struct salve_err *err)
{
    const struct json *inputs = json_get(at->value, "inputs"), *outputs = json_get(at->value, "outputs");
    enum salve_code code = only_keys(at, "inputs outputs", err);
    if (code != SALVE_OK) return code;
    if (!json_is(inputs, JSON_OBJECT)) return broken(at, "inputs", "must be an object of columns", err);
    if (!json_is(outputs, JSON_OBJECT)) return broken(at, "outputs", "must be an object of columns", err);
    struct guideline_column *columns =
        arena_array(at->doc->mem, struct guideline_column, (size_t)inputs->count + outputs->count + 1);
    if (columns == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", at->doc->file);
    family->name = at->value->name;
    family->columns = columns;
    code = read_columns(at, "inputs", columns, &family->column_count, err);
    if (code == SALVE_OK) code = read_columns(at, "outputs", columns, &family->column_count, err);
    return code;
}

static enum salve_code read_families(const struct place *root, struct guideline *out, struct salve_err *err)
{
    const struct json *list = json_get(root->value, "vectors");
    if (!json_is(list, JSON_OBJECT)) return broken(root, "vectors", "must be an object of families", err);
    struct str *names = arena_array(root->doc->mem, struct str, list->count + (size_t)1);
    out->families = arena_array(root->doc->mem, struct guideline_family, list->count + (size_t)1);
    if (names == NULL || out->families == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", root->doc->file);
    size_t n = 0;
    for (const struct json *it = json_first(list); it != NULL; it = it->next, n++) {
        struct place at = {root->doc, it,
                           arena_printf(root->doc->mem, "vectors.%.*s", STR_ARGS(str_cut(it->name, 0, 40)))};
        if (!is_token(it->name)) return broken(&at, "", "must be letters, digits, - _ . :", err);
        enum salve_code code = read_family(&at, &out->families[n], err);
        if (code != SALVE_OK) return code;
        names[n] = it->name;
    }
    out->info.families = names;
    out->info.family_count = n;
    return SALVE_OK;
}

/* The family that all findings of the guideline belong to; 0 where they are not kept apart. */
static enum salve_code apart_of(const struct place *place, family_mask *out, struct salve_err *err)
{
    struct str text;
    enum family family;
    TRY(text_of(place, "apart", false, &text, err));
    *out = 0;
    if (text.len == 0) return SALVE_OK;
    if (!family_find(text, &family)) return broken(place, "apart", "must be a family of what is kept apart", err);
    *out = FAMILY_BIT(family);
    return SALVE_OK;
}

enum salve_code guideline_read_about(const struct guideline_doc *doc, struct guideline *out, struct salve_err *err)
{
    struct guideline_info *info = &out->info;
    struct place root = {doc, doc->root, STR("")};
    const void *list = NULL;
    struct str status;
    TRY(only_keys(&root,
                  "id version title canonical date review-by status apart sources switches inputs items lines vectors",
                  err));
    TRY(token_of(&root, "id", &info->id, err));
    TRY(token_of(&root, "version", &info->version, err));
    TRY(text_of(&root, "title", true, &info->title, err));
    TRY(token_of(&root, "canonical", &info->canonical, err));
    TRY(token_of(&root, "date", &info->date, err));
    TRY(token_of(&root, "review-by", &info->review_by, err));
    TRY(text_of(&root, "status", false, &status, err));
    TRY(apart_of(&root, &info->apart, err));
#define LIST(name, field, counter, type, read)                                                                         \
    TRY(list_of(&root, name, sizeof(type), read, &list, &info->counter, err));                                         \
    info->field = list;
    LIST("sources", sources, source_count, struct guideline_source, read_source)
    LIST("switches", switches, switch_count, struct guideline_switch, read_switch)
    LIST("inputs", inputs, input_count, struct guideline_input, read_input)
    LIST("items", items, item_count, struct guideline_item, read_guideline_item)
    LIST("lines", lines, line_count, struct guideline_line, read_line)
#undef LIST
    if (info->source_count == 0) return broken(&root, "sources", "must not be empty", err);
    if (info->item_count == 0) return broken(&root, "items", "must not be empty", err);
    return read_families(&root, out, err);
}
