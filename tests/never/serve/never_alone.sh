#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# N22 on the running server: a whole visit in a network of its own that leads nowhere, in which nobody tries to get out, or asks for a
# name; there is one listening socket, of this machine. And no file of the app, no page and no letter names another origin that a
# browser would ask.
set -u
[ "${1:-}" = apart ] || ! unshare -rn true 2>/dev/null || exec unshare -rn bash "$0" apart
. tests/support/hostile.sh
. tests/support/serve.sh
is_apart=$([ "${1:-}" = apart ] && echo 1 || echo 0)
none() { # NAME WHAT-CAME-OUT
    if [ -z "$2" ]; then pass; else fail "$1" "$2"; fi
}
# What was sent to where no way leads, datagrams, connections that were begun, all since this network was made.
sent() {
    awk '/^(Ip|Udp|Tcp|Icmp):/ { if ($2 ~ /^[A-Za-z]/) for (i = 2; i <= NF; i++) name[$1, i] = $i
        else for (i = 2; i <= NF; i++) if (name[$1, i] == want) print $i }' want="$1" /proc/net/snmp | head -n 1
}
if [ "$is_apart" = 1 ]; then
    perl -e 'my $lo = pack("a16sx22", "lo", 1); socket(S, 2, 2, 0) && ioctl(S, 0x8914, $lo) or die' || { fail "set-up" "no loopback"; finish; }
    (echo >/dev/tcp/192.0.2.1/80) 2>/dev/null
    (echo >/dev/udp/192.0.2.1/53) 2>/dev/null
    is "what tries to get out is seen" "$(sent OutNoRoutes)" 2
    (echo x >/dev/udp/127.0.0.1/53) 2>/dev/null
    is "a question for a name, too" "$(sent OutDatagrams)" 1
    began=$(sent ActiveOpens)
else
    skip 8
fi
serve_site
for id in alarms body-measures; do made salve guideline accept $id --as dr-amina; done
serve_start "a server" serve_usual
login dr-amina
open_person
prints '^200 .*"state":"stored"' "a station saves" measure "$(key 1)" weight 70.5
judge_and_sign
ask letter '{"person":"'"$person"'","language":"en","untold":true}' >"$work/answer"
get() { # PATH...: what is served there, with its status and header lines; one session
    tools/node -e '
        const [origin, file, ...paths] = process.argv.slice(1);
        const { cookie } = JSON.parse(require("node:fs").readFileSync(file, "utf8"));
        (async () => {
            for (const path of paths) {
                const answer = await fetch(origin + path, { headers: { cookie } });
                console.log(`\n== ${path} ${answer.status}`);
                for (const [name, value] of answer.headers) console.log(`${name}: ${value}`);
                console.log(await answer.text());
            }
        })();
    ' "$origin" "$work/session" "$@"
}
mapfile -t paths < <(grep -oE '\.path = \{"[^"]+"' "${BUILD:-build}/gen/web_files.c" | cut -d'"' -f2)
get / /healthz /metrics "${paths[@]}" >"$work/pages"
get "$(grep -oE '/letter/[^".]+' "$work/answer" | head -1)" >"$work/letter"
is "all files of the app are served" "$(grep -cE '^== [^ ]+ 200$' "$work/pages") $((${#paths[@]} > 8))" "$((${#paths[@]} + 3)) 1"
is "and the letter" "$(grep -cE '^== [^ ]+ 200$' "$work/letter") $(grep -c Haddad "$work/letter" | sed 's/^[1-9].*/some/')" "1 some"
# Names of kinds of documents (SVG), and the address of a manual in the words of an error, are asked for by nobody.
none "no other origin is named" "$(cat "$work/pages" "$work/letter" | grep -aoE '(https?|wss?|ftp):(\\?/){2}[^"'"'"'` )<>]*|(src|href|action)="//[^"]*|url\(["'"'"']?//[^)]*' |
    grep -vE '^http://www\.w3\.org/(1999/xhtml|2000/svg|1998/Math/MathML|1999/xlink)$|^https://github\.com/preactjs/' | sort -u | head -5)"
is "where names are, the search finds them" "$(($(grep -c 'http://www.w3.org/2000/svg' "$work/pages") > 0))" 1
none "nothing is sent behind the app's back" "$(grep -aoE 'sendBeacon|RTCPeerConnection|WebSocket|EventSource|importScripts|<(iframe|object|embed)\b' "$work/pages" "$work/letter" | sort -u | head -5)"
is "each answer forbids it" "$(grep -ciE "^content-security-policy: default-src 'none';" "$work/pages")" "$((${#paths[@]} + 3))"
is "so does the letter, which may ask for nothing at all" "$(grep -ciE "^content-security-policy: default-src 'none'; style-src 'sha256-[^']*'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox" "$work/letter")" 1
is "nor tells the next page where one was" "$(grep -ciE '^referrer-policy: no-referrer' "$work/pages")" "$((${#paths[@]} + 3))"
if [ "$is_apart" = 1 ]; then
    "$SALVE" verify >/dev/null 2>&1
    "$SALVE" doctor >/dev/null 2>&1
    is "nobody tried to get out" "$(sent OutNoRoutes)" 2
    is "no datagram was sent" "$(sent OutDatagrams)" 1
    is "there are no sockets but of connections" "$(cat /proc/net/udp /proc/net/udp6 /proc/net/raw /proc/net/raw6 /proc/net/packet 2>/dev/null | grep -vc 'sl\|RefCnt')" 0
    is "one listens, to this machine" "$(awk 'FNR > 1 && $4 == "0A" { print substr($2, 1, 8) }' /proc/net/tcp)" 0100007F
    none "none is of another machine" "$(awk 'FNR > 1 && $2 !~ /^0100007F:/ { print $2 } FNR > 1 && $4 != "0A" && $3 !~ /^0100007F:/ { print $3 }' /proc/net/tcp; tail -n +2 /proc/net/tcp6 2>/dev/null)"
    # Node keeps a connection a call or so; the server begins none.
    is "connections were seen" "$(($(sent ActiveOpens) > began))" 1
fi
serve_end
is "it ends" "$status" 0
finish
