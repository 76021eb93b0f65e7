#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One bit of each file of a site: never a crash, and an error that names something.
set -u
. tests/support/hostile.sh
make_site
make_people
made salve import "$card" "$work/measured.json" --as lina
made salve import --enrol "$work/measured.json" --purpose care --read-back 1 --as lina -o "$work/cards.csv"
made salve consent give "$card" --purpose helper --to daughter-1 --read-back 1 --as kofi
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
