/* SPDX-License-Identifier: Apache-2.0
 *
 * What staff shows, through the door. */
#define T_SITE_FAR
#include "../records/records_proof.c"
