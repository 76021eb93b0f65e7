#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same ELM in a peer engine (cql-execution): what it finds for every case, against what the case expects, and every
# element of every finding for Synthea records, against Salve's. What Salve gives for the cases is counted by
# guideline_vectors.c; a slip that both sides share would have to be in the CQL itself.
# Cases that expect nothing of an item that another one does not, and records but the first, are for ALL=1, which lists
# the vector values that the peer computes differently, too: those sit on a decimal tie, where its binary arithmetic
# misses.
set -u
share=${BUILD:-build}/share data=${SALVE_DATA:-../shared/data}/synthea records=1 each=
peer="tools/node --max-semi-space-size=64 tests/conformance/guideline/peer.mjs" # most of its time was the collector's
[ "${ALL:-0}" = 1 ] && records=120 each=each
out=$($peer cases "$share" $each 2>&1)
echo "$out"
read -r passed failed < <(sed -nE 's/^([0-9]+) cases as expected, ([0-9]+) differ$/\1 \2/p' <<<"$out")
passed=${passed:-0} failed=${failed:-1} skipped=0
if [ -d "$data" ]; then
    out=$($peer differ "$share" "${SALVE:-build/salve}" "$data" "$records" 2>&1)
    echo "$out"
    read -r p f < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, 0 skipped$/\1 \2/p' <<<"$out")
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
else
    skipped=$((records * 4))
fi
[ "${ALL:-0}" = 1 ] && $peer vectors "$share" tests/vectors
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
