#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# init makes nothing when a word is wrong, and a site when all are right.
set -u
. tests/support/hostile.sh
fails 2 "init refuses an unknown role" salve init "$work/none" --key-file "$work/none.key" --staff x:boss
fails 2 "init refuses a name that is no pseudonym" salve init "$work/none" --key-file "$work/none.key" --staff 'Dr A:clinician'
fails 2 "init refuses a site without a name" salve init "$work/none" --key-file "$work/none.key" --name ''
fails 2 "init refuses control characters in a name" salve init "$work/none" --key-file "$work/none.key" --name $'North\e[31m'
is "and has made nothing" "$(ls -d "$work"/none* 2>/dev/null)" ""
ok "a site" salve init --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant
for id in body-measures blood-pressure; do ok "accept $id" salve guideline accept $id --as dr-amina; done
finish
