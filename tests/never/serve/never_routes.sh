#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N11, N12, N14, N20 on the running server: random requests over all its routes by sessions of every role at the same time, in good
# times and while its processes are killed. No answer is about two people, or about one whom the session has not open; none to who
# runs the site is about anybody; no search and no export is answered; nothing of anybody is in a file, in the log or in the
# numbers. REQUESTS, KILLED: how many (default 4,000 and 1,000; with ALL=1 100,000 and 20,000).
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
. tests/support/canary.sh
all=${ALL:-0} seed=${SEED:-11}
requests=${REQUESTS:-$([ "$all" = 1 ] && echo 100000 || echo 3000)} killed=${KILLED:-$([ "$all" = 1 ] && echo 20000 || echo 1000)}
mkdir "$work/tmp" "$work/cwd" "$work/made"
export TMPDIR=$work/tmp
canary_site 5
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
host=$(cd "${TESTS:-build/tests}" && pwd)/serve
share=$(cd "${BUILD:-build}/share" && pwd)
mv "$work"/people "$work"/staff "$work"/measured.json "$work/made"
never_routes() { # NAME REQUESTS KILLS SEED WORDS...
    local name=$1 status; shift
    (ulimit -c unlimited; tools/node tests/never/serve/never_routes.mjs "$work/made/people" "$1" "$2" "$3" "$site:$work/tmp:$work/cwd" "${@:4}") \
        >"$work/made/out" 2>&1
    status=$?
    cp "$work/made/out" "$work/.out"
    if [ $status -eq 0 ]; then pass; else fail "$name" "exit status $status"; fi
    head -n 1 "$work/made/out"
}
never_routes "any request by anybody (seed $seed)" "$requests" 0 "$seed" "$program" serve --listen 127.0.0.1:0
never_routes "while processes are killed (seed $seed)" "$killed" $((killed / 50)) $((seed + 1)) \
    "$host" serve_unit host "$site" "$SALVE_KEY_FILE" "$program" "$share" 100000 0
is "no core file anywhere" "$(find "$work" . -maxdepth 2 -name 'core*' -newer "$work/pins" -type f | head -3)" ""
is "nothing is left in the folder for temporary files" "$(ls "$work/tmp")" ""
is "nothing is left beside the site" "$(cd "$work" && ls)" "$(printf '%s\n' clinic clinic.key cwd made pins tmp)"
prints 'clean$' "the site is whole" salve verify
finish
