/* SPDX-License-Identifier: Apache-2.0
 * Making proofs: RFC 9162 sections 2.1.3.1 and 2.1.4.1, with subtree roots taken from tiles. The recursions there go
 * down one side only, so they are loops here that note what they pass, and turn the list round at the end. */
#include "tlog/tlog_int.h"

#include "base/assert.h"

static enum salve_code note_range(struct tlog *log, uint64_t first, uint64_t count, struct tlog_proof *out,
                                  struct salve_err *err)
{
    salve_assert(out->count <= TLOG_PROOF_HASHES_MAX);
    return tlog_range_root(log, first, count, &out->hashes[out->count++], err);
}

static void turn_round(struct tlog_proof *proof)
{
    for (uint32_t i = 0, j = proof->count; i + 1 < j; i++) {
        struct tlog_hash last = proof->hashes[--j];
        proof->hashes[j] = proof->hashes[i];
        proof->hashes[i] = last;
    }
}

enum salve_code tlog_prove(struct tlog *log, uint64_t index, uint64_t size, struct tlog_proof *out,
                           struct salve_err *err)
{
    if (size > log->tree.size || index >= size) return salve_fail(err, SALVE_E_RANGE, "log index");
    uint64_t first = 0, count = size;
    out->count = 0;
    while (count > 1) {
        uint64_t left = split_of(count);
        bool is_left = index - first < left;
        enum salve_code code =
            is_left ? note_range(log, first + left, count - left, out, err) : note_range(log, first, left, out, err);
        if (code != SALVE_OK) return code;
        if (!is_left) first += left;
        count = is_left ? left : count - left;
    }
    turn_round(out);
    return SALVE_OK;
}

enum salve_code tlog_prove_consistency(struct tlog *log, uint64_t size_old, uint64_t size_new, struct tlog_proof *out,
                                       struct salve_err *err)
{
    if (size_new > log->tree.size || size_old == 0 || size_old > size_new)
        return salve_fail(err, SALVE_E_RANGE, "log size");
    uint64_t first = 0, count = size_new, old = size_old;
    bool is_known = true; /* the old tree is exactly a node here, and the verifier holds its root */
    enum salve_code code = SALVE_OK;
    out->count = 0;
    while (old < count && code == SALVE_OK) {
        uint64_t left = split_of(count);
        if (old <= left) {
            code = note_range(log, first + left, count - left, out, err);
            count = left;
        } else {
            code = note_range(log, first, left, out, err);
            first += left;
            old -= left;
            count -= left;
            is_known = false;
        }
    }
    if (code == SALVE_OK && !is_known) code = note_range(log, first, count, out, err);
    turn_round(out);
    return code;
}
