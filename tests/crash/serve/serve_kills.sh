#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the gate, of web and of paper while a station saves over HTTP: the service answers again, what was acknowledged is
# there, once, and the site verifies. KILLS: how many (default 24; with ALL=1 300).
set -u
. tests/support/hostile.sh
kills=${KILLS:-$([ "${ALL:-0}" = 1 ] && echo 300 || echo 24)} seed=${SEED:-1}
made salve init "$site" --made-up --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
made salve consent give "$card" --purpose care --read-back 1 --as kofi
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
tools/node tests/crash/serve/serve_kills.mjs "$card" "$kills" "$seed" "${TESTS:-build/tests}/serve" serve_unit host "$site" \
    "$SALVE_KEY_FILE" "$program" "${BUILD:-build}/share" 100000 0 >"$work/saves" 2>"$work/why"
is "the station went on through $kills kills (seed $seed)" "$?" 0
cp "$work/why" "$work/.out"; head -3 "$work/why"
grep '^seen' "$work/saves"
is "it closes clean" "$(sed -n 's/^ended //p' "$work/saves")" 0
salve take "$card" --born $born -o "$work/mine.json" 2>/dev/null
weights() { grep -oE '"value":[0-9]+\.[0-9]' "$work/mine.json" | cut -d: -f2 | sort -n; }
is "what was acknowledged is there, once" "$(weights | md5sum)" "$(sed -n 's/^stored //p' "$work/saves" | sort -n | md5sum)"
is "and it is a number of them" "$(($(weights | wc -l) > kills))" 1
prints 'clean$' "it verifies" salve verify
finish
