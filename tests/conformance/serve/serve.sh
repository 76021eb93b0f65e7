#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A site that runs: it starts, answers, and ends; what it refuses to start with; what each of its processes has.
set -u
. tests/support/hostile.sh
. tests/support/serve.sh
serve_site

# --- it starts, answers, ends
# What whoever starts it has open and in the environment is theirs.
serve_with_more() { exec 7<"$site/site.db" 8<"$SALVE_KEY_FILE"; TOKEN_OF_ANOTHER=kept-apart serve_usual; }
serve_start "it starts" serve_with_more
is "only this machine is listened at" "${origin%:*}" http://127.0.0.1
prints '^200 .*"madeUp":true' "it answers before anybody has logged in" ask site
login lina
prints '^200 .*"name":"lina"' "a session holds" ask session
open_person
is "somebody is opened by their card" "$((${#person} > 0))" 1
prints '^200 .*"state":"stored"' "a station saves" measure "$(key 1)" weight 70.5
is "the socket of the command line is the owner's" "$(stat -c '%F %a' "$site.sock")" 'socket 600'
grep '"process"' "$work/log" >"$work/.out"
is "each event is a line of JSON" "$(grep -c '^{"time":"[^"]*","level":"info","kind":"process","process":"[a-z]*","what":"ready"}$' "$work/.out")" 3
is "which says nothing of people" "$(grep -cE "$card|lina|70\.5|Patient" "$work/log")" 0

# --- what each process has
for name in gate web paper; do
    pid=$(process $name)
    is "$name: no new privileges, filtered, no capabilities" \
        "$(grep -E '^(NoNewPrivs|Seccomp|CapEff|CapPrm):' "/proc/$pid/status" | tr -d '\t\n ')" \
        'CapPrm:0000000000000000CapEff:0000000000000000NoNewPrivs:1Seccomp:2'
    is "$name: leaves no core" "$(grep -c '^Max core file size *0 *0' "/proc/$pid/limits")" 1
    if [ "$(id -u)" -ne 0 ]; then # not even by a process of the same user
        fails 2 "$name: nobody looks into it" ls "/proc/$pid/fd"
        continue
    fi
    ls -l "/proc/$pid/fd" >"$work/fds"
    case $name in
        gate) is "gate: it has the site, and its socket" "$(grep -c -- "-> $site/" "$work/fds") $(grep -c "keys.db" "$work/fds")" \
            "$(grep -c -- "-> $site" "$work/fds") $(grep -c "$site/keys.db" "$work/fds")" ;;
        *) is "$name: it has no file of the site" "$(grep -c "$site" "$work/fds")" 0 ;;
    esac
    is "$name: it has nothing that others left open" "$(grep -cE -- '^l-.* (7|8) -> .*(site\.db|\.key)$' "$work/fds")" 0
    is "$name: it has nothing of what others keep in the environment" "$(tr '\0' '\n' <"/proc/$pid/environ" | grep -c kept-apart)" 0
    is "$name: reads nobody's terminal" "$(readlink "/proc/$pid/fd/0")" /dev/null
done

# --- two at once, and what is wrong at the start
fails 6 "another server on the same site is refused" timeout 20 "$SALVE" serve --listen 127.0.0.1:0
is "and told which process has it" "$(grep -cE "why:  process $(process gate) \(salve-gate\) has it" "$work/.out")" 1
fails 6 "a port that somebody has is refused" timeout 20 "$SALVE" serve --listen "${origin#http://}"
is "and said" "$(grep -c 'another program listens there' "$work/.out")" 1
prints '^200 .*"madeUp":true' "the first one goes on" ask site
serve_end
is "it ends when it is told to" "$status" 0
is "and leaves no socket" "$(ls "$work" | grep -c sock)" 0
prints 'clean$' "the site is whole" salve verify
is "with what was saved" "$(salve take "$card" --born $born 2>/dev/null | grep -c '"value":70.5')" 1

for where in 0.0.0.0:0 '[::]:0' 10.0.0.1:80; do
    fails 2 "others than this machine are refused: $where" timeout 20 "$SALVE" serve --listen "$where"
    is "and why: $where" "$(grep -c 'without TLS others could read along' "$work/.out")" 1
done
fails 2 "a port has to be there" timeout 20 "$SALVE" serve --listen 127.0.0.1
fails 4 "a site has to be there" timeout 20 "$SALVE" serve -C "$work/none" --listen 127.0.0.1:0
fails 4 "a key file has to be there" timeout 20 "$SALVE" serve --key-file "$work/none" --listen 127.0.0.1:0
head -c 32 /dev/urandom >"$work/other.key" && chmod 600 "$work/other.key"
fails 1 "another key opens nothing" timeout 20 "$SALVE" serve --key-file "$work/other.key" --listen 127.0.0.1:0
is "and is called so" "$(grep -c 'SLV-404)$' "$work/.out")" 1
is "what did not come up leaves no socket" "$(ls "$work" | grep -c sock)" 0

# --- by another way to the same folder
ln -s "$site" "$work/link"
SALVE_SITE=$work/link serve_start "it starts by a link" serve_usual
prints 'clean$' "a command that knows the folder by its name finds it" salve verify
prints 'clean$' "and one that goes by the link" salve verify -C "$work/link"
is "its socket is beside the folder" "$(cd "$work" && ls -- *.sock)" clinic.sock
serve_end
rm "$work/link"

# --- the ways to end
for after in 0.05 0.1 0.2 0.3; do
    serve_usual >"$work/log" 2>&1 </dev/null &
    server=$!
    for ((i = 0; i < 200; i++)); do # until it takes the signal for itself: a shell that forks has it blocked as well
        [[ $(readlink "/proc/$server/exe") == */salve ]] &&
            grep -q '^SigBlk:.*[4-7c-f]...$' "/proc/$server/status" && break
        sleep 0.01
    done
    sleep $after
    for ((i = 0; i < 8; i++)); do kill -TERM "$server" 2>/dev/null; done
    wait "$server"
    is "whoever tells it to end while it starts gets that: after $after s" "$?" 0
done
for after in 0.01 0.03 0.06; do # also before that, when the command line still has the signals
    serve_usual >"$work/log" 2>&1 </dev/null &
    server=$!
    sleep $after
    kill -TERM "$server" 2>/dev/null
    for ((i = 0; i < 400; i++)); do kill -0 "$server" 2>/dev/null || break; sleep 0.05; done
    is "nobody who tells it to end is not heard: after $after s" "$(kill -0 "$server" 2>/dev/null && echo alive)" ''
    kill -KILL "$server" 2>/dev/null
    wait "$server" 2>/dev/null
done
serve_start "it starts again" serve_usual
serve_end INT
is "Ctrl-C ends it well" "$status" 0
serve_start "and again" serve_usual
pids="$(process gate) $(process web) $(process paper)"
{ kill -KILL "$server" && wait "$server"; } 2>/dev/null
for ((i = 0; i < 100; i++)); do
    left=0
    for pid in $pids; do [ -e "/proc/$pid/exe" ] && readlink "/proc/$pid/exe" >/dev/null 2>&1 && left=$((left + 1)); done
    [ $left -eq 0 ] && break
    sleep 0.05
done
is "without the supervisor nobody goes on" "$left" 0
serve_start "a socket that was left is in nobody's way" serve_usual
prints '^200 .*"madeUp":true' "and it answers" ask site

# --- crashes
for name in paper web gate; do
    before=$(process $name)
    kill -KILL "$before"
    for ((i = 0; i < 100; i++)); do
        now=$(process $name)
        [ -n "$now" ] && [ "$now" != "$before" ] && break
        sleep 0.02
    done
    is "$name is started again" "$((now > 0 && now != before))" 1
    prints '^200 .*"madeUp":true' "after $name it answers again" ask site
done
login lina
open_person
prints '^200 .*"state":"stored"' "and saves" measure "$(key 2)" weight 70.6
printf 'GET / HTTP/1.1\r\n\r\n' >"$work/bytes"
for ((i = 0; i < 5; i++)); do
    tools/node -e 'const s = require("net").connect(process.argv[1]); s.end(require("fs").readFileSync(process.argv[2])); s.on("close", () => 0); s.on("error", () => 0); s.resume()' \
        "$site.sock" "$work/bytes"
done
prints '^200 .*"name":"lina"' "bytes that are no request end their connection alone" ask session
serve_end
is "it ends well after all of it" "$status" 0

# --- a loop of crashes is for a person to look at: here more than three in a minute
program=$(cd "$(dirname "$SALVE")" && pwd)/salve
hosted() { exec "${TESTS:-build/tests}/serve" serve_unit host "$site" "$SALVE_KEY_FILE" "$program" "${BUILD:-build}/share" 3 0; }
serve_start "it starts" hosted
for ((i = 0; i < 600; i++)); do
    kill -0 "$server" 2>/dev/null || break
    pid=$(process paper)
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
    sleep 0.05
done
kill -0 "$server" 2>/dev/null && serve_end KILL
wait "$server"
is "too many crashes in a minute end it" "$?" 3
is "which is said" "$(grep -c '^E_CONFIG: paper; it ended too often in a minute; the log says how$' "$work/log")" 1
is "nothing is left of it" "$(ls "$work" | grep -c sock)" 0
prints 'clean$' "the site is whole" salve verify
finish
