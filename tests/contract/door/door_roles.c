/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of who may do what, tried once more through the door. */
#define T_SITE_FAR
#include "../records/records_roles.c"
