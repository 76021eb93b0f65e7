#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An app that a person lets read their own record, over a running server: the launch without a browser, and what is seen of it at the
# command line.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/keyed.pem" 2>/dev/null
jwk=$(KEY="$work/keyed.pem" tools/node -e 'const c=require("node:crypto"),fs=require("node:fs");
    console.log(JSON.stringify({...c.createPublicKey(fs.readFileSync(process.env.KEY)).export({format:"jwk"}),kid:"k1",use:"sig",alg:"ES384"}))')
common='"redirects":["https://heart.example/back"],"origins":["https://heart.example"]'
echo '{"id":"heart","name":"Heart Diary",'"$common"'}' >"$work/heart.json"
echo '{"id":"keyed","name":"Keyed",'"$common"',"jwks":{"keys":['"$jwk"']}}' >"$work/keyed.json"
prints 'Heart Diary \(public\)' "a manager registers an app" salve app add "$work/heart.json" --as manager
prints 'signs with a key' "and one with keys" salve app add "$work/keyed.json" --as manager
fails 7 "a clinician does not" salve app add "$work/heart.json" --as dr-amina
echo '{"id":"heart","name":"Heart Diary","redirects":["http://heart.example/back"]}' >"$work/wrong.json"
fails 1 "no redirect in the clear" salve app add "$work/wrong.json" --as manager
prints '"id": "heart"' "apps are listed" salve app --json
serve_start "it starts" serve_usual
origin=${origin/127.0.0.1/localhost}
# what there is to see: a weight and a height
fhir() { curl -s -o "$work/made" -w '%{http_code}' -H "Authorization: Bearer $token" -H 'Content-Type: application/fhir+json' "${@:2}" "$origin/fhir/$1"; }
token=$(salve token "$card" --as dr-amina --quiet 2>/dev/null)
fhir Patient >/dev/null
patient=$(grep -oE '"id":"[a-z0-9]+\.[0-9]+"' "$work/made" | head -1 | cut -d'"' -f4)
for one in 29463-7:71.5:kg 8302-2:165:cm; do
    IFS=: read -r code value unit <<<"$one"
    is "$unit is written" "$(fhir Observation -d '{"resourceType":"Observation","status":"final","subject":{"reference":"Patient/'"$patient"'"},"code":{"coding":[{"system":"http://loinc.org","code":"'"$code"'"}]},
        "effectiveDateTime":"2026-01-05T09:00:00Z","valueQuantity":{"value":'"$value"',"unit":"'"$unit"'","system":"http://unitsofmeasure.org","code":"'"$unit"'"}}')" 201
done
KEYED=$(tr '\n' '|' <"$work/keyed.pem") tools/node tests/conformance/api/smart.mjs "$origin" "$card" >"$work/smart"
grep -v '^[0-9]* passed' "$work/smart"
read -r more _ bad _ <<<"$(tail -n 1 "$work/smart")"
passed=$((passed + ${more:-0})) failed=$((failed + ${bad:-1}))
prints 'app Heart Diary, which was let in  self' "it stands in who looked" salve looked "$card" --born 1972-03-14
prints 'Keyed +on ' "what was let in is shown" salve apps "$card" --born 1972-03-14
ok "it is ended" salve apps end "$card" keyed --as kofi
ok "ending nothing says the same" salve apps end "$card" keyed --as kofi
prints 'Keyed +ended ' "and is over" salve apps "$card" --born 1972-03-14
ok "an app is registered no more" salve app end heart --as manager
fails 4 "once" salve app end heart --as manager
serve_end
ok "all of it verifies" salve verify
finish
