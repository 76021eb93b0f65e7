/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as an ELM library: it links or is refused, and every define of it ends within its steps, with no data, for
 * one of two people, and for both of them (context Unfiltered). */
#include <stdlib.h>

#include "elm/elm.h"
#include "fhir/fhir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const people[] = {
    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\","
    "\"id\":\"a\",\"birthDate\":\"1980-02-03\"}},{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\","
    "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"c\"}]},\"effectiveDateTime\":"
    "\"2026-03-01\",\"valueQuantity\":{\"value\":5,\"unit\":\"mg\"}}}]}",
    "{\"resourceType\":\"Patient\",\"id\":\"b\"}",
};

static void run_all(struct elm_program *program, struct elm_subject *subject, struct arena *mem)
{
    const struct expr_env env = {.steps_max = 50000};
    struct salve_err err = {0};
    struct elm_run *run;
    if (elm_run_open(program, subject, &env, NULL, 0, mem, &run, &err) != SALVE_OK) return;
    for (size_t i = 0; i < elm_define_count(program); i++) {
        struct expr_value value;
        struct salve_err one = {0};
        struct buf out;
        if (elm_run_define_at(run, i, &value, &one) != SALVE_OK) {
            if (one.code == SALVE_OK) abort(); /* an error says what it is */
            continue;
        }
        buf_init(&out, mem, 1 << 20);
        elm_json(&value, &out);
    }
}

static void run_people(struct elm_program *program, struct arena *mem)
{
    struct salve_err err = {0};
    struct tape tapes[2];
    const struct tape *list[2] = {&tapes[0], &tapes[1]};
    struct elm_population *population;
    for (int i = 0; i < 2; i++)
        if (fhir_read(str_of(people[i]), NULL, mem, &tapes[i], NULL, &err) != SALVE_OK) return;
    if (elm_population_make(list, 2, mem, &population, &err) != SALVE_OK) return;
    run_all(program, elm_population_person(population, 0), mem);
    run_all(program, elm_population_all(population), mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(32 << 20);
    struct elm_set *set = elm_set_make(mem);
    struct elm_program *program;
    struct salve_err err = {0};
    enum salve_code code = elm_load(set, str_make((const char *)data, size), "fuzz", &err);
    if (code == SALVE_OK) code = elm_link(set, STR("T"), STR_NONE, mem, &program, &err);
    if (code == SALVE_OK) {
        run_all(program, NULL, mem);
        run_people(program, mem);
    } else if (err.code == SALVE_OK) {
        abort();
    }
    arena_close(mem);
    return 0;
}
