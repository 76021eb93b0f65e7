#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The disk is full from some moment on while a station saves: it is told so, reading goes on, nothing crashes; once there is room
# again everything that was acknowledged is there, and the same save again, with its key, is kept once.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
. tests/support/calls.sh
serve_site
full() { LD_PRELOAD=$calls SALVE_CALLS=full:$1 exec "$SALVE" serve --listen 127.0.0.1:0; }
kept=() refused=() number=0
for at in 40 70; do
    rm -f "$work/session"
    serve_start "full from call $at on: it starts" full $at
    login lina
    open_person
    gate=$(process gate)
    for ((i = 0; i < 6; i++)); do
        number=$((number + 1)) weight=$((60 + number)).5
        case $(measure "$(key $number)" weight $weight) in
            '200 '*'"state":"stored"'*) kept+=("$weight") ;;
            '507 '*'"E_FULL"'*) refused+=("$number") kept+=("$weight") ;;
            *) fail "full from call $at on" "save $number has another answer: $(measure "$(key $number)" weight $weight)" ;;
        esac
    done
    prints '^200 .*"name":"lina"' "full from call $at on: the session goes on" ask session
    is "full from call $at on: nothing crashed" "$(process gate)" "$gate"
    serve_end
    is "full from call $at on: it ends, and says that the disk is full" "$status $(tail -3 "$work/log" | grep -c SLV-505)" "9 1"
done
is "some were refused" "$((${#refused[@]} > 2))" 1
rm -f "$work/session"
serve_start "with room again it starts" serve_usual
login lina
open_person
for number in "${refused[@]}"; do
    prints '^200 .*"state":"stored"' "what was refused is saved now" measure "$(key "$number")" weight $((60 + number)).5
done
serve_end
is "it ends" "$status" 0
salve take "$card" --born $born -o "$work/mine.json" >/dev/null 2>&1
is "what was acknowledged is there, once" "$(grep -oE '"value":[6-9][0-9]\.5' "$work/mine.json" | cut -d: -f2 | sort)" \
    "$(printf '%s\n' "${kept[@]}" | sort)"
prints 'clean$' "the site is whole" salve verify
finish
