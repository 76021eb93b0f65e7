#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 64 saves that wait, together and one after the other, on a disk whose every sync takes 5 ms (bench_waiting.c).
set -eu
make --no-print-directory -s BUILD="${BUILD:-build}" V=release "$TESTS/bench_waiting"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -shared -fPIC -O1 -U_FORTIFY_SOURCE -o "$work/syncs.so" tests/support/preload/syncs.c -ldl
TMPDIR=$work SALVE_SYNCS=$work/syncs SALVE_SYNC_MS=5 LD_PRELOAD=$work/syncs.so "$TESTS/bench_waiting" >"$work/out"
awk -F'\t' '
    { syncs[$1] = $2; ms[$1] = $3 }
    END {
        printf "64 saves that wait, syncs              %4d together, %4d one after the other  aim at most 8  ratio %.2f\n", \
            syncs["together"], syncs["each"], syncs["together"] / 8
        printf "64 saves that wait, 5 ms a sync        %.1f ms together, %.0f ms one after the other  aim 10 times  ratio %.1f\n", \
            ms["together"], ms["each"], ms["each"] / ms["together"]
        exit !(syncs["together"] > 0 && syncs["each"] > 0)
    }' "$work/out"
