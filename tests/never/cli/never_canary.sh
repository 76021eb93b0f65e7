#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N13 and N14 on the built program: after a whole visit, no file of the site, no copy of it and no message to staff holds a
# name, a number or a birth date of the person in the clear; and the files that the person asked for do (the scan works).
set -u
. tests/support/sh.sh
site=$work/clinic
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key TMPDIR=$work/tmp
mkdir "$TMPDIR"
today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g; s/Haddad/Zyxwvcanary/g; s/Amina/Qqrstcanary/g" tests/conformance/cli/measured.json >"$work/measured.json"
ok "a site" salve init --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant \
    --staff tom:technician
for id in body-measures blood-pressure glycaemia kidney; do ok "accept $id" salve guideline accept $id --as dr-amina; done
sed "s/Haddad/Zyxwvcanary/g; s/Amina/Qqrstcanary/g" tests/conformance/cli/patient.json >"$work/patient.json"
card=$(salve enrol -q --as kofi "$work/patient.json")
{
    salve consent give "$card" --purpose care --read-back 1 --as kofi
    salve import "$card" "$work/measured.json" --as lina
    salve sign "$card" --as dr-amina # nothing to sign yet: an error
    salve screen "$card" --as lina >/dev/null
    salve sign "$card" --as dr-amina
    salve letter "$card" --born $born -o "$work/letter.html"
    salve verify
    salve doctor
    salve keys rotate --as tom
} >"$work/messages" 2>&1
ok "the person takes everything along" salve take "$card" --born $born -o "$work/mine.json"
ok "the site is copied" cp -r "$site" "$work/backup"
canaries='Zyxwvcanary|Qqrstcanary|1972-03-14|85354-9|8480-6'
is "the scan finds what is there" "$(grep -cE "Zyxwvcanary" "$work/mine.json" | sed 's/^[1-9].*/some/')" some
is "the letter names the person" "$(grep -c '<p>Qqrstcanary Zyxwvcanary</p>' "$work/letter.html")" 1
is "no file of the site has a canary" "$(LC_ALL=C grep -rlaE "$canaries" "$site")" ""
is "no copy of the site has one" "$(LC_ALL=C grep -rlaE "$canaries" "$work/backup")" ""
is "no card code is kept" "$(LC_ALL=C grep -rlaE "$card|${card//-/}" "$site")" ""
is "no message to staff has one" "$(grep -cE "$canaries" "$work/messages")" 0
is "nothing is left in the folder for temporary files" "$(ls "$TMPDIR")" ""
before=$(cat "$site/site.db" | wc -c)
ok "the person is erased" salve erase "$card" --as kofi --at-once --yes -o "$work/receipt"
is "the receipt has no canary" "$(grep -cE "$canaries" "$work/receipt")" 0
is "the site was not empty" "$([ "$before" -gt 4096 ] && echo yes)" yes
finish
