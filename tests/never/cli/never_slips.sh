#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# No list of keys, and nobody agrees for a whole file: import --enrol writes slips, which open nothing and are changed for a
# card at the desk, once; what a person agreed to stands in their own row, whole, or is not noted. A made-up site may do
# both, says so on everything, and stays made-up for ever, as a real one stays real.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
today=$(date -u +%Y-%m-%d) born=1972-03-14
staff="--staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant --staff tom:technician"
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
# shellcheck disable=SC2086
ok "a real site" salve init --key-file "$SALVE_KEY_FILE" $staff
for id in body-measures blood-pressure; do ok "accept" salve guideline accept $id --as dr-amina; done
cat >"$work/map.json" <<'MAP'
{"format":"salve-csv-map","version":1,"subject":"id",
 "patient":{"birthDate":{"column":"born"},"gender":{"column":"sex","values":{"f":"female","m":"male"}}},
 "observations":[{"column":"kg","loinc":"29463-7","type":"quantity","unit":"kg"},
                 {"column":"cm","loinc":"8302-2","type":"quantity","unit":"cm"},
                 {"loinc":"85354-9","category":"vital-signs","components":[
                     {"column":"sbp","loinc":"8480-6","type":"quantity","unit":"mm[Hg]"},
                     {"column":"dbp","loinc":"8462-4","type":"quantity","unit":"mm[Hg]"}]}],
 "consents":{"care":{"column":"care"},"follow-up":{"column":"calls"}}}
MAP
{
    echo id,born,sex,kg,cm,care,calls
    echo "whole,$born,f,61.5,165,1.0/en signed $today none 1,1.0/ar spoken $today independent 2"
    echo "earlier,$born,m,81.5,180,1.0/en signed $(date -u -d '-300 days' +%F) none 1,1.0/en signed $(date -u -d '-300 days' +%F) none 1"
    echo "nothing,$born,f,62.5,166,,"
    echo "calls-only,$born,f,63.5,167,,1.0/en signed $today none 1"
    echo "no-round,$born,f,64.5,168,1.0/en signed $today none,"
    echo "no-witness,$born,f,65.5,169,1.0/en spoken $today none 1,"
    echo "to-come,$born,f,66.5,170,1.0/en signed $(date -u -d '+2 days' +%F) none 1,"
    echo "no-form,$born,f,67.5,171,9.9/en signed $today none 1,"
    echo "child,$(date -u -d '-10 years' +%F),f,30.5,140,1.0/en signed $today none 1,"
    echo "no-date,$born,f,68.5,172,1.0/en signed yes none 1,"
    echo "refusal,$born,f,69.5,173,no,no"
} | sed -e '1s/$/,sbp,dbp/' -e '/^nothing/s/$/,231,142/' -e '1!{/^nothing/!s/$/,,/}' >"$work/rows.csv"
for switch in "--purpose care --read-back 1" "--purpose care --method signed --read-back 1" "--read-back 1" "--of-age"; do
    # shellcheck disable=SC2086
    fails 2 "no switch states it for a file: $switch" salve import --enrol "$work/rows.csv" --map "$work/map.json" $switch \
        --as dr-amina -o "$work/none.csv"
done
is "and nothing was written" "$([ -e "$work/none.csv" ] && echo there)" ""
salve import --enrol "$work/rows.csv" --map "$work/map.json" --as lina -o "$work/slips.csv" >"$work/said" 2>"$work/told" </dev/null
is "a row that says it wrongly stops nobody, and the urgent one says so by the status" $? 10
is "everybody is enrolled" "$(grep -c '^11 people, ' "$work/said")" 1
is "nine of them only that" "$(grep -c '^9 of them only enrolled' "$work/said")" 1
is "each is named by the line, not by the name" \
    "$(sed -nE 's/^(line [0-9]+: [a-z-]+) was not noted.*/\1/p' "$work/told" | tr '\n' ' ')" \
    "line 3: follow-up line 4: care line 5: care line 6: care line 7: care line 8: care line 9: care line 10: care line 11: care line 12: care line 12: follow-up "
is "an alarm in what is not kept is said, by line" "$(grep -E 'URGENT' "$work/told" | grep -c '^line 4: ')$(grep -c URGENT "$work/told")" 11
is "and counted" "$(grep -c '^1 of these with a value that a clinician has to see today' "$work/said")" 1
is "no word of a row is said" "$(grep -E "no-round|refusal|1972|9\.9|63.5|child,|231" "$work/told")" ""
is "the file has slips" "$(tail -n +2 "$work/slips.csv" | grep -cE '^[a-z-]+,([0-9A-Z]{6}-){2}[0-9A-Z]{6}$')" 11
is "and no card" "$(grep -cE '([0-9A-Z]{4}-){4}[0-9A-Z]{4}' "$work/slips.csv" "$work/said" "$work/told" | grep -vc ':0$')" 0

slip=$(sed -n 's/^whole,//p' "$work/slips.csv")
for command in take looked erase "consent list" screen sign letter card "consent give" withdraw "results --born $born" "import FILE"; do
    case $command in
    screen | sign) more="--as dr-amina" ;;
    "consent give") more="--as kofi --purpose statistics --read-back 1" ;;
    withdraw) more="--purpose care --born $born" ;;
    "import FILE") command=import more="$work/measured.json --as lina" ;;
    results*) more= ;;
    *) more="--born $born" ;;
    esac
    # shellcheck disable=SC2086
    fails 4 "a slip opens nothing: $command" salve $command "$slip" $more --yes --no-input
done
fails 2 "it is changed by staff alone" salve claim "$slip"
fails 7 "who are with the person" salve claim "$slip" --as tom
card=$(salve claim "$slip" --as kofi -q)
is "for a card" "$(grep -cE '^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$' <<<"$card")" 1
fails 4 "once" salve claim "$slip" --as kofi
prints 'care +on' "what the row said is on" salve consent list "$card" --born "$born"
prints 'follow-up +on' "each by itself" salve consent list "$card" --born "$born"
prints 'registrar kofi' "the person sees who made the card" salve looked "$card" --born "$born"
salve take "$card" --born "$born" -o "$work/whole.json" 2>/dev/null
is "what was measured is there" "$(grep -q '61.5' "$work/whole.json" && echo yes)" yes
for one in nothing calls-only no-round no-witness to-come no-form child no-date refusal; do
    other=$(salve claim - --as kofi -q <<<"$(sed -n "s/^$one,//p" "$work/slips.csv")")
    salve take "$other" --as kofi -o "$work/$one.json" 2>/dev/null # one of them is a child
    is "$one: care is off, and nothing was kept but the enrolment" \
        "$(salve consent list "$other" --as kofi -q | grep -c '^care') $(grep -oE '"resourceType": *"(Observation|Condition)"' "$work/$one.json" | wc -l)" "0 0"
done
earlier=$(salve claim "$(sed -n 's/^earlier,//p' "$work/slips.csv")" --as kofi -q)
is "an agreement counts from the day on the paper" "$(salve consent list "$earlier" --born "$born" -q | grep -c "^care .*until $(date -u -d '-300 days +1827 days' +%F)")" 1
prints 'clean$' "verify is clean" salve verify

# --- a made-up site
export SALVE_SITE=$work/try SALVE_KEY_FILE=$work/try.key
banner() { # NAME COMMAND...: the first line on standard error says what this site is
    local name=$1; shift
    "$@" >"$work/.out" 2>"$work/.err" </dev/null
    is "$name says so" "$(head -n 1 "$work/.err" | grep -c '^MADE-UP SITE')" 1
}
# shellcheck disable=SC2086
banner "init" salve init --made-up --key-file "$SALVE_KEY_FILE" $staff
banner "accept" salve guideline accept body-measures --as dr-amina -q
banner "import" salve import --enrol "$work/measured.json" --purpose care --read-back 1 --as lina -o "$work/cards.csv"
ok "a made-up site has cards, and speaks for everybody" salve import --enrol "$work/measured.json" --purpose care \
    --read-back 1 --as lina -o "$work/made.csv"
card=$(tail -n 1 "$work/made.csv" | cut -d, -f2)
banner "looked" salve looked "$card" --born "$born" -q
banner "take" salve take "$card" --born "$born" --json
ok "screen" salve screen "$card" --as lina
ok "sign" salve sign "$card" --as dr-amina
for lang in en ar; do ok "letter" salve letter "$card" --born $born --lang $lang -o "$work/letter.$lang.html"; done
is "letters say so" "$(grep -c 'MADE-UP PERSON' "$work/letter.en.html") $(grep -c 'شخص غير حقيقي' "$work/letter.ar.html")" "1 1"
banner "verify" salve verify
ok "proofs" salve looked "$card" --born "$born" --proofs "$work/proofs"
opened() { sed -n 's/^extra //p' "$1" | base64 -d 2>/dev/null | grep -ac '"made_up":true'; }
all=0 marked=0
for proof in "$work"/proofs/*; do all=$((all + 1)) marked=$((marked + $(opened "$proof"))); done
is "every proof says so" "$marked" "$all"
is "there are some" "$([ "$all" -gt 3 ] && echo yes)" yes
fails 2 "there is no way to change it: settings" salve settings --made-up --as manager
fails 6 "nor init" salve init --key-file "$SALVE_KEY_FILE"
banner "another key file" salve keys change --as tom --new-key-file "$work/new.key"
SALVE_KEY_FILE=$work/new.key
banner "and it is made-up still" salve staff
finish
