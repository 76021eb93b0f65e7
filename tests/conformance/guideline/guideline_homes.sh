#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every observation code of LOINC that is admitted has a home: a line of the alarms, an input of a guideline, a panel that is read
# through its members, or this list of codes without an alarm, which nobody judges yet.
set -u
. tests/support/sh.sh
unjudged="2075-0 2069-3 2885-2 1751-7 10834-0 6768-6 2324-2 20570-8 4544-3 789-8 787-2 785-6 786-4 788-0 21000-5 32207-3 32623-1 2276-4 30522-7 3016-3 2132-9
2284-8 14635-7 2857-1 33762-6 10230-1 19926-5 20150-9 19868-9 38265-5 72106-8 72514-3 5767-9 32167-9 5778-6 5792-7 25428-4 20505-4 5770-3 5811-5 5803-2 5802-4
5799-2 2514-8 5797-6 5794-3 20454-5 5804-0"
# Other ways to write age, waist, albumin, stages and results that the guidelines take by another code or as a question.
others="21612-7 56086-2 32294-1 96259-7 57905-2 38379-4 46244-0 88874-3"
panels="44249-1 69722-7 69737-5 72109-2 72110-0 58410-2 24360-0 51990-0 24321-2 24323-8 24325-3 57698-3 24331-1 24357-6 24356-8 8716-3 85353-1"
sed -n 's|^code observation http://loinc.org ||p' tests/never/admit/allowlist.txt | sort -u >"$work/admitted"
{
    grep -ohE "'[0-9]+-[0-9]'" guidelines/*/logic.cql guidelines/lib/*.cql "${BUILD:-build}"/gen/guidelines/alarms/logic.cql | tr -d "'"
    grep -ohE '"[0-9]+-[0-9]"' guidelines/*/guideline.json | tr -d '"'
    tr ' ' '\n' <<<"$unjudged $others $panels"
} | sort -u >"$work/homes"
comm -23 "$work/admitted" "$work/homes" >"$work/homeless"
while read -r code; do fail "an admitted code without a home" "$code"; done <"$work/homeless"
is "every other admitted code has one" "$(comm -12 "$work/admitted" "$work/homes" | wc -l)" "$(($(wc -l <"$work/admitted") - $(wc -l <"$work/homeless")))"
# What the alarms judge is not on the list of what nobody judges.
tools/node -e '
    const t = JSON.parse(require("fs").readFileSync("guidelines/alarms/lines.json"));
    console.log(t.quantities.filter((q) => !q.name.startsWith("urine-")).flatMap((q) => q.codes.flatMap(([c]) => c.split(" "))).join("\n"))' | sort -u >"$work/judged"
is "no code of a line is called unjudged" "$(tr ' ' '\n' <<<"$unjudged" | sort -u | comm -12 - "$work/judged" | wc -l)" 0
is "every code of a line is admitted" "$(comm -23 "$work/judged" "$work/admitted" | tr '\n' ' ')" ""
finish
