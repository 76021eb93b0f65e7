/* SPDX-License-Identifier: Apache-2.0
 *
 * A view that writes for long, once more through the door. */
#define T_SITE_FAR
#include "../records/records_rest.c"
