#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A save of 20 results in the app until the findings of all guidelines are in the answer: CPU of web and gate together.
# The aim is 5 ms (docs/internals/pages.md).
set -u
out=$("$TESTS/app_save_bench" 50 2>/dev/null) || { echo "app_save_bench failed"; exit 1; }
save=$(awk '$1 == "save_ms" { print $2 }' <<<"$out")
read=$(awk '$1 == "read_ms" { print $2 }' <<<"$out")
awk -v ms="$save" 'BEGIN { printf "a save until its findings are there   %s ms CPU   aim at most 5 ms  ratio %.2f\n", ms, ms / 5 }'
printf 'the open record once more             %s ms CPU\n' "$read"
awk -v ms="$save" 'BEGIN { exit !(ms > 0) }'
