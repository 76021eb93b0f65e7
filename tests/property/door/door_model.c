/* SPDX-License-Identifier: Apache-2.0
 *
 * The model of the gate, through the door. */
#define T_SITE_FAR
#include "../records/records_model.c"
