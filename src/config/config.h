/* SPDX-License-Identifier: Apache-2.0
 *
 * config - salve.conf: which values hold, and who said so.
 *
 * A value comes from an option of the command line, else from the environment (SALVE_SECTION_KEY), else from the file,
 * else it is the default. What can be said are the rows of config.def; what is not there is an error that names the
 * nearest key. The order of the calls below does not matter: a source never takes the place of one that counts more.
 *
 *     struct config config;
 *     config_defaults(&config);
 *     TRY(config_load("/etc/salve/salve.conf", mem, &config, err));       // the file; E_NOT_FOUND: there is none
 *     TRY(config_environment(environ, mem, &config, err));
 *     TRY(config_flag(CONFIG_LISTEN_ADDRESS, "--listen", "127.0.0.1:0", mem, &config, err));
 *     TRY(config_check(&config, err));                                    // do the values fit each other
 *     const char *address = config_text(&config, CONFIG_LISTEN_ADDRESS);
 *
 * The file (salve.conf(5)): lines `[section]`, `key = value`, and lines that begin with # or ; as remarks. A value goes
 * to the end of its line, without white space at both ends; there are no quotes and no lines that go on. A key stands
 * once. A path begins with /. An empty value is none: as if nobody had said anything.
 *
 * Limits: SALVE_CONFIG_FILE_BYTES_MAX of the file, SALVE_CONFIG_LINE_BYTES_MAX of a line. There is nothing secret in a
 * configuration: secrets stand in files that it names. */
#ifndef SALVE_CONFIG_CONFIG_H
#define SALVE_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum config_key {
#define CONFIG(id, section, key, kind, otherwise, words, also, on_hangup, help) CONFIG_##id,
#include "config/config.def"
#undef CONFIG
    CONFIG_KEYS
};

enum config_kind {
    CONFIG_KIND_PATH,    /* of a file or folder */
    CONFIG_KIND_ADDRESS, /* "127.0.0.1:8080", "[::1]:0", "localhost:8080" */
    CONFIG_KIND_HOST,    /* a name of DNS in lower case, with a dot, never numbers alone */
    CONFIG_KIND_WORD,    /* one of the row's words */
};

struct config_row {
    const char *section, *key, *name; /* name: "listen.address" */
    enum config_kind kind;
    const char *otherwise; /* the default; NULL: none */
    const char *words;     /* of a WORD, a space between; else NULL */
    const char *also;      /* an older name in the environment; or NULL */
    bool is_reloaded;      /* SIGHUP is enough */
    const char *help;      /* one text without line breaks */
};
extern const struct config_row config_rows[CONFIG_KEYS];

/* Who said it; a later one counts more. */
enum config_source { CONFIG_FROM_DEFAULT, CONFIG_FROM_FILE, CONFIG_FROM_ENVIRONMENT, CONFIG_FROM_FLAG };

struct config_value {
    const char *text; /* NULL: none */
    enum config_source source;
    const char *from; /* "/etc/salve/salve.conf", "SALVE_LISTEN_ADDRESS", "--listen"; the default: NULL */
    unsigned line;    /* of the file */
};
struct config {
    struct config_value values[CONFIG_KEYS]; /* texts live in the mem of the calls, those of defaults for ever */
};

void config_defaults(struct config *out);

/* config_read - the text of a file that is called `name` in errors and by `from`; both are copied into mem. After an
 * error *config holds some of it and must not be used.
 *   errors  E_CONFIG with line: no such section or key (the nearest is named), twice, no value of its kind, no line of
 *           the format; E_TOO_BIG, E_MEMORY
 * config_load - the same of a file of at most SALVE_CONFIG_FILE_BYTES_MAX; E_NOT_FOUND, E_IO. */
SALVE_MUST_USE enum salve_code config_read(struct str text, const char *name, struct arena *mem, struct config *config,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code config_load(const char *path, struct arena *mem, struct config *config,
                                           struct salve_err *err);

/* config_environment - `variables` as environ has them. SALVE_STORE_PATH and the like, and the older names; one that
 * begins with SALVE_ and the name of a section and is no key is E_CONFIG. Empty ones are as if they were not there. */
SALVE_MUST_USE enum salve_code config_environment(char *const *variables, struct arena *mem, struct config *config,
                                                  struct salve_err *err);

/* config_flag - what an option of the command line says. text NULL: it was not given. */
SALVE_MUST_USE enum salve_code config_flag(enum config_key key, const char *option, const char *text, struct arena *mem,
                                           struct config *config, struct salve_err *err);

/* config_check - E_CONFIG where values do not fit each other: a name is missing, certificate and key are, an address
 * that other machines reach goes without TLS. E_USAGE where an option said it. */
SALVE_MUST_USE enum salve_code config_check(const struct config *config, struct salve_err *err);

/* config_text - the value, NULL where there is none. config_is - it is this word. */
const char *config_text(const struct config *config, enum config_key key);
bool config_is(const struct config *config, enum config_key key, const char *word);

/* config_is_changed - whether a later reading has another value of the key. */
bool config_is_changed(const struct config *before, const struct config *now, enum config_key key);

/* config_set - the text of a file with this value of the key, all else as it was: in the line that has it, in place of
 * a remark that shows it, else in its section. In mem. E_CONFIG: no value of its kind, or the text is no file of the
 * format; E_TOO_BIG. */
SALVE_MUST_USE enum salve_code config_set(struct str text, enum config_key key, const char *value, struct arena *mem,
                                          struct str *out, struct salve_err *err);

/* config_variable - the name in the environment: SALVE_LISTEN_ADDRESS. In mem; NULL at its ceiling. */
const char *config_variable(enum config_key key, struct arena *mem);

/* config_where - who said it, in words: "default", "/etc/salve/salve.conf:3", "SALVE_SITE", "--listen". In mem. */
struct str config_where(const struct config *config, enum config_key key, struct arena *mem);

#endif
