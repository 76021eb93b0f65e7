/* SPDX-License-Identifier: Apache-2.0
 *
 * N2-N7, N11, N19, N23 through the real save path: every case of the admission gate (tests/unit/admit/cases) is
 * offered to rec_save in a real site. What is inadmissible is refused whole with its rule, no value is told, and
 * nothing of it is kept; what is admissible is kept. Consent and AuditEvent never come in from outside. */
#include "t_site.h"

#define CASES "tests/unit/admit/cases"

static struct t_site *t;
static struct rec_view *view;
static char compartment[COMPARTMENT_TEXT_BYTES + 1];
static size_t kept = 1; /* the Patient of the enrolment */

static struct str replace(struct arena *mem, struct str text, const char *from, struct str to)
{
    struct buf out;
    ptrdiff_t at;
    buf_init(&out, mem, (size_t)1 << 20);
    while ((at = str_find(text, str_of(from))) >= 0) {
        buf_add(&out, str_cut(text, 0, (size_t)at));
        buf_add(&out, to);
        text = str_cut(text, (size_t)at + strlen(from), text.len);
    }
    buf_add(&out, text);
    return buf_str(&out);
}

/* The rule that the first line of "rule path" expects; STR("ok") for an admissible input. */
static struct str first_rule(struct str expect)
{
    ptrdiff_t space = str_find(expect, STR(" "));
    return str_trim(space < 0 ? expect : str_cut(expect, 0, (size_t)space));
}

static void run_case(struct str name, struct str expect, struct str input)
{
    char label[200];
    struct tape read, tape;
    struct str id;
    struct salve_err err = {0};
    struct arena *mem = arena_open((size_t)64 << 20);
    (void)snprintf(label, sizeof label, "%.*s", STR_ARGS(name));
    input = replace(mem, input, "$P", arena_printf(mem, "Patient/%s.1", compartment));
    input = replace(mem, input, "aaaaaaaaaaaaaaaaaaaaaaaaaa", str_of(compartment));
    t_must(fhir_read(input, NULL, mem, &read, NULL, &err));
    struct str type = fhir_type_name(tape_type(&read, 0));
    if (str_is(type, "Bundle")) { /* import takes these apart; the gate takes single resources */
        t_skipped(1);
        arena_close(mem);
        return;
    }
    t_must(rec_new_id(view, mem, &id, &err));
    t_must(tape_copy(&read, 0, NULL, NULL, mem, &tape, &err));
    struct tape_builder make;
    tape_build(&make, mem, tape_type(&read, 0));
    tape_add_text(&make, "id", id);
    for (tape_at c = tape_first(&read, 0); c != TAPE_NONE; c = tape_next(&read, 0, c)) {
        struct str element = fhir_name(fhir_elements[tape_element(&read, c)].name);
        if (str_is(element, "id")) continue;
        tape_add_copy(&make, arena_printf(mem, "%.*s", STR_ARGS(element)).ptr, &read, c);
    }
    t_must(tape_built(&make, &tape, &err));
    struct rec_item item = {.tape = &tape};
    memset(&err, 0, sizeof err);
    enum salve_code code = rec_save(view, &item, 1, NULL, mem, &err);
    struct str rule = first_rule(expect);
    bool is_own = str_is(type, "Consent") || str_is(type, "AuditEvent");
    if (str_is(rule, "ok") && !is_own) {
        if (code == SALVE_OK) kept++;
        if (code != SALVE_OK)
            t_fail(label, "%s at %s (%s)", salve_code_name(code), t_where(&err), err.why);
        else
            t_pass();
    } else if (code != SALVE_E_NOT_ADMITTED)
        t_fail(label, "%s", salve_code_name(code));
    else if (!is_own && str_find(str_of(err.why), rule) < 0)
        t_fail(label, "rule %s", err.why);
    else if (strstr(t_where(&err), "CANARY") != NULL || strstr(err.why, "CANARY") != NULL)
        t_fail(label, "tells a value");
    else
        t_pass();
    arena_close(mem);
}

static void run_file(const char *path)
{
    struct arena *mem = arena_open((size_t)64 << 20);
    struct str rest, line, name = STR_NONE, expect = STR_NONE;
    struct buf input;
    t_must(file_read(path, (size_t)4 << 20, mem, &rest, &err));
    for (bool more = true; more;) {
        more = str_next_line(&rest, &line);
        if (!more || str_starts(line, STR("=== "))) {
            if (name.ptr != NULL) run_case(name, expect, buf_str(&input));
            name = str_cut(line, 4, line.len);
            expect = STR_NONE;
            buf_init(&input, mem, (size_t)1 << 20);
        } else if (str_starts(line, STR("expect:"))) {
            if (expect.ptr == NULL) expect = str_trim(str_cut(line, 7, line.len));
        } else if (!str_starts(line, STR("left:"))) {
            buf_add(&input, line);
            buf_add_char(&input, '\n');
        }
    }
    arena_close(mem);
}

static void nothing_inadmissible_was_kept(void)
{
    const struct rec_resource *all = NULL;
    size_t count = 0, bad = 0;
    t_must(rec_all(view, 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) bad += str_is(all[i].type, "Media") || str_is(all[i].type, "Consent");
    if (count != kept || bad > 0)
        t_fail("what is kept", "%zu resources, %zu wanted", count, kept);
    else
        t_pass();
}

int main(void)
{
    struct str *names;
    size_t count = 0;
    t = t_site_make("never-admission", false);
    struct site_settings settings = *site_settings(t->site);
    settings.identifier_systems = STR("urn:oid:1.2.3.4.5.99");
    settings.national_patterns = STR("999-99-9999\nAA999999A");
    t_must(site_settings_set(t->site, T_MANAGER, &settings, &err));
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    compartment_text(who.compartment, compartment);
    t_give_apart(t, who.card);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_must(file_list(CASES, t->mem, &names, &count, &err));
    for (size_t i = 0; i < count; i++)
        if (str_ends(names[i], STR(".cases"))) run_file(arena_printf(t->mem, CASES "/%.*s", STR_ARGS(names[i])).ptr);
    nothing_inadmissible_was_kept();
    t_close_view(&view);
    t_site_drop(t);
    return t_end();
}
