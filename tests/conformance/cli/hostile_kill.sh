#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 in the middle of an import: what has a card is there, and the site verifies.
set -u
. tests/support/hostile.sh
says() { # REGEX NAME COMMAND...: standard error has a line that matches
    local regex=$1 name=$2; shift 2
    "$@" >/dev/null 2>"$work/.out" </dev/null
    if grep -qE -- "$regex" "$work/.out"; then pass; else fail "$name" "no line matches /$regex/"; fi
}
make_site --made-up
{ head -n 1 "${SALVE_DATA:-../shared/data}/nhanes-sample/sample.csv" && sed -n 2,80p "${SALVE_DATA:-../shared/data}/nhanes-sample/sample.csv"; } \
    >"$work/rows.csv" 2>/dev/null
if [ -s "$work/rows.csv" ]; then
    "$SALVE" import --enrol "$work/rows.csv" --map maps/nhanes.json --purpose care --read-back 1 --as dr-amina --of-age -q \
        -o "$work/killed.csv" >/dev/null 2>&1 &
    victim=$!
    while [ "$(wc -l 2>/dev/null <"$work/killed.csv")" -lt 6 ] 2>/dev/null || [ ! -s "$work/killed.csv" ]; do sleep 0.05; done
    says 'SLV-502' "a second process is told to wait" salve staff
    says "$victim" "and by whom the site is used" salve staff
    kill -9 $victim; wait $victim 2>/dev/null
    ok "opening the site after kill -9 completes what was cut off" salve staff
    ok "and it verifies" salve verify
    while IFS=, read -r _ killed; do ok "a card of before opens" salve looked "$killed"; done < <(sed -n '2,$p' "$work/killed.csv")
else
    skip 4
fi
finish
