/* SPDX-License-Identifier: Apache-2.0
 *
 * How a site is, asked through the door. */
#define T_SITE_FAR
#include "../records/records_health.c"
