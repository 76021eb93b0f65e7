#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# FHIRPath, compiled: Salve against fhirpath.js precompiled, the same resources and expressions in the same run,
# evaluations per CPU-second. Aim: 20 times on each. Also that the results are equal. Instructions: instructions.tsv.
set -eu
here=$(dirname "$0")
bench=${TESTS:-build/tests}/fhirpath_bench
[ -x "$bench" ] || make --no-print-directory "$bench" >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools/node "$here/fhirpath_peer.cjs" "$folder" >"$folder/peer.jsonl"
"$bench" "$here/fhirpath.tsv" "$folder" >"$folder/salve.jsonl"
tools/node -e '
const fs = require("node:fs");
const read = (name) => fs.readFileSync(`${process.argv[1]}/${name}.jsonl`,
  "utf8").trim().split("\n").map((l) => JSON.parse(l));
const peer = read("peer"), ours = read("salve");
console.log("fhirpath.js/s    salve/s   ratio  equal  expression");
let bad = 0;
ours.forEach((o, i) => {
  const equal = JSON.stringify(o.result) === JSON.stringify(peer[i].result);
  const ratio = o.rate / peer[i].rate;
  if (!equal || ratio < 20) bad++;
  console.log(`${peer[i].rate.toFixed(0).padStart(13)} ${o.rate.toFixed(0).padStart(10)} ${ratio.toFixed(1).padStart(7)}`
    + `  ${equal ? "yes  " : "NO   "}  ${o.text}`);
});
if (bad > 0) console.log(`${bad} below the aim of 20, or different`);
' "$folder"
