#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `salve import --enrol` over files of 1,000 and 10,000 made-up people (with ALL=1 100,000 too), each into a site of its own, all
# guidelines accepted: people a second as the clock has it, CPU a person, the peak of the memory, and that it is flat: x is the
# peak beside that of the file before. BENCH_DIR chooses the disk; PEOPLE="1000 5000" other sizes.
set -eu
people=${PEOPLE:-1000 10000}
[ "${ALL:-0}" != 1 ] || people="$people 100000"
salve=${SALVE:-${BUILD:-build}/salve}
make --no-print-directory -s BUILD="${BUILD:-build}" V=release "$TESTS/import_bench"
[ -z "${BENCH_DIR:-}" ] || export TMPDIR=$BENCH_DIR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SALVE_SITE=$work/site SALVE_KEY_FILE=$work/key SALVE_PIN_FILE=$work/pins SALVE_SHARE=${SALVE_SHARE:-${BUILD:-build}/share}
(umask 077; for name in manager dr-amina; do echo "$name 246802"; done >"$SALVE_PIN_FILE")
printf '%10s %12s %12s %12s %12s %8s\n' people seconds people/s "ms CPU" "peak MB" x
before=0
for count in $people; do
    rm -rf "$work/site" "$work/key" "$work/cards.csv" "$work/urgent.csv"
    "$salve" init -q --made-up --key-file "$work/key" --staff dr-amina:clinician >/dev/null 2>&1
    for folder in "$SALVE_SHARE"/guidelines/*/; do
        id=$(basename "$folder")
        "$salve" -q guideline accept "$id" --as dr-amina >/dev/null 2>&1 || true # one that asks for a choice is left out
    done
    "$TESTS/import_bench" rows "$count" >"$work/people.csv"
    status=0
    "$TESTS/import_bench" run "$work/took" "$salve" import --enrol "$work/people.csv" --map tests/bench/scale/people.map.json \
        --as dr-amina -q -o "$work/cards.csv" --urgent "$work/urgent.csv" >"$work/out" 2>"$work/err" || status=$?
    case $status in 0 | 10 | 11) ;; *) tail -n 3 "$work/err"; exit 1 ;; esac
    [ "$(sed 1d "$work/cards.csv" | wc -l)" -eq "$count" ]
    read -r seconds cpu peak <"$work/took"
    awk -v n="$count" -v s="$seconds" -v c="$cpu" -v p="$peak" -v b="$before" 'BEGIN {
        printf "%10d %12.1f %12.1f %12.2f %12.1f %8s\n", n, s, n / s, c * 1000 / n, p / 1024, (b > 0 ? sprintf("%.2f", p / b) : "-") }'
    before=$peak
done
