/* SPDX-License-Identifier: Apache-2.0
 *
 * people - a CSV file of made-up people with twenty results each (people.map.json), made as it is read: adults like any,
 * most of it usual, so that some of their findings ask for something and few are for today. Of one seed all files are
 * one. */
#ifndef SALVE_BENCH_SCALE_PEOPLE_H
#define SALVE_BENCH_SCALE_PEOPLE_H

#include <stdio.h>
#include <string.h>

#include "admit/import.h"
#include "t.h"

enum { PEOPLE_ROW_BYTES = 320 };

struct people {
    size_t next, end; /* numbers of rows; at `end` the file is over */
    uint64_t random;
    bool has_head;
    char row[PEOPLE_ROW_BYTES];
    size_t len, at; /* of the row that is handed out */
};

static inline int people_row(struct people *p)
{
    unsigned r[20];
    for (size_t i = 0; i < 20; i++) r[i] = (unsigned)(t_random(&p->random) % 1000);
    return snprintf(p->row, sizeof p->row,
                    "p%zu,%c,%u-%02u-%02u,%u,%u,%u,%u.%u,%u,%u,%u,36.%u,%u.%u,%u.%u,0.%u,%u,%u,%u,%u,%u,%u,%u,%u,%u.%u,"
                    "1.0/en signed 2026-11-20 none 1,1.0/en signed 2026-11-20 none 1\n",
                    p->next++, r[0] % 2 == 0 ? 'f' : 'm', 1946 + r[1] % 58, 1 + r[2] % 12, 1 + r[3] % 28,
                    104 + r[4] % 52, 62 + r[5] % 30, 152 + r[6] % 36, 52 + r[7] % 44, r[7] % 10, 68 + r[8] % 44,
                    56 + r[9] % 34, 95 + r[10] % 5, 2 + r[11] % 7, 5 + (r[12] < 120), r[12] % 10, 4 + r[13] % 4,
                    r[13] % 10, 60 + r[14] % 39, 3 + r[15] % 26, 150 + r[16] % 90, 36 + r[17] % 34, 70 + r[18] % 120,
                    80 + r[19] % 80, 14 + r[0] % 30, 14 + r[1] % 26, 160 + r[2] % 200, 12 + r[3] % 4, r[4] % 10);
}

static inline int people_head(struct people *p)
{
    p->has_head = true;
    return snprintf(p->row, sizeof p->row, "%s",
                    "id,sex,born,systolic,diastolic,height,weight,waist,pulse,oxygen,temperature,hba1c,glucose,"
                    "creatinine,albumin,cholesterol,hdl,triglycerides,ldl,alt,ast,platelets,haemoglobin,care,follow\n");
}

/* struct csv_source's read, of a struct people. */
static inline enum salve_code people_read(void *with, char *into, size_t room, size_t *got, struct salve_err *err)
{
    struct people *p = with;
    (void)err;
    *got = 0;
    if (p->at == p->len && (p->next < p->end || !p->has_head)) {
        p->len = (size_t)(p->has_head ? people_row(p) : people_head(p));
        p->at = 0;
    }
    *got = p->len - p->at < room ? p->len - p->at : room;
    memcpy(into, p->row + p->at, *got);
    p->at += *got;
    return SALVE_OK;
}

#endif
