#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Value sets, code systems and parameters from the command line: each line of terms/terms.cases is a define of
# terms/cql/Terms.cql, evaluated for terms/person.json with the value sets of tests/unit/terms/tables.
set -u
. tests/support/sh.sh
here=tests/conformance/elm/terms
mkdir "$work/cql"
cp $here/cql/*.cql guidelines/lib/FHIRHelpers.cql "$work/cql/"
ok "the CQL translates" tools/node tools/translate.mjs "$work/cql" "$work/elm"
run=(cql run --elm "$work/elm/Terms.json" --elm "$work/elm/FHIRHelpers.json" --data $here/person.json)
while IFS= read -r line; do
    case $line in '#'* | '') continue ;; esac
    IFS='|' read -r define rest <<<"${line% => *} "
    define=${define% }
    arguments=()
    if [[ ${line% => *} == *' | '* ]]; then arguments=(--param "${line#* | }") && arguments[1]=${arguments[1]% => *}; fi
    got=$(salve "${run[@]}" --vocabulary tests/unit/terms/tables --define "$define" "${arguments[@]}" 2>"$work/err")
    if [ -z "$got" ]; then got="error $(grep -o 'SLV-[0-9]*' "$work/err" | head -n 1)"; fi
    got=${got#"{\"$define\":"}
    if [[ $line != *"=> error"* ]]; then got=${got%\}}; fi
    is "$line" "$got" "${line##* => }"
done <$here/terms.cases

fails 4 "a folder that is not there" salve "${run[@]}" --vocabulary "$work/nowhere"
mkdir "$work/empty" "$work/broken" "$work/twice"
ok "an empty folder holds nothing" salve "${run[@]}" --vocabulary "$work/empty" --define Limited
echo '{"resourceType":"ValueSet"' >"$work/broken/a.json"
fails 1 "a broken file" salve "${run[@]}" --vocabulary "$work/broken"
prints 'a\.json' "a broken file is named" sh -c "'$SALVE' ${run[*]} --vocabulary '$work/broken' 2>&1 || true"
cp tests/unit/terms/tables/animals.json "$work/twice/a.json"
cp tests/unit/terms/tables/animals.json "$work/twice/b.json"
fails 1 "the same value set in two files" salve "${run[@]}" --vocabulary "$work/twice"
echo '{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:animals","code":"cat"}]}}' >"$work/o.json"
prints '^\[true\]$' "memberOf" salve fhirpath "code.memberOf('urn:mammals')" "$work/o.json" --vocabulary tests/unit/terms/tables
prints '^\[\]$' "memberOf without the value set" salve fhirpath "code.memberOf('urn:mammals')" "$work/o.json"
prints '^\[true\]$' "subsumes" salve fhirpath "code.coding.subsumes(%context.code.coding)" "$work/o.json"
finish
