/* SPDX-License-Identifier: Apache-2.0
 * One key written into the text of a file, whose other lines and remarks stay as they are. */
#include "config/config_int.h"

#include "base/buf.h"
#include "base/limits.h"

/* Where the key goes: a line that has it, else a remark that shows it, else behind the head of its section. */
struct place {
    size_t from, to; /* bytes of the line that is replaced, with its end; equal: nothing is */
    int rank;        /* 3, 2, 1; 0: the section is not there */
};

/* "key = value", also as a remark; the text behind marks of a remark in *rest. */
static bool names_key(struct str line, const char *key, bool *is_remark)
{
    struct str name, value;
    line = str_trim(line);
    *is_remark = line.len > 0 && (line.ptr[0] == '#' || line.ptr[0] == ';');
    if (*is_remark) line = str_trim(str_cut(line, 1, line.len));
    return str_split(line, '=', &name, &value) && str_is(str_trim(name), key);
}

static bool is_head(struct str line, const char *section)
{
    line = str_trim(line);
    if (line.len < 2 || line.ptr[0] != '[' || line.ptr[line.len - 1] != ']') return false;
    return section == NULL || str_is(str_trim(str_cut(line, 1, line.len - 2)), section);
}

static struct place find_place(struct str text, const struct config_row *row)
{
    struct place best = {.rank = 0};
    struct str line, rest = text;
    bool is_in = false, is_remark = false;
    for (size_t from = 0; str_next_line(&rest, &line); from = text.len - rest.len) {
        size_t to = text.len - rest.len;
        struct place here = {.from = to, .to = to};
        if (is_head(line, NULL)) is_in = is_head(line, row->section);
        if (!is_in) continue;
        if (is_head(line, row->section)) here.rank = 1;
        if (names_key(line, row->key, &is_remark)) here = (struct place){from, to, is_remark ? 2 : 3};
        if (here.rank > best.rank) best = here;
    }
    return best;
}

enum salve_code config_set(struct str text, enum config_key key, const char *value, struct arena *mem, struct str *out,
                           struct salve_err *err)
{
    struct buf to;
    struct config read;
    const struct config_row *row = &config_rows[key];
    struct place place = find_place(text, row);
    TRY(config_value_check(key, str_of(value), CONFIG_FROM_FILE, err));
    buf_init(&to, mem, SALVE_CONFIG_FILE_BYTES_MAX);
    buf_add(&to, str_cut(text, 0, place.rank == 0 ? text.len : place.from));
    if (to.len > 0 && to.ptr[to.len - 1] != '\n') buf_add_char(&to, '\n');
    if (place.rank == 0) buf_addf(&to, "%s[%s]\n", to.len > 0 ? "\n" : "", row->section);
    buf_addf(&to, "%s = %s\n", row->key, value);
    if (place.rank > 0) buf_add(&to, str_cut(text, place.to, text.len));
    TRY(buf_done(&to, out, err));
    config_defaults(&read);
    TRY(config_read(*out, "salve.conf", mem, &read, err)); /* what was written is what is read */
    if (config_is(&read, key, value)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFIG, "it cannot be written into this file", "[%s] %s", row->section, row->key);
}
