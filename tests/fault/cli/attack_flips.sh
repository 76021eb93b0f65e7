#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A bit of a file of a site is turned, or the file is cut off or emptied: verify names the file, and no command crashes or says nothing.
# PLACES: how many of a file (`make attack` takes more of them).
set -u
. tests/support/hostile.sh
RANDOM=${SEED:-1}
make_site
make_people
made salve import "$card" "$work/measured.json" --as lina
made salve consent give "$card" --purpose helper --to daughter-1 --read-back 1 --as kofi
made salve withdraw "$card" --born $born --purpose helper
cp -r "$site" "$work/whole"
places=${PLACES:-5} damages=0
damage() { # FILE SIZE NUMBER: the first ones are the ends and a cut, the others are anywhere; what was done is in $damage
    local at=$(((RANDOM * 32768 + RANDOM) % $2)) byte
    case $3 in
        0) at=0 ;;
        1) at=$(($2 - 1)) ;;
        2) truncate -s "$at" "$site/$1"; damage="cut off after byte $at"; return ;;
        3) : >"$site/$1"; damage="empty"; return ;;
    esac
    byte=$(od -An -tu1 -j "$at" -N 1 "$site/$1")
    printf "\\x$(printf %x $((byte ^ 1 << RANDOM % 8)))" | dd of="$site/$1" bs=1 seek="$at" conv=notrunc status=none
    damage="with a bit of byte $at turned"
}
for file in site.db keys.db keys.epoch checkpoint signed-head revoked; do
    size=$(stat -c %s "$work/whole/$file")
    for ((place = 0; place < places; place++)); do
        rm -rf "$site"; cp -r "$work/whole" "$site"
        damage $file "$size" $place
        damages=$((damages + 1))
        salve verify >"$work/.out" 2>&1
        if [ $? -eq 8 ] && grep -q "$file" "$work/.out"; then pass; else fail "verify, $file $damage" "finds nothing"; fi
        for command in "staff" "looked $other" "screen $other --as dr-amina" "take $other" "doctor" "verify"; do
            # shellcheck disable=SC2086
            salve $command >"$work/said" 2>&1 </dev/null
            status=$?
            if [ $status -le 9 ] && { [ $status -eq 0 ] || grep -qE 'SLV-|FAULT' "$work/said"; }; then pass
            else cp "$work/said" "$work/.out"; fail "$command, $file $damage" "exit status $status"; fi
        done
    done
done
rm -rf "$site"; cp -r "$work/whole" "$site"
prints 'clean$' "the whole site verifies" salve verify
echo "damages: $damages"
finish
