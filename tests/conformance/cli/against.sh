#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 'verify --against FILE': which files it takes, and its words. What it sees is in tests/never/records/never_whole_folder.c.
set -u
. tests/support/sh.sh
export SALVE_KEY_FILE=$work/clinic.key SALVE_SITE=$work/clinic
ok "init" salve init --name "North Clinic" --key-file "$SALVE_KEY_FILE" --staff kofi:registrar --staff lina:assistant
ok "the site goes on from its own checkpoint" salve verify --against "$SALVE_SITE/checkpoint"
cp -r "$SALVE_SITE" "$work/then"
salve enrol --as kofi tests/conformance/cli/patient.json >"$work/receipt" 2>&1
fails 4 "no such file" salve verify --against "$work/nothing"
echo "nothing is signed here" >"$work/blank"
fails 1 "no signed head" salve verify --against "$work/blank"
SALVE_SITE=$work/other SALVE_KEY_FILE=$work/other.key ok "another site" salve init --name "South Clinic" --key-file "$work/other.key"
fails 1 "a head of another site" salve verify --against "$work/other/checkpoint"
sed '2s/.*/8/' "$SALVE_SITE/checkpoint" >"$work/forged"
fails 1 "a head that nobody signed" salve verify --against "$work/forged"
is "it says so" "$(grep -c 'not signed by a log of this site' "$work/.out")" 1
finish
