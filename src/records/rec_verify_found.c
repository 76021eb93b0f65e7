/* SPDX-License-Identifier: Apache-2.0
 * verify: what becomes a finding, and who is told how much of it. */
#include "records/verify_int.h"

/* A text without the ids of compartments in it. */
static struct str without_ids(struct str text, char out[SALVE_ERR_WHERE_BYTES])
{
    struct compartment ignored;
    struct str cut = str_cut(text, 0, SALVE_ERR_WHERE_BYTES - 1);
    memcpy(out, cut.ptr, cut.len);
    for (size_t i = 0; i + COMPARTMENT_TEXT_BYTES <= cut.len; i++)
        if (compartment_parse(str_make(out + i, COMPARTMENT_TEXT_BYTES), &ignored))
            memset(out + i, '.', COMPARTMENT_TEXT_BYTES);
    return str_make(out, cut.len);
}

void rec_found(struct verify *v, const char *file, struct str compartment, struct str element, const char *what)
{
    char text[SALVE_ERR_WHERE_BYTES];
    struct site_finding finding = {
        .file = str_of(file), .compartment = compartment, .element = element, .what = str_of(what)};
    if (!v->shows_records && compartment.len > 0) finding.compartment = STR("");
    if (!v->shows_records && element.len > 0) finding.element = without_ids(element, text);
    v->result->findings++;
    if (v->ask->finding != NULL) v->ask->finding(v->ask->with, &finding);
}

void rec_found_in(struct verify *v, const char *file, struct compartment id, const char *element, const char *what)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(id, text);
    rec_found(v, file, str_of(text), str_of(element), what);
}

void rec_found_left(struct verify *v, const char *file, struct compartment id, const char *element, const char *what)
{
    v->result->left_over++;
    rec_found_in(v, file, id, element, what);
}

/* An error of a step that reported nothing itself becomes a finding; anything but damage ends the run. */
enum salve_code rec_verify_settle(struct verify *v, const char *file, enum salve_code code, uint64_t findings_before,
                                  struct salve_err *step_err, struct salve_err *err)
{
    char where[SALVE_ERR_WHERE_BYTES];
    if (code == SALVE_OK) return SALVE_OK;
    bool is_damage = code == SALVE_E_INTEGRITY || code == SALVE_E_CONFLICT || code == SALVE_E_NOT_FOUND ||
                     code == SALVE_E_INVALID || code == SALVE_E_SYNTAX || code == SALVE_E_UNSUPPORTED;
    if (!is_damage) {
        if (err != NULL) *err = *step_err;
        return code;
    }
    if (v->result->findings == findings_before)
        rec_found(v, file, STR_NONE, str_of(salve_err_where(step_err, where)),
                  step_err->why[0] != '\0' ? step_err->why : salve_code_what(code));
    return SALVE_OK;
}

enum salve_code rec_verify_part(struct verify *v, const char *file, rec_verify_run *run, struct salve_err *err)
{
    struct salve_err step_err = {0};
    uint64_t before = v->result->findings;
    struct arena_mark mark = arena_mark(v->mem);
    enum salve_code code = run(v, &step_err);
    arena_rewind(v->mem, mark);
    return rec_verify_settle(v, file, code, before, &step_err, err);
}
