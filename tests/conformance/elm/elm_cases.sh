#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cql.cases: CQL text => value, over a person without data. REFUSED: by the translator.
set -u
. tests/support/sh.sh
if [ ! -d node_modules/@cqframework/cql ]; then
    skip 1
    finish
fi
ok "the cases translate" tools/node tests/conformance/elm/elm_cases.mjs tests/conformance/elm/cql.cases "$work/elm"
echo '{"resourceType":"Patient"}' >"$work/person.json"
while IFS=$'\t' read -r n want text; do
    if [ ! -f "$work/elm/$n.json" ]; then
        got=REFUSED
    elif salve cql run --json --elm "$work/elm/$n.json" --data "$work/person.json" --define A >"$work/got" 2>"$work/why"; then
        got=$(sed 's/^{"A"://; s/}$//' "$work/got")
    else
        got=$(grep -o 'E_[A-Z_]*' "$work/why" "$work/got" -h | head -n 1)
    fi
    is "$text" "$got" "$want"
done <"$work/elm/cases.tsv"
finish
