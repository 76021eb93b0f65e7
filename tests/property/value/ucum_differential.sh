#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every pair of UCUM units of equal dimension, every prefix on every unit, and made-up units, by Salve and by ucum-lhc;
# where the two differ the UCUM table decides, and what is ucum-lhc's stands in ucum_theirs.tsv. 3,000 made-up units;
# ALL=1: 100,000. SEED=n chooses others.
set -eu
here=$(dirname "$0")
if [ ! -d node_modules/@lhncbc/ucum-lhc ]; then
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
count=3000
[ "${ALL:-0}" = 1 ] && count=100000
answers=$(mktemp)
trap 'rm -f "$answers"' EXIT
tools/node "$here/ucum_differential.cjs" "$count" "${SEED:-1}" >"$answers"
"${TESTS:-build/tests}/value" ucum_differ "$answers" "$here/ucum_theirs.tsv"
