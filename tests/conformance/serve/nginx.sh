#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# nginx in front, by the configuration of the guide: HTTP/2, names, cookies, what it must not let through.
cd "$(dirname "$0")/../../.." || exit 1
. tests/support/sh.sh
. tests/support/hostile.sh
. tests/support/serve.sh
nginx=$(command -v nginx || echo /usr/sbin/nginx)
[ -x "$nginx" ] || { skipped=1; finish; exit; }
export SALVE_KEY_FILE=$work/key
site=$work/site
host=clinic.example
export SALVE_SITE=$site
serve_site
free_port() { tools/node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
inner=$(free_port) outer=$(free_port) plain=$(free_port)
serve_start "it is up" "$SALVE" serve --tls proxy --host $host --listen "127.0.0.1:$inner"

# The guide's file, with ports and files of this test.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 3 \
    -subj "/CN=$host" -addext "subjectAltName=DNS:$host,DNS:my.$host" 2>/dev/null
{
    echo "daemon off; pid $work/nginx.pid; error_log stderr error; events {} http {"
    for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $work/tmp-$kind;"; done
    sed -e "s|/etc/letsencrypt/live/NAME/fullchain.pem|$work/cert.pem|; s|/etc/letsencrypt/live/NAME/privkey.pem|$work/key.pem|" \
        -e "s/NAME/$host/g; /listen \[::\]/d; s/listen 80;/listen 127.0.0.1:$plain;/; s/listen 443 /listen 127.0.0.1:$outer /" \
        -e "s/127.0.0.1:8080/127.0.0.1:$inner/" docs/guide/nginx.conf
    echo "}"
} >"$work/nginx.conf"
ok "nginx takes the guide's file" "$nginx" -t -c "$work/nginx.conf" -e "$work/nginx.log"
"$nginx" -c "$work/nginx.conf" -e "$work/nginx.log" >/dev/null 2>&1 &
front=$!
trap 'kill $front $server 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
get() { curl -sS --max-time 20 --resolve "$host:$outer:127.0.0.1" --resolve "my.$host:$outer:127.0.0.1" --cacert "$work/cert.pem" "$@"; }
for ((i = 0; i < 100; i++)); do get -o /dev/null "https://$host:$outer/" 2>/dev/null && break; sleep 0.05; done
is "the app, by HTTP/2" "$(get -o /dev/null -w '%{http_version} %{http_code}' "https://$host:$outer/")" "2 200"
prints 'strict-transport-security: max-age=63072000' "browsers keep to TLS" get -D - -o /dev/null "https://$host:$outer/"
is "a call of its own origin" "$(get -o /dev/null -w '%{http_code}' -H "Origin: https://$host" -H 'Content-Type: application/json' \
    -d '{}' "https://$host:$outer/call/site")" 200
is "and of no other" "$(get -o /dev/null -w '%{http_code}' -H "Origin: https://evil.example" -H 'Content-Type: application/json' \
    -d '{}' "https://$host:$outer/call/site")" 403
is "the name of people has nothing of staff's" "$(get -o /dev/null -w '%{http_code}' "https://my.$host:$outer/")" 421
is "numbers of the server stay inside" "$(get -o /dev/null -w '%{http_code}' "https://$host:$outer/metrics")" 404
is "they are there on the machine itself" "$(curl -s -o /dev/null -w '%{http_code}' -H "Host: $host" "http://127.0.0.1:$inner/metrics")" 200
is "a body that is too large" "$(head -c 200000 /dev/zero | get -o /dev/null -w '%{http_code}' -H "Origin: https://$host" \
    -H 'Content-Type: application/json' --data-binary @- "https://$host:$outer/call/site")" 413
is "without TLS there is the way to it" "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' -H "Host: $host" \
    "http://127.0.0.1:$plain/x")" "308 https://$host/x"
is "nothing was written beside" "$(find "$work"/tmp-* -type f 2>/dev/null | wc -l)" 0
kill $front
wait $front 2>/dev/null
serve_end
is "it ends well" "$status" 0
finish
