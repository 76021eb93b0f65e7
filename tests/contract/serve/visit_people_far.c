/* SPDX-License-Identifier: Apache-2.0
 *
 * Code above records works through the door as it does without it: many people. */
#define T_SITE_FAR
#include "../../unit/visit/visit_people.c"
