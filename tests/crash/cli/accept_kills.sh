#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 just before each call that changes a file while another version of a guideline is accepted: then the old version is in
# force or the new one, whole, with all its files; the site verifies, screens, and the same command goes on. ROUNDS: at how
# many calls (default 12), spread over all of them; 0: at every one.
set -u
. tests/support/hostile.sh
. tests/support/calls.sh
share=$work/share
cp -R "${BUILD:-build}/share" "$share"
chmod -R u+w "$share"
folder=$share/guidelines/blood-pressure
version=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$folder/guideline.json" | head -1)
made salve init "$site" --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician
made salve guideline accept blood-pressure --share "$share" --as dr-amina
cp -r "$site" "$work/whole"
sed "s/\"version\": *\"$version\"/\"version\": \"9.9.9\"/" "$folder/guideline.json" >"$work/edited" && cp "$work/edited" "$folder/guideline.json"
printf '\n' >>"$folder/letter.en.json"
accept() { salve guideline accept blood-pressure --share "$share" --as dr-amina; }
in_force() { salve guideline list --share "$share" --json | tr -d '\n ' | grep -oE '"id":"blood-pressure"[^}]*"inForce":"[0-9.]+"' | sed 's/.*:"//; s/"//'; }

calls_run "count:$work/count" accept
count=$(cat "$work/count")
is "it changes files" "$((count > 4))" 1
rounds=${ROUNDS:-12} kills=0 old=0 new=0
[ "$rounds" -gt 0 ] && [ "$rounds" -lt "$count" ] || rounds=$count
for ((round = 0; round < rounds; round++)); do
    at=$((1 + round * (count - 1) / (rounds > 1 ? rounds - 1 : 1)))
    name="killed before call $at of $count"
    rm -rf "$site"
    cp -r "$work/whole" "$site"
    calls_run "kill:$at" accept
    [ $status -eq 137 ] && kills=$((kills + 1))
    is_new=$([ $status -eq 0 ] && echo yes)
    prints 'clean$' "$name: it verifies" salve verify
    now=$(in_force)
    case $now in
        "$version") old=$((old + 1)) ;;
        9.9.9) new=$((new + 1)) ;;
        *) fail "$name" "in force is '$now'" ;;
    esac
    [ -z "$is_new" ] || is "$name: what was acknowledged is in force" "$now" 9.9.9
    prints "bp-category.*" "$name: it screens" salve screen --share "$share" --paper "$work/measured.json"
    is "$name: by the version in force" "$(grep -c "(blood-pressure $now)" "$work/.out")" 1
    accept >"$work/.out" 2>&1 </dev/null || fail "$name: again" "exit status $?"
    is "$name: the same command goes on" "$(in_force)" 9.9.9
    prints 'clean$' "$name: and it verifies" salve verify
done
echo "kills: $kills of $rounds at $count calls; the old version was in force $old times, the new one $new"
is "programs were killed" "$((kills >= rounds * 3 / 4))" 1
is "before the new version and behind it" "$((old > 0))" 1
finish
