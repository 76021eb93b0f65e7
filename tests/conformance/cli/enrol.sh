#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Enrolment at the desk: each answer is checked at once, the sex for reference ranges counts as recorded, and what comes next
# is said.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
ok "a site" salve init --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant
for id in kidney alarms; do ok "accept $id" salve guideline accept $id --as dr-amina; done

# answers on a terminal
typed() { # answers...: to the prompts of enrol; the card in $card
    printf '%s\n' "$@" | script -qec "$SALVE enrol --as kofi" /dev/null >"$work/typed" 2>&1
    card=$(tr -d '\r' <"$work/typed" | grep -oE '([0-9A-Z]{4}-){4}[0-9A-Z]{4}' | head -1)
}
told() { grep -c "$1" "$work/${2:-typed}"; }
if command -v script >/dev/null; then
    typed '' '' 'Amina' '14.03.1972' '1972-02-30' '2190-01-01' '1850-01-01' '1972-03-14' 'x' 'F'
    is "a name is needed" "$(told 'one name at least is needed')" 1
    is "a date is explained with the right form" "$(told 'such as 1972-03-14')" 2
    is "nobody is born in the future" "$(told 'it is in the future')" 1
    is "or older than 130" "$(told 'nobody is older than 130')" 1
    is "a sex is one of four" "$(told 'female, male, other or unknown; the first')" 1
    is "then there is a card" "${#card}" 24
    ok "care" salve consent give "$card" --purpose care --read-back 1 --as kofi
    ok "creatinine" salve measure "$card" creatinine 0.8mg/dL pregnant no birth-within-6-weeks no --as lina
    ok "screening" salve screen "$card" --as lina
    cp "$work/.out" "$work/women"
    is "the sex that was told is used" "$(grep -c '^  egfr: G' "$work/women")" 1
    is "it goes with the person" "$(salve take "$card" --born 1972-03-14 -q | grep -c 46098-0)" 1
    ok "another answer at a station" salve measure "$card" sex male --as lina
    ok "is newer" salve screen "$card" --as lina
    is "and counts" "$([ "$(grep '^  egfr' "$work/.out")" != "$(grep '^  egfr' "$work/women")" ] && echo other)" other
    typed 'Old' 'Ida' "$(($(date -u +%Y) - 115))" 'right' 'Woman'
    is "an unlikely age is asked about" "$(told 'older than 110')/${#card}" 1/24
    typed 'Haddad' 'Sam' 'unknown' 'o'
    is "nothing known is an answer" "${#card}" 24
else
    skip 12
fi

# files
patient() { sed "s/\"birthDate\": *\"[^\"]*\"/\"birthDate\": \"$1\"/" tests/conformance/cli/patient.json >"$work/patient.json"; }
patient 2190-01-01
fails 1 "a file with a birth date in the future is refused" salve enrol --as kofi "$work/patient.json"
patient 1850
fails 1 "or of more than 130 years ago" salve enrol --as kofi "$work/patient.json"
patient $(($(date -u +%Y) - 115))
fails 2 "one of more than 110 is asked about" salve enrol --as kofi "$work/patient.json"
ok "and --yes answers" salve enrol --yes --as kofi "$work/patient.json"
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
ok "care" salve consent give "$card" --purpose care --read-back 1 --as kofi
ok "creatinine" salve measure "$card" creatinine 0.8mg/dL --as lina

# what comes next
fails 4 "no letter before screening" salve letter "$card" --as dr-amina -o "$work/none.html"
is "screening is the next step" "$(told "next: 'salve screen', then 'salve sign'" .out)" 1
ok "screening" salve screen "$card" --as lina
is "a gender of a file was not asked in these words" "$(told 'ask: .*sex, as recorded' .out)" 1
fails 4 "no letter before signing" salve letter "$card" --as dr-amina -o "$work/none.html"
is "signing is the next step" "$(told "nothing is signed; next: 'salve sign'" .out)" 1
fails 7 "a registrar measures nothing" salve measure "$card" bp 120/70 --as kofi
is "it is the role, not the person" "$(told 'this role may not do that: registrar' .out)/$(told 'ask the person' .out)" 1/0
ok "all is whole" salve verify
finish
