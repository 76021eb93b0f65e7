/* SPDX-License-Identifier: Apache-2.0
 * An error as JSON. */
#include <stdio.h>

#include "json/json.h"

/* A word of an error may be any bytes: a file's name, an operand. */
static void put_word(struct json_writer *w, const char *name, const char *text)
{
    json_put_text(w, name, str_is_utf8(str_of(text)) ? str_of(text) : STR("(not UTF-8)"));
}

void json_put_error(struct json_writer *w, const char *name, const struct salve_err *err)
{
    char where[SALVE_ERR_WHERE_BYTES], slv[16];
    (void)snprintf(slv, sizeof slv, "SLV-%d", salve_code_slv(err->code));
    json_open(w, name, '{');
    put_word(w, "code", slv);
    put_word(w, "name", salve_code_name(err->code));
    put_word(w, "what", salve_code_what(err->code));
    put_word(w, "where", salve_err_where(err, where));
    put_word(w, "in", err->in);
    json_put_i64(w, "line", err->line);
    json_put_i64(w, "column", err->column);
    put_word(w, "element", err->element);
    put_word(w, "why", err->why);
    put_word(w, "next", salve_code_next(err->code));
    json_close(w);
}
