/* SPDX-License-Identifier: Apache-2.0
 * Places of tokens on x86-64: 16 bytes a step everywhere (SSE2), 32 with AVX2, 64 with AVX-512. White space is
 * looked up by its low four bits where the machine can: a byte is some if the table has that very byte there. */
#include "json/json_index_int.h"

#ifdef __x86_64__
#include <immintrin.h>

#define FOR_AVX2   __attribute__((target("avx2,bmi,popcnt,pclmul")))
#define FOR_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,popcnt,pclmul")))

/* --- SSE2 --------------------------------------------------------------------------------------------------------- */

#define EQUAL_16(v, c) _mm_cmpeq_epi8((v), _mm_set1_epi8(c))
#define BITS_16(v)     ((uint64_t)(unsigned)_mm_movemask_epi8(v) << from)

JSON_INDEX_INLINE void add_sse2(struct json_marks *m, const char *at, unsigned from)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(at + from));
    __m128i back = EQUAL_16(v, '\\');
    m->quote |= BITS_16(EQUAL_16(v, '"'));
    m->back |= BITS_16(back);
    m->special |= BITS_16(_mm_or_si128(back, _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)))); /* signed: from 0x80 on, too */
    m->space |= BITS_16(_mm_or_si128(_mm_or_si128(EQUAL_16(v, ' '), EQUAL_16(v, '\n')),
                                     _mm_or_si128(EQUAL_16(v, '\r'), EQUAL_16(v, '\t'))));
}

JSON_INDEX_INLINE struct json_marks marks_sse2(const char *at)
{
    struct json_marks m = {0};
    add_sse2(&m, at, 0);
    add_sse2(&m, at, 16);
    add_sse2(&m, at, 32);
    add_sse2(&m, at, 48);
    return m;
}

uint32_t *json_index_sse2(struct json_index_state *state, const char *at, size_t blocks, uint32_t base, uint32_t *out)
{
    return json_index_by(marks_sse2, state, at, blocks, base, out);
}

/* --- AVX2 --------------------------------------------------------------------------------------------------------- */

/* White space by its low four bits; 0, of which the low bits are others, where there is none. */
#define SPACES ' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0

FOR_AVX2 static inline uint64_t sums_clmul(uint64_t bits)
{
    __m128i all = _mm_set1_epi8((char)0xFF);
    return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), all, 0));
}

#define EQUAL_32(v, c) _mm256_cmpeq_epi8((v), _mm256_set1_epi8(c))
#define BITS_32(v)     ((uint64_t)(unsigned)_mm256_movemask_epi8(v) << from)

FOR_AVX2 JSON_INDEX_INLINE void add_avx2(struct json_marks *m, const char *at, unsigned from)
{
    const __m256i spaces = _mm256_setr_epi8(SPACES, SPACES);
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(at + from));
    __m256i back = EQUAL_32(v, '\\');
    m->quote |= BITS_32(EQUAL_32(v, '"'));
    m->back |= BITS_32(back);
    m->special |= BITS_32(_mm256_or_si256(back, _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v)));
    m->space |= BITS_32(_mm256_cmpeq_epi8(v, _mm256_shuffle_epi8(spaces, v)));
}

FOR_AVX2 JSON_INDEX_INLINE struct json_marks marks_avx2(const char *at)
{
    struct json_marks m = {0};
    add_avx2(&m, at, 0);
    add_avx2(&m, at, 32);
    return m;
}

/* json_put_places with this machine's count of zeros, which knows a number without bits. */
FOR_AVX2 JSON_INDEX_INLINE uint64_t put_one_avx2(uint64_t bits, uint32_t base, uint32_t *out)
{
    uint32_t place = base + (uint32_t)_tzcnt_u64(bits);
    __asm__("" : "+r"(place)); /* one store each, as there */
    *out = place;
    return bits & (bits - 1);
}

FOR_AVX2 JSON_INDEX_INLINE uint64_t put_four_avx2(uint64_t bits, uint32_t base, uint32_t *out)
{
    bits = put_one_avx2(bits, base, out);
    bits = put_one_avx2(bits, base, out + 1);
    bits = put_one_avx2(bits, base, out + 2);
    return put_one_avx2(bits, base, out + 3);
}

FOR_AVX2 JSON_INDEX_INLINE uint32_t *put_avx2(uint64_t bits, uint32_t base, uint32_t *out)
{
    uint32_t *end = out + __builtin_popcountll(bits);
    bits = put_four_avx2(bits, base, out);
    for (out += 4; bits != 0; out += 4) bits = put_four_avx2(bits, base, out);
    return end;
}

FOR_AVX2 uint32_t *json_index_avx2(struct json_index_state *state, const char *at, size_t blocks, uint32_t base,
                                   uint32_t *out)
{
    struct json_index_state now = *state;
    for (; blocks > 0; blocks--, at += JSON_INDEX_BLOCK, base += JSON_INDEX_BLOCK) {
        json_look_ahead(at);
        struct json_marks m = marks_avx2(at);
        uint64_t quote = json_quotes(&now, &m);
        out = put_avx2(json_places(&now, &m, quote, sums_clmul(quote)), base, out);
    }
    *state = now;
    return out;
}

/* --- AVX-512 ------------------------------------------------------------------------------------------------------ */

FOR_AVX512 static inline struct json_marks marks_avx512(const char *at)
{
    const __m512i spaces = _mm512_broadcast_i32x4(_mm_setr_epi8(SPACES));
    __m512i v = _mm512_loadu_si512((const void *)at);
    struct json_marks m;
    m.quote = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"'));
    m.back = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'));
    m.special = m.back | _mm512_cmplt_epi8_mask(v, _mm512_set1_epi8(0x20));
    m.space = _mm512_cmpeq_epi8_mask(v, _mm512_shuffle_epi8(spaces, v));
    return m;
}

/* The numbers of the bits side by side, 16 of them at a time to words. */
FOR_AVX512 static inline uint32_t *put_avx512(uint64_t bits, __m512i numbers, uint32_t base, uint32_t *out)
{
    __m512i packed = _mm512_maskz_compress_epi8(bits, numbers), from = _mm512_set1_epi32((int)base);
    unsigned count = (unsigned)__builtin_popcountll(bits);
    uint32_t *end = out + count;
    _mm512_storeu_si512(out, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed))));
    if (count > 16)
        _mm512_storeu_si512(out + 16,
                            _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 1))));
    if (count > 32) {
        _mm512_storeu_si512(out + 32,
                            _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 2))));
        _mm512_storeu_si512(out + 48,
                            _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 3))));
    }
    return end;
}

FOR_AVX512 uint32_t *json_index_avx512(struct json_index_state *state, const char *at, size_t blocks, uint32_t base,
                                       uint32_t *out)
{
    char order[JSON_INDEX_BLOCK];
    for (unsigned i = 0; i < JSON_INDEX_BLOCK; i++) order[i] = (char)i;
    const __m512i numbers = _mm512_loadu_si512(order);
    struct json_index_state now = *state;
    for (; blocks > 0; blocks--, at += JSON_INDEX_BLOCK, base += JSON_INDEX_BLOCK) {
        json_look_ahead(at);
        struct json_marks m = marks_avx512(at);
        uint64_t quote = json_quotes(&now, &m);
        out = put_avx512(json_places(&now, &m, quote, sums_clmul(quote)), numbers, base, out);
    }
    *state = now;
    return out;
}
#endif
