#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the door between a gate and its users costs: the same calls with and without it.
set -eu
"$TESTS/door_bench"
