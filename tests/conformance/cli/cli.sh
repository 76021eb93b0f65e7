#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command line itself: usage, messages, help, manual, completion.
set -u
. tests/support/sh.sh
ok "help" salve help
is "help fits 80 columns" "$(salve help | awk 'length > 80' | wc -l)" 0
is "help fits 24 lines" "$([ "$(salve help | wc -l)" -le 24 ] && echo yes)" yes
ok "no words is help" salve
prints "salve staff retire" "help of a command tells the ones behind it" salve help staff
fails 2 "an unknown command is wrong usage" salve enroll
is "and the nearest command is named" "$(salve enroll 2>&1 | grep -c "did you mean 'enrol'")" 1
fails 2 "an unknown option is wrong usage" salve demo --fast
fails 2 "an option of another command is refused" salve version --paper
fails 2 "an option without its argument" salve enrol --as
fails 2 "a missing operand" salve letter
fails 2 "too many operands" salve sign a b
fails 4 "no site" salve -C "$work/none" staff
is "an error has what, why and next" "$(salve -C "$work/none" staff 2>&1 | grep -cE 'salve:|why:|next:')" 3
is "an error is JSON with --json" "$(salve -C "$work/none" staff --json 2>&1 | grep -c '"code":"SLV-103"')" 1
prints 'SLV-401' "explain knows every code" salve explain SLV-401
fails 4 "explain of an unknown code" salve explain SLV-999
for command in $(salve help | sed -z 's:|\n *:|:g' | sed -n '/^  Try it/,/^$/p' | sed -E 's/^  (.{12})//; s/  +/\n/g' | sed '/^$/d; s/ /_/g'); do
    ok "help of ${command//_/ }" salve help ${command//_/ }
done
prints '^\.TH SALVE' "the manual page" salve man
for shell in bash zsh fish; do ok "completion for $shell" salve completion $shell; done
ok "bash takes the completion" bash -c "$(salve completion bash)"
fails 2 "completion for an unknown shell" salve completion tcsh
printf '{"resourceType":"Patient","birthDate":"1990-02-30"}' >"$work/bad.json"
printf '{"resourceType":"Patient","birthDate":"1990-02-28"}' >"$work/good.json"
ok "fhir validate accepts" salve fhir validate "$work/good.json"
fails 5 "fhir validate finds an error" salve fhir validate "$work/good.json" "$work/bad.json"
is "and never echoes the value" "$(salve fhir validate "$work/bad.json" 2>&1 | grep -c '1990-02-30')" 0
# What R4 does not have, or what is no resource, is an OperationOutcome like any other fault, and the next file is judged.
for text in '{"resourceType":"Foo","id":"x"}' '{"resourceType":"Attachment"}' '{"resourceType":"DomainResource"}' \
    '{"resourceType":"foo"}' '{"resourceType":5}' '{"resourceType":""}' '{"id":"x"}' '{}' '[]' '5' 'null' '"Patient"' ''; do
    printf '%s' "$text" >"$work/unknown.json"
    salve fhir validate "$work/unknown.json" "$work/bad.json" "$work/good.json" >"$work/outcomes" 2>/dev/null
    is "status for $text" "$?" 5
    is "an OperationOutcome a file for $text" "$(grep -c '"resourceType": "OperationOutcome"' "$work/outcomes")" 3
done
printf '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Foo"}}]}' >"$work/unknown.json"
fails 5 "the same in a Bundle" salve fhir validate "$work/unknown.json"
fails 4 "a file that is not there keeps its status" salve fhir validate "$work/none.json" "$work/good.json" "$work/none2.json"
is "and the others are judged" "$(salve fhir validate "$work/none.json" "$work/good.json" "$work/none2.json" 2>/dev/null | grep -c OperationOutcome)" 1
is "and each is named" "$(salve fhir validate "$work/none.json" "$work/good.json" "$work/none2.json" 2>&1 | grep -c 'none2*\.json')" 2
# A resource that lacks required elements, or breaks another rule, is evaluated as far as it could be read.
printf '{"resourceType":"Observation","id":"%080d","valueInteger":5,"component":[]}' 0 >"$work/lacks.json"
prints '^\[5\]$' "fhirpath on what lacks required elements" salve fhirpath 'Observation.value' "$work/lacks.json"
prints '^\[true\]$' "they are not there" salve fhirpath 'status.empty() and code.empty()' "$work/lacks.json"
is "and a warning names one" "$(salve fhirpath 'value' "$work/lacks.json" 2>&1 >/dev/null | grep -c 'Observation\.[a-z]*: .*rest of the file is used')" 1
printf '{"resourceType":"Foo"}' >"$work/unknown.json"
fails 1 "fhirpath has nothing to ask without a resource" salve fhirpath 'id' "$work/unknown.json"
prints '^\["?1990-02-28"?\]$' "fhirpath prints a JSON array" salve fhirpath birthDate "$work/good.json"
fails 1 "fhirpath names the place of an error" salve fhirpath 'birthDate.' "$work/good.json"
fails 4 "a file that is not there" salve fhir validate "$work/none.json"
truncate -s 1G "$work/huge.json"
fails 1 "a gigabyte is refused by its size" salve fhir validate "$work/huge.json"
is "and the limit is named" "$(salve fhir validate "$work/huge.json" 2>&1 | grep -c SLV-301)" 1
printf '%0100000d' 0 | sed 's/0/[/g' >"$work/deep.json"
fails 5 "deep nesting is refused" salve fhir validate "$work/deep.json"
is "a full standard output is an error" "$(salve help >/dev/full 2>/dev/null; echo $?)" 1
finish
