/* SPDX-License-Identifier: Apache-2.0
 *
 * ops - the two makings of the doors of records. Whoever calls rec.h, site.h, commons.h, staff.h, rights.h or
 * worklist.h has a site and views that begin with their ops; the function goes through these. A site that site_open
 * gave is used in this process. Another making, such as a site in another process, is a struct that begins the same:
 *
 *     struct far_site {
 *         const struct gate_ops *ops;                                  // first
 *         ...
 *     };
 *     struct site *site = (struct site *)far;                          // good for every row of gate.def
 *
 * It keeps the words of the headers: errors, lifetimes, and what holds. */
#ifndef SALVE_RECORDS_OPS_H
#define SALVE_RECORDS_OPS_H

#include "records/commons.h"
#include "records/rec.h"
#include "records/rights.h"
#include "records/session.h"
#include "records/site.h"
#include "records/staff.h"
#include "records/worklist.h"

struct gate_ops {
#define GATE(type, name, through, parameters, arguments) type(*name) parameters;
#define GATE_VOID(name, through, parameters, arguments)  void(*name) parameters;
#include "records/gate.def"
#undef GATE
#undef GATE_VOID
};

#endif
