#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Instructions of each workload, counted by valgrind, against tests/bench/cli/instructions.tsv: more than 2 % above is a
# failure, more than 2 % below is told, so that the file is brought up to date (WRITE=1 writes it). The counts hold for
# one architecture and one major version of gcc; elsewhere, and without valgrind, all are skipped. Nothing is timed.
set -u
. tests/support/sh.sh
here=tests/bench
kept=$here/cli/instructions.tsv
build=${BUILD:-build}
bench=$build/tests
platform="$(uname -m) gcc-$(gcc -dumpversion | cut -d. -f1)"
rows=$(grep -vc '^#' $kept)
if ! command -v valgrind >/dev/null || { [ "${WRITE:-}" != 1 ] && [ "$(sed -n 's/^# on //p' $kept)" != "$platform" ]; }; then
    echo "skipped: no valgrind, or another platform than that of $kept"
    skip "$rows"
    finish
fi
ok "the programs build" make --no-print-directory -s BUILD="$build" V=release "$bench"/{elm_rate,fhirpath_bench,compile_bench,validate_bench,visit_bench,open_bench,bench_upkeep}
ok "the logic translates" bash $here/elm/elm_prepare "$work"
ok "the data are made" tools/node $here/elm/inputs.cjs "$work" 10 1

count() { # function divisor command... -> instructions inside the function
    local function=$1 divisor=$2 all; shift 2
    all=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect="$function" "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p')
    echo $((all / divisor))
}
elm() { # tapes|text profile people workload
    count elm_turn $(($3 * 20)) "$bench/elm_rate" "$1" "$4" 20 $here/elm/elm_workloads.tsv "$work/$2.jsonl" \
        "$work/elm/Screen.json" "$work/elm/FHIRHelpers.json"
}
person() { # all of a person, and of it what screen_turn took, of one run
    valgrind --tool=callgrind --callgrind-out-file="$work/person.cg" --toggle-collect=person_turn \
        "$bench/visit_bench" person 4 "$build/share" >/dev/null 2>&1
    callgrind_annotate --inclusive=yes --threshold=100 "$work/person.cg" 2>/dev/null |
        sed -n 's/^ *\([0-9,]*\) .*:\(person\|screen\)_turn .*/\2 \1/p' | tr -d , |
        awk -v turns=4 '!seen[$1]++ {printf "%s\t%d\n", $1, $2 / turns}'
}
measure() {
    local i=0 workload
    while IFS= read -r row; do
        i=$((i + 1))
        printf '%s\n' "$row" >"$work/row.tsv"
        printf 'fhirpath-%d\t%s\n' $i "$(count fhirpath_turn 1001 "$bench/fhirpath_bench" "$work/row.tsv" "$work" 1000)"
    done <$here/fhirpath/fhirpath.tsv
    for workload in exists value screening; do
        printf 'elm-small-%s\t%s\n' $workload "$(elm tapes small 10 $workload)"
        printf 'elm-large-%s\t%s\n' $workload "$(elm tapes large 1 $workload)"
    done
    printf 'elm-small-json\t%s\n' "$(elm text small 10 screening)"
    printf 'elm-large-json\t%s\n' "$(elm text large 1 screening)"
    printf 'compile\t%s\n' "$(count compile_turn 3 "$bench/compile_bench" "$build/share/guidelines" 3)"
    printf 'validate\t%s\n' "$(count validate_round 420 "$bench/validate_bench" "$work/resources.ndjson" 2)"
    printf 'enrol\t%s\n' "$(count enrol_turn 20 "$bench/visit_bench" enrol 20 "$build/share")"
    printf 'save-20\t%s\n' "$(count save_turn 20 "$bench/visit_bench" save 20 "$build/share")"
    person
    printf 'verify\t%s\n' "$(count verify_turn 20 "$bench/bench_upkeep" 20 - verify)"
    printf 'judge\t%s\n' "$(count judge_turn 20 "$bench/visit_bench" judge 20 "$build/share")"
    printf 'open\t%s\n' "$(count open_turn 4 "$bench/open_bench" 3 4 "$build/share")"
}
measure >"$work/now.tsv"
if [ "${WRITE:-}" = 1 ]; then
    { sed -n '/^#/p' $kept | grep -v '^# on '; echo "# on $platform"; cat "$work/now.tsv"; } >"$work/fresh.tsv"
    cp "$work/fresh.tsv" $kept
fi
while IFS=$'\t' read -r name now; do
    before=$(awk -F'\t' -v name="$name" '$1 == name {print $2}' $kept)
    printf '%-20s %10d instructions, %10d before (%+d %%)\n' "$name" "$now" "${before:-0}" $(((now - ${before:-1}) * 100 / ${before:-1}))
    if [ "${now:-0}" -gt 0 ] && [ $((now * 100)) -le $((${before:-0} * 102)) ]; then pass; else fail "$name" "slower"; fi
    [ $((now * 100)) -ge $((${before:-0} * 98)) ] || echo "    faster: write it down with WRITE=1"
done <"$work/now.tsv"
is "no workload is left out" "$(wc -l <"$work/now.tsv")" "$rows"
finish
