#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Backups and copies of the keys that are damaged, incomplete, mixed up or of another site; places that are not there, not ours, or full
# of something else. A clear error, nothing made, nothing lost.
set -u
. tests/support/hostile.sh
data=$work/data keys=$work/keys
make_site
made salve staff --as manager --staff tom:technician
make_people
made salve withdraw "$other" --born $born --purpose care
made salve backup "$data" --keys "$keys" --as tom
first=$(ls -d "$data"/20*)
made salve import "$card" "$work/measured.json" --as lina
made salve erase "$other" --as kofi --at-once --yes
made salve backup "$data" --as tom
second=$(ls -d "$data"/20* | tail -1)
new=$work/new
restored() { rm -rf "$new"; salve restore "$1" "$new" --keys "$2"; }
refused() { # NAME STATUS DATA KEYS
    rm -rf "$new"
    fails "$2" "$1" salve restore "$3" "$new" --keys "$4"
    is "$1: nothing is made" "$(ls -A "$new" 2>/dev/null | wc -l)" 0
}
copy() { rm -rf "$work/d" "$work/k"; cp -r "$second" "$work/d"; cp -r "$keys" "$work/k"; }
byte() { od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' '; }
flip() { # FILE AT [BYTE]
    printf "\\x$(printf %x "${3:-85}")" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
copy; ok "a copy of a backup restores" restored "$work/d" "$work/k"
prints enrolment "the person is there" salve -C "$new" looked "$card" --born $born
fails 4 "who was erased is not" salve -C "$new" looked "$other" --born $born

# Damage, at places all over each file.
for file in site.db checkpoint signed-head revoked backup; do
    size=$(stat -c %s "$second/$file")
    for at in 0 $((size / 3)) $((size / 2)) $((size - 2)); do
        copy; [ "$(byte "$work/d/$file" "$at")" = 85 ] && continue
        flip "$work/d/$file" "$at"; refused "a flipped byte $at of $file" 8 "$work/d" "$work/k"
    done
    copy; truncate -s $((size / 2)) "$work/d/$file"; refused "half of $file" 8 "$work/d" "$work/k"
    copy; : >"$work/d/$file"; refused "an empty $file" 8 "$work/d" "$work/k"
    [ $file = backup ] && continue
    copy; rm "$work/d/$file"; refused "$file missing" 8 "$work/d" "$work/k"
    copy; rm "$work/d/$file"; ln -s "$second/$file" "$work/d/$file"; refused "$file as a link" 1 "$work/d" "$work/k"
    copy; cp "$first/$file" "$work/d/$file" 2>/dev/null; cmp -s "$first/$file" "$second/$file" ||
        refused "$file of another backup" 8 "$work/d" "$work/k"
done
for file in keys.db keys.epoch; do
    size=$(stat -c %s "$keys/$file")
    copy; truncate -s $((size / 2)) "$work/k/$file"; refused "half of $file" 8 "$work/d" "$work/k"
    copy; rm "$work/k/$file"; refused "$file missing" 4 "$work/d" "$work/k"
done
for at in 100 5000 9000; do copy; flip "$work/k/keys.db" $at; refused "a flipped byte $at of keys.db" 8 "$work/d" "$work/k"; done
copy; flip "$work/k/keys.epoch" 20
restored "$work/d" "$work/k" >"$work/.out" 2>&1
is "one half of keys.epoch damaged: it is told" "$?" 1
prints enrolment "and the other half serves" salve -C "$new" looked "$card" --born $born
copy; flip "$work/k/keys.epoch" 20; flip "$work/k/keys.epoch" 150; refused "both halves of keys.epoch damaged" 8 "$work/d" "$work/k"

# Another site's, another secret, a folder that is taken.
(export SALVE_SITE=$work/else SALVE_KEY_FILE=$SALVE_KEY_FILE; made salve init --key-file "$SALVE_KEY_FILE" --staff tom:technician
 made salve backup "$work/else.data" --keys "$work/else.keys" --as tom)
refused "data of another site" 8 "$work/else.data" "$keys"
refused "keys of another site" 8 "$data" "$work/else.keys"
head -c 32 /dev/urandom >"$work/wrong.key"; chmod 600 "$work/wrong.key"
rm -rf "$new"; fails 1 "another key file" salve --key-file "$work/wrong.key" restore "$data" "$new" --keys "$keys"
fails 4 "a key file that is not there" salve --key-file "$work/nowhere" restore "$data" "$new" --keys "$keys"
is "none was made" "$(ls "$work/nowhere" 2>/dev/null | wc -l)" 0
fails 6 "into a site" salve restore "$data" "$site" --keys "$keys"
fails 4 "out of nothing" salve restore "$work/else" "$new" --keys "$work/nowhere"
mkdir "$work/empty"; fails 4 "out of an empty folder" salve restore "$work/empty" "$new" --keys "$keys"
fails 2 "without keys" salve restore "$data" "$new"

# Places.
fails 2 "the keys beside the data" salve backup "$data" --keys "$data/keys" --as tom
fails 2 "the keys in the site" salve backup "$data" --keys "$site/keys" --as tom
fails 2 "the data in the site" salve backup "$site/data" --as tom
fails 6 "the keys over those of another site" salve backup "$data" --keys "$work/else.keys" --as tom
fails 2 "the keys over a site" salve backup "$data" --keys "$site" --as tom
mkdir "$work/foreign"; cp "$keys/keys.db" "$work/foreign/"
fails 6 "the keys over a file that nobody knows" salve backup "$data" --keys "$work/foreign" --as tom
fails 7 "a registrar makes no backup" salve backup "$data" --as kofi
is "no backup was made" "$(ls -d "$data"/20* | wc -l)" 2
is "the other site's keys are whole" "$(salve -C "$work/drill" --key-file "$SALVE_KEY_FILE" restore "$work/else.data" "$work/drill" --keys "$work/else.keys" >/dev/null 2>&1; echo $?)" 0

# The disk of the keys is away: work goes on, everybody hears of it, doctor fails until it was done.
mv "$keys" "$work/away"; mkdir "$keys" # an empty mount point
ok "keys are renewed without it" salve keys rotate --as tom
is "and it says so" "$(grep -c 'copy of the keys could not' "$work/.out")" 1
is "nothing was written onto the empty mount point" "$(ls -A "$keys" | wc -l)" 0
fails 1 "doctor fails" salve doctor
is "doctor says why" "$(grep -c 'why: .*is the disk there' "$work/.out")" 1
fails 4 "a backup is refused" salve backup "$data" --as tom
is "and none was made" "$(ls -d "$data"/20* | wc -l)" 2
made salve keys rotate --as tom
fails 1 "doctor fails" salve doctor
is "and says that the copy is too old" "$(grep -c 'FAULT the copy of the keys is as new' "$work/.out")" 1
rmdir "$keys"; mv "$work/away" "$keys"
ok "with the disk back the next command does it" salve staff
prints "No fault was found" "doctor is content" salve doctor
ok "it restores" restored "$data" "$keys"
flip "$keys/keys.db" 5000
fails 1 "doctor sees that the copy is damaged" salve doctor
ok "the next backup mends it" salve backup "$data" --as tom
prints "No fault was found" "doctor is content" salve doctor

# Damage of the site never becomes a backup that looks good.
size=$(ls -d "$data"/20* | wc -l)
was=$(byte "$site/site.db" 9000); flip "$site/site.db" 9000
salve backup "$data" --as tom >"$work/.out" 2>&1
is "a damaged site: an error" "$?" 8
is "and no new backup" "$(ls -d "$data"/20* | wc -l)" "$size"
flip "$site/site.db" 9000 "$was"
ok "the site goes on" salve verify

# A fault that no page shows (somebody took a token away): the copy is made, and says what it is a copy of.
if command -v python3 >/dev/null; then
    cp -r "$site" "$work/sound"
    python3 - "$site/site.db" <<'P'
import hashlib, sys
path = sys.argv[1]
data = bytearray(open(path, 'rb').read())
at = data.find(b'doc/staff/lina/00000001') # a row of the register under another name
data[at:at + 23] = b'doc/staff/linb/00000001'
page = at // 4096
body = data[page * 4096:page * 4096 + 4080]
data[page * 4096 + 4080:(page + 1) * 4096] = hashlib.blake2b(bytes(body) + (page + 1).to_bytes(4, 'big'), digest_size=16).digest()
open(path, 'wb').write(data)
P
    fails 8 "the site has a fault" salve verify
    size=$(ls -d "$data"/20* | wc -l)
    salve backup "$data" --as tom >"$work/.out" 2>&1
    is "a site with a fault is copied, and that is told" "$? $(grep -c '^FAULT' "$work/.out") $(($(ls -d "$data"/20* | wc -l) - size))" "1 1 1"
    rm -rf "$site"; mv "$work/sound" "$site"
    rm -rf "$(ls -d "$data"/20* | tail -1)"
else skip 2
fi

# Plain text is in none of them.
is "no name in any file" "$(grep -rlE 'Haddad|1972-03-14' "$data" "$keys" | wc -l)" 0
is "everything is its owner's alone" "$(find "$data" "$keys" \( -type f ! -perm 600 \) -o \( -type d ! -perm 700 \) | wc -l)" 0
is "keys.epoch is in no backup of the data" "$(find "$data" -name 'keys*' | wc -l)" 0
finish
