#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One durable save against a bare SQLite commit of the same bytes. BENCH_DIR chooses the disk.
set -eu
folder=$(mktemp -d "${BENCH_DIR:-/tmp}/salve-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$TESTS/bench_save" "$folder"
