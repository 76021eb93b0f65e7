#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Letters as sheets of paper: how many pages the made-up people of the demonstration and somebody with everything have, in
# both languages; names in other scripts and of any length.
set -u
. tests/support/sh.sh
export SALVE_SITE=$work/clinic SALVE_KEY_FILE=$work/clinic.key
day=$(date -u +%Y-%m-%d)
letter() { salve letter --paper "$1" --as dr-amina --lang "$2" -o "$3" >"$work/.out" 2>&1 || fail "letter $2" "exit status $?"; }
pages() { grep -ac '^ *<< /Type /Page %' "$1"; }
at_most() { # NAME FILE LANG MOST
    letter "$2" "$3" "$work/letter.pdf"
    local count; count=$(pages "$work/letter.pdf")
    if [ "$count" -ge 1 ] && [ "$count" -le "$4" ]; then pass; else fail "$1 $3" "$count pages, not 1 to $4"; fi
}
bundle() { sed '1,/"bundle": /{s/.*"bundle": //;t;d}; $d' "$1" | sed "s/{today}/$day/g; s/{before}/2026-06-01/g"; }

ok "init" salve init "$SALVE_SITE" --made-up --name "North Clinic" --key-file "$SALVE_KEY_FILE" \
    --staff dr-amina:clinician --staff kofi:registrar
for g in guidelines/*/guideline.json; do
    g=$(basename "$(dirname "$g")")
    salve guideline accept "$g" --as dr-amina >/dev/null 2>&1
done
ok "the clinic" salve settings --as dr-amina --set "telephone=0123 456" --set "address=1 Main Road" --set "hours=Mo-Fr 8-17"
for person in demo/[1-9]-*.json; do
    bundle "$person" >"$work/person.json"
    for lang in en ar; do at_most "$person" "$work/person.json" $lang 2; done
done

named() { # NAME-JSON
    bundle demo/1-amina.json | sed "s/\"name\": \[{\"use\"[^]]*\][^]]*\]/\"name\": [$1]/" >"$work/named.json"
}
long='Maria Theodora Konstantina Anne-Sophie Guadalupe Ximena Montserrat Fernandes de Albuquerque Cavalcanti Montmorency de la Fuente y Castellanos'
named "{\"text\": \"$long\"}"
for lang in en ar; do
    at_most "a long name" "$work/named.json" $lang 2
    letter "$work/named.json" $lang "$work/letter.html"
    is "all of it in the letter" "$(grep -c "$long" "$work/letter.html")" 1
done
named '{"text": "Ann (Nan) Smith Jr."}'
letter "$work/named.json" ar "$work/letter.html"
is "a full stop stays at the end of the name" "$(grep -c $'\u2068Ann (Nan) Smith Jr.\u2069' "$work/letter.html")" 1
named '{"text": "王小明"}'
letter "$work/named.json" en "$work/letter.html"
is "a Chinese name on a page for a screen" "$(grep -c "王小明" "$work/letter.html")" 1
if salve letter --paper "$work/named.json" --as dr-amina -o "$work/letter.pdf" >"$work/.out" 2>&1; then pass
else is "or the script and the package are named" "$(grep -c 'script "han"' "$work/.out")$(grep -c fonts-noto-cjk "$work/.out")" 11; fi

ok "digits, months and paper of the site" salve settings --as dr-amina --set digits=arabic --set months=levant --set paper=letter
letter "$work/named.json" ar "$work/letter.html"
is "months of the Levant" "$(grep -cE 'تاريخ الفحص: [^0-9]* (كانون|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين)[^0-9]* · ' "$work/letter.html")" 1
is "and the size of the sheet" "$(grep -c 'size:letter' "$work/letter.html")" 1
finish
