#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Decimals beside big integers: every digit of sums, products, quotients, roundings, roots, powers, exponentials and
# logarithms. 3,000 computations; ALL=1: 60,000. SEED=n chooses others.
set -eu
here=$(dirname "$0")
count=3000
[ "${ALL:-0}" = 1 ] && count=60000
results=$(mktemp)
trap 'rm -f "$results"' EXIT
tools/node "$here/decimal_differential.mjs" "$count" "${SEED:-1}" >"$results"
"${TESTS:-build/tests}/value" decimal_differ "$results"
