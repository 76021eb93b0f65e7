#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 'salve token' beside a running server: the token reads one person, in the role of who asked, with its leaf; it is good for nothing
# else, ends with the look, and takes the place of none that a browser has.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site
fails 4 "a token is for a server" salve token "$card" --as dr-amina
serve_start "the server" serve_usual || finish
# get PATH [TOKEN]: the status; the body in $work/body, the head in $work/head
get() {
    curl -s -o "$work/body" -D "$work/head" -w '%{http_code}' ${2:+-H "Authorization: Bearer $2"} "$origin/fhir$1"
}
cookie() { # TOKEN CALL JSON: the same token as the cookie of a page
    local file=$work/as-cookie
    printf '{"cookie":"sid=%s","token":""}' "${1#s1.}" >"$file"
    tools/node tests/support/app_call.mjs "$origin" "$file" session >"$work/session-answer"
    tools/node tests/support/app_call.mjs "$origin" "$file" "$2" "$3"
}
fails 2 "who looks is said" salve token "$card"
(umask 077; echo dr-amina 111111 >"$work/wrong")
fails 7 "a wrong PIN" salve token "$card" --as dr-amina --pin-file "$work/wrong"
fails 4 "a card that is none" salve token 00000-00000-00000 --as dr-amina
fails 7 "a manager opens nobody" salve token "$card" --as manager
token=$(salve token "$card" --as dr-amina --quiet 2>/dev/null)
is "a token" "$(printf %s "$token" | grep -cE '^s1\.[A-Za-z0-9_-]{43}$')" 1
id=$(salve take "$card" --born "$born" --as kofi 2>/dev/null | grep -oE '"Patient","id":"[^"]*"' | head -1 | cut -d'"' -f6)
is "it reads the person" "$(get "/Patient/$id" "$token")" 200
is "who is of that card" "$(grep -c '"birthDate":"'"$born"'"' "$work/body")" 1
is "and goes on" "$(get "/Patient/$id" "$token")" 200
is "nobody else" "$(get /Patient/none.1 "$token")" 404
is "a leaf of that member" "$(salve looked "$card" --born "$born" --json 2>/dev/null | tr -d ' \n' | tr '{' '\n' | grep '"dr-amina"' | grep -c '"access"')" 1

other=$(salve enrol -q --as kofi tests/conformance/cli/patient.json 2>/dev/null)
made salve consent give "$other" --purpose care --read-back 1 --as kofi
prints '^403 .*E_ROLE' "as the cookie of a page it reads no list" cookie "$token" inbox '{}'
prints '^403 .*E_ROLE' "and changes no secret" cookie "$token" secret-set '{"secret":"135791"}'
prints '^403 .*E_ROLE' "and makes no passkey of its own" cookie "$token" totp-begin '{}'
is "it reads all the same" "$(get "/Patient/$id" "$token")" 200

second=$(salve token "$card" --as dr-amina --quiet 2>/dev/null)
prints '^403 .*E_ROLE' "and opens nobody else" cookie "$second" open '{"who":"'"$other"'"}'
is "to try it ends it" "$(get "/Patient/$id" "$second")" 401

login dr-amina
open_person
session=$(grep -oE '"cookie":"sid=[^"]*"' "$work/session" | cut -d= -f2 | tr -d '"')
is "the token of a browser's session is none" "$(get "/Patient/$id" "s1.$session")" 401
is "nor is it as it is" "$(get "/Patient/$id" "$session")" 401
is "that session goes on" "$(ask person '{"person":"'"$person"'"}' | cut -c1-3)" 200

kill -KILL "$(process web)"
for ((i = 0; i < 100; i++)); do [ "$(get /metadata)" != 200 ] || break; sleep 0.1; done
is "after a crash of web the look goes on" "$(get "/Patient/$id" "$token")" 200
registrar=$(salve token "$card" --as kofi --json 2>/dev/null | grep -oE '"token": ?"[^"]*"' | cut -d'"' -f4)
is "a registrar's token" "$(get "/Patient/$id" "$registrar")" 200
made salve withdraw "$card" --purpose care --born "$born"
is "it ends when the person withdraws" "$(get "/Patient/$id" "$token")" 401
is "with every other" "$(get "/Patient/$id" "$registrar")" 401
is "which is said" "$(grep -c 'invalid_token' "$work/head")" 1
is "no token in the log" "$(grep -cF -e "${token#s1.}" -e "${registrar#s1.}" "$work/log")" 0
serve_end
is "the server ends well" "$status" 0
prints 'clean$' "the site is whole" salve verify
finish
