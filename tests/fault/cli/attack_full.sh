#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The disk is full from some call on, in each command that writes: a clear error or the whole work, nobody loses anything, the site
# verifies once there is room, and the same command goes on.
set -u
. tests/support/attack.sh
attack_site
rounds=${ROUNDS:-16} refused=0
for ((round = 0; round < rounds; round++)); do
    attack_begin "$round"
    attack_points "$round"
    at=$((RANDOM % count + 1))
    name="$op with a disk full from call $at of $count"
    attack_run "full:$at"
    cp "$work/.out" "$work/enrolled"
    if [ $status -eq 0 ]; then pass
    elif [ $status -le 9 ] && grep -q 'SLV-' "$work/.err"; then pass; refused=$((refused + 1))
    else cp "$work/.err" "$work/.out"; fail "$name" "exit status $status"; fi
    attack_after "$name"
done
echo "full disks: $rounds, $refused refused"
is "commands were refused" "$((refused >= rounds / 3))" 1
finish
