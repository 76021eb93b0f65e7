/* SPDX-License-Identifier: Apache-2.0
 * Runs tests/unit/admit/cases/ and forms/: each case must give exactly the findings that it lists, say nothing of its values,
 * and leave what it says when minimised. admit_cases FILE... runs those files. */
#include "t.h"

#include "base/file.h"
#include "admit/import.h"
#include "fhir/fhir.h"
#include "fhir/outcome.h"

#define CASES       "tests/unit/admit/cases"
#define FORMS       "tests/unit/admit/forms"
#define COMPARTMENT "aaaaaaaaaaaaaaaaaaaaaaaaaa"

struct admit_case {
    struct str name, expect, left, input; /* expect: "rule path" lines */
    struct str becomes, unread;           /* what is read of a file, before it is judged */
};

/* "$P" becomes the reference of the person. */
static struct str put_person(struct arena *mem, struct str text)
{
    struct buf out;
    struct str all = STR_NONE;
    ptrdiff_t at;
    buf_init(&out, mem, (size_t)1 << 20);
    while ((at = str_find(text, STR("$P"))) >= 0) {
        buf_add(&out, str_cut(text, 0, (size_t)at));
        buf_add(&out, STR("Patient/" COMPARTMENT ".1"));
        text = str_cut(text, (size_t)at + 2, text.len);
    }
    buf_add(&out, text);
    return buf_done(&out, &all, NULL) == SALVE_OK ? all : STR("");
}

static struct str findings_of(struct arena *mem, const struct fhir_issues *issues)
{
    struct buf out;
    struct str all = STR("");
    buf_init(&out, mem, (size_t)1 << 20);
    for (size_t i = 0; i < issues->count; i++)
        buf_addf(&out, "%s %.*s\n", issues->items[i].rule, STR_ARGS(issues->items[i].path));
    return buf_done(&out, &all, NULL) == SALVE_OK ? all : STR("");
}

static bool tells_a_value(const struct fhir_issues *issues, const struct salve_err *err, struct arena *mem)
{
    struct buf out;
    buf_init(&out, mem, (size_t)1 << 20);
    outcome_add(issues, &out);
    buf_add(&out, str_of(t_where(err)));
    buf_add(&out, str_of(err->why));
    return str_find(buf_str(&out), STR("CANARY")) >= 0;
}

static struct str compact(struct arena *mem, const struct tape *tape)
{
    struct buf out;
    struct str all = STR("");
    buf_init(&out, mem, (size_t)1 << 20);
    if (tape->node_count > 0) fhir_write(tape, 0, FHIR_COMPACT, &out);
    return buf_done(&out, &all, NULL) == SALVE_OK ? all : STR("");
}

static void run_minimise(const struct admit_case *c, const char *name, const struct admit_rules *rules,
                         const struct tape *tape, struct arena *mem)
{
    struct admit_kept kept;
    struct salve_err err = {0};
    struct fhir_issues issues;
    enum salve_code code = admit_minimise(rules, tape, STR(COMPARTMENT), mem, &kept, &err);
    fhir_issues_init(&issues, mem);
    if (code == SALVE_E_NOT_ADMITTED && (c->left.len == 0 || str_is(c->left, "refused"))) return t_pass();
    if (code != SALVE_OK) return t_fail(name, "minimising: %s at %s", salve_code_name(code), t_where(&err));
    struct str left = compact(mem, &kept.tape);
    if (kept.tape.node_count > 0 && admit_check(rules, &kept.tape, STR(COMPARTMENT), mem, &issues, &err) != SALVE_OK)
        return t_fail(name, "what minimising leaves is not admissible: %s %s", t_where(&err), err.why);
    if (kept.tape.node_count > 0) {
        struct tape again;
        if (fhir_read(left, NULL, mem, &again, &issues, &err) != SALVE_OK)
            return t_fail(name, "what minimising leaves is not valid: %s %s", t_where(&err), err.why);
    }
    if (str_is(c->expect, "ok\n") ? kept.rejects.len > 0 : kept.rejects.len == 0)
        return t_fail(name, "the list of rejects is wrong");
    struct str want = str_is(c->left, "nothing") ? STR("") : put_person(mem, c->left);
    if (c->left.len > 0 && !str_eq(want, left)) return t_fail(name, "left: %.*s", STR_ARGS(left));
    t_pass();
}

/* A file as it is read: its form, and the answers of its questionnaires. */
static void run_form(const struct admit_case *c, const char *name, const struct admit_rules *rules, struct arena *mem)
{
    char unread[16];
    struct tape bundle;
    struct fhir_issues issues;
    struct salve_err err = {0};
    uint32_t count = 0;
    fhir_issues_init(&issues, mem);
    enum salve_code code = import_read(c->input, mem, &bundle, &issues, &err);
    if (code == SALVE_OK) code = import_answers(rules, &bundle, mem, &count, &err);
    (void)snprintf(unread, sizeof unread, "%u", count);
    struct str got = code == SALVE_OK ? compact(mem, &bundle) : STR("");
    if (code != SALVE_OK)
        t_fail(name, "%s: %s %s", salve_code_name(code), t_where(&err), err.why);
    else if (!str_eq(got, c->becomes))
        t_fail(name, "it becomes %.*s", STR_ARGS(got));
    else if (!str_is(c->unread.len > 0 ? c->unread : STR("0"), unread))
        t_fail(name, "%s answers that nobody judges", unread);
    else
        t_pass();
}

/* With a table of texts that is empty, and again with what it has by then. */
static bool is_same_when_seen(const struct admit_rules *rules, const struct tape *tape, enum salve_code code,
                              const struct fhir_issues *issues, struct arena *mem)
{
    struct admit_seen *seen = admit_seen_make(mem);
    for (int i = 0; i < 2; i++) {
        struct fhir_issues found;
        fhir_issues_init(&found, mem);
        if (admit_check_seen(rules, tape, STR(COMPARTMENT), seen, mem, &found, NULL) != code) return false;
        if (!str_eq(findings_of(mem, &found), findings_of(mem, issues))) return false;
    }
    return seen != NULL;
}

static void run_case(const char *file, const struct admit_case *c, const struct admit_rules *rules)
{
    char name[512];
    struct arena *mem = arena_open((size_t)64 << 20);
    struct tape tape;
    struct fhir_issues issues;
    struct salve_err err = {0};
    (void)snprintf(name, sizeof name, "%s: %.*s", file, STR_ARGS(c->name));
    fhir_issues_init(&issues, mem);
    if (c->becomes.len > 0) {
        run_form(c, name, rules, mem);
        arena_close(mem);
        return;
    }
    enum salve_code code = fhir_read(put_person(mem, c->input), NULL, mem, &tape, &issues, &err);
    if (code != SALVE_OK) {
        t_fail(name, "its input is not valid: %s %s", t_where(&err), err.why);
        arena_close(mem);
        return;
    }
    code = admit_check(rules, &tape, STR(COMPARTMENT), mem, &issues, &err);
    if (!is_same_when_seen(rules, &tape, code, &issues, mem)) t_fail(name, "texts that were judged change the result");
    bool is_ok = str_is(c->expect, "ok\n");
    struct str got = findings_of(mem, &issues);
    if (code != (is_ok ? SALVE_OK : SALVE_E_NOT_ADMITTED))
        t_fail(name, "%s %.*s", salve_code_name(code), STR_ARGS(got));
    else if (!is_ok && !str_eq(got, c->expect))
        t_fail(name, "found:\n%.*s", STR_ARGS(got));
    else if (tells_a_value(&issues, &err, mem))
        t_fail(name, "a message tells a value");
    else
        t_pass();
    run_minimise(c, name, rules, &tape, mem);
    arena_close(mem);
}

/* --- reading case files ------------------------------------------------------------------------------------------- */

static struct str after(struct str line, const char *word) /* what follows "word", absent if the line is another */
{
    struct str start = str_of(word);
    return str_starts(line, start) ? str_trim(str_cut(line, start.len, line.len)) : STR_NONE;
}

static void run_file(const char *path, const struct admit_rules *rules)
{
    struct arena *mem = arena_open((size_t)64 << 20);
    struct str rest, line, value;
    struct salve_err err = {0};
    struct buf expect, input;
    struct admit_case c = {.name = STR_NONE};
    if (file_read(path, (size_t)4 << 20, mem, &rest, &err) != SALVE_OK)
        t_fail(path, "cannot be read");
    else
        for (bool more = true; more;) {
            more = str_next_line(&rest, &line);
            if (!more || str_starts(line, STR("=== "))) {
                if (c.name.ptr != NULL) {
                    if (buf_done(&expect, &c.expect, NULL) != SALVE_OK || buf_done(&input, &c.input, NULL) != SALVE_OK)
                        break;
                    run_case(path, &c, rules);
                }
                c = (struct admit_case){.name = str_cut(line, 4, line.len)};
                buf_init(&expect, mem, (size_t)1 << 20);
                buf_init(&input, mem, (size_t)1 << 20);
            } else if ((value = after(line, "expect:")).ptr != NULL) {
                buf_add(&expect, value);
                buf_add_char(&expect, '\n');
            } else if ((value = after(line, "becomes:")).ptr != NULL)
                c.becomes = value;
            else if ((value = after(line, "unread:")).ptr != NULL)
                c.unread = value;
            else if ((value = after(line, "left:")).ptr != NULL)
                c.left = value;
            else {
                buf_add(&input, line);
                buf_add_char(&input, '\n');
            }
        }
    arena_close(mem);
}

static void run_folder(const char *folder, const struct admit_rules *rules, struct arena *mem)
{
    char path[1024];
    size_t count = 0;
    struct str *names;
    struct salve_err err = {0};
    if (file_list(folder, mem, &names, &count, &err) != SALVE_OK) t_fail(folder, "cannot be listed");
    for (size_t i = 0; i < count; i++) {
        if (!str_ends(names[i], STR(".cases"))) continue;
        (void)snprintf(path, sizeof path, "%s/%.*s", folder, STR_ARGS(names[i]));
        run_file(path, rules);
    }
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)64 << 20);
    struct salve_err err = {0};
    struct admit_rules *rules;
    struct str systems[] = {STR("urn:oid:1.2.3.4.5.99")}, patterns[] = {STR("999-99-9999"), STR("AA999999A")};
    struct admit_site site = {systems, 1, patterns, 2};
    if (admit_rules_make(&site, mem, &rules, &err) != SALVE_OK)
        t_fail("rules", "%s", t_where(&err));
    else if (argc > 1)
        for (int i = 1; i < argc; i++) run_file(argv[i], rules);
    else {
        run_folder(CASES, rules, mem);
        run_folder(FORMS, rules, mem);
    }
    arena_close(mem);
    return t_end();
}
