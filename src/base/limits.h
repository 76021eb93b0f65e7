/* SPDX-License-Identifier: Apache-2.0
 *
 * limits - every ceiling of Salve, with its reason, checked against its neighbours. Units are part of the name.
 * docs/formats/limits.md tells the same numbers to users; `make tidy` compares the two. */
#ifndef SALVE_BASE_LIMITS_H
#define SALVE_BASE_LIMITS_H

/* clang-format off */
enum {
    SALVE_JSON_DEPTH_MAX = 32,              /* R4 examples stay below 20 */
    SALVE_RESOURCE_BYTES_MAX = 64 << 20,    /* a lifetime Bundle of Synthea is 30 MB */
    SALVE_REQUEST_BYTES_MAX = 512 << 20,    /* arena of one request: text, tape and results */
    SALVE_REJECTS_BYTES_MAX = 256 << 20,    /* what minimising left out of one input, with its paths */
    SALVE_RECORD_BYTES_MAX = 16 << 20,      /* padded plaintext of one SLVR record */
    SALVE_ELM_BYTES_MAX = 16 << 20,         /* one ELM library; FHIRHelpers with annotations is 0.3 MB */
    SALVE_ELM_DEPTH_MAX = 200,              /* nesting of one ELM expression */
    SALVE_FHIRPATH_BYTES_MAX = 1 << 20,     /* one FHIRPath text */
    SALVE_FHIRPATH_DEPTH_MAX = 200,         /* keeps the parser inside a 1 MiB stack */
    SALVE_EXPR_STEPS_MAX = 50 * 1000 * 1000, /* default step budget of one evaluation */
    SALVE_EXPR_STACK_MAX = 1 << 20,         /* values on the stack of one run: 16 MiB */
    SALVE_EXPR_FRAMES_MAX = 4000,           /* routines inside each other: endless recursion ends here */
    SALVE_EXPR_LOOPS_MAX = 10000,           /* loops inside each other, over all frames */
    SALVE_ELM_CROSSINGS_MAX = 64,           /* defines of two contexts asking each other */
    SALVE_INVARIANT_STEPS_MAX = 50 * 1000 * 1000, /* all constraints of one tape, and 100 more a node */
    SALVE_MEASURES_MAX = 64,                /* Measures of one Bundle, composites included */
    SALVE_MEASURE_GROUPS_MAX = 64,          /* groups of one Measure */
    SALVE_MEASURE_LIBRARIES_MAX = 256,      /* Libraries with ELM of one Bundle */
    SALVE_MEASURE_STRATA_MAX = 1000,        /* different values of the stratifiers of one group */
    SALVE_MEASURE_EPISODES_MAX = 2000,      /* of one person in one population; they are compared in pairs */
    SALVE_VOCABULARY_CODES_MAX = 4 * 1000 * 1000, /* codes of all value sets and code systems together: 0.4 GB */
    SALVE_VOCABULARY_DEPTH_MAX = 64,        /* value sets that include each other in a row */
    SALVE_VOCABULARY_ALIKE_MAX = 2000,      /* codes of one table that hash alike */
    SALVE_REGEX_BYTES_MAX = 64 << 10,       /* one regular expression */
    SALVE_REGEX_DEPTH_MAX = 100,            /* parentheses inside each other */
    SALVE_REGEX_STEPS_MAX = 1000 * 1000,    /* steps of one match, some 20 ms, ... */
    SALVE_REGEX_STEPS_PER_BYTE = 16,        /* ... and so many more for each byte of the text */
    SALVE_REGEX_HEAP_KIB_MAX = 20 << 10,    /* memory of one match */
    SALVE_CSV_LINE_BYTES_MAX = 64 << 10,    /* one row of a CSV map or vector file */
    SALVE_CSV_FILE_BYTES_MAX = 1 << 30,     /* a file of rows that is read as they are taken: millions of them */
    SALVE_NOTE_BYTES_MAX = 64 << 10,        /* a signed note; 16 signatures take 3 KB */
    SALVE_RECEIPT_BYTES_MAX = 256 << 10,    /* a tlog-proof: an event of 64 KiB, its proof and a note */
    SALVE_FORM_BYTES_MAX = 1 << 20,         /* one consent form in one language */
    SALVE_CONFIG_BYTES_MAX = 1 << 20,       /* guideline.json, letter texts */
    SALVE_CONFIG_FILE_BYTES_MAX = 64 << 10, /* salve.conf */
    SALVE_CONFIG_LINE_BYTES_MAX = 4 << 10,  /* one line of it */
    SALVE_PAPER_BYTES_MAX = 2 << 20,        /* description of one letter; one with all guidelines has 60 KB */
    SALVE_PAPER_PDF_BYTES_MAX = 16 << 20,   /* what is drawn from it */
    SALVE_VIEW_MINUTES_MAX = 30,            /* life of a view that was opened with the person's card */
    SALVE_VIEW_AWAY_MINUTES_MAX = 10,       /* of one opened without it */
    SALVE_ISSUES_MAX = 1000,                /* kept problems of one input; nobody reads more */
};
/* clang-format on */

_Static_assert(SALVE_REQUEST_BYTES_MAX >= 4 * SALVE_RESOURCE_BYTES_MAX, "text, tape and results must fit a request");

#endif
