#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N18: care is never refused. With every purpose off, in whatever way it came to be off, the check is completed and the
# letter printed on paper, and the same letter whatever was chosen.
# N9 and N17 on the command line: such a check leaves the site as it was, and staff see the same bytes for a purpose that
# was never asked for, not agreed to, or taken back. N14: no file of the site and no message holds a value or a name.
set -u
. tests/support/sh.sh
site=$work/clinic
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
content() { (cd "$site" && sha256sum site.db keys.db keys.epoch checkpoint signed-head 2>/dev/null; ls); }

ok "a site" salve init "$site" --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician \
    --staff kofi:registrar --staff tom:technician --staff maria:manager
for id in body-measures blood-pressure glycaemia kidney; do ok "accept $id" salve guideline accept "$id" --as dr-amina; done

# Nobody enrolled, nothing agreed to: the whole check on paper.
before=$(content)
ok "the check runs without any consent" salve screen --paper "$work/measured.json"
cp "$work/.out" "$work/findings.none"
ok "and is printed" salve letter --paper "$work/measured.json" --as dr-amina -o "$work/letter.none.html"
is "and leaves the site as it was" "$(content)" "$before"

# Every combination of four purposes, given and then taken back: always off in the end, and the check always completes.
purposes=(care follow-up statistics research-contact)
for mix in 0 1 2 4 8 5 10 15; do
    card=$(salve enrol --as kofi tests/conformance/cli/patient.json 2>/dev/null | head -1)
    [ -n "$card" ] || { fail "enrol for mixture $mix" "no card"; continue; }
    for i in 0 1 2 3; do
        [ $((mix >> i & 1)) -eq 1 ] || continue
        ok "give ${purposes[i]} ($mix)" salve consent give "$card" --purpose "${purposes[i]}" --method card --read-back 1 --as kofi
        ok "take back ${purposes[i]} ($mix)" salve withdraw "$card" --born $born --purpose "${purposes[i]}"
    done
    salve screen "$card" --as dr-amina >"$work/staff.$mix" 2>&1 </dev/null
    echo "exit $?" >>"$work/staff.$mix"
    sed -i "s/$card/CARD/g" "$work/staff.$mix"
    is "staff see the same for mixture $mix" "$(cat "$work/staff.$mix")" "$(cat "$work/staff.0")"
    ok "the check on paper for mixture $mix" salve screen --paper "$work/measured.json"
    is "finds the same" "$(cat "$work/.out")" "$(cat "$work/findings.none")"
    ok "the letter on paper for mixture $mix" salve letter --paper "$work/measured.json" --as dr-amina -o "$work/letter.$mix.html"
    is "is the same letter" "$(sha256sum <"$work/letter.$mix.html")" "$(sha256sum <"$work/letter.none.html")"
done
is "what staff see is a refusal by consent" "$(tail -1 "$work/staff.0")" "exit 7"

family=$(sed -n 's/.*"family": *"\([^"]*\)".*/\1/p' tests/conformance/cli/patient.json | head -1)
is "no file of the site holds the name" "$([ -n "$family" ] && grep -rlaF "$family" "$site" | wc -l)" 0
is "no answer to staff holds it" "$(cat "$work"/staff.* | grep -cF "${family:-none}")" 0
prints 'clean$' "verify is clean" salve verify
finish
