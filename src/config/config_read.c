/* SPDX-License-Identifier: Apache-2.0
 * The file and the environment. */
#include "config/config_int.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"

enum { NAME_BYTES = 64, NEAR = 4 };

struct reading {
    struct config *config;
    struct arena *mem;
    struct str section; /* that the lines belong to; a view of the row's */
    struct config_value said;
    unsigned seen[CONFIG_KEYS]; /* line of it; 0: not yet */
};

/* --- names -------------------------------------------------------------------------------------------------------- */

/* The row whose name is nearest, else the one of the same key in another section; CONFIG_KEYS: none is near. */
static enum config_key nearest(struct str section, struct str key)
{
    char wanted[NAME_BYTES];
    (void)snprintf(wanted, sizeof wanted, "%.*s.%.*s", STR_ARGS(section), STR_ARGS(key));
    enum config_key near = CONFIG_KEYS;
    unsigned least = NEAR;
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        unsigned far =
            str_is(key, config_rows[i].key) ? NEAR - 1 : str_distance(str_of(wanted), str_of(config_rows[i].name));
        if (far >= least) continue;
        least = far;
        near = (enum config_key)i;
    }
    return near;
}

static enum config_key find(struct str section, struct str key)
{
    for (size_t i = 0; i < CONFIG_KEYS; i++)
        if (str_is(section, config_rows[i].section) && str_is(key, config_rows[i].key)) return (enum config_key)i;
    return CONFIG_KEYS;
}

static const char *find_section(struct str name)
{
    for (size_t i = 0; i < CONFIG_KEYS; i++)
        if (str_is(name, config_rows[i].section)) return config_rows[i].section;
    return NULL;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static enum salve_code read_section(struct reading *reading, struct str line, struct salve_err *err)
{
    if (line.ptr[line.len - 1] != ']') return salve_refuse(err, SALVE_E_CONFIG, "a section is written [store]", "line");
    struct str name = str_trim(str_cut(line, 1, line.len - 2));
    reading->section = str_of(find_section(name));
    if (reading->section.ptr != NULL) return SALVE_OK;
    const char *near = NULL;
    unsigned least = NEAR;
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        unsigned far = str_distance(name, str_of(config_rows[i].section));
        if (far < least) near = config_rows[i].section, least = far;
    }
    (void)salve_fail(err, SALVE_E_CONFIG, "section [%.*s]", STR_ARGS(name));
    if (near == NULL) return salve_why(err, SALVE_E_CONFIG, "there is no such section; 'salve config show' lists them");
    return salve_why(err, SALVE_E_CONFIG, "there is no such section; did you mean [%s]?", near);
}

static enum salve_code unknown_key(struct str section, struct str key, struct salve_err *err)
{
    enum config_key near = nearest(section, key);
    (void)salve_fail(err, SALVE_E_CONFIG, "[%.*s] %.*s", STR_ARGS(section), STR_ARGS(key));
    if (near == CONFIG_KEYS)
        return salve_why(err, SALVE_E_CONFIG, "there is no such key; 'salve config show' lists them");
    return salve_why(err, SALVE_E_CONFIG, "there is no such key; did you mean %s in [%s]?", config_rows[near].key,
                     config_rows[near].section);
}

static enum salve_code read_pair(struct reading *reading, struct str line, struct salve_err *err)
{
    struct str name, value;
    if (!str_split(line, '=', &name, &value))
        return salve_refuse(err, SALVE_E_CONFIG, "a line is [section], key = value, or begins with #", "line");
    name = str_trim(name);
    value = str_trim(value);
    if (reading->section.ptr == NULL)
        return salve_refuse(err, SALVE_E_CONFIG, "no section stands before it, such as [store]", "%.*s",
                            STR_ARGS(name));
    enum config_key key = find(reading->section, name);
    if (key == CONFIG_KEYS) return unknown_key(reading->section, name, err);
    if (reading->seen[key] != 0) {
        (void)salve_fail(err, SALVE_E_CONFIG, "[%.*s] %.*s", STR_ARGS(reading->section), STR_ARGS(name));
        return salve_why(err, SALVE_E_CONFIG, "it stands in line %u as well", reading->seen[key]);
    }
    reading->seen[key] = reading->said.line;
    return config_put(reading->config, key, value, &reading->said, reading->mem, err);
}

static enum salve_code read_line(struct reading *reading, struct str line, struct salve_err *err)
{
    if (line.len > SALVE_CONFIG_LINE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "line");
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';') return SALVE_OK;
    if (!str_is_utf8(line)) return salve_refuse(err, SALVE_E_CONFIG, "it is no text in UTF-8", "line");
    return line.ptr[0] == '[' ? read_section(reading, line, err) : read_pair(reading, line, err);
}

enum salve_code config_read(struct str text, const char *name, struct arena *mem, struct config *config,
                            struct salve_err *err)
{
    struct str line, from;
    struct reading reading = {.config = config, .mem = mem, .said.source = CONFIG_FROM_FILE};
    if (text.len > SALVE_CONFIG_FILE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "%s", name);
    TRY(arena_str(mem, str_of(name), &from, err));
    reading.said.from = from.ptr;
    if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_cut(text, 3, text.len); /* of editors that begin with it */
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && str_next_line(&text, &line)) {
        reading.said.line++;
        code = read_line(&reading, line, err);
    }
    if (code == SALVE_OK) return SALVE_OK;
    salve_err_place(err, reading.said.line, 0);
    salve_err_in(err, "%s", name);
    return code;
}

enum salve_code config_load(const char *path, struct arena *mem, struct config *config, struct salve_err *err)
{
    struct str text;
    TRY(file_read(path, SALVE_CONFIG_FILE_BYTES_MAX, mem, &text, err));
    return config_read(text, path, mem, config, err);
}

/* --- the environment ---------------------------------------------------------------------------------------------- */

static char upper(char c) { return str_is_lower(c) ? (char)(c - 'a' + 'A') : c; }

static void variable_of(enum config_key key, char out[NAME_BYTES])
{
    (void)snprintf(out, NAME_BYTES, "SALVE_%s_%s", config_rows[key].section, config_rows[key].key);
    for (char *c = out; *c != '\0'; c++) *c = upper(*c);
}

const char *config_variable(enum config_key key, struct arena *mem)
{
    char name[NAME_BYTES];
    variable_of(key, name);
    return arena_printf(mem, "%s", name).ptr;
}

/* Whether it means to be a key: SALVE_ and a section before the next underscore. */
static bool names_section(struct str name)
{
    char prefix[NAME_BYTES];
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        int len = snprintf(prefix, sizeof prefix, "SALVE_%s_", config_rows[i].section);
        for (char *c = prefix; *c != '\0'; c++) *c = upper(*c);
        if (len > 0 && str_starts(name, str_make(prefix, (size_t)len))) return true;
    }
    return false;
}

static enum salve_code unknown_variable(struct str name, struct arena *mem, struct salve_err *err)
{
    const char *near = NULL;
    unsigned least = NEAR;
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        const char *had = config_variable((enum config_key)i, mem);
        unsigned far = had == NULL ? NEAR : str_distance(name, str_of(had));
        if (far < least) near = had, least = far;
    }
    (void)salve_fail(err, SALVE_E_CONFIG, "%.*s", STR_ARGS(name));
    if (near == NULL) return salve_why(err, SALVE_E_CONFIG, "there is no such key; 'salve config show' lists them");
    return salve_why(err, SALVE_E_CONFIG, "there is no such key; did you mean %s?", near);
}

/* `pass` 0: the older names; 1: the others, which count more. */
static enum salve_code read_variable(struct str name, struct str value, int pass, struct arena *mem,
                                     struct config *config, struct salve_err *err)
{
    struct str from;
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        char own[NAME_BYTES];
        variable_of((enum config_key)i, own);
        const char *wanted = pass == 0 ? config_rows[i].also : own;
        if (wanted == NULL || !str_is(name, wanted)) continue;
        TRY(arena_str(mem, name, &from, err));
        const struct config_value said = {.source = CONFIG_FROM_ENVIRONMENT, .from = from.ptr};
        enum salve_code code = config_put(config, (enum config_key)i, value, &said, mem, err);
        if (code != SALVE_OK) salve_err_in(err, "%.*s", STR_ARGS(name));
        return code;
    }
    return pass == 1 && names_section(name) ? unknown_variable(name, mem, err) : SALVE_OK;
}

enum salve_code config_environment(char *const *variables, struct arena *mem, struct config *config,
                                   struct salve_err *err)
{
    struct str name, value;
    for (int pass = 0; pass < 2; pass++)
        for (char *const *at = variables; *at != NULL; at++)
            if (str_starts(str_of(*at), STR("SALVE_")) && str_split(str_of(*at), '=', &name, &value))
                TRY(read_variable(name, value, pass, mem, config, err));
    return SALVE_OK;
}
