/* SPDX-License-Identifier: Apache-2.0
 *
 * That who holds a card is the person: a card can be lost, and a pile of cards must open nobody. */
#ifndef SALVE_RECORDS_PERSON_INT_H
#define SALVE_RECORDS_PERSON_INT_H

#include "records/gate_int.h"

/* rec_person_asks - whether this is the person's own ask, who has to show it. rec_person_ready - before the leaf: E_PIN
 * where nothing is told and nobody is there. rec_person_wrong - in its transaction: the wrong ones so far. */
bool rec_person_asks(const struct rec_gate_ask *ask);
SALVE_MUST_USE enum salve_code rec_person_ready(const struct rec_gate_ask *ask, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_person_wrong(struct rec_tx *tx, struct compartment id, uint32_t *out,
                                                struct salve_err *err);

/* rec_person_check - behind the leaf: what was told against the stored birth date, or the word where there is none. A
 * member of staff who is there vouches for them, and takes wrong ones back. E_PIN: it does not fit, or five did not
 * since the last time that it did; the person sees that somebody tried. */
SALVE_MUST_USE enum salve_code rec_person_check(struct rec_gate *gate, const struct rec_gate_ask *ask,
                                                struct salve_err *err);

/* rec_word_forget - with the keys of an erased person goes their word. */
SALVE_MUST_USE enum salve_code rec_word_forget(struct site *site, struct compartment id, struct salve_err *err);

#endif
