/* SPDX-License-Identifier: Apache-2.0
 * Every Synthea bundle goes through minimising and import: what is left is admissible, valid, about one person, and its
 * references lead to its own ids; nothing of what must never be kept is left; nothing disappears without a line in the
 * rejects. Prints how often each rule left something out. admit_import_synthea [DIR] reads *.json.gz of a folder. */
#include "t.h"

#include "base/buf.h"
#include "base/file.h"
#include "admit/admit.h"
#include "fhir/fhir.h"
#include "admit/import.h"
#include "json/json.h"

#define COMPARTMENT "aaaaaaaaaaaaaaaaaaaaaaaaaa"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
enum { SLOW = __has_feature(address_sanitizer) }; /* every tenth bundle is enough under sanitizers */

static struct {
    const char *rule;
    unsigned count;
} totals[64];
static unsigned resources_in, resources_out, references, commons, reject_lines;

static void add_total(const char *rule, unsigned count)
{
    for (size_t i = 0; i < 64; i++) {
        if (totals[i].rule != NULL && strcmp(totals[i].rule, rule) != 0) continue;
        totals[i].rule = rule;
        totals[i].count += count;
        return;
    }
}

static bool unzip(const char *path, struct arena *mem, struct str *out)
{
    char command[4300];
    struct buf text;
    (void)snprintf(command, sizeof command, "gzip -dc '%s'", path); /* names with a quote are escaped by the caller */
    FILE *pipe = popen(command, "r");
    if (pipe == NULL) return false;
    buf_init(&text, mem, (size_t)256 << 20);
    for (;;) {
        char *room = buf_room(&text, 65536);
        if (room == NULL) break;
        size_t len = fread(room, 1, 65536, pipe);
        buf_took(&text, len);
        if (len == 0) break;
    }
    return pclose(pipe) == 0 && buf_done(&text, out, NULL) == SALVE_OK;
}

static uint64_t next_number(void *ctx) { return ++*(uint64_t *)ctx; }

static bool has_id(const struct import_done *done, struct str reference)
{
    for (size_t i = 0; i < done->resource_count; i++) {
        struct str type = done->resources[i].type, id = done->resources[i].id;
        if (reference.len == type.len + 1 + id.len && str_starts(reference, type) && str_ends(reference, id))
            return true;
    }
    return false;
}

/* Every reference of the resource leads to a resource of the import; the Patient only once, by number 1. */
static const char *bad_reference(const struct import_done *done, const struct tape *tape)
{
    for (tape_at n = 1; n < tape->node_count; n++) {
        struct str name = fhir_name(fhir_elements[tape_element(tape, n)].name);
        if (!str_is(name, "reference") || tape_kind(tape, n) != TAPE_TEXT) continue;
        struct str text = tape_text(tape, n);
        if (str_starts(text, STR("Patient/")) && !str_is(text, "Patient/" COMPARTMENT ".1")) return "another Patient";
        if (!str_starts(text, STR("Patient/")) && !str_starts(text, STR("Observation/")) && !has_id(done, text))
            return "a dangling reference";
    }
    return NULL;
}

static const char *check_resource(const struct import_done *done, const struct import_resource *resource,
                                  const struct admit_rules *rules, struct arena *mem)
{
    struct buf json;
    struct tape again;
    struct fhir_issues issues;
    struct salve_err err = {0};
    struct str text;
    fhir_issues_init(&issues, mem);
    buf_init(&json, mem, (size_t)16 << 20);
    fhir_write(&resource->tape, 0, FHIR_COMPACT, &json);
    if (buf_done(&json, &text, &err) != SALVE_OK || fhir_read(text, NULL, mem, &again, &issues, &err) != SALVE_OK)
        return "a resource that is not valid FHIR";
    if (admit_check(rules, &again, STR(COMPARTMENT), mem, &issues, &err) != SALVE_OK)
        return "a resource that is not admissible";
    if (!str_eq(tape_child_text(&again, 0, "id"), resource->id)) return "a resource without its id";
    return bad_reference(done, &again);
}

static unsigned count_lines(struct str text, const char **why, struct arena *mem)
{
    struct str line;
    unsigned count = 0;
    const struct json *doc;
    while (str_next_line(&text, &line)) {
        struct arena_mark mark = arena_mark(mem);
        struct salve_err err = {0};
        struct json_opts opts = {.bytes_max = (size_t)16 << 20};
        count++;
        if (count % 97 == 0 && json_read(line, &opts, mem, &doc, &err) != SALVE_OK)
            *why = "a line of the rejects that is not JSON";
        arena_rewind(mem, mark);
    }
    return count;
}

static const char *run(struct str text, const struct admit_rules *rules, struct arena *mem)
{
    static const char *const never[] = {"us-core-race", "us-core-ethnicity", "birthPlace",
                                        "us-ssn",       "passport",          "ombCategory"};
    struct tape bundle;
    struct fhir_issues issues;
    struct salve_err err = {0};
    struct import_done done, refused;
    uint64_t number = 0;
    const char *why = NULL;
    fhir_issues_init(&issues, mem);
    struct import_ask ask = {
        .rules = rules, .compartment = STR(COMPARTMENT), .next = next_number, .ctx = &number, .minimise = true};
    if (import_read(text, mem, &bundle, &issues, &err) != SALVE_OK) return "it cannot be read";
    if (import_run(&ask, &bundle, mem, &done, &err) != SALVE_OK) return "it cannot be imported";
    ask.minimise = false;
    if (import_run(&ask, &bundle, mem, &refused, &err) != SALVE_E_NOT_ADMITTED || refused.issues->count == 0)
        return "it is accepted whole, with all that must never be kept";
    unsigned lines = count_lines(done.rejects, &why, mem), counted = 0;
    for (size_t i = 0; i < done.rule_count; i++) {
        add_total(done.counts[i].rule, done.counts[i].count);
        counted += done.counts[i].count;
    }
    if (lines != counted) return "the rejects have other lines than were counted";
    resources_in += done.resources_in;
    resources_out += (unsigned)done.resource_count;
    references += done.references;
    commons += done.commons;
    reject_lines += lines;
    for (size_t i = 0; i < done.resource_count && why == NULL; i++) {
        struct arena_mark mark = arena_mark(mem);
        struct buf json;
        why = check_resource(&done, &done.resources[i], rules, mem);
        buf_init(&json, mem, (size_t)16 << 20);
        fhir_write(&done.resources[i].tape, 0, FHIR_COMPACT, &json);
        for (size_t n = 0; n < sizeof never / sizeof never[0]; n++)
            if (str_find(buf_str(&json), str_of(never[n])) >= 0) why = never[n];
        arena_rewind(mem, mark);
    }
    return why;
}

static void run_file(const char *dir, struct str name, const struct admit_rules *rules)
{
    char path[4096], label[256];
    struct arena *mem = arena_open((size_t)1 << 30);
    struct str text;
    size_t at = 0;
    at += (size_t)snprintf(path, sizeof path, "%s/", dir);
    for (size_t i = 0; i < name.len && at + 5 < sizeof path; i++) /* O'Hara for the shell */
        at += (size_t)snprintf(path + at, sizeof path - at, name.ptr[i] == '\'' ? "'\\''" : "%c", name.ptr[i]);
    (void)snprintf(label, sizeof label, "%.*s", STR_ARGS(name));
    const char *why = unzip(path, mem, &text) ? run(text, rules, mem) : "it cannot be unpacked";
    if (why == NULL)
        t_pass();
    else
        t_fail(label, "%s", why);
    arena_close(mem);
}

int main(int argc, char **argv)
{
    const char *dir = t_suite(argc, argv, "synthea");
    struct arena *mem = arena_open((size_t)64 << 20);
    struct salve_err err = {0};
    struct admit_rules *rules;
    struct str *names;
    size_t count = 0, step = 1;
    if (dir == NULL) {
        t_skipped(120);
        arena_close(mem);
        return t_end();
    }
    if (argc == 1 && SLOW) step = 10; /* an explicit DIR reads them all */
    if (admit_rules_make(NULL, mem, &rules, &err) != SALVE_OK || file_list(dir, mem, &names, &count, &err) != SALVE_OK)
        t_fail(dir, "%s", t_where(&err));
    for (size_t i = 0, n = 0; i < count; i++) {
        if (!str_ends(names[i], STR(".json.gz")) || str_find(names[i], STR("Information")) >= 0) continue;
        if (n++ % step == 0)
            run_file(dir, names[i], rules);
        else
            t_skipped(1);
    }
    printf("%u resources in, %u kept with the person, %u of staff and places, %u references rewritten, %u left out:\n",
           resources_in, resources_out, commons, references, reject_lines);
    for (size_t i = 0; i < 64 && totals[i].rule != NULL; i++) printf("  %-24s %8u\n", totals[i].rule, totals[i].count);
    arena_close(mem);
    return t_end();
}
