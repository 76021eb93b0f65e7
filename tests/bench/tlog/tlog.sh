#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The log over rows in memory: appends, proofs, a whole verify, what dummies cost. The aim: a million leaves in 10 s.
set -eu
make --no-print-directory -s BUILD="${BUILD:-build}" V=release "$TESTS/bench_tlog"
"$TESTS/bench_tlog"
