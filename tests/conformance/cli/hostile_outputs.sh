#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Outputs that cannot be written, or must not be written over; a file about somebody else.
set -u
. tests/support/hostile.sh
make_site
card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
other=$(salve enrol -q --as kofi tests/conformance/cli/patient.json)
for one in "$card" "$other"; do ok "consent" salve consent give "$one" --purpose care --read-back 1 --as kofi; done
ok "import" salve import "$card" "$work/measured.json" --as lina
fails 9 "a full disk" salve take "$card" --born $born -o /dev/full
fails 1 "a folder as output" salve take "$card" --born $born -o "$work"
ln -s /dev/null "$work/device"
ok "a device as output" salve take "$card" --born $born -o "$work/device"
is "stays a device" "$([ -c "$work/device" ] && echo yes)" yes
sed 's/1972-03-14/1980-01-01/' "$work/measured.json" >"$work/somebody-else.json"
fails 6 "a file about somebody else" salve import "$card" "$work/somebody-else.json" --as lina
ok "unless the birth date is to be corrected" salve import "$card" "$work/somebody-else.json" --as lina --yes
fails 5 "new people who agreed to nothing are only enrolled" salve import --enrol "$work/measured.json" --as lina -o "$work/slips.csv"
cp "$work/slips.csv" "$work/slips.before"
fails 6 "slips are never written over" salve import --enrol "$work/measured.json" --as lina -o "$work/slips.csv"
ok "and are as they were" cmp "$work/slips.csv" "$work/slips.before"
finish
