#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# FHIRPath, compiled: Salve against fhirpath.js precompiled, the same resources and expressions in the same run,
# evaluations per CPU-second. Aim: 20 times on each. Also that the results are equal, and instructions per evaluation
# if valgrind is here, with the change since fhirpath_instructions.txt was written.
set -eu
here=$(dirname "$0")
bench=${TESTS:-build/tests}/fhirpath_bench
[ -x "$bench" ] || make --no-print-directory "$bench" >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools/node "$here/fhirpath_peer.cjs" "$folder" >"$folder/peer.jsonl"
"$bench" "$here/fhirpath.tsv" "$folder" >"$folder/salve.jsonl"
if command -v valgrind >/dev/null; then
    count() { # turns -> instructions of the whole run
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" "$1" "$folder" "$2" 2>&1 >/dev/null |
            sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
    }
    while IFS= read -r row; do
        printf '%s\n' "$row" >"$folder/row.tsv"
        echo $((($(count "$folder/row.tsv" 2100) - $(count "$folder/row.tsv" 100)) / 2000))
    done <"$here/fhirpath.tsv" >"$folder/instructions"
fi
tools/node -e '
const fs = require("node:fs");
const read = (name) => fs.readFileSync(`${process.argv[1]}/${name}.jsonl`,
  "utf8").trim().split("\n").map((l) => JSON.parse(l));
const peer = read("peer"), ours = read("salve");
const kept = fs.readFileSync(process.argv[2], "utf8").trim().split("\n").map(Number);
const change = (i) => counts[i] ? `${((counts[i] / kept[i] - 1) * 100).toFixed(0)}%`.padStart(5) : "    -";
let counts = [];
try { counts = fs.readFileSync(`${process.argv[1]}/instructions`, "utf8").trim().split("\n"); } catch {}
console.log("fhirpath.js/s    salve/s   ratio  instructions  change  equal  expression");
let bad = 0;
ours.forEach((o, i) => {
  const equal = JSON.stringify(o.result) === JSON.stringify(peer[i].result);
  const ratio = o.rate / peer[i].rate;
  if (!equal || ratio < 20) bad++;
  console.log(`${peer[i].rate.toFixed(0).padStart(13)} ${o.rate.toFixed(0).padStart(10)} ${ratio.toFixed(1).padStart(7)}`
    + `  ${String(counts[i] ?? "-").padStart(12)}   ${change(i)}  ${equal ? "yes  " : "NO   "}  ${o.text}`);
});
if (bad > 0) console.log(`${bad} below the aim of 20, or different`);
' "$folder" "$here/fhirpath_instructions.txt"
