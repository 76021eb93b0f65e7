/* SPDX-License-Identifier: Apache-2.0
 *
 * Code above records works through the door as it does without it: a station. */
#define T_SITE_FAR
#include "../../unit/visit/visit_station.c"
