#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The card is handed out once: after a whole visit and everything that a person does with their record, no output of any
# command but enrol and card has a card code in it; letters (page, words of the PDF, picture of the code) have neither the
# card nor the birth date. The code of a letter shows that letter's results, and is no card for any command.
set -u
. tests/support/sh.sh
site=$work/clinic out=$work/out
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
mkdir "$out"
today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
ok "a site" salve init --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant \
    --staff tom:technician --staff maria:manager
for id in body-measures blood-pressure glycaemia kidney; do ok "accept $id" salve guideline accept $id --as dr-amina; done
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)

# keep NAME COMMAND...: runs it as text and as JSON; all that it says is kept in $out
keep() {
    local name=$1; shift
    salve "$@" >"$out/$name.text" 2>"$out/$name.said" </dev/null || fail "$name" "$(head -n 2 "$out/$name.said")"
    pass
}
keep consent consent give "$card" --purpose care --read-back 1 --as kofi
keep consent-json consent give "$card" --purpose follow-up --read-back 1 --as kofi --json
keep import import "$card" "$work/measured.json" --as lina --json
keep screen screen "$card" --as lina
keep screen-json screen "$card" --as lina --json
keep sign sign "$card" --as dr-amina
for lang in en ar; do
    keep page-$lang letter "$card" --born $born --lang $lang
    keep pdf-$lang letter "$card" --born $born --lang $lang -o "$out/letter.$lang.pdf" --json
    pdftotext "$out/letter.$lang.pdf" "$out/letter.$lang.txt"
done
keep letter-json letter "$card" --born $born --json
keep last letter "$card" -o "$out/letter.html" --as dr-amina
code=$(sed -n 's/.*<p class="code" dir="ltr">\([0-9A-Z-]*\)<.*/\1/p' "$out/letter.html")
is "the letter has a code of its own" "$(grep -cE '^([0-9A-Z]{7}-){2}[0-9A-Z]{7}$' <<<"$code")" 1
keep results results "$code" --born $born
keep results-ar results "$code" --born $born --lang ar
keep results-json results "$code" --born $born --json
keep results-pdf results "$code" --born $born -o "$out/again.pdf"
pdftotext "$out/again.pdf" "$out/again.txt"
keep looked looked "$card" --born $born --proofs "$out/proofs"
keep looked-json looked "$card" --born $born --json
keep choices consent list "$card" --born $born
keep take take "$card" --born $born
id=$(grep -oE '"id": *"[a-z2-7]{26}\.[0-9]+"' "$out/take.text" | head -n 1 | sed 's/.*"\([a-z2-7.0-9]*\)"$/\1/')
keep history history "$card" --born $born "$id"
keep verify verify
keep doctor doctor
keep rotate keys rotate --as tom
keep withdraw withdraw "$card" --born $born --purpose follow-up
keep staff staff

is "the results are those of the letter" "$(grep -c '148 / 92' "$out/results.text")" "$(grep -c '148 / 92' "$out/letter.html")"
is "and its words" "$(grep -c 'not a diagnosis' "$out/results.text")" 1
is "no output has the code of the card" "$(LC_ALL=C grep -rlaE "$card|${card//-/}" "$out")" ""
is "nor any text of the form of a card" "$(LC_ALL=C grep -rlE '\b([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}\b' "$out")" ""
is "no letter has the birth date" "$(grep -lIE '1972|14 March|14 مارس' "$out"/page-*.text "$out"/letter* "$out"/again.txt "$out"/results*)" ""
is "the results show no code again" "$(grep -lF "$code" "$out"/results* "$out"/again.txt)" ""
is "the person sees that a letter's code was used" "$(grep -c "by-letter  *with a letter's code" "$out/looked.text")" 4

for command in take looked erase "consent list" screen sign letter card "consent give" withdraw; do
    fails 4 "a letter's code is no card for $command" salve $command "$code" --yes --no-input \
        $(case $command in screen | sign) echo --as dr-amina ;; "consent give") echo --as kofi --purpose statistics --read-back 1 ;; \
            withdraw) echo --purpose care --born $born ;; *) echo --born $born ;; esac)
done
fails 4 "a letter's code is no card for import" salve import "$code" "$work/measured.json" --as lina
fails 4 "a card is no letter's code" salve results "$card" --born $born
ok "the code can come on standard input" bash -c "'$SALVE' results - --born $born <<<'$code'"
for i in 1 2 3 4 5 6 7 8 9; do fails 4 "wrong date $i" salve results "$code" --born 1972-03-1$((i % 4)); done
ok "nine wrong dates do not end it" salve results "$code" --born $born
fails 4 "the tenth does" salve results "$code" --born 1972-04-14
fails 4 "for good" salve results "$code" --born $born
ok "a new letter" salve letter "$card" --born $born -o "$work/next.html"
code=$(sed -n 's/.*<p class="code" dir="ltr">\([0-9A-Z-]*\)<.*/\1/p' "$work/next.html")
ok "it opens" salve results "$code" --born $born
card=$(salve card "$card" --born $born -q)
fails 4 "and ends with a new card" salve results "$code" --born $born
prints 'clean$' "verify is clean" salve verify

# a birth date that is a year is guessed in ten tries, so such a letter has no code
year=$(sed 's/1972-03-14/1972/' tests/conformance/cli/patient.json | salve enrol -q --as kofi -)
ok "consent" salve consent give "$year" --purpose care --read-back 1 --as dr-amina --of-age
sed 's/1972-03-14/1972/' "$work/measured.json" >"$work/year.json"
ok "import" salve import "$year" "$work/year.json" --as lina
ok "screen" salve screen "$year" --as lina
ok "sign" salve sign "$year" --as dr-amina
salve letter "$year" --born 1972 -o "$work/year.html" 2>"$work/said"
is "a letter without a code says so" "$(grep -c 'It has no code' "$work/said")" 1
is "and has none" "$(grep -cE 'class="code"|<svg viewBox="-4' "$work/year.html")" 0
finish
