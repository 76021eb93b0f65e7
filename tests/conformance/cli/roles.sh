#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Who may do what, as the program says it: the page of docs/internals is the same, and JSON has the same rows.
set -u
. tests/support/sh.sh
page=docs/internals/roles.md
salve roles >"$work/all"
sed -n '/^## participant/,$p' "$page" >"$work/page"
sed -n '/^## participant/,$p' "$work/all" >"$work/made"
is "the page shows the rows; if not: keep its head, and put what 'salve roles' prints behind it" "$(diff "$work/page" "$work/made")" ""
is "every row is there as JSON" "$(salve roles --json | grep -c '"act"')" "$(grep -c '^| [a-z-]* | [a-z]' "$work/all")"
salve roles auditor >"$work/one"
is "one role alone" "$(grep -c '^## ' "$work/one").$(grep -c '^## auditor' "$work/one")" 1.1
is "an auditor opens nothing" "$(grep -c '^| open ' "$work/one")" 0
is "a clinician opens three purposes" "$(salve roles clinician | grep -c '^| open ')" 3
fails 4 "there is no such role" salve roles police
finish
