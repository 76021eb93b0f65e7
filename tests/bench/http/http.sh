#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An answer of 1.2 kB over HTTP against a bare epoll server that sends the same bytes; the same in TLS, over OpenSSL.
set -eu
"$TESTS/bench_http"
"$TESTS/bench_https"
