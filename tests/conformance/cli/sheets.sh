#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Empty sheets that are printed before anybody comes: forms to sign, and sheets for the stations. Nothing on them is
# ticked, nobody is named, and no is as large as yes.
set -u
. tests/support/sh.sh
words() { sed 's/<style>.*<\/style>//; s/<[^>]*>/ /g' "$1" | tr -s ' \n' ' '; }
has() { is "$1" "$(words "$2" | grep -cF -- "$3")" 1; }

for purpose in care follow-up helper research-contact statistics transfer; do
    for lang in en ar; do
        ok "$purpose in $lang" salve consent form --purpose $purpose --lang $lang -o "$work/$purpose-$lang.html"
        ok "$purpose in $lang as PDF" salve consent form --purpose $purpose --lang $lang -o "$work/$purpose-$lang.pdf"
        is "which is one" "$(head -c 5 "$work/$purpose-$lang.pdf")" "%PDF-"
        sheet=$work/$purpose-$lang.html
        is "every choice of $purpose in $lang looks alike" \
            "$(grep -o '<p class="choice"><span class="box"></span> [^<]*</p>' "$sheet" | wc -l)" "$(grep -c choice\" "$sheet")"
        is "none is filled in" "$(grep -ciE '<input|checked|&#10003;|☑|✓|✔|☒' "$sheet")" 0
    done
done
for form in "$work"/*-en.pdf; do
    is "yes and no stand on one page: ${form##*/}" \
        "$(pdftotext -layout "$form" - | awk -v RS='\f' '/Yes\. /&&/No\. I do not agree\./&&/Date/{n++}END{print n+0}')" 1
done
sheet=$work/care-en.html
salve consent form --purpose care --json >"$work/form.json"
for key in title yes; do
    has "the form's $key" "$sheet" "$(sed -n 's/^ *"'$key'": "\(.*\)",$/\1/p' "$work/form.json")"
done
sed -n 's/^ *"\(text\|heading\|ask\)": "\(.*\)",\{0,1\}$/\2/p' "$work/form.json" >"$work/said"
is "the words of a form were found" "$([ "$(wc -l <"$work/said")" -ge 14 ] && echo yes)" yes
while IFS= read -r said; do has "as the form says it" "$sheet" "$said"; done <"$work/said"
is "yes, no, and a choice of its own for what is kept apart" "$(grep -c 'class="choice"' "$sheet")" 4
is "where the purpose has none, yes and no alone" "$(grep -c 'class="choice"' "$work/statistics-en.html")" 2
is "date, signature, witness" "$(grep -c 'class="write small"' "$sheet")" 3
is "Arabic runs right to left" "$(grep -c 'dir="rtl"' "$work/care-ar.html")" 1
fails 2 "another ending" salve consent form --purpose care -o "$work/form.txt"
prints '"format":"pdf".*"file":' "as JSON" salve consent form --purpose care --json -o "$work/form.pdf"
fails 4 "a language without a form" salve consent form --purpose care --lang de -o "$work/form.pdf"

export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
ok "init" salve init "$SALVE_SITE" --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar
card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null)
packages=$(sed -n 's/^ *{"name": "\([a-z]*\)".*/\1/p' build/share/packages.json)
for package in $packages; do
    for lang in en ar; do
        ok "a sheet for $package in $lang" salve sheet --package "$package" --lang $lang -o "$work/$package-$lang.html"
        is "is empty" "$(grep -ciE '<input|checked|&#10003;|☑|✓|✔|☒' "$work/$package-$lang.html")" 0
        is "names nobody" "$(grep -ciE 'haddad|amina|kofi' "$work/$package-$lang.html")" 0
    done
done
is "all packages were tried" "$(echo "$packages" | wc -l)" "$(grep -c '{"name": ' build/share/packages.json)"
ok "as PDF" salve sheet --package basic --lang ar -o "$work/sheet.pdf"
is "which is one" "$(head -c 5 "$work/sheet.pdf")" "%PDF-"
sheet=$work/basic-en.html
for words in "blood pressure (bp)" "waist (waist)" "(hba1c)" "(glucose-fasting)" "(creatinine)" "chest pain" "coughing up blood" \
    "None of these" "Write no name here"; do has "$words" "$sheet" "$words"; done
row() { grep -F "($2)" "$1" | sed 's/<[^>]*>/ /g' | tr -s ' '; }
is "what basic does not measure is not on it" "$(grep -cE '\((haemoglobin|potassium|neck)\)' "$sheet")" 0
is "but on the sheet of women" "$(row "$work/women-en.html" haemoglobin | grep -c 'g/L')" 1
questions=$(grep -c '"urgency"' <(sed -n '/"questions": \[/,/^  \]/p' build/share/guidelines/alarms/lines.json))
hidden=$(grep -cE '"(private|composite)": true' <(sed -n '/"questions": \[/,/^  \]/p' build/share/guidelines/alarms/lines.json))
is "every question of the open block, yes and no" "$(grep -c '</span> yes <span class="box"></span> no' "$sheet")" $((questions - hidden))
is "what is asked in private is not on it" "$(grep -c "in private" "$sheet")" 0
is "nor what is several questions at once" "$(grep -c "one of several" "$sheet")" 0
is "HbA1c in its usual unit" "$(row "$sheet" hba1c | grep -c 'mmol/mol')" 1
ok "the site has another" salve settings --as manager --unit hba1c=%
ok "a sheet then" salve sheet --package basic -o "$sheet"
is "has that" "$(row "$sheet" hba1c | grep -c ' % ')" 1
is "blood pressure has two boxes" "$(grep -F '(bp)' "$sheet" | grep -o 'class="blank"' | wc -l)" 2
fails 2 "no such package" salve sheet --package none -o "$sheet"
ok "two packages" salve sheet --package "basic women" -o "$sheet"
is "have both" "$(grep -cE '\((waist|haemoglobin)\)' "$sheet")" 2
fails 2 "one of two is none" salve sheet --package "basic none" -o "$sheet"
fails 2 "no name" salve sheet --package "" -o "$sheet"
fails 2 "no package" salve sheet -o "$sheet"
fails 4 "no such language" salve sheet --package basic --lang de -o "$sheet"
prints '"format":"html".*"sheet":' "as JSON" salve sheet --package basic --json
finish
