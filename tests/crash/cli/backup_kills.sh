#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 before, and a full disk from, a call that changes a file, all along a backup, a renewal of the keys with its copy, and a restore.
# After each: the site is as it was, the newest backup that has a name and the copy of the keys restore to a whole site, and the same
# command goes on. ROUNDS says at how many places each.
set -u
. tests/support/hostile.sh
. tests/support/calls.sh
rounds=${ROUNDS:-4}
data=$work/data keys=$work/keys
make_site
made salve staff --as manager --staff tom:technician
make_people
made salve withdraw "$other" --born $born --purpose care
made salve backup "$data" --keys "$keys" --as tom
made salve import "$card" "$work/measured.json" --as lina
cp -r "$site" "$work/whole"; cp -r "$data" "$work/data.whole"; cp -r "$keys" "$work/keys.whole"

fresh() { rm -rf "$site" "$data" "$keys" "$work/new"; cp -r "$work/whole" "$site"; cp -r "$work/data.whole" "$data"; cp -r "$work/keys.whole" "$keys"; }
do_backup() { salve backup "$data" --as tom; }
do_rotate() { salve keys rotate --as tom; }
do_restore() { salve restore "$data" "$work/new" --keys "$keys"; }
run() { calls_run "$1" "do_$2"; } # WHAT OPERATION
whole() { # NAME FOLDER: a site with both people, what was taken back closed
    prints 'clean$' "$1: it verifies" salve -C "$2" verify
    prints enrolment "$1: people are there" salve -C "$2" looked "$card" --born $born
    fails 7 "$1: what was taken back is closed" salve -C "$2" screen "$other" --as lina
}
restorable() { # NAME
    rm -rf "$work/drill"
    ok "$1: backup and copy of the keys restore" salve restore "$data" "$work/drill" --keys "$keys"
    whole "$1, restored" "$work/drill"
}
sums() { find "$data" "$keys" -type f -exec sha256sum {} + | sort; }

stopped=0
for op in backup rotate restore; do
    fresh; run "count:$work/count" "$op"; count=$(cat "$work/count")
    [ "$op" = restore ] || restorable "$op, uncut"
    for kind in kill full; do
        for ((round = 0; round < rounds; round++)); do
            fresh
            at=$((1 + round * (count - 1) / (rounds > 1 ? rounds - 1 : 1)))
            name="$op, $kind at $at of $count"
            before=$(sums)
            run "$kind:$at" "$op"
            [ $status -ne 0 ] && stopped=$((stopped + 1))
            [ $kind = kill ] || [ $status -eq 0 ] || { grep -q 'SLV-' "$work/.err" && pass || fail "$name" "no clear error"; }
            if [ "$op" = restore ]; then
                is "$name: what it came from is untouched" "$(sums)" "$before"
                [ $status -eq 0 ] || do_restore >"$work/.out" 2>&1 </dev/null
                [ -f "$work/new/site.db" ] && pass || fail "$name" "the same command does not go on"
                whole "$name" "$work/new"
                continue
            fi
            whole "$name: the site" "$site"
            restorable "$name"
            ok "$name: the same command goes on" "do_$op"
            is "$name: nothing half is left" "$(find "$site" "$data" "$keys" -name making -o -name '*.next' -o -name '*.tmp' | wc -l)" 0
            is "$name: secrets lie in no other file" "$(find "$site" "$keys" -size -600c -name 'keys.epoch*' | wc -l)" 2
            restorable "$name, again"
        done
    done
done
echo "stopped: $stopped of $((rounds * 6))"
is "commands were stopped" "$((stopped >= rounds * 4))" 1
finish
