#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The whole server with less of Landlock than this kernel has: ABI 2 as Debian 12's has it, ABI 1, and none at all, which is
# refused unless somebody says so. Each one saves, reads and closes clean.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
hosted() { exec "${TESTS:-build/tests}/serve" serve_unit host "$site" "$SALVE_KEY_FILE" "$program" "${BUILD:-build}/share" 0 "$1"; }
health() { tools/node -e 'fetch(process.argv[1]).then((a) => a.text()).then(console.log)' "$origin/healthz"; }
has_landlock=$("$SALVE" doctor 2>/dev/null | grep -c 'confined to their files (Landlock)')
number=0
for abi in 2 1; do
    if [ "$has_landlock" -eq 0 ]; then
        echo "skipped: this kernel has no Landlock"
        skip 4
        continue
    fi
    rm -f "$work/session"
    serve_start "with Landlock capped at ABI $abi" hosted $abi
    login lina
    open_person
    number=$((number + 1))
    prints '^200 .*"state":"stored"' "ABI $abi: it saves" measure "$(key $number)" weight 70.$number
    prints "^200 .*\"today\":\\[.*\"70.$number\"" "ABI $abi: and reads" ask person '{"person":"'"$person"'"}'
    serve_end
    is "ABI $abi: it ends well" "$status" 0
done
fails 1 "without Landlock it does not start" timeout 20 "${TESTS:-build/tests}/serve" serve_unit host "$site" "$SALVE_KEY_FILE" \
    "$program" "${BUILD:-build}/share" 0 -1
is "and says why" "$(grep -c 'this kernel has no Landlock, or it is switched off$' "$work/.out")" 1
if [ "$has_landlock" -eq 0 ]; then
    fails 1 "the command the same" timeout 20 "$SALVE" serve --listen 127.0.0.1:0
    is "with the way out" "$(grep -c -- '--without-landlock goes on without it' "$work/.out")" 1
fi
serve_start "where somebody says so it goes on" hosted -2
is "which stands in the log" "$(grep -c 'ready, without Landlock' "$work/log")" 3
prints '"landlock":false' "and is told to whoever asks for its health" health
serve_end
prints 'clean$' "the site is whole" salve verify
finish
