/* SPDX-License-Identifier: Apache-2.0
 * Measures that others made: measure_suite [DIR] (default: the public data). Each folder of DIR is a measure bundle,
 * compressed, with people whose file names say in which populations they are: "patient-denom" (denominator, not
 * numerator), "comp2-1-numer" (of group 1 of the second measure), "3enc-1in-all-2in-denom" (of three encounters, one is
 * in denominator and numerator, two in the denominator only). Files whose names say nothing must still be evaluated. */
#include <dirent.h>

#include "base/file.h"
#include "measure/measure.h"
#include "value/scalar.h"
#include "fhir/fhir.h"
#include "t.h"

enum { IPP, DENOM, NUMER, CLAIMS, UNKNOWN = -1 };
struct claim {
    int is[CLAIMS]; /* members; UNKNOWN: the name does not say */
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

/* "numer" is in all three, "denom" not in the numerator, "ipp" in the initial population only. */
static bool claim_of_word(const char *word, struct claim *out)
{
    bool is_numer = strncmp(word, "numer", 5) == 0, is_denom = strncmp(word, "denom", 5) == 0;
    if (!is_numer && !is_denom && strncmp(word, "ipp", 3) != 0) return false;
    *out = (struct claim){{1, is_numer || is_denom, is_numer}};
    return true;
}

static bool claim_of_encounters(const char *name, struct claim *out)
{
    *out = (struct claim){{UNKNOWN, 0, 0}};
    const char *at = strstr(name, "enc-");
    for (; at != NULL && (at = strstr(at, "in-")) != NULL; at += 3) {
        int count = at[-1] - '0';
        bool is_all = strncmp(at + 3, "all", 3) == 0;
        if (is_all || strncmp(at + 3, "denom", 5) == 0) out->is[DENOM] += count;
        if (is_all || strncmp(at + 3, "numer", 5) == 0) out->is[NUMER] += count;
    }
    return strstr(name, "enc-") != NULL;
}

/* What the name says of a group of the measure; both are counted from 1. */
static bool claim_of(const char *name, unsigned measure, unsigned group, struct claim *out)
{
    char tag[64];
    (void)snprintf(tag, sizeof tag, "comp%u-%u-", measure, group);
    const char *at = strstr(name, tag);
    if (at == NULL) {
        (void)snprintf(tag, sizeof tag, "comp%u-", measure);
        at = strstr(name, tag);
    }
    if (at != NULL) return claim_of_word(at + strlen(tag), out);
    if (strncmp(name, "patient-", 8) != 0) return false;
    return claim_of_word(name + 8, out) || claim_of_encounters(name, out);
}

static unsigned judge_group(const struct measure_set *set, const struct measure_tally *one, const char *name,
                            size_t measure, size_t group, const struct claim *claim)
{
    static const enum measure_population which[CLAIMS] = {MEASURE_INITIAL, MEASURE_DENOMINATOR, MEASURE_NUMERATOR};
    static const char *const words[CLAIMS] = {"initial population", "denominator", "numerator"};
    for (int i = 0; i < CLAIMS; i++) {
        uint64_t got = 0;
        if (claim->is[i] == UNKNOWN) continue;
        bool is_there = measure_members(set, one, measure, group, which[i], &got);
        if (is_there && got == (uint64_t)claim->is[i])
            t_pass();
        else
            t_fail(name, "measure %zu group %zu: %d in the %s, got %llu", measure + 1, group + 1, claim->is[i],
                   words[i], (unsigned long long)got);
    }
    return 1;
}

static void judge(const struct measure_set *set, const struct measure_tally *one, const char *name)
{
    unsigned number = 0, claims = 0;
    for (size_t m = 0; m < measure_count(set); m++) {
        if (measure_is_composite(set, m)) continue;
        number++;
        for (size_t g = 0; g < measure_group_count(set, m); g++) {
            struct claim claim;
            if (claim_of(name, number, (unsigned)g + 1, &claim)) claims += judge_group(set, one, name, m, g, &claim);
        }
    }
    if (claims == 0) t_pass(); /* it was evaluated */
    if (claims == 0) printf("%s: evaluated; the name says nothing\n", name);
}

static struct elm_param period_2022(struct arena *mem)
{
    struct salve_err err = {0};
    struct expr_temporal low, high;
    struct expr_interval *in = arena_new(mem, struct expr_interval);
    *in = (struct expr_interval){.low_closed = true, .high_closed = true, .point = VALUE_DATETIME};
    if (!expr_temporal_parse(STR("2022-01-01T00:00:00.000Z"), &low) ||
        !expr_temporal_parse(STR("2022-12-31T23:59:59.999Z"), &high) ||
        expr_temporal_value(VALUE_DATETIME, low, mem, &in->low, &err) != SALVE_OK ||
        expr_temporal_value(VALUE_DATETIME, high, mem, &in->high, &err) != SALVE_OK)
        t_fail("period", "%s %s", t_where(&err), err.why);
    return (struct elm_param){STR_NONE, STR("Measurement Period"), {.kind = VALUE_INTERVAL, .as.interval = in}};
}

/* These files break rules of form (ids of more than 64 characters, empty lists): what could be read is used. */
static bool is_read(enum salve_code code) { return code == SALVE_OK || code == SALVE_E_INVALID; }

static void run_person(const struct measure_set *set, const char *path, const char *name, struct arena *mem)
{
    struct salve_err err = {0};
    struct str text;
    struct tape tape;
    struct measure_tally *one;
    struct elm_param period = period_2022(mem);
    const struct expr_env env = {0};
    enum salve_code code = file_read(path, 64 << 20, mem, &text, &err);
    if (code == SALVE_OK) code = fhir_read(text, NULL, mem, &tape, NULL, &err);
    if (is_read(code)) {
        err = (struct salve_err){0};
        code = measure_person(set, &tape, &env, &period, 1, mem, &one, &err);
    }
    if (code == SALVE_OK)
        judge(set, one, name);
    else
        t_fail(name, "%s %s", t_where(&err), err.why);
}

static void run_folder(const char *dir, const char *folder)
{
    char path[4096];
    struct arena *mem = arena_open((size_t)1 << 30);
    struct salve_err err = {0};
    struct tape bundle;
    struct measure_set *set = NULL;
    (void)snprintf(path, sizeof path, "%s/%s/%s-bundle.json.gz", dir, folder, folder);
    enum salve_code code = fhir_read(read_gzip(path, mem), NULL, mem, &bundle, NULL, &err);
    if (is_read(code)) {
        err = (struct salve_err){0};
        code = measure_open(&bundle, NULL, 0, NULL, mem, &set, &err);
    }
    if (code != SALVE_OK) t_fail(folder, "%s %s", t_where(&err), err.why);
    (void)snprintf(path, sizeof path, "%s/%s/patients", dir, folder);
    DIR *people = code == SALVE_OK ? opendir(path) : NULL;
    if (code == SALVE_OK && people == NULL) t_fail(folder, "it has no patients");
    for (struct dirent *e; people != NULL && (e = readdir(people)) != NULL;) {
        if (e->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s/patients/%s", dir, folder, e->d_name);
        run_person(set, path, e->d_name, mem);
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
