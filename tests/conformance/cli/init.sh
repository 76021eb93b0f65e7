#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Making a site: what is asked at a terminal and what is not, how browsers reach it, and the key on paper and back.
set -u
. tests/support/sh.sh
SALVE=$(realpath "$SALVE")
unset SALVE_SITE SALVE_KEY_FILE SALVE_PIN_FILE
cd "$work" || exit 1
value() { "$SALVE" config show --json -C "$1" | tr -d ' \n' | grep -oE '"key":"'"$2"'","value":("[^"]*"|null)' | cut -d: -f3- | tr -d '"'; }

# --- without a terminal, or with --yes: the answers in brackets
ok "without a terminal nothing is asked" salve init one --key-file one.key
is "the manager is made" "$(salve -C one --key-file one.key staff 2>/dev/null)" 'manager                  manager'
is "nothing is written that nobody said" "$(ls one | grep -c salve.conf)" 0
ok "languages" salve init two --key-file two.key --languages ar --name 'عيادة الشمال'
is "are those of the site" "$(salve -C two --key-file two.key settings 2>/dev/null | grep -cE '^languages +ar$')" 1
fails 2 "a language without letters" salve init none --key-file none.key --languages 'en xx'
fails 2 "nor a path" salve init none --key-file none.key --languages '../letters/frame.en'
is "makes nothing" "$(ls | grep -c none)" 0

# --- by a name
ok "with certificates of its own" salve init three --key-file three.key --tls site --host salve.home.arpa --staff lina:assistant -o sheet.html
is "keeps how browsers reach it" "$(value three tls) $(value three name)" 'site salve.home.arpa'
is "and makes the authority" "$(salve -C three --key-file three.key tls | grep -c '^words')" 1
salve init four --key-file four.key --tls proxy --host clinic.example --staff lina:assistant >four.txt 2>&1
phrases=$(grep -cE '^Passphrase for the first login of [a-z]+ \([a-z]+\): ([0-9a-z]{5}-){3}[0-9a-z]{5}$' four.txt)
is "a PIN alone is nothing there: passphrases" "$phrases" 2
fails 3 "a given certificate has to be named" salve init none --key-file none.key --tls public --host clinic.example
fails 2 "a name is none of numbers" salve init none --key-file none.key --tls site --host 192.0.2.1
is "makes nothing" "$(ls | grep -c none)" 0

# --- at a terminal
if command -v script >/dev/null; then
    typed() { printf '%s\n' "$@" | script -qec "$SALVE init five --key-file five.key" /dev/null >typed.txt 2>&1; }
    typed 'Hill Clinic' '' local maria
    is "four questions" "$(grep -oE 'Name of the site \[Health check\]|Languages \[en ar\]|How browsers reach it.*\[local\]|Name of the manager.*\[manager\]' typed.txt | wc -l)" 4
    is "the answers count" "$(salve -C five --key-file five.key staff 2>/dev/null; salve -C five --key-file five.key settings 2>/dev/null | grep -c 'Hill Clinic')" \
        "$(printf 'maria                    manager\n1')"
    printf '\n' | script -qec "$SALVE init six --yes --key-file six.key" /dev/null >typed.txt 2>&1
    is "--yes asks nothing" "$(grep -c '\[' typed.txt)" 0
else
    skip 3
fi

# --- the key on paper
lines() { sed 's/<[^>]*>/\n/g' "$1" | grep -oE '([0-9a-f]{4} ){4}[0-9a-f]{4}'; }
is "the sheet has four lines" "$(lines sheet.html | wc -l)" 4
is "and is for nobody else" "$(stat -c %a sheet.html)" 600
ok "it is printed again" salve keys sheet --key-file three.key -o again.html
is "with the same lines" "$(lines again.html)" "$(lines sheet.html)"
lines sheet.html | salve keys write back.key >/dev/null
ok "the key is back" cmp three.key back.key
is "for nobody else" "$(stat -c %a back.key)" 600
is "and opens the site" "$(salve -C three --key-file back.key staff 2>/dev/null | grep -c lina)" 1
fails 6 "a file that is there stays" salve keys write back.key
wrong() { lines sheet.html | sed "$1" | "$SALVE" keys write wrong.key; }
fails 1 "a wrong digit" wrong '2s/^0/1/; 2s/^[2-9a-f]/0/; t; 2s/^1/0/'
fails 1 "two lines in the other order" wrong '1{h;d};2{G}'
fails 2 "a line too few" wrong 4d
is "no file of a wrong key" "$(ls | grep -c wrong)" 0
head -c 40 /dev/urandom >long.key
chmod 600 long.key
fails 1 "a key file of somebody else's making fits on no sheet" salve keys sheet --key-file long.key -o long.html
is "and none is written" "$(ls | grep -c long.html)" 0
finish
