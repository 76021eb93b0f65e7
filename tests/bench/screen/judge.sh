#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All guidelines over a person with 20 results, findings with their reasons, nothing kept: CPU of one evaluation, the
# median of 300. The aim is 1 ms (docs/internals/guideline.md).
set -u
ms=$("$TESTS/visit_bench" judge 300 "$BUILD/share" | awk '$1 == "judge_ms" { print $2 }')
awk -v ms="$ms" 'BEGIN { printf "all guidelines over a visit, with reasons   %s ms CPU   aim at most 1 ms  ratio %.2f\n", ms, ms / 1 }'
awk -v ms="$ms" 'BEGIN { exit !(ms > 0) }'
