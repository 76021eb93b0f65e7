/* SPDX-License-Identifier: Apache-2.0
 * A table of codes: in the order they came, found by text and system. */
#include "base/limits.h"
#include "terms/terms_int.h"

static void put(struct terms_bag *bag, uint32_t number)
{
    uint32_t at = bag->hashes[number] & bag->mask;
    while (bag->slots[at] != 0) at = (at + 1) & bag->mask;
    bag->slots[at] = number + 1;
}

static enum salve_code grow(struct terms_bag *bag, struct arena *mem, struct salve_err *err)
{
    uint32_t cap = bag->cap == 0 ? 16 : bag->cap * 2;
    if (cap > 2 * SALVE_VOCABULARY_CODES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "value set");
    struct expr_code *codes = arena_grow(mem, bag->codes, bag->cap * sizeof *codes, cap * sizeof *codes);
    uint32_t *hashes = arena_grow(mem, bag->hashes, bag->cap * sizeof *hashes, cap * sizeof *hashes);
    uint32_t *slots = arena_array(mem, uint32_t, 2 * (size_t)cap);
    if (codes == NULL || hashes == NULL || slots == NULL) return salve_fail(err, SALVE_E_MEMORY, "value set");
    bag->codes = codes;
    bag->hashes = hashes;
    bag->cap = cap;
    bag->slots = slots;
    bag->mask = 2 * cap - 1;
    for (uint32_t i = 0; i < bag->count; i++) put(bag, i);
    return SALVE_OK;
}

uint32_t terms_bag_find(const struct terms_bag *bag, struct str system, struct str code)
{
    if (bag->count == 0) return UINT32_MAX;
    uint32_t first = UINT32_MAX, hash = str_hash_32(code);
    for (uint32_t at = hash & bag->mask; bag->slots[at] != 0; at = (at + 1) & bag->mask) {
        uint32_t number = bag->slots[at] - 1;
        if (bag->hashes[number] != hash) continue;
        const struct expr_code *own = &bag->codes[number];
        bool fits = str_eq(own->code, code) && (system.ptr == NULL || str_eq(own->system, system));
        if (fits && number < first) first = number;
    }
    return first;
}

/* Texts that hash alike are compared one by one, so their count has a ceiling. */
static bool is_crowded(const struct terms_bag *bag, struct str code)
{
    uint32_t at = str_hash_32(code) & bag->mask, steps = 0;
    while (bag->slots[at] != 0 && steps <= SALVE_VOCABULARY_ALIKE_MAX) {
        at = (at + 1) & bag->mask;
        steps++;
    }
    return steps > SALVE_VOCABULARY_ALIKE_MAX;
}

enum salve_code terms_bag_add(struct terms_bag *bag, const struct expr_code *code, struct arena *mem,
                              struct salve_err *err)
{
    struct str system = code->system.ptr == NULL ? STR("") : code->system;
    if (terms_bag_find(bag, system, code->code) != UINT32_MAX) return SALVE_OK;
    if (bag->count == bag->cap) TRY(grow(bag, mem, err));
    if (is_crowded(bag, code->code))
        return salve_refuse(err, SALVE_E_TOO_BIG, "too many of its codes are alike", "value set");
    bag->codes[bag->count] = *code;
    bag->hashes[bag->count] = str_hash_32(code->code);
    put(bag, bag->count++);
    return SALVE_OK;
}
