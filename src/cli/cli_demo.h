/* SPDX-License-Identifier: Apache-2.0
 * A throw-away site of made-up people, and what is done with it: the walk by command line (cli_demo.c), or browsers
 * (cli_demo_app.c). */
#ifndef SALVE_CLI_DEMO_H
#define SALVE_CLI_DEMO_H

#include "cli/cli_int.h"
#include "visit/check.h"
#include "visit/demo.h"

struct demo {
    struct cli *cli;
    struct visit *visit; /* cli->visit, with the actor of the step */
    struct str folder;   /* holds site/, site.key, pins */
    struct visit_demo about;
    struct visit_screening screening;
    struct rec_enrolled enrolled[VISIT_DEMO_PEOPLE_MAX]; /* of those who are not on paper */
    const char *cards;                                   /* of who comes, as lines */
    bool is_quiet;                                       /* one step is not told after the other */
};

/* demo_begin - content, people, the folder and its site. */
SALVE_MUST_USE enum salve_code demo_begin(struct demo *demo, struct salve_err *err);

/* demo_enrol - a person comes and agrees. demo_measure - what was measured is kept and judged: drafts. */
SALVE_MUST_USE enum salve_code demo_enrol(struct demo *demo, size_t index, struct salve_err *err);
SALVE_MUST_USE enum salve_code demo_measure(struct demo *demo, size_t index, struct screen_found *findings,
                                            struct salve_err *err);

/* demo_app - the site for browsers, until it is told to end; thrown away then, unless it is to be kept. */
SALVE_MUST_USE enum salve_code demo_app(struct demo *demo, struct salve_err *err);

#endif
