#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guideline folder that is broken is named, with its file; what a site accepted is kept there and goes on.
set -u
. tests/support/sh.sh
site=$work/clinic share=$work/share
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
cp -R "${BUILD:-build}/share" "$share"
today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
s() { salve --share "$share" "$@"; }

ok "a site" s init "$site" --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician
ok "blood pressure is accepted" s guideline accept blood-pressure --as dr-amina
ok "and screens" s screen --paper "$work/measured.json"
cp "$work/.out" "$work/whole"

for file in guideline.json logic.json letter.ar.json; do
    cp "$share/guidelines/kidney/$file" "$work/kept"
    echo '{' >"$share/guidelines/kidney/$file"
    ok "a broken $file that the site does not use stops no screening" s screen --paper "$work/measured.json"
    is "and changes no word of it ($file)" "$(cat "$work/.out")" "$(cat "$work/whole")"
    prints "^kidney +cannot be used: .*kidney/$file" "guideline list names the folder and $file" s guideline list
    cp "$work/kept" "$share/guidelines/kidney/$file"
done
rm "$share/guidelines/kidney/logic.json"
ok "nor does one whose logic is not there" s screen --paper "$work/measured.json"
is "and nothing else changes" "$(cat "$work/.out")" "$(cat "$work/whole")"
cp "${BUILD:-build}/share/guidelines/kidney/logic.json" "$share/guidelines/kidney/logic.json"

# What was accepted is kept in the site: a folder that breaks afterwards changes nothing.
for file in guideline.json logic.json letter.en.json; do
    cp "$share/guidelines/blood-pressure/$file" "$work/kept"
    echo '{' >"$share/guidelines/blood-pressure/$file"
    ok "a broken $file of what the site accepted stops no screening" s screen --paper "$work/measured.json"
    is "and changes no word of it ($file)" "$(cat "$work/.out")" "$(cat "$work/whole")"
    s guideline list >"$work/told" 2>&1
    is "guideline list names the folder and $file" "$(grep -c "^blood-pressure  *cannot be used: .*blood-pressure/$file" "$work/told")" 1
    is "and what is in force ($file)" "$(grep -A2 '^blood-pressure .*accepted by dr-amina' "$work/told" | grep -c 'the share folder has no whole one')" 1
    cp "$work/kept" "$share/guidelines/blood-pressure/$file"
done
mv "$share/guidelines/blood-pressure" "$work/away"
ok "nor does one that is away" s screen --paper "$work/measured.json"
is "and nothing else changes" "$(cat "$work/.out")" "$(cat "$work/whole")"
mv "$work/away" "$share/guidelines/blood-pressure"
ok "whole again, it screens" s screen --paper "$work/measured.json"
is "as before" "$(cat "$work/.out")" "$(cat "$work/whole")"

# Logic that ends with an error while it runs stops no other guideline, and does not pass for a result.
ok "the whole kidney is accepted" s guideline accept kidney --as dr-amina
ok "both screen" s screen --paper "$work/measured.json"
cp "$work/.out" "$work/both"
fail_at_run() { # folder: its Findings become a Message of severity Error
    tools/node -e '
        const fs = require("fs"), file = process.argv[1], elm = JSON.parse(fs.readFileSync(file));
        const text = value => ({ type: "Literal", valueType: "{urn:hl7-org:elm-types:r1}String", value });
        const yes = { type: "Literal", valueType: "{urn:hl7-org:elm-types:r1}Boolean", value: "true" };
        elm.library.statements.def.find(def => def.name === "Findings").expression =
            { type: "Message", source: { type: "Null" }, condition: yes, code: text("c"), severity: text("Error"), message: text("m") };
        fs.writeFileSync(file, JSON.stringify(elm));' "$share/guidelines/$1/logic.json"
}
fail_at_run kidney
ok "logic that will fail is accepted like any other" s guideline accept kidney --as dr-amina
s screen --paper "$work/measured.json" >"$work/told" 2>"$work/why"
is "screening says so at its end" "$?" 1
is "each item of it is named as not judged" "$(grep -o '^  .*: not judged' "$work/told")" "$(printf '  %s: not judged\n' egfr uacr kdigo)"
is "the error is told" "$(grep -c 'guideline kidney' "$work/why")" 1
is "what the others found is the same" "$(grep -A2 'bp-category' "$work/told")" "$(grep -A2 'bp-category' "$work/both")"
cp "${BUILD:-build}/share/guidelines/kidney/logic.json" "$share/guidelines/kidney/logic.json"
ok "whole again, it is accepted" s guideline accept kidney --as dr-amina
ok "whole again, it screens" s screen --paper "$work/measured.json"
is "as before" "$(cat "$work/.out")" "$(cat "$work/both")"
finish
