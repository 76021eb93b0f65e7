#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --json: what every command prints on standard output is one JSON document, and so is what it says of an error.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
: >"$work/documents"
document() { # STATUS NAME COMMAND...: the exit status is that, and the JSON is collected to be read at the end
    local want=$1 name=$2 status; shift 2
    "$@" --json -q >"$work/out.json" 2>"$work/err.json" </dev/null
    status=$?
    cat "$work/err.json" >"$work/.out"
    if [ $status -eq "$want" ]; then pass; else fail "$name" "exit status $status, want $want"; fi
    local file=$work/out.json
    [ "$want" -le 1 ] || [ -s "$file" ] || file=$work/err.json
    { printf '%s\0' "$name"; cat "$file"; printf '\0'; } >>"$work/documents"
}
today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
document 0 "init" salve init --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician \
    --staff kofi:registrar --staff lina:assistant --staff tom:technician
document 0 "staff" salve staff
document 0 "guideline list" salve guideline list
for id in body-measures blood-pressure; do document 0 "guideline accept" salve guideline accept $id --as dr-amina; done
document 0 "guideline check" salve guideline check body-measures
document 0 "guideline test" salve guideline test --vectors tests/vectors/bmi.csv
document 0 "enrol" salve enrol --as kofi tests/conformance/cli/patient.json
card=$(sed -n 's/.*"card":"\([^"]*\)".*/\1/p' "$work/out.json")
document 0 "consent form" salve consent form --purpose care
document 0 "consent form in Arabic" salve consent form --purpose care --lang ar
document 0 "consent give" salve consent give "$card" --purpose care --read-back 1 --as kofi
document 0 "consent list" salve consent list "$card" --born $born
document 0 "import" salve import "$card" "$work/measured.json" --as lina
document 5 "import of new people" salve import --enrol "$work/measured.json" --as lina -o "$work/slips.csv"
document 0 "claim" salve claim "$(tail -n 1 "$work/slips.csv" | cut -d, -f2)" --as kofi
document 0 "screen" salve screen "$card" --as lina
document 0 "screen on paper" salve screen --paper "$work/measured.json"
document 0 "sign" salve sign "$card" --as dr-amina
document 0 "letter" salve letter "$card" --born $born
code=$(grep -oE '([0-9A-Z]{7}-){2}[0-9A-Z]{7}' "$work/out.json" | head -n 1)
document 0 "results" salve results "$code" --born 1972-03-14
document 0 "letter in Arabic to a file" salve letter "$card" --born $born --lang ar -o "$work/letter.pdf"
document 0 "looked" salve looked "$card" --born $born
document 0 "take" salve take "$card" --born $born
document 0 "history" salve history "$card" --born $born "$(grep -oE 'Patient/[a-z2-7]{26}\.1' "$work/out.json" | head -1)"
document 0 "settings" salve settings
document 0 "settings that change" salve settings --as manager --ages 7,16,18
document 0 "staff retire" salve staff retire lina --as manager
document 0 "card" salve card "$card" --born $born
card=$(sed -n 's/.*"card":"\([^"]*\)".*/\1/p' "$work/out.json")
document 6 "log successor of a whole log" salve log successor --yes
document 0 "keys rotate" salve keys rotate --as tom
document 0 "withdraw" salve withdraw "$card" --born $born --purpose care
document 0 "erase" salve erase "$card" --as kofi --at-once --yes
document 0 "verify" salve verify
document 0 "doctor" salve doctor
document 0 "explain" salve explain SLV-401
document 0 "version" salve version
document 0 "help" salve help
document 0 "help of a command" salve help import
document 0 "fhir validate" salve fhir validate tests/conformance/cli/patient.json
document 0 "fhirpath" salve fhirpath Bundle.type "$work/measured.json"
document 5 "fhir validate of an error" salve fhir validate /dev/null
document 4 "an error" salve looked "$card" --born $born
document 2 "an unknown command" salve enroll
document 2 "an unknown option" salve version --none
document 2 "a word that is no text" salve "$(printf 'x\033[31m\377')"
read_all='const parts = require("fs").readFileSync(0, "utf8").split("\0");
for (let i = 0; i + 1 < parts.length; i += 2) {
    try { JSON.parse(parts[i + 1]); console.log("json"); } catch (e) { console.log(`FAILED ${parts[i]}: ${e.message}`); }
}'
while read -r line; do
    if [ "$line" = json ]; then pass; else fail "${line#FAILED }" "no JSON"; fi
done < <(node -e "$read_all" <"$work/documents")
finish
