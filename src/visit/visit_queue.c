/* SPDX-License-Identifier: Apache-2.0
 * Letters that wait to be printed. */
#include <stdlib.h>

#include "visit/result.h"

static int by_signing(const void *a, const void *b)
{
    const struct visit_waiting *x = a, *y = b;
    if (x->since_unix_ms != y->since_unix_ms) return x->since_unix_ms < y->since_unix_ms ? -1 : 1;
    return str_cmp(x->ticket, y->ticket);
}

enum salve_code visit_letter_queue(const struct visit *visit, struct visit_waiting **out, size_t *count,
                                   uint64_t *unreadable, struct salve_err *err)
{
    struct work *list = NULL;
    size_t all = 0;
    TRY(worklist_all(visit->site, visit->actor, WORK_LIST_LETTERS, visit->mem, &list, &all, unreadable, err));
    *count = 0;
    *out = arena_array(visit->mem, struct visit_waiting, all + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "letters");
    for (size_t i = 0; i < all; i++)
        for (size_t e = 0; e < list[i].entry_count; e++)
            if (list[i].entries[e].task == WORK_LETTER)
                (*out)[(*count)++] =
                    (struct visit_waiting){list[i].ticket, list[i].reach, list[i].entries[e].since_unix_ms};
    qsort(*out, *count, sizeof **out, by_signing);
    return SALVE_OK;
}
