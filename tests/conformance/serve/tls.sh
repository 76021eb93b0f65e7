#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A server with a name, from outside, by curl and openssl: the site's own authority, a given certificate that is read again,
# a proxy in front; what a device gets without TLS; what a taken-away process costs.
cd "$(dirname "$0")/../../.." || exit 1
. tests/support/sh.sh
. tests/support/hostile.sh
. tests/support/serve.sh
export SALVE_KEY_FILE=$work/key
site=$work/site
host=salve.home.arpa
export SALVE_SITE=$site
serve_site
export SALVE_SITE=$site

# --- helpers --------------------------------------------------------------------------------------------------------
start_tls() { # options of serve: up with $port, and $plain where --plain is there
    : >"$work/log"
    "$SALVE" serve --host $host --listen 127.0.0.1:0 "$@" >"$work/log" 2>&1 </dev/null &
    server=$!
    local i
    for ((i = 0; i < 400; i++)); do
        origin=$(grep -oE 'https://[^ /]+' "$work/log" | head -1)
        [ -z "$origin" ] || break
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    port=$(ports_of | head -1) plain=$(ports_of | sed -n 2p)
    if [ -n "$origin" ] && [ -n "$port" ]; then pass; else cp "$work/log" "$work/.out"; fail "serve $*" "it did not come up"; fi
}
# Ports that the supervisor listens at, in the order in which it opened them.
ports_of() {
    local fd inode hex
    for fd in 3 4 5; do
        inode=$(readlink "/proc/$server/fd/$fd" 2>/dev/null | grep -oE '[0-9]+')
        [ -n "$inode" ] || continue
        hex=$(awk -v i="$inode" '$10 == i && $4 == "0A" { split($2, a, ":"); print a[2] }' /proc/net/tcp)
        [ -z "$hex" ] || echo $((16#$hex))
    done
}
get() { curl -sS --max-time 20 --resolve "$host:$port:127.0.0.1" --resolve "my.$host:$port:127.0.0.1" --cacert "$work/ca" "$@"; }
status_of() { get -o /dev/null -w '%{http_code}' "$@"; }
shown() { openssl s_client -connect "127.0.0.1:$port" -servername $host </dev/null 2>/dev/null | openssl x509 -noout "$@"; }
call() { get -H 'Content-Type: application/json' -H "Origin: https://$host:$port" -d "${2:-{\}}" "https://$host:$port/call/$1"; }

# --- made with a name -----------------------------------------------------------------------------------------------
prints '^words  *[a-z]+( [a-z]+){11}$' "init prints the words" salve init "$work/named" --made-up --key-file "$work/named.key" \
    --tls site --host van.home.arpa --yes
salve -C "$work/named" --key-file "$work/named.key" tls >"$work/first" 2>/dev/null
prints '^authority  *for van.home.arpa and nothing else' "and the site has the authority" cat "$work/first"
fails 3 "a name that anybody may answer makes no site" salve init "$work/local" --made-up --key-file "$work/named.key" --tls site \
    --host van.local --yes

# --- an authority of its own ----------------------------------------------------------------------------------------
fails 3 "without an authority it does not start" "$SALVE" serve --tls site --host $host --listen 127.0.0.1:0
fails 2 "an address is no name" "$SALVE" serve --tls site --host 192.0.2.1 --listen 127.0.0.1:0
fails 3 "a name that anybody may answer is none" "$SALVE" tls make --host clinic.local --as manager
fails 7 "not everybody makes one" "$SALVE" tls make --host $host --as kofi
ok "an authority" salve tls make --host $host --as manager
salve tls authority -o "$work/ca" 2>/dev/null
fingerprint=$(openssl x509 -in "$work/ca" -noout -fingerprint -sha256 | cut -d= -f2)
prints "$fingerprint" "its fingerprint is what openssl says" salve tls
ok "a sheet" salve tls sheet --plain 127.0.0.1:80 -o "$work/trust.pdf"
ok "in Arabic" salve tls sheet --lang ar -o "$work/trust.html"
says() { # REGEX NAME COMMAND... - whatever its exit status
    local regex=$1 what=$2; shift 2
    "$@" >"$work/.out" 2>&1 </dev/null
    if grep -qE "$regex" "$work/.out"; then pass; else fail "$what" "no line matches /$regex/"; fi
}
says '^ok .*the site has an authority for its name' "doctor knows it" salve doctor --tls site --host $host
says '^ok .*it is good for 36[0-9][0-9] days more' "and how long" salve doctor --tls site --host $host
says "^ +nowhere.invalid is not in /etc/hosts" "doctor looks for the name and asks nobody" salve doctor --tls site --host nowhere.invalid
says '^FAULT the site has an authority for its name' "another name has none" salve doctor --tls site --host other.home.arpa
start_tls --tls site --plain 127.0.0.1:0
is "the app" "$(status_of "https://$host:$port/")" 200
is "people's own name has nothing of staff's" "$(status_of "https://my.$host:$port/")" 421
is "an address is another name" "$(get -k -o /dev/null -w '%{http_code}' "https://127.0.0.1:$port/")" 421
prints 'Strict-Transport-Security: max-age=63072000' "browsers keep to TLS" get -D - -o /dev/null "https://$host:$port/"
prints "\"mode\":\"site\".*\"fingerprint\":\"$fingerprint\"" "what identifies it" call certificate
prints "\"rpId\":\"$host\",\"pin\":false" "a PIN alone is not enough here" call site
is "a page of another origin is refused" "$(get -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' \
    -H "Origin: https://evil.example" -d '{}' "https://$host:$port/call/site")" 403
fails 1 "TLS 1.1 is not spoken" openssl s_client -connect "127.0.0.1:$port" -servername $host -tls1_1 -cipher 'ALL@SECLEVEL=0'
ok "TLS 1.2 is" openssl s_client -connect "127.0.0.1:$port" -servername $host -tls1_2 -verify_return_error -CAfile "$work/ca"
is "it is for a week" "$(shown -checkend $((8 * 86400)) >/dev/null && echo longer; shown -checkend $((6 * 86400)) >/dev/null && echo six)" six

# --- without TLS ----------------------------------------------------------------------------------------------------
prints "${fingerprint:0:23}" "the plain page shows the fingerprint" curl -sS "http://127.0.0.1:$plain/"
prints 'dir="rtl"' "in the language of the browser" curl -sS -H 'Accept-Language: ar' "http://127.0.0.1:$plain/"
curl -sS "http://127.0.0.1:$plain/authority.crt" | openssl x509 -inform der -out "$work/got" 2>/dev/null
is "and has the certificate" "$(openssl x509 -in "$work/got" -noout -fingerprint -sha256 | cut -d= -f2)" "$fingerprint"
for path in /call/site /letter/abc /metrics /healthz /app.js //evil.example; do
    prints "^308 https://$host:$port/$" "nothing else: $path" curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\n' "http://127.0.0.1:$plain$path"
done
is "nothing is taken there" "$(curl -sS -o /dev/null -w '%{http_code}' -d '{}' "http://127.0.0.1:$plain/call/site")" 405
is "TLS is not spoken in clear" "$(curl -s --max-time 5 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/")" 000

# --- keys of the day ------------------------------------------------------------------------------------------------
before=$(shown -pubkey)
kill -KILL "$(process web)"
for ((i = 0; i < 100; i++)); do after=$(shown -pubkey 2>/dev/null); [ -n "$after" ] && [ "$after" != "$before" ] && break; sleep 0.1; done
is "another web has a key of its own" "$([ -n "$after" ] && [ "$before" != "$after" ] && echo yes)" yes
is "and answers" "$(status_of "https://$host:$port/")" 200
ok "another authority" salve tls make --host $host --as manager
kill -HUP "$server"
salve tls authority -o "$work/ca.new" 2>/dev/null
for ((i = 0; i < 150; i++)); do
    curl -s -o /dev/null --resolve "$host:$port:127.0.0.1" --cacert "$work/ca.new" "https://$host:$port/" && break
    sleep 0.1
done
is "is taken on SIGHUP" "$(curl -s -o /dev/null -w '%{http_code}' --resolve "$host:$port:127.0.0.1" --cacert "$work/ca.new" "https://$host:$port/")" 200
is "the one before is over" "$(status_of "https://$host:$port/" 2>/dev/null)" 000
held=$(ls -l "/proc/$(process web)/fd" 2>/dev/null | grep -cE "$site|[.]pem|certificate")
is "web holds no file" "$held" 0
serve_end
is "it ends well" "$status" 0

# --- a given certificate --------------------------------------------------------------------------------------------
given() { # FILE-PREFIX NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/$1.key" -out "$work/$1.pem" -days 30 \
        -subj "/CN=$2" -addext "subjectAltName=DNS:$2,DNS:my.$2" 2>/dev/null
}
given one $host
given two $host
given other bank.example
cp "$work/one.pem" "$work/live.pem" && cp "$work/one.key" "$work/live.key" && cp "$work/one.pem" "$work/ca"
fails 3 "a certificate of another name" "$SALVE" serve --tls public --host $host --listen 127.0.0.1:0 \
    --certificate "$work/other.pem" --certificate-key "$work/other.key"
fails 3 "a key of another certificate" "$SALVE" serve --tls public --host $host --listen 127.0.0.1:0 \
    --certificate "$work/one.pem" --certificate-key "$work/two.key"
fails 3 "no file" "$SALVE" serve --tls public --host $host --listen 127.0.0.1:0 --certificate "$work/none" --certificate-key "$work/none"
says '^FAULT the certificate and its key fit' "doctor looks at what is given" salve doctor --tls public --host $host \
    --certificate "$work/one.pem" --certificate-key "$work/two.key"
says '^ok .*the certificate is good for (29|30) days more' "and for how long" salve doctor --tls public --host $host \
    --certificate "$work/one.pem" --certificate-key "$work/one.key"
start_tls --tls public --certificate "$work/live.pem" --certificate-key "$work/live.key" --plain 127.0.0.1:0
is "a given certificate" "$(status_of "https://$host:$port/")" 200
prints "^308 https://$host:$port/$" "without TLS there is only the way to it" curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\n' "http://127.0.0.1:$plain/"
cp "$work/other.pem" "$work/live.pem" && cp "$work/other.key" "$work/live.key"
kill -HUP "$server"
for ((i = 0; i < 100; i++)); do grep -q 'the certificate stays as it was' "$work/log" && break; sleep 0.1; done
prints 'the certificate stays as it was' "one that does not fit is told" cat "$work/log"
is "and the one before goes on" "$(status_of "https://$host:$port/")" 200
kill -KILL "$(process web)"
for ((i = 0; i < 100; i++)); do [ "$(status_of "https://$host:$port/" 2>/dev/null)" = 200 ] && break; sleep 0.1; done
is "also in another web" "$(status_of "https://$host:$port/")" 200
cp "$work/two.pem" "$work/live.pem" && cp "$work/two.key" "$work/live.key"
kill -HUP "$server"
for ((i = 0; i < 100; i++)); do grep -q 'the one that is in its file now' "$work/log" && break; sleep 0.1; done
cp "$work/two.pem" "$work/ca"
is "a new one is taken without a new start" "$(status_of "https://$host:$port/")" 200
serve_end
is "it ends well" "$status" 0

# --- a proxy in front -----------------------------------------------------------------------------------------------
fails 2 "a proxy is on this machine" "$SALVE" serve --tls proxy --host $host --listen 0.0.0.0:0
start_tls --tls proxy
is "its origin has the usual port" "$origin" "https://$host"
is "by name" "$(curl -s -o /dev/null -w '%{http_code}' -H "Host: $host" "http://127.0.0.1:$port/")" 200
is "not by address" "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/")" 421
is "the origin is https" "$(curl -s -o /dev/null -w '%{http_code}' -H "Host: $host" -H "Origin: https://$host" \
    -H 'Content-Type: application/json' -d '{}' "http://127.0.0.1:$port/call/site")" 200
is "and not http" "$(curl -s -o /dev/null -w '%{http_code}' -H "Host: $host" -H "Origin: http://$host" \
    -H 'Content-Type: application/json' -d '{}' "http://127.0.0.1:$port/call/site")" 403
serve_end
is "it ends well" "$status" 0
finish
