#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Contexts: people/cql/People.cql over the people (and the Medications and Organization between them) of people.ndjson
# prints the lines of people/expected.ndjson: a line a person, then the Unfiltered defines. A measure whose numerator asks
# for an Unfiltered define counts the same; a guideline with one is refused.
set -u
. tests/support/sh.sh
here=tests/conformance/elm/people
mkdir "$work/cql"
cp $here/cql/*.cql guidelines/lib/FHIRHelpers.cql "$work/cql/"
ok "the CQL translates" tools/node tools/translate.mjs "$work/cql" "$work/elm"
run=(--elm "$work/elm/People.json" --elm "$work/elm/FHIRHelpers.json" --data $here/people.ndjson)
salve cql run "${run[@]}" >"$work/got.ndjson"
n=0
while IFS= read -r line; do
    n=$((n + 1))
    is "line $n" "$(sed -n "${n}p" "$work/got.ndjson")" "$line"
done <$here/expected.ndjson
is "no line is left out" "$(wc -l <"$work/got.ndjson")" "$(wc -l <$here/expected.ndjson)"
is "an Unfiltered define alone is one line" "$(salve cql run "${run[@]}" --define Everybody)" '{"Everybody":3}'
is "a Patient define alone is a line a person" "$(salve cql run "${run[@]}" --define 'Takes iron' | wc -l)" 3
is "explained values are the same" \
    "$(salve cql run "${run[@]}" --explain --define 'Takes iron' | grep -c '"value":true')" 1
sed -n 1p $here/people.ndjson >"$work/one.json"
is "one person alone is a population of one" \
    "$(salve cql run --elm "$work/elm/People.json" --elm "$work/elm/FHIRHelpers.json" --data "$work/one.json" --define 'Ages known')" \
    '{"Ages known":[true]}'

cat >"$work/measure.json" <<'END'
{"resourceType":"Measure","status":"draft","url":"http://example.org/Measure/iron","version":"1",
"library":["http://example.org/Library/People"],"scoring":{"coding":[{"code":"proportion"}]},"group":[{"population":[
{"code":{"coding":[{"code":"initial-population"}]},"criteria":{"language":"text/cql","expression":"Not alone"}},
{"code":{"coding":[{"code":"denominator"}]},"criteria":{"language":"text/cql","expression":"Not alone"}},
{"code":{"coding":[{"code":"numerator"}]},"criteria":{"language":"text/cql","expression":"Takes iron"}}]}]}
END
salve cql measure --measure "$work/measure.json" --elm "$work/elm/People.json" --elm "$work/elm/FHIRHelpers.json" \
    --data $here/people.ndjson --period 2026-01-01/2026-12-31 >"$work/reports.ndjson"
is "a report a person and the summary" "$(wc -l <"$work/reports.ndjson")" 4
is "the summary counts who takes iron" \
    "$(tail -n 1 "$work/reports.ndjson" | grep -o '"count":[0-9]*' | tr '\n' ' ')" '"count":3 "count":3 "count":1 '

share=$(dirname "$SALVE")/share
cp -r "$share" "$work/share"
sed 's/"name":"Findings","context":"Patient"/"name":"Findings","context":"Unfiltered"/; s/"context":"Patient","name":"Findings"/"context":"Unfiltered","name":"Findings"/' \
    "$share/guidelines/liver/logic.json" | sed 's/"context":"Patient"/"context":"Unfiltered"/' >"$work/share/guidelines/liver/logic.json"
fails 1 "a guideline that looks at everybody is refused" salve guideline check liver --share "$work/share"
finish
