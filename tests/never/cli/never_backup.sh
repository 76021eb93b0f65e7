#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Who was erased, and what was withdrawn, comes back out of no backup, old files of it put together in any way: at once by `revoked`, and
# after two renewals of the keys without it. N13, N14, N16.
set -u
. tests/support/hostile.sh
data=$work/data keys=$work/keys new=$work/new
make_site
made salve staff --as manager --staff tom:technician
make_people
gone=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
made salve consent give "$gone" --purpose care --read-back 1 --as kofi
made salve backup "$data" --keys "$keys" --as tom
first=$(ls -d "$data"/20*)
cp -r "$keys" "$work/then" # what somebody could undelete on the disk of the keys, but for keys.epoch, which is written over
made salve erase "$gone" --as kofi --at-once --yes
made salve withdraw "$other" --born $born --purpose care
made salve keys rotate --as tom
restore() { rm -rf "$new"; salve restore "$@"; }
closed() { # NAME
    fails 4 "$1: who was erased is not there" salve -C "$new" looked "$gone" --born $born
    fails 7 "$1: what was withdrawn is closed" salve -C "$new" screen "$other" --as lina
    prints enrolment "$1: the others are there" salve -C "$new" looked "$card" --born $born
}
ok "the first backup, after one renewal" restore "$first" "$new" --keys "$keys"
closed "after one renewal, with revoked"
made salve keys rotate --as tom

ok "the first backup, after two renewals" restore "$first" "$new" --keys "$keys"
closed "after two renewals, with revoked"
cp -r "$keys" "$work/no-revoked"; rm "$work/no-revoked/revoked"
restore "$first" "$new" --keys "$work/no-revoked" >"$work/.out" 2>&1
closed "after two renewals, without revoked"
is "its keys are told as missing" "$(salve -C "$new" verify 2>&1 | grep -c 'records without keys')" 1
mkdir "$work/mixed"; cp "$work/then/keys.db" "$keys/keys.epoch" "$work/mixed/"
fails 8 "keys.db of then with keys.epoch of now opens nothing" restore "$first" "$new" --keys "$work/mixed"
is "and nothing is made" "$(ls -A "$new" 2>/dev/null | wc -l)" 0
fails 8 "nor put into a copy of the site" bash -c 'cp -r "$1" "$2" && cp "$3" "$2/keys.db" && "$0" -C "$2" staff' \
    "$(realpath "$SALVE")" "$SALVE_SITE" "$work/copy" "$work/then/keys.db"
secret=$(od -An -tx1 -v -j 48 -N 32 "$work/then/keys.epoch" | tr -d ' \n')
is "the secret of then is in no file of the site, the place or the backups" \
    "$(find "$site" "$keys" "$data" -type f -exec sh -c 'od -An -tx1 -v "$0" | tr -d " \n" | grep -q "$1" && echo "$0"' {} "$secret" \; | wc -l)" 0

# A copy of before a change of the secret is closed, too, with the old one.
cp "$SALVE_KEY_FILE" "$work/old.key"
made salve keys change --as tom --new-key-file "$work/next.key"
rm -rf "$new"
fails 1 "the old key file opens the copy of the keys no more" salve --key-file "$work/old.key" restore "$data" "$new" --keys "$keys"
export SALVE_KEY_FILE=$work/next.key
ok "the new one does" restore "$data" "$new" --keys "$keys"
closed "with another secret"

# Others work while backups are made; each backup is whole.
busy=0
for one in 1 2 3 4 5 6; do
    { salve looked "$card" --born $born && salve import "$card" "$work/measured.json" --as lina; } >/dev/null 2>&1 &
    pids[one]=$!
    ok "a backup while others work" salve backup "$data" --as tom
done
for one in 1 2 3 4 5 6; do wait "${pids[$one]}" || busy=$((busy + 1)); done
is "the others went on" "$busy" 0
for one in $(ls -d "$data"/20* | tail -3); do
    ok "a backup made meanwhile" restore "$one" "$new" --keys "$keys"
    prints 'clean$' "it is whole" salve -C "$new" verify
done
finish
