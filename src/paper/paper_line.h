/* SPDX-License-Identifier: Apache-2.0
 * paper_line - what goes between the process that asks and the one that draws, before its deadline. */
#ifndef SALVE_PAPER_PAPER_LINE_H
#define SALVE_PAPER_PAPER_LINE_H

#include "paper/paper_int.h"

/* A request: PAPER_MARK, length, description. An answer: PAPER_MARK, a code of errors.def, length; then the PDF, or
 * three texts of an error (in, element, why), a NUL behind each. Numbers have 4 bytes, the lowest first. */
#define PAPER_MARK "SLVP"
enum { PAPER_ASK_HEAD = 8, PAPER_ANSWER_HEAD = 12, PAPER_ERROR_BYTES_MAX = 3 * SALVE_ERR_TEXT_BYTES };

/* paper_in_ms, paper_ms_left - a moment of the machine's own clock, which nobody sets; and how far it is off, 0 if it
 * has been. */
int64_t paper_in_ms(int64_t ms);
int paper_ms_left(int64_t until);

/* paper_send, paper_receive - all of the bytes. E_BUSY: not before `until`; E_IO: the other end is closed. */
SALVE_MUST_USE enum salve_code paper_send(int fd, struct str bytes, int64_t until, struct salve_err *err);
SALVE_MUST_USE enum salve_code paper_receive(int fd, char *bytes, size_t count, int64_t until, struct salve_err *err);

/* paper_hand_over - gives a descriptor through an end of paper_pair; E_BUSY, E_IO. paper_take - the next one that was
 * given; -1: what came is none. E_NOT_FOUND: the other end is closed, and nothing more comes; E_IO. */
SALVE_MUST_USE enum salve_code paper_hand_over(int asks, int fd, int64_t until, struct salve_err *err);
SALVE_MUST_USE enum salve_code paper_take(int draws, int *fd, struct salve_err *err);

#endif
