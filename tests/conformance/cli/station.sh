#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What was measured, typed as words: kept as measured, asked about where it is unlikely, refused with all that was typed where it
# cannot be right.
set -u
. tests/support/hostile.sh
make_site
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
fails 7 "care needs consent" salve measure "$card" pulse 72 --as lina
made salve consent give "$card" --purpose care --read-back 1 --as kofi
child=$(echo '{"resourceType":"Patient","birthDate":"2019-05"}' | salve enrol - -q --as kofi)
made salve consent give "$child" --purpose care --read-back 1 --guardian --assent given --as kofi
unknown=$(echo '{"resourceType":"Patient"}' | salve enrol - -q --as kofi)
made salve consent give "$unknown" --purpose care --read-back 1 --of-age --as dr-amina
observations() { salve take "$card" --born $born 2>/dev/null | grep -c '"resourceType":"Observation"'; }
refused() { # STATUS NAME REGEX WORDS...: nothing is kept, and it says why
    local status=$1 name=$2 regex=$3 before; shift 3
    before=$(observations)
    fails "$status" "$name" salve measure "$card" "$@" --as lina
    is "$name: says why" "$(grep -cE -- "$regex" "$work/.out")" 1
    is "$name: nothing is kept" "$(observations)" "$before"
}
# Kept, and something in the record is for today or now: the exit status says so.
alarmed() { # status regex name command...
    local status=$1 regex=$2 name=$3; shift 3
    fails "$status" "$name" "$@"
    is "$name: kept" "$(grep -cE -- "$regex" "$work/.out")" 1
}
alarmed 11 '^10 kept' "a visit is typed in one line" salve measure "$card" bp 148/94 146/92 height 161 weight 70.5 pulse 72 \
    glucose 5,6 hba1c 6.5% no-danger-signs yes pregnant no sex female --as lina
salve take "$card" --born $born -o "$work/mine.json" 2>/dev/null
ok "what is kept is valid FHIR" salve fhir validate "$work/mine.json"
for value in 148 92 5.6 6.5; do is "$value is there as typed" "$(grep -o "\"value\":$value," "$work/mine.json" | wc -l)" 1; done
made salve guideline accept body-measures --as dr-amina
salve measure "$card" birth-within-6-weeks no acute-illness no --as lina >/dev/null 2>&1
prints 'bp-category: hypertension .*147/93' "and it is judged" salve screen "$card" --as lina

refused 1 "an unlikely number is asked about" 'systolic 210 .*85 to 200 is usual' bp 210/94
refused 1 "with the unit in which it would be usual" 'usual in \[in_i\]' height 69
alarmed 11 '^1 kept' "it stands when a person says so" salve measure "$card" bp 210/94 --as lina --yes
refused 1 "what cannot be right is refused" 'between 15 and 200.*unit: %' hba1c 6.5
refused 1 "also when a person says it is right" 'between 40 and 320' bp 999/94 --yes
refused 1 "and everything else with it" 'between 0.6 and 55.0' pulse 72 glucose 110 weight 70
refused 1 "two numbers that do not fit each other" 'exceed the lower by 5' bp 90/94
refused 1 "nor do these" 'do not fit' cholesterol 4 hdl 4.5
refused 1 "a weight that only fits in pounds is asked about" 'usual in \[lb_av\]' weight 155 height 160
alarmed 10 '^1 kept' "a bound is never refused" salve measure "$card" glucose '>55.0' --as lina --yes
refused 2 "a number is wanted" 'word 1' bp
refused 2 "two numbers are wanted" 'written as 148/94' bp 148
refused 2 "first the word" 'first comes what was measured' 148/94
refused 2 "a known unit is wanted" 'no unit of that' glucose 5.6mg
refused 2 "a number is a number" 'no number' pulse 7.2.1
refused 2 "a word that nobody knows" 'word 2' star 7
refused 5 "a question that nobody asks" 'SLV-203' star yes
prints '^1 kept' "a child's pressure is not asked about" salve measure "$child" bp 80/45 --as lina
fails 1 "nor kept where it cannot be right" salve measure "$child" bp 30/20 --as lina
young=$(echo '{"resourceType":"Patient","birthDate":"'$(($(date -u +%Y) - 18))'"}' | salve enrol - -q --as kofi)
made salve consent give "$young" --purpose care --read-back 1 --of-age --as dr-amina
fails 1 "who may be of age by the year alone is asked about" salve measure "$young" bp 210/94 --as lina
fails 1 "where the age is not known it is" salve measure "$unknown" bp 80/45 --as lina
is "and whether it is a child's" "$(grep -c "child's" "$work/.out")" 1

made salve staff --as manager --staff maria:manager
fails 2 "no such unit" salve settings --as maria --unit glucose=g
ok "a site chooses its units" salve settings --as maria --unit hba1c=% --unit glucose=mg/dL
prints '^units +hba1c=% glucose=mg/dL' "and shows them" salve settings
alarmed 10 '^2 kept' "numbers are then in them" salve measure "$card" hba1c 6.5 glucose 110 --as lina
for word in $(sed -n 's/^MEASURE("\([^"]*\)".*/\1/p' src/visit/measure.def | sort -u); do
    is "help tells of $word" "$(salve help measure | tr ' ,\n' '\n' | grep -cx -- "$word;\?" | sed 's/^[1-9].*/some/')" some
done
finish
