#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A hundred times a busy site: 20 stations, each with 35 people an hour, are 0.194 visits a second; 19.4 are played, with
# returning people, real quotas, the real clock and the real disk. No error, no process that ends, memory that does not
# grow; printed are the times of each call, CPU and syncs of a visit, memory by the minute. In the long form all that come
# are seen, and the slowest of a hundred calls of each kind is there within 100 ms, so it wants the machine for itself.
# SECONDS_PLAYED (default 15; ALL=1 1800), VISITS_A_SECOND, PEOPLE who come, STATIONS (at most 240 sessions), FOLDER in
# which a folder for the site is made.
set -u
. tests/support/sh.sh
all=${ALL:-0}
seconds=${SECONDS_PLAYED:-$([ "$all" = 1 ] && echo 1800 || echo 15)} rate=${VISITS_A_SECOND:-19.4}
people=${PEOPLE:-$([ "$all" = 1 ] && echo 3500 || echo 100)} stations=${STATIONS:-$([ "$all" = 1 ] && echo 200 || echo 50)}
own=$(mktemp -d "${FOLDER:-${BUILD:-build}}/load.XXXXXX")
folder=$own/site
trap 'rm -rf "$work" "$own"' EXIT
syncs=$work/syncs.so
cc -shared -fPIC -O1 -U_FORTIFY_SOURCE -o "$syncs" tests/support/preload/syncs.c -ldl || { fail "set-up" "syncs.c does not build"; finish; }
SALVE_SYNCS=$work/syncs LD_PRELOAD=$syncs "${TESTS:-build/tests}/serve" serve_load play "$SALVE" "$folder" "$seconds" "$rate" "$people" \
    "$stations" "$work/syncs" | tee "$work/said"
status=${PIPESTATUS[0]}
cp "$work/said" "$work/.out"
if [ "$status" -eq 0 ]; then pass; else fail "$rate visits a second for $seconds s" "$(grep -m 3 FAULT "$work/said" | tr '\n' ' ')"; fi
if [ "$seconds" -ge 600 ]; then
    is "all that came were seen" "$(awk -v rate="$rate" '$2 == "visits" && $3 == "of" { print(($12 >= 0.9 * rate) ? "yes" : "no: " $12) }' "$work/said")" yes
    is "the slowest of a hundred in under 100 ms" "$(awk '/^worst p99/ { print(($6 < 100) ? "yes" : "no: " $6) }' "$work/said")" yes
else
    skip 2 # a few seconds of a machine that others use say nothing about time
fi
SALVE_SITE=$folder SALVE_KEY_FILE=$folder.key prints 'clean$' "the site is whole" salve verify
finish
