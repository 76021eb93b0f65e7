#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What came twice, what was taken back or corrected, whose a file is, and that nobody signs or prints what rests on an
# older record.
set -u
. tests/support/hostile.sh
make_site
made salve guideline accept kidney --as dr-amina
today=$(date -u +%F)
system='"system":"http://loinc.org"'
ann='{"resourceType":"Patient","id":"p","name":[{"family":"Test","given":["Ann"]}],"gender":"female","birthDate":"1972-03-14"}'
echo "$ann" >"$work/ann.json"
new() {
    card=$(salve enrol -q --as kofi "$work/ann.json")
    made salve consent give "$card" --purpose care --read-back 1 --as kofi
}
entry() { echo ",{\"resource\":$1}"; }
bundle() { # FILE PATIENT RESOURCE...
    local file=$work/$1.json one; shift
    { echo "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":$1}"; shift
      for one; do entry "$one"; done; echo ']}'; } >"$file"
}
coded() { # ID STATUS CODE TIME VALUE: ID and TIME may be empty
    echo "{\"resourceType\":\"Observation\",${1:+\"id\":\"$1\",}\"status\":\"$2\",\"code\":{\"coding\":[{$system,\"code\":\"$3\"}]},\"subject\":{\"reference\":\"Patient/p\"}${4:+,\"effectiveDateTime\":\"$4\"},$5}"
}
quantity() { echo "\"valueQuantity\":{\"value\":$1,\"unit\":\"$2\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"$2\"}"; }
creatinine() { coded "$1" "$2" 2160-0 "$4" "$(quantity "$3" mg/dL)"; }
pressure() { # ID SYSTOLIC DIASTOLIC TIME
    coded "$1" final 85354-9 "$4" "\"component\":[{\"code\":{\"coding\":[{$system,\"code\":\"8480-6\"}]},$(quantity "$2" 'mm[Hg]')},{\"code\":{\"coding\":[{$system,\"code\":\"8462-4\"}]},$(quantity "$3" 'mm[Hg]')}]"
}
facts() {
    coded sex final 46098-0 "${today}T00:00:10Z" '"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"248152002"}]}'
}
pregnant_no() {
    coded preg final 82810-3 "${today}T00:00:10Z" '"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"60001007"}]}'
}
bring() { salve import "$card" "$work/$1.json" --as lina --json -q 2>"$work/err"; } # FILE -> JSON
came() { bring "$1" | sed -nE "s/.*\"kept\":([0-9]+),\"leftOut.*\"$2\":([0-9]+).*/kept:\1 $2:\2/p"; } # FILE COUNT
found() { salve screen "$card" --as lina 2>/dev/null | sed -n "s/^ *$1: *//p" | head -n 1; }
readings() { salve screen "$card" --as lina 2>/dev/null | sed -n '/bp-category/,/used:/p' | grep -o 'upper number 150' | wc -l; }
taken() { salve take "$card" --born $born 2>/dev/null; }

# --- what came twice ---
new
bundle one "$ann" "$(facts)" "$(pregnant_no)" "$(pressure r1 150 95 "${today}T00:01:00Z")"
is "a file is kept" "$(came one here)" "kept:4 here:0"
is "the same file again is here already" "$(came one here)" "kept:0 here:4"
is "and makes one reading no hypertension" "$(found bp-category | cut -c1-12) $(readings)" "not assessed 1"
tr -d '\n' <"$work/one.json" | sed 's/"id":"r1","status":"final"/ "status" : "final" , "meta":{"lastUpdated":"2026-01-01T00:00:00Z"}, "id":"r1"/' >"$work/spelled.json"
is "whatever the order of its keys" "$(came spelled here)" "kept:0 here:4"
two=$(pressure "" 151 96 "${today}T00:02:00Z")
bundle noid "$ann" "$two" "$two"
is "a reading without id is told by code, moment and number" "$(came noid here)" "kept:1 here:2"
bundle offset "$ann" "$(pressure "" 151 96 "${today}T03:32:00+03:30")"
is "one moment in two offsets is one" "$(came offset here)" "kept:0 here:2"
bundle digits "$ann" "$(pressure "" 151.0 96 "${today}T00:02:00Z")"
is "another precision is another version of it" "$(came digits renewed)" "kept:1 renewed:1"
is "and no reading more" "$(taken | grep -c '"8480-6"')" 2
bundle second "$ann" "$(pressure "" 151 96 "${today}T00:02:01Z")"
is "another second is another reading" "$(came second here)" "kept:1 here:1"
new
bundle untimed "$ann" "$(facts)" "$(pregnant_no)" "$(pressure "" 150 95 "$today")" "$(pressure "" 150 95 "$today")"
is "two without times stay two" "$(came untimed here)" "kept:5 here:0"
is "and the same file again is here already" "$(came untimed here)" "kept:0 here:5"
is "two readings" "$(readings)" 2
new
bundle counted "$ann" "$(coded 1 final 8302-2 "$today" "$(quantity 161 cm)")" "$(coded 2 final 29463-7 "$today" "$(quantity 61 kg)")"
bundle others "$ann" "$(creatinine 1 final 1.0 "$today")"
is "ids that count from one" "$(came counted here)" "kept:3 here:0"
is "are others' where the code is another" "$(came others otherCode)" "kept:1 otherCode:1"
is "both are there" "$(taken | grep -cE '"value":(161|1.0),')" 2

# --- taken back, corrected ---
new
bundle first "$ann" "$(facts)" "$(pregnant_no)" "$(creatinine o3 final 4.0 "${today}T00:01:00Z")"
bundle withdrawn "$ann" "$(facts)" "$(pregnant_no)" "$(creatinine o3 entered-in-error 4.0 "${today}T00:01:00Z")"
bundle corrected "$ann" "$(creatinine o3 corrected 1.0 "${today}T00:01:00Z")"
bundle unknown "$ann" "$(creatinine o9 entered-in-error 4.0 "${today}T00:01:00Z")"
is "what takes back something that is not here" "$(came withdrawn namedNothing)" "kept:3 namedNothing:1"
is "is no reading" "$(found egfr)" "not assessed"
is "a value, which is unlikely" "$(came first here)" "kept:1 here:3"
is "waits to be confirmed" "$(found egfr)" "not assessed, measure again"
fails 11 "and is confirmed with the same file, which tells its alarm" salve import "$card" "$work/first.json" --as lina --yes
is "once" "$(came first older)" "kept:0 older:1"
is "counts" "$(found egfr | cut -c1-2)" G5
ok "and is signed" salve sign "$card" --as dr-amina
ok "and printed" salve letter "$card" --untold --as dr-amina -o "$work/l.html"
salve import "$card" "$work/withdrawn.json" --as lina >"$work/out" 2>"$work/err"
is "it is taken back" "$(grep -c '^1 taken back' "$work/out")" 1
is "whoever was told is told again" "$(grep -c 'TOLD AGAIN' "$work/err")" 1
fails 12 "its letter is not printed any more" salve letter "$card" --untold --as dr-amina -o "$work/l.html"
is "and says what to do" "$(grep -c 'salve screen' "$work/.out")" 1
is "it counts nowhere" "$(found egfr)" "not assessed"
is "the first file again does not bring it back" "$(came first older)" "kept:0 older:1"
is "nowhere" "$(found egfr)" "not assessed"
id=$(taken | tr '{' '\n' | grep -oE '"id":"[a-z2-7]{26}\.[0-9]+"' | cut -d'"' -f4 | while read -r one; do
    salve history "$card" "Observation/$one" --born $born 2>/dev/null | grep -q entered-in-error && echo "$one"; done | head -n 1)
is "the person sees both versions" "$(salve history "$card" "Observation/$id" --born $born 2>/dev/null | grep -cE '"status":"(preliminary|final|entered-in-error)"')" 3
is "a correction" "$(came corrected renewed)" "kept:1 renewed:1"
fails 12 "drafts made before it are never signed" salve sign "$card" --as dr-amina
is "a new screening has it" "$(found egfr | cut -c1-2)" G2
ok "and is signed" salve sign "$card" --as dr-amina
ok "and printed" salve letter "$card" --untold --as dr-amina -o "$work/l.html"
is "as current" "$(grep -c 'Newer values came' "$work/l.html")" 0
bundle later "$ann" "$(coded h1 final 8302-2 "${today}T00:03:00Z" "$(quantity 161 cm)")"
is "something newer" "$(came later here)" "kept:1 here:1"
salve letter "$card" --untold --as dr-amina -o "$work/l.html" 2>"$work/err"
is "the letter says that it is not in it" "$(grep -c 'Newer values came' "$work/l.html")" 1
is "and so does the command" "$(grep -c 'after these results were signed' "$work/err")" 1
salve screen "$card" --as lina >/dev/null 2>&1
is "newer than the drafts" "$(came unknown namedNothing; bundle later2 "$ann" "$(coded h2 final 29463-7 "${today}T00:03:00Z" "$(quantity 61 kg)")"; came later2 here)" "kept:0 namedNothing:1
kept:1 here:1"
fails 12 "nobody signs what did not see it" salve sign "$card" --as dr-amina
for word in cancelled:1 amended:0 preliminary:0 registered:0 unknown:0; do
    new
    bundle word "$ann" "$(creatinine o3 "${word%:*}" 3.0 "${today}T00:01:00Z")"
    salve import "$card" "$work/first.json" --as lina --yes >/dev/null 2>&1
    is "${word%:*} is a version of what it names" "$(came word takenBack)" "kept:1 takenBack:${word#*:}"
    is "${word%:*}: the old value counts no more" "$(found egfr | grep -c '^G5')" 0
    is "${word%:*}: alarms look at what is reported" "$(found creatinine-high | grep -c alarm)" "$(grep -cE 'amended|preliminary' <<<"$word")"
    is "${word%:*}: what is not reviewed is queried" "$(salve screen "$card" --as lina 2>/dev/null | sed -n '/egfr:/,/creatinine/p' | grep -cE 'queried: .*\((unconfirmed|status)\)')" "$(grep -cE 'preliminary|unknown|registered' <<<"$word")"
done

# --- conditions, answers ---
new
condition() {
    echo "{\"resourceType\":\"Condition\",\"id\":\"c\",$1\"code\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"E11\"}]},\"subject\":{\"reference\":\"Patient/p\"}}"
}
verified() { echo "\"verificationStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-ver-status\",\"code\":\"$1\"}]},"; }
for word in refuted entered-in-error; do
    bundle condition "$ann" "$(condition "")"
    bundle not "$ann" "$(condition "$(verified $word)")"
    new
    made salve import "$card" "$work/condition.json" --as lina
    is "a condition that is $word" "$(came not takenBack)" "kept:1 takenBack:1"
done
bundle not "$ann" "$(condition "$(verified entered-in-error)")"
new
is "a condition that was never here" "$(came not namedNothing)" "kept:1 namedNothing:1"
answers() { # STATUS ITEMS
    echo "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"q\",\"status\":\"$1\",\"subject\":{\"reference\":\"Patient/p\"},\"authored\":\"${today}T00:01:00Z\",\"item\":[$2]}"
}
item() { echo "{\"linkId\":\"$1\",\"answer\":[{\"valueBoolean\":$2}]}"; }
new
bundle answers "$ann" "$(answers completed "$(item chest-pain true),$(item fainting false)")"
bundle fewer "$ann" "$(answers amended "$(item fainting false)")"
bundle none "$ann" "$(answers entered-in-error "$(item fainting false)")"
made salve import "$card" "$work/answers.json" --as lina
is "an answer is heard" "$(found q-chest-pain | grep -c alarm)" 1
is "the same again is here already" "$(came answers here)" "kept:0 here:4"
is "answers without it take it back" "$(came fewer takenBack)" "kept:4 takenBack:2"
is "and it is heard no more" "$(found q-chest-pain)" ""
is "answers that were an error" "$(came none takenBack)" "kept:2 takenBack:2"

# --- whose file is it ---
new
patient() { echo "{\"resourceType\":\"Patient\",\"id\":\"p\"$1}"; }
name() { echo ",\"name\":[{\"family\":\"$1\",\"given\":[\"$2\"]}]"; }
whose() { bundle whose "$(patient "$1")" "$(coded w1 final 29463-7 "${today}T00:04:00Z" "$(quantity 60 kg)")"; }
whose "$(name Other Ann),\"birthDate\":\"1972-03-14\""
fails 6 "another name" salve import "$card" "$work/whose.json" --as lina
is "is named" "$(grep -c 'Patient.name' "$work/.out")" 1
is "and not told" "$(grep -c Other "$work/.out")" 0
whose "$(name Test Ann),\"birthDate\":\"1972-03-15\""
fails 6 "another birth date" salve import "$card" "$work/whose.json" --as lina
is "is named" "$(grep -c 'Patient.birthDate' "$work/.out")" 1
is "and not told" "$(grep -c 1972-03-15 "$work/.out")" 0
whose "$(name Test Ann)"
fails 6 "no birth date does not agree with one" salve import "$card" "$work/whose.json" --as lina
whose ',"birthDate":"1972-03-14"'
fails 6 "nor does no name" salve import "$card" "$work/whose.json" --as lina
is "nothing of them is there" "$(taken | grep -c '"29463-7"')" 0
whose ',"name":[{"text":"TEST, \u00c1nn"}],"birthDate":"1972-03-14"'
ok "case, accents and order do not make another" salve import "$card" "$work/whose.json" --as lina
whose ""
ok "a file that tells neither is about whoever the card is of" salve import "$card" "$work/whose.json" --as lina
is "and takes nothing away" "$(taken | grep -c '"birthDate":"1972-03-14"')" 1
whose "$(name Married Ann),\"birthDate\":\"1972-03-14\""
prints 'name was corrected' "a yes corrects it" salve import "$card" "$work/whose.json" --as lina --yes
is "the record has the new name" "$(taken | grep -c '"family":"Married"')" 1
is "and notes that it was corrected" "$(taken | grep -c '"code":"UPDATE"')" 1
bundle several "$ann" "$(creatinine o1 final 1.0 "$today")" "$(creatinine o2 final 4.0 "$today" | sed 's,Patient/p,Patient/other,')"
fails 5 "a file with somebody else's result" salve import "$card" "$work/several.json" --as lina --yes
echo "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":$(creatinine o1 final 1.0 "$today")}$(entry "$(creatinine o2 final 4.0 "$today" | sed 's,Patient/p,Patient/other,')")]}" >"$work/nobody.json"
fails 5 "a file without a Patient about several" salve import "$card" "$work/nobody.json" --as lina

# --- typed wrongly ---
new
made salve measure "$card" height 116 weight 61 pregnant no birth-within-6-weeks no --yes --as lina
is "a wrong number" "$(found bmi | cut -c1-2)" "ob"
made salve sign "$card" --as dr-amina
fails 4 "what was not noted is not taken back" salve measure "$card" weight 61 height 161 --wrong --as lina
is "nor anything else of the words" "$(found bmi | cut -c1-2)" "ob"
salve measure "$card" height 116.0 --wrong --as lina >"$work/out" 2>"$work/err"
is "is taken back by its words" "$(cat "$work/out")" "1 taken back."
is "what rests on it is named" "$(grep -c 'findings rest on' "$work/err")" 1
fails 12 "and not signed" salve sign "$card" --as dr-amina
fails 12 "nor printed" salve letter "$card" --untold --as dr-amina -o "$work/l.html"
fails 4 "only once" salve measure "$card" height 116 --wrong --as lina
made salve measure "$card" height 161 --as lina
is "the right one counts" "$(found bmi | cut -c1-6)" "normal"
ok "and is signed" salve sign "$card" --as dr-amina
made salve measure "$card" bp 148/94 chest-pain yes sex female glucose 5.6 glucose '<5' --as lina --yes
prints '^5 taken back' "pressures, answers and bounds too" salve measure "$card" bp 148/94 chest-pain yes sex female glucose '<5' 5.6 --wrong --as lina
is "the person sees that it was an error" "$(taken | grep -c '"status":"entered-in-error"')" 6
ok "as FHIR" sh -c "'$SALVE' take '$card' --born $born -o '$work/mine.json' && '$SALVE' fhir validate '$work/mine.json'"
made salve measure "$card" pulse 72 --as lina
made salve import "$card" "$work/first.json" --as lina
prints '^1 taken back' "what a file brought is taken back the same way" salve measure "$card" creatinine 4mg/dL --wrong --as lina
is "and the file does not bring it back" "$(came first older)" "kept:0 older:1"

# --- a power cut between ---
new
made salve import "$card" "$work/first.json" --as lina
salve screen "$card" --as lina >/dev/null 2>&1
made salve measure "$card" creatinine 4mg/dL --wrong --as lina
signed_g5() {
    taken | tools/node -e 'const bundle = JSON.parse(require("fs").readFileSync(0));
        console.log(bundle.entry.filter(e => e.resource.resourceType === "Observation" && e.resource.status === "final" &&
            JSON.stringify(e.resource.interpretation || "").includes("G5")).length)'
}
for pause in 0.01 0.03 0.06 0.1; do
    salve screen "$card" --as lina >/dev/null 2>&1 &
    sleep $pause
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    salve sign "$card" --as dr-amina >/dev/null 2>&1
    is "after a cut the old state is not signed ($pause)" "$(signed_g5)" 0
done
salve screen "$card" --as lina >/dev/null 2>&1
salve sign "$card" --as dr-amina >/dev/null 2>&1
ok "what is signed in the end is printed" salve letter "$card" --untold --as dr-amina -o "$work/l.html"
is "without it" "$(signed_g5)" 0
ok "and the site is whole" salve verify

# --- on paper ---
for file in several nobody; do
    fails 5 "on paper: $file" salve screen --paper "$work/$file.json"
    salve screen --paper "$work/$file.json" >"$work/out" 2>"$work/err"
    is "on paper: $file: says where" "$(grep -c 'salve-admit/subject' "$work/err")" 1
    is "on paper: $file: what is urgent is said all the same" "$(grep -c 'creatinine-high: alarm' "$work/err")" 1
    fails 5 "a letter on paper: $file" salve letter --paper "$work/$file.json" --as dr-amina -o "$work/paper.html"
done
fails 5 "two people on paper" salve screen --paper <(sed 's/]}$/,{"resource":{"resourceType":"Patient","id":"q"}}]}/' "$work/first.json")
bundle photo "${ann%\}},\"photo\":[{\"contentType\":\"image/png\",\"data\":\"AAAA\"}]}" "$(facts)" "$(pregnant_no)" "$(creatinine o3 final 1.0 "${today}T00:01:00Z")"
fails 5 "what an import refuses" salve screen --paper "$work/photo.json"
salve screen --paper "$work/photo.json" --minimise >"$work/out" 2>"$work/err"
is "is left out when asked" "$(grep -c 'egfr: G2' "$work/out") $(grep -c 'Left out by salve-never/N2: 1' "$work/err")" "1 1"
two=$(pressure r2 151 96 "${today}T00:02:00Z")
bundle thrice "$ann" "$(facts)" "$(pregnant_no)" "$two" "$two" "$(pressure r1 150 95 "${today}T00:01:00Z")" "$(pressure r1 150 95 "${today}T00:01:00Z")"
is "what stands twice in a file counts once" "$(salve screen --paper "$work/thrice.json" 2>/dev/null | sed -n '/bp-category/,/used:/p' | grep -o 'upper number' | wc -l)" 2
bundle both "$ann" "$(facts)" "$(pregnant_no)" "$(creatinine o3 final 4.0 "${today}T00:01:00Z")" "$(creatinine o3 entered-in-error 4.0 "${today}T00:01:00Z")"
is "what a file takes back itself counts nowhere" "$(salve screen --paper "$work/both.json" 2>/dev/null | sed -n 's/^ *egfr: *//p')" "not assessed"
finish
