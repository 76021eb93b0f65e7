#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Names that aim at terminals and letters.
set -u
. tests/support/hostile.sh
make_site
printf '{"resourceType":"Patient","birthDate":"1972-03-14","name":[{"family":"E\\u009b31mv\\u202eil","given":["<b>Bo</b>"]}]}' >"$work/evil.json"
printf '{"resourceType":"Patient","name":[{"family":"E\\u001b[31m"}]}' >"$work/escape.json"
printf '{"resourceType":"Patient","na\\u001b[31m":1}' >"$work/key.json"
printf '{"resourceType":"Patient","name":[{"family":"N\\u0000"}]}' >"$work/nul.json"
fails 1 "an escape in a name" salve enrol --as kofi "$work/escape.json"
fails 1 "a NUL in a name" salve enrol --as kofi "$work/nul.json"
salve enrol --as kofi "$work/key.json" >"$work/said" 2>&1
is "a name of an element does not reach the terminal as it is" "$(grep -c $'\e' "$work/said")" 0
salve looked $'\e[31m' >"$work/said" 2>&1; salve -C $'\e[31m' staff >>"$work/said" 2>&1; salve $'\e[31m' >>"$work/said" 2>&1
is "nor does an operand" "$(grep -c $'\e' "$work/said")" 0
ok "a name with odd characters is a name" salve enrol --as kofi "$work/evil.json"
node -e '
const fs = require("fs"), [dir] = process.argv.slice(1);
const read = () => JSON.parse(fs.readFileSync(dir + "/measured.json"));
const write = (name_of_person, units) => {
    const bundle = read();
    bundle.entry.find(e => e.resource.resourceType === "Patient").resource.name = [name_of_person];
    if (units) for (const e of bundle.entry) if (e.resource.valueQuantity) e.resource.valueQuantity.unit = units;
    fs.writeFileSync(`${dir}/${bundle.entry.length}.json`, JSON.stringify(bundle));
    return bundle;
};
write({family: "E\u009b31mv\u202eil", given: ["<script>alert(1)</script>"]}, "k\u009b31m\u202eg");
fs.renameSync(`${dir}/${read().entry.length}.json`, dir + "/evil-bundle.json");
write({family: "Wolfeschlegel-Steinhausen ".repeat(9), given: ["Mamadou ".repeat(60)]});
fs.renameSync(`${dir}/${read().entry.length}.json`, dir + "/long-bundle.json");
const empty = read(); empty.entry = empty.entry.filter(e => e.resource.resourceType === "Patient");
fs.writeFileSync(dir + "/empty-bundle.json", JSON.stringify(empty));' "$work"
ok "a letter for an odd name" salve letter --paper "$work/evil-bundle.json" --as dr-amina -o "$work/evil.html"
is "still names the person" "$(grep -c '<p>&lt;script&gt;alert(1)&lt;/script&gt; E31mvil</p>' "$work/evil.html")" 1
is "has no script" "$(grep -ci '<script' "$work/evil.html")" 0
is "no control characters, nothing that turns the text" "$(grep -cP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$work/evil.html")" 0
salve screen --paper "$work/evil-bundle.json" >"$work/said" 2>&1
is "findings carry none either" "$(LC_ALL=C grep -cP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\x1b' "$work/said")" 0
for kind in evil long empty; do
    ok "a PDF letter for the $kind file" salve letter --paper "$work/$kind-bundle.json" --as dr-amina -o "$work/$kind.pdf"
    ok "is whole" qpdf --check "$work/$kind.pdf"
done
is "a long name is all there" "$(salve letter --paper "$work/long-bundle.json" --as dr-amina -q |
    grep -cE '<p>(Mamadou ){60} (Wolfeschlegel-Steinhausen ){9}</p>')" 1
finish
