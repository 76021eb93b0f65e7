#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Small inputs that once gave a wrong answer, each for its whole kind: the right value, by the command that a clinic would use.
# Places in other tests: 10, equality of tuples, and 11, years from 29 February (tests/conformance/elm/cql.cases); 14 and 15, names in letters (tests of the letter).
set -u
. tests/support/hostile.sh
make_site --made-up
for id in cvd-risk glycaemia kidney mood; do made salve guideline accept "$id" --as dr-amina; done
day() { date -u -d "$1" +%F; }
for file in tests/conformance/cli/bugs/*.json; do
    sed "s/{today}/$(day today)/; s/{before}/$(day '170 days ago')/; s/{day-1}/$(day '21 days ago')/; s/{day}/$(day '20 days ago')/
         s/{now+14}/$(date -u -d "@$(($(date +%s) - 1800 + 14 * 3600))" +%FT%T)+14:00/" "$file" >"$work/${file##*/}"
done
bug() { echo "$work/$1.json"; }
screened() { salve screen --paper "$(bug "$1")" >"$work/out" 2>"$work/.err"; }
found() { sed -nE "s/^ *$1: *//p" "$work/out" | head -n 1 | tr -s ' '; }  # ITEM: its first line
under() { sed -n "/^  $1:/,/^  [a-z0-9-]*:/p" "$work/out" | sed -n "s/^ *$2: *//p" | head -n 1; }  # ITEM ANSWER
person() { salve enrol -q --as kofi "$work/ann.json" 2>/dev/null; }  # a card for the person of most files
echo '{"resourceType":"Patient","name":[{"family":"Test","given":["Ann"]}],"gender":"female","birthDate":"1972-03-14"}' >"$work/ann.json"
consented() { made salve consent give "$card" --purpose care --read-back 1 --as kofi; }
brought() { salve import "$card" "$(bug "$1")" --as lina "${@:2}" >"$work/out" 2>&1; }
of_record() { salve screen "$card" --as lina >"$work/out" 2>/dev/null; }

# 01: a bound is no number: no category of its own, and never the usual one.
screened 01-pressure-comparator
is "01 a bound gives no category" "$(found bp-category)" "not assessed, measure again"
is "01 it is queried" "$(under bp-category queried)" "blood pressure (bound)"

# 02: beyond the range of a device: what is sure is sure.
screened 02-meter-out-of-range-high
is "02 HI is an emergency with danger signs" "$(found glucose-very-high)" "alarm emergency-now -> call-emergency"
is "02 HI is in the range of diabetes" "$(found glycaemia | cut -d' ' -f1)" diabetes-unconfirmed
screened 02-meter-out-of-range-low
is "02 LO is treated on the spot" "$(found glucose-low)" "alarm same-day -> treat-on-the-spot"
is "02 LO is not missing" "$(under glycaemia missing)" ""
screened 02-meter-out-of-range-uacr
is "02 below 5 mg/g is A1" "$(found uacr | cut -d' ' -f1)" A1

# 03: an earlier eGFR that was not low makes no kidney disease known.
for file in 03-prior-egfr 03-prior-egfr-unit; do
    screened $file
    is "03 nothing shows that it was low before ($file)" "$(found egfr | sed 's/\[[^]]*\] //')" "G3a soon -> repeat-creatinine"
done

# 04: half an hour ago is not tomorrow.
screened 04-east-of-greenwich
is "04 measured this morning east of Greenwich" "$(found egfr | cut -d' ' -f1)" G3a

# 05: one file twice is one reading.
card=$(person) && consented
brought 05-same-file-twice
brought 05-same-file-twice
is "05 the second copy is here already" "$(grep -c '^4 already here' "$work/out")" 1
of_record
is "05 one reading makes no hypertension" "$(found bp-category)" "not assessed routine -> take-second-reading"

# 06: two readings without ids and times are two.
screened 06-readings-merged
is "06 equal readings stay two" "$(found bp-category | cut -d' ' -f1)" hypertension

# 07: what no Decimal holds is queried; the rest goes on.
screened 07-number-past-decimal
is "07 the pressure is assessed" "$(found bp-category | cut -d' ' -f1)" hypertension
is "07 the weight is queried" "$(under bmi queried)" "weight (past-decimal)"
prints '^\[(true)?\]$' "07 FHIRPath: nothing or true, no error of types" salve fhirpath "value.value > 5" "$(bug 07-number-past-decimal-observation)"

# 08: two Observations of one minute are one pressure.
screened 08-pressure-as-two-observations
is "08 the pair is judged" "$(found bp-very-high | cut -d' ' -f1-4)" "alarm [230/130 mm[Hg]] same-day"
is "08 no pressure is missing" "$(grep -c 'missing:.*blood pressure' "$work/out")" 0

# 09: nobody is 226 years old.
screened 09-birth-date
is "09 no eGFR of that age" "$(found egfr | cut -d' ' -f1,2)" "not assessed"
is "09 the age is what is missing" "$(under egfr missing)" age
sed 's/1972-03-14/1800-03-01/' "$work/ann.json" >"$work/old.json"
fails 1 "09 nobody is enrolled with it" salve enrol --as kofi "$work/old.json"
sed 's/1972-03-14/2070-03-01/' "$work/ann.json" >"$work/unborn.json"
fails 1 "09 nor with a day to come" salve enrol --as kofi "$work/unborn.json"

# 12, 13: what the validator says. 13 also: the file after it is looked at.
salve fhir validate "$(bug 12-reference-type)" >"$work/out" 2>/dev/null
is "12 type and reference name two types" "$? $(grep -o '"fhir-reference-type"' "$work/out")" '5 "fhir-reference-type"'
salve fhir validate "$(bug 13-unknown-type)" "$(bug 12-reference-type)" >"$work/out" 2>/dev/null
is "13 a file with an error" "$?" 5
is "13 the type has a rule" "$(grep -c '"fhir-resource-type"' "$work/out")" 1
is "13 the next file has its own outcome" "$(grep -c '"OperationOutcome"' "$work/out")" 2

# 16: a result of somebody else is refused on paper as at the import; nothing is judged from it.
salve screen --paper "$(bug 16-somebody-elses-result)" >"$work/out" 2>/dev/null
is "16 the paper check refuses it" "$? $(grep -o 'salve-admit/subject' "$work/out") $(found egfr)" "5 salve-admit/subject "
fails 5 "16 and so does the letter" salve letter --paper "$(bug 16-somebody-elses-result)" --as dr-amina -o "$work/none.html"
is "16 no letter was made" "$(ls "$work/none.html" 2>/dev/null)" ""
salve screen --paper "$(bug 16-somebody-elses-result)" --minimise >"$work/out" 2>/dev/null
is "16 left out, it counts nowhere" "$(found egfr | cut -d' ' -f1,2) $(under egfr missing)" "not assessed creatinine (blood test)"

# 17: one sample written with two offsets is one sample.
screened 17-one-sample-two-days
is "17 one sample confirms nothing" "$(found glycaemia | cut -d' ' -f1)" diabetes-unconfirmed

# 18: a disease is known in every admitted system.
for file in 18-known-diabetes-in-icd 18-known-diabetes-in-icd-snomed-child; do
    screened $file
    is "18 known diabetes ($file)" "$(found glycaemia)" "does not apply (known-diabetes)"
done

# 19: the answers of a questionnaire are judged.
salve screen --paper "$(bug 19-questionnaire-never-read)" >"$work/out" 2>&1
is "19 somebody talks with the person today" "$? $(found mood-safety)" "11 alert same-day -> talk-today"

# 20: what its sender takes back or corrects counts so.
card=$(person) && consented
brought 20-retraction-not-followed-first
of_record
is "20 as it came first" "$(found egfr | cut -d' ' -f1)" G5
brought 20-retraction-not-followed-withdrawn
of_record
is "20 taken back" "$? $(found egfr) $(under egfr missing)" "0 not assessed creatinine (blood test)"
card=$(person) && consented
brought 20-retraction-not-followed-first
brought 20-retraction-not-followed-corrected
of_record
is "20 corrected" "$(found egfr | cut -d' ' -f1) $(found creatinine-high)" "G2 "

# 21: a summary of another clinic, also as another server gives it.
for type in document searchset; do
    card=$(person) && consented
    sed "s/\"document\"/\"$type\"/" "$(bug 21-summary-of-another-clinic)" >"$work/$type.json"
    brought ../"${work##*/}"/$type --minimise --rejects "$work/rejects.$type"
    is "21 $type: the rest is kept" "$(grep -c '^1 people, 4 resources came, 3 kept' "$work/out")" 1
    is "21 $type: the Composition is named" "$(grep -c '"path":"Bundle.entry\[0\]".*"Composition"' "$work/rejects.$type")" 1
    salve take "$card" --born $born >"$work/out" 2>/dev/null
    is "21 $type: how to take the medicine stays" "$(grep -o '"dosage":.*"tablet"}}\]}\]' "$work/out")" \
        '"dosage":[{"text":"one tablet in the morning","doseAndRate":[{"doseQuantity":{"value":1,"unit":"tablet"}}]}]'
    is "21 $type: and the height" "$(grep -c '"value":161' "$work/out")" 1
done
finish
