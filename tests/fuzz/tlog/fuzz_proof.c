/* SPDX-License-Identifier: Apache-2.0
 * Receipts (tlog-proof texts) and raw proofs. No input may pass as a proof by accident: the roots here are fixed hashes
 * of nothing the input could have chosen. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "tlog/tlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void raw_proof(const uint8_t *data, size_t size)
{
    static struct tlog_hash hashes[70];
    struct tlog_hash root = tlog_hash_leaf(STR("a root")), leaf = tlog_hash_leaf(STR("a leaf"));
    uint64_t numbers[3];
    if (size < sizeof numbers) return;
    memcpy(numbers, data, sizeof numbers);
    size_t count = (size - sizeof numbers) / TLOG_HASH_BYTES;
    if (count > 70) count = 70;
    memcpy(hashes, data + sizeof numbers, count * TLOG_HASH_BYTES);
    if (tlog_check_inclusion(numbers[0], numbers[1], &leaf, hashes, count, &root, NULL) == SALVE_OK) abort();
    if (tlog_check_consistency(numbers[0], numbers[1], &leaf, &root, hashes, count, NULL) == SALVE_OK) abort();
    if (tlog_check_subtree_inclusion(numbers[0], numbers[1], numbers[2], &leaf, hashes, count, &root, NULL) == SALVE_OK)
        abort();
    if (tlog_check_subtree_consistency(numbers[0], numbers[1], numbers[2], &leaf, &root, hashes, count, NULL) ==
        SALVE_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char VKEY[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    struct arena *mem = arena_open(4 << 20);
    struct str text = str_make((const char *)data, size), event;
    struct tlog_receipt_view view;
    struct tlog_vkey key;
    if (crypto_init(NULL) != SALVE_OK || tlog_vkey_parse(str_of(VKEY), &key, NULL) != SALVE_OK) abort();
    if (tlog_receipt_parse(text, mem, &view, NULL) == SALVE_OK && view.proof.count > TLOG_PROOF_HASHES_MAX) abort();
    if (tlog_receipt_verify(text, &key, 1, STR_NONE, mem, &event, NULL) == SALVE_OK) abort();
    raw_proof(data, size);
    arena_close(mem);
    return 0;
}
