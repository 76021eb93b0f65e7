#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 500 measured adults go through import with a CSV map and are screened; the counts of that run are printed.
set -u
. tests/support/sh.sh
csv=${SALVE_DATA:-../shared/data}/nhanes-sample/sample.csv
if [ ! -e "$csv" ]; then
    skip 6
    finish
fi
export SALVE_SITE=$work/site SALVE_KEY_FILE=$work/key
salve init -q --made-up --key-file "$work/key" --staff dr-amina:clinician --staff lina:assistant >/dev/null 2>&1
for id in body-measures blood-pressure glycaemia kidney; do salve -q guideline accept "$id" --as dr-amina; done
fails 10 "500 rows are imported and screened, an emergency among them" salve import "$csv" --map maps/nhanes.json --enrol --purpose care --method signed \
    --read-back 1 --as dr-amina --of-age --progress none -o "$work/cards.csv"
mv "$work/.out" "$work/run"
grep -E '^[a-z-]+ +[a-z]' "$work/run"
rows=$(($(wc -l <"$csv") - 1))
is "every row is one person" "$(grep -c "^$rows people" "$work/run")" 1
is "every person has a card" "$(tail -n +2 "$work/cards.csv" | grep -cE ',([0-9A-Z]{4}-){4}[0-9A-Z]{4}$')" "$rows"
is "everybody has a body mass index or a reason why not" \
    "$(awk '$1 == "body-measures" && $2 == "bmi" {n += $NF} END {print n}' "$work/run")" "$rows"
card=$(tail -n 1 "$work/cards.csv" | cut -d, -f2)
ok "one of them takes everything along" salve take "$card" --as dr-amina -o "$work/mine.json"
prints 'clean$' "the site verifies" salve verify
finish
