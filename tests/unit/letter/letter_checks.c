/* SPDX-License-Identifier: Apache-2.0
 * packages.json: a broken file is refused with its element, and the one that Salve comes with names only what there is. */
#include "letter_case.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "json/json.h"

static char folder[256];

/* The file of the share folder with one thing changed. */
static enum salve_code load_changed(const char *from, const char *to, struct salve_err *err)
{
    const char *tmp = getenv("TMPDIR");
    struct letter_packages *packages = NULL;
    struct str text;
    (void)snprintf(folder, sizeof folder, "%s/salve-packages-%d", tmp == NULL ? "/tmp" : tmp, (int)getpid());
    (void)mkdir(folder, 0700);
    struct str path = arena_printf(mem, "%s/packages.json", folder);
    assert_ok(file_read(arena_printf(mem, "%s/packages.json", share).ptr, 1 << 20, mem, &text, NULL));
    ptrdiff_t at = str_find(text, str_of(from));
    if (at < 0) fail_msg("no %s", from);
    struct str rest = str_cut(text, (size_t)at + strlen(from), text.len);
    text = arena_printf(mem, "%.*s%s%.*s", STR_ARGS(str_cut(text, 0, (size_t)at)), to, STR_ARGS(rest));
    assert_ok(file_write(path.ptr, text, 0600, NULL));
    *err = (struct salve_err){0};
    enum salve_code code = letter_packages_load(folder, mem, &packages, err);
    (void)unlink(path.ptr);
    (void)rmdir(folder);
    return code;
}

static void a_broken_file_is_refused_with_its_element(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *where;
        enum salve_code code;
    } cases[] = {{"\"version\": 1", "\"version\": 1", "", SALVE_OK},
                 {"salve-packages", "salve-packets", "format", SALVE_E_INVALID},
                 {"\"default\": [\"basic\"]", "\"default\": \"basic\"", "default", SALVE_E_INVALID},
                 {"\"facts\": [", "\"facts\": [1, ", "facts", SALVE_E_INVALID},
                 {"\"ages\": [40, 89]", "\"ages\": [89, 40]", "packages", SALVE_E_INVALID},
                 {"\"sex\": \"female\"", "\"sex\": \"f\"", "packages", SALVE_E_INVALID},
                 {"\"name\": \"basic\"", "\"nome\": \"basic\"", "packages", SALVE_E_INVALID},
                 {"\"once\": [", "\"once\": [[\"a/b\"], ", "once", SALVE_E_INVALID},
                 {"\"same\": {", "\"same\": [], \"x\": {", "same", SALVE_E_INVALID},
                 {"{", "[", "packages.json", SALVE_E_SYNTAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct salve_err err;
        enum salve_code code = load_changed(cases[i].from, cases[i].to, &err);
        if (code != cases[i].code || strstr(t_where(&err), cases[i].where) == NULL)
            fail_msg("%s: %s %s", cases[i].to, salve_code_name(code), t_where(&err));
    }
    struct letter_packages *packages = NULL;
    assert_code(letter_packages_load("/nowhere", mem, &packages, NULL), SALVE_E_NOT_FOUND);
}

/* --- what the file names is there --------------------------------------------------------------------------------- */

static const struct guideline_info *info_of(struct str id)
{
    for (size_t g = 0; g < guideline_count; g++)
        if (str_eq(guideline_info(guidelines[g])->id, id)) return guideline_info(guidelines[g]);
    fail_msg("no guideline %.*s", STR_ARGS(id));
    return NULL;
}

static bool has_action(const struct guideline_info *info, struct str action)
{
    for (size_t i = 0; i < info->item_count; i++)
        for (size_t a = 0; a < info->items[i].action_count; a++)
            if (str_eq(info->items[i].actions[a], action)) return true;
    return false;
}

static bool has_item(const struct guideline_info *info, struct str item)
{
    for (size_t i = 0; i < info->item_count; i++)
        if (str_eq(info->items[i].name, item)) return true;
    return false;
}

static bool has_label(const struct guideline_info *info, struct str label)
{
    for (size_t i = 0; i < info->input_count; i++)
        if (str_eq(info->inputs[i].label, label)) return true;
    return false;
}

typedef bool names(const struct guideline_info *info, struct str name);

/* "guideline/name" */
static void is_there(struct str both, names *has)
{
    struct str guideline, name;
    assert_true(str_split(both, '/', &guideline, &name));
    if (!has(info_of(guideline), name)) fail_msg("%.*s is not there", STR_ARGS(both));
}

static void what_the_file_names_is_there(void **state)
{
    (void)state;
    const struct json *root = NULL, *it;
    struct letter_packages *packages = NULL;
    assert_ok(letter_packages_load(share, mem, &packages, NULL));
    assert_ok(json_read(letter_packages_bytes(packages), NULL, mem, &root, NULL));
    for (it = json_first(json_get(root, "packages")); it != NULL; it = it->next) {
        for (const struct json *g = json_first(json_get(it, "guidelines")); g != NULL; g = g->next)
            info_of(json_text(g));
        for (const struct json *e = json_first(json_get(it, "expects")); e != NULL; e = e->next)
            is_there(json_text(e), has_label);
    }
    for (it = json_first(json_get(root, "once")); it != NULL; it = it->next)
        for (size_t i = 0; i < 2; i++) is_there(json_text(json_item(it, i)), has_item);
    for (it = json_first(json_get(root, "same")); it != NULL; it = it->next) {
        is_there(it->name, has_action);
        if (!has_action(info_of(STR("alarms")), json_text(it)))
            fail_msg("%.*s is no action of the alarms", STR_ARGS(json_text(it)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_file_is_refused_with_its_element),
        cmocka_unit_test(what_the_file_names_is_there),
    };
    return letter_run(tests);
}
