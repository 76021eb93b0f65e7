/* SPDX-License-Identifier: Apache-2.0
 * The places of tokens, window by window, and the portable way to find them; see json_index.h. */
#include "json/json_index_int.h"

#include "base/assert.h"

/* --- the portable way --------------------------------------------------------------------------------------------- */

enum { IS_QUOTE = 1, IS_BACK = 2, IS_SPACE = 4 };

static const uint8_t KINDS[256] = {
    ['"'] = IS_QUOTE, ['\\'] = IS_BACK, [' '] = IS_SPACE, ['\t'] = IS_SPACE, ['\n'] = IS_SPACE, ['\r'] = IS_SPACE,
};

static struct json_marks marks_of(const char *at)
{
    struct json_marks m = {0};
    for (unsigned i = 0; i < JSON_INDEX_BLOCK; i++) {
        uint64_t bit = UINT64_C(1) << i;
        uint8_t kind = KINDS[(unsigned char)at[i]];
        if (kind & IS_QUOTE) m.quote |= bit;
        if (kind & IS_BACK) m.back |= bit;
        if (kind & IS_SPACE) m.space |= bit;
        if ((kind & IS_BACK) || (signed char)at[i] < 0x20) m.special |= bit;
    }
    return m;
}

uint32_t *json_index_plain(struct json_index_state *state, const char *at, size_t blocks, uint32_t base, uint32_t *out)
{
    return json_index_by(marks_of, state, at, blocks, base, out);
}

/* --- which way ---------------------------------------------------------------------------------------------------- */

struct way {
    json_index_find *find;
    const char *name;
};

static size_t ways_here(struct way ways[static JSON_INDEX_WAYS_MAX])
{
    size_t count = 0;
    ways[count++] = (struct way){json_index_plain, "portable"};
#ifdef __SSE2__
    ways[count++] = (struct way){json_index_sse2, "SSE2"};
#endif
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("popcnt")) {
        ways[count++] = (struct way){json_index_avx2, "AVX2"};
        if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2"))
            ways[count++] = (struct way){json_index_avx512, "AVX-512"};
    }
#endif
#if defined(__aarch64__) && defined(__ARM_NEON)
    ways[count++] = (struct way){json_index_neon, "NEON"};
#endif
    return count;
}

size_t json_index_ways(void)
{
    struct way ways[JSON_INDEX_WAYS_MAX];
    return ways_here(ways);
}

json_index_find *json_index_way(size_t i, const char **name)
{
    struct way ways[JSON_INDEX_WAYS_MAX];
    size_t count = ways_here(ways);
    salve_assert(i < count);
    *name = ways[i].name;
    return ways[i].find;
}

json_index_find *json_index_best(void)
{
    const char *name;
    return json_index_way(json_index_ways() - 1, &name);
}

/* --- windows ------------------------------------------------------------------------------------------------------ */

void json_index_start(struct json_index *index, struct str text, json_index_find *find)
{
    salve_assert(text.len <= INT32_MAX);
    index->text = text.ptr;
    index->bytes = (uint32_t)text.len;
    index->done = 0;
    index->state = (struct json_index_state){.is_behind = 1};
    index->find = find;
    index->next = index->end = index->places;
    json_index_more(index);
}

/* The bytes behind the last whole block, with blanks behind them. */
static void look_at_rest(struct json_index *index)
{
    char block[JSON_INDEX_BLOCK];
    size_t bytes = index->bytes - index->done;
    memset(block, ' ', sizeof block);
    memcpy(block, index->text + index->done, bytes);
    index->end = index->find(&index->state, block, 1, index->done, index->end);
    index->done = index->bytes;
    explicit_bzero(block, sizeof block);
}

void json_index_more(struct json_index *index)
{
    size_t left = (size_t)(index->end - index->next);
    if (index->next != index->places) memmove(index->places, index->next, left * sizeof *index->next);
    index->next = index->places;
    index->end = index->places + left;
    while (index->done < index->bytes && index->end - index->next < JSON_INDEX_AHEAD) {
        size_t blocks = (index->bytes - index->done) / JSON_INDEX_BLOCK;
        if (blocks > JSON_INDEX_WINDOW) blocks = JSON_INDEX_WINDOW;
        index->end = index->find(&index->state, index->text + index->done, blocks, index->done, index->end);
        index->done += (uint32_t)blocks * JSON_INDEX_BLOCK;
        if (index->bytes - index->done < JSON_INDEX_BLOCK && index->done < index->bytes) look_at_rest(index);
    }
    for (unsigned i = 0; i < JSON_INDEX_AHEAD; i++) index->end[i] = index->bytes;
    index->low = index->done < index->bytes ? index->end - JSON_INDEX_AHEAD : index->end;
}
