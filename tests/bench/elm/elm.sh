#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ELM: the workloads of elm_workloads.tsv for 21 and for 1001 resources a subject, beside cql-execution on the same people
# in the same run, over data in memory and from JSON text; and two threads beside one. Results are compared define by
# define, subject by subject.
set -eu
BUILD=${BUILD:-build}
here=tests/bench/elm
work=$BUILD/bench-elm
bash $here/elm_prepare "$work"
make --no-print-directory -s BUILD="$BUILD" "$BUILD/tests/elm_rate"
elm=("$work/elm/Screen.json" "$work/elm/FHIRHelpers.json")
for set in "small 300" "large 8"; do
    read -r profile count <<<"$set"
    tools/node $here/elm_peer.cjs $here/elm_workloads.tsv "${elm[@]}" "$profile" "$count" "$work" >"$work/peer-$profile.json"
    "$BUILD/tests/elm_rate" $here/elm_workloads.tsv "$work/$profile.jsonl" "${elm[@]}" >"$work/ours-$profile.json"
    tools/node $here/elm_table.cjs $here/elm_workloads.tsv "$work/peer-$profile.json" "$work/ours-$profile.json" "$profile"
done
