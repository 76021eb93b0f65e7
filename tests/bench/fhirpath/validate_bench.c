/* SPDX-License-Identifier: Apache-2.0
 * Reading, base validation and the constraints on a file of one resource a line: validate_bench FILE [ROUNDS]. Prints a
 * line of JSON: resources per CPU-second (median of three), from JSON text to the issues, and how many have errors.
 * With ROUNDS it goes that often over the file and measures nothing: for instruction counts. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "fhirpath/invariants.h"
#include "fhir/validate.h"

enum { ARENA_BYTES = 256 << 20, LINES_MAX = 100000 };

struct bench {
    struct arena *mem, *work; /* work: of one resource after the other */
    struct fhir_read_opts opts;
    struct invariants *rules;
    struct str *lines; /* `resources` of them */
    unsigned resources, bad;
};

static bool is_bad(struct bench *b, struct str line)
{
    struct arena_mark mark = arena_mark(b->work);
    struct fhir_issues issues;
    struct tape tape;
    struct salve_err err = {0};
    bool valid = false;
    fhir_issues_init(&issues, b->work);
    enum salve_code code = fhir_read(line, &b->opts, b->work, &tape, &issues, &err);
    if (code == SALVE_OK) code = fhir_validate(&tape, b->work, &issues, &valid, &err);
    if (code == SALVE_OK) code = invariants_check(b->rules, &tape, b->work, &issues, &err);
    bool bad = code != SALVE_OK || issues.error_count > 0;
    arena_rewind(b->work, mark);
    return bad;
}

/* valgrind counts what happens inside this function. */
__attribute__((noinline)) void validate_round(struct bench *b)
{
    b->bad = 0;
    for (unsigned i = 0; i < b->resources; i++) b->bad += is_bad(b, b->lines[i]);
}

static bool take_lines(struct bench *b, const char *path, struct salve_err *err)
{
    struct str rest, line;
    if (file_read(path, 64 << 20, b->mem, &rest, err) != SALVE_OK) return false;
    b->lines = arena_array(b->mem, struct str, LINES_MAX);
    while (b->lines != NULL && b->resources < LINES_MAX && str_next_line(&rest, &line))
        if (line.len > 0) b->lines[b->resources++] = line;
    return b->resources > 0;
}

static double rate(struct bench *b)
{
    double start = (double)clock() / CLOCKS_PER_SEC, now;
    double count = 0;
    do {
        validate_round(b);
        count += b->resources;
        now = (double)clock() / CLOCKS_PER_SEC;
    } while (now - start < 0.4);
    return count / (now - start);
}

int main(int argc, char **argv)
{
    struct bench b = {
        .mem = arena_open(ARENA_BYTES), .work = arena_open(ARENA_BYTES), .opts = {.reader = fhir_reader_open()}};
    struct salve_err err = {0};
    if (argc < 2 || !take_lines(&b, argv[1], &err) || invariants_make(b.mem, &b.rules, &err) != SALVE_OK ||
        invariants_compile(b.rules, &err) != SALVE_OK) {
        fprintf(stderr, "validate_bench: %s %s\n", err.element, err.why);
        return 1;
    }
    invariants_skip(b.rules, fhir_validate_covers); /* as salve fhir validate does */
    double first = 0, second = 0, third = 0;
    for (long i = 0; argc > 2 && i < atol(argv[2]); i++) validate_round(&b);
    if (argc == 2) {
        validate_round(&b);
        first = rate(&b);
        second = rate(&b);
        third = rate(&b);
    }
    double low = first < second ? first : second, high = first < second ? second : first;
    double middle = third < low ? low : third > high ? high : third;
    printf("{\"name\":\"salve\",\"rate\":%.0f,\"resources\":%u,\"bad\":%u}\n", middle, b.resources, b.bad);
    fhir_reader_close(b.opts.reader);
    arena_close(b.work);
    arena_close(b.mem);
    return 0;
}
