#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs/guide/backup-and-restore.md, step by step: every command that stands in it is run, in its order, at the moments that it names.
set -u
. tests/support/hostile.sh
export SALVE
guide=docs/guide/backup-and-restore.md
SITE=$site DATA=$work/data KEYS=$work/keys KEYS2=$work/keys2 FOUND=$work/found
salve() { case $SALVE in /*) "$SALVE" "$@" ;; *) "$root/$SALVE" "$@" ;; esac; }
root=$PWD
# The commands of a section of the guide, in its words.
section() { sed -n "/^## $1/,/^## /p" "$root/$guide" | sed -n 's/^    //p'; }
run() { # SECTION: each of its commands ends well
    local line
    [ -n "$(section "$1")" ] || fail "$1" "no commands in the guide"
    cd "$work" || exit 1
    while IFS= read -r line; do
        eval "$line" >"$work/.out" 2>"$work/.err" </dev/null
        status=$?
        cat "$work/.out" >>"$work/.all"
        if [ $status -eq 0 ]; then pass; else cat "$work/.err" >>"$work/.out"; fail "$1: $line" "exit status $status"; fi
    done < <(section "$1")
    cd "$root" || exit 1
}
finds() { # NAME CARD...: these people are here
    local name=$1 one; shift
    for one; do prints "enrolment" "$name" salve looked "$one" --born $born; done
}
misses() { local name=$1 one; shift; for one; do fails 4 "$name" salve looked "$one" --born $born; done; }
enrol() { salve enrol -q --as kofi tests/conformance/cli/patient.json; }
closed() { fails 7 "$1" salve screen "$2" --as lina; }

make_site
made salve staff --as manager --staff tom:technician
make_people
gone=$(enrol)
run "Set up, once"
made salve erase "$gone" --as kofi --at-once --yes
run "Every night"
prints "No fault was found" "doctor has nothing to say" salve doctor
is "one copy of the keys, however often" "$(find "$KEYS" -name 'keys.db*' | wc -l)" 1
sums() { find "$DATA" "$KEYS" -type f -exec sha256sum {} + | sort; }
before=$(sums)
run "Try it, every few months"
is "a drill changes nothing of what it came from" "$(sums)" "$before"
made salve staff
late=$(enrol)
made salve withdraw "$other" --born $born --purpose care

# The machine is lost.
mv "$site" "$work/lost"
NEW=$work/new
run "The machine is lost"
grep -q "^LOST  all work from 20" "$work/.all" && pass || fail "restore" "it does not say for which time work is lost"
is "a new log" "$(head -1 "$NEW/checkpoint")" "$(head -1 "$work/lost/checkpoint" | sed 's,/1$,/2,')"
finds "people of the backup are there" "$card" "$other"
misses "who was erased is not, nor who came later" "$gone" "$late"
ok "the agreement of the backup stands" salve screen "$card" --as lina

# site.db is lost; the newest is found later.
SITE=$NEW NEW=$work/new2 NEWER=$work/newer
made salve withdraw "$card" --born $born --purpose care
since=$(enrol)
mkdir "$FOUND"; mv "$SITE/site.db" "$FOUND/site.db"
fails 4 "without site.db the site does not open" salve staff
is "the message names the command" "$(grep -c "salve restore" "$work/.out")" 1
cd "$work"; ok "restored with the keys of the site" eval "$(section 'site.db alone' | sed -n 1p)"; cd "$root"
export SALVE_SITE=$NEW
closed "what was withdrawn after the backup stays so: revoked was in the folder" "$card"
misses "who enrolled after the backup is not there" "$since"
ok "it verifies" salve verify
is "keys without records are kept" "$(grep -c 'keys forget' "$work/.out")" 1
in_between=$(enrol)
cd "$work"; ok "restored from the newer one" eval "$(section 'site.db alone' | sed -n 2p)"; cd "$root"
export SALVE_SITE=$NEWER
finds "who enrolled before that is there again" "$since" "$card" "$other"
misses "who enrolled in between is not" "$in_between"
ok "keys are kept until somebody says so" eval "$(section 'site.db alone' | sed -n 3p)"
prints "clean" "it verifies" salve verify

# The keys are lost: the copy is two renewals old at most.
KEYS=$work/keys3
made salve backup "$DATA" --keys "$KEYS" --as tom
SITE=$NEWER NEW=$work/new3
mv "$SITE/keys.epoch" "$work/epoch"
fails 4 "without keys.epoch the site does not open" salve staff
is "the message names the command" "$(grep -c "salve restore" "$work/.out")" 1
run "keys.db or keys.epoch alone is lost"
export SALVE_SITE=$NEW
finds "everybody of the copy is there" "$since" "$card" "$other"

# Small files.
KEYS=$work/keys4
made salve backup "$DATA" --keys "$KEYS" --as tom
rm "$NEW/revoked"
fails 8 "without revoked the site does not open" salve staff
is "the message names the command" "$(grep -c "salve revoked" "$work/.out")" 1
cd "$work"; ok "a copy mends it" eval "$(section 'A small file' | sed -n 1p)"; cd "$root"
ok "it opens" salve staff
rm "$NEW/signed-head"
fails 8 "without signed-head the site does not open" salve staff
is "the message names the command" "$(grep -c "salve log successor" "$work/.out")" 1
ok "a successor goes on" eval "$(section 'A small file' | sed -n 2p)"
rm "$NEW/checkpoint"; ok "without checkpoint it opens" salve staff
rm -f "$NEW/keys.signed"; ok "without keys.signed it opens" salve staff
finds "everybody is there" "$since" "$card"
ok "checkpoint is written anew" salve verify
finish
