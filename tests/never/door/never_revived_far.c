/* SPDX-License-Identifier: Apache-2.0
 *
 * What never_revived.c of the gate holds, through the door. */
#define T_SITE_FAR
#include "../records/never_revived.c"
