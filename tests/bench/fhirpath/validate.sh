#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Validation from JSON text, constraints included: Salve against the npm validators fhir and @medplum/core on the same
# resources in the same run, resources per CPU-second. Aim: 250 times each.
set -eu
here=$(dirname "$0")
bench=${TESTS:-build/tests}/validate_bench
[ -x "$bench" ] || make --no-print-directory "$bench" >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compare() { # people
    echo "people: $1"
    tools/node "$here/validate_peer.mjs" "$folder/resources.ndjson" "$1" >"$folder/peers.jsonl"
    "$bench" "$folder/resources.ndjson" >"$folder/salve.jsonl"
    tools/node "$here/validate_table.cjs" "$folder"
}
compare made-up
[ ! -d "${SALVE_DATA:-../shared/data}/synthea" ] || SALVE_DATA=${SALVE_DATA:-../shared/data} compare synthea
