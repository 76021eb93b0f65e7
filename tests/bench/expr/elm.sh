#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ELM: exists, code and value, screening logic, for 21 and for 1001 resources a subject, beside cql-execution on the same
# people in the same run. Results are compared define by define, subject by subject.
set -eu
BUILD=${BUILD:-build}
work=$BUILD/bench-elm
mkdir -p "$work/cql"
cp tests/bench/expr/Screen.cql guidelines/lib/FHIRHelpers.cql "$work/cql/"
make --no-print-directory -s BUILD="$BUILD" "$BUILD/tests/elm_rate"
tools/node tools/translate.mjs "$work/cql" "$work/elm"
for set in "small 300" "large 8"; do
    read -r profile count <<<"$set"
    tools/node tests/bench/expr/elm_peer.cjs "$work/elm/Screen.json" "$work/elm/FHIRHelpers.json" "$count" "$profile" \
        "$work/$profile.jsonl" >"$work/peer-$profile.json"
    "$BUILD/tests/elm_rate" "$work/$profile.jsonl" "$work/elm/Screen.json" "$work/elm/FHIRHelpers.json" >"$work/ours-$profile.json"
    tools/node - "$work/peer-$profile.json" "$work/ours-$profile.json" "$profile" <<'JS'
const fs = require('fs'), [peer, ours] = process.argv.slice(2, 4).map(f => JSON.parse(fs.readFileSync(f)));
const aims = { exists: 1000, value: 300, screening: 300 };
let differ = 0, count = 0;
for (const [id, values] of Object.entries(peer.values))
    values.forEach((v, i) => { count++; if (JSON.stringify(v) !== JSON.stringify(ours.values[id][i])) differ++; });
for (const name of Object.keys(aims))
    console.log(`${process.argv[4].padEnd(6)} ${name.padEnd(10)} ours ${ours.rates[name].toFixed(0).padStart(9)} subjects/CPU-s, ` +
        `cql-execution ${peer.rates[name].toFixed(1).padStart(7)}, ratio ${(ours.rates[name] / peer.rates[name]).toFixed(0)} (aim ${aims[name]})`);
console.log(`${process.argv[4].padEnd(6)} values equal: ${count - differ} of ${count}`);
process.exitCode = differ > 0 ? 1 : 0;
JS
done
