#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# salve cql measure: a small measure with its logic as ELM beside it or inside the Bundle, over people in one file or two.
set -u
. tests/support/sh.sh
exists() { # NAME CODE: a define that asks for an Observation of that code within the period
    cat <<END
{"name":"$1","context":"Patient","expression":{"type":"Exists","operand":{"type":"Query","source":[{"alias":"O","expression":
 {"type":"Retrieve","dataType":"{http://hl7.org/fhir}Observation"}}],"relationship":[],"where":{"type":"And","operand":[
 {"type":"Equal","operand":[{"type":"Property","path":"code.text.value","scope":"O"},{"type":"Literal",
  "valueType":"{urn:hl7-org:elm-types:r1}String","value":"$2"}]},
 {"type":"In","operand":[{"type":"ToDateTime","operand":{"type":"Property","path":"effective.value","scope":"O"}},
  {"type":"ParameterRef","name":"Measurement Period"}]}]}}}}
END
}
cat >"$work/logic.json" <<END
{"library":{"identifier":{"id":"Cuff","version":"1"},"schemaIdentifier":{"id":"urn:hl7-org:elm"},
"usings":{"def":[{"localIdentifier":"FHIR","uri":"http://hl7.org/fhir","version":"4.0.1"}]},
"parameters":{"def":[{"name":"Measurement Period"}]},"statements":{"def":[
$(exists Seen visit),
$(exists Measured pressure)]}}}
END
population() { echo "{\"code\":{\"coding\":[{\"code\":\"$1\"}]},\"criteria\":{\"language\":\"text/cql\",\"expression\":\"$2\"}}"; }
measure="{\"resourceType\":\"Measure\",\"status\":\"draft\",\"url\":\"http://example.org/Measure/cuff\",\"version\":\"1\",
\"library\":[\"http://example.org/Library/Cuff\"],\"scoring\":{\"coding\":[{\"code\":\"proportion\"}]},\"group\":[{\"population\":[
$(population initial-population Seen),$(population denominator Seen),$(population numerator Measured)]}]}"
echo "$measure" >"$work/measure.json"
library="{\"resourceType\":\"Library\",\"status\":\"draft\",\"url\":\"http://example.org/Library/Cuff\",\"type\":{\"text\":\"logic\"},
\"content\":[{\"contentType\":\"application/elm+json\",\"data\":\"$(base64 <"$work/logic.json" | tr -d '\n')\"}]}"
echo "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":$measure},{\"resource\":$library}]}" >"$work/bundle.json"
observation() { echo "{\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"$1\"},\"effectiveDateTime\":\"$2\"}}"; }
person() { # ID OBSERVATION...
    local id=$1 one; shift
    printf '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"%s"}}' "$id"
    for one; do printf ',%s' "$one"; done
    echo ']}'
}
person a "$(observation visit 2026-03-01T09:00:00Z)" "$(observation pressure 2026-12-31T23:59:00Z)" >"$work/a.json"
person b "$(observation visit 2026-03-01T09:00:00Z)" "$(observation pressure 2025-12-31T23:59:00Z)" >"$work/b.json"
cat "$work/a.json" "$work/b.json" >"$work/both.ndjson"
year="--period 2026-01-01/2026-12-31 --now 2027-01-05T10:00:00Z"
counts() { # the counts and scores of each line of reports
    node -e 'for (const line of require("fs").readFileSync(0, "utf8").trim().split("\n")) {
        const r = JSON.parse(line);
        console.log(r.type, r.subject ? r.subject.reference : "-", r.measure, r.period.end, r.date,
            ...r.group[0].population.map(p => p.count), (r.group[0].measureScore || {value: "none"}).value);
    }'
}
want="individual Patient/a http://example.org/Measure/cuff|1 2026-12-31 2027-01-05 1 1 1 1
individual Patient/b http://example.org/Measure/cuff|1 2026-12-31 2027-01-05 1 1 0 0
summary - http://example.org/Measure/cuff|1 2026-12-31 2027-01-05 2 2 1 0.5"
is "a line for each person and a summary" "$(salve cql measure --measure "$work/bundle.json" --data "$work/both.ndjson" $year | counts)" "$want"
is "files one by one, the logic beside the measure" "$(salve cql measure --measure "$work/measure.json" --elm "$work/logic.json" \
    --data "$work/a.json" --data "$work/b.json" $year | counts)" "$want"
is "nobody in the period" "$(salve cql measure --measure "$work/bundle.json" --data "$work/a.json" --period 2024-01-01/2024-12-31 \
    --now 2027-01-05T10:00:00Z | counts | tail -n 1)" "summary - http://example.org/Measure/cuff|1 2024-12-31 2027-01-05 0 0 0 none"
# What Measure.library may be: canonicals with and without a version, a relative reference, a fullUrl, a contained Library.
entry() { echo "{\"fullUrl\":\"$1\",\"resource\":$2}"; }
bundle() { local IFS=,; echo "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[$*]}" >"$work/named.json"; }
library() { # JSON MEMBERS LOGIC
    echo "{\"resourceType\":\"Library\",\"status\":\"draft\",\"type\":{\"text\":\"logic\"},$1
\"content\":[{\"contentType\":\"application/elm+json\",\"data\":\"$(base64 <"$2" | tr -d '\n')\"}]}"
}
named() { echo "${measure/http:\/\/example.org\/Library\/Cuff/$1}"; }
last() { salve cql measure --measure "$work/named.json" --data "$work/both.ndjson" $year | counts | tail -n 1; }
summary=$(tail -n 1 <<<"$want")
sed 's/"version":"1"/"version":"2"/; s/"pressure"/"nothing"/' "$work/logic.json" >"$work/later.json"
one=$(library '"id":"cuff-logic","url":"http://example.org/Library/Cuff","version":"1",' "$work/logic.json")
two=$(library '"id":"cuff-later","url":"http://example.org/Library/Cuff","version":"2",' "$work/later.json")
bare=$(library '"id":"cuff-logic",' "$work/logic.json")
for text in http://example.org/Library/Cuff 'http://example.org/Library/Cuff|1' 'http://example.org/Library/Cuff|7' Library/cuff-logic \
    Library/Cuff 'Library/cuff-logic|1' Library/cuff-logic/_history/3 cuff-logic http://example.net/fhir/Library/cuff-logic; do
    bundle "$(entry http://example.org/Measure/cuff "$(named "$text")")" "$(entry http://example.net/fhir/Library/cuff-logic "$one")"
    is "the library as $text" "$(last)" "$summary"
done
for text in Library/cuff-logic Library/Cuff urn:uuid:11111111-1111-4111-8111-111111111111 http://example.org/Library/cuff-logic; do
    bundle "$(entry http://example.org/Measure/cuff "$(named "$text")")" "$(entry urn:uuid:11111111-1111-4111-8111-111111111111 "$bare")"
    is "a library without url as $text" "$(last)" "$summary"
done
bundle "$(entry http://example.org/Measure/cuff "$(named 'http://example.org/Library/Cuff|1')")" "$(entry http://example.net/a "$two")" "$(entry http://example.net/b "$one")"
is "the version that is named" "$(last)" "$summary"
for order in "$one $two" "$two $one"; do
    bundle "$(entry http://example.org/Measure/cuff "$measure")" "$(entry http://example.net/a "$([ "$order" = "$one $two" ] && echo "$one" || echo "$two")")" \
        "$(entry http://example.net/b "$([ "$order" = "$one $two" ] && echo "$two" || echo "$one")")"
    is "without a version the latest" "$(last | cut -d' ' -f6-)" "2 2 0 0"
done
contained=$(named '#cuff-logic')
bundle "$(entry http://example.org/Measure/cuff "{\"contained\":[$bare],${contained#\{}")"
is "a contained library" "$(last)" "$summary"
for text in Library/other http://example.com/Library/Cuff '#cuff-logic'; do
    bundle "$(entry http://example.org/Measure/cuff "$(named "$text")")" "$(entry http://example.net/fhir/Library/cuff-logic "$one")"
    fails 4 "another library is not taken for $text" salve cql measure --measure "$work/named.json" --data "$work/a.json" $year
done
# A population without criteria is named and left out.
without=${measure/"$(population numerator Measured)"/'{"code":{"coding":[{"code":"numerator"}]}},{"code":{"coding":[{"code":"denominator-exclusion"}]},"criteria":{"language":"text/cql"}}'}
bundle "$(entry http://example.org/Measure/cuff "$without")" "$(entry http://example.org/Library/Cuff "$one")"
salve cql measure --measure "$work/named.json" --data "$work/both.ndjson" $year >"$work/reports" 2>"$work/told"
is "what has criteria is counted" "$(counts <"$work/reports" | tail -n 1)" "summary - http://example.org/Measure/cuff|1 2026-12-31 2027-01-05 2 2 none"
for code in numerator denominator-exclusion; do
    is "$code is named" "$(grep -c "Measure/cuff, group 1: $code has no criteria and is left out" "$work/told")" 1
done
run=(salve cql measure --measure "$work/bundle.json")
ok "reports are valid FHIR" sh -c "'$SALVE' cql measure --measure '$work/bundle.json' --data '$work/a.json' $year | tail -n 1 >'$work/report.json' &&
    '$SALVE' fhir validate '$work/report.json'"
long=$(printf 'x%.0s' $(seq 70))
person "$long" "$(observation visit 2026-03-01T09:00:00Z)" >"$work/long.json"
is "a file with a fault is counted by the rest of it" "$("${run[@]}" --data "$work/long.json" $year 2>"$work/told" | counts | tail -n 1 | cut -d' ' -f6-)" "1 1 0 0"
is "and the fault is told" "$(grep -c 'long.json.*the rest of the file is used' "$work/told")" 1
is "without its value" "$(grep -c "$long" "$work/told")" 0
fails 1 "a file that is no FHIR" "${run[@]}" --data "$work/logic.json" $year
fails 1 "a person without a Patient" "${run[@]}" --data "$work/report.json" $year
fails 1 "a measure file without a measure" salve cql measure --measure "$work/a.json" --data "$work/a.json" $year
fails 4 "no logic" salve cql measure --measure "$work/measure.json" --data "$work/a.json" $year
fails 2 "no data" "${run[@]}" $year
fails 2 "no measure" salve cql measure --data "$work/a.json" $year
fails 2 "no period" "${run[@]}" --data "$work/a.json"
for wrong in 2026-01-01 2026-12-31/2026-01-01 2026-01-01/ /2026-01-01 2026-13-01/2026-12-31 a/b; do
    fails 2 "period $wrong" "${run[@]}" --data "$work/a.json" --period "$wrong"
done
sed 's/"proportion"/"guess"/' "$work/bundle.json" >"$work/guess.json"
fails 1 "an unknown scoring" salve cql measure --measure "$work/guess.json" --data "$work/a.json" $year
finish
