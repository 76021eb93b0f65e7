/* SPDX-License-Identifier: Apache-2.0
 *
 * assert - programmer's errors. salve_assert stays on in release builds: a broken invariant stops the process before it
 * can damage a record. Bad input is never a reason to assert; it is returned as an error (err.h). */
#ifndef SALVE_BASE_ASSERT_H
#define SALVE_BASE_ASSERT_H

#define salve_assert(claim) ((claim) ? (void)0 : salve_assert_failed(#claim, __FILE__, __LINE__))

__attribute__((noreturn, cold)) void salve_assert_failed(const char *claim, const char *file, int line);

#endif
