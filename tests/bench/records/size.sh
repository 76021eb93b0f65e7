#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Stored size: Synthea Bundles, minimised as `import` does, in sealed records. Aim: at most 200 bytes a resource.
set -eu
data=${SALVE_DATA:-../shared/data}/synthea
build=${BUILD:-build}
[ -d "$data" ] || { echo "stored size: skipped, no Synthea data"; exit 0; }
make --no-print-directory -s BUILD="$build" "$build/tests/records_size"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for file in $(ls "$data"/*.json.gz | head -"${PEOPLE:-20}"); do zcat "$file" > "$tmp/$(basename "$file" .gz)"; done
"$build/tests/records_size" "$tmp"/*.json
