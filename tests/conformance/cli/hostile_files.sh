#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Files that are no files, or without end.
set -u
. tests/support/hostile.sh
make_site
for file in /dev/zero . "$SALVE"; do
    fails 1 "enrol from $file" salve enrol --as kofi "$file"
    fails 1 "screen $file" salve screen --paper "$file"
    fails 1 "fhirpath on $file" salve fhirpath id "$file"
done
mkfifo "$work/pipe"; (cat tests/conformance/cli/patient.json >"$work/pipe") &
ok "a pipe is read to its end" salve fhir validate "$work/pipe"
wait
finish
