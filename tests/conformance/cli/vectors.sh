#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Vector families that plain functions answer, by the command that a clinician would use. The ones of guidelines are run by
# tests/conformance/guideline/guideline_vectors.c.
set -u
. tests/support/sh.sh
for family in ranges input_age headline next_check; do
    salve guideline test --vectors tests/vectors/$family.csv >"$work/.out" 2>&1
    rows=$(($(grep -c . tests/vectors/$family.csv) - 1))
    is "every row of $family passes" "$(tail -1 "$work/.out")" "$rows passed, 0 failed"
done
sed 's/,confirm,/,ok,/' tests/vectors/ranges.csv >"$work/ranges.csv"
fails 1 "a row that is wrong fails" salve guideline test --vectors "$work/ranges.csv"
sed '1s/exp_state/state/;1s/exp_other_unit/unit2/' tests/vectors/ranges.csv >"$work/ranges.csv"
fails 1 "a file without an expectation is refused" salve guideline test --vectors "$work/ranges.csv"
fails 4 "a family that nobody answers" salve guideline test --vectors tests/vectors/../vectors/nobody.csv
finish
