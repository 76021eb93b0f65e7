#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The stations and the clinician's screens in Chromium over a running server: typed as people type, asked about, refused,
# stored; an alarm that only an outcome ends; results, signing, the letter. In both languages, wide and on a telephone.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
chromium=$(command -v chromium)
if [ -z "$chromium" ]; then
    echo "no Chromium here"
    skip 1
    finish
fi
serve_site
for id in alarms body-measures blood-pressure; do made salve guideline accept $id --as dr-amina; done
cards=$card
for _ in 1 2 3 4 5; do
    card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json 2>/dev/null)
    made salve consent give "$card" --purpose care --read-back 1 --as kofi
    cards="$cards $card"
done
serve_start "the server comes up" serve_usual
# shellcheck disable=SC2086 # the cards are words
tools/node tests/conformance/web/stations.mjs "$chromium" "$origin" $cards >"$work/walk" 2>&1
status=$?
read -r p f < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, 0 skipped$/\1 \2/p' "$work/walk")
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
grep '^keys:' "$work/walk"
[ "$status" -eq 0 ] || { [ "${f:-1}" -gt 0 ] || failed=$((failed + 1)); sed -n '1,80p' "$work/walk"; }
serve_end
is "the server ends" "$status" 0
is "nothing of people is in its log" "$(grep -cE "Haddad|Amina H|148/92|$card" "$work/log")" 0
finish
