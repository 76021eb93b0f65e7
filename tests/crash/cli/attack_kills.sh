#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 just before a call that changes a file, in each command that writes, and every third time once more in the command that tidies up
# after it. What was acknowledged holds, nobody else loses anything, the site verifies, and the same command goes on.
set -u
. tests/support/attack.sh
attack_site
rounds=${ROUNDS:-16} kills=0
for ((round = 0; round < rounds; round++)); do
    attack_begin "$round"
    attack_points "$round"
    at=$((RANDOM % count + 1))
    name="$op killed before call $at of $count"
    attack_run "kill:$at"
    [ $status -eq 137 ] && kills=$((kills + 1))
    cp "$work/.out" "$work/enrolled"
    if [ $((round % 3)) -eq 0 ]; then
        attack_key
        { LD_PRELOAD=$calls SALVE_CALLS=kill:$((RANDOM % 12 + 1)) "$SALVE" staff; } >/dev/null 2>&1
        [ $? -eq 137 ] && kills=$((kills + 1))
    fi
    attack_after "$name"
done
echo "kills: $kills in $rounds operations"
is "programs were killed" "$((kills >= rounds * 3 / 4))" 1
finish
