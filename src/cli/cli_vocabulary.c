/* SPDX-License-Identifier: Apache-2.0
 * Value sets and code systems from files and folders. */
#include "cli/cli_vocabulary.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"

static enum salve_code add_file(struct cli *cli, struct terms *v, const char *path, struct salve_err *err)
{
    struct str text;
    struct tape *tape = arena_new(cli->mem, struct tape);
    if (tape == NULL) return salve_fail(err, SALVE_E_MEMORY, "--vocabulary");
    enum salve_code code = file_read(path, SALVE_RESOURCE_BYTES_MAX, cli->mem, &text, err);
    if (code != SALVE_OK) return code;
    code = fhir_read(text, NULL, cli->mem, tape, NULL, err);
    if (code == SALVE_OK) code = terms_add(v, tape, err);
    if (code != SALVE_OK) salve_err_in(err, "%s", path);
    return code;
}

static enum salve_code add_folder(struct cli *cli, struct terms *v, const char *path, const struct str *names,
                                  size_t count, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        if (!str_ends(names[i], STR(".json"))) continue;
        struct str file = arena_printf(cli->mem, "%s/%.*s", path, STR_ARGS(names[i]));
        code = file.ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "--vocabulary") : add_file(cli, v, file.ptr, err);
    }
    return code;
}

enum salve_code cli_vocabulary_read(struct cli *cli, struct terms **out, struct salve_err *err)
{
    const struct cli_values *given = &cli->options[OPT_VOCABULARY];
    enum salve_code code = SALVE_OK;
    *out = NULL;
    if (given->count == 0) return code;
    struct terms *v = terms_make(cli->mem);
    if (v == NULL) return salve_fail(err, SALVE_E_MEMORY, "--vocabulary");
    for (size_t i = 0; i < given->count && code == SALVE_OK; i++) {
        struct str *names;
        size_t count;
        struct salve_err no_folder = {0};
        bool is_folder = file_list(given->value[i], cli->mem, &names, &count, &no_folder) == SALVE_OK;
        code =
            is_folder ? add_folder(cli, v, given->value[i], names, count, err) : add_file(cli, v, given->value[i], err);
    }
    *out = v;
    return code;
}
