#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is needed now and then: staff who leave, other settings, a new card, earlier versions, a log after a bad restore.
set -u
. tests/support/sh.sh
site=$work/clinic
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
ok "a site" salve init --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant \
    --staff maria:manager

# staff who leave
fails 7 "a registrar retires nobody" salve staff retire lina --as kofi
fails 4 "nobody of that name" salve staff retire ida --as maria
fails 6 "the last manager stays" salve staff retire maria --as maria
ok "a second manager" salve staff --as maria --staff joan:manager
ok "a manager notes who left" salve staff retire joan --as maria
prints 'joan +manager \(left\)' "staff shows it" salve staff
fails 7 "and who left does nothing more" salve staff retire lina --as joan

# settings
prints 'look-up by name +off' "settings are shown" salve settings
fails 2 "who changes them is said" salve settings --ages 7,16,18
fails 7 "a registrar changes none" salve settings --as kofi --ages 7,16,18
fails 2 "three ages" salve settings --as maria --ages 7,16
fails 3 "in their order" salve settings --as maria --ages 18,16,7
fails 3 "a pattern has a form" salve settings --as maria --national-pattern 9
fails 2 "seconds" salve settings --as maria --lock soon
fails 3 "not too short" salve settings --as maria --lock 29
prints '^sessions lock after  120 s' "what holds without a setting" salve settings
ok "a manager says when sessions lock" salve settings --as maria --lock 300
prints '^sessions lock after  300 s' "it is as set" salve settings
fails 2 "on or off" salve settings --as maria --name-index maybe
ok "a manager changes them" salve settings --as maria --national-pattern 999-99-9999 --national-pattern AA999999 \
    --identifier-system urn:clinic:number --ages 6,15,18
prints '6 a child is asked, 15 decides alone' "ages are as set" salve settings
prints '^AA999999' "both patterns stand" salve settings
ok "others stay when one is changed" salve settings --as maria --name-index on
prints 'urn:clinic:number' "as they were" salve settings
ok "an empty pattern leaves none" salve settings --as maria --national-pattern ''
is "none stands" "$(salve settings --json | grep -c '"nationalPatterns":""')" 1

# a new card for one that others saw, and for one that is lost
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
fails 7 "staff give no card without consent to care" salve card "$card" --as kofi
second=$(salve card "$card" --born $born -q)
is "the person gets a new card" "$(grep -cE '^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$' <<<"$second")" 1
fails 4 "and the old code opens nothing" salve looked "$card" --born $born
ok "care" salve consent give "$second" --purpose care --read-back 1 --as kofi
third=$(salve card "$second" -q --as kofi)
prints '^[0-9T:-]+ +card +registrar kofi' "the person sees who gave it" salve looked "$third" --born $born
record=$(salve take "$third" --born $born -q | grep -oE 'Patient/[a-z2-7]{26}' | head -1 | cut -d/ -f2)
fails 7 "without the card follow-up is needed" salve card "$record" --as kofi
fails 4 "by name no more is said than that nothing opens" salve card --name 'Amina Haddad' --born 1972-03-14 --as kofi
is "the same as for a name that nobody has" "$(salve card --name 'Amina Haddad' --born 1972-03-14 --as kofi 2>&1 </dev/null)" \
    "$(salve card --name 'Ida Nobody' --born 1972-03-14 --as kofi 2>&1 </dev/null)"
ok "follow-up" salve consent give "$third" --purpose follow-up --read-back 1 --as kofi
fails 7 "an assistant has no such purpose" salve card "$record" --as lina
fails 7 "nor has the person without a card" salve card "$record" --born $born
fourth=$(salve card "$record" -q --as kofi)
fails 4 "the lost card opens nothing" salve looked "$third" --born $born
fifth=$(salve card --name 'Haddad Amina' --born 1972-03-14 -q --as kofi)
ok "the card by name opens the record" salve looked "$fifth" --born $born
prints '^[0-9T:-]+ +look-up +registrar kofi' "and the person sees the look-up" salve looked "$fifth" --born $born
fails 4 "no card before opens it" salve looked "$fourth" --born $born
fails 2 "a name without a birth date" salve card --name 'Amina Haddad' --as kofi
ok "look-up is switched off" salve settings --as maria --name-index off
fails 1 "and is off" salve card --name 'Amina Haddad' --born 1972-03-14 --as kofi
card=$fifth

# earlier versions
ok "measured" salve import "$card" "$work/measured.json" --as lina
prints '^version 2, saved' "a resource has its versions" salve history "$card" --born $born "Patient/$record.1"
is "both of them" "$(salve history "$card" --born $born "Patient/$record.1" -q | grep -c '^version')" 2
fails 4 "of a resource that is not there" salve history "$card" --born $born Observation/none
is "as JSON too" "$(salve history "$card" --born $born "$record.1" --json | grep -c '"version": [12]')" 2

# a restore that lost entries of the log
ok "closed in order" salve verify
fails 6 "a log that is whole has no successor" salve log successor --yes
cp -R "$site" "$work/before"
ok "later work" salve enrol --as kofi tests/conformance/cli/patient.json
cp "$work/before/site.db" "$work/before/keys.db" "$site"
rm -f "$site"/*-wal "$site"/*-shm
fails 8 "a restore that lost entries is seen" salve staff
fails 2 "a successor is asked for" salve log successor --no-input
prints 'new log is started' "and made" salve log successor --yes
ok "the site opens again" salve staff
prints 'clean$' "and verifies" salve verify
prints 'Nothing to confirm' "a clock that fits needs no word" salve clock --as maria
fails 7 "and a clinician says nothing about it" salve clock --as dr-amina

# Codes that nobody has: a few are told, many make doctor fail; nobody has to wait for them.
again=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
fresh=$(salve card "$again" -q --born 1972-03-14)
fails 4 "a code that is no longer good" salve looked "$again" --born 1972-03-14
salve doctor >"$work/.out" 2>&1
is "it is told" "$(grep -cE ' [1-9] of them since there was a day without' "$work/.out")" 1
for _ in $(seq 50); do salve looked "$again" --born 1972-03-14 >/dev/null 2>&1; done
fails 1 "many make doctor fail" salve doctor
is "and it says why" "$(grep -c 'somebody may be guessing codes' "$work/.out")" 1
ok "a card that is good goes on" salve looked "$fresh" --born 1972-03-14
finish
