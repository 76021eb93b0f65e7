#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Opening a person of one and of ten yearly visits, with all that a station shows of them: CPU, the median of 101. The
# aim is 2 ms for ten (docs/internals/visit.md).
set -u
for years in 1 10; do
    "$TESTS/open_bench" $years 101 "$BUILD/share" | awk -v years=$years '{ is[$1] = $2 } END {
        printf "opening a person of %2d visits, %4d resources   %s ms CPU   aim at most 2 ms  ratio %.2f\n", years, is["resources"], is["open_ms"], is["open_ms"] / 2
        exit !(is["open_ms"] > 0) }' || exit 1
done
