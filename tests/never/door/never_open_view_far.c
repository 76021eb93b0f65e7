/* SPDX-License-Identifier: Apache-2.0
 *
 * N16 through the door: a view that is open in another process ends as one of this process does. */
#define T_SITE_FAR
#include "../records/never_open_view.c"
