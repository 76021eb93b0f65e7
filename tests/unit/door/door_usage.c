/* SPDX-License-Identifier: Apache-2.0
 *
 * How the gate is used, through the door. */
#define T_SITE_FAR
#include "../records/records_usage.c"
