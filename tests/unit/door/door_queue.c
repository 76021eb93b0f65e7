/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of the day, through the door. */
#define T_SITE_FAR
#include "../records/records_queue.c"
