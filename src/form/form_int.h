/* SPDX-License-Identifier: Apache-2.0
 *
 * form_int - inside the room of forms: instructions, programs. Include only from src/form/. */
#ifndef SALVE_FORM_INT_H
#define SALVE_FORM_INT_H

#include "base/str.h"

enum form_op {
#define FORM_OP(id, text, operands, pops, pushes, meaning) FORM_OP_##id,
#include "form/form_ops.def"
#undef FORM_OP
    FORM_OP_COUNT
};

#endif
