#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 in the middle of an import: what has a card is there, and the site verifies. Whoever comes meanwhile waits, and is told for
# whom; when the other is gone it is served, and after ten seconds it ends.
set -u
. tests/support/hostile.sh
make_site --made-up
{ head -n 1 "${SALVE_DATA:-../shared/data}/nhanes-sample/sample.csv" && sed -n 2,80p "${SALVE_DATA:-../shared/data}/nhanes-sample/sample.csv"; } \
    >"$work/rows.csv" 2>/dev/null
if [ -s "$work/rows.csv" ]; then
    "$SALVE" import --enrol "$work/rows.csv" --map maps/nhanes.json --purpose care --read-back 1 --as dr-amina --of-age -q \
        -o "$work/killed.csv" >/dev/null 2>&1 &
    victim=$!
    while [ "$(wc -l 2>/dev/null <"$work/killed.csv")" -lt 6 ] 2>/dev/null || [ ! -s "$work/killed.csv" ]; do sleep 0.05; done
    kill -STOP $victim
    began=$SECONDS
    fails 6 "a second process ends in time" salve staff
    cp "$work/.out" "$work/waited"
    is "after ten seconds" "$((SECONDS - began >= 9 && SECONDS - began < 20))" 1
    is "it was told once for whom it waits" "$(grep -c "^Waiting .* $victim (salve" "$work/waited")" 1
    is "and says who has the site" "$(grep -c "process $victim (salve) has it" "$work/waited")" 1
    salve staff >"$work/served" 2>&1 &
    waiter=$!
    sleep 0.5
    kill -9 $victim; wait $victim 2>/dev/null
    wait $waiter
    is "who waits is served when the other is gone" "$? $(grep -c kofi "$work/served")" "0 1"
    ok "opening the site after kill -9 completes what was cut off" salve staff
    ok "and it verifies" salve verify
    while IFS=, read -r _ killed; do ok "a card of before opens" salve looked "$killed" --as kofi; done < <(sed -n '2,$p' "$work/killed.csv")
else
    skip 7
fi
finish
