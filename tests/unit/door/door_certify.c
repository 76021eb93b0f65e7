/* SPDX-License-Identifier: Apache-2.0
 *
 * The authority of a site, asked through the door. */
#define T_SITE_FAR
#include "../records/records_certify.c"
