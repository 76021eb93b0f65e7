/* SPDX-License-Identifier: Apache-2.0
 * The table of cases, tests/unit/consent/decide.cases: a line there is a test. Run from the top folder of the checkout. */
#include "t.h"

#include "base/file.h"
#include "consent_case.h"

static void run_case(struct str line)
{
    static struct consent_case c;
    char name[80];
    (void)snprintf(name, sizeof name, "%.*s", (int)(line.len < 60 ? line.len : 60), line.ptr);
    if (!consent_case_read(line, &c)) {
        t_fail(name, "the line is not a case; see the top of the file");
        return;
    }
    struct consent_decision got = consent_decide(c.grants, c.grant_count, &c.ask);
    const char *reason = consent_reason_text(got.reason);
    (void)snprintf(name, sizeof name, "%.*s", STR_ARGS(c.name));
    if (!str_is(c.answer, reason))
        t_fail(name, "the answer is %s, expected %.*s", reason, STR_ARGS(c.answer));
    else if (got.allowed != (str_is(c.answer, "allowed") || str_is(c.answer, "own-record")))
        t_fail(name, "yes and reason differ");
    else if (got.classes != (got.allowed ? c.ask.classes : 0))
        t_fail(name, "other classes than asked for");
    else
        t_pass();
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open(1 << 20);
    struct salve_err err = {0};
    struct str rest, line;
    const char *path = argc > 1 ? argv[1] : "tests/unit/consent/decide.cases";
    if (file_read(path, 1 << 19, mem, &rest, &err) != SALVE_OK)
        t_fail(path, "cannot be read");
    else
        while (str_next_line(&rest, &line)) {
            line = str_trim(line);
            if (line.len > 0 && line.ptr[0] != '#') run_case(line);
        }
    arena_close(mem);
    return t_end();
}
