#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each process of a running server is killed before its N-th call that changes a file or writes to a socket, and so is the one that takes
# its place, while a station saves: what was acknowledged is there, once, and the site is whole. POINTS: which N (default two; with
# ALL=1 thirteen). Below 50 nobody gets through: opening, login, a person and a save are more calls than that.
set -u
. tests/support/hostile.sh
. tests/support/calls.sh
points=${POINTS:-$([ "${ALL:-0}" = 1 ] && seq 56 3 92 || echo 61 74)}
made salve init "$site" --made-up --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
made salve consent give "$card" --purpose care --read-back 1 --as kofi
cp -r "$site" "$work/whole"
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
died=0 stored=0
weights() { grep -oE '"value":[0-9]+\.[0-9]' "$work/mine.json" | cut -d: -f2 | sort -n; }
for at in $points; do
    rm -rf "$site"
    cp -r "$work/whole" "$site"
    tools/node tests/crash/serve/serve_kills.mjs "$card" 0 1 env LD_PRELOAD="$calls" SALVE_CALLS="kill:$at" \
        "${TESTS:-build/tests}/serve" serve_unit host "$site" "$SALVE_KEY_FILE" "$program" "${BUILD:-build}/share" 100000 0 \
        >"$work/saves" 2>"$work/why"
    is "killed before call $at: the station went on" "$?" 0
    head -3 "$work/why"
    salve take "$card" --born $born -o "$work/mine.json" >/dev/null 2>&1
    is "killed before call $at: what was acknowledged is there, once" "$(weights | tr '\n' ' ')" \
        "$(sed -n 's/^stored //p' "$work/saves" | sort -n | tr '\n' ' ')"
    prints 'clean$' "killed before call $at: the site is whole" salve verify
    anew=$(sed -n 's/^anew //p' "$work/saves")
    died=$((died + ${anew:-0}))
    stored=$((stored + $(grep -c '^stored' "$work/saves")))
done
echo "kills: $(wc -w <<<"$points") points during $stored saves; $died processes were started anew"
is "processes were killed" "$((died > 0))" 1
finish
