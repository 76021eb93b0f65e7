/* SPDX-License-Identifier: Apache-2.0
 *
 * Health links, through the door. */
#define T_SITE_FAR
#include "../records/records_share.c"
