/* SPDX-License-Identifier: Apache-2.0
 *
 * What staff says and does about a person, through the door: the process that faces the browsers can be somebody else's
 * program, and gets no further than one of this process does. */
#define T_SITE_FAR
#include "../records/never_deeds.c"
