#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The author's loop: a new guideline is whole, translates and passes its own cases; a slip in its CQL is shown with
# file, line and column; nothing that is there is overwritten.
set -u
. tests/support/sh.sh
export SALVE_SHARE=$(dirname "$SALVE")/share
mkdir "$work/guidelines"
ok "a folder is made" salve guideline new test-rate "$work/guidelines"
is "with the same files as the template" "$(cd "$work/guidelines/test-rate" && find . -type f | sort)" \
    "$(cd guidelines/lib/template && find . -type f | sort)"
is "no mark of the template is left" "$(grep -rlE '@[A-Z]+@' "$work/guidelines" | wc -l)" 0
is "its library has the name of the folder" "$(grep -c '^library TestRate ' "$work/guidelines/test-rate/logic.cql")" 1
fails 6 "a folder that is there is refused" salve guideline new test-rate "$work/guidelines"
fails 4 "a place that is not there is refused" salve guideline new other "$work/none"
for id in Heart heart_rate -a a- a--b ../x lib ''; do
    fails 2 "'$id' is no id" salve guideline new -- "$id" "$work/guidelines"
done
is "and only the one was made" "$(ls "$work/guidelines")" test-rate
ok "on leap day too" salve guideline new leap "$work/guidelines" --now 2028-02-29T10:00:00Z
is "the review date is a day that there is" \
    "$(grep -c '"review-by": "2029-02-28"' "$work/guidelines/leap/guideline.json")" 1
rm -r "$work/guidelines/leap"
is "with --json it names the folder" "$(salve guideline new other "$work/guidelines" --json)" \
    "{\"id\":\"other\",\"folder\":\"$work/guidelines/other\"}"
rm -r "$work/guidelines/other"

share=$work/share
mkdir "$share" "$work/guidelines/lib"
cp -R "$SALVE_SHARE/." "$share/"
find "$share/guidelines" -mindepth 1 -maxdepth 1 ! -name lib -exec rm -r {} +
cp guidelines/lib/*.cql "$work/guidelines/lib/"
cp -R "$work/guidelines/test-rate" "$share/guidelines/"
ok "it translates" tools/node tools/translate.mjs "$work/guidelines" "$share/guidelines"
is "without a warning" "$(cat "$work/.out")" ""
export SALVE_SHARE=$share
ok "it passes the check" salve guideline check test-rate
prints '^[1-9][0-9]+ passed, 0 failed$' "and its cases count" salve guideline check test-rate
cp "$work/guidelines/test-rate/logic.cql" "$work/kept.cql"
sed -i "s/category: \"Category\"/category: 'usual'/" "$work/guidelines/test-rate/logic.cql"
ok "a category for everybody translates" tools/node tools/translate.mjs "$work/guidelines" "$share/guidelines"
fails 1 "but a category without an assessment is no finding" salve guideline check test-rate
is "and the rule is named" "$(grep -o 'test-rate: category: only an assessed item has one' "$work/.out" | sort -u | wc -l)" 1
cp "$work/kept.cql" "$work/guidelines/test-rate/logic.cql"
mkdir "$work/guidelines/test-rate/valuesets"
sed -i 's|^context Patient|valueset "Rates": '"'urn:rates'"'\n\ncontext Patient|; s|(\[Observation: "Heart rate"\]|([Observation: "Rates"]|' \
    "$work/guidelines/test-rate/logic.cql"
ok "logic that names a value set translates" tools/node tools/translate.mjs "$work/guidelines" "$share/guidelines"
fails 1 "a value set that is nowhere is a failed check" salve guideline check test-rate
place=$(grep -n '^valueset' "$work/guidelines/test-rate/logic.cql" | cut -d: -f1)
is "named with file, line and column" "$(grep -c "test-rate/logic.cql:$place:1: Rates" "$work/.out")" 1
mkdir "$share/guidelines/test-rate/valuesets"
cat >"$share/guidelines/test-rate/valuesets/rates.json" <<'END'
{"resourceType":"ValueSet","url":"urn:rates","status":"active","expansion":{"timestamp":"2026-01-01","contains":[
  {"system":"http://loinc.org","code":"8867-4"},{"system":"http://loinc.org","code":"40443-4"}]}}
END
ok "with the value set in its folder all cases pass" salve guideline check test-rate
sed -i 's/8867-4/8867-5/' "$share/guidelines/test-rate/valuesets/rates.json"
fails 1 "a value set without the code fails the cases" salve guideline check test-rate
echo '{' >"$share/guidelines/test-rate/valuesets/rates.json"
fails 1 "a broken value set is refused" salve guideline check test-rate
is "and named" "$(grep -c 'test-rate/valuesets/rates.json' "$work/.out")" 1

line=$(grep -n '^define "Excluded"' "$work/guidelines/test-rate/logic.cql" | cut -d: -f1)
sed -i "${line}s/\"Age below\"/\"Age belo\"/" "$work/guidelines/test-rate/logic.cql"
fails 1 "a slip stops the translation" tools/node tools/translate.mjs "$work/guidelines" "$share/guidelines"
is "with file, line and column" \
    "$(grep -cE "^$work/guidelines/test-rate/logic.cql:$line:[0-9]+: .*Age belo" "$work/.out")" 1
finish
