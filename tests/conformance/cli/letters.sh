#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A letter with something that cannot wait: held until the person was told, what it says then and before, and what the site
# gave for it.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
day=$(date -u +%Y-%m-%d)
observation() { # id code value-json
    printf '{"resourceType":"Observation","id":"%s","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"%s"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"%sT00:00:01Z","valueQuantity":%s}' \
        "$1" "$2" "$day" "$3"
}
quantity() { printf '{"value":%s,"unit":"%s","system":"http://unitsofmeasure.org","code":"%s"}' "$1" "$2" "$2"; }
words() { sed 's/<style>.*<\/style>//; s/<[^>]*>/ /g' "$work/letter.html" | tr -s ' \n' ' '; }
has() { is "$1" "$(words | grep -c -- "$2")" 1; }
lacks() { is "$1" "$(words | grep -c -- "$2")" 0; }

ok "init" salve init "$SALVE_SITE" --name "North Clinic" --key-file "$SALVE_KEY_FILE" \
    --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant --staff maria:manager
for g in alarms body-measures; do ok "accept $g" salve guideline accept $g --as dr-amina; done
card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)
ok "consent" salve consent give "$card" --purpose care --method card --read-back 1 --as kofi
not_ill='{"resourceType":"Observation","id":"i","status":"final","code":{"coding":[{"system":"urn:salve:question","code":"acute-illness"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"'$day'T00:00:01Z","valueBoolean":false}'
printf '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Haddad","given":["Amina"]}],"birthDate":"%s"}},{"resource":%s},{"resource":%s},{"resource":%s}]}' \
    "$born" "$not_ill" "$(observation k 2823-3 "$(quantity 6.2 mmol/L)")" "$(observation c 2075-0 "$(quantity 101 mmol/L)")" >"$work/today.json"
salve import "$card" "$work/today.json" --as lina >/dev/null 2>&1
fails 11 "something for today" salve screen "$card" --as lina
ok "sign" salve sign "$card" --as dr-amina

fails 6 "the letter is held" salve letter "$card" --born $born -o "$work/letter.html"
is "and says why" "$(grep -c "no record says that the person was told" "$work/.out")" 1
is "nothing is printed" "$([ -e "$work/letter.html" ] && echo there)" ""
ok "for who has left it is printed" salve letter "$card" --born $born --untold -o "$work/letter.html"
has "as not yet told" "Come to us or ring us today. We are trying to reach you."
lacks "and as nothing else" "spoke with you about this on"
has "what to do names its reason" "A doctor or nurse needs to see you.*Potassium in the blood 6.2 mmol/L"
has "what nobody judges is named" "Also measured, not judged here : chloride 101 mmol/L."
has "next year is not spoken of" "First do what stands on top."
lacks "nor that all is well" "as it should be"
lacks "no file of the clinic is named" "logic.cql"

ok "the clinic says where" salve settings --as dr-amina --set "telephone=0123 456" --set "address=1 Main Road" \
    --place "clinician-today=here"
ok "and how names are printed" salve staff name dr-amina "Dr Amina Said" --as maria
ok "told" salve told "$card" --how telephone --agreed "comes back at noon" --as dr-amina
ok "then it is printed" salve letter "$card" --born $born -o "$work/letter.html"
has "who spoke, how, and what was agreed" "Dr Amina Said spoke with you about this on .*, by telephone. This was agreed: comes back at noon"
lacks "and not that nobody did" "trying to reach you"
has "where to go" "Where: North Clinic, 1 Main Road, 0123 456."
has "who signed, as printed" "Looked at and signed by Dr Amina Said"
ok "on paper nobody can be told by record" salve letter --paper "$work/today.json" --as dr-amina -o "$work/letter.html"
has "and the sheet says so" "If nobody has spoken with you about this yet: ask us before you go."
finish
