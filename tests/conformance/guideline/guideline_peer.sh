#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same ELM in a peer engine (cql-execution): its findings for every case, against what the case expects. What Salve
# gives for them is counted by guideline_vectors.c; so a slip that both sides share would have to be in the CQL itself.
# The vectors in the peer take half a minute: ALL=1 runs them too, and lists rows on a decimal tie, where the peer's
# binary arithmetic differs, without failing.
set -u
share=${BUILD:-build}/share
out=$(tools/node tests/conformance/guideline/peer.mjs cases "$share" 2>&1)
echo "$out"
read -r passed failed < <(sed -nE 's/^([0-9]+) cases as expected, ([0-9]+) differ$/\1 \2/p' <<<"$out")
if [ "${ALL:-0}" = 1 ]; then tools/node tests/conformance/guideline/peer.mjs vectors "$share" tests/vectors; fi
echo "${passed:-0} passed, ${failed:-1} failed, 0 skipped"
[ "${failed:-1}" -eq 0 ]
