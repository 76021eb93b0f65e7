#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Empty sheets that are printed before anybody comes: forms to sign. Nothing on them is ticked, and no is as large as yes.
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
finish
