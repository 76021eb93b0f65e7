#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Hostile operands and files, bad moments, damaged sites: a clear error with its exit status, never a crash, nothing lost.
set -u
. tests/support/sh.sh
site=$work/clinic
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
says() { # REGEX NAME COMMAND...: standard error has a line that matches
    local regex=$1 name=$2; shift 2
    "$@" >/dev/null 2>"$work/.out" </dev/null
    if grep -qE -- "$regex" "$work/.out"; then pass; else fail "$name" "no line matches /$regex/"; fi
}

# init makes nothing when a word is wrong
fails 2 "init refuses an unknown role" salve init "$work/none" --key-file "$work/none.key" --staff x:boss
fails 2 "init refuses a name that is no pseudonym" salve init "$work/none" --key-file "$work/none.key" --staff 'Dr A:clinician'
fails 2 "init refuses a site without a name" salve init "$work/none" --key-file "$work/none.key" --name ''
fails 2 "init refuses control characters in a name" salve init "$work/none" --key-file "$work/none.key" --name $'North\e[31m'
is "and has made nothing" "$(ls -d "$work"/none* 2>/dev/null)" ""
ok "a site" salve init --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant
for id in body-measures blood-pressure; do ok "accept $id" salve guideline accept $id --as dr-amina; done

# secrets
head -c 31 /dev/zero >"$work/31.key"; : >"$work/0.key"; echo wrong >"$work/wrong"
for key in 31.key 0.key; do fails 1 "a key file $key" salve --key-file "$work/$key" staff; done
fails 1 "a wrong passphrase" salve --passphrase-file "$work/wrong" staff
fails 4 "no key file" salve --key-file "$work/nowhere" staff
fails 1 "a folder for a key file" salve --key-file "$work" staff

# files
for file in /dev/zero . "$SALVE"; do
    fails 1 "enrol from $file" salve enrol --as kofi "$file"
    fails 1 "screen $file" salve screen --paper "$file"
    fails 1 "fhirpath on $file" salve fhirpath id "$file"
done
mkfifo "$work/pipe"; (cat tests/conformance/cli/patient.json >"$work/pipe") &
ok "a pipe is read to its end" salve fhir validate "$work/pipe"
wait

# names that aim at terminals and letters
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
write({family: "Wolfeschlegel".repeat(40), given: ["Mamadou ".repeat(60)]});
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
is "a long name is cut" "$(salve letter --paper "$work/long-bundle.json" --as dr-amina -q | grep -cE '<p>(Mamadou ){10}…</p>')" 1

# outputs
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
other=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
for one in "$card" "$other"; do ok "consent" salve consent give "$one" --purpose care --read-back 1 --as kofi; done
ok "import" salve import "$card" "$work/measured.json" --as lina
fails 9 "a full disk" salve take "$card" -o /dev/full
fails 1 "a folder as output" salve take "$card" -o "$work"
ln -s /dev/null "$work/device"
ok "a device as output" salve take "$card" -o "$work/device"
is "stays a device" "$([ -c "$work/device" ] && echo yes)" yes
sed 's/1972-03-14/1980-01-01/' "$work/measured.json" >"$work/somebody-else.json"
fails 6 "a file about somebody else" salve import "$card" "$work/somebody-else.json" --as lina
ok "unless the birth date is to be corrected" salve import "$card" "$work/somebody-else.json" --as lina --yes
ok "new people" salve import --enrol "$work/measured.json" --purpose care --read-back 1 --as lina -o "$work/cards.csv"
cp "$work/cards.csv" "$work/cards.before"
fails 6 "cards are never written over" salve import --enrol "$work/measured.json" --purpose care --read-back 1 --as lina -o "$work/cards.csv"
ok "and are as they were" cmp "$work/cards.csv" "$work/cards.before"

# consent of children, of a helper; rights in an unknown language
printf '{"resourceType":"Patient","name":[{"family":"K"}],"birthDate":"%d-01-01"}' $(($(date -u +%Y) - 8)) >"$work/child.json"
child=$(salve enrol -q --as kofi "$work/child.json")
fails 7 "a child alone" salve consent give "$child" --purpose care --read-back 1 --as kofi
fails 7 "a child that was not asked" salve consent give "$child" --purpose care --read-back 1 --as kofi --guardian
fails 7 "a child that says no" salve consent give "$child" --purpose care --read-back 1 --as kofi --guardian --assent dissent
ok "a child and a guardian" salve consent give "$child" --purpose care --read-back 1 --as kofi --guardian --assent given
fails 2 "a helper without a name" salve consent give "$card" --purpose helper --read-back 1 --as kofi
ok "a helper" salve consent give "$card" --purpose helper --to daughter-1 --read-back 1 --as kofi
ok "what is kept apart has its own tick" salve consent give "$card" --purpose care --sensitive --read-back 1 --as kofi
fails 4 "withdrawing in an unknown language" salve withdraw "$card" --purpose helper --lang xx
prints 'helper +on' "has changed nothing" salve consent list "$card"
fails 4 "erasing in an unknown language" salve erase "$card" --yes --lang xx
ok "has erased nothing" salve looked "$card"

# kill -9 in the middle of an import: what has a card is there, and the site verifies
{ head -n 1 "${SALVE_DATA:-../shared/data}/nhanes-sample/sample.csv" && sed -n 2,80p "${SALVE_DATA:-../shared/data}/nhanes-sample/sample.csv"; } \
    >"$work/rows.csv" 2>/dev/null
if [ -s "$work/rows.csv" ]; then
    "$SALVE" import --enrol "$work/rows.csv" --map maps/nhanes.json --purpose care --read-back 1 --as lina -q \
        -o "$work/killed.csv" >/dev/null 2>&1 &
    victim=$!
    while [ "$(wc -l 2>/dev/null <"$work/killed.csv")" -lt 6 ] 2>/dev/null || [ ! -s "$work/killed.csv" ]; do sleep 0.05; done
    says 'SLV-502' "a second process is told to wait" salve staff
    says "$victim" "and by whom the site is used" salve staff
    kill -9 $victim; wait $victim 2>/dev/null
    ok "opening the site after kill -9 completes what was cut off" salve staff
    ok "and it verifies" salve verify
    while IFS=, read -r _ killed; do ok "a card of before opens" salve looked "$killed"; done < <(sed -n '2,$p' "$work/killed.csv")
else
    skip 4
fi

# one bit of each file: never a crash, and an error that names something
cp -r "$site" "$work/whole"
for file in site.db keys.db keys.epoch checkpoint signed-head revoked; do
    [ -s "$work/whole/$file" ] || continue
    size=$(stat -c %s "$work/whole/$file")
    for at in 0 $((size / 3)) $((size / 2)) $((size - 1)); do
        rm -rf "$site"; cp -r "$work/whole" "$site"
        byte=$(od -An -tu1 -j "$at" -N 1 "$site/$file")
        printf "\\x$(printf %x $((byte ^ 4)))" | dd of="$site/$file" bs=1 seek="$at" conv=notrunc status=none
        salve verify >"$work/.out" 2>&1
        if [ $? -eq 8 ] && grep -q "$file" "$work/.out"; then pass; else fail "verify with bit 2 of byte $at of $file flipped" "finds nothing"; fi
        for command in "staff" "looked $other" "screen $other --as dr-amina" "take $other" "doctor" "verify"; do
            # shellcheck disable=SC2086
            salve $command >"$work/said" 2>&1 </dev/null
            status=$?
            if [ $status -le 9 ] && { [ $status -eq 0 ] || grep -qE 'SLV-|FAULT' "$work/said"; }; then pass
            else cp "$work/said" "$work/.out"; fail "$command with bit 2 of byte $at of $file flipped" "exit status $status"; fi
        done
    done
done
rm -rf "$site"; cp -r "$work/whole" "$site"
prints 'clean$' "the whole site verifies" salve verify
finish
