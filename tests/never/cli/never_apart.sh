#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is kept apart, on the command line: without the person's tick it is judged and said once, alarms first, and nothing of
# it is in any output, file or letter afterwards; with it an assistant writes it and does not see it, a clinician judges it, and
# a letter has it only for a yes to its family.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
day=$(date -u +%Y-%m-%d)

# answers FILE CODE=VALUE ...: a Bundle about the person of patient.json; a code of LOINC, or a question of Salve's own
answers() {
    local file=$1 n=0 answer; shift
    {
        printf '{"resourceType": "Bundle", "type": "collection", "entry": [\n'
        printf ' {"resource": {"resourceType": "Patient", "id": "p", "name": [{"family": "Haddad", "given": ["Amina"]}], "birthDate": "1972-03-14"}}'
        for answer in "$@"; do
            n=$((n + 1))
            printf ',\n {"resource": {"resourceType": "Observation", "id": "o%d", "status": "final", "code": {"coding": [' $n
            if [[ $answer =~ ^[0-9] ]]; then
                printf '{"system": "http://loinc.org", "code": "%s"}]}, "valueQuantity": {"value": %s, ' "${answer%=*}" "${answer#*=}"
                printf '"system": "http://unitsofmeasure.org", "code": "%s"}, ' "$([[ $answer == 8302-2=* ]] && echo cm || echo '{score}')"
            else
                printf '{"system": "urn:salve:question", "code": "%s"}]}, "valueBoolean": %s, ' "${answer%=*}" "${answer#*=}"
            fi
            printf '"subject": {"reference": "Patient/p"}, "effectiveDateTime": "%sT09:00:00Z"}}' "$day"
        done
        printf ']}\n'
    } >"$file"
}
answers "$work/day.json" 8302-2=161 44250-9=2 44255-8=3 44259-0=2 44254-1=3 44251-7=2 44258-2=1 44252-5=2 44253-3=1 44260-8=2 \
    68518-0=4 68519-8=3 68520-6=4 known-hiv=true tb-cough=true
answers "$work/plain.json" 8302-2=161
told='44250|44260|68518|PHQ|AUDIT|phq9|audit|hiv|HIV|tb-|mood-safety|moderate|talk-today|tb_|drink'

ok "init" salve init --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff kofi:registrar --staff lina:assistant \
    --staff dr-amina:clinician
for id in body-measures mood alcohol blood-borne-viruses; do ok "accept $id" salve guideline accept $id --as dr-amina; done
ok "accept tuberculosis" salve guideline accept tuberculosis --choose tb-programme=general --as dr-amina

card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)
ok "care without the tick" salve consent give "$card" --purpose care --read-back 1 --as kofi

# An assistant: how many, that it is not kept, and that a clinician has to come. Never what.
salve import "$card" "$work/day.json" --as lina >"$work/out" 2>"$work/err"
is "the import goes through, and says that somebody has to come today" $? 11
is "the alarm is the first line" "$(head -1 "$work/err")" "TODAY: a clinician must see this person."
is "it says how many and that they are not stored" "$(grep -c '^14 of what came .*NOT STORED' "$work/err")" 1
is "an assistant is told nothing more" "$(cat "$work/out" "$work/err" | grep -ciE "$told")" 0
salve import "$card" "$work/day.json" --as lina --json -q >"$work/out" 2>"$work/err"
is "--quiet does not hide it" "$(head -1 "$work/err")" "TODAY: a clinician must see this person."
is "JSON counts it" "$(grep -cE '"apart":\{"kept":0,"notKept":14,"findings":[1-9][0-9]*,"urgentPeople":1\}' "$work/out")" 1
is "and has nothing of it" "$(grep -ciE "$told" "$work/out")" 0
# A clinician hears it, on standard error alone.
salve import "$card" "$work/day.json" --as dr-amina >"$work/out" 2>"$work/err"
is "a clinician hears the alarm" "$(grep -c 'mood-safety: alert  same-day -> talk-today' "$work/err")" 1
is "and the rest" "$(grep -cE 'audit|hiv-offer: known-positive|tb-screen: positive' "$work/err")" "$(grep -cE 'audit|hiv-offer|tb-screen' "$work/err")"
is "standard output has nothing of it" "$(grep -ciE "$told" "$work/out")" 0
salve import "$card" "$work/day.json" --as lina --minimise --rejects "$work/rejects" >/dev/null 2>&1
is "nor what was left out" "$(grep -ciE "$told" "$work/rejects")" 0

# An answer of a questionnaire is judged like one that was sent by itself; what no guideline reads is said to be unjudged.
cat >"$work/form.json" <<EOF
{"resourceType": "QuestionnaireResponse", "status": "completed", "subject": {"reference": "Patient/p"}, "authored": "$day",
 "item": [{"linkId": "/44249-1/44260-8", "answer": [{"valueInteger": 3}]}]}
EOF
sed "s|\"Patient/p\"|\"Patient/$(salve take "$card" --born $born 2>/dev/null | grep -oE 'Patient/[a-z2-7]{26}\.1' | head -1 | cut -d/ -f2)\"|" \
    "$work/form.json" >"$work/form.own.json"
salve import "$card" "$work/form.own.json" --as lina >"$work/out" 2>"$work/err"
is "an answer of a questionnaire is judged" "$(head -1 "$work/err")" "TODAY: a clinician must see this person."
is "and not stored, nor is the questionnaire" "$(grep -c '^2 of what came .*NOT STORED' "$work/err")" 1
sed -i 's|/44249-1/44260-8|our-own-question|' "$work/form.own.json"
salve import "$card" "$work/form.own.json" --as lina >"$work/out" 2>"$work/err"
is "what nobody judges is not stored, and said to be unjudged" "$(grep -cE '^1 of what came .*NOT STORED|^It was NOT JUDGED' "$work/err")" 2

for who in lina dr-amina; do
    ok "screen as $who" salve screen "$card" --as $who --json
    is "no answer of it is in what $who screens" "$(grep -ciE '44260|moderate|"alert"|known-positive|"positive"' "$work/.out")" 0
done
ok "sign" salve sign "$card" --as dr-amina
for lang in en ar; do
    ok "letter in $lang" salve letter "$card" --born $born --lang $lang -o "$work/letter.$lang.html"
    sed -E 's/[0-9A-Z]{4}(-[0-9A-Z]{1,4})+//g' "$work/letter.$lang.html" >"$work/letter.words" # its code is chance: "9QTB-.."
    is "nothing of it is in the letter in $lang" "$(grep -ciE "$told" "$work/letter.words")" 0
done
is "the letter says what it never holds unasked" "$(grep -c 'only if you asked for that' "$work/letter.en.html")" 1
fails 7 "no family of it can be asked for" salve letter "$card" --born $born --include mood -o "$work/none.html"
is "and there is no such letter" "$([ -e "$work/none.html" ] && echo there)" ""
ok "take" salve take "$card" --born $born -o "$work/mine.json"
is "nothing of it is in the record" "$(grep -cE '44250|44260|68518|known-hiv|tb-cough|guideline:(mood|alcohol)' "$work/mine.json")" 0
is "the rest is" "$(($(grep -c '8302-2' "$work/mine.json") > 0))" 1

# With the tick.
ok "care with the tick" salve consent give "$card" --purpose care --sensitive --read-back 1 --as kofi
salve import "$card" "$work/day.json" --as lina >"$work/out" 2>"$work/err"
is "it is stored, and the alarm is said all the same" "$(head -2 "$work/err" | grep -cE '^TODAY|stored so')" 2
is "an assistant is told nothing more" "$(cat "$work/out" "$work/err" | grep -ciE "$told")" 0
salve screen "$card" --as lina >"$work/out" 2>"$work/err"
is "an assistant does not judge it" "$(grep -ciE "$told" "$work/out")" 0
is "and says who does" "$(grep -c "a clinician runs 'salve screen'" "$work/err")" 1
salve sign "$card" --as dr-amina >"$work/out" 2>"$work/err"
is "who signs without that is told" "$(grep -c 'NOT JUDGED for this signature' "$work/err")" 1
fails 11 "a clinician does" salve screen "$card" --as dr-amina
is "and finds it" "$(grep -c 'mood-safety: alert  same-day' "$work/.out")" 1
ok "sign" salve sign "$card" --as dr-amina
is "and who signs after it is not" "$(grep -c 'NOT JUDGED' "$work/.out")" 0
salve letter "$card" --born $born -o "$work/plain.html" >/dev/null 2>&1
is "the letter has nothing of it" "$(grep -ciE "$told" "$work/plain.html")" 0
salve letter "$card" --born $born --include mood --untold -o "$work/mood.html" >/dev/null 2>&1
fails 6 "a yes to mood prints nothing that nobody was told of" salve letter "$card" --born $born --include mood
is "a yes to mood prints mood" "$(grep -c 'your answers about mood' "$work/mood.html" | sed 's/^[1-9][0-9]*$/some/')" some
is "and neither alcohol nor infections" "$(sed 's/What you told us about mood or alcohol.*asked for that//' "$work/mood.html" | grep -ciE 'alcohol|drink|infection|virus|cough')" 0
salve letter "$card" --born $born --include mood --include alcohol --include infections --untold -o "$work/all.html" >/dev/null 2>&1
is "three yeses print all" "$(grep -cE 'your answers about (mood|alcohol)|cough' "$work/all.html" | sed 's/^[1-9][0-9]*$/some/')" some
is "each look at it says so, those that were refused too" "$(salve looked "$card" --born $born -q | grep -c 'with the card  self: identity, clinical, sensitive  leaf')" 4
is "a look for a plain letter does not" "$(($(salve looked "$card" --born $born -q | grep -c 'with the card  self: identity, clinical  leaf') > 0))" 1
fails 2 "a family has a name" salve letter "$card" --born $born --include feelings
fails 7 "staff who may not see it print none of it" salve letter "$card" --include mood --as lina
ok "the tick is taken back" salve consent give "$card" --purpose care --read-back 1 --as kofi
fails 7 "and no letter has it" salve letter "$card" --born $born --include mood
ok "screen" salve screen "$card" --as dr-amina --json
is "a clinician sees it no more" "$(grep -ciE '44260|"alert"' "$work/.out")" 0
ok "the person does" salve take "$card" --born $born -o "$work/mine.json"
is "all of it" "$(($(grep -c '44260-8' "$work/mine.json") > 0))" 1

# On paper.
ok "a letter on paper" salve letter --paper "$work/day.json" --as dr-amina -o "$work/paper.html"
is "has nothing of it" "$(grep -ciE "$told" "$work/paper.html")" 0
ok "but for a yes" salve letter --paper "$work/day.json" --as dr-amina --include alcohol -o "$work/paper.html"
is "has that family" "$(grep -c 'Alcohol, three questions' "$work/paper.html" | sed 's/^[1-9][0-9]*$/some/')" some

# Many at once: no counts by category of it, and the alarm names the person.
fails 11 "new people, who agreed to nothing yet: one is for today" salve import --enrol "$work/day.json" --as lina -o "$work/cards.csv"
is "the alarm is there" "$(grep -ciE 'same-day|TODAY' "$work/.out" | sed 's/^[1-9][0-9]*$/some/')" some
is "no count of it" "$(grep -ciE "$told" "$work/.out")" 0
prints 'clean$' "verify is clean" salve verify
finish
