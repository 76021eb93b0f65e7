#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Accepting a guideline: what is shown, what is asked, what stays in force while the share folder goes on.
set -u
. tests/support/sh.sh
site=$work/clinic share=$work/share
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
cp -R "${BUILD:-build}/share" "$share"
chmod -R u+w "$share"
today=$(date -u +%Y-%m-%d)
sed "s/{today}/$today/g" tests/conformance/cli/measured.json >"$work/measured.json"
s() { salve --share "$share" "$@"; }
folder=$share/guidelines/blood-pressure
version=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$folder/guideline.json" | head -1)
edit() { # file sed-script
    sed "$2" "$1" >"$work/edited" && cmp -s "$1" "$work/edited" && fail "edit $1" "it changed nothing"
    cp "$work/edited" "$1"
}

ok "a site" s init "$site" --key-file "$SALVE_KEY_FILE" --name 'North Clinic' --staff dr-amina:clinician --staff kofi:registrar \
    --staff lina:assistant
prints '^blood-pressure +[0-9.]+ .* not accepted here$' "nothing is accepted" s guideline list

# what is shown
s guideline accept blood-pressure --as dr-amina >"$work/told" 2>&1 </dev/null
is "the sources are shown" "$(grep -c '^  ESC 2024: .*doi:10.1093/eurheartj/ehae178' "$work/told")" 1
is "and the switches with their values" "$(grep -c '^  bp-scheme = ESC2024  (of ESC2024, .*HEARTS)$' "$work/told")" 1
is "and that there was none before" "$(grep -c '^No version of it was accepted here before' "$work/told")" 1
is "it is accepted" "$(grep -c '^blood-pressure .* is accepted at this site by dr-amina' "$work/told")" 1
prints "^blood-pressure +$version .*accepted by dr-amina on $today\$" "the list says by whom and when" s guideline list
prints '^    switches: bp-scheme=ESC2024, ' "and the switches" s guideline list
is "in JSON too" "$(s guideline list --json | tr -d '\n ' | grep -c '"inForce":"'"$version"'","acceptedBy":"dr-amina"')" 1
ok "it screens" s screen --paper "$work/measured.json"
found() { grep -v "not accepted at this site" "$work/.out"; }
found >"$work/before"

# a switch that somebody has to choose
fails 2 "a switch without an initial value is asked for" s guideline accept tuberculosis --as dr-amina
is "it and its values are named" "$(grep -c 'general, risk-groups' "$work/.out")/$(grep -c 'tb-programme' "$work/.out")" 1/1
fails 1 "one of its values" s guideline accept tuberculosis --choose tb-programme=everybody --as dr-amina
ok "the choice is made" s guideline accept tuberculosis --choose tb-programme=general --as dr-amina
prints 'tb-programme=general' "and stands in the list" s guideline list

# another version in the folder: the accepted one stays in force
edit "$folder/guideline.json" "s/\"version\": *\"$version\"/\"version\": \"9.9.9\"/"
edit "$folder/guideline.json" 's/"values": \["last-two", "all"\]/"values": ["last-two", "all", "first"]/'
edit "$folder/logic.cql" '1s/^/\/\/ edited\n/'
edit "$folder/letter.en.json" '0,/"title": "/s//"title": "New: /'
s guideline list >"$work/told" 2>&1
is "the accepted one is in force" "$(grep -c "^blood-pressure   *$version .*accepted by dr-amina" "$work/told")" 1
is "and the other one waits" "$(grep -c 'another version is here (9.9.9): not accepted yet; the accepted one is in force' "$work/told")" 1
ok "it screens" s screen --paper "$work/measured.json"
is "as before, to the letter" "$(found)" "$(cat "$work/before")"
fails 6 "words beside other rules are not accepted alone" s guideline accept blood-pressure --words en --as dr-amina
ok "a scheme was chosen before" s guideline accept blood-pressure --choose bp-scheme=HEARTS --as dr-amina
s guideline accept blood-pressure --as dr-amina >"$work/told" 2>&1 </dev/null
is "nothing is new then" "$(grep -A1 "^Changes against 9.9.9" "$work/told" | grep -c 'is accepted at this site')" 1
is "and the choice stays" "$(grep -c '^  bp-scheme = HEARTS' "$work/told")" 1
cp -R "${BUILD:-build}/share/guidelines/blood-pressure/." "$folder/"
s guideline accept blood-pressure --as dr-amina --choose bp-scheme=ESC2024 >"$work/told" 2>&1 </dev/null
is "the way back names the version" "$(grep -c "^  version 9.9.9 -> $version" "$work/told")" 1
is "the switch" "$(grep -c '^  switch bp-average (last-two|all|first; .*is gone' "$work/told")" 1
is "the files" "$(grep -c '^  file \(guideline.json\|logic.cql\|letter.en.json\) is changed' "$work/told")" 3
is "how many texts" "$(grep -c '^  words en: 1 of [0-9]* texts are new or changed' "$work/told")" 1
is "and nothing of what is the same" "$(grep -c '^  \(item\|input\|source\)' "$work/told")" 0

# words by themselves
edit "$folder/letter.ar.json" '0,/"title": "/s//"title": "!/'
sed 's/"language": *"en"/"language": "es"/' "$folder/letter.en.json" >"$folder/letter.es.json"
s guideline list >"$work/told" 2>&1
is "changed words leave the rules in force" "$(grep -c "^blood-pressure   *$version .*accepted by dr-amina" "$work/told")" 1
is "and wait" "$(grep -c '    words ar: other ones are here, not accepted yet; the accepted ones are in use' "$work/told")" 1
is "a new language too" "$(grep -c '    words es: new here, not accepted yet' "$work/told")" 1
ok "the clinic goes on" s screen --paper "$work/measured.json"
is "as before" "$(found)" "$(cat "$work/before")"
sed 's/"language": *"en"/"language": "es"/' "$share/letters/frame.en.json" >"$share/letters/frame.es.json"
fails 4 "a letter in words that nobody accepted" s letter --paper "$work/measured.json" --as dr-amina --lang es -o "$work/es.html"
is "says what is missing and how it comes" "$(grep -c 'salve guideline accept blood-pressure --words es' "$work/.out")" 1
fails 7 "a registrar accepts no words" s guideline accept blood-pressure --words es --as kofi
fails 4 "nor are there words in French" s guideline accept blood-pressure --words fr --as dr-amina
fails 2 "words have no switches" s guideline accept blood-pressure --words es --choose bp-scheme=HEARTS --as dr-amina
prints "^The words of blood-pressure in 'es' are accepted" "a clinician accepts them" \
    s guideline accept blood-pressure --words es --words ar --as dr-amina
is "nothing waits" "$(s guideline list | grep -c '^    words')" 0
ok "a letter in Spanish" s letter --paper "$work/measured.json" --as dr-amina --lang es -o "$work/es.html"

# what is used no more
fails 2 "it is asked about" s guideline accept tuberculosis --take-back --as dr-amina
fails 7 "a registrar takes nothing back" s guideline accept tuberculosis --take-back --yes --as kofi
prints 'used at this site no more' "a clinician does" s guideline accept tuberculosis --take-back --yes --as dr-amina
prints '^tuberculosis .* not accepted here$' "and it is gone" s guideline list
fails 4 "once" s guideline accept tuberculosis --take-back --yes --as dr-amina

# the kept files are part of the site
ok "all of it is whole" salve verify
ok "and in a backup" salve backup "$work/data" --keys "$work/keys" --as manager
SALVE_SITE=$work/restored ok "that isalve restored" salve restore "$work/data" "$work/restored" --keys "$work/keys"
rm -rf "$share/guidelines/blood-pressure"
SALVE_SITE=$work/restored ok "the restored site screens without the folder" s screen --paper "$work/measured.json"
is "as before" "$(found)" "$(cat "$work/before")"
finish
