#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What somebody else gets of a record when the person wants that: an International Patient Summary as a file, and SMART
# Health Links beside a running server, opened by a reader that has nothing of Salve's.
set -u
. tests/support/sh.sh
. tests/support/serve.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
NODE=${NODE:-tools/node}
json() { "$NODE" -e 'const b=JSON.parse(require("fs").readFileSync(process.argv[1]));console.log(eval(process.argv[2]))' "$1" "$2"; }
section() { json "$1" "(s=>s?JSON.stringify((s.entry??[]).map(e=>e.reference.split('/')[0]).sort())+(s.emptyReason?.coding[0].code??''):'none')(b.entry[0].resource.section.find(s=>s.code.coding[0].code==='$2'))"; }

ok "init" salve init "$SALVE_SITE" --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar
card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)
ok "agrees to care" salve consent give "$card" --purpose care --method signed --read-back 1 --sensitive --as kofi

# --- of somebody of whom nothing is known
ok "a summary of an empty record" salve take "$card" --born $born --ips -o "$work/empty.json"
ok "is one of the guide" "$NODE" tests/conformance/cli/ips_check.mjs "$work/empty.json"
ok "and of R4" salve fhir validate "$work/empty.json"
for code in 11450-4 48765-2 10160-0 11369-6 30954-2 47519-4 46264-8; do
    is "section $code says that nobody asked" "$(section "$work/empty.json" $code)" "[]notasked"
done
is "what nobody has to say is not there" "$(section "$work/empty.json" 8716-3)" none
is "it is by the clinic" "$(json "$work/empty.json" 'b.entry[2].resource.name')" "North Clinic"

# --- of somebody with a record
cat >"$work/record.json" <<'J'
{"resourceType":"Bundle","type":"collection","entry":[
{"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Haddad","given":["Noor"]}],"birthDate":"1972-03-14"}},
{"resource":{"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"J45"}],"text":"Asthma"},"subject":{"reference":"Patient/p"}}},
{"resource":{"resourceType":"Condition","id":"c2","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"F32"}],"text":"Depressive episode"},"subject":{"reference":"Patient/p"}}},
{"resource":{"resourceType":"MedicationStatement","id":"m1","status":"active","medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"R03AC02"}],"text":"Salbutamol"},"subject":{"reference":"Patient/p"},"effectivePeriod":{"start":"2020-01-01"}}},
{"resource":{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-11-20T09:00:00Z","valueQuantity":{"value":5.6,"unit":"%","system":"http://unitsofmeasure.org","code":"%"}}},
{"resource":{"resourceType":"Observation","id":"o2","status":"preliminary","code":{"coding":[{"system":"http://loinc.org","code":"718-7"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-11-20T09:00:00Z","valueQuantity":{"value":13.5,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"}}}
]}
J
name=$(sed -n 's/.*"family": *"\([^"]*\)".*/\1/p' tests/conformance/cli/patient.json)
ok "what is known comes in" salve import "$card" "$work/record.json" --as dr-amina --yes
ok "a summary" salve take "$card" --born $born --ips -o "$work/summary.json"
ok "is one of the guide" "$NODE" tests/conformance/cli/ips_check.mjs "$work/summary.json"
ok "and of R4" salve fhir validate "$work/summary.json"
is "problems" "$(section "$work/summary.json" 11450-4)" '["Condition"]'
is "medicines" "$(section "$work/summary.json" 10160-0)" '["MedicationStatement"]'
is "results, but no first one" "$(section "$work/summary.json" 30954-2)" '["Observation"]'
is "allergies: nobody asked" "$(section "$work/summary.json" 48765-2)" '[]notasked'
is "what is kept apart is not in it" "$(grep -c 'F32\|Depressive' "$work/summary.json")" 0
ok "but with the person's word" salve take "$card" --born $born --ips --sensitive -o "$work/apart.json"
is "it is" "$(section "$work/apart.json" 11450-4)" '["Condition","Condition"]'
ok "which is one of the guide, too" "$NODE" tests/conformance/cli/ips_check.mjs "$work/apart.json"
fails 2 "everything has it anyway" salve take "$card" --born $born --sensitive
fails 7 "another birth date" salve take "$card" --born 1972-03-15 --ips
is "the name is the person's" "$(json "$work/summary.json" 'b.entry[1].resource.name[0].family')" "$name"

# --- a link needs somebody who answers it
fails 4 "nobody serves this site" salve share "$card" --born $born
is "and nothing was kept" "$(salve shares "$card" --born $born 2>/dev/null | wc -l)" 0
fails 4 "no such link" salve shares "$card" --born $born --end 1
fails 2 "no number" salve shares "$card" --born $born --end x

# --- links, beside a running server
serve_start "the server" serve_usual
read_link() { "$NODE" tests/conformance/cli/share_read.mjs "$@" 2>&1; }
ok "a link" salve share "$card" --born $born --label "for Dr. O" --json -q
link=$(json "$work/.out" b.link) passcode=$(json "$work/.out" b.passcode)
is "which is one" "$(grep -cE '^shlink:/[A-Za-z0-9_-]+$' <<<"$link")" 1
is "its passcode" "$(grep -cE '^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$' <<<"$passcode")" 1
read_link "$link" "Dr. Okafor" "$passcode" >"$work/read"
is "somebody else opens it" "$(head -1 "$work/read")" 200
tail -n +2 "$work/read" >"$work/read.json"
ok "it is a summary of the guide" "$NODE" tests/conformance/cli/ips_check.mjs "$work/read.json"
is "of this person" "$(json "$work/read.json" 'b.entry[1].resource.birthDate')" $born
is "without what is kept apart" "$(grep -c 'F32\|Depressive' "$work/read.json")" 0
read_link "$link" "Dr. Okafor" "$passcode" 100 >"$work/read"
is "also where the file has to be fetched" "$(sed -n 1p "$work/read"; tail -n +2 "$work/read" | cmp - "$work/read.json" && echo same)" "200
same"
is "no passcode is no guess" "$(read_link "$link" "Dr. Okafor" "" | tr '\n' ' ')" '401 {"remainingAttempts":10} '
is "a wrong one is" "$(read_link "$link" "a guesser" "AAAA-AAAA" | tr '\n' ' ')" '401 {"remainingAttempts":9} '
prints '^1  made .*opened 2 times  9 tries left  for Dr. O$' "the person sees it" salve shares "$card" --born $born
salve looked "$card" --born $born >"$work/looked" 2>&1
is "by whom it was opened" "$(grep -c 'by-link .*who says to be: Dr. Okafor' "$work/looked")" 2
is "who guessed" "$(grep -c 'denied .*who says to be: a guesser' "$work/looked")" 1
is "and that it was made" "$(grep -c ' shared ' "$work/looked")" 1
ok "a second one" salve share "$card" --born $born --until "$(date -u -d '+3 days' +%F)" --json -q
second=$(json "$work/.out" b.link) second_code=$(json "$work/.out" b.passcode)
ok "the first one ends" salve shares "$card" --born $born --end 1
is "at once" "$(read_link "$link" "Dr. Okafor" "$passcode" | head -1)" 404
is "the other one goes on" "$(read_link "$second" "Dr. Okafor" "$second_code" | head -1)" 200
is "each key opens its own" "$(cmp -s <(echo "$link") <(echo "$second") && echo same)" ''
fails 7 "none without the person" salve share "$card" --born 1972-03-15
for word in Okafor "$passcode" "$second_code" Asthma Haddad; do
    is "nothing of it stands in a file of the site" "$(grep -lF -- "$word" "$SALVE_SITE"/* 2>/dev/null | wc -l)" 0
    is "nor in the server's log" "$(grep -cF -- "$word" "$work/log")" 0
done
serve_end
is "the server ends" "$status" 0
ok "all is whole" salve verify
finish
