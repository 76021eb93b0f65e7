#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Descriptors that are closed, outputs that are full, readers that go away, signals: nothing in clear in the folder, nobody enrolled
# without a card, and what was read is noted.
set -u
. tests/support/hostile.sh
make_site
make_people
closed() { "$@" >&-; }
all_closed() { "$@" <&- >&- 2>&-; }
full() { "$@" >/dev/full; }
unread() { # the reader is gone before anything is written
    local status
    "$@" 2>"$work/.err" | true
    status=${PIPESTATUS[0]}
    return "$status"
}
people() { salve verify --json 2>/dev/null | tr -d ' \n' | grep -oE '"compartments":[0-9]+' || echo "nothing counted"; }
clear_in_folder() { grep -raliE 'haddad|([0-9A-Z]{4}-){4}[0-9A-Z]{4}' "$site"; }
before=$(people)
fails 1 "take with a closed output" closed salve take "$card" --born $born
fails 1 "enrol with a closed output" closed salve enrol tests/conformance/cli/patient.json --as kofi
fails 1 "enrol with everything closed" all_closed salve enrol tests/conformance/cli/patient.json --as kofi
is "two people are there" "$before" '"compartments":2'
is "nobody was enrolled" "$(people)" "$before"
fails 1 "enrol into a full disk" full salve enrol tests/conformance/cli/patient.json --as kofi
is "nobody was enrolled either" "$(people)" "$before"
unread salve enrol tests/conformance/cli/patient.json --as kofi
is "enrol with nobody who reads is an error" $? 1
is "nor without a reader" "$(people)" "$before"
ok "help with standard error closed" bash -c '"$0" help >/dev/null 2>&-' "$SALVE"
ok "import reads from a file with standard input closed" bash -c '"$0" import "$1" "$2" --as lina <&- >/dev/null' "$SALVE" "$card" "$work/measured.json"
fails 1 "nothing is read from a closed standard input" bash -c '"$0" import "$1" - --as lina <&- >/dev/null' "$SALVE" "$card"
is "nothing lies in clear in the folder" "$(clear_in_folder)" ""
reads() { salve looked "$card" --born $born 2>/dev/null | grep -c ' read '; }
before=$(reads)
unread salve take "$card" --born $born
is "a reader that went away is told as by a shell" $? 141
is "and what was read is noted" "$(($(reads) > before))" 1
# SIGTERM at any moment: what came out was noted, and nothing is left to complete.
printed=0 ended=0
for wait in 001 004 008 012 016 020 025 030 040 060; do
    before=$(reads)
    "$SALVE" take "$card" --born $born >"$work/taken" 2>/dev/null &
    victim=$!
    sleep "0.$wait"
    kill -TERM $victim 2>/dev/null
    wait $victim 2>/dev/null
    [ $? -ge 128 ] && ended=$((ended + 1))
    [ -s "$work/taken" ] || continue
    printed=$((printed + 1))
    is "what was printed before SIGTERM ($wait ms) is noted" "$(($(reads) > before))" 1
done
is "some were ended" "$((ended > 0))" 1
ok "and the site verifies" salve verify
finish
