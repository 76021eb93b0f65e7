#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One health check on the command line, as the README shows it: from init to verify, each exit status checked.
set -u
. tests/support/sh.sh
site=$work/clinic key=$work/clinic.key
export SALVE_SITE=$site SALVE_KEY_FILE=$key

ok "init makes a site" salve init "$site" --name "North Clinic" --key-file "$key" \
    --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant --staff tom:technician --staff maria:manager
fails 6 "init never writes over a site" salve init "$site" --key-file "$key"
prints 'dr-amina +clinician' "staff lists who works here" salve staff
fails 7 "a guideline is accepted by a clinician only" salve guideline accept kidney --as kofi
ok "before any guideline is accepted the alarms are judged all the same" salve screen --paper tests/conformance/cli/patient.json
for id in body-measures blood-pressure glycaemia kidney; do
    ok "a clinician accepts $id" salve guideline accept "$id" --as dr-amina
done
prints 'kidney .*accepted by dr-amina' "guideline list shows the acceptance" salve guideline list

today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)
is "enrol prints a card code" "$(grep -cE '^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$' <<<"$card")" 1
fails 7 "care needs consent" salve import "$card" "$work/measured.json" --as lina
ok "consent is noted with its form" salve consent give "$card" --purpose care --method card --read-back 1 --lang ar --as kofi
ok "a second purpose is a second decision" salve consent give "$card" --purpose follow-up --method card --read-back 2 --as kofi
prints 'care +on' "a person sees their own choices" salve consent list "$card" --born $born
fails 7 "a manager opens no record" salve screen "$card" --as maria
ok "import keeps what is admissible" salve import "$card" "$work/measured.json" --as lina
prints 'bp-category: hypertension' "screen finds and says why" salve screen "$card" --as lina
fails 7 "an assistant cannot sign" salve sign "$card" --as lina
fails 4 "no letter before a signature" salve letter "$card" --born $born
prints 'Signed [0-9]+ findings' "a clinician signs" salve sign "$card" --as dr-amina
for lang in en ar; do
    ok "letter in $lang as PDF" salve letter "$card" --born $born --lang $lang -o "$work/letter.$lang.pdf"
    ok "letter in $lang as HTML" salve letter "$card" --born $born --lang $lang -o "$work/letter.$lang.html"
    is "the HTML letter in $lang has no script" "$(grep -ciE '<script|onload|javascript:' "$work/letter.$lang.html")" 0
    ok "the PDF letter in $lang is whole" qpdf --check "$work/letter.$lang.pdf"
    is "the PDF letter in $lang is tagged" "$(pdfinfo "$work/letter.$lang.pdf" | sed -n 's/^Tagged: *//p')" yes
    is "fonts of the PDF letter in $lang are embedded subsets" "$(pdffonts "$work/letter.$lang.pdf" | tail -n +3 | grep -vcE 'yes +yes +yes')" 0
done
is "the letter says that it is no diagnosis" "$(grep -c 'not a diagnosis' "$work/letter.en.html")" 1
is "the letter names who signed" "$(grep -c 'dr-amina' "$work/letter.en.html")" 1
prints 'clinician dr-amina' "the person sees who looked" salve looked "$card" --born $born
is "it does not say that nobody else looked" "$(salve looked "$card" --born $born 2>&1 | grep -c "nobody else")" 0
is "every look is proved or not yet signed" "$(salve looked "$card" --born $born -q | grep -vcE ' (proved|not yet signed)$')" 0
ok "verify signs" salve verify
is "and then every one but this look is proved" "$(salve looked "$card" --born $born -q | grep -vc ' proved$')" 1
ok "proofs can be taken away" salve looked "$card" --born $born --proofs "$work/proofs"
ok "everything can be taken away" salve take "$card" --born $born -o "$work/mine.json"
ok "what was taken is valid FHIR" salve fhir validate "$work/mine.json"
ok "withdrawing works at once" salve withdraw "$card" --born $born --purpose care --lang ar
fails 7 "and then care is closed" salve screen "$card" --as dr-amina
ok "keys are renewed" salve keys rotate --as tom
fails 7 "a registrar changes no keys" salve keys change --as kofi --new-key-file "$work/new.key"
ok "another key file can be set" salve keys change --as tom --new-key-file "$work/new.key"
fails 1 "and the old one opens nothing" salve verify
export SALVE_KEY_FILE=$work/new.key
prints 'clean$' "verify is clean" salve verify
fails 2 "erasing asks first" salve erase "$card" --as kofi --at-once --no-input
ok "erasure leaves a receipt" salve erase "$card" --as kofi --at-once --yes -o "$work/receipt.txt"
fails 4 "an erased card opens nothing" salve looked "$card" --born $born
prints 'clean$' "verify is clean after an erasure" salve verify

before=$(cd "$site" && cat site.db keys.db | wc -c)
ok "a check on paper needs no record" salve screen --paper "$work/measured.json"
ok "and ends with a letter" salve letter --paper "$work/measured.json" --as dr-amina -o "$work/paper.pdf"
is "nothing was stored for it" "$(cd "$site" && cat site.db keys.db | wc -c)" "$before"
finish
