#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An answer of 1.2 kB over HTTP against a bare epoll server that sends the same bytes.
set -eu
"$TESTS/bench_http"
