/* SPDX-License-Identifier: Apache-2.0
 * What the ways to find places share: from the bytes of a block that matter to its places. Each way includes this and
 * is compiled for its own machine. Only for src/json/. */
#ifndef SALVE_JSON_JSON_INDEX_INT_H
#define SALVE_JSON_JSON_INDEX_INT_H

#include "json/json_index.h"

#define JSON_INDEX_INLINE static inline __attribute__((always_inline))

/* One bit a byte of the block, the lowest for the first. */
struct json_marks {
    uint64_t quote, back; /* backslash */
    uint64_t special;     /* backslash, below the blank or above ASCII */
    uint64_t space;
};

/* Bytes behind a backslash that is not itself behind one. Backslashes are few: a step each. */
JSON_INDEX_INLINE uint64_t json_escaped(uint64_t back, uint64_t *carry)
{
    uint64_t escaped = *carry;
    *carry = 0;
    for (uint64_t left = back & ~escaped; left != 0;) {
        uint64_t one = left & (0 - left);
        *carry = one >> 63;
        escaped |= one << 1;
        left &= ~(one | one << 1);
    }
    return escaped;
}

/* Each bit becomes the sum, modulo 2, of itself and all below it. */
JSON_INDEX_INLINE uint64_t json_sums(uint64_t bits)
{
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

/* The places of a block. `quote`: those that count; `inside`: json_sums of it. */
JSON_INDEX_INLINE uint64_t json_places(struct json_index_state *state, const struct json_marks *m, uint64_t quote,
                                       uint64_t inside)
{
    inside ^= state->in_text; /* from an opening quote to before the closing one */
    state->in_text = 0 - (inside >> 63);
    uint64_t behind = m->space << 1 | state->is_behind;
    state->is_behind = m->space >> 63;
    return quote | (behind & ~(m->space | inside)) | (m->special & inside);
}

/* While a window is read, the next one comes from memory. */
JSON_INDEX_INLINE void json_look_ahead(const char *at)
{
    __builtin_prefetch((const void *)((uintptr_t)at + JSON_INDEX_WINDOW * JSON_INDEX_BLOCK));
}

JSON_INDEX_INLINE uint64_t json_quotes(struct json_index_state *state, const struct json_marks *m)
{
    if ((m->back | state->is_escaped) == 0) return m->quote;
    return m->quote & ~json_escaped(m->back, &state->is_escaped);
}

/* The place of the lowest bit to *out; the rest of the bits. */
JSON_INDEX_INLINE uint64_t json_put_one(uint64_t bits, uint32_t base, uint32_t *out)
{
    uint32_t place = base + (uint32_t)__builtin_ctzll(bits | UINT64_C(1) << 63); /* bits may be 0 */
    __asm__("" : "+r"(place)); /* one store each: packing them into vectors takes longer */
    *out = place;
    return bits & (bits - 1);
}

JSON_INDEX_INLINE uint64_t json_put_four(uint64_t bits, uint32_t base, uint32_t *out)
{
    bits = json_put_one(bits, base, out);
    bits = json_put_one(bits, base, out + 1);
    bits = json_put_one(bits, base, out + 2);
    return json_put_one(bits, base, out + 3);
}

/* Eight without asking, for most blocks have no more. */
JSON_INDEX_INLINE uint32_t *json_put_places(uint64_t bits, uint32_t base, uint32_t *out)
{
    uint32_t *end = out + __builtin_popcountll(bits);
    bits = json_put_four(bits, base, out);
    bits = json_put_four(bits, base, out + 4);
    for (out += 8; bits != 0; out += 8) {
        bits = json_put_four(bits, base, out);
        bits = json_put_four(bits, base, out + 4);
    }
    return end;
}

/* The places of all blocks by a way that is in its finding of marks alone. */
JSON_INDEX_INLINE uint32_t *json_index_by(struct json_marks (*marks)(const char *at), struct json_index_state *state,
                                          const char *at, size_t blocks, uint32_t base, uint32_t *out)
{
    struct json_index_state now = *state;
    for (; blocks > 0; blocks--, at += JSON_INDEX_BLOCK, base += JSON_INDEX_BLOCK) {
        json_look_ahead(at);
        struct json_marks m = marks(at);
        uint64_t quote = json_quotes(&now, &m);
        out = json_put_places(json_places(&now, &m, quote, json_sums(quote)), base, out);
    }
    *state = now;
    return out;
}

json_index_find json_index_plain; /* any machine */
#ifdef __SSE2__
json_index_find json_index_sse2;
#endif
#ifdef __x86_64__
json_index_find json_index_avx2, json_index_avx512; /* only where json_index_way says so */
#endif
#if defined(__aarch64__) && defined(__ARM_NEON)
json_index_find json_index_neon;
#endif

#endif
