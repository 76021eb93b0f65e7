#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# salve cql run --explain: the explanation of each define of explain/cql/Explain.cql over explain/person.json is the line
# of explain/expected.txt (make a new line by hand: define, value, used, at, because); and for a person of every guideline
# the values are those of a run without explanation.
set -u
. tests/support/sh.sh
here=tests/conformance/elm/explain
mkdir "$work/cql"
cp $here/cql/*.cql guidelines/lib/FHIRHelpers.cql "$work/cql/"
ok "the CQL translates" tools/node tools/translate.mjs "$work/cql" "$work/elm"
salve cql run --explain --elm "$work/elm/Explain.json" --elm "$work/elm/FHIRHelpers.json" --data $here/person.json >"$work/got.json"
tools/node $here/explain.mjs lines "$work/got.json" >"$work/got.txt"
while IFS= read -r line; do
    name=${line%%: *}
    is "$name" "$(grep -F -- "$name: " "$work/got.txt" | head -n 1)" "$line"
done <$here/expected.txt
is "no define is left out" "$(wc -l <"$work/got.txt")" "$(wc -l <$here/expected.txt)"
salve cql run --explain --define Rate --elm "$work/elm/Explain.json" --elm "$work/elm/FHIRHelpers.json" \
    --data $here/person.json >"$work/one.json"
is "one define alone" "$(tools/node $here/explain.mjs lines "$work/one.json")" "$(grep '^Rate: ' $here/expected.txt)"

share=$(dirname "$SALVE")/share/guidelines
ok "the guidelines are built" test -f "$share/blood-pressure/logic.json"
for logic in "$share"/*/logic.json; do
    folder=$(dirname "$logic") cases=("$(dirname "$logic")"/cases/*.json)
    [ -f "${cases[0]}" ] || continue
    tools/node $here/explain.mjs subject "${cases[0]}" >"$work/subject.json"
    run=(cql run --elm "$logic" --data "$work/subject.json" --now 2026-11-23T10:00:00Z)
    for library in "$share"/lib/*.json; do run+=(--elm "$library"); done
    ok "$(basename "$folder") runs" sh -c '"$@" >"$0"' "$work/plain.json" "$SALVE" "${run[@]}"
    ok "$(basename "$folder") is explained" sh -c '"$@" >"$0"' "$work/explained.json" "$SALVE" "${run[@]}" --explain
    is "$(basename "$folder"): same values" "$(tools/node $here/explain.mjs values "$work/explained.json" "$work/plain.json")" 0
done
finish
