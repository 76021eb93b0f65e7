#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An error of the disk at one call of the gate while a station saves: a sync is never tried twice, so the gate ends and another takes
# its place, without anybody coming. What was acknowledged is there, once; the save that had no answer is made again, with its key.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
. tests/support/calls.sh
serve_site
failing() { LD_PRELOAD=$calls SALVE_CALLS=error:$1 exec "$SALVE" serve --listen 127.0.0.1:0; }
kept=() number=0 anew=0
save() { # once, and again until it is stored, as a station does
    local i
    for ((i = 0; i < 200; i++)); do
        case $(measure "$(key $number)" weight $((60 + number)).5) in '200 '*'"state":"stored"'*) return 0 ;; esac
        sleep 0.1
        login lina
        open_person
    done
    return 1
}
# Which call is the n-th depends on the machine a little: some are of a file that is made anew and stop nobody, so points are
# tried until two were of what is durable.
for at in ${POINTS:-61 74 67 80 58 86 92}; do
    [ $anew -lt 2 ] || break
    rm -f "$work/session"
    serve_start "error at call $at: it starts" failing "$at"
    login lina
    open_person
    gate=$(process gate)
    for ((i = 0; i < 5; i++)); do
        number=$((number + 1))
        save || fail "error at call $at" "save $number was never stored: $(tail -2 "$work/log")"
        kept+=("$((60 + number)).5")
    done
    is_anew=$([ "$(process gate)" = "$gate" ] && echo 0 || echo 1)
    serve_end
    [ "$is_anew" = 0 ] || is "error at call $at: it says that the disk failed" "$(($(grep -c SLV-506 "$work/log") > 0))" 1
    anew=$((anew + is_anew))
done
[ -n "${POINTS:-}" ] || is "gates were started anew" "$anew" 2
salve take "$card" --born $born -o "$work/mine.json" >/dev/null 2>&1
is "what was acknowledged is there, once" "$(grep -oE '"value":[6-9][0-9]\.5' "$work/mine.json" | cut -d: -f2 | sort)" \
    "$(printf '%s\n' "${kept[@]}" | sort)"
prints 'clean$' "the site is whole" salve verify
finish
