#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a person costs, and a save of 20 results beside a bare SQLite commit. BENCH_DIR chooses the disk.
set -eu
build=${BUILD:-build}
make --no-print-directory -s BUILD="$build" "$build/tests/person_bench"
folder=$(mktemp -d "${BENCH_DIR:-/tmp}/salve-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$build/tests/person_bench" "${PEOPLE:-40}" "$build/share" "$folder"
