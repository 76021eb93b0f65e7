/* SPDX-License-Identifier: Apache-2.0
 * The rows, and which of two sources counts. */
#include "config/config_int.h"

#include <stdlib.h>
#include <string.h>

const struct config_row config_rows[CONFIG_KEYS] = {
#define CONFIG(id, section, key, kind, otherwise, words, also, on_hangup, help)                                        \
    {section, key, section "." key, CONFIG_KIND_##kind, otherwise, words, also, CONFIG_ON_HANGUP_##on_hangup, help},
#include "config/config.def"
#undef CONFIG
};

void config_defaults(struct config *out)
{
    *out = (struct config){0};
    for (size_t i = 0; i < CONFIG_KEYS; i++) out->values[i].text = config_rows[i].otherwise;
}

enum salve_code config_put(struct config *config, enum config_key key, struct str text, const struct config_value *said,
                           struct arena *mem, struct salve_err *err)
{
    struct str copy;
    struct config_value *value = &config->values[key];
    TRY(config_value_check(key, text, said->source, err));
    if (said->source < value->source || text.len == 0) return SALVE_OK;
    TRY(arena_str(mem, text, &copy, err));
    *value = *said;
    value->text = copy.ptr;
    return SALVE_OK;
}

enum salve_code config_flag(enum config_key key, const char *option, const char *text, struct arena *mem,
                            struct config *config, struct salve_err *err)
{
    const struct config_value said = {.source = CONFIG_FROM_FLAG, .from = option};
    if (text == NULL) return SALVE_OK;
    if (text[0] == '\0') return salve_refuse(err, SALVE_E_USAGE, "it is empty", "%s", option);
    enum salve_code code = config_put(config, key, str_of(text), &said, mem, err);
    if (code == SALVE_E_CONFIG && err != NULL) {
        struct salve_err why = *err;
        return salve_refuse(err, SALVE_E_USAGE, why.why, "%s", option);
    }
    return code;
}

const char *config_text(const struct config *config, enum config_key key) { return config->values[key].text; }

bool config_is(const struct config *config, enum config_key key, const char *word)
{
    return str_is(str_of(config->values[key].text), word);
}

bool config_is_changed(const struct config *before, const struct config *now, enum config_key key)
{
    const char *one = before->values[key].text, *other = now->values[key].text;
    return (one == NULL) != (other == NULL) || (one != NULL && strcmp(one, other) != 0);
}

struct str config_where(const struct config *config, enum config_key key, struct arena *mem)
{
    const struct config_value *value = &config->values[key];
    if (value->source == CONFIG_FROM_DEFAULT) return STR("default");
    if (value->line == 0) return str_of(value->from);
    return arena_printf(mem, "%s:%u", value->from, value->line);
}

/* --- do they fit each other --------------------------------------------------------------------------------------- */

/* Who said it is named: the line of a file, a variable, an option. */
static enum salve_code refuse(const struct config *config, enum config_key key, const char *why, struct salve_err *err)
{
    const struct config_value *said = &config->values[key];
    if (said->source == CONFIG_FROM_FLAG) return salve_refuse(err, SALVE_E_USAGE, why, "%s", said->from);
    (void)salve_refuse(err, SALVE_E_CONFIG, why, "[%s] %s", config_rows[key].section, config_rows[key].key);
    if (said->source == CONFIG_FROM_FILE) salve_err_place(err, said->line, 0);
    if (said->from != NULL) salve_err_in(err, "%s", said->from);
    return SALVE_E_CONFIG;
}

static bool is_of_this_machine(struct str address)
{
    return str_starts(address, STR("127.")) || str_starts(address, STR("[::1]:")) ||
           str_starts(address, STR("localhost:"));
}

enum salve_code config_check(const struct config *config, struct salve_err *err)
{
    bool is_local = config_is(config, CONFIG_LISTEN_TLS, "local"),
         is_proxy = config_is(config, CONFIG_LISTEN_TLS, "proxy");
    bool is_public = config_is(config, CONFIG_LISTEN_TLS, "public");
    if ((is_local || is_proxy) && !is_of_this_machine(str_of(config_text(config, CONFIG_LISTEN_ADDRESS))))
        return refuse(config, CONFIG_LISTEN_ADDRESS,
                      "only this machine's own addresses, 127.0.0.1 or [::1]: without TLS others could read along",
                      err);
    if (!is_local && config_text(config, CONFIG_LISTEN_NAME) == NULL)
        return refuse(config, CONFIG_LISTEN_NAME, "without a name no browser can trust the server; say name = NAME",
                      err);
    if (is_public && config_text(config, CONFIG_LISTEN_CERTIFICATE) == NULL)
        return refuse(config, CONFIG_LISTEN_CERTIFICATE, "tls = public needs the file of the certificate", err);
    if (is_public && config_text(config, CONFIG_LISTEN_KEY) == NULL)
        return refuse(config, CONFIG_LISTEN_KEY, "tls = public needs the file of the certificate's key", err);
    if ((is_local || is_proxy) && config_text(config, CONFIG_LISTEN_PLAIN) != NULL)
        return refuse(config, CONFIG_LISTEN_PLAIN, "it needs tls = site or public", err);
    return SALVE_OK;
}
