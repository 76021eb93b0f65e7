# SPDX-License-Identifier: Apache-2.0
# Commands of which a call that changes a file is the last, or meets a full disk (tests/support/preload/calls.c). Behind hostile.sh.
#   $calls                 the library
#   calls_run WHAT COMMAND...    runs it with SALVE_CALLS=WHAT around each salve; its status is in $status, its words in $work/.out, .err
calls=$work/calls.so
cc -shared -fPIC -O1 -U_FORTIFY_SOURCE -o "$calls" tests/support/preload/calls.c -ldl || { fail "set-up" "calls.c does not build"; finish; }
calls_run() {
    local loaded=$SALVE what=$1
    shift
    salve() { LD_PRELOAD=$calls SALVE_CALLS=$what "$loaded" "$@"; }
    "$@" >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    salve() { "$SALVE" "$@"; }
}
