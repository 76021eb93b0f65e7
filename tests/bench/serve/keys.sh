#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Keys and taps of a station's entry, counted by the model of web/parts/measure/keystrokes.ts: two pressures at most 9, beside the digits,
# which are the same on paper.
set -u
lines=$(tools/node tools/web_test.mjs web "$BUILD/gen" pressure) || { echo "$lines"; exit 1; }
rows=$(grep ' in all: ' <<<"$lines") || exit 1
sed -E 's/^(.*): ([0-9]+) in all: ([0-9]+) digits, ([0-9]+) other keys, ([0-9]+) taps$/\1\t\2\t\4\t\5/' <<<"$rows" |
    awk -F'\t' '{ n = $3 + $4; printf "%-46s %3d in all, %d beside the digits  aim at most 9  ratio %.2f\n", $1, $2, n, n / 9 }'
