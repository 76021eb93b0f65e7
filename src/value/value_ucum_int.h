/* SPDX-License-Identifier: Apache-2.0
 * UCUM inside: the generated table (build/gen/ucum_table.c) and a unit as an exact factor with dimensions. */
#ifndef SALVE_VALUE_UCUM_INT_H
#define SALVE_VALUE_UCUM_INT_H

#include "value/scalar.h"

enum { UCUM_DIMS = 7 }; /* m, s, g, rad, K, C, cd */

/* Functions of special units, UCUM 2.1 section 46. The value on the special scale is f(ratio to the reference unit). */
enum ucum_function {
    UCUM_NONE,
    UCUM_CEL,    /* K - 273.15 */
    UCUM_DEGF,   /* K * 9/5 - 459.67 */
    UCUM_DEGRE,  /* K * 4/5 - 218.52 */
    UCUM_TAN100, /* 100 tan */
    UCUM_HPX,
    UCUM_HPC,
    UCUM_HPM,
    UCUM_HPQ, /* -lg, -ln/ln 100, -ln/ln 1000, -ln/ln 50000 */
    UCUM_PH,  /* -lg */
    UCUM_LN,
    UCUM_LG,
    UCUM_LG2 /* 2 lg */,
    UCUM_LD,
    UCUM_SQRT,
};

struct ucum_atom {
    const char *code;
    int64_t num, den; /* factor to the base units = num / den * 10^exp10 * pi^pi */
    int exp10, pi;
    int8_t dim[UCUM_DIMS];
    bool is_metric, is_arbitrary;
    uint8_t function;
};
extern const struct ucum_atom ucum_atoms[]; /* sorted by code, bytewise */
extern const unsigned ucum_atom_count;

struct ucum_prefix {
    const char *code;
    int64_t num;
    int exp10;
};
extern const struct ucum_prefix ucum_prefixes[];
extern const unsigned ucum_prefix_count;

struct ucum_unit {
    int64_t num, den; /* lowest terms while is_exact */
    int exp10, pi;
    bool is_exact; /* false: only `approximate` holds */
    long double approximate;
    int dim[UCUM_DIMS];
    uint64_t arbitrary; /* sum of exponent * id of arbitrary units; they compare only with themselves */
    uint8_t function;
    int64_t scale_num; /* of a prefix before a special unit: value * scale_num * 10^scale_exp10 */
    int scale_exp10;
};

bool ucum_parse(struct str text, struct ucum_unit *out);
bool ucum_same_dimension(const struct ucum_unit *a, const struct ucum_unit *b);

#endif
