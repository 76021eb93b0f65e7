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

# It came to its end, with something urgent in it or not.
through() {
    local name=$1 status; shift
    "$@" >"$work/.out" 2>&1 </dev/null
    status=$?
    case $status in 0 | 10 | 11) pass ;; *) fail "$name" "exit status $status" ;; esac
}

# The same command goes on until the file is done, wherever it was cut: each row once, each with a card that opens.
rows=${SALVE_DATA:-../shared/data}/nhanes-sample/sample.csv
if [ -s "$rows" ]; then
    { sed -n 1p "$rows"; sed -n 101,160p "$rows"; } >"$work/rows.csv" # not those of above: that file would go on
    count() { salve verify --json 2>/dev/null | tr -d ' \n' | grep -oE '"compartments":[0-9]+' | cut -d: -f2; }
    before=$(count)
    batch="import --enrol $work/rows.csv --map maps/nhanes.json --purpose care --read-back 1 --as dr-amina --of-age -o $work/batch.csv --urgent $work/urgent.csv"
    killed=0
    for wait in 05 10 15 20 10 25 15 30 05 20; do
        # shellcheck disable=SC2086
        "$SALVE" $batch >/dev/null 2>&1 &
        victim=$!
        sleep "0.$wait"
        kill -9 $victim 2>/dev/null && killed=$((killed + 1))
        wait $victim 2>/dev/null
    done
    is "runs were killed" "$((killed > 3))" 1
    # shellcheck disable=SC2086
    if [ "$(count)" -lt $((before + 60)) ]; then through "the same command goes on" salve $batch; else pass; fi
    is "everybody is there once" "$(($(count) - before))" 60
    is "with a card each" "$(sed 1d "$work/batch.csv" | cut -d, -f1 | sort -u | wc -l) $(wc -l <"$work/batch.csv")" "60 61"
    salve inbox --json --as dr-amina 2>/dev/null | tr -d ' \n' | grep -oE '"ticket":"[^"]*"' | cut -d'"' -f4 | sort >"$work/tickets"
    sed 1d "$work/urgent.csv" | cut -d, -f2 | sort >"$work/named"
    is "each urgent row is named once" "$(sed 1d "$work/urgent.csv" | cut -d, -f1 | sort | uniq -d | wc -l) $(head -n 1 "$work/urgent.csv")" "0 row,ticket,urgency"
    is "there are some" "$(($(wc -l <"$work/named") > 0))" 1
    is "by a ticket that is open" "$(comm -23 "$work/named" "$work/tickets" | wc -l)" 0
    is "for its owner alone" "$(stat -c %a "$work/urgent.csv")" 600
    opened=0
    while IFS=, read -r _ one; do "$SALVE" looked "$one" --as kofi >/dev/null 2>&1 && opened=$((opened + 1)); done < <(sed 1d "$work/batch.csv")
    is "that opens" "$opened" 60
    ok "and it verifies" salve verify
    # shellcheck disable=SC2086
    fails 6 "a file that is done writes over no cards" salve $batch
    # Rows that were done must be the same; later ones may be mended.
    again=${batch/batch.csv/again.csv} again=${again/urgent.csv/urgent-again.csv}
    # shellcheck disable=SC2086
    "$SALVE" $again >/dev/null 2>&1 &
    victim=$!
    for _ in $(seq 100); do [ "$(grep -c . "$work/again.csv" 2>/dev/null)" -ge 6 ] 2>/dev/null && break; sleep 0.05; done
    kill -9 $victim; wait $victim 2>/dev/null
    before=$(count)
    cp "$work/rows.csv" "$work/kept.csv"
    sed -i '3s/,/,1/3' "$work/rows.csv"
    # shellcheck disable=SC2086
    fails 6 "other rows are not taken for those that were done" salve $again
    is "nor is anybody enrolled" "$(($(count) - before <= 0))" 1
    sed '61s/,/,1/3' "$work/kept.csv" >"$work/rows.csv"
    # shellcheck disable=SC2086
    through "a later row may be mended" salve $again
    is "a card for each" "$(wc -l <"$work/again.csv")" 61
else
    skip 16
fi
finish
