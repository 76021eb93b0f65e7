/* SPDX-License-Identifier: Apache-2.0
 * Which tickets a page of a list has. */
#include "day/paging.h"

#include <inttypes.h>

#include "crypto/crypto.h"

enum {
    NEWS_MAX = 4096, /* changes that are looked at for what came in front of the place; more: from the front again */
    MARK_DIGITS = 16,
    KEY_C_DIGITS = 8,
    CURSOR_CHARS = 4 * MARK_DIGITS + KEY_C_DIGITS
};

/* --- the place as text -------------------------------------------------------------------------------------------- */

enum salve_code work_place_write(const struct work_place *place, struct arena *mem, struct str *out,
                                 struct salve_err *err)
{
    *out = arena_printf(mem, "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%08" PRIx32, place->mark,
                        place->changes, place->key.a, place->key.b, place->key.c);
    return out->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "work");
}

enum salve_code work_place_read(struct str text, struct work_place *out, struct salve_err *err)
{
    uint8_t bytes[CURSOR_CHARS / 2];
    *out = (struct work_place){.is_begun = text.len > 0};
    if (text.len == 0) return SALVE_OK;
    if (text.len != CURSOR_CHARS || !str_hex_parse(text, bytes, sizeof bytes))
        return salve_refuse(err, SALVE_E_INVALID, "it is no place in the list: begin from the front", "after");
    out->mark = crypto_get_u64(bytes);
    out->changes = crypto_get_u64(bytes + 8);
    out->key.a = crypto_get_u64(bytes + 16);
    out->key.b = crypto_get_u64(bytes + 24);
    out->key.c = crypto_get_u32(bytes + 32);
    return SALVE_OK;
}

/* --- which tickets ------------------------------------------------------------------------------------------------ */

static int by_key(const void *a, const void *b, enum work_list list)
{
    return work_key_cmp(work_orders_key(a, list), work_orders_key(b, list));
}

/* In the order of the list: a page at most. */
static void put_in_order(struct work_chosen *chosen, enum work_list list)
{
    for (size_t i = 1; i < chosen->count; i++)
        for (size_t at = i; at > 0 && by_key(&chosen->all[at - 1], &chosen->all[at], list) > 0; at--) {
            struct work_facts one = chosen->all[at];
            chosen->all[at] = chosen->all[at - 1];
            chosen->all[at - 1] = one;
        }
}

/* What came to stand in front of the place since then; false: too much for a page that goes on behind it. */
static bool choose_news(const struct work_orders *orders, enum work_list list, const struct work_place *place,
                        struct work_chosen *chosen)
{
    struct work_key key = {.b = place->changes};
    struct work_facts facts;
    for (size_t i = 0; work_orders_next(orders, WORK_ORDER_CHANGED, &key, &key, &facts); i++) {
        if (i == NEWS_MAX) return false;
        if ((facts.in >> list & 1) == 0 || work_key_cmp(work_orders_key(&facts, list), place->key) > 0) continue;
        if (chosen->count + 1 >= chosen->most) return false;
        chosen->all[chosen->count++] = facts;
    }
    put_in_order(chosen, list);
    return true;
}

void work_choose(const struct work_orders *orders, enum work_list list, const struct work_place *place,
                 struct work_chosen *chosen)
{
    struct work_facts beyond;
    struct work_key key = place->key, unused;
    bool is_begun =
        place->is_begun && place->mark == work_orders_mark(orders) && choose_news(orders, list, place, chosen);
    chosen->is_again = place->is_begun && !is_begun;
    if (!is_begun) chosen->count = 0;
    while (chosen->count < chosen->most &&
           work_orders_next(orders, (enum work_order)list, is_begun ? &key : NULL, &key, &chosen->all[chosen->count])) {
        is_begun = true;
        chosen->count++;
    }
    chosen->has_more = is_begun && work_orders_next(orders, (enum work_order)list, &key, &unused, &beyond);
    chosen->end = (struct work_place){true, work_orders_mark(orders), work_orders_changes(orders), key};
}
