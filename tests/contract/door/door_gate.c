/* SPDX-License-Identifier: Apache-2.0
 *
 * The contract of the gate (tests/contract/records/records_gate.c) once more, through the door: code above records
 * cannot tell which making of it it has. */
#define T_SITE_FAR
#include "../records/records_gate.c"
