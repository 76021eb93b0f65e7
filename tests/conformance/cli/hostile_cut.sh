#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs that the system ends at a write beyond a size, at another place each time: a making can be repeated, an enrolment leaves
# nothing, and the site verifies.
set -u
. tests/support/hostile.sh
cut() { (ulimit -f "$1" -c 0; shift; "$@") >/dev/null 2>&1; }
ended=0
for kib in 0 4 12 20 28 40 52; do
    rm -rf "$work/new" "$work/new.key"
    cut $kib "$SALVE" init "$work/new" --key-file "$work/new.key" --staff maria:manager 2>/dev/null && continue
    ended=$((ended + 1))
    salve init "$work/new" --key-file "$work/new.key" --staff maria:manager >/dev/null 2>&1
    prints maria "after a making ended at $kib KiB it is made" salve -C "$work/new" --key-file "$work/new.key" staff
done
is "makings were ended" "$((ended > 3))" 1
make_site
made salve enrol --as kofi tests/conformance/cli/patient.json
ended=0
for kib in 8 16 24 32 40 48; do
    cut $kib "$SALVE" enrol tests/conformance/cli/patient.json --as kofi 2>/dev/null && continue
    ended=$((ended + 1))
    ok "the site opens" salve staff
    ok "after an enrolment ended at $kib KiB it verifies" salve verify
done
is "enrolments were ended" "$((ended > 2))" 1
finish
