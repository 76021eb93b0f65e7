# SPDX-License-Identifier: Apache-2.0
# What shell tests start with: $work (a folder that goes away), salve, and checks that count.
#   ok NAME COMMAND...          exit status 0
#   fails STATUS NAME COMMAND...
#   prints REGEX NAME COMMAND...    exit status 0 and a line of standard output that matches
#   is NAME GOT WANT
#   finish                      the closing line
SALVE=${SALVE:-build/salve}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
# PINs of everybody who works at a site of the tests; 'init' takes the first ones from it, too.
export SALVE_PIN_FILE=$work/pins
(umask 077; for name in manager maria joan dr-amina kofi lina tom; do echo "$name 246802"; done >"$SALVE_PIN_FILE")
# The birth date of tests/conformance/cli/patient.json, which a person tells beside the card.
born=1972-03-14
salve() { "$SALVE" "$@"; }
pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    echo "FAILED $1: $2"
    [ -s "$work/.out" ] && head -n 6 "$work/.out" | sed 's/^/    /'
}
ok() {
    local name=$1 status; shift
    "$@" >"$work/.out" 2>&1 </dev/null
    status=$?
    if [ $status -eq 0 ]; then pass; else fail "$name" "exit status $status"; fi
}
fails() {
    local want=$1 name=$2 status; shift 2
    "$@" >"$work/.out" 2>&1 </dev/null
    status=$?
    if [ $status -eq "$want" ]; then pass; else fail "$name" "exit status $status, want $want"; fi
}
prints() {
    local regex=$1 name=$2 status; shift 2
    "$@" >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    if [ $status -ne 0 ]; then cat "$work/.err" >>"$work/.out"; fail "$name" "exit status $status"
    elif grep -qE -- "$regex" "$work/.out"; then pass
    else fail "$name" "no line matches /$regex/"; fi
}
is() {
    : >"$work/.out"
    if [ "$2" = "$3" ]; then pass; else fail "$1" "got '$2', want '$3'"; fi
}
skip() { skipped=$((skipped + $1)); }
finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed -eq 0 ]
    exit
}
