#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A site of layout 1: every command but verify and upgrade refuses it, changes nothing, and names 'salve upgrade'. Upgraded, it
# is used as any other. That it loses nothing: tests/fault/records/records_earlier_site.c, tests/crash/records/records_upgrade.c.
set -u
. tests/support/sh.sh
cp -r tests/fixtures/layout-1 "$work/old"
cp tests/fixtures/layout-1.key "$work/old.key"
chmod 600 "$work/old.key"
export SALVE_SITE=$work/old SALVE_KEY_FILE=$work/old.key
printf 'mia 112233\nlina 223344\nkofi 334455\ntech-li 445566\n' >"$work/pins"
chmod 600 "$work/pins"
export SALVE_PIN_FILE=$work/pins
card=$(basename "$(ls tests/fixtures/layout-1-taken/*.json | head -1)" .json)
born=$(grep -o '"birthDate":"[^"]*"' "tests/fixtures/layout-1-taken/$card.json" | head -1 | cut -d'"' -f4)
sums() { (cd "$SALVE_SITE" && sha256sum site.db keys.db keys.epoch revoked signed-head checkpoint); }
before=$(sums)
mkdir "$work/data" "$work/keys"
while read -r command; do
    # shellcheck disable=SC2086
    salve $command >"$work/said" 2>&1 </dev/null
    status=$?
    is "$command: it is refused" "$([ $status -ne 0 ] && echo yes)" yes
    is "$command: the way on is named" "$(grep -c 'salve upgrade' "$work/said")" 1
done <<COMMANDS
staff
staff --as mia --staff new:registrar
staff retire lina --as mia
settings
enrol tests/conformance/cli/patient.json --as kofi
consent give $card --purpose care --as kofi --read-back 1
consent list $card
import $card tests/conformance/cli/measured.json --as lina
screen $card --as lina
sign $card --as dr-amina
letter $card -o $work/letter.pdf
card $card
looked $card
receipt $card
history $card Observation/x
take $card -o $work/taken.json
withdraw $card --purpose care --as kofi
erase $card --yes
clock --as tech-li --yes
keys rotate --as tech-li
keys change --as tech-li --new-key-file $work/new.key
keys forget --as tech-li --yes
backup $work/data --keys $work/keys --as tech-li
log successor --yes
revoked --yes
doctor
COMMANDS
is "nothing was changed" "$(sums)" "$before"
ok "verify looks at it" salve verify
is "and changes nothing" "$(sums)" "$before"
ok "it is tried on a copy" salve upgrade --dry-run
is "and nothing was changed" "$(sums)" "$before"
is "nor left beside it" "$(ls -d "$SALVE_SITE".upgrading 2>/dev/null)" ""
ok "upgrade" salve upgrade
fails 6 "once is enough" salve upgrade
ok "it is clean" salve verify
fails 7 "nobody has a PIN yet" salve staff --as mia --staff new:registrar
fails 2 "not everybody gets one from whoever opens the site" salve staff pin kofi --new-pin-file "$work/pins"
ok "a manager does" salve staff pin mia --new-pin-file "$work/pins"
fails 2 "once" salve staff pin mia --new-pin-file "$work/pins"
ok "who sets the others'" salve staff pin kofi --as mia --new-pin-file "$work/pins"
ok "and they work" salve enrol tests/conformance/cli/patient.json --as kofi
prints '^....-..-..T' "the person sees who looked" salve looked "$card" --born "$born"
finish
