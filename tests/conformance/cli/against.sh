#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 'verify --against FILE': which files it takes, and its words. What it sees is in tests/never/records/never_whole_folder.c.
set -u
. tests/support/sh.sh
export SALVE_KEY_FILE=$work/clinic.key SALVE_SITE=$work/clinic
ok "init" salve init --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff kofi:registrar --staff lina:assistant
ok "the site goes on from its own checkpoint" salve verify --against "$SALVE_SITE/checkpoint"
cp -r "$SALVE_SITE" "$work/then"
salve enrol --as kofi tests/conformance/cli/patient.json >"$work/receipt" 2>&1
fails 4 "no such file" salve verify --against "$work/nothing"
echo "nothing is signed here" >"$work/blank"
fails 1 "no signed head" salve verify --against "$work/blank"
SALVE_SITE=$work/other SALVE_KEY_FILE=$work/other.key ok "another site" salve init --name "South Clinic" --key-file "$work/other.key"
fails 1 "a head of another site" salve verify --against "$work/other/checkpoint"
sed '2s/.*/8/' "$SALVE_SITE/checkpoint" >"$work/forged"
fails 1 "a head that nobody signed" salve verify --against "$work/forged"
is "it says so" "$(grep -c 'not signed by a log of this site' "$work/.out")" 1

# A letter prints the size and the root of the log, without a signature: who keeps it can ask as well.
made() { "$@" >"$work/.out" 2>&1 </dev/null || fail "set-up" "$*"; }
made salve staff --as manager --staff dr-amina:clinician
for id in body-measures blood-pressure; do made salve guideline accept $id --as dr-amina; done
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
made salve consent give "$card" --purpose care --read-back 1 --as kofi
made salve measure "$card" bp 128/78 126/76 height 161 weight 70 --as lina
made salve screen "$card" --as lina
made salve sign "$card" --as dr-amina
cp -r "$SALVE_SITE" "$work/before-letter"
made salve letter "$card" --born 1972-03-14 -o "$work/letter.html"
made salve letter "$card" --born 1972-03-14 -o "$work/letter.pdf"
pdftotext "$work/letter.pdf" "$work/letter.txt"
ok "the site goes on from the state on a letter" salve verify --against "$work/letter.html"
ok "also from the text of its PDF" salve verify --against "$work/letter.txt"
tr '\n' ' ' <"$work/letter.txt" | sed -E 's/([0-9]+) ([0-9a-f]{64})/\1\n\2/' >"$work/broken.txt"
is "a wide root stands on the next line" "$(grep -cE '^[0-9a-f]{64}' "$work/broken.txt")" 1
ok "and is read there" salve verify --against "$work/broken.txt"
rm -rf "$SALVE_SITE"; cp -r "$work/before-letter" "$SALVE_SITE"
fails 8 "a folder that was put back does not" salve verify --against "$work/letter.html"
is "and it is older" "$(grep -c 'the state on a letter.*this folder is older' "$work/.out")" 1
made salve looked "$card" --born 1972-03-14
made salve looked "$card" --born 1972-03-14
made salve looked "$card" --born 1972-03-14
fails 8 "nor when it has grown again" salve verify --against "$work/letter.html"
is "and it has another history" "$(grep -c 'the state on a letter.*another history' "$work/.out")" 1
finish
