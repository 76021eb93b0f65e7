/* SPDX-License-Identifier: Apache-2.0
 *
 * Referrals, through the door. */
#define T_SITE_FAR
#include "../records/records_referral.c"
