/* SPDX-License-Identifier: Apache-2.0
 *
 * Code above records works through the door as it does without it: findings of a site. */
#define T_SITE_FAR
#include "../../unit/screen/screen_site.c"
