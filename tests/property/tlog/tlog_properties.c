/* SPDX-License-Identifier: Apache-2.0
 * Proofs, roots and tiles of random trees against a naive reading of RFC 9162, section 2.1: a recursive MTH, PATH and
 * SUBPROOF that know nothing of tiles or frontiers. The seed is printed; SALVE_SEED repeats a run. */
#include "t.h"

#include <time.h>

#include "log_memory.h"

static uint64_t seed;

static struct tlog_hash leaves[8192];

/* --- the definitions, word by word -------------------------------------------------------------------------------- */

static size_t largest_power_below(size_t n)
{
    size_t k = 1;
    while (k * 2 < n) k *= 2;
    return k;
}

static struct tlog_hash mth(size_t first, size_t n)
{
    if (n == 0) return tlog_empty_root();
    if (n == 1) return leaves[first];
    size_t k = largest_power_below(n);
    struct tlog_hash left = mth(first, k), right = mth(first + k, n - k);
    return tlog_hash_node(&left, &right);
}

static void path(size_t m, size_t first, size_t n, struct tlog_proof *out)
{
    if (n == 1) return;
    size_t k = largest_power_below(n);
    if (m < k) {
        path(m, first, k, out);
        out->hashes[out->count++] = mth(first + k, n - k);
    } else {
        path(m - k, first + k, n - k, out);
        out->hashes[out->count++] = mth(first, k);
    }
}

static void subproof(size_t m, size_t first, size_t n, bool is_known, struct tlog_proof *out)
{
    if (m == n) {
        if (!is_known) out->hashes[out->count++] = mth(first, n);
        return;
    }
    size_t k = largest_power_below(n);
    if (m <= k) {
        subproof(m, first, k, is_known, out);
        out->hashes[out->count++] = mth(first + k, n - k);
    } else {
        subproof(m - k, first + k, n - k, false, out);
        out->hashes[out->count++] = mth(first, k);
    }
}

/* --- a random log, grown in random steps -------------------------------------------------------------------------- */

static struct tlog *grow(struct log_memory *memory, struct arena *mem, size_t size)
{
    struct tlog_io io = log_memory_io(memory);
    struct tlog *log = NULL;
    assert_ok(tlog_open(&io, STR("salve.test/1"), mem, &log, NULL));
    while (tlog_size(log) < size) {
        size_t left = size - (size_t)tlog_size(log);
        uint32_t count = (uint32_t)(1 + t_random(&seed) % (t_random(&seed) % 4 == 0 ? 700 : 5));
        if (count > left) count = (uint32_t)left;
        static char texts[700][24];
        static struct str entries[700];
        for (uint32_t i = 0; i < count; i++) {
            int len = snprintf(texts[i], sizeof texts[i], "%llx", (unsigned long long)t_random(&seed));
            entries[i] = str_make(texts[i], (size_t)len);
            leaves[tlog_size(log) + i] = tlog_hash_leaf(entries[i]);
        }
        assert_ok(tlog_append(log, entries, count, NULL, NULL));
        if (t_random(&seed) % 8 == 0) assert_ok(tlog_open(&io, STR("salve.test/1"), mem, &log, NULL));
    }
    return log;
}

static bool same_proof(const struct tlog_proof *a, const struct tlog_proof *b)
{
    return a->count == b->count && memcmp(a->hashes, b->hashes, a->count * sizeof a->hashes[0]) == 0;
}

static void check_inclusion(struct tlog *log, size_t index, size_t size)
{
    struct tlog_proof proof, naive = {.count = 0};
    struct tlog_hash root = mth(0, size);
    assert_ok(tlog_prove(log, index, size, &proof, NULL));
    path(index, 0, size, &naive);
    assert_true(same_proof(&proof, &naive));
    assert_ok(tlog_check_inclusion(index, size, &leaves[index], proof.hashes, proof.count, &root, NULL));
}

static void check_consistency(struct tlog *log, size_t size_old, size_t size_new)
{
    struct tlog_proof proof, naive = {.count = 0};
    struct tlog_hash old = mth(0, size_old), new = mth(0, size_new);
    assert_ok(tlog_prove_consistency(log, size_old, size_new, &proof, NULL));
    subproof(size_old, 0, size_new, true, &naive);
    assert_true(same_proof(&proof, &naive));
    assert_ok(tlog_check_consistency(size_old, size_new, &old, &new, proof.hashes, proof.count, NULL));
}

static void every_proof_of_a_small_tree_is_the_defined_one(void **state)
{
    (void)state;
    struct log_memory memory = {0};
    struct arena *mem = arena_open(256 << 20);
    enum { SIZE = 40 };
    struct tlog *log = grow(&memory, mem, SIZE);
    for (size_t size = 1; size <= SIZE; size++) {
        struct tlog_hash root, naive = mth(0, size);
        assert_ok(tlog_root_at(log, size, &root, NULL));
        assert_true(tlog_hash_eq(&root, &naive));
        for (size_t i = 0; i < size; i++) check_inclusion(log, i, size);
        for (size_t i = 1; i <= size; i++) check_consistency(log, i, size);
    }
    arena_close(mem);
    log_memory_drop(&memory);
}

static void random_trees_agree_with_the_definition(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 12; round++) {
        struct log_memory memory = {0};
        struct arena *mem = arena_open(512 << 20);
        size_t size = 1 + (size_t)(t_random(&seed) % 2500);
        struct tlog *log = grow(&memory, mem, size);
        struct tlog_hash root = tlog_root(log), naive = mth(0, size);
        assert_true(tlog_hash_eq(&root, &naive));
        for (unsigned i = 0; i < 20; i++) {
            size_t part = 1 + (size_t)(t_random(&seed) % size);
            assert_ok(tlog_root_at(log, part, &root, NULL));
            naive = mth(0, part);
            assert_true(tlog_hash_eq(&root, &naive));
            check_inclusion(log, (size_t)(t_random(&seed) % part), part);
            check_consistency(log, 1 + (size_t)(t_random(&seed) % part), part);
        }
        arena_close(mem);
        log_memory_drop(&memory);
    }
}

static void tiles_hold_the_defined_hashes(void **state)
{
    (void)state;
    struct log_memory memory = {0};
    struct arena *mem = arena_open(256 << 20);
    size_t size = 700 + (size_t)(t_random(&seed) % 3000);
    struct tlog *log = grow(&memory, mem, size);
    for (int32_t level = 0; level < 2; level++) {
        size_t span = level == 0 ? 1 : 256;
        for (size_t i = 0; i < size / span; i++) {
            struct str tile;
            struct tlog_hash naive = mth(i * span, span);
            assert_ok(tlog_tile(log, level, i / 256, size, mem, &tile, NULL));
            assert_true(tile.len >= (i % 256 + 1) * 32);
            assert_memory_equal(tile.ptr + i % 256 * 32, naive.bytes, 32);
        }
    }
    arena_close(mem);
    log_memory_drop(&memory);
}

/* --- nothing but the true proof passes ---------------------------------------------------------------------------- */

static void flip(struct tlog_hash *hash, size_t bit) { hash->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8); }

static void every_changed_bit_makes_a_proof_fail(void **state)
{
    (void)state;
    struct log_memory memory = {0};
    struct arena *mem = arena_open(256 << 20);
    enum { SIZE = 300 };
    struct tlog *log = grow(&memory, mem, SIZE);
    for (unsigned round = 0; round < 25; round++) {
        size_t size = 2 + (size_t)(t_random(&seed) % (SIZE - 1));
        size_t index = (size_t)(t_random(&seed) % size), old = 1 + (size_t)(t_random(&seed) % (size - 1));
        struct tlog_proof in, con;
        struct tlog_hash root = mth(0, size), root_old = mth(0, old), leaf = leaves[index];
        assert_ok(tlog_prove(log, index, size, &in, NULL));
        assert_ok(tlog_prove_consistency(log, old, size, &con, NULL));
        for (size_t bit = 0; bit < in.count * 256u; bit++) {
            flip(&in.hashes[bit / 256], bit % 256);
            assert_code(tlog_check_inclusion(index, size, &leaf, in.hashes, in.count, &root, NULL), SALVE_E_INTEGRITY);
            flip(&in.hashes[bit / 256], bit % 256);
        }
        for (size_t bit = 0; bit < con.count * 256u; bit++) {
            flip(&con.hashes[bit / 256], bit % 256);
            assert_code(tlog_check_consistency(old, size, &root_old, &root, con.hashes, con.count, NULL),
                        SALVE_E_INTEGRITY);
            flip(&con.hashes[bit / 256], bit % 256);
        }
        for (size_t bit = 0; bit < 256; bit++) {
            flip(&leaf, bit),
                assert_int_not_equal(tlog_check_inclusion(index, size, &leaf, in.hashes, in.count, &root, NULL),
                                     SALVE_OK),
                flip(&leaf, bit);
            flip(&root, bit);
            assert_int_not_equal(tlog_check_inclusion(index, size, &leaf, in.hashes, in.count, &root, NULL), SALVE_OK);
            assert_int_not_equal(tlog_check_consistency(old, size, &root_old, &root, con.hashes, con.count, NULL),
                                 SALVE_OK);
            flip(&root, bit), flip(&root_old, bit);
            assert_int_not_equal(tlog_check_consistency(old, size, &root_old, &root, con.hashes, con.count, NULL),
                                 SALVE_OK);
            flip(&root_old, bit);
        }
        for (uint32_t cut = 0; cut < in.count; cut++)
            assert_int_not_equal(tlog_check_inclusion(index, size, &leaf, in.hashes, cut, &root, NULL), SALVE_OK);
        for (uint32_t cut = 0; cut < con.count; cut++)
            assert_int_not_equal(tlog_check_consistency(old, size, &root_old, &root, con.hashes, cut, NULL), SALVE_OK);
        in.hashes[in.count] = con.hashes[con.count] = root;
        assert_int_not_equal(tlog_check_inclusion(index, size, &leaf, in.hashes, in.count + 1u, &root, NULL), SALVE_OK);
        assert_int_not_equal(tlog_check_consistency(old, size, &root_old, &root, con.hashes, con.count + 1u, NULL),
                             SALVE_OK);
    }
    arena_close(mem);
    log_memory_drop(&memory);
}

static void a_proof_holds_for_no_other_leaf(void **state)
{
    (void)state;
    struct log_memory memory = {0};
    struct arena *mem = arena_open(256 << 20);
    enum { SIZE = 70 };
    struct tlog *log = grow(&memory, mem, SIZE);
    struct tlog_hash root = mth(0, SIZE);
    for (size_t index = 0; index < SIZE; index++) {
        struct tlog_proof proof;
        assert_ok(tlog_prove(log, index, SIZE, &proof, NULL));
        for (size_t other = 0; other < SIZE; other++) {
            enum salve_code code =
                tlog_check_inclusion(index, SIZE, &leaves[other], proof.hashes, proof.count, &root, NULL);
            assert_true((code == SALVE_OK) == (other == index));
            code = tlog_check_inclusion(other, SIZE, &leaves[index], proof.hashes, proof.count, &root, NULL);
            assert_true((code == SALVE_OK) == (other == index));
        }
    }
    arena_close(mem);
    log_memory_drop(&memory);
}

static void subtree_proofs_hold_exactly_for_subtrees(void **state)
{
    (void)state;
    enum { SIZE = 24 };
    for (size_t i = 0; i < SIZE; i++) leaves[i] = tlog_hash_leaf(str_make((const char *)&i, sizeof i));
    struct tlog_hash root = mth(0, SIZE);
    for (size_t start = 0; start < SIZE; start++)
        for (size_t end = start + 1; end <= SIZE; end++) {
            size_t span = 1;
            while (span < end - start) span *= 2;
            struct tlog_hash part = mth(start, end - start);
            for (size_t index = start; index < end; index++) {
                struct tlog_proof proof = {.count = 0};
                path(index - start, start, end - start, &proof);
                enum salve_code code = tlog_check_subtree_inclusion(index, start, end, &leaves[index], proof.hashes,
                                                                    proof.count, &part, NULL);
                assert_true((code == SALVE_OK) == (start % span == 0));
            }
            if (start == 0) { /* with start 0 it is RFC 9162's own consistency proof */
                struct tlog_proof proof = {.count = 0};
                subproof(end, 0, SIZE, true, &proof);
                assert_ok(tlog_check_subtree_consistency(0, end, SIZE, &part, &root, proof.hashes, proof.count, NULL));
            } else if (start % span == 0 && end - start == span) { /* a whole node: its inclusion path */
                struct tlog_proof whole = {.count = 0}, proof = {.count = 0};
                path(start, 0, SIZE, &whole);
                for (uint32_t i = (uint32_t)__builtin_ctzll(span); i < whole.count; i++)
                    proof.hashes[proof.count++] = whole.hashes[i];
                assert_ok(
                    tlog_check_subtree_consistency(start, end, SIZE, &part, &root, proof.hashes, proof.count, NULL));
            }
        }
}

static void sizes_beyond_the_tree_are_refused(void **state)
{
    (void)state;
    struct log_memory memory = {0};
    struct arena *mem = arena_open(64 << 20);
    struct tlog *log = grow(&memory, mem, 9);
    struct tlog_proof proof;
    struct tlog_hash root = tlog_root(log);
    assert_code(tlog_prove(log, 9, 9, &proof, NULL), SALVE_E_RANGE);
    assert_code(tlog_prove(log, 0, 10, &proof, NULL), SALVE_E_RANGE);
    assert_code(tlog_prove(log, 0, 0, &proof, NULL), SALVE_E_RANGE);
    assert_code(tlog_prove_consistency(log, 0, 9, &proof, NULL), SALVE_E_RANGE);
    assert_code(tlog_prove_consistency(log, 5, 4, &proof, NULL), SALVE_E_RANGE);
    assert_code(tlog_prove_consistency(log, 5, 10, &proof, NULL), SALVE_E_RANGE);
    assert_code(tlog_check_consistency(0, 9, &root, &root, NULL, 0, NULL), SALVE_E_INTEGRITY);
    assert_code(tlog_check_inclusion(UINT64_MAX, UINT64_MAX, &root, NULL, 0, &root, NULL), SALVE_E_INTEGRITY);
    arena_close(mem);
    log_memory_drop(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_proof_of_a_small_tree_is_the_defined_one),
        cmocka_unit_test(random_trees_agree_with_the_definition),
        cmocka_unit_test(tiles_hold_the_defined_hashes),
        cmocka_unit_test(every_changed_bit_makes_a_proof_fail),
        cmocka_unit_test(a_proof_holds_for_no_other_leaf),
        cmocka_unit_test(subtree_proofs_hold_exactly_for_subtrees),
        cmocka_unit_test(sizes_beyond_the_tree_are_refused),
    };
    const char *given = getenv("SALVE_SEED");
    seed = given == NULL ? (uint64_t)time(NULL) : strtoull(given, NULL, 10);
    printf("SALVE_SEED=%llu\n", (unsigned long long)seed);
    if (crypto_init(NULL) != SALVE_OK) return 1;
    return t_run(tests);
}
