/* SPDX-License-Identifier: Apache-2.0
 * Places of tokens with NEON, 16 bytes a step; the same shape as on x86-64. */
#include "json/json_index_int.h"

#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>

/* One bit a byte out of four vectors of all or no bits. */
static inline uint64_t bits_of(const uint8x16_t v[static 4])
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t weight = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(v[0], weight), vandq_u8(v[1], weight));
    uint8x16_t high = vpaddq_u8(vandq_u8(v[2], weight), vandq_u8(v[3], weight));
    uint8x16_t all = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static inline struct json_marks marks_neon(const char *at)
{
    uint8x16_t quote[4], back[4], special[4], space[4];
    for (unsigned i = 0; i < 4; i++) {
        uint8x16_t v = vld1q_u8((const uint8_t *)at + (size_t)16 * i);
        quote[i] = vceqq_u8(v, vdupq_n_u8('"'));
        back[i] = vceqq_u8(v, vdupq_n_u8('\\'));
        special[i] = vorrq_u8(back[i], vcltq_s8(vreinterpretq_s8_u8(v), vdupq_n_s8(0x20)));
        space[i] = vorrq_u8(vorrq_u8(vceqq_u8(v, vdupq_n_u8(' ')), vceqq_u8(v, vdupq_n_u8('\n'))),
                            vorrq_u8(vceqq_u8(v, vdupq_n_u8('\r')), vceqq_u8(v, vdupq_n_u8('\t'))));
    }
    return (struct json_marks){bits_of(quote), bits_of(back), bits_of(special), bits_of(space)};
}

uint32_t *json_index_neon(struct json_index_state *state, const char *at, size_t blocks, uint32_t base, uint32_t *out)
{
    return json_index_by(marks_neon, state, at, blocks, base, out);
}
#endif
