#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# JSON to validated tape against simdjson's DOM parse, same files, same run (MB/s of JSON, CPU time).
set -e
data=${SALVE_DATA:-../shared/data}/synthea
tests=${TESTS:-build/tests}
if [ ! -d "$data" ]; then
    echo "tape: no $data: skipped"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for packed in "$data"/*.gz; do
    zcat "$packed" > "$work/$(basename "$packed" .gz)"
done
g++ -O2 -o "$work/peer" tests/bench/fhir/peer_simdjson.cpp -lsimdjson
for round in 1 2 3; do
    "$tests/bench_tape" "$work"/*.json | sed 's/^/salve /'
    "$work/peer" "$work"/*.json 2> "$work/kernel" | sed 's/^/peer /'
done > "$work/out"
awk -v kernel="$(sed 's/.*: //' "$work/kernel")" '
    { key = $1 " " $2; if ($3 > best[key]) best[key] = $3 }
    END {
        salve = best["salve read"]; peer = best["peer read"]
        printf "%-34s %9s %9s %7s %6s\n", "", "Salve", "peer", "ratio", "aim"
        printf "%-34s %9d %9d %7.2f %6s  simdjson DOM (%s), MB/s\n", "JSON to validated tape", salve, peer, salve / peer, ">=0.6", kernel
        printf "%-34s %9d\n", "tape to JSON, MB/s", best["salve write"]
        printf "%-34s %9d\n", "tape to stored bytes, MB/s of JSON", best["salve store"]
        printf "%-34s %9d\n", "stored bytes to tape, MB/s of JSON", best["salve load"]
    }' "$work/out"
