/* SPDX-License-Identifier: Apache-2.0
 *
 * What is different in another version of a guideline, in lines for the clinician who accepts it: sources, switches,
 * inputs, items with their closed lists, files, and how many texts of each language. */
#include "base/buf.h"
#include "guideline/guideline_int.h"

enum { LINE_BYTES_MAX = 4096 };

struct changes {
    const struct guideline *before, *now;
    guideline_change *tell;
    void *with;
    struct arena *mem;
    enum salve_code code;
};

static void say(struct changes *c, struct str line)
{
    if (line.ptr == NULL) c->code = SALVE_E_MEMORY;
    if (line.ptr != NULL) c->tell(c->with, line);
}

/* Texts of one list that the other has not, as "<what> <text> <is new>". */
static void say_missing(struct changes *c, const struct str *list, size_t count, const struct str *other,
                        size_t other_count, struct str what, const char *end)
{
    for (size_t i = 0; i < count; i++)
        if (!guideline_listed(other, other_count, list[i]))
            say(c, arena_printf(c->mem, "%.*s %.*s %s", STR_ARGS(what), STR_ARGS(list[i]), end));
}

static void say_lists(struct changes *c, const struct str *before, size_t before_count, const struct str *now,
                      size_t now_count, struct str what)
{
    if (what.ptr == NULL) {
        c->code = SALVE_E_MEMORY;
        return;
    }
    say_missing(c, now, now_count, before, before_count, what, "is new");
    say_missing(c, before, before_count, now, now_count, what, "is gone");
}

/* Lists of things, each as one text: names, or all that is said about it. */
typedef struct str text_of(const struct guideline *guideline, size_t at, struct arena *mem);

static void say_things(struct changes *c, text_of *text, size_t before_count, size_t now_count, const char *what)
{
    struct str *before = arena_array(c->mem, struct str, before_count + 1);
    struct str *now = arena_array(c->mem, struct str, now_count + 1);
    if (before == NULL || now == NULL) {
        c->code = SALVE_E_MEMORY;
        return;
    }
    for (size_t i = 0; i < before_count; i++) before[i] = text(c->before, i, c->mem);
    for (size_t i = 0; i < now_count; i++) now[i] = text(c->now, i, c->mem);
    say_lists(c, before, before_count, now, now_count, str_of(what));
}

static struct str source_text(const struct guideline *guideline, size_t at, struct arena *mem)
{
    const struct guideline_source *source = &guideline->info.sources[at];
    return arena_printf(mem, "%.*s %.*s: %.*s%s%.*s", STR_ARGS(source->issuer), STR_ARGS(source->year),
                        STR_ARGS(source->title), source->table.len > 0 ? ", " : "", STR_ARGS(source->table));
}

static struct str joined(const struct str *list, size_t count, struct arena *mem)
{
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, LINE_BYTES_MAX);
    for (size_t i = 0; i < count; i++) buf_addf(&out, "%s%.*s", i > 0 ? "|" : "", STR_ARGS(list[i]));
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR_NONE;
}

static struct str switch_text(const struct guideline *guideline, size_t at, struct arena *mem)
{
    const struct guideline_switch *sw = &guideline->info.switches[at];
    struct str values = joined(sw->values, sw->value_count, mem);
    bool has_initial = sw->initial.len > 0;
    return arena_printf(mem, "%.*s (%.*s; %s%.*s)", STR_ARGS(sw->name), STR_ARGS(values),
                        has_initial ? "initially " : "to be chosen", STR_ARGS(sw->initial));
}

static struct str input_text(const struct guideline *guideline, size_t at, struct arena *mem)
{
    const struct guideline_input *input = &guideline->info.inputs[at];
    struct str age = arena_printf(mem, "%lld days", (long long)input->max_age_days);
    if (input->max_age_days < 0) age = STR("any age");
    if (input->max_age_days == 0) age = STR("of this visit");
    const char *release = input->has_release ? guideline_release_text(input->release) : "";
    return arena_printf(mem, "%.*s (%.*s %.*s; %.*s%s%s)", STR_ARGS(input->label), STR_ARGS(input->code),
                        STR_ARGS(input->unit), STR_ARGS(age), input->has_release ? "; " : "", release);
}

static struct str item_text(const struct guideline *guideline, size_t at, struct arena *mem)
{
    (void)mem;
    return guideline->info.items[at].name;
}

static void say_items(struct changes *c)
{
    const struct guideline_info *now = &c->now->info;
    say_things(c, item_text, c->before->info.item_count, now->item_count, "item");
    for (size_t i = 0; i < now->item_count; i++) {
        const struct guideline_item *is = &now->items[i], *was = guideline_item(c->before, is->name);
        if (was == NULL) continue;
#define LIST(field, what)                                                                                              \
    say_lists(c, was->field, was->what##_count, is->field, is->what##_count,                                           \
              arena_printf(c->mem, "item %.*s: " #what, STR_ARGS(is->name)));
        LIST(categories, category)
        LIST(actions, action)
        LIST(exclusions, exclusion)
#undef LIST
    }
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static const struct guideline_file *file_named(const struct guideline *guideline, struct str name)
{
    for (size_t i = 0; i < guideline->file_count; i++)
        if (str_eq(guideline->files[i].name, name)) return &guideline->files[i];
    return NULL;
}

/* The member of that name, or the item of that number. */
static const struct json *partner(const struct json *in, const struct json *of, size_t number)
{
    return of->name.len > 0 ? json_get_str(in, of->name) : in == NULL ? NULL : json_item(in, number);
}

/* Texts of a tree; of them, those that stand otherwise in the other one. Trees are as deep as the reader allows. */
static void count_texts(const struct json *tree, const struct json *other, unsigned *all, unsigned *differ)
{
    size_t number = 0;
    if (json_is(tree, JSON_STRING)) {
        *all += 1;
        *differ += !json_is(other, JSON_STRING) || !str_eq(json_text(tree), json_text(other));
        return;
    }
    for (const struct json *it = json_first(tree); it != NULL; it = it->next, number++)
        count_texts(it, partner(other, it, number), all, differ);
}

static void say_words(struct changes *c, struct str language)
{
    unsigned all = 0, differ = 0, were = 0, gone = 0;
    const struct json *now = guideline_texts(c->now, language), *before = guideline_texts(c->before, language);
    count_texts(now, before, &all, &differ);
    count_texts(before, now, &were, &gone);
    say(c,
        arena_printf(c->mem, "words %.*s: %u of %u texts are new or changed; %u of the %u before are changed or gone",
                     STR_ARGS(language), differ, all, gone, were));
}

static bool is_words(struct str name) { return str_starts(name, STR("letter.")); }

static void say_files(struct changes *c)
{
    for (size_t i = 0; i < c->now->file_count; i++) {
        const struct guideline_file *is = &c->now->files[i], *was = file_named(c->before, is->name);
        bool is_same = was != NULL && str_eq(was->bytes, is->bytes);
        if (is_same) continue;
        say(c, arena_printf(c->mem, "file %.*s %s", STR_ARGS(is->name), was == NULL ? "is new" : "is changed"));
        if (is_words(is->name) && was != NULL) say_words(c, str_cut(is->name, 7, is->name.len - 12));
    }
    for (size_t i = 0; i < c->before->file_count; i++)
        if (file_named(c->now, c->before->files[i].name) == NULL)
            say(c, arena_printf(c->mem, "file %.*s is gone", STR_ARGS(c->before->files[i].name)));
}

enum salve_code guideline_changes(const struct guideline *before, const struct guideline *now, guideline_change *tell,
                                  void *with, struct arena *mem, struct salve_err *err)
{
    struct changes c = {before, now, tell, with, mem, SALVE_OK};
    const struct guideline_info *was = &before->info, *is = &now->info;
    if (!str_eq(was->version, is->version))
        say(&c, arena_printf(mem, "version %.*s -> %.*s", STR_ARGS(was->version), STR_ARGS(is->version)));
    say_things(&c, source_text, was->source_count, is->source_count, "source");
    say_things(&c, switch_text, was->switch_count, is->switch_count, "switch");
    say_things(&c, input_text, was->input_count, is->input_count, "input");
    say_items(&c);
    say_files(&c);
    return c.code == SALVE_OK ? SALVE_OK : salve_fail(err, c.code, "guideline %.*s", STR_ARGS(is->id));
}
