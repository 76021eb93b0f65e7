#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Who acts on the command line: first PINs, files of PINs, a terminal and what it remembers, staff that changes, and the
# person with their card. No PIN is in any output but that of the command that made it up, and in no file of the site.
set -u
. tests/support/sh.sh
site=$work/clinic
export SALVE_SITE=$site SALVE_KEY_FILE=$work/clinic.key
pins=$SALVE_PIN_FILE
env -u SALVE_PIN_FILE "$SALVE" init "$work/other" --key-file "$work/other.key" --staff kofi:registrar >"$work/init" 2>&1
is "init makes PINs up and prints them once" "$(grep -cE '^PIN of (kofi \(registrar\)|manager \(manager\)): [0-9]{8}$' "$work/init")" 2
made=$(sed -nE 's/^PIN of kofi .*: ([0-9]{8})$/\1/p' "$work/init")
is "as JSON too" "$(env -u SALVE_PIN_FILE "$SALVE" init "$work/third" --key-file "$work/third.key" --json | grep -cE '"pin": *"[0-9]{8}"')" 1
ok "with a file it takes the first PINs from there" salve init --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar \
    --staff lina:assistant --staff tom:technician --staff maria:manager
is "and prints none" "$(salve staff | grep -c 'PIN')" 0

# A file of PINs
no_file() { env -u SALVE_PIN_FILE "$SALVE" "$@"; }
fails 2 "without a file and a terminal nobody acts" no_file keys rotate --as tom
fails 2 "nor with --no-input" no_file keys rotate --as tom --no-input
ok "--pin-file names it" no_file keys rotate --as tom --pin-file "$pins"
cp "$pins" "$work/open"; chmod 644 "$work/open"
fails 3 "a file that others may read is refused" no_file keys rotate --as tom --pin-file "$work/open"
mkfifo -m 600 "$work/pipe"; ln -s "$pins" "$work/link"
for kind in pipe link; do
    no_file keys rotate --as tom --pin-file "$work/$kind" >"$work/.out" 2>&1 </dev/null
    is "a $kind is refused" "$(($? > 0))" 1
done
fails 4 "a file that is not there" no_file keys rotate --as tom --pin-file "$work/none"
(umask 077; echo 'tom 999999' >"$work/wrong"; echo 'zoe 246802' >>"$work/wrong")
fails 7 "a wrong PIN" no_file keys rotate --as tom --pin-file "$work/wrong"
cp "$work/.out" "$work/said"
fails 7 "a name that nobody has" no_file keys rotate --as zoe --pin-file "$work/wrong"
is "is told in the same words" "$(cat "$work/.out")" "$(cat "$work/said")"
for i in 2 3 4 5; do fails 7 "wrong try $i" no_file keys rotate --as tom --pin-file "$work/wrong"; done
fails 7 "then even the right one waits" salve keys rotate --as tom
is "and says how long" "$(grep -c 'possible in 1 minutes' "$work/.out")" 1

# Staff that changes
fails 7 "a clinician is confirmed by somebody else" salve staff --as maria --staff joan:clinician
ok "by another clinician" salve staff --as maria --staff joan:clinician --with dr-amina
ok "another role, at once" salve staff role lina registrar --as maria
fails 7 "nobody changes their own" salve staff role maria clinician --as maria
(umask 077; echo 'kofi 135791' >"$work/next")
ok "a PIN is changed by its owner" salve staff pin kofi --as kofi --new-pin-file "$work/next"
fails 7 "the old one is over" salve enrol --as kofi tests/conformance/cli/patient.json
sed -i 's/^kofi .*/kofi 135791/' "$pins"
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
is "the new one works" "${#card}" 24
ok "who leaves" salve staff --as maria --retire joan
prints 'joan .*\(left\)' "has left" salve staff
(umask 077; sed 's/^maria .*/jill 246802/' "$pins" >"$work/recovery")
ok "recovery is asked for" no_file staff recover jill --pin-file "$work/recovery"
is "everybody sees it" "$(salve staff 2>&1 | grep -c 'makes jill a manager')" 1
fails 7 "and it needs a day" no_file settings --as jill --ages 6,15,18 --pin-file "$work/recovery"
ok "a manager stops it" salve staff recover jill --take-back --as maria

# The person with the card
fails 2 "a card alone is not enough" salve looked "$card"
is "it is said what to add" "$(grep -c -- '--born and the' "$work/.out")" 1
fails 7 "a wrong birth date" salve looked "$card" --born 1972-03-15
ok "card and birth date" salve looked "$card" --born $born
prints 'with the card  self' "the line says with the card" salve looked "$card" --born $born
prints 'with the card, staff there: kofi' "or who was there" salve looked "$card" --as kofi
fails 7 "a manager vouches for nobody" salve looked "$card" --as maria
is "card and birth date from standard input" "$(printf '%s\n%s\n' "$card" $born | salve take - -q | grep -c '"resourceType":"Patient"')" 1
printf '%s\n' "$card" >"$work/card"
for command in "consent list" looked take; do
    ok "$command with the card from standard input" bash -c '"$0" $1 - --born $2 <"$3"' "$SALVE" "$command" $born "$work/card"
done
ok "and staff's commands" bash -c '"$0" consent give - --purpose care --read-back 1 --as kofi <"$1"' "$SALVE" "$work/card"
fails 2 "one standard input is not two things" salve import - - --as kofi
ok "erasure leaves a day" salve erase "$card" --born $born --yes
ok "the record is still there" salve looked "$card" --born $born
ok "it is taken back" salve erase "$card" --born $born --take-back
fails 2 "at once needs staff" salve erase "$card" --born $born --at-once --yes
ok "with staff it is at once" salve erase "$card" --as kofi --at-once --yes
fails 4 "and gone" salve looked "$card" --born $born
word=$(echo '{"resourceType":"Patient","name":[{"family":"Word"}]}' | salve enrol -q --as kofi - --word 'blue heron')
fails 7 "another word" salve looked "$word" --word 'red heron'
ok "their word" salve looked "$word" --word 'blue heron'

# A terminal: typed without echo, remembered for the terminal alone
if command -v script >/dev/null; then
    export XDG_RUNTIME_DIR=$work/run
    (umask 077; mkdir "$XDG_RUNTIME_DIR")
    typed="$(realpath "$SALVE")"' settings --as maria --ages 7,16,18'
    tty() { { sleep 1; printf "$1"; sleep 1; } | timeout 60 env -u SALVE_PIN_FILE script -qec "$2" /dev/null >"$work/tty" 2>&1; }
    tty '246802\n' "$typed"
    is "a PIN is asked for" "$(grep -c 'PIN of maria' "$work/tty")" 1
    is "and taken" "$(grep -c '^ages' "$work/tty")" 1
    is "its login is remembered in one file" "$(find "$XDG_RUNTIME_DIR" -type f -perm 600 | wc -l)" 1
    tty '' "$typed"
    is "another session does not know it" "$(grep -c '^ages' "$work/tty")" 0
    tty '246802\n' "$typed; $typed"
    is "the same one does not ask twice" "$(grep -c 'PIN of maria' "$work/tty").$(grep -c '^ages' "$work/tty")" 1.2
    rm -f "$XDG_RUNTIME_DIR"/*; unset XDG_RUNTIME_DIR
    tty '246802\n' "$typed"
    is "without XDG_RUNTIME_DIR nothing is remembered" "$(grep -c '^ages' "$work/tty").$(find "$work" -name 'salve-*' | wc -l)" 1.0
else
    skip 6
fi
is "no PIN is in a file of the site" "$(LC_ALL=C grep -rlaE "246802|135791|$made" "$site" "$work/other" | wc -l)" 0
finish
