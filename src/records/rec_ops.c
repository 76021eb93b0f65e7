/* SPDX-License-Identifier: Apache-2.0
 *
 * The doors of records: each goes through the ops that its site or view begins with. */
#include "records/near_int.h"

static const struct gate_ops *ops_of(const void *opened)
{
    const struct gate_ops *const *first = opened;
    return first == NULL ? &rec_near_ops : *first; /* closing nothing is fine */
}

#define GATE(type, name, through, parameters, arguments)                                                               \
    type name parameters { return ops_of(through)->name arguments; }
#define GATE_VOID(name, through, parameters, arguments)                                                                \
    void name parameters { ops_of(through)->name arguments; }
#include "records/gate.def"
#undef GATE
#undef GATE_VOID

const struct gate_ops rec_near_ops = {
#define GATE(type, name, through, parameters, arguments) .name = near_##name,
#define GATE_VOID(name, through, parameters, arguments)  .name = near_##name,
#include "records/gate.def"
#undef GATE
#undef GATE_VOID
};
