#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Expressions of forms beside fhirpath.js and the page (form_oracle.mjs). COUNT forms of 200 expressions (5; with ALL=1 300); SEED=n others.
set -eu
if [ ! -d node_modules/fhirpath ]; then
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools/node "$(dirname "$0")/form_oracle.mjs" "${SALVE:-build/salve}" "${COUNT:-$([ "${ALL:-}" = 1 ] && echo 300 || echo 5)}" "${SEED:-1}" "$folder"
