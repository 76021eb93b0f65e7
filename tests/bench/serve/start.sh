#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server: from the command to its first answer, what its processes hold when nobody asks, and the size of the program.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SALVE_PIN_FILE=$work/pins
(umask 077; echo 'manager 246802' >"$work/pins")
"$SALVE" init "$work/site" --made-up --key-file "$work/key" >/dev/null 2>&1 || exit 1
cp "$SALVE" "$work/salve" && strip "$work/salve"
tools/node tests/bench/serve/start.mjs "$work/salve" "$(stat -c %s "$work/salve")" serve -C "$work/site" --key-file "$work/key" \
    --share "$BUILD/share" --listen 127.0.0.1:0
