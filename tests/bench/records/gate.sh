#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How long requests and upkeep hold a gate that runs (bench_gate.c).
set -eu
make --no-print-directory -s BUILD="${BUILD:-build}" V=release "$TESTS/bench_gate"
"$TESTS/bench_gate"
