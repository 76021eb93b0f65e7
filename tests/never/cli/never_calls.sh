#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N22: no third party is called. The program looks no name up; few files of it make sockets at all; a command asks for the running
# server of its own site and for nothing else; the server listens at this machine and connects to nobody; and what is written for
# people loads nothing from elsewhere.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
none() { # NAME WHAT-CAME-OUT
    if [ -z "$2" ]; then pass; else fail "$1" "$2"; fi
}
if command -v nm >/dev/null; then
    none "the program asks for no function that finds others" "$(nm -D --undefined-only "$SALVE" |
        grep -E ' (getaddrinfo|getnameinfo|gethostby.*|res_.*|sendmmsg|recvmmsg)(@|$)')"
else
    skip 1
fi
# The self-test tries what it must not get; http has sockets that serve opened; the others are of this machine alone.
is "few files make, bind or connect a socket" "$(grep -rlE '(^|[^a-z_.>])(socket|connect|bind|getaddrinfo)\(' src --include='*.c' | sort | tr '\n' ' ')" \
    "src/confine/confine_acts.c src/door/door_dial.c src/serve/serve_listen.c src/serve/serve_notify.c "
is "nobody else knows of the internet" "$(grep -rlE '\bAF_INET|sockaddr_in' src --include='*.[ch]' | sort | tr '\n' ' ')" \
    "src/confine/confine_acts.c src/http/http_connection.c src/serve/serve_listen.c "
make_site
make_people
made salve import "$card" "$work/measured.json" --as lina
watched() { # COMMAND...: its sockets, but for the one that asks whether a server of this site runs
    strace -f -qq -e trace=%network -o "$work/calls" "$SALVE" "$@" >/dev/null 2>&1 </dev/null || echo "exit status $?"
    grep -vE "^[0-9]+ +(socket\(AF_UNIX, SOCK_STREAM\|SOCK_CLOEXEC, 0\) |connect\([0-9]+, \{sa_family=AF_UNIX, sun_path=\"/proc/self/fd/[0-9]+/clinic\.sock\"\}, [0-9]+\) = -1 ENOENT )" "$work/calls"
}
if strace -o /dev/null true 2>/dev/null; then
    none "screen calls nobody" "$(watched screen "$card" --as lina)"
    none "sign calls nobody" "$(watched sign "$card" --as dr-amina)"
    none "a PDF letter calls nobody" "$(watched letter "$card" --born $born -o "$work/letter.pdf")"
    none "an HTML letter calls nobody" "$(watched letter "$card" --born $born --lang ar -o "$work/letter.html")"
    none "take calls nobody" "$(watched take "$card" --born $born -o "$work/mine.json")"
    none "verify calls nobody" "$(watched verify)"
    none "doctor calls nobody" "$(watched doctor)"
else
    skip 7
    made salve screen "$card" --as lina
    made salve sign "$card" --as dr-amina
    made salve letter "$card" --born $born --lang ar -o "$work/letter.html"
fi
none "an HTML letter loads nothing" "$(grep -oiE '(src|srcset|background|action)="[^"#d][^"]*"|<(link|script|iframe|object|embed)[^>]*|url\([^)d][^)]*\)|@import[^;]*' "$work/letter.html")"

# --- a running server, from its start to its end
if strace -o /dev/null true 2>/dev/null; then
    traced() { exec strace -f -qq -e trace=%network -o "$work/calls" "$SALVE" serve --listen 127.0.0.1:0; }
    serve_start "a server" traced
    login dr-amina
    open_person
    prints '^200 .*"state":"stored"' "a station saves" measure "$(key 1)" height 161
    judge_and_sign
    prints '^200 .*"pdf":' "a letter" ask letter '{"person":"'"$person"'","language":"en","untold":false}'
    pkill -TERM -P "$server" -x salve
    for ((i = 0; i < 200; i++)); do kill -0 "$server" 2>/dev/null || break; sleep 0.05; done
    wait "$server"
    is "it ends" "$?" 0
    # What the self-test is refused is no call; paths of this machine are none either.
    # A call that another process came between is on two lines: joined first.
    awk '/<unfinished \.\.\.>$/ { sub(/ *<unfinished \.\.\.>$/, ""); held[$1] = $0; next }
        /<\.\.\. [a-z0-9_]+ resumed>/ { rest = $0; sub(/^.*resumed>/, "", rest); print held[$1] rest; next } { print }' \
        "$work/calls" >"$work/joined"
    grep -vE '= -1 (EPERM|EACCES)' "$work/joined" | grep -E 'AF_(INET6?|NETLINK|PACKET|VSOCK)|inet_addr|inet_pton' >"$work/inet"
    is "it has one socket of the internet" "$(grep -c 'socket(AF_INET' "$work/inet")" 1
    none "which connects to nobody" "$(grep -E ' (connect|sendto|sendmsg|sendmmsg)\(' "$work/inet")"
    none "and hears this machine alone" "$(grep -oE 'inet_addr\("[^"]*"\)|inet_pton\([^)]*\)' "$work/inet" | grep -v '^inet_addr("127\.0\.0\.1")$')"
    is "which was seen" "$(($(grep -cE ' (accept4?|getpeername)\(.*127\.0\.0\.1' "$work/inet") > 3))" 1
else
    skip 11
fi
finish
