/* SPDX-License-Identifier: Apache-2.0
 *
 * People whose records were opened with the card within an hour. */
#ifndef SALVE_RECORDS_OPENINGS_INT_H
#define SALVE_RECORDS_OPENINGS_INT_H

#include "records/gate_int.h"

enum { REC_OPENINGS_ID_BYTES = 8 };
struct rec_openings {
    struct {
        uint8_t id[REC_OPENINGS_ID_BYTES]; /* the beginning of a compartment's */
        int64_t at_unix_ms;
    } list[REC_OPENINGS_TOLD]; /* by time; the newest last */
    size_t count;
    int64_t told_unix_ms; /* 0: never */
};

/* rec_openings_add - true: it is of one more than 120 people within an hour, and that was not told within it. */
bool rec_openings_add(struct rec_openings *openings, struct compartment id, int64_t now_unix_ms);

#endif
