#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The alarms are judged at every site, for everybody, before anything else; a site adds to them and takes nothing away.
set -u
. tests/support/sh.sh
share=$work/share
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
cp -R "${BUILD:-build}/share" "$share"
today=$(date -u +%Y-%m-%d)
s() { salve --share "$share" "$@" 2>&1 | tee "$work/told"; return "${PIPESTATUS[0]}"; }
observation() { # id code value-json
    printf '{"resource":{"resourceType":"Observation","id":"%s","status":"final","code":{"coding":[{"system":"%s","code":"%s"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"%sT00:00:01Z",%s}}' \
        "$1" "$2" "$3" "$today" "$4"
}
mmol() { printf '"valueQuantity":{"value":%s,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}' "$1"; }
bundle() { # entries
    local IFS=,
    printf '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Haddad","given":["Amina"]}],"birthDate":"1980-02-03"}},%s]}' "$*"
}
loinc=http://loinc.org question=urn:salve:question
sex=$(observation sex $loinc 46098-0 '"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"248153007"}]}')
asked=$(observation asked $question no-danger-signs '"valueBoolean":true')
bundle "$sex" "$asked" "$(observation k $loinc 2823-3 "$(mmol 6.9)")" >"$work/emergency.json"
bundle "$sex" "$asked" "$(observation g $loinc 14743-9 "$(mmol 21)")" >"$work/today.json"
bundle "$sex" "$asked" "$(observation g $loinc 14743-9 "$(mmol 15.5)")" >"$work/soon.json"
bundle "$sex" "$asked" "$(observation k $loinc 2823-3 "$(mmol 6.9)")" "$(observation t $loinc 99999-9 "$(mmol 1)")" >"$work/refused.json"

ok "a site with nothing accepted" s init "$SALVE_SITE" --name "North Clinic" --key-file "$SALVE_KEY_FILE" \
    --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant
fails 10 "an emergency is found on paper, and says so by its status" s screen --paper "$work/emergency.json"
is "it stands first" "$(grep -n 'EMERGENCY NOW' "$work/told" | head -n 1 | cut -d: -f2)" "EMERGENCY NOW"
is "as not yet confirmed" "$(grep -c "not yet confirmed by this clinic's doctor" "$work/told")" 1
fails 11 "something for today" s screen --paper "$work/today.json"
ok "something that can wait" s screen --paper "$work/soon.json"
fails 11 "as JSON too" s screen --json --paper "$work/today.json"
is "with its action" "$(tr -d ' \n' <"$work/told" | grep -o '"action":"[a-z-]*"' | head -n 1)" '"action":"clinician-today"'
ok "a letter is made" s letter --paper "$work/today.json" --as dr-amina -o "$work/letter.html"
is "it says that nobody has confirmed the lines" "$(grep -c "not yet confirmed by this clinic" "$work/letter.html")" 1
is "and never that all is as it should be" "$(grep -c 'checked today is as it should be' "$work/letter.html")" 0
prints "not yet confirmed" "doctor says so" s doctor

card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)
sed "s/1980-02-03/$(sed -n 's/.*"birthDate": *"\([^"]*\)".*/\1/p' tests/conformance/cli/patient.json)/" "$work/refused.json" >"$work/hers.json"
fails 7 "without consent nothing is imported" s import "$card" "$work/hers.json" --as lina
is "but the alarm was told" "$(grep -c 'potassium-high.*emergency-now' "$work/told")" 1
ok "consent to care" salve consent give "$card" --purpose care --method card --read-back 1 --as kofi
fails 5 "a file with a code that is not kept is refused" s import "$card" "$work/hers.json" --as lina
is "and its alarm was told first" "$(grep -c 'potassium-high.*emergency-now' "$work/told")" 1
fails 4 "nothing of it was kept" salve sign "$card" --as dr-amina

ok "a clinician accepts the lines" s guideline accept alarms --as dr-amina
fails 11 "then a finding" s screen --paper "$work/today.json"
is "is confirmed" "$(grep -c 'not yet confirmed' "$work/told")" 0
prints "confirmed by a clinician here" "and doctor knows" s doctor

# A site adds a line; the names are those of the table.
mkdir -p "$share/guidelines/alarms-site"
cat >"$work/own.cql" <<'CQL'
library AlarmsSite version '1.0.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
include SalveCommon version '1.0.0' called Common
codesystem "LOINC": 'http://loinc.org'
code "Meter": '14743-9' from "LOINC"
context Patient
define "High": exists ([Observation: "Meter"] O where (O.value as FHIR.Quantity).value.value >= 15.0)
define "Findings":
  ({ Tuple { item: 'glucose-very-high', status: 'assessed', category: 'alarm', action: 'clinician-today', urgency: 'same-day', define: 'High' } }) F
    where "High"
CQL
mkdir -p "$work/source/alarms-site" && cp "$work/own.cql" "$work/source/alarms-site/logic.cql" && cp -R guidelines/lib "$work/source/lib" && rm -rf "$work/source/lib/template"
ok "the site's own logic translates" tools/node tools/translate.mjs "$work/source" "$work/made"
cp "$work/made/alarms-site/logic.json" "$work/own.cql" "$share/guidelines/alarms-site/" && mv "$share/guidelines/alarms-site/own.cql" "$share/guidelines/alarms-site/logic.cql"
about() { # item
    cat >"$share/guidelines/alarms-site/guideline.json" <<JSON
{"id": "alarms-site", "version": "1.0.0", "title": "Our own alarms", "canonical": "urn:salve:guideline:alarms-site", "date": "2026-11-29", "review-by": "2027-11-29",
 "sources": [{"issuer": "this clinic", "title": "Our own lines", "year": "2026"}], "switches": [], "inputs": [], "lines": [], "vectors": {},
 "items": [{"name": "$1", "source": "this clinic", "decimals": 0, "categories": ["alarm"], "actions": ["clinician-today"], "exclusions": []}]}
JSON
}
about glucose-very-high
fails 11 "what could wait is for today here" s screen --paper "$work/soon.json"
is "both findings stand" "$(grep -c '^  glucose-very-high' "$work/told")" 2
about something-else
fails 1 "names of its own are no alarms" s screen --paper "$work/soon.json"
is "that is a finding for today" "$(grep -c '^  alarms-not-judged.*same-day' "$work/told")" 1
is "and the table's own lines stand" "$(grep -c '^  glucose-very-high' "$work/told")" 1
rm -rf "$share/guidelines/alarms-site"

# What a clinician accepted is kept in the site, and on, whatever becomes of the folder.
mv "$share/guidelines/alarms" "$work/away"
fails 10 "the folder of the alarms is away" s screen --paper "$work/emergency.json"
is "they are judged all the same" "$(grep -c '^  alarms-not-judged' "$work/told")" 0
mkdir "$share/guidelines/alarms"
echo '{' >"$share/guidelines/alarms/logic.json"
fails 10 "or broken" s screen --paper "$work/emergency.json"
is "and confirmed as they were" "$(grep -c 'not yet confirmed' "$work/told")" 0
rm -rf "$share/guidelines/alarms"

# Where nobody accepted them, without the folder somebody looks today, and there is no letter.
ok "a clinician takes the acceptance back" s guideline accept alarms --take-back --yes --as dr-amina
fails 1 "the alarms are away" s screen --paper "$work/emergency.json"
is "that is a finding for today" "$(grep -c '^  alarms-not-judged.*same-day' "$work/told")" 1
fails 6 "the letter is held" s letter --paper "$work/emergency.json" --as dr-amina -o "$work/none.html"
fails 1 "and doctor names it" s doctor
mv "$work/away" "$share/guidelines/alarms"
echo '{' >"$share/guidelines/alarms/logic.json"
fails 1 "the alarms are broken" s screen --paper "$work/emergency.json"
is "that is a finding for today, too" "$(grep -c '^  alarms-not-judged.*same-day' "$work/told")" 1
finish
