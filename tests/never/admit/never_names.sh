#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Salve's own names are a closed list: every name under urn:salve in the sources and the content of this repository is a row
# of the allow list or one that only Salve's answers hold, and every row is used somewhere.
set -u
. tests/support/sh.sh
list=$work/list named=$work/named rows=$work/rows
"${TESTS:-build/tests}"/admit never_allowlist print >"$list"

answers=$(sed -n '/define ADMIT_ANSWERS/,/^$/s/.*X("\([^"]*\)").*/\1/p' src/admit/admit.def)
{
    sed -nE 's/^code [a-z]+ (urn:salve:[^ ]+).*/\1/p; s/^identifier [a-z]+ (urn:salve:.*)/\1/p; s/^extension (.*)/\1/p' "$list" |
        grep -oE 'urn:salve:[a-z0-9:_-]+'
    printf '%s\n' "$answers"
} | sort -u >"$rows"

# Names as they are written; those that the program puts together are put together here as well. The dictionaries of the
# compression are pieces of made-up records, cut anywhere: what they were made of is judged like all else.
parts=$(sed -nE 's/^FINDING_(TEXT|NUMBER|WORD|LIST|INPUT) *\( *([a-z0-9_]+).*/\2/p' src/guideline/finding.def)
{
    grep -rhoE 'urn:salve:[a-z][a-z0-9:-]*[a-z0-9]' guidelines demo maps forms letters docs/formats/admission.md src --include='*.json' \
        --include='*.cql' --include='*.c' --include='*.h' --include='*.md' --exclude='payload_dictionary*.c' | grep -v ':[0-9]*$'
    # The guideline of alarms is made at build, and what a site adds to it has a name beside it.
    grep -hoE '"canonical": *"urn:salve:guideline:[a-z0-9-]+' "${BUILD:-build}"/share/guidelines/*/guideline.json | sed 's/.*"//; p; s/$/:action/'
    sed -n "s/.*about.id === '\([a-z]*\)'.*/urn:salve:guideline:\1-site\nurn:salve:guideline:\1-site:action/p" tools/admit_own.mjs
    for part in $parts; do echo "urn:salve:extension:$part"; done
    grep -hoE '(SCREEN|DEED)_EXTENSION "[a-z]+"' src/screen/*.h src/records/*.h | sed 's/.*"\(.*\)"/urn:salve:extension:\1/'
    printf '%s\n' "$answers" | while read -r name; do grep -rqF "$name" src --include='*.c' --include='*.h' && echo "$name"; done
} | sort -u | grep -vxE 'urn:salve:(guideline|extension|form[:a-z0-9.-]*)' >"$named"
echo 'urn:salve:form' >>"$named"
sort -u -o "$named" "$named"

is "names without a row" "$(comm -23 "$named" "$rows" | tr '\n' ' ')" ""
is "rows without a use" "$(comm -13 "$named" "$rows" | tr '\n' ' ')" ""

# Question codes: those that people are asked in the guidelines, and the danger questions of the manual.
sed -n 's/^code observation urn:salve:question //p' "$list" | sort -u >"$work/questions"
{
    grep -rhoE "'[a-z0-9-]+' from \"Salve questions\"" guidelines --include='*.cql' | sed "s/'\([^']*\)'.*/\1/"
    grep -rhoE '"system": *"urn:salve:question", *"code": *"[a-z0-9-]+"' guidelines demo maps tests/conformance tests/support |
        sed 's/.*"\([^"]*\)"$/\1/'
    sed -n '/^Danger questions/,/^$/p' docs/formats/admission.md | grep -oE '`[a-z-]+`' | tr -d '`'
} | sort -u >"$work/asked"
is "questions without a row" "$(comm -23 "$work/asked" "$work/questions" | tr '\n' ' ')" ""
is "rows that nobody asks" "$(comm -13 "$work/asked" "$work/questions" | tr '\n' ' ')" ""
is "parts of a finding" "$(sed -n 's/^extension urn:salve:extension:finding urn:salve:extension:\([a-z0-9_]*\) valueString/\1/p' "$list" | sort | tr '\n' ' ')" \
    "$(sed -nE 's/^FINDING_(TEXT|NUMBER|WORD|LIST) *\( *([a-z0-9_]+).*/\2/p' src/guideline/finding.def | sort | tr '\n' ' ')"
finish
