/* SPDX-License-Identifier: Apache-2.0
 *
 * The doors of records as they are made in this process. Files of the gate call these of each other. */
#ifndef SALVE_RECORDS_NEAR_INT_H
#define SALVE_RECORDS_NEAR_INT_H

#include "records/ops.h"

#define GATE(type, name, through, parameters, arguments) SALVE_MUST_USE type near_##name parameters;
#define GATE_VOID(name, through, parameters, arguments)  void near_##name parameters;
#include "records/gate.def"
#undef GATE
#undef GATE_VOID

extern const struct gate_ops rec_near_ops;

#endif
