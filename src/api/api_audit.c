/* SPDX-License-Identifier: Apache-2.0
 * What the gate makes of its own records: AuditEvent, a line of who looked with its place in the log and its proof. It
 * is the person's alone, as 'salve looked' is. */
#include "api/api_int.h"

bool api_is_of_gate(struct str type) { return str_is(type, "AuditEvent"); }

enum salve_code api_of_gate(struct api_call *call, struct str type, const struct rec_resource **out, size_t *count,
                            struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t total = 0;
    *count = 0;
    if (call->visit->actor.role != ROLE_PARTICIPANT)
        return salve_refuse(err, SALVE_E_ROLE, "who looked is the person's own to see", "token");
    TRY(rec_take(call->view, call->mem, &all, &total, err));
    struct rec_resource *list = arena_array(call->mem, struct rec_resource, total + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    for (size_t i = 0; i < total; i++)
        if (str_eq(all[i].type, type)) list[(*count)++] = all[i];
    *out = list;
    return SALVE_OK;
}
