/* SPDX-License-Identifier: Apache-2.0
 *
 * Open work, through the door. */
#define T_SITE_FAR
#include "../records/records_work.c"
