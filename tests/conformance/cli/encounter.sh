#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is measured names its visit: the first of the day opens an Encounter, later ones of that day join it, also a file of
# that day; a laboratory result belongs to the visit of its sample, and a file that came twice stays one.
set -u
. tests/support/hostile.sh
make_site
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
made salve consent give "$card" --purpose care --read-back 1 --as kofi
mine() { salve take "$card" --born $born -o "$work/mine.json" 2>/dev/null; }
count() { mine; grep -o "$1" "$work/mine.json" | sort -u | wc -l; }
named() { mine; grep -o '"encounter":{"reference":"Encounter/[^"]*"}' "$work/mine.json" | wc -l; }
observation() { # ID TIME CODE VALUE UNIT
    echo "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"$1\",\"status\":\"final\",\"effectiveDateTime\":\"$2\",
\"subject\":{\"reference\":\"Patient/x\"},\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"$3\"}]},
\"valueQuantity\":{\"value\":$4,\"unit\":\"$5\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"$5\"}}}"
}
bundle() { # FILE ENTRY...
    local file=$1 one all=''; shift
    for one; do all=$all,$one; done
    echo "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":$(sed 's/^{/{"id":"x",/' tests/conformance/cli/patient.json | tr -d '\n')}$all]}" >"$file"
}

made salve measure "$card" pulse 72 weight 70 --as lina
is "the first of the day opens a visit" "$(count '"resourceType":"Encounter"')" 1
is "which both of its values name" "$(named)" 2
is "it is open" "$(count '"status":"in-progress"')" 1
made salve measure "$card" height 161 --as lina
is "a later one joins it" "$(count 'Encounter/[^"]*')" 1
is "and names it" "$(named)" 3

bundle "$work/file.json" "$(observation lab "$(date -u +%FT%TZ)" 4548-4 5.4 %)" "$(observation old 2025-03-02T08:00:00Z 718-7 140 g/L)"
ok "a file of the day" salve import "$card" "$work/file.json" --as lina
is "joins it too, and what was measured long ago does not" "$(named) $(count 'Encounter/[^"]*')" "4 1"
ok "the same file again" salve import "$card" "$work/file.json" --as lina
is "is already here" "$(mine; grep -o '"resourceType":"Observation"' "$work/mine.json" | wc -l) $(named)" "5 4"
ok "what is kept is valid FHIR" salve fhir validate "$work/mine.json"

stay='{"resource":{"resourceType":"Encounter","id":"spring","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
"subject":{"reference":"Patient/x"},"period":{"start":"2025-03-02T07:30:00Z","end":"2025-03-02T09:00:00Z"}}}'
bundle "$work/late.json" "$stay" "$(observation late 2025-03-02T08:30:00Z 2823-3 4.1 mmol/L)" "$(observation other 2025-03-03T08:30:00Z 2951-2 140 mmol/L)"
ok "a visit that came with a file" salve import "$card" "$work/late.json" --as lina
is "is that of the sample of its day, and of no other" "$(named) $(count 'Encounter/[^"]*')" "5 2"
finish
