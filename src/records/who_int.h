/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is meant: codes, their tokens, and the token of names with a birth date. */
#ifndef SALVE_RECORDS_WHO_INT_H
#define SALVE_RECORDS_WHO_INT_H

#include "fhir/tape.h"
#include "keys/keys.h"
#include "records/rec.h"

enum { REC_CODE_CHARS_MAX = 22 };
struct rec_code {
    enum rec_code_kind kind;
    uint8_t values[REC_CODE_CHARS_MAX];
};
bool rec_code_read(enum rec_code_kind kind, struct str text, struct rec_code *out);
void rec_code_make(enum rec_code_kind kind, struct rec_code *out);
struct str rec_code_text(const struct rec_code *code, char text[REC_CODE_TEXT_BYTES + 1]);
/* rec_code_out - the text in mem, for the one time that it is shown. */
SALVE_MUST_USE enum salve_code rec_code_out(const struct rec_code *code, struct arena *mem, struct str *out,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_code_token(struct site *site, const struct rec_code *code,
                                              uint8_t token[KEYS_TOKEN_BYTES], struct salve_err *err);
/* rec_code_find - whom a code of that kind leads to. E_NOT_FOUND in the words of rec_not_here. */
SALVE_MUST_USE enum salve_code rec_code_find(struct site *site, const struct rec_code *code, struct arena *mem,
                                             struct compartment *out, struct salve_err *err);

/* rec_name_token - token of all names and birth date of a Patient; *has_token false when one of them is missing. */
SALVE_MUST_USE enum salve_code rec_name_token(struct site *site, const struct tape *patient, struct arena *mem,
                                              uint8_t token[KEYS_TOKEN_BYTES], bool *has_token, struct salve_err *err);

/* rec_who - a card code (then *is_present) or the text of a compartment id. E_NOT_FOUND for both alike, in the words of
 * rec_not_here. */
SALVE_MUST_USE enum salve_code rec_who(struct site *site, struct str who, struct arena *mem, struct compartment *out,
                                       bool *is_present, struct salve_err *err);

#endif
