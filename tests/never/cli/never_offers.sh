#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N17 for offered tests: a letter for which the person wants infections is the same, byte for byte, for a test that was not asked for and one that was declined,
# and it does not tell a test that was agreed to, a test of earlier years or a known infection from an offer.
set -u
. tests/support/sh.sh
site=$work/clinic
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
day=$(date -u +%Y-%m-%d)

# person NAME QUESTION=true|false ...: somebody of 40 and their answers of today
person() {
    local name=$1 n=0 answer; shift
    {
        printf '{"resourceType": "Bundle", "type": "collection", "entry": [\n'
        printf ' {"resource": {"resourceType": "Patient", "id": "p", "birthDate": "%s-01-01"}}' $((${day%%-*} - 40))
        for answer in "$@"; do
            n=$((n + 1))
            printf ',\n {"resource": {"resourceType": "Observation", "id": "o%d", "status": "final", ' $n
            printf '"code": {"coding": [{"system": "%s", "code": "%s"}]}, ' \
                "$([[ $answer == 1988-5=* ]] && echo http://loinc.org || echo urn:salve:question)" "${answer%=*}"
            printf '"subject": {"reference": "Patient/p"}, "effectiveDateTime": "%sT00:00:00Z", ' "$day"
            if [[ $answer == 1988-5=* ]]; then # C-reactive protein in mg/L
                printf '"valueQuantity": {"value": %s, "system": "http://unitsofmeasure.org", "code": "mg/L"}}}' "${answer#*=}"
            else printf '"valueBoolean": %s}}' "${answer#*=}"; fi
        done
        printf ']}\n'
    } >"$work/$name.json"
}
asked() { echo hiv-tested=false hcv-tested=false hbv-tested=false blood-virus-risk=false; }

ok "a site" salve init "$site" --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician
ok "the offers are accepted" salve guideline accept blood-borne-viruses --as dr-amina
ok "and something else" salve guideline accept body-measures --as dr-amina
person unasked $(asked)
person declined $(asked) hiv-test-agreed=false hcv-test-agreed=false hbv-test-agreed=false
person agreed $(asked) hiv-test-agreed=true hcv-test-agreed=true hbv-test-agreed=true
person tested hiv-tested=true hcv-tested=true hbv-tested=true blood-virus-risk=false
person known $(asked) known-hiv=true
prints 'hiv-offer: offer' "an offer is found" salve screen --paper "$work/unasked.json"
ok "with all that staff see" salve screen --paper "$work/unasked.json"
cp "$work/.out" "$work/staff.unasked"
ok "and for a test that was declined" salve screen --paper "$work/declined.json"
is "staff see the same" "$(cat "$work/.out")" "$(cat "$work/staff.unasked")"
prints 'hiv-offer: test' "a test that was agreed to is found" salve screen --paper "$work/agreed.json"
prints 'hiv-offer: known-positive' "a known infection is found" salve screen --paper "$work/known.json"
for lang in en ar; do
    for who in unasked declined agreed tested known; do
        ok "letter $who in $lang" salve letter --paper "$work/$who.json" --as dr-amina --lang $lang \
            --include infections -o "$work/$who.$lang.html"
        is "the letter $who in $lang says no more than an offer" "$(sha256sum <"$work/$who.$lang.html")" \
            "$(sha256sum <"$work/unasked.$lang.html")"
        ok "the letter $who in $lang without the person's yes" salve letter --paper "$work/$who.json" --as dr-amina \
            --lang $lang -o "$work/$who.none.html"
        is "the letter $who in $lang has no offer without it" "$(sha256sum <"$work/$who.none.html")" \
            "$(sha256sum <"$work/unasked.none.html")"
        is "and is another letter" "$(cmp -s "$work/$who.none.html" "$work/$who.$lang.html" && echo same)" ""
        is "and names no virus" "$(grep -ciE 'HIV|hepatitis|التهاب الكبد|الإيدز' "$work/$who.$lang.html")" 0
    done
done

person nothing hiv-test-agreed=false hcv-tested=false blood-virus-risk=false hbv-tested=false
ok "somebody who only said no to one test" salve screen --paper "$work/nothing.json"
is "is never shown as somebody who said no" "$(grep -ciE 'declin|refus' "$work/.out")" 0

# Tuberculosis: what counts only for people living with HIV must not tell who does. The marker was measured in everybody
# here: a letter names what was measured, for all alike, and says of nobody that it counted.
four() { echo tb-cough=$1 tb-fever=false tb-weight-loss=false tb-night-sweats=false; }
for rule in general risk-groups; do
    ok "a site of its own" salve init "$work/$rule" --name "North Clinic" --key-file "$work/$rule.key" --staff dr-amina:clinician
    export SALVE_SITE=$work/$rule SALVE_KEY_FILE=$work/$rule.key
    ok "tuberculosis is accepted" salve guideline accept tuberculosis --as dr-amina --choose "tb-programme=$rule"
    person cough $(four true) tb-cough-2-weeks=true tb-risk-group=false 1988-5=12
    person risk $(four true) tb-cough-2-weeks=false tb-risk-group=true 1988-5=12
    person marker $(four false) known-hiv=true 1988-5=12
    person known $(four true) known-hiv=true 1988-5=12
    for who in marker known; do
        prints 'tb-screen: positive' "who is $who has the test" salve screen --paper "$work/$who.json"
        ok "with all that staff see" salve screen --json --paper "$work/$who.json"
        is "staff are not told for whom it counts" "$(grep -ciE 'hiv|crp|marker|infection' "$work/.out")" 0
    done
    for lang in en ar; do
        for who in cough risk marker known; do
            ok "letter $who in $lang" salve letter --paper "$work/$who.json" --as dr-amina --lang $lang \
                --include infections -o "$work/$who.$lang.html"
            is "the letter $who in $lang is that of a cough" "$(sha256sum <"$work/$who.$lang.html")" \
                "$(sha256sum <"$work/cough.$lang.html")"
        done
    done
done
finish
