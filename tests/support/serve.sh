# SPDX-License-Identifier: Apache-2.0
# What tests of a running server start with, behind hostile.sh: one person with consent to care ($card) at a made-up site.
#   serve_start COMMAND...    runs it until it prints an address: $origin, $server (its pid), $work/log; fails if it ends before
#   serve_end [SIGNAL]        ends it: its exit status in $status, 'alive' after 20 s
#   process NAME              pid of the process of that name ("gate"); empty: none now
#   ask CALL [JSON]           status and answer of one call of the app, in one session
#   judge_and_sign            screen, findings, sign: of the open person, by who logged in
#   serve_site                makes the site;  serve_usual [OPTION...]  the command on it, for serve_start
serve_site() {
    made salve init "$site" --made-up --key-file "$SALVE_KEY_FILE" --staff dr-amina:clinician --staff kofi:registrar \
        --staff lina:assistant "$@"
    card=$(salve enrol -q --as kofi tests/conformance/cli/patient.json 2>/dev/null)
    made salve consent give "$card" --purpose care --read-back 1 --as kofi
}
serve_start() {
    local name=$1 i; shift
    : >"$work/log"
    "$@" >"$work/log" 2>&1 </dev/null &
    server=$! origin=''
    for ((i = 0; i < 400; i++)); do
        origin=$(grep -oE 'https?://[^ /]+' "$work/log" | head -1)
        [ -z "$origin" ] || { pass; return 0; }
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    cp "$work/log" "$work/.out"
    fail "$name" "it did not come up"
    return 1
}
serve_end() {
    local i
    kill -"${1:-TERM}" "$server"
    for ((i = 0; i < 400; i++)); do
        kill -0 "$server" 2>/dev/null || { wait "$server"; status=$?; return; }
        sleep 0.05
    done
    status=alive
    kill -KILL "$server"
}
serve_usual() { exec "$SALVE" serve --listen 127.0.0.1:0 "$@"; }
process() {
    local pid
    for pid in $(cat "/proc/$server/task/$server/children" 2>/dev/null); do
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "salve-$1" ] || echo "$pid"
    done
}
ask() { tools/node tests/support/app_call.mjs "$origin" "$work/session" "$1" "${2:-{\}}"; }
login() { ask login '{"name":"'"$1"'","secret":"246802"}' >"$work/answer"; }
# The person of $card is open in this session: $person.
open_person() { person=$(ask open '{"who":"'"$card"'"}' | grep -oE '"person":"[^"]*"' | cut -d'"' -f4); }
# measure KEY WORD TEXT - what a station saves.
measure() {
    ask measure '{"person":"'"$person"'","key":"'"$1"'","readings":[{"word":"'"$2"'","text":"'"$3"'"}],"confirmed":[[0,0]]}'
}
key() { printf '00000000-0000-4000-8000-%012d' "$1"; }
judge_and_sign() {
    prints '^200' "findings" ask screen '{"person":"'"$person"'"}'
    prints '^200' "are looked at" ask findings '{"person":"'"$person"'"}'
    prints '^200 .*"signed":' "and signed" ask sign '{"person":"'"$person"'","leave":[]}'
}
