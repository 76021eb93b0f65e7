#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Made-up searches over made-up resources, answered by Salve and by the matcher of @medplum/core. What that one reads
# differently stands in search_theirs.tsv with the clause. COUNT (1,000; 10,000 with ALL=1) searches; SEED=n chooses others.
set -eu
here=$(dirname "$0")
if [ ! -d node_modules/@medplum/core ]; then
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
few=1000
if [ "${ALL:-0}" = 1 ]; then few=10000; fi
tools/node "$here/search_differential.mjs" "${COUNT:-$few}" "${SEED:-1}" "$folder/resources.json" "$folder/answers.tsv"
"${TESTS:-build/tests}/search" search_differ "$folder/resources.json" "$folder/answers.tsv" "$here/search_theirs.tsv"
