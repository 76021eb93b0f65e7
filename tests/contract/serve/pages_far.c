/* SPDX-License-Identifier: Apache-2.0
 *
 * The calls of the app (tests/unit/pages/pages_calls.c) once more, over a site at the other end of the door: pages
 * cannot tell which it has. */
#define T_SITE_FAR
#include "../../unit/pages/pages_calls.c"
