/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as an ELM library: it links or is refused, and every define of it ends within its steps. */
#include <stdlib.h>

#include "expr/elm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_all(struct elm_program *program, struct arena *mem)
{
    const struct expr_env env = {.steps_max = 50000};
    struct salve_err err = {0};
    struct elm_run *run;
    if (elm_run_open(program, NULL, &env, NULL, 0, mem, &run, &err) != SALVE_OK) return;
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(32 << 20);
    struct elm_set *set = elm_set_make(mem);
    struct elm_program *program;
    struct salve_err err = {0};
    enum salve_code code = elm_load(set, str_make((const char *)data, size), "fuzz", &err);
    if (code == SALVE_OK) code = elm_link(set, STR("T"), STR_NONE, mem, &program, &err);
    if (code == SALVE_OK)
        run_all(program, mem);
    else if (err.code == SALVE_OK)
        abort();
    arena_close(mem);
    return 0;
}
