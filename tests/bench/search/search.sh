#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Searches over a record of 1,000 resources: Salve against the matcher of @medplum/core, the same resources and searches in the
# same run, searches per CPU-second, the query read each time. Also that as many are found.
set -eu
here=$(dirname "$0")
bench=${TESTS:-build/tests}/search_bench
[ -x "$bench" ] || make --no-print-directory "$bench" >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools/node "$here/search_peer.mjs" "$folder" >"$folder/peer.jsonl"
"$bench" "$here/search.tsv" "$folder/record.json" >"$folder/salve.jsonl"
tools/node -e '
const fs = require("node:fs");
const read = (name) => fs.readFileSync(`${process.argv[1]}/${name}.jsonl`,
  "utf8").trim().split("\n").map((l) => JSON.parse(l));
const peer = read("peer"), ours = read("salve");
console.log("@medplum/core/s    salve/s   ratio  equal  search");
ours.forEach((o, i) => {
  const equal = o.found === peer[i].found;
  console.log(`${peer[i].rate.toFixed(0).padStart(15)} ${o.rate.toFixed(0).padStart(10)} ${(o.rate / peer[i].rate).toFixed(1).padStart(7)}`
    + `  ${equal ? "yes  " : "NO   "}  ${o.text}`);
});
' "$folder"
