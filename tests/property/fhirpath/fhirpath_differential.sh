#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Made-up expressions, evaluated by Salve and by fhirpath.js. What fhirpath.js reads differently is not made up; it stands
# in fhirpath_theirs.tsv with the clause. COUNT (100,000) expressions; SEED=n chooses others.
set -eu
here=$(dirname "$0")
if [ ! -d node_modules/fhirpath ]; then
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
answers=$(mktemp)
trap 'rm -f "$answers"' EXIT
input=tests/conformance/fhirpath/cases/ada.json
tools/node "$here/fhirpath_differential.cjs" "${COUNT:-100000}" "${SEED:-1}" "$input" >"$answers"
"${TESTS:-build/tests}/fhirpath" fhirpath_differ "$answers" "$input" "$here/fhirpath_theirs.tsv"
