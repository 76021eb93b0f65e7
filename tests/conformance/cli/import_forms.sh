# SPDX-License-Identifier: Apache-2.0
# Files in the shapes in which other programs give them: a summary of another clinic, what a search found, a history, the answers
# of a questionnaire. What is in them is kept and judged, and what is not is said.
. tests/support/hostile.sh
today=$(date -u +%Y-%m-%d)
make_site
made salve guideline accept mood --as dr-amina
cat >"$work/person.json" <<'END'
{"resourceType":"Patient","name":[{"family":"Test","given":["Ann"]}],"gender":"female","birthDate":"1972-03-14"}
END
card=$(salve enrol -q --as kofi "$work/person.json")
made salve consent give "$card" --purpose care --sensitive --read-back 1 --as kofi
sed "s/{today}/$today/g" tests/conformance/cli/summary.json >"$work/summary.json"
sed 's/"document"/"searchset"/' "$work/summary.json" >"$work/found.json"

fails 5 "a document with its composition is refused whole" salve import "$card" "$work/summary.json" --as lina
salve import "$card" "$work/summary.json" --as lina --minimise --rejects "$work/rejects" >"$work/out" 2>"$work/.err"
is "it says that something was left out" "$?" 5
ok "and keeps the rest" grep -q "4 resources came, 3 kept" "$work/out"
is "what was left out is named" "$(grep -c . "$work/rejects")" 3
ok "the composition is" grep -q '"path":"Bundle.entry\[0\]","rule":"salve-admit/type"' "$work/rejects"
ok "of the dose the code of its unit" grep -q 'doseAndRate\[0\].dose.code' "$work/rejects"
salve take "$card" --born "$born" >"$work/taken.json" 2>"$work/.err"
ok "the dosage stays with its words" grep -q 'one tablet in the morning' "$work/taken.json"
ok "and so does the dose" grep -q '"unit":"tablet"' "$work/taken.json"

other=$(salve enrol -q --as kofi "$work/person.json")
made salve consent give "$other" --purpose care --read-back 1 --as kofi
salve import "$other" "$work/found.json" --as lina --minimise --rejects "$work/rejects2" >"$work/out" 2>"$work/.err"
ok "what a search found is kept too" grep -q " 3 kept" "$work/out"

# Question 9 of the PHQ-9, "nearly every day", and one that nobody knows.
sed "s/{today}/$today/g" tests/conformance/cli/questionnaire.json >"$work/answers.json"
salve screen --paper "$work/answers.json" >"$work/out" 2>"$work/.err"
is "an answer of a questionnaire is an alarm" "$?" 11
ok "of its own" grep -q "item-9: alarm  same-day" "$work/out"
ok "and judged by its guideline" grep -q "mood-safety: alert  same-day -> talk-today" "$work/out"
ok "an answer that nobody judges is said" grep -q "1 answers of questionnaires have no code" "$work/.err"
salve import "$card" "$work/answers.json" --yes --as lina >"$work/out" 2>"$work/.err"
ok "at the import too" grep -q "1 answers of questionnaires have no code" "$work/out"
salve screen "$card" --as dr-amina >"$work/out" 2>"$work/.err"
is "and it is an alarm in the record" "$?" 11
ok "with its guideline" grep -q "mood-safety: alert" "$work/out"
# A weight that is usual by itself, and beside its height more likely one in pounds: asked at this door as at a station.
cat >"$work/pounds.json" <<END
{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Test","given":["Ann"]}],"birthDate":"1972-03-14"}},
{"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"${today}T00:00:03Z","valueQuantity":{"value":165,"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"}}},
{"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"${today}T00:00:04Z","valueQuantity":{"value":154,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}}]}
END
salve import "$other" "$work/pounds.json" --as lina >"$work/out" 2>"$work/err"
ok "a weight that may be in pounds is asked about" grep -q '^weight is unlikely: .*usual in \[lb_av\]' "$work/err"
ok "and waits" grep -q '^1 results with unlikely numbers wait' "$work/out"
finish
