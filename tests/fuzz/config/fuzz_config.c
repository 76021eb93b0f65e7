/* SPDX-License-Identifier: Apache-2.0
 * salve.conf: whatever is read holds values of their kinds, said by a line that is there; what is not names its place. */
#include <stdlib.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

/* A value that the file gave is taken again from the command line, which asks the same of it. */
static void check_value(const struct config *config, enum config_key key, unsigned lines, struct arena *mem)
{
    struct config again;
    const struct config_value *value = &config->values[key];
    config_defaults(&again);
    if (value->source == CONFIG_FROM_DEFAULT) return;
    need(value->source == CONFIG_FROM_FILE && value->line >= 1 && value->line <= lines);
    need(config_flag(key, "--option", value->text, mem, &again, NULL) == SALVE_OK);
    need(!config_is_changed(config, &again, key));
    need(config_rows[key].kind != CONFIG_KIND_PATH || value->text[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(4 << 20);
    struct str text = str_make((const char *)data, size), line;
    struct config config;
    struct salve_err err = {0};
    unsigned lines = 0;
    config_defaults(&config);
    for (struct str rest = text; str_next_line(&rest, &line);) lines++;
    if (config_read(text, "salve.conf", mem, &config, &err) == SALVE_OK) {
        for (size_t i = 0; i < CONFIG_KEYS; i++) check_value(&config, (enum config_key)i, lines, mem);
        struct salve_err unfit = {0};
        need(config_check(&config, &unfit) == SALVE_OK || unfit.element[0] == '[');
        struct str fresh;
        if (config_set(text, CONFIG_LISTEN_NAME, "a.b", mem, &fresh, NULL) == SALVE_OK) {
            struct config with;
            config_defaults(&with);
            need(config_read(fresh, "salve.conf", mem, &with, NULL) == SALVE_OK);
            need(config_is(&with, CONFIG_LISTEN_NAME, "a.b"));
            for (size_t i = 0; i < CONFIG_KEYS; i++)
                need(i == CONFIG_LISTEN_NAME || !config_is_changed(&config, &with, (enum config_key)i));
        }
    } else {
        need(err.code != SALVE_OK && err.element[0] != '\0' && err.line <= lines);
    }
    arena_close(mem);
    return 0;
}
