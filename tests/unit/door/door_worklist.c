/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of the lists of open work, through the door. */
#define T_SITE_FAR
#include "../records/records_worklist.c"
