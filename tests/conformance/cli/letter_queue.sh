#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# salve letter --all: what was signed and not printed is printed once, in the order of signing; who is killed loses none and
# prints none twice; the quota, the card and the telling are waited for.
set -u
. tests/support/sh.sh
. tests/support/calls.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
out=$work/letters
day=$(date -u +%Y-%m-%d)
cards=()
kills=0
person() { # NUMBER LEVEL PURPOSES...: enrols, measures, screens and signs; the card in $card
    local number=$1 level=$2 purpose; shift 2
    printf '{"resourceType":"Patient","name":[{"family":"Person%s"}],"gender":"female","birthDate":"1972-03-14"}' "$number" >"$work/p.json"
    card=$(salve enrol --as kofi "$work/p.json" 2>/dev/null)
    for purpose in "$@"; do
        salve consent give "$card" --purpose "$purpose" --method card --read-back 1 --as kofi >/dev/null 2>&1
    done
    printf '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Person%s"}],"birthDate":"1972-03-14"}},{"resource":{"resourceType":"Observation","id":"k","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"%sT00:00:01Z","valueQuantity":{"value":%s,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}}]}' "$number" "$day" "$level" >"$work/o.json"
    salve import "$card" "$work/o.json" --as lina >/dev/null 2>&1
    salve screen "$card" --as lina >/dev/null 2>&1
    salve sign "$card" --as dr-amina >/dev/null 2>&1 || fail "sign $number" "not signed"
    cards+=("$card")
}
files() { ls "$out" 2>/dev/null | grep -c '\.pdf$'; }
looks() { salve looked "$1" --born 1972-03-14 --json 2>/dev/null | grep -c '"kind":"access".*"lina"\|lina.*"access"'; }

ok "init" salve init "$SALVE_SITE" --name "North Clinic" --key-file "$SALVE_KEY_FILE" \
    --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant --staff maria:manager
for g in alarms body-measures; do ok "accept $g" salve guideline accept $g --as dr-amina; done
fails 2 "a folder is asked for" salve letter --all --as lina
fails 2 "and no card" salve letter --all ABCD --as lina -o "$out"
fails 2 "without --all whose letter is asked" salve letter
prints "0 printed, 0 wait" "nothing waits" salve letter --all --as lina -o "$out"
for i in 1 2 3; do person $i 4.2 care follow-up; done
person 4 6.2 care follow-up # held: something for today, and nobody was told
person 5 4.2 care
is "the list of open work has no letters" "$(salve inbox --as lina --json 2>/dev/null | grep -c '"letter"')" 0

# Killed before each call that changes a file, and at many moments: run it with kills until it is through. What lies in the folder is
# whole, or no letter's name; what is somebody else's stays.
forms() { ls -A "$out" | sed -E 's/^[0-9]{8}T[0-9]{6}-[0-9A-Z]{3}-[0-9A-Z]{3}\.pdf/PDF/; s/\.[0-9A-Za-z]{6}\.tmp$/.LEFT/' | sort | uniq -c | sed 's/^ *//'; }
right_login() { salve inbox --as lina >/dev/null 2>&1; } # one that was cut off counts as a wrong one
all() { salve letter --all --as lina -o "$out"; }
others='20260101T000000-AAA-AAA.pdf.part.tmp 20260101T000000-AAA-AAA.pdf.part.abc.tmp plan.pdf.part plan.pdf.part.Ab12Cd.tmp'
for name in $others; do echo theirs >"$out/$name"; done
echo half >"$out/20260101T000000-AAA-AAA.pdf.part.Ab12Cd.tmp"
left=0 parts=0
step=$([ "${ALL:-0}" = 1 ] && echo 1 || echo 2) # a letter being written is three calls
for ((at = 1; at < 400; at += step)); do
    calls_run "kill:$at" all
    [ $status -eq 137 ] || break
    kills=$((kills + 1))
    ((kills % 3)) || right_login
    before=$(forms)
    case $before in *'PDF.part.LEFT'*) left=$((left + 1)) ;; esac
    case $before in *'PDF.part'$'\n'* | *'PDF.part') parts=$((parts + 1)) ;; esac
    is "killed before call $at: one letter at most is on its way" "$(grep -E '^[0-9]+ PDF\.' <<<"$before" | grep -cv '^1 ')" 0
    for file in "$out"/*.pdf; do
        [ -e "$file" ] || continue
        [ "$(head -c 5 "$file")$(tail -c 6 "$file" | tr -d '\n')" = %PDF-%%EOF ] || fail "killed before call $at" "a letter is not whole"
    done
done
is "it came to its end in between" $status 0
[ $kills -gt 20 ] && pass || fail "killed" "only $kills times"
[ $left -gt 0 ] && pass || fail "killed while a letter was written" "never"
[ $parts -gt 0 ] && pass || fail "killed between a letter and its name" "never"
for i in 1 2 3; do person 1$i 4.2 care follow-up; done
for delay in 0.02 0.04 0.05 0.06 0.08 0.1 0.12 0.16 0.2 0.25; do
    "$SALVE" letter --all --as lina -o "$out" >/dev/null 2>&1 </dev/null & pid=$!
    sleep $delay
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    right_login
done
echo half >"$out/$(ls "$out" | grep '\.pdf$' | tail -1).part.Zz0000.tmp"
ok "the same command goes on" salve letter --all --as lina -o "$out"
for name in $others; do is "$name is not ours" "$(cat "$out/$name" 2>&1)" theirs; rm -f "$out/$name"; done
printed=$(files)
is "held: its person was not told" "$(ls "$out" | wc -l)" "$printed"
is "no half file is left" "$(ls "$out" | grep -c part)" 0
[ "$printed" -ge 6 ] && [ "$printed" -le 7 ] && pass || fail "six letters, and the one of the card that was just shown" "$printed"
for file in "$out"/*.pdf; do is "whole" "$(head -c 5 "$file")$(tail -c 6 "$file" | tr -d '\n')" "%PDF-%%EOF"; done
is "named by time and ticket, no person" "$(ls "$out" | grep -cvE '^[0-9]{8}T[0-9]{6}-[0-9A-Z]{3}-[0-9A-Z]{3}\.pdf$')" 0
cksum "$out"/*.pdf >"$work/sums"
prints "0 printed, 1 wait" "none is printed twice" salve letter --all --as lina -o "$out"
is "what was printed is as it was" "$(cksum "$out"/*.pdf | diff - "$work/sums" && echo same)" same
is "each had a look of its own" "$(salve looked "${cards[0]}" --born 1972-03-14 2>/dev/null | grep -c lina | awk '{print ($1 > 2)}')" 1

ok "told" salve told "${cards[3]}" --how telephone --as dr-amina
prints "1 printed, 0 wait" "then that letter is printed" salve letter --all --as lina -o "$out"
person 6 4.2 care follow-up
ok "a letter by the card is printed too" salve letter "$card" --born 1972-03-14 -o "$work/one.pdf"
prints "0 printed, 0 wait" "and waits no more" salve letter --all --as lina -o "$out"
person 7 4.2 care follow-up
for purpose in follow-up care; do ok "withdrawn" salve withdraw "$card" --born 1972-03-14 --purpose $purpose; done
prints "0 printed, 0 wait" "nobody's letter waits who took the agreement back" salve letter --all --as lina -o "$out"
fails 7 "a manager prints none" salve letter --all --as maria -o "$out"
finish
