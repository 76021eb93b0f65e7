#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The app for the browser: its types hold, and the tests beside its screens and modules pass.
set -u
. tests/support/sh.sh
ok "TypeScript takes all of web/" tools/node node_modules/typescript/bin/tsc -p web
tools/node tools/web_test.mjs web "${BUILD:-build}/gen" >"$work/tests"
status=$?
read -r p f < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, 0 skipped$/\1 \2/p' "$work/tests")
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
[ "$status" -eq 0 ] || { [ "${f:-1}" -gt 0 ] || failed=$((failed + 1)); sed -n '1,80p' "$work/tests"; }
finish
