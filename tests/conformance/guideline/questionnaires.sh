#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The questionnaires that ship: each is read by the room of forms in every language; each code is an input of a guideline or of
# the alarms; what guidelines ask is asked; packages ask forms that there are, and know which are about what is kept apart.
set -u
. tests/support/sh.sh
for file in forms/questionnaires/*.json; do
    ok "$(basename "$file") is a form" salve form check "$file"
done
for file in "${BUILD:-build}"/share/fhir/consent-*.json; do
    ok "$(basename "$file") is a form" salve form check "$file"
done
out=$(tools/node tests/conformance/guideline/questionnaires.mjs 2>&1)
while read -r verdict name; do
    [ -n "$verdict" ] || continue
    is "$name" "$verdict" ok
done <<<"$out"
finish
