/* SPDX-License-Identifier: Apache-2.0
 * What every file that reads a Questionnaire needs: how to say what is wrong, values, items by their links. */
#include "form/form_int.h"

enum salve_code form_bad(const struct form_reading *r, const struct form_item *item, const char *what, const char *why)
{
    if (item == NULL || item->link.len == 0)
        return salve_refuse(r->err, SALVE_E_INVALID, why, "Questionnaire: %s", what);
    return salve_refuse(r->err, SALVE_E_INVALID, why, "item %.*s: %s", STR_ARGS(item->link), what);
}

enum salve_code form_unknown(const struct form_reading *r, const struct form_item *item, struct str what)
{
    const char *why = "forms do not have this";
    struct str link = item == NULL || item->link.len == 0 ? STR("Questionnaire") : item->link;
    return salve_refuse(r->err, SALVE_E_UNSUPPORTED, why, "%.*s: %.*s", STR_ARGS(link),
                        STR_ARGS(str_cut(what, 0, 120)));
}

tape_at form_value_of(const struct tape *tape, tape_at parent) { return tape_child(tape, parent, FHIR_N_value); }

uint16_t form_find(const struct form *form, struct str link)
{
    for (uint16_t i = 1; i < form->item_count; i++)
        if (str_eq(form->items[i].link, link)) return i;
    return FORM_NONE;
}
