/* SPDX-License-Identifier: Apache-2.0
 * ELM that another translator made, with the FHIRHelpers it brings: elm_foreign_suite [DIR] (default: the public data).
 * Every library of every measure bundle links; every define runs on every person of the measure; and where the file
 * name says in which populations a person is ("patient-denom": denominator, not numerator), the defines say the same.
 * */
#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"
#include "elm/elm.h"
#include "terms/terms.h"
#include "fhir/fhir.h"
#include "t.h"

struct world {
    struct arena *mem;
    struct tape bundle;
    struct elm_set *set;
    struct terms *terms;
};

static struct str read_gzip(const char *path, struct arena *mem)
{
    char command[4200];
    struct buf out;
    (void)snprintf(command, sizeof command, "gzip -dc '%s'", path);
    FILE *pipe = popen(command, "r");
    buf_init(&out, mem, 64 << 20);
    for (size_t took; pipe != NULL;) {
        char *room = buf_room(&out, 1 << 16);
        if (room == NULL || (took = fread(room, 1, 1 << 16, pipe)) == 0) break;
        buf_took(&out, took);
    }
    if (pipe != NULL) (void)pclose(pipe);
    return buf_str(&out);
}

static struct str base64(struct str text, struct arena *mem)
{
    char *out = arena_alloc(mem, text.len);
    size_t len = 0;
    uint32_t bits = 0, count = 0;
    for (size_t i = 0; i < text.len; i++) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *at = memchr(digits, text.ptr[i], 64);
        if (at == NULL) continue;
        bits = (bits << 6) | (uint32_t)(at - digits);
        if ((count += 6) < 8) continue;
        count -= 8;
        out[len++] = (char)(bits >> count);
    }
    return str_make(out, len);
}

/* Calls `each` for every resource of that type in the bundle. */
static void each_resource(struct world *w, const char *type, void (*each)(struct world *, tape_at, void *), void *user)
{
    const struct tape *t = &w->bundle;
    fhir_type_id want = fhir_type_find(str_of(type));
    fhir_name_id entry = fhir_name_find(STR("entry")), resource = fhir_name_find(STR("resource"));
    for (tape_at e = tape_first(t, 0); e != TAPE_NONE; e = tape_next(t, 0, e)) {
        if (tape_path_name(t, e) != entry) continue;
        tape_at r = tape_child(t, e, resource);
        if (r != TAPE_NONE && tape_type(t, r) == want) each(w, r, user);
    }
}

static void load_library(struct world *w, tape_at library, void *user)
{
    const struct tape *t = &w->bundle;
    const char *folder = user;
    struct salve_err err = {0};
    for (tape_at c = tape_first(t, library); c != TAPE_NONE; c = tape_next(t, library, c)) {
        if (!str_is(fhir_name(tape_path_name(t, c)), "content")) continue;
        if (!str_is(tape_child_text(t, c, "contentType"), "application/elm+json")) continue;
        struct str elm = base64(tape_child_text(t, c, "data"), w->mem);
        if (elm_load(w->set, elm, "bundle", &err) != SALVE_OK) t_fail(folder, "load: %s %s", t_where(&err), err.why);
    }
}

/* --- people ------------------------------------------------------------------------------------------------------- */
struct person {
    const char *name; /* of the file */
    struct tape tape;
    unsigned measure; /* number of the measure in the bundle, from 1 */
};

static bool is_true(struct elm_run *run, struct str name)
{
    struct expr_value value;
    struct salve_err err = {0};
    return elm_run_define(run, name, &value, &err) == SALVE_OK && value.kind == VALUE_BOOLEAN && value.as.boolean;
}

/* What the file name says: "comp<measure>[-<group>]-numer", or "patient-numer" of the only measure. -1: nothing. */
static int wanted(const struct person *p, unsigned group, const char *population)
{
    char tag[64];
    (void)snprintf(tag, sizeof tag, "comp%u-", p->measure);
    const char *at = strstr(p->name, tag);
    if (at != NULL) {
        at += strlen(tag);
        if (at[0] >= '1' && at[0] <= '9' && at[1] == '-') {
            (void)snprintf(tag, sizeof tag, "comp%u-%u-", p->measure, group);
            at = strstr(p->name, tag);
            if (at == NULL) return -1;
            at += strlen(tag);
        }
    } else if (strncmp(p->name, "patient-", 8) == 0 && strchr("idn", p->name[8]) != NULL) {
        at = p->name + 8;
    }
    if (at == NULL) return -1;
    if (strncmp(at, "numer", 5) == 0) return 1;
    if (strncmp(at, "denom", 5) == 0) return strcmp(population, "numerator") != 0;
    if (strncmp(at, "ipp", 3) == 0) return strcmp(population, "initial-population") == 0;
    return -1;
}

static void judge_groups(struct world *w, tape_at measure, struct person *p, struct elm_run *run)
{
    const struct tape *t = &w->bundle;
    unsigned group = 0;
    for (tape_at g = tape_first(t, measure); g != TAPE_NONE; g = tape_next(t, measure, g)) {
        if (!str_is(fhir_name(tape_path_name(t, g)), "group")) continue;
        group++;
        for (tape_at c = tape_first(t, g); c != TAPE_NONE; c = tape_next(t, g, c)) {
            if (!str_is(fhir_name(tape_path_name(t, c)), "population")) continue;
            char label[400], population[64];
            tape_at code = tape_get(t, c, "code.coding.code"), criteria = tape_get(t, c, "criteria.expression");
            (void)snprintf(population, sizeof population, "%.*s", STR_ARGS(tape_text(t, code)));
            int want = wanted(p, group, population);
            if (want < 0) continue;
            (void)snprintf(label, sizeof label, "%s measure %u group %u %s", p->name, p->measure, group, population);
            if (is_true(run, tape_text(t, criteria)) == (want == 1))
                t_pass();
            else
                t_fail(label, "want %s", want ? "true" : "false");
        }
    }
}

static void judge_measure(struct world *w, tape_at measure, void *user)
{
    struct person *p = user;
    struct salve_err err = {0};
    tape_at library = tape_get(&w->bundle, measure, "library");
    struct str id = library == TAPE_NONE ? STR("") : tape_text(&w->bundle, library);
    struct elm_program *program;
    struct elm_subject subject;
    struct elm_run *run;
    const struct tape *tape = &p->tape;
    const struct expr_env env = {.terms = w->terms};
    ptrdiff_t at = str_find(id, STR("library-"));
    if (at < 0) return; /* a composite measure has no logic of its own */
    id = str_cut(id, (size_t)at + 8, id.len);
    if ((at = str_find(id, STR("|"))) >= 0) id.len = (size_t)at;
    p->measure++;
    if (elm_link(w->set, id, STR_NONE, w->mem, &program, &err) != SALVE_OK ||
        elm_subject_make(&tape, 1, w->mem, &subject, &err) != SALVE_OK ||
        elm_run_open(program, &subject, &env, NULL, 0, w->mem, &run, &err) != SALVE_OK) {
        t_fail(p->name, "%s %s", t_where(&err), err.why);
        return;
    }
    for (size_t i = 0; i < elm_define_count(program); i++) {
        struct expr_value value;
        struct salve_err one = {0};
        if (elm_run_define_at(run, i, &value, &one) == SALVE_OK)
            t_pass();
        else
            t_fail(p->name, "%s: %s (%s)", t_where(&one), one.why, salve_code_name(one.code));
    }
    judge_groups(w, measure, p, run);
}

static void run_folder(const char *dir, const char *name)
{
    char path[4096];
    struct arena *mem = arena_open((size_t)1 << 30);
    struct world w = {.mem = mem, .set = elm_set_make(mem), .terms = terms_make(mem)};
    struct salve_err err = {0};
    (void)snprintf(path, sizeof path, "%s/%s/%s-bundle.json.gz", dir, name, name);
    enum salve_code code = fhir_read(read_gzip(path, mem), NULL, mem, &w.bundle, NULL, &err);
    if (code == SALVE_OK || code == SALVE_E_INVALID) each_resource(&w, "Library", load_library, (void *)name);
    if (w.terms == NULL || terms_add(w.terms, &w.bundle, &err) != SALVE_OK || terms_done(w.terms, &err) != SALVE_OK)
        t_fail(name, "value sets: %s %s", t_where(&err), err.why);
    (void)snprintf(path, sizeof path, "%s/%s/patients", dir, name);
    DIR *people = opendir(path);
    for (struct dirent *e; people != NULL && (e = readdir(people)) != NULL;) {
        struct person p = {.name = e->d_name};
        struct str text;
        if (e->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s/patients/%s", dir, name, e->d_name);
        code = file_read(path, 64 << 20, mem, &text, &err);
        if (code == SALVE_OK) code = fhir_read(text, NULL, mem, &p.tape, NULL, &err);
        if (code == SALVE_OK || code == SALVE_E_INVALID)
            each_resource(&w, "Measure", judge_measure, &p);
        else
            t_fail(e->d_name, "%s %s", t_where(&err), err.why);
    }
    if (people != NULL) (void)closedir(people);
    arena_close(mem);
}

int main(int argc, char **argv)
{
    const char *dir = t_suite(argc, argv, "measure-mini");
    DIR *folder = dir == NULL ? NULL : opendir(dir);
    if (folder == NULL) {
        t_skipped(1);
        return t_end();
    }
    for (struct dirent *e; (e = readdir(folder)) != NULL;)
        if (e->d_name[0] != '.' && strchr(e->d_name, '.') == NULL && strcmp(e->d_name, "valuesets") != 0)
            run_folder(dir, e->d_name);
    (void)closedir(folder);
    return t_end();
}
