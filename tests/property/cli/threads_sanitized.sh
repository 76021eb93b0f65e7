#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# languages_repeat once more under ThreadSanitizer (V=tsan): threads that share a program write nothing that another reads.
# Building it takes a while, so only ALL=1 does.
set -u
. tests/support/sh.sh
build=${BUILD:-build}
if [ "${ALL:-0}" != 1 ]; then
    skip 1
    finish
fi
ok "the sanitized build" make --no-print-directory -s BUILD="$build" V=tsan "$build/tsan/tests/cli"
ok "no data race" env BUILD="$build" TSAN_OPTIONS=halt_on_error=1:exitcode=66 "$build/tsan/tests/cli" languages_repeat
finish
