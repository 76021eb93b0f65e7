#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Validation from JSON text, constraints included: Salve against the npm validators fhir and @medplum/core on the same
# resources in the same run, resources per CPU-second. Aim: 200 times each.
set -eu
here=$(dirname "$0")
bench=${TESTS:-build/tests}/validate_bench
[ -x "$bench" ] || make --no-print-directory "$bench" >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools/node "$here/validate_peer.mjs" "$folder/resources.ndjson" >"$folder/peers.jsonl"
"$bench" "$folder/resources.ndjson" >"$folder/salve.jsonl"
tools/node -e '
const fs = require("node:fs");
const read = (name) => fs.readFileSync(`${process.argv[1]}/${name}.jsonl`, "utf8").trim().split("\n").map((l) => JSON.parse(l));
const [salve] = read("salve");
console.log("resources/CPU-s    ratio  resources  with errors  validator");
const row = (v, ratio) => console.log(`${v.rate.toFixed(0).padStart(15)} ${ratio.padStart(8)} ${String(v.resources).padStart(10)}`
  + ` ${String(v.bad).padStart(12)}  ${v.name}`);
row(salve, "1");
let low = 0;
for (const peer of read("peers")) {
  if (salve.rate / peer.rate < 200) low++;
  row(peer, (salve.rate / peer.rate).toFixed(1));
}
if (low > 0) console.log(`${low} below the aim of 200`);
' "$folder"
