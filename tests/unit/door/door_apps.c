/* SPDX-License-Identifier: Apache-2.0
 *
 * Apps that people let in, through the door. */
#define T_SITE_FAR
#include "../records/records_apps.c"
