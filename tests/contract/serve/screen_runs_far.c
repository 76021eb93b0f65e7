/* SPDX-License-Identifier: Apache-2.0
 *
 * Code above records works through the door as it does without it: guidelines run and kept. */
#define T_SITE_FAR
#include "../../unit/screen/screen_runs.c"
