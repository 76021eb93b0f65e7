#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# CPU time from the ELM JSON of each guideline, with its libraries, to the linked program. Aim: the largest under 10 ms.
set -eu
bench=${TESTS:-build/tests}/compile_bench
[ -x "$bench" ] || make --no-print-directory "$bench" >/dev/null
"$bench" "${BUILD:-build}/share/guidelines"
