#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A create over the API with all guidelines accepted, in records of several sizes: CPU of web's and gate's end together
# (docs/internals/api.md). The peer stands in tests/bench/api.
set -u
for held in 20 100 1000; do
    out=$("$TESTS/create_bench" "$held" "${CREATES:-60}" 2>/dev/null) || { echo "create_bench failed"; exit 1; }
    awk -v held="$held" '$1 == "create_ms" { printf "a create beside %4d Observations       %s ms CPU\n", held, $2 }' <<<"$out"
done
