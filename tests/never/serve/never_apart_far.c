/* SPDX-License-Identifier: Apache-2.0
 *
 * What is kept apart stays so through the door. */
#define T_SITE_FAR
#include "../visit/never_apart.c"
