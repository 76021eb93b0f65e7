#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N22: the program opens no connection. It has no function for one, no command makes a socket, and what it writes for people loads nothing
# from elsewhere.
set -u
. tests/support/hostile.sh
none() { # NAME WHAT-CAME-OUT
    if [ -z "$2" ]; then pass; else fail "$1" "$2"; fi
}
if command -v nm >/dev/null; then
    none "the program asks for no function of the network" "$(nm -D --undefined-only "$SALVE" |
        grep -E ' (socket|socketpair|connect|accept4?|listen|bind|send(to|msg|mmsg)?|recv(from|msg|mmsg)?|getaddrinfo|gethostby.*|res_.*)(@|$)')"
else
    skip 1
fi
make_site
make_people
made salve import "$card" "$work/measured.json" --as lina
watched() { # COMMAND...: its sockets, but for none
    strace -f -qq -e trace=%network -o "$work/calls" "$SALVE" "$@" >/dev/null 2>&1 </dev/null || echo "exit status $?"
    cat "$work/calls"
}
if strace -o /dev/null true 2>/dev/null; then
    none "screen makes no socket" "$(watched screen "$card" --as lina)"
    none "sign makes no socket" "$(watched sign "$card" --as dr-amina)"
    none "a PDF letter makes no socket" "$(watched letter "$card" --born $born -o "$work/letter.pdf")"
    none "an HTML letter makes no socket" "$(watched letter "$card" --born $born --lang ar -o "$work/letter.html")"
    none "take makes no socket" "$(watched take "$card" --born $born -o "$work/mine.json")"
    none "verify makes no socket" "$(watched verify)"
    none "doctor makes no socket" "$(watched doctor)"
else
    skip 7
    made salve screen "$card" --as lina
    made salve sign "$card" --as dr-amina
    made salve letter "$card" --born $born --lang ar -o "$work/letter.html"
fi
none "an HTML letter loads nothing" "$(grep -oiE '(src|srcset|background|action)="[^"#d][^"]*"|<(link|script|iframe|object|embed)[^>]*|url\([^)d][^)]*\)|@import[^;]*' "$work/letter.html")"
finish
