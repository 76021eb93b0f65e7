#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N16 on the running server: what is withdrawn, erased, decided anew, locked or taken from a member of staff, by a command beside the
# server or by a call, is not read by a request that was begun after that was acknowledged; nor is the letter that was made before.
# ROUNDS: how many ends of a right (default 8; with ALL=1 50).
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
. tests/support/canary.sh
rounds=${ROUNDS:-$([ "${ALL:-0}" = 1 ] && echo 50 || echo 8)}
canary_site "$rounds"
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
tools/node tests/never/serve/never_withdrawn.mjs "$work/people" "$rounds" "$program" "$program" serve --listen 127.0.0.1:0 >"$work/said" 2>&1
status=$?
cp "$work/said" "$work/.out"
is "nothing is read any more" "$(grep -c FAULT "$work/said") $status" "0 0"
is "it ends" "$(sed -n 's/^ended //p' "$work/said")" 0
head -n 1 "$work/said"
prints 'clean$' "the site is whole" salve verify
finish
